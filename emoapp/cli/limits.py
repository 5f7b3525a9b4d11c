"""The limits beyond which a face gets no label, as words: `--limit brightness=30`, `[limits]`."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping
from dataclasses import replace

from emoapp.cli.renamed import RENAMED_LIMITS, renamed
from emoapp.limits import LIMITS, Limits


class SetLimit(argparse.Action):
    """Changes one of the limits that hold already."""

    def __call__(self, parser, namespace, words, option=None) -> None:
        name, _, number = words.partition("=")
        try:
            setattr(namespace, self.dest, changed(getattr(namespace, self.dest), {name: number}))
        except ValueError as exc:
            raise argparse.ArgumentError(self, str(exc)) from None


def changed(limits: Limits, numbers: Mapping[str, object]) -> Limits:
    """The limits with other numbers, by name.

    Raises ValueError for an unknown name and for what is no number or below 0.
    """
    for name, number in numbers.items():
        name = renamed(name, RENAMED_LIMITS, "limit")
        if name not in LIMITS:
            near = difflib.get_close_matches(name, LIMITS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(LIMITS)}"
            raise ValueError(f"there is no limit {name}; {hint}")
        try:
            value = float(str(number))
        except ValueError:
            raise ValueError(f"{name}: expected a number, found {number!r}") from None
        limits = replace(limits, **{name: value})
    return limits
