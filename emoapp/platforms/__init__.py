"""What differs between Linux, Windows and macOS: one module for each difference, with its facts.

Only these modules ask on which system the program runs; all others ask them what to do there. Each
has a table `FACTS`: what is so, since when, and where it is written.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal, TypeAlias

System: TypeAlias = Literal["linux", "windows", "macos"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is so on one system.

    Attributes:
        system: The system.
        what: What is so, in a sentence.
        since: Since which version or year; "always" where nothing else is known.
        source: Where it is written: "opencv#22601" is an issue or a pull request of OpenCV,
            "gh-88494" one of CPython.
    """

    system: System
    what: str
    since: str
    source: str


def system() -> System:
    """Return the system that the program runs on; what is neither Windows nor macOS is Linux."""
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"
