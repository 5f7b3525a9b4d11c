"""Folders of reports."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from emoapp.cli import main
from emoapp.report.folder import MANIFEST


def files(folder) -> dict[str, bytes]:
    """All that is below a folder, the folders too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def report(*words: str) -> int:
    return main(["report", "log.csv", *words])


# The report


class Links(HTMLParser):
    """What a page loads or points to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.found += [v for k, v in attrs if k in ("src", "href", "xlink:href", "data", "srcset")]


def listed(folder) -> set[str]:
    return set(json.loads((folder / MANIFEST).read_text())["files"])
