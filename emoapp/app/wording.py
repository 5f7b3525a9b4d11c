"""Describe expressions in words for the terminal."""

from __future__ import annotations

from emoapp.types import Rejection, Track


def describe(track: Track) -> str:
    """Return the expression with its confidence, or why there is none."""
    if track.rejection:
        return "not sure" if track.rejection is Rejection.UNSURE else track.rejection.value
    return f"{track.label} {track.confidence:.0%}"
