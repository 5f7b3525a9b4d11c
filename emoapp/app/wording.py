"""Describe expressions in words for the terminal."""

from __future__ import annotations

from emoapp.labels import shown
from emoapp.types import Rejection, Track
from emoapp.utils.language import _


def describe(track: Track) -> str:
    """Return the expression with its confidence, or why there is none."""
    if track.rejection:
        return _("not sure") if track.rejection is Rejection.UNSURE else _(track.rejection.value)
    return f"{shown(track.label)} {track.confidence:.0%}"
