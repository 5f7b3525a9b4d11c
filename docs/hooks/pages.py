"""Fill the pages of the documentation with what the code knows, and with files of the project.

A line `{{ NAME }}` or `{{ NAME ARGUMENT }}` in a page is replaced by what the function of that name
in `FILLERS` returns, so what is written there can never be out of date.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from emoapp.cli.command import DESCRIPTIONS
from emoapp.cli.commands import COMMANDS, load_command
from emoapp.cli.options import Argument, Option

ROOT = Path(__file__).resolve().parents[2]

INCLUDED = {
    "README.md": "index.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CODE_OF_CONDUCT.md": "project/conduct.md",
    "examples/README.md": "examples.md",
    "models/README.md": "model.md",
}
"""File of the project -> the page that shows it, to which links to the file lead."""

COPIED = {
    "assets/tour.webp",
    *("assets/two.jpg", "assets/ten.jpg", "assets/dark.jpg", "assets/uhd.jpg"),
    *(f"models/report/{path.name}" for path in (ROOT / "models" / "report").glob("[!e]*.png")),
    *(f"examples/{path.name}" for path in (ROOT / "examples").glob("*.[hpi]*")),
    "assets/page/schema.json",
    "models/report/classes.txt",
    "models/report/history.csv",
}
"""Files of the project that the site gets a copy of, under `files/`."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the files outside of `docs/` that pages show.

    Args:
        files: Those of the site; gets more.
        config: That of MkDocs.

    Returns:
        The files.
    """
    for name in sorted(COPIED):
        files.append(File.generated(config, f"files/{name}", abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Replace the lines `{{ NAME ARGUMENT }}` of a page.

    Args:
        markdown: The page.
        page: Where it is.

    Returns:
        The page with everything filled in.
    """

    def fill(match: re.Match[str]) -> str:
        name, _, argument = match[1].partition(" ")
        return FILLERS[name](argument.strip(), page.file.src_uri)

    filled = re.sub(r"^\{\{ (.+?) \}\}$", fill, markdown, flags=re.M)
    return _relinked(filled, f"docs/{posixpath.dirname(page.file.src_uri)}", page.file.src_uri)


def include(name: str, page: str) -> str:
    """Return a Markdown file of the project, its links made to fit the page.

    Args:
        name: Path within the project.
        page: Path of the page within `docs/`.

    Returns:
        The text.
    """
    return _relinked((ROOT / name).read_text("utf-8"), posixpath.dirname(name), page)


def _relinked(text: str, folder: str, page: str) -> str:
    """Let links to files of the project lead to where the site has them.

    A link to a file that the site does not have becomes the file's name.

    Args:
        text: Markdown.
        folder: Folder within the project that the links start from.
        page: Path of the page within `docs/`.

    Returns:
        The text; links within `docs/` from a page of it stay as they are.
    """
    here = posixpath.dirname(page) or "."

    def relink(match: re.Match[str]) -> str:
        mark, words, target = match.groups()
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path)) if path else ""
        if "://" in target or not path or (path.startswith("docs/") and folder.startswith("docs")):
            return match[0]
        found = INCLUDED.get(path) or (f"files/{path}" if path in COPIED else "")
        if path.startswith("docs/"):
            found = path.removeprefix("docs/")
        if not found:
            return f"`{path}`" if path.endswith(words) else f"{words} (`{path}`)"
        return f"{mark}[{words}]({posixpath.relpath(found, here)}{'#' if anchor else ''}{anchor})"

    parts = re.split(r"(```.*?```|`[^`\n]+`(?!\]))", text, flags=re.S)
    return "".join(part if part.startswith("`") else LINK.sub(relink, part) for part in parts)


def commands(_: str, page: str) -> str:
    """Return the table of commands, each with a link to its options.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        A table.
    """
    rows = [f"| [`{name}`](#emoapp-{name}) | {_plain(text)} |" for name, text in COMMANDS.items()]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def options(_: str, page: str) -> str:
    """Return a section for each command: its arguments and options, by group, as its help has them.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        The sections.
    """
    return "\n\n".join(_section(name) for name in COMMANDS)


def _section(name: str) -> str:
    command = load_command(name)
    context = click.Context(command, info_name=name, **command.context_settings)
    usage = " ".join(command.collect_usage_pieces(context))
    tables: dict[str, list[str]] = {}
    for parameter in command.get_params(context):
        if isinstance(parameter, Argument):
            row = f"| {_code(str(parameter.metavar))} | {_plain(parameter.explanation)} |"
            tables.setdefault("Arguments", []).append(row)
            continue
        record = parameter.get_help_record(context)
        if record is None:
            continue
        heading = (parameter.group if isinstance(parameter, Option) else "") or "options"
        row = f"| {_code(record[0])} | {_plain(record[1])} |"
        tables.setdefault(heading.capitalize(), []).append(row)
    parts = [f"## emoapp {name} {{#emoapp-{name}}}", COMMANDS[name]]
    parts.append(f"```text\nemoapp {name} {usage}\n```")
    for heading, rows in tables.items():
        about = DESCRIPTIONS.get(heading.lower())
        parts.append(f"**{heading}**" + (f": {about}" if about else ""))
        parts.append("\n".join(["| name | meaning |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def _code(text: str) -> str:
    """Return a text as code that may stand in a table, whatever it holds."""
    return f"<code>{_plain(text)}</code>"


def _plain(text: str) -> str:
    """Return a text in which nothing is markup but what stands between backquotes."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    special = re.compile(r"[<>*_|\[\]]")
    return "".join(
        part if part.startswith("`") else special.sub(lambda m: f"&#{ord(m[0])};", part)
        for part in parts
    )


def columns(_: str, page: str) -> str:
    """Return the table of a log's columns, out of the docstring of `emoapp.rows.Rows`.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        A table.
    """
    import inspect

    from emoapp.rows import Rows

    text = inspect.getdoc(Rows) or ""
    block = text.split("The columns:\n\n")[1].split("\n\n")[0]
    rows: list[list[str]] = []
    for line in block.splitlines():
        if line.startswith(" "):
            rows[-1][1] += f" {line.strip()}"
        else:
            names, meaning = re.split(r"\s{2,}", line, maxsplit=1)
            rows.append([names, meaning])
    lines = [f"| {_names(names)} | {_plain(meaning)} |" for names, meaning in rows]
    return "\n".join(["| column | meaning |", "|---|---|", *lines])


def _names(text: str) -> str:
    return ", ".join(part if part == "..." else f"`{part}`" for part in text.split(", "))


def limits(_: str, page: str) -> str:
    """Return the table of limits with their defaults.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        A table.
    """
    import inspect

    from emoapp.limits import LIMITS, Limits

    text = inspect.getdoc(Limits) or ""
    lines = ["| limit | default | meaning |", "|---|---|---|"]
    for name in LIMITS:
        match = re.search(rf"^    {name}: (.+?)(?=^    \w+: |\Z|^\w)", text, re.M | re.S)
        meaning = " ".join(match[1].split()) if match else ""
        lines.append(f"| `{name}` | {getattr(Limits(), name):g} | {_plain(meaning)} |")
    return "\n".join(lines)


def keys(_: str, page: str) -> str:
    """Return the table of the window's keys, as its help shows them.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        A table.
    """
    from emoapp.overlay.panels import HELP

    lines = ["| | key | what it does |", "|---|---|---|"]
    for heading, rows in HELP:
        for number, (key, meaning) in enumerate(rows):
            names = " ".join(f"`{one}`" for one in key.split())
            lines.append(f"| {'' if number else heading} | {names} | {meaning} |")
    return "\n".join(lines)


def errors(_: str, page: str) -> str:
    """Return the table of errors with their exit status, base first.

    Args:
        page: Path of the page within `docs/`.

    Returns:
        A table.
    """
    import inspect

    from emoapp import errors as module

    lines = ["| error | meaning | exit status |", "|---|---|---|"]
    for name, kind in vars(module).items():
        if isinstance(kind, type) and issubclass(kind, module.EmoappError):
            meaning = (inspect.getdoc(kind) or "").splitlines()[0]
            lines.append(f"| `{name}` | {_plain(meaning)} | {kind.exit_status} |")
    return "\n".join(lines)


FILLERS: dict[str, Callable[[str, str], str]] = {
    "include": include,
    "commands": commands,
    "options": options,
    "columns": columns,
    "limits": limits,
    "keys": keys,
    "errors": errors,
}
"""Name in a page -> what fills it in; gets the argument and the page."""
