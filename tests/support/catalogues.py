"""The scripts that make the catalogues and the fonts of the languages, for tests."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from support.paths import ROOT


def script(*parts: str) -> ModuleType:
    """Import a script below `assets`."""
    path = ROOT.joinpath("assets", *parts)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
