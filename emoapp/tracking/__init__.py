"""Follow faces from frame to frame, and average what they show over time."""

from emoapp.tracking.tracker import Tracker, turns

__all__ = ["Tracker", "turns"]
