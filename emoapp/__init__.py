"""Read facial expressions from a webcam, recorded video and pictures."""

# Imports nothing: the command line passes here before it can provide for Ctrl-C.
TYPE_CHECKING = False  # as `typing` has it, for type checkers

if TYPE_CHECKING:
    from emoapp.labels import EMOTIONS
    from emoapp.recognizer import EmotionRecognizer
    from emoapp.tables import to_dataframe
    from emoapp.types import Box, Face, Frame, Result, Scores, Track

__version__ = "0.1.0"
__all__ = [
    "EMOTIONS",
    "Box",
    "EmotionRecognizer",
    "Face",
    "Frame",
    "Result",
    "Scores",
    "Track",
    "to_dataframe",
]

_MODULES = {"EMOTIONS": "labels", "EmotionRecognizer": "recognizer", "to_dataframe": "tables"}


def __getattr__(name: str) -> object:
    # Loaded on first use: the command line imports this module too and must start at once.
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"emoapp.{_MODULES.get(name, 'types')}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
