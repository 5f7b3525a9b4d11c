"""Names from outside act nowhere: not in a terminal, a page, chapters or a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.escaping import RUN_BY_SPREADSHEETS, harmless
from support.names import HOSTILE, NAMES
from support.paths import ROOT

from emoapp.cli import main
from emoapp.cli.common import progress_bar
from emoapp.errors import EmoappError
from emoapp.utils.escape import csv_line, csv_text, encodable, printable
from emoapp.utils.terminal import complain, say


@given(NAMES)
@settings(max_examples=300)
def test_one_line_is_one_line_and_nothing_acts(name):
    file = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n")
    say(name, file=file)
    said = file.buffer.getvalue().decode()
    assert said.endswith("\n") and harmless(said[:-1]), said


def test_what_is_readable_stays_readable():
    for name in ("film.mp4", "Müller & Söhne [2].mp4", "映画　一.mp4", HOSTILE[-1], "C:\\new"):
        assert printable(name) == name
    assert printable("a\x1b[1m\n\u202eb\udcff") == "a\\x1b[1m\\x0a\\u202eb\\xff"


def test_a_terminal_without_unicode_is_no_reason_to_stop():
    file = io.TextIOWrapper(io.BytesIO(), "ascii")
    say("é\udce9", file=file)
    assert file.buffer.getvalue() == b"\\xe9\\xe9\n"


@pytest.mark.logs_errors
@pytest.mark.parametrize("name", [n for n in HOSTILE if "/" not in n and "\x00" not in n])
def test_commands_speak_of_files_with_such_names(tmp_path, clip, capfd, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    try:
        os.mkdir(name)
        shutil.copy(clip, f"{name}/{name}.mp4")
    except (OSError, UnicodeError):
        pytest.skip("this system knows no such names")
    assert main(["video", f"./{name}/missing.mp4", "--no-frames"]) == 1
    assert main(["image", f"./{name}"]) == 1
    assert main(["report", f"./{name}/{name}.csv"]) == 1
    assert main(["report", "a.csv", name]) == 2
    said = capfd.readouterr()
    assert said.err and all(map(harmless, (said.out + said.err).split("\n")))


def test_progress_bars_take_no_orders(monkeypatch):
    from rich.console import Console

    from emoapp.cli.common import progress_of

    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=300, color_system=None)
    monkeypatch.setattr("rich.console.Console", lambda **_: console)
    with progress_bar() as bar:
        for name in HOSTILE:
            progress_of(bar, name)(1, 2)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue())  # rich's own
    for name in HOSTILE:
        assert printable(name) in shown
    assert all(map(harmless, re.split("[\r\n]", shown)))


def test_messages_of_several_lines_become_one(capfd):
    complain(EmoappError("first\n  second"))
    assert capfd.readouterr().err == "emoapp: first second\n"


def test_only_one_module_prints():
    """Whatever is printed passes `terminal.say`, or rich's Text, made of a `sayable`."""
    allowed = {
        "emoapp/utils/terminal.py",
        "emoapp/companion/talk.py",  # to the program that started it, as JSON
        "emoapp/companion/consent.py",
    }
    printing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "emoapp").rglob("*.py")
        if re.search(r"(?<![\w.>])print\(|\.(stdout|stderr)\.write\(", path.read_text("utf-8"))
    }
    assert printing - allowed == {"emoapp/recognizer.py"}, "there in the examples"


# Tables


@given(st.lists(NAMES | st.integers() | st.floats(-1, 1) | st.none(), min_size=1, max_size=5))
@settings(max_examples=300)
def test_csv_cells_are_not_run_and_come_back(cells):
    text = csv_line(cells)
    (read,) = csv.reader(io.StringIO(text, newline=""))
    assert len(read) == len(cells)
    for cell, said in zip(cells, read, strict=True):
        if isinstance(cell, str):
            assert not said.startswith(RUN_BY_SPREADSHEETS)
            assert csv_text(said) == encodable(cell)
        else:
            assert said == ("" if cell is None else str(cell)), "numbers stay numbers"
    text.encode()


def test_ordinary_names_are_not_changed():
    assert csv_line(["film.mp4", "it's", "1-2", 5, -0.5]) == "film.mp4,it's,1-2,5,-0.5\n"
    assert csv_line(["'tis", "x=1", ""]) == "'tis,x=1,\n"


def test_a_process_of_its_own_ends_well_with_undecodable_names(tmp_path, clip):
    """Standard output of a process is stricter than what a test captures."""
    name = os.fsencode(tmp_path) + b"/caf\xe9\x1b[31m.mp4"
    try:
        shutil.copy(clip, name)
    except OSError:
        pytest.skip("this system knows no such names")
    command = [sys.executable, "-m", "emoapp", "video", name, "--log", "log.csv"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"caf\\xe9\\x1b[31m.mp4: 30 frames" in ran.stdout
    assert set(pd.read_csv(tmp_path / "log.csv")["source"]) == {f"{tmp_path}/caf\\xe9\x1b[31m.mp4"}
