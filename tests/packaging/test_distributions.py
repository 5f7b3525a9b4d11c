"""The wheel and the archive of the sources: what is in them, and that the wheel works."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.paths import ROOT

import emoapp

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="environments have no bin/ on Windows"),
]

MUST = (
    "emoapp/assets/emoapp.png",
    "emoapp/assets/fonts/Inter-Medium.otf",
    "emoapp/assets/icons/happy.png",
    "emoapp/assets/languages/ja.mo",
    "emoapp/assets/page/index.html",
    "emoapp/assets/tour.mp4",
    "emoapp/companion/replies.toml",
    "emoapp/models/appearance/appearance.npz",
    "emoapp/models/detection/SHA256SUMS",
    "emoapp/models/emotion.tflite",
    "emoapp/models/model.keras",
    "emoapp/py.typed",
    "emoapp/report/page.html",
    f"emoapp-{emoapp.__version__}.dist-info/licenses/LICENSE",
    f"emoapp-{emoapp.__version__}.dist-info/licenses/assets/fonts/OFL.txt",
    f"emoapp-{emoapp.__version__}.dist-info/licenses/models/detection/LICENSE",
)
MUST_NOT = re.compile(r"models/(teachers|report)|make_?\w*\.py|extract\.py|tour_|\.(webp|jpg|pyc)$")


def run(*words: object, **options) -> subprocess.CompletedProcess[str]:
    """Run a program that knows nothing of this checkout."""
    left_out = ("PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    ran = subprocess.run(
        list(map(str, words)), env=env, capture_output=True, text=True, timeout=300, **options
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """The archive, and the wheel that was made from what is in it."""
    for name in ("build", "hatchling"):
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return archive, wheel


def test_the_wheel_is_pure_and_has_what_the_program_reads_and_no_more(built):
    wheel = built[1]
    assert wheel.name == f"emoapp-{emoapp.__version__}-py3-none-any.whl"
    assert wheel.stat().st_size < 30e6
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= set(MUST)
    assert not [name for name in names if MUST_NOT.search(name)]
    package = f"emoapp-{emoapp.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"emoapp", package}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "emoapp").rglob("*.py")}
    assert names >= sources


def test_the_archive_makes_the_wheel_that_the_checkout_makes(built, tmp_path):
    direct = ("--no-isolation", "--wheel", "--outdir", tmp_path, ROOT)
    run(sys.executable, "-m", "build", *direct)
    first, second = (
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (built[1], *tmp_path.iterdir())
    )
    assert first == second


def test_the_archive_has_nothing_that_lies_about_in_the_checkout(built):
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("needs git, and a checkout")
    listed = run("git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard").stdout
    known = set(listed.split("\0")) | {"PKG-INFO"}
    with tarfile.open(built[0]) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers()}
    assert names <= known
    assert {name for name in names if "/" not in name} == {
        *(".gitignore", "CHANGELOG.md", "CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md"),
        *("LICENSE", "PKG-INFO", "README.md", "SECURITY.md", "mkdocs.yml", "pyproject.toml"),
        "real_time_video.py",
    }


def test_the_checks_of_the_package_index_find_nothing(built):
    pytest.importorskip("twine")
    run(sys.executable, "-m", "twine", "check", "--strict", *built)


def test_the_checks_of_the_wheel_find_nothing(built):
    pytest.importorskip("check_wheel_contents")
    run(sys.executable, "-m", "check_wheel_contents", built[1])


@pytest.fixture(scope="module")
def program(built, tmp_path_factory) -> Callable[..., str]:
    """Runs the installed program in a folder of its own; returns what it prints."""
    folder = tmp_path_factory.mktemp("installed") / "a folder"
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    # It shares the packages of this environment; its own come first.
    paths = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    site = Path(sysconfig.get_path("purelib", vars=paths))
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (site / "shared.pth").write_text("\n".join(shared))
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", built[1])
    where = run(python, "-c", "import emoapp; print(emoapp.__file__)", cwd=folder).stdout
    assert Path(where.strip()).is_relative_to(site)
    return lambda *words: run(python.with_name("emoapp"), *words, cwd=folder).stdout


def test_the_installed_program_says_its_version(program):
    assert program("--version") == f"emoapp {emoapp.__version__}\n"


def test_the_installed_program_reads_a_picture_of_another_folder(program, tmp_path):
    picture, table = tmp_path / "two people.jpg", tmp_path / "faces.csv"
    shutil.copy(ROOT / "assets" / "two.jpg", picture)
    program("image", picture, "-o", tmp_path / "drawn", "--csv", table)
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["happy", "sad"]
    assert (tmp_path / "drawn" / picture.name).exists()


def test_the_installed_program_has_all_its_files(program, tmp_path):
    program("doctor")  # the network and its checksum, the clip, the video codecs
    program("live", "--demo", "--no-window", "--frames", "3", "--stats", tmp_path / "stats.json")
