"""Format numbers for the page."""

from __future__ import annotations

import pandas as pd

from emoapp.utils.language import _


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
        return _("{number} s").format(number=f"{seconds:.1f}")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=f"{rest:02}")
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=f"{minutes % 60:02}")
