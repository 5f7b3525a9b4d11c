"""Finds the texts of the program that people read.

Three kinds: what the code marks with `_`, `N_` and `ngettext`; what the page of reports marks with
`_`; and finished messages, which `emoapp.utils.language.translated` looks up where they are shown.
The last are all the prose of the modules that are not in `ENGLISH_ONLY`; f-strings become
templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "emoapp"

MARKS = {"_", "N_", "translated"}
NO_WORDS = {
    *("output websocket", "output {name}"),
    *("emoapp {gethostname} {name}", "DLL load failed"),
    *("page down", "page up", "outside lower left", "hidden eye", "DejaVu Sans", "bold red"),
    *("detect {name}", "decode {name}", "encode {path}", "grab {name}", "reopen {name}"),
    *("Fatal Python error", "Windows fatal exception", "terminate called", "both are pipes"),
    *("pip install .", "pip install {install}", "emoapp doctor", "annotated by emoapp"),
    *(
        "pip install 'emoapp[mediapipe]' (Python 3.10 to 3.12)",
        "emoapp: {translated}",
        " NAME FILE",
    ),
    "picture: expected YUV of {colorimetry}",
    "log of emoapp",
}
"""Names of threads, fonts and the like, and commands, that read like words."""
MIN_LETTERS = 4
PAGE_MARK = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
PAGE_PLURAL = re.compile(r'\bngettext\(\s*"([^"]*)",\s*"([^"]*)"', re.DOTALL)

ENGLISH_ONLY = (
    "alignment",
    "boxes.py",
    "classifiers/base.py",
    "companion",
    "crop_template.py",
    "diagnostics/benchmark",
    "images.py",
    "overlay",
    "profiles/samples.py",
    "recognizer.py",
    "rows.py",
    "tracking",
    "report/citation.py",
    "report/study/tables.py",
    "sinks/web/access.py",
    "sinks/web/messages.py",
    "sinks/web/pages.py",
    "sinks/web/server.py",
    "training",
    "types.py",
    "cli/benchmark.py",
    "cli/distill.py",
    "cli/evaluate.py",
    "cli/evaluation_output.py",
    "cli/export.py",
    "cli/recipe.py",
    "cli/train.py",
    "cli/training_data.py",
    "utils/arrays.py",
    "utils/geometry.py",
    "utils/language.py",
    "utils/logs/handlers.py",
    "utils/templates.py",
    "yuv.py",
    "__main__.py",
)
"""Without finished messages: training and measuring speak English, as their literature does, and so
do the Python API, logs and prompts. What is drawn in the window is marked."""

QUIET_NAMES = {*MARKS, "ngettext", "TypeVar", "cast", "Fact"}
QUIET_OWNERS = {"logger", "re", "logging"}
"""Their words go into logs, or are no words."""

PROSE = re.compile(r"[A-Za-z]{2,}[,:;.)\]}'’`]* [\w{`'(-]*[A-Za-z{]|^[A-Z][a-z]+ \{|\} [a-z]{3,}")

Message = tuple[str, str | None]
"""Singular, and plural where there is one."""


def messages() -> dict[Message, list[str]]:
    """Return the texts, each with the files that have it, in the order of the files."""
    marked: dict[Message, list[str]] = {}
    prose: dict[Message, list[str]] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        name = path.relative_to(PACKAGE).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            _note(marked, _of_page(text), name)
            continue
        tree = ast.parse(text)
        _note(marked, _marked_in(tree), name)
        if not name.startswith(ENGLISH_ONLY):
            _note(prose, ((message, None) for message in _prose(tree)), name)
    # Marked ones are looked up as they are, the others by their structure.
    known = {structure_of(one) for one, many in marked}
    for message, places in prose.items():
        structure = structure_of(message[0])
        if structure not in known:
            known.add(structure)
            marked[message] = places
    return marked


def _note(found: dict[Message, list[str]], messages: Iterable[Message], name: str) -> None:
    for message in messages:
        places = found.setdefault(message, [])
        if f"emoapp/{name}" not in places:
            places.append(f"emoapp/{name}")


def _of_page(text: str) -> Iterator[Message]:
    for mark in PAGE_MARK.findall(text):
        yield mark, None
    yield from PAGE_PLURAL.findall(text)


def _marked_in(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            strings = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if node.func.id in MARKS and strings:
                yield strings[0], None
            elif node.func.id == "ngettext":
                yield strings[0], strings[1]


def _prose(node: ast.AST) -> Iterator[str]:
    """Yield the finished messages below a node: strings that read as words."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and _is_quiet(node.func):
        return
    if isinstance(node, ast.Raise) and _raises_for_programmers(node):
        return
    if isinstance(node, ast.Subscript):  # a key
        yield from _prose(node.value)
        return
    if isinstance(node, ast.AnnAssign):  # without the type, which may be a string
        if node.value is not None:
            yield from _prose(node.value)
        return
    template = template_of(node)
    if template is not None:
        if PROSE.search(template) and has_words(template) and template not in NO_WORDS:
            yield template
        if isinstance(node, ast.Constant):
            return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _prose(child)


def _is_quiet(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        owner = function.value
        return isinstance(owner, ast.Name) and owner.id in QUIET_OWNERS
    return isinstance(function, ast.Name) and function.id in (
        *MARKS,
        "ngettext",
        "TypeVar",
        "cast",
        "Fact",
    )


def _raises_for_programmers(node: ast.Raise) -> bool:
    """Whether an error is for who calls the Python API, which speaks English."""
    call = node.exc
    name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
    return name in ("TypeError", "AttributeError", "ClosedError", "KeyError", "AssertionError")


def template_of(node: ast.AST) -> str | None:
    """Return a string as a template, with the values of an f-string as named fields."""
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return None
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    text, taken = "", set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
            continue
        name = _name_of(part.value)
        number = 2
        while name in taken:
            name = f"{name.rstrip('0123456789')}{number}"
            number += 1
        taken.add(name)
        text += f"{{{name}}}"
    return text


def has_words(template: str) -> bool:
    """Whether there are enough letters besides the values, as `translated` wants them."""
    return sum(map(str.isalpha, re.sub(r"\{\w*\}", "", template))) >= MIN_LETTERS


def structure_of(template: str) -> str:
    """Return what the program finds a message by: the names of its values do not matter."""
    return re.sub(r"\{\w+\}", "{}", template)


def _name_of(value: ast.expr) -> str:
    """Return a name for a value that tells a translator what it is."""
    for node in ast.walk(value):
        if isinstance(node, ast.Attribute):
            return node.attr.strip("_")
        if isinstance(node, ast.Name) and node.id not in ("len", "str", "repr", "round", "int"):
            return node.id.strip("_")
    return "value"
