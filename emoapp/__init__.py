"""Reads facial expressions from a webcam, recorded video and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoapp.labels import EMOTIONS

if TYPE_CHECKING:
    from emoapp.recognizer import EmotionRecognizer
    from emoapp.types import Box, Face, Frame, Result, Scores, Track

__version__ = "0.1.0"
__all__ = ["EMOTIONS", "Box", "EmotionRecognizer", "Face", "Frame", "Result", "Scores", "Track"]


def __getattr__(name: str):
    # Loaded on first use: the command line imports this module too and must start at once.
    if name == "EmotionRecognizer":
        from emoapp.recognizer import EmotionRecognizer

        return EmotionRecognizer
    if name in __all__:
        import emoapp.types

        return getattr(emoapp.types, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
