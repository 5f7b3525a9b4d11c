"""Advice for each rejection reason."""

from __future__ import annotations

from emoapp.types import Rejection

ADVICE = {
    Rejection.TOO_SMALL: "come closer",
    Rejection.TOO_DARK: "more light",
    Rejection.TOO_PALE: "less light behind you",
    Rejection.BLURRED: "hold still",
    Rejection.TURNED_AWAY: "turn to the camera",
    Rejection.UNSURE: "unsure",
}
"""In two or three words, for the tag of a face."""

DIRECTIONS = {
    Rejection.TOO_SMALL: "Come closer.",
    Rejection.TOO_DARK: "More light on your face, please.",
    Rejection.TOO_PALE: "Less light behind you, please.",
    Rejection.BLURRED: "Hold still for a moment.",
    Rejection.TURNED_AWAY: "Turn to the camera.",
}
"""The same in a sentence, for who is being watched."""
