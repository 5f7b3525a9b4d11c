"""Names from outside act nowhere: not in a terminal, a page, chapters or a spreadsheet."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from names import HOSTILE, NAMES
from test_report import row
from test_sinks import picture, result

from emoapp.cli import main
from emoapp.cli.common import progress_bar
from emoapp.errors import EmoappError
from emoapp.report import ReportConfig, write_report
from emoapp.report.reading import read_log
from emoapp.sinks import open_log
from emoapp.sinks.console import ConsoleLog
from emoapp.types import Box, Face, Scores, Track
from emoapp.utils.escape import csv_line, csv_text, encodable, printable
from emoapp.utils.terminal import complain, say

ACTS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

REAL_FILES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def harmless(line: str) -> bool:
    return not ACTS.search(line) and not any(unicodedata.category(c) == "Cs" for c in line)


# The terminal


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
        "emoapp/companion/companion.py",
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


def seen(label: str, labels: tuple[str, ...]) -> Track:
    chances = [0.8 if name == label else 0.2 for name in labels]
    scores = Scores(labels, pd.Series(chances, dtype="float32").to_numpy())
    return Track(1, Face(Box(10, 20, 110, 140), 0.875), scores, scores, first_t=0.0, last_t=1.0)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@given(source=NAMES, label=NAMES)
@REAL_FILES
def test_logs_give_names_back(tmp_path, suffix, source, label):
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    labels = (label, "another")
    path = tmp_path / f"log.{suffix}"
    with open_log(path, labels, source=source, overwrite=True) as log:
        log.write(result(0, 0.0, seen(label, labels)), picture(0))
        log.write(result(1, 0.5), picture(0))
        log.write(result(2, 1.0, seen(label, labels)), picture(0))
    read = read_log(path)
    assert read.source == encodable(source) and read.left_out == 0
    assert read.faces["label"].tolist() == [encodable(label)] * 2
    assert read.frames["t"].tolist() == [0, 0.5, 1]
    if suffix == "csv":
        table = pd.read_csv(path, keep_default_na=False, dtype={"source": str, "label": str})
        assert {csv_text(text) for text in table["source"]} == {encodable(source)}
        assert table["frame"].tolist() == [0, 1, 2]


def test_a_torn_row_of_a_name_with_line_breaks_is_left_out(tmp_path):
    path = tmp_path / "log.csv"
    with open_log(path, ("happy", "sad"), source="one\ntwo") as log:
        for index in range(4):
            log.write(result(index, index / 10, seen("happy", ("happy", "sad"))), picture(0))
    whole = path.read_bytes()
    last = whole.rindex(b'"one')
    for cut in (last + 1, whole.index(b"\n", last) + 1, len(whole) - 3):
        path.write_bytes(whole[:cut])
        read = read_log(path)
        assert (len(read.frames), read.left_out, read.source) == (3, 1, "one\ntwo")


# The report


class Page(HTMLParser):
    """Its tags and attributes, and the text that is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._hidden = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._hidden = tag == "style"

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        self.text += "" if self._hidden else data


def report_of(folder, source: str, label: str):
    source, label = encodable(source), encodable(label)
    labels = (label, "sad")
    rows = [row(i, i / 5, 1, label if i < 10 else "sad", labels=labels) for i in range(20)]
    for one in rows:
        one["source"] = source
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return write_report(ReportConfig(log, folder / "report", chapters=True, overwrite=True)).folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Page:
    folder = report_of(tmp_path_factory.mktemp("plain"), "film.mp4", "happy")
    return Page((folder / "report.html").read_text("utf-8"))


@given(source=NAMES, label=NAMES.filter(lambda name: name.strip() and name != "sad"))
@settings(REAL_FILES, max_examples=4, phases=[Phase.generate])  # smaller ones take minutes
def test_reports_hold_names_as_text(tmp_path, plain, source, label):
    folder = report_of(tmp_path, source, label)
    page = Page((folder / "report.html").read_text("utf-8"))
    assert page.tags <= plain.tags | {"br"} and page.attributes <= plain.attributes
    assert harmless(page.text.replace("\n", "")), "nothing that turns the text round"
    word = printable(" ".join(encodable(label).split()))
    assert word[1:] in page.text
    # WebVTT: blocks between empty lines, each a number, times and one line of text.
    head, *cues = (folder / "chapters.vtt").read_text("utf-8").rstrip("\n").split("\n\n")
    assert head == "WEBVTT" and len(cues) == 2
    for number, cue in enumerate(cues, 1):
        first, times, text = cue.split("\n")
        assert first == str(number) and times.count("-->") == 1
        assert "-->" not in text and "<" not in text and harmless(text)
    for path in folder.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert len({len(one) for one in rows}) == 1, path
        for cell in (cell for one in rows for cell in one):
            assert not cell.startswith(RUN_BY_SPREADSHEETS), (path, cell)


def test_all_labels_get_their_words(tmp_path):
    labels = tuple(map(encodable, HOSTILE))
    rows = [row(i, i / 2, 1, label, labels=labels) for i, label in enumerate(labels)]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in rows))
    folder = write_report(ReportConfig(log, chapters=True)).folder
    text = Page((folder / "report.html").read_text("utf-8")).text
    said = (folder / "chapters.vtt").read_text("utf-8")
    console = io.StringIO()
    for label in HOSTILE:
        word = printable(" ".join(encodable(label).split()))[1:]
        assert word in text and html.escape(word, quote=False) in said
        ConsoleLog(console).write(result(0, 0.0, seen(label, HOSTILE)), None)
    assert len(console.getvalue().splitlines()) == len(HOSTILE)
    assert all(map(harmless, console.getvalue().split("\n")))


def test_pictures_with_such_names_get_their_tables(tmp_path):
    from emoapp.app.images import Analysed, write_csv, write_json

    results = []
    for name in HOSTILE:
        track = seen(name, (name, "x"))
        results.append(Analysed(tmp_path / name, (10, 10), (track,)))
    write_json(tmp_path / "faces.json", results)
    found = json.loads((tmp_path / "faces.json").read_text("utf-8"))
    assert [one["faces"][0]["label"] for one in found] == [encodable(name) for name in HOSTILE]
    same = [replace(one, tracks=()) for one in results]
    write_csv(tmp_path / "faces.csv", same, ("happy", "sad"))
    table = pd.read_csv(tmp_path / "faces.csv")
    assert table["source"].tolist() == [encodable(str(one.path)) for one in results]


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
