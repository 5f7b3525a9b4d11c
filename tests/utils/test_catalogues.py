"""Every text is translated, with the same values, and can be written in the window."""

from __future__ import annotations

import ast

import pytest
from support.catalogues import script
from support.paths import ROOT

pytest.importorskip("babel")
pytest.importorskip("fontTools")

LANGUAGES = ("de", "fr", "es", "zh", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_complete_and_up_to_date(language):
    """`python assets/languages/make_catalogues.py` takes in new texts and says what is missing."""
    assert script("languages", "make_catalogues.py").faults_of(language) == []


@pytest.mark.parametrize("language", ["zh", "ja"])
@pytest.mark.parametrize("weight", ["Medium", "Bold"])
def test_fonts_have_the_characters_of_the_catalogues(language, weight):
    """`python assets/fonts/make_wide_fonts.py FOLDER` cuts them anew."""
    fonts = script("fonts", "make_wide_fonts.py")
    assert fonts.missing_in(fonts.font_file(language, weight), language) == set()


def test_the_languages_of_the_script_are_those_of_the_program():
    from emoapp.utils.language import ENGLISH
    from emoapp.utils.language import LANGUAGES as KNOWN

    assert set(script("languages", "make_catalogues.py").LANGUAGES) == set(KNOWN) - {ENGLISH}


def test_nothing_hides_the_mark_of_texts():
    """In a module that translates by `_`, no function has a variable of that name."""
    hidden = []
    for path in (ROOT / "emoapp").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        imported = any(
            isinstance(node, ast.ImportFrom) and any(alias.name == "_" for alias in node.names)
            for node in nodes
        )
        for function in nodes if imported else ():
            if isinstance(function, ast.FunctionDef | ast.Lambda | ast.GeneratorExp | ast.ListComp):
                inside = list(ast.walk(function))
                calls = any(
                    isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
                    for node in inside
                )
                stores = any(
                    isinstance(node, ast.Name)
                    and node.id == "_"
                    and isinstance(node.ctx, ast.Store)
                    for node in inside
                )
                if calls and stores:
                    hidden.append(f"{path.relative_to(ROOT)}:{function.lineno}")
    assert hidden == []
