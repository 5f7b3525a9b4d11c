"""The names of the expressions and the orders in which the data sets list them."""

from __future__ import annotations

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven labels in FER-2013's order (Goodfellow et al. 2013); what the shipped model shows."""

FERPLUS = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt")
"""The eight labels in FER+'s column order (Barsoum et al. 2016)."""

CONTEMPT = "contempt"
"""The label that only FER+ has."""

ALIASES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "scared": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "calm": "neutral",
}
"""Other data sets' names of the same expressions."""


def plain(label: str) -> str:
    """The name used here for what `label` means; a label that we do not know, in small letters."""
    name = label.strip().casefold()
    return ALIASES.get(name, name)
