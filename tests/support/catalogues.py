"""The scripts that make the catalogues and the fonts of the languages, for tests."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from emoapp.utils import language
from support.paths import ROOT

MARK = "§"


def script(*parts: str) -> ModuleType:
    """Import a script below `assets`."""
    path = ROOT.joinpath("assets", *parts)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


class Pseudo:
    """A catalogue of a language whose words are the English ones with a mark before each.

    It has the texts that the catalogues of the other languages are made for.
    """

    def __init__(self):
        self._catalog = dict(list(script("languages", "extract.py").messages()))

    def gettext(self, message):
        if message not in self._catalog:
            return message
        return self._marked(message)

    def _marked(self, message):
        return re.sub(r"(?<![{\w§'])([A-Za-z][\w']*)(?!\w*\})", rf"{MARK}\1", message)

    def ngettext(self, one, many, number):
        message = one if number == 1 else many
        return self._marked(message) if (one, many) in self._catalog.items() else message


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Translate by `Pseudo`."""
    language.use("de")  # forgets what was drawn in English
    language._catalogue = Pseudo()
    try:
        yield
    finally:
        language.use("en")


def untranslated(text: str) -> list[str]:
    """Return the words of a text, translated by `Pseudo`, that stayed English."""
    return re.findall(rf"(?<![{MARK}\w])[A-Za-z]{{2,}}", text)
