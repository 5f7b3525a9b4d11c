"""Track faces from frame to frame, smooth their scores and select the track to follow."""

from emoapp.tracking.selection import MainPersonSelector, TrackSelector
from emoapp.tracking.tracker import Assignment, Tracker

__all__ = ["Assignment", "MainPersonSelector", "Tracker", "TrackSelector"]
