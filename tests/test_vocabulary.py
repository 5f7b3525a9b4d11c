"""Public names use the field's words: none contains one that was retired."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from support.paths import ROOT

from emoapp.labels import EMOTIONS
from emoapp.rows import Rows

RETIRED = (
    *("doubt", "framing", "evened", "thorough", "reluctance", "veil", "ahead", "newest"),
    *("in_turn", "soft_share", "recorded"),
)

ALLOWED = {
    "emoapp.types.Track.doubt": "the old name of `rejection`, which stays for a release",
    "emoapp.rows.doubt": "the column of earlier versions, which stays for a release",
    "emoapp.report.measures.NOT_RECORDED": "of these seconds there is no frame",
    "emoapp.report.reading.Log.unrecorded_s": "of these seconds there is no frame",
}
"""Name -> why it may hold a retired word."""
TO_BE_RENAMED: set[str] = set()


def names_of(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield all public names of a module, dotted: `emoapp.module.Class.method.argument`.

    The words of the command line count as well: `emoapp.module.option`.
    """
    parts = path.relative_to(root).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    tree = ast.parse(path.read_text("utf-8"))
    yield module
    yield from _names_in(tree.body, module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"--[a-z][a-z-]*", node.value):
                yield f"{module}.{node.value[2:].replace('-', '_')}"


def _names_in(body: list[ast.stmt], above: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _names_in(node.body + getattr(node, "orelse", []), above)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield f"{above}.{node.name}"
            yield from _names_in(node.body, f"{above}.{node.name}")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not node.name.startswith("_"):
                yield f"{above}.{node.name}"
            if not node.name.startswith("_") or node.name == "__init__":
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                yield from (f"{above}.{node.name}.{one.arg}" for one in arguments)
                yield from _attributes_of(node, above)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = (one for target in targets for one in ast.walk(target))
            yield from (
                f"{above}.{one.id}"
                for one in named
                if isinstance(one, ast.Name) and not one.id.startswith("_")
            )


def _attributes_of(function: ast.FunctionDef | ast.AsyncFunctionDef, above: str) -> Iterator[str]:
    """Yield the public attributes that a method sets on `self`."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
            and not node.attr.startswith("_")
        ):
            yield f"{above}.{node.attr}"


def retired(name: str) -> str | None:
    """Return the retired word in the last part of a dotted name."""
    last = name.rpartition(".")[2].lower()
    return next((word for word in RETIRED if word in last), None)


def test_no_public_name_holds_a_retired_word():
    paths = sorted((ROOT / "emoapp").rglob("*.py"))
    found = {name: word for path in paths for name in names_of(path) if (word := retired(name))}
    wrong = found.keys() - ALLOWED.keys() - TO_BE_RENAMED
    assert not wrong, "use the field's word, or say in ALLOWED why not"


def columns() -> list[str]:
    return [f"emoapp.rows.{column}" for column in Rows("", EMOTIONS).columns]


def test_no_column_of_the_logs_holds_a_retired_word():
    assert [name for name in columns() if retired(name) and name not in ALLOWED] == []


def test_every_exception_is_needed():
    """An alias that is gone leaves the table too."""
    paths = (ROOT / "emoapp").rglob("*.py")
    assert set(ALLOWED) <= {*columns(), *(name for path in paths for name in names_of(path))}


def test_names_are_found_wherever_they_stand(tmp_path):
    path = tmp_path / "emoapp" / "newest.py"
    path.parent.mkdir()
    path.write_text(
        "class Veil:\n"
        "    doubt: int = 0\n"
        "    def __init__(self, framing):\n"
        "        self.recorded = framing\n"
        "    def read(self, *, thorough=False): ...\n"
        "    def _hidden(self, evened): ...\n"
        "def ahead(): parser.add_argument('--soft-share')\n"
        "RELUCTANCE = 0.1\n"
    )
    found = {retired(name) for name in names_of(path, tmp_path)} - {None}
    assert found == set(RETIRED) - {"evened", "in_turn"}
