"""Small logs for the report."""

from __future__ import annotations

import csv

HAPPY, SAD, NEUTRAL = "happy", "sad", "neutral"


LABELS = (HAPPY, SAD, NEUTRAL)


def row(frame, t, track=None, said=None, sure=0.8, *, labels=LABELS, source="film.mp4") -> dict:
    """A row of a log. said: a label, or a rejection; None in a row without a face."""
    empty = {"source": source, "frame": frame, "time_s": t} | dict.fromkeys(
        [*("track", "x0", "y0", "x1", "y1", "detector_score", "label", "confidence", "rejection")]
        + [f"{kind}_{label}" for kind in ("raw", "smoothed") for label in labels]
    )
    if track is None:
        return empty
    label = said if said in labels else None
    chances = {name: sure if name == label else (1 - sure) / 2 for name in labels}
    return (
        empty
        | {"track": track, "x0": 100.0, "y0": 40.0, "x1": 180.0, "y1": 120.0}
        | {"detector_score": 0.9, "label": label, "confidence": sure}
        | {"rejection": None if label else said}
        | {f"{kind}_{name}": p for kind in ("raw", "smoothed") for name, p in chances.items()}
    )


def write_log(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


UNEVEN = [
    row(0, 0.0, 1, NEUTRAL),
    row(1, 0.1, 1, HAPPY, 0.6),  # stands 0.3 s
    row(2, 0.4, 1, HAPPY, 0.9),
    row(2, 0.4, 2, "too small"),
    row(3, 0.5, 1, "unsure"),
    row(3, 0.5, 2, SAD),
    row(4, 0.8, 1, SAD),
    row(5, 0.9),  # nobody
    row(6, 1.0, 1, "blurred"),
    row(7, 1.2, 1, HAPPY, 0.7),
    row(8, 1.3, 1, HAPPY, 0.7),  # 0.7 s until the last one
    row(9, 2.0, 1, HAPPY, 0.7),  # as long as the usual frame, 0.1 s
]
