"""The documentation is built without a warning, and its pages ask nobody else for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from support.documentation import PAGES
from support.paths import ROOT

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

from emoapp.cli import COMMANDS
from emoapp.cli.commands import load_command
from emoapp.cli.options import Option
from emoapp.limits import LIMITS
from emoapp.rows import FACE_COLUMNS, FRAME_COLUMNS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def text_of(page: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))


def test_the_reference_has_every_option_of_every_command(site):
    html = (site / "reference" / "commands.html").read_text("utf-8")
    for name in COMMANDS:
        section = html.split(f'id="emoapp-{name}"')[1].split("<h2")[0]
        words = unescape(re.sub(r"<[^>]+>", " ", section))
        for option in load_command(name).params:
            if isinstance(option, Option) and not option.hidden:
                assert option.long_name in words, (name, option.long_name)
                assert " ".join((option.help or "").split()).split("`")[0] in " ".join(
                    words.split()
                )


def test_pages_are_filled_in(site):
    for page in site.rglob("*.html"):
        assert "<p>{{ " not in page.read_text("utf-8"), page
    columns, settings = (
        text_of(site / f"{page}.html") for page in ("reference/log-columns", "guide/settings")
    )
    assert all(column in columns for column in (*FRAME_COLUMNS, *FACE_COLUMNS))
    assert all(limit in settings for limit in LIMITS)


def test_pages_load_nothing_from_elsewhere(site):
    loads = r"<(?:script|img|iframe|source)[^>]+src=\"?((?:https?:)?//[^\" >]+)"
    styles = r"<link[^>]+href=\"?((?:https?:)?//[^\" >]+)"
    for page in site.rglob("*.html"):
        html = page.read_text("utf-8")
        assert re.findall(loads, html) == [] and re.findall(styles, html) == [], page
        assert "mermaid" not in html, "its script would be fetched from a server"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(\"?https?:|@import", sheet.read_text("utf-8")), sheet


def test_every_extra_is_in_the_table():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    table = (ROOT / "docs" / "install.md").read_text("utf-8")
    assert [name for name in extras if f"| `{name}` |" not in table] == []


def test_every_link_between_files_of_the_project_leads_somewhere():
    for page in [*PAGES, ROOT / "CHANGELOG.md", ROOT / "assets" / "README.md"]:
        if "{{ include" in page.read_text("utf-8"):
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            path = target.partition("#")[0]
            if not path or "://" in path or path.startswith("files/"):
                continue
            assert (page.parent / path).exists(), f"{page}: {target}"
