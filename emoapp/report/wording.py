"""Format numbers for the page."""

from __future__ import annotations

import pandas as pd


def tint(color: str, share: float) -> str:
    """Return a CSS background color that grows stronger with the share.

    Text stays readable on it.

    Args:
        color: "#rrggbb".
        share: 0 to 1, or NaN.
    """
    if pd.isna(share) or share <= 0:
        return "none"
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return f"rgba({red},{green},{blue},{0.12 + 0.4 * share:.2f})"


def percent(share: float) -> str:
    """Return a share as a whole percentage, a dash for none and "<1%" for a trace."""
    if pd.isna(share) or share == 0:
        return "–"
    return "<1%" if share < 0.005 else f"{share:.0%}"


def duration(seconds: float) -> str:
    """Return seconds as "4.2 s", "3 min 05 s" or "1 h 02 min"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: "1 frame", "1,200 frames"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
