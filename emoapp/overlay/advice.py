"""Advice for each rejection reason, in two or three words for the tag of a face."""

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
