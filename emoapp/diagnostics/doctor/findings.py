"""Define the outcome of a check, and run checks so that none can end the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from emoapp.errors import EmoappError
from emoapp.platforms.runtime import explain_import
from emoapp.utils.language import N_

OK, WARNING, PROBLEM = LEVELS = (N_("ok"), N_("warning"), N_("problem"))
"""Levels of a finding. A warning is about something optional, such as a camera."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check.

    Attributes:
        level: One of `LEVELS`.
        found: What was found, for the user.
        advice: What to do about it; empty if nothing needs to be done.
    """

    level: str
    found: str
    advice: str = ""


Check = Callable[[], Finding]


def examine(check: Check) -> Finding:
    """Run a check and return its finding; an exception is reported as a problem."""
    try:
        return check()
    except EmoappError as exc:
        return finding_from_error(exc, PROBLEM)
    except ImportError as exc:
        advice = explain_import(exc) or "Install emoapp and try again."
        return Finding(PROBLEM, f"{type(exc).__name__}: {exc}", advice)
    except Exception as exc:  # the doctor must report any failure
        said = str(exc) or "no reason given"
        return Finding(PROBLEM, f"{type(exc).__name__}: {said}", "Install emoapp and try again.")


def finding_from_error(exc: EmoappError, level: str) -> Finding:
    """Return a finding from an error, whose message says what happened and then what to do.

    Args:
        exc: The error.
        level: One of `LEVELS`.
    """
    found, *rest = re.split(r"[.;] ", str(exc), maxsplit=1)
    return Finding(level, found.removesuffix("."), "".join(rest))
