"""Reports hold hostile names as text."""

from __future__ import annotations

import csv
import html
import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import Phase, given, settings
from support.escaping import REAL_FILES, RUN_BY_SPREADSHEETS, harmless, seen
from support.logs import row
from support.names import HOSTILE, NAMES
from support.results import result

from emoapp.report import ReportConfig, write_report
from emoapp.sinks.console import ConsoleLog
from emoapp.utils.escape import encodable, printable


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


@pytest.mark.slow
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
        ConsoleLog(console).write(result(0, 0.0, seen(label, HOSTILE)))
    assert len(console.getvalue().splitlines()) == len(HOSTILE)
    assert all(map(harmless, console.getvalue().split("\n")))
