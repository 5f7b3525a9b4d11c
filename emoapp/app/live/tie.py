"""Tie a profile to a face, by clicks."""

from __future__ import annotations

from emoapp.app.live.messages import Messages
from emoapp.profiles.live import LiveCorrector
from emoapp.types import Result

LOST_S = 5.0
"""A profile that is tied to a track is free again when the track was not seen for so long."""


class Tie:
    """Decide which face the profile of a window goes with: the followed one, or always the same.

    Args:
        corrector: Uses the profile; its track is set.
        messages: Says what became of a click.
    """

    def __init__(self, corrector: LiveCorrector, messages: Messages) -> None:
        self._corrector = corrector
        self._messages = messages
        self._selected: int | None = None
        self._count = 0
        self._seen_t = 0.0

    def see(self, result: Result) -> None:
        """Take a result: a track that is gone is given up."""
        self._selected, self._count = result.selected, len(result.tracks)
        tied = self._corrector.track
        if tied is None or any(track.id == tied for track in result.tracks):
            self._seen_t = result.frame.t
        elif result.frame.t - self._seen_t > LOST_S and self._corrector.profile is not None:
            self._corrector.track = None
            self._messages.notice(
                f"face {tied} is gone; {self._corrector.name} goes with the followed face"
            )

    def click(self, track: int | None) -> bool:
        """Tie the profile to the followed track, or untie it.

        Args:
            track: What was clicked.

        Returns:
            Whether the click was for this; if not, it selects a track.
        """
        profile = self._corrector.profile
        if profile is None or track is None:
            return False
        if self._corrector.track == track:
            self._corrector.track = None
            self._messages.notice(f"the profile {profile.name} goes with the followed face again")
            return True
        if track == self._selected and self._count > 1:
            self._corrector.track = track
            self._messages.notice(f"the profile {profile.name} stays with face {track}")
            return True
        if self._count > 1 and self._corrector.track is None:
            self._messages.notice(
                f"face {track}; click it again and the profile {profile.name} stays with it"
            )
        return False
