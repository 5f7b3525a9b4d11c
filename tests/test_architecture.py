"""The rules that keep the house simple: imports point downwards, and starting stays light."""

from __future__ import annotations

import ast
from pathlib import Path

from support.paths import ROOT
from support.programs import run_python

PACKAGE = ROOT / "emoapp"
GROUND = {
    "types",
    "boxes",
    "speech",
    "labels",
    "palette",
    "errors",
    "config",
    "limits",
    "crop_template",
    "images",
    "colorimetry",
    "yuv",
}
GROUND |= {"rows", "utils", "platforms", "corrector", "provenance"}
STAGES = {"sources", "detectors", "alignment", "classifiers", "tracking"}
STAGES |= {"overlay", "privacy", "sinks"}
PIPELINE = {"pipeline", "profiles"}
APPLICATIONS = [{"companion", "report"}, {"app"}, {"diagnostics"}]
LEVELS = [GROUND, STAGES, PIPELINE, {"recognizer", "tables"}, *APPLICATIONS, {"cli"}]
"""Imports point downwards only: a part may import those of the levels before its own."""


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """The parts of emoapp that a file imports, anywhere in it, except for type checking."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("emoapp."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("emoapp.")}
    return found


def test_imports_point_downwards():
    level = {part: number for number, parts in enumerate(LEVELS) for part in parts}
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        part = part_of(path)
        if part in ("__init__", "__main__", "training"):
            continue
        for imported in imports_of(path) - {part}:
            if part == "cli" and imported == "training":
                continue
            down = imported in level and level[imported] < level[part]
            if not (down or {part, imported} <= GROUND):
                wrong.append(f"{path.relative_to(ROOT)} imports {imported}")
    assert not wrong


def libraries_of(path: Path) -> set[str]:
    """The packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_only_training_and_the_gpu_import_tensorflow():
    for path in PACKAGE.rglob("*.py"):
        names, inside = libraries_of(path), path.relative_to(PACKAGE).as_posix()
        if names & {"matplotlib", "pandas", "jinja2"}:
            assert inside.startswith(("training/", "report/")) or inside == "tables.py", inside
        if names & {"tensorflow", "keras", "sklearn"}:
            allowed = ("classifiers/keras.py", "cli/export.py")
            assert inside.startswith("training/") or inside in allowed, inside


def test_pyav_is_imported_behind_opencv():
    direct = [p.name for p in PACKAGE.rglob("*.py") if "av" in libraries_of(p)]
    assert direct == ["libav.py"]
    code = (
        "import sys, builtins; order = []; real = builtins.__import__\n"
        "def note(name, *rest, **more):\n"
        "    order.extend({name} & {'cv2', 'av'} - set(order)); return real(name, *rest, **more)\n"
        "builtins.__import__ = note; import emoapp.sources.stream; print(order)"
    )
    assert run_python(code).stdout.strip() == "['cv2', 'av']"


def test_the_command_line_and_the_package_load_nothing_heavy():
    heavy = ("tensorflow", "mediapipe", "keras", "jax", "matplotlib", "cv2", "av", "PIL", "pandas")
    code = (
        "import sys, emoapp, emoapp.cli; from emoapp.cli.commands import COMMANDS, load_command;"
        "[load_command(name) for name in COMMANDS];"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    assert run_python(code).stdout.strip() == "[]"


def test_detection_and_classification_load_no_tensorflow():
    code = (
        "import sys, numpy as np; from emoapp import EmotionRecognizer;"
        "EmotionRecognizer().analyze(np.zeros((90, 90, 3), np.uint8));"
        "print([m for m in ('tensorflow', 'jax', 'matplotlib') if m in sys.modules])"
    )
    assert run_python(code).stdout.strip() == "[]"


def test_files_and_functions_stay_small():
    large = []
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 250:
            large.append(f"{path.relative_to(ROOT)} has more than 250 lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                # The signature and the docstring do not count: they are there to be complete.
                body = node.body[ast.get_docstring(node) is not None :]
                if body and node.end_lineno - body[0].lineno >= 40:
                    large.append(f"{path.relative_to(ROOT)}: {node.name} has more than 40 lines")
    assert not large
