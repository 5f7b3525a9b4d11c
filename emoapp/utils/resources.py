"""Locate the files that ship with the program, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE_DIR = Path(__file__).resolve().parents[1]


def _find_shipped(folder: str) -> Path:
    # A wheel has the folders inside the package; a checkout has them beside it.
    inside = _PACKAGE_DIR / folder
    return inside if inside.is_dir() else _PACKAGE_DIR.parent / folder


ASSETS = _find_shipped("assets")
"""Icons, fonts and the bundled clips."""

MODELS = _find_shipped("models")
"""The shipped model, its description and its model card."""

DETECTION = MODELS / "detection"
"""The face detector."""

DEMO_CLIP = ASSETS / "demo.mp4"
"""Eight seconds of one smiling face, for measurements, checks and examples."""

TOUR_CLIP = ASSETS / "tour.mp4"
"""Two people and several expressions, for `emoapp live --demo`."""
