"""Where the files that ship with the program lie, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _shipped(folder: str) -> Path:
    # A wheel carries the folders inside the package; a checkout has them beside it.
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


ASSETS = _shipped("assets")
"""Icons, fonts and the demo clip."""

MODELS = _shipped("models")
"""The shipped model, its description and its card."""

DETECTION = MODELS / "detection"
"""The network that finds faces."""

DEMO_CLIP = ASSETS / "demo.mp4"
"""A few seconds of one face, so that the program can be tried with no camera."""
