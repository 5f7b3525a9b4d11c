"""Names and open files, as Windows and macOS take them."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path

import pytest
from support.desks import keep_open_files, pretend
from support.paths import ROOT
from support.programs import run_python

from emoapp.app.video.videos import list_videos, plan, result_name
from emoapp.cli import main
from emoapp.config import VideoConfig
from emoapp.errors import SourceError, UsageError
from emoapp.platforms.files import safe_name
from emoapp.profiles.store import path_of
from emoapp.utils import locks
from emoapp.utils.outputs import check_outputs


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("con", "_con"),
        ("Aux.mp4", "_Aux.mp4"),
        ("com1", "_com1"),
        ("a:b?.mp4", "a_b_.mp4"),
        ("end.", "end_"),
        ("console.mp4", "console.mp4"),
        ("Jürgen テスト.mp4", "Jürgen テスト.mp4"),
    ],
)
def test_names_that_windows_forbids_are_replaced_there(monkeypatch, name, windows):
    assert safe_name(name) == name
    pretend(monkeypatch, "windows")
    assert safe_name(name) == windows


def test_what_comes_from_an_address_is_called_by_a_name_that_windows_takes(monkeypatch):
    pretend(monkeypatch, "windows")
    assert result_name("rtsp://ada:secret@host:554/con") == "_con"


def test_a_profile_may_be_called_con(monkeypatch):
    pretend(monkeypatch, "windows")
    assert path_of("con").name == "_con.npz"


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_names_that_differ_by_case_are_one_file(monkeypatch, tmp_path, system):
    videos = [("a/Clip.mp4", Path("Clip.mp4")), ("b/clip.mp4", Path("clip.mp4"))]
    template = VideoConfig(source="")
    assert len(plan(videos, template, output=tmp_path, log=None)) == 2
    pretend(monkeypatch, system)
    with pytest.raises(UsageError, match="same name"):
        plan(videos, template, output=tmp_path, log=None)
    with pytest.raises(UsageError, match="one file"):
        check_outputs([tmp_path / "New.csv", tmp_path / "new.csv"], [])


def test_accents_in_both_forms_are_one_file_on_macos(monkeypatch, tmp_path):
    pretend(monkeypatch, "macos")
    with pytest.raises(UsageError, match="one file"):
        check_outputs([tmp_path / "J\u00fcrgen.csv", tmp_path / "Ju\u0308rgen.csv"], [])


def test_patterns_are_expanded_where_the_shell_does_not(tmp_path):
    for name in ("b.mp4", "a.mp4", "odd[1].mp4"):
        (tmp_path / name).touch()
    found = [Path(name).name for name, _ in list_videos([str(tmp_path / "*.mp4")]).found]
    assert found == ["a.mp4", "b.mp4", "odd[1].mp4"]
    (named, _), *_ = list_videos([str(tmp_path / "odd[1].mp4")]).found
    assert named.endswith("odd[1].mp4")
    assert list_videos(["rtsp://host/a*?b"]).found[0][0] == "rtsp://host/a*?b"
    with pytest.raises(SourceError, match=r"no file that matches .*\*\.avi"):
        list_videos([str(tmp_path / "*.avi")])


@pytest.fixture
def windows_files():
    """Windows' way with open files, and the program's way with Windows."""
    with pytest.MonkeyPatch.context() as patch:
        pretend(patch, "windows")
        importlib.reload(locks)  # chooses between two ways of locking
        keep_open_files(patch)
        yield
    importlib.reload(locks)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_files_are_closed_before_they_get_their_names(windows_files, tmp_path, clip):
    words = ["video", str(clip), "--frames", "5", "-o", str(tmp_path / "out.mp4"), "--overwrite"]
    for _ in range(2):
        for log in ("log.csv", "log.parquet"):
            stats = tmp_path / "stats.json"
            assert main([*words, "--log", str(tmp_path / log), "--stats", str(stats)]) == 0
    left = {path.name for path in tmp_path.iterdir()}
    logs = {"log.csv", "log.parquet"}
    assert left == {"out.mp4", "stats.json", *logs, *(f"{log}.meta.json" for log in logs)}


_NARROW = """
import os, sys
os.chdir(sys.argv[1])  # where Python looks for packages first
import cv2
import ai_edge_litert.interpreter as litert
real_cascade, real_network = cv2.CascadeClassifier, litert.Interpreter

def refuse(path):
    if path is not None and not str(path).isascii():
        raise ValueError(f"Could not open {path!a}")

class Cascade:
    def __new__(cls, path=None):
        refuse(path)
        return real_cascade()

class Network(real_network):
    def __init__(self, model_path=None, **more):
        refuse(model_path)
        super().__init__(model_path, **more)

cv2.CascadeClassifier, litert.Interpreter = Cascade, Network
import cv2.data
cv2.data.haarcascades = sys.argv[1]
import emoapp
from emoapp.cli import main
assert not emoapp.__file__.isascii()
sys.exit(main(sys.argv[2:]))
"""
"""OpenCV and LiteRT, which open files by their names in the code page of Windows."""


@pytest.mark.slow
def test_everything_runs_in_a_folder_with_umlauts_spaces_and_japanese(tmp_path, clip):
    import cv2.data

    home = tmp_path / "Jürgen テスト ü"
    for folder in ("emoapp", "assets", "models"):
        shutil.copytree(
            ROOT / folder, home / folder, ignore=shutil.ignore_patterns("*.keras", "__pycache__")
        )
    cascade = "haarcascade_frontalface_default.xml"
    shutil.copy(Path(cv2.data.haarcascades) / cascade, home / cascade)
    film = shutil.copy(clip, home / "film テスト.mp4")
    demo = home / "assets" / "demo.mp4"
    for detector in ("blazeface", "haar"):
        words = ["video", demo, "--detector", detector, "--frames", 3, "--overwrite"]
        words += ["--log", home / "zahlen ü.csv", "-o", home / "kopie ü.mp4"]
        ran = run_python(_NARROW, f"{home}/", *words, PYTHONPATH=str(home), PYTHONUTF8="1")
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
        assert "happy" in (home / "zahlen ü.csv").read_text("utf-8")
    words = ["video", film, "--no-frames", "--log", home / "log.jsonl", "--stats", home / "s.json"]
    ran = run_python(_NARROW, f"{home}/", *words, PYTHONPATH=str(home), PYTHONUTF8="1")
    assert ran.returncode == 0, ran.stderr
    assert json.loads((home / "s.json").read_text("utf-8"))["source"].endswith("film テスト.mp4")


@pytest.mark.parametrize("words", [["video", "{}", "--no-frames"], ["image", "{}"]])
def test_redirected_output_takes_every_name(tmp_path, demo, words):
    """Redirected on Windows, the output has a code page that lacks most letters."""
    suffix = ".jpg" if words[0] == "image" else ".mp4"
    film = tmp_path / f"テスト ☃{suffix}"
    shutil.copy(ROOT / "assets" / "two.jpg" if suffix == ".jpg" else demo, film)
    words = [word.format(film) for word in words]
    if words[0] == "video":
        words += ["--log", str(tmp_path / "テスト.csv"), "--frames", "2"]
    code = (
        "import sys; from rich.console import Console; from emoapp.cli import main\n"
        "status = main(sys.argv[1:]); Console().print('テスト'); sys.exit(status)"
    )
    ran = run_python(code, *words, PYTHONIOENCODING="cp1252:strict", PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert r"\u30c6\u30b9\u30c8" in ran.stdout.splitlines()[-1]
    assert r"\u30c6\u30b9\u30c8" in ran.stdout.splitlines()[0]
