"""What the documentation shows works as it stands there."""

from __future__ import annotations

import csv
import doctest
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from support.documentation import blocks
from support.own_data import write_photographs
from support.paths import ROOT

from emoapp import recognizer
from emoapp.labels import EMOTIONS

EXAMPLES = ROOT / "examples"


def test_examples_in_docstrings():
    result = doctest.testmod(recognizer)
    assert result.attempted == 6 and not result.failed


@pytest.fixture
def folder(demo, tmp_path, monkeypatch) -> Path:
    """The current folder, with clip.mp4 and portrait.jpg."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(demo, "clip.mp4")
    ok, picture = cv2.VideoCapture(str(demo)).read()
    assert ok and cv2.imwrite("portrait.jpg", picture)
    return tmp_path


def run_blocks(page: str) -> None:
    found = blocks(ROOT / page, "python")
    assert found
    for block in found:
        exec(compile(block, page, "exec"), {})


def test_the_readmes_python(folder, capsys):
    run_blocks("README.md")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 and said[0].startswith("happy 0.") and "None" in said[0]


@pytest.mark.slow
def test_the_python_of_the_tutorial_for_programs(folder, capsys):
    run_blocks("docs/tutorials/program.md")
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("happy 0.") and "None" in said[0]
    assert "'happy': " in said[240] and "happy    240" in said and said[-1] == str(EMOTIONS)


def messages(code: str, listener: socket.socket) -> list[dict]:
    """What a program sends to a port of this computer."""
    run = subprocess.run([sys.executable, *code], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    listener.setblocking(False)
    found = []
    try:
        while True:
            found.append(json.loads(listener.recv(65536)))
    except BlockingIOError:
        return found


@pytest.fixture
def listener():
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one


def test_numbers_arrive_at_another_program(clip_of_a_second, listener):
    port = str(listener.getsockname()[1])
    words = [EXAMPLES / "send_udp.py", "--source", clip_of_a_second, "--port", port]
    found = messages(words, listener)
    assert len(found) > 20 and found[0]["t"] == 0
    assert {one["label"] for one in found} == {"happy"}
    assert list(found[0]["probabilities"]) == list(EMOTIONS)


def test_the_tutorials_program_sends_the_same(clip_of_a_second, listener, monkeypatch):
    monkeypatch.chdir(clip_of_a_second.parent)
    (code,) = blocks(ROOT / "docs" / "tutorials" / "send-numbers.md", "python")
    assert "port = 9000" in code
    code = code.replace("9000", str(listener.getsockname()[1]))
    assert len(messages(["-c", code], listener)) > 20


@pytest.fixture(scope="module")
def clip_of_a_second(demo, tmp_path_factory) -> Path:
    from emoapp.cli import main

    path = tmp_path_factory.mktemp("second") / "clip.mp4"
    words = ["video", str(demo), "-o", str(path), "--overlay", "none", "--frames", "30"]
    assert main(words) == 0
    return path


def run_example(name: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_smiles_are_counted(clip_of_a_second):
    run = run_example("smile_counter.py", clip_of_a_second)
    assert run.stdout.splitlines() == ["   0.0 s  smile 1, face 1", "1 smiles"], run.stderr


def test_pictures_become_a_table(folder):
    (folder / "pictures").mkdir()
    shutil.copy(ROOT / "assets" / "two.jpg", "pictures")
    (folder / "pictures" / "notes.txt").write_text("no picture")
    run = run_example("pictures_to_table.py", folder / "pictures", folder / "faces.csv")
    assert run.returncode == 0 and "notes.txt" in run.stderr
    rows = list(csv.DictReader((folder / "faces.csv").open(encoding="utf-8")))
    assert [row["file"] for row in rows] == ["two.jpg"] * 2
    assert all(sum(float(row[label]) for label in EMOTIONS) == pytest.approx(1) for row in rows)


def run_notebook(name: str, tmp_path, monkeypatch, **variables: str) -> list[str]:
    """Execute a notebook; return the text of its outputs."""
    pytest.importorskip("ipykernel")
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "keep outputs out"
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    return [
        one.get("text", "") or str(one.get("data", {}).get("text/plain", "")) for one in outputs
    ]


@pytest.mark.slow
def test_the_notebook_of_a_recording(tmp_path, monkeypatch):
    said = "\n".join(run_notebook("recording.ipynb", tmp_path, monkeypatch, EXAMPLE_FRAMES="150"))
    assert "a face in 100% of the frames" in said and "happy" in said
    assert said.count("<Figure") == 2


@pytest.mark.slow
@pytest.mark.training
def test_the_notebook_of_a_training(tmp_path, monkeypatch):
    data = write_photographs(tmp_path / "data", each=12)
    said = "\n".join(
        run_notebook(
            "training.ipynb", tmp_path, monkeypatch, EXAMPLE_DATA=str(data), EXAMPLE_EPOCHS="2"
        )
    )
    assert "('glasses', 'plain')" in said and "accuracy" in said


@pytest.mark.soak
@pytest.mark.training
def test_the_notebook_of_a_training_makes_pictures_of_its_own(tmp_path, monkeypatch):
    said = "\n".join(
        run_notebook(
            *("training.ipynb", tmp_path, monkeypatch), EXAMPLE_PICTURES="8", EXAMPLE_EPOCHS="1"
        )
    )
    assert "{'plain': 8, 'sunglasses': 8}" in said
