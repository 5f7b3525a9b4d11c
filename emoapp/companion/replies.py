"""Choose a written reply by expression and history, for use without a server."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from emoapp.companion.data import read_toml
from emoapp.companion.words import same
from emoapp.labels import canonical_label

if TYPE_CHECKING:
    from emoapp.companion.watcher import Occasion

DATA_FILE = "replies.toml"

NEGATIVE_LABELS = frozenset({"sad", "fear", "angry", "disgust"})
"""A change from one of these to happy or neutral gets a reply of relief."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Written replies by kind of occasion, as `DATA_FILE` lists them.

    Attributes:
        lasted: Replies to an expression that has lasted, by label.
        changed: Replies to a change that stayed, by the new label.
        long: Replies to sadness or fear that stays, by label.
        lighter: Replies to a change from one of `NEGATIVE_LABELS` to happy.
        calmer: Replies to a change from one of `NEGATIVE_LABELS` to neutral.
        other_labels: Replies to labels of custom models; "{label}" stands for the label.
    """

    lasted: Mapping[str, Sequence[str]]
    changed: Mapping[str, Sequence[str]]
    long: Mapping[str, Sequence[str]]
    lighter: Sequence[str]
    calmer: Sequence[str]
    other_labels: Sequence[str]


@cache
def load_replies() -> Replies:
    """Return the replies in `DATA_FILE`, read once."""
    return Replies(**read_toml(DATA_FILE))


def choices(occasion: Occasion) -> list[str]:
    """Return all written replies that fit the occasion, of the most specific kind only."""
    replies, label = load_replies(), canonical_label(occasion.label)
    if occasion.kind == "long" and label in replies.long:
        return list(replies.long[label])
    if occasion.kind == "changed" and occasion.changes:
        relieved = canonical_label(occasion.changes[-1][0]) in NEGATIVE_LABELS
        if relieved and label == "happy":
            return list(replies.lighter)
        if relieved and label == "neutral":
            return list(replies.calmer)
    table = replies.changed if occasion.kind == "changed" else replies.lasted
    word = " ".join(occasion.label.split())
    return [reply.format(label=word) for reply in table.get(label, replies.other_labels)]


def choose(occasion: Occasion, said: set[str], *, rng: random.Random | None = None) -> str | None:
    """Return a random reply that was not said yet, or None once all that fit have been.

    Args:
        occasion: The reason to speak.
        said: Earlier replies, each normalized by `words.same`.
        rng: Random generator; None for the module's own.
    """
    fresh = [reply for reply in choices(occasion) if same(reply) not in said]
    return (rng or random).choice(fresh) if fresh else None
