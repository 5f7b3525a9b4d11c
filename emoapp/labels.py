"""Names of the expressions, and the orders in which the data sets list them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emoapp.utils.language import N_, _

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven labels in FER-2013's order (Goodfellow et al. 2013), which the shipped model shows."""

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
"""Names of the same expressions in other data sets -> the names used here."""


SHOWN = frozenset(
    (
        *(N_("angry"), N_("disgust"), N_("fear"), N_("happy"), N_("sad"), N_("surprise")),
        *(N_("neutral"), N_("contempt")),
    )
)
"""The names that are shown in the user's language."""


def learnable(labels: Sequence[str]) -> tuple[str, ...]:
    """Return a model's labels without contempt, which is shown only when it is asked for."""
    return tuple(labels[:-1] if labels[-1] == CONTEMPT else labels)


def shown(label: str) -> str:
    """Return a label in the user's language; one that has no translation as it is."""
    name = canonical_label(label)
    word = _(name) if name in SHOWN else name
    return label if word == name else word


def canonical_label(label: str) -> str:
    """Return the name used here for an expression.

    Args:
        label: A name in any case, or an alias of another data set.

    Returns:
        The canonical name; an unknown label in lower case.

    Examples:
        >>> canonical_label("Happiness")
        'happy'
    """
    name = label.strip().casefold()
    return ALIASES.get(name, name)


def by_canonical_name(labels: Iterable[str]) -> dict[str, str]:
    """Return labels by their canonical names, to find them in any case and by any alias.

    Args:
        labels: As they are shown, such as "Bored".

    Returns:
        Canonical name -> label.
    """
    return {canonical_label(label): label for label in labels}
