"""Hold what the companion says, as its panel in the window shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    """A reply of the companion.

    Attributes:
        text: The reply, as much of it as has arrived; "" for none.
        note: A quiet line below it, such as why a server gave no reply; "" for none.
        source: Who says it: "written reply", or the model's name.
        label: The expression that it is about.
        age_s: Seconds since it began to arrive.
        coming: Whether more of it is to come.
    """

    text: str
    note: str
    source: str
    label: str
    age_s: float
    coming: bool = False
