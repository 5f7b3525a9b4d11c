"""Follow faces from frame to frame, and average what they show over time."""

from emoapp.tracking.tracker import Assignment, Tracker

__all__ = ["Assignment", "Tracker"]
