"""Numbers as words of the command line, within their ranges."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A converter for whole numbers from `least` up to `most`."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}") from None
        if value < least or (most is not None and value > most):
            upwards = f"{least} or more" if most is None else f"{least} to {most}"
            raise argparse.ArgumentTypeError(f"expected {upwards}, got {text}")
        return value

    return convert


def from_to(
    least: float, below: float = math.inf, *, above: bool = False
) -> Callable[[str], float]:
    """A converter for numbers from `least` to less than `below`, none of them infinite.

    above: `least` itself is too small.
    """

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected a number, got {text!r}") from None
        enough = value > least if above else value >= least  # never of "nan"
        if not enough or not value < below:
            expected = f"more than {least:g}" if above else f"{least:g} or more"
            if below < math.inf:
                expected += f" and less than {below:g}"
            elif value == math.inf:
                expected += " and finite"
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text}")
        return value

    return convert


def share(text: str) -> float:
    """A number from 0 to 1."""
    value = from_to(0)(text)
    if value > 1:
        raise argparse.ArgumentTypeError(f"expected 0 to 1, got {text}")
    return value


positive_int = whole(1)
positive = from_to(0, above=True)
not_negative = from_to(0)


def size_wh(text: str) -> tuple[int, int]:
    """ "1280x720" -> (1280, 720)."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, got {text!r}") from None
    if width < 1 or height < 1:
        raise argparse.ArgumentTypeError(f"expected two positive numbers, got {text!r}")
    return width, height
