"""What a check says, and how one that fails is kept from ending the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from emoapp.errors import EmoappError

OK, WARNING, PROBLEM = LEVELS = ("ok", "warning", "problem")
"""A warning is something that the program can do without, such as a camera."""


@dataclass(frozen=True, slots=True)
class Finding:
    """level: one of `LEVELS`.

    found: what is the case, for the user.
    advice: what to do about it; empty where nothing needs to be done.
    """

    level: str
    found: str
    advice: str = ""


Check = Callable[[], Finding]


def examine(check: Check) -> Finding:
    """What the check finds; what it raises is a problem."""
    try:
        return check()
    except EmoappError as exc:
        return told_by(exc, PROBLEM)
    except Exception as exc:  # anything: to say what is wrong is what this is for
        said = str(exc) or "no reason given"
        return Finding(PROBLEM, f"{type(exc).__name__}: {said}", "Install emoapp and try again.")


def told_by(exc: EmoappError, level: str) -> Finding:
    """An error's message says what happened, and then what to do."""
    found, *rest = re.split(r"[.;] ", str(exc), maxsplit=1)
    return Finding(level, found.removesuffix("."), "".join(rest))
