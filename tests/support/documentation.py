"""The commands and the Python that the documentation shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from support.paths import ROOT

SHELL = ("sh", "powershell", "fish")

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "models/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)


def blocks(page: Path, *languages: str) -> list[str]:
    """The blocks of code in these languages, in order, without the page's indentation."""
    found = _BLOCK.findall(page.read_text("utf-8"))
    return [
        "".join(line.removeprefix(indent) for line in code.splitlines(keepends=True))
        for indent, language, code in found
        if language in languages
    ]


def commands(code: str) -> Iterator[list[str]]:
    """The words behind `emoapp` of each command in a block for a shell."""
    for line in code.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|;|(?<!\S)\|(?!\S)", line):
            if not re.match(r"\s*(\S*/)?emoapp(\s|$)", part):
                continue
            yield shlex.split(part, comments=True)[1:]


def spans(page: Path) -> list[str]:
    """What stands between backquotes in a page, outside of its blocks."""
    return re.findall(r"`([^`\n]+)`", _BLOCK.sub("", page.read_text("utf-8")))
