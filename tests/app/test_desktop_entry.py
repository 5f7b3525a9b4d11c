"""The program in the menu of a Linux desktop."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

import pytest
from PIL import Image

from emoapp.app import desktop_entry
from emoapp.cli import main


@pytest.fixture(autouse=True)
def data_home(tmp_path, monkeypatch):
    """The folder of the user's menu and icons, which does not exist yet."""
    if not sys.platform.startswith("linux"):
        pytest.skip("Linux desktops only")
    folder = tmp_path / "data home"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


def test_install_writes_a_valid_entry_and_remove_takes_it_out(data_home, capsys):
    entry = data_home / "applications" / "emoapp.desktop"
    icon = data_home / "icons" / "hicolor" / "256x256" / "apps" / "emoapp.png"
    for _ in range(2):  # a second time replaces the first
        assert main(["desktop", "install"]) == 0
    assert f"wrote {entry}" in capsys.readouterr().out
    with Image.open(icon) as image:
        assert image.size == (256, 256)
    if validate := shutil.which("desktop-file-validate"):
        ran = subprocess.run([validate, str(entry)], capture_output=True, text=True)
        assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
    assert main(["desktop", "remove"]) == 0
    assert [path for path in data_home.rglob("*") if not path.is_dir()] == []
    assert main(["desktop", "remove"]) == 0
    assert "was not in the menu" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["plain", "a b", 'q"uo`te', "$HOME", "back\\slash", "é テ"])
def test_the_menu_starts_the_program_that_wrote_the_entry(folder, tmp_path, monkeypatch):
    gio = shutil.which("gio")
    if gio is None:
        pytest.skip("needs gio")
    program = tmp_path / folder / "emoapp"
    said = tmp_path / "said"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > "{said}.part"\nmv "{said}.part" "{said}"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    entry, _ = desktop_entry.install()
    ran = subprocess.run([gio, "launch", str(entry)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    deadline = time.monotonic() + 30  # gio does not wait for what it starts
    while not said.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert said.read_text() == "live\n"


@pytest.mark.logs_errors
@pytest.mark.parametrize("system, word", [("windows", "shortcut"), ("macos", "Automator")])
def test_other_systems_are_told_how_it_is_done_by_hand(
    system, word, data_home, monkeypatch, capsys
):
    monkeypatch.setattr("emoapp.platforms.system", lambda: system)
    assert main(["desktop", "install"]) == 2
    assert word in capsys.readouterr().err and not data_home.exists()


@pytest.mark.logs_errors
def test_a_folder_that_cannot_be_written_is_named(data_home, capsys):
    data_home.write_text("a file where a folder should be")
    assert main(["desktop", "install"]) == 1
    said = capsys.readouterr().err
    assert str(data_home) in said and "XDG_DATA_HOME" in said
