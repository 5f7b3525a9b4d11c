"""Advice for each rejection reason, in two or three words for the tag of a face."""

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
