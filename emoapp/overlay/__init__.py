"""Draw a result on its image: faces, bars, timeline, status row, help."""

from __future__ import annotations

from emoapp.overlay.overlay import Overlay
from emoapp.overlay.panels import HELP
from emoapp.overlay.status import Status
from emoapp.overlay.theme import colors_of

__all__ = ["HELP", "Overlay", "Status", "colors_of"]
