"""The companion in a window: whom it watches, and where it is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoapp.types import Result

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion
    from emoapp.overlay import Overlay


def update_companion(
    companion: Companion | None, overlay: Overlay, result: Result, *, now: float
) -> None:
    """Tell it of the person whose bars are shown, and show what it says."""
    if companion is None:
        return
    followed = [track for track in result.tracks if track.id == overlay.shown]
    companion.update(followed[0] if followed else None, t=result.frame.t, now=now)
    overlay.speech = companion.speech(now=now)


def toggle_companion(companion: Companion | None, overlay: Overlay) -> str:
    """Silence it, or let it speak again; returns one line for the user."""
    if companion is None:
        return "no companion: start with --companion"
    speaks = companion.toggle()
    overlay.speech = None
    return "the companion speaks again" if speaks else "the companion is silent"
