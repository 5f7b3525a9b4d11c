"""Say beside a log how it was made, so that its numbers can be cited.

The rows of a log have no room for it: a line of another kind would break what reads the rows, and a
column would repeat the same text in each. So it is in a file of its own, NAME.csv.meta.json, as the
Brain Imaging Data Structure has a JSON file beside each table. A log without it, of version 0.1 or
moved alone, is read as before.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import emoapp
from emoapp.limits import LIMITS
from emoapp.utils.files import is_special, write_whole

SUFFIX = ".meta.json"
"""Follows the whole name of the log."""

KIND = "log of emoapp"
"""Value of "about" in each of these files; a file without it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a log was made.

    Attributes:
        source: What was read, as in the log's rows.
        labels: The expressions, in the order of the model, and behind them those of the profile.
        model: Name of the model's file.
        model_sha256: Its SHA-256 in hexadecimal digits; "" if unknown.
        detector: Name of the face detector.
        device: What ran the network.
        smoothing_s: Time constant of the average over time, seconds; 0 for none.
        limits: Threshold -> value, see `limits.Limits`.
        profile: Name of the profile that corrected a face; None for none.
        live: Whether it is of live use, where settings can be changed on the way.
        version: The program's version.
        created: When the log was begun, local time with the offset from UTC, as ISO 8601 has it.
    """

    source: str
    labels: tuple[str, ...]
    model: str
    model_sha256: str
    detector: str
    device: str
    smoothing_s: float
    limits: Mapping[str, float]
    profile: str | None = None
    live: bool = False
    version: str = emoapp.__version__
    created: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%S%z"))


def path_of(log: Path) -> Path:
    """Return the name of the file that says how a log was made.

    Args:
        log: The log.
    """
    return log.with_name(log.name + SUFFIX)


def write(log: Path, provenance: Provenance) -> bool:
    """Write beside a log how it was made, in place of what was said of an earlier log.

    Args:
        log: The log.
        provenance: How it was made.

    Returns:
        Whether it was written: not beside a pipe, and not in place of a file of another kind.

    Raises:
        OSError: The file cannot be written.
    """
    path = path_of(log)
    if is_special(log) or (path.exists() and _content(path) is None):
        return False
    content = {"about": KIND, **asdict(provenance)}
    text = json.dumps(content, indent=1) + "\n"
    write_whole(path, lambda half: half.write_text(text, encoding="utf-8"))
    return True


def read(log: Path) -> Provenance | None:
    """Read how a log was made.

    Args:
        log: The log.

    Returns:
        None where nothing says, or the file is damaged.
    """
    content = _content(path_of(log))
    if content is None:
        return None
    known = {name: content[name] for name in _NAMES if name in content}
    try:
        limits = {name: float(value) for name, value in known["limits"].items() if name in LIMITS}
        labels = tuple(map(str, known["labels"]))
        texts = {name: str(known[name]) for name in _TEXTS}
        smoothing_s = float(known["smoothing_s"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not all(map(math.isfinite, (smoothing_s, *limits.values()))):
        return None
    profile = known.get("profile")
    return Provenance(
        **texts,
        labels=labels,
        smoothing_s=smoothing_s,
        limits=limits,
        profile=None if profile is None else str(profile),
        live=known.get("live") is True,
    )


_NAMES = tuple(one.name for one in fields(Provenance))
_TEXTS = ("source", "model", "model_sha256", "detector", "device", "version", "created")


def _content(path: Path) -> dict[str, Any] | None:
    """Return the content of a file that says how a log was made; None if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.get("about") == KIND else None
