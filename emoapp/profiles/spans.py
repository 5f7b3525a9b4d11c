"""Read which expression a video shows when."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from emoapp.errors import ProfileError
from emoapp.labels import by_canonical_name, canonical_label


def read_spans(path: Path, labels: Sequence[str]) -> list[tuple[float, float, str]]:
    """Read which label a video shows when.

    Args:
        path: CSV with the columns start_s, end_s, label.
        labels: The labels that are known.

    Returns:
        (start, end, label), times in seconds.

    Raises:
        ProfileError: The file can't be read, or a row is wrong; names it.
    """
    spans, known = [], by_canonical_name(labels)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for line, row in enumerate(csv.DictReader(file), 2):
                where = f"{path}, line {line}"
                try:
                    start, end = float(row["start_s"]), float(row["end_s"])
                    label = canonical_label(row["label"])
                except (KeyError, TypeError, ValueError, AttributeError):
                    raise ProfileError(f"{where}: expected start_s,end_s,label") from None
                if label not in known:
                    raise ProfileError(
                        f"{where}: there is no label {label!r}; known are {', '.join(labels)}"
                    )
                if not start < end:
                    raise ProfileError(f"{where}: the end is not after the start")
                spans.append((start, end, known[label]))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise ProfileError(f"{path}: cannot be read ({exc})") from exc
    if not spans:
        raise ProfileError(f"{path}: has no rows; expected start_s,end_s,label")
    return spans
