"""Advice for each rejection reason."""

from __future__ import annotations

from emoapp.types import Rejection
from emoapp.utils.language import N_

ADVICE = {
    Rejection.TOO_SMALL: N_("come closer"),
    Rejection.TOO_DARK: N_("more light"),
    Rejection.TOO_PALE: N_("less light behind you"),
    Rejection.BLURRED: N_("hold still"),
    Rejection.TURNED_AWAY: N_("turn to the camera"),
    Rejection.UNSURE: N_("unsure"),
}
"""In two or three words, for the tag of a face."""

DIRECTIONS = {
    Rejection.TOO_SMALL: N_("Come closer."),
    Rejection.TOO_DARK: N_("More light on your face, please."),
    Rejection.TOO_PALE: N_("Less light behind you, please."),
    Rejection.BLURRED: N_("Hold still for a moment."),
    Rejection.TURNED_AWAY: N_("Turn to the camera."),
}
"""The same in a sentence, for who is being watched."""
