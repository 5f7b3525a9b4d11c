"""The messages of the WebSocket, which `assets/page/schema.json` describes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emoapp.palette import Color, colors_of, known, legible, muted
from emoapp.platforms import clock
from emoapp.rows import Rows, Value
from emoapp.types import Result
from emoapp.utils.escape import encodable

SCHEMA = 1
"""Version of the messages: raised when a field changes its meaning or goes, not for a new one."""

_FACE_FIELDS = ("track", "detector_score", "label", "confidence", "rejection")
_BOX_FIELDS = ("x0", "y0", "x1", "y1")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a message says of a result, without its picture.

    Attributes:
        rows: The rows of `Rows.of`, so that the values are those of the logs.
        captured_at: When the frame came, seconds since 1970; None where it was read from a file.
        size_wh: (width, height) of the frame, pixels.
        followed: Id of the track that is followed; None for none.
    """

    rows: list[tuple[Value, ...]]
    captured_at: float | None
    size_wh: tuple[int, int]
    followed: int | None


class Messages:
    """Make the messages of one run.

    Args:
        labels: The expressions, in the order of the model.
        version: Of the program.
    """

    def __init__(self, labels: Sequence[str], version: str) -> None:
        self._labels = tuple(labels)
        self._version = version
        self._rows = Rows("", labels, profile=True)
        self._columns = self._rows.columns

    def hello(self) -> str:
        """Return the first message of a connection: what the others need to be understood."""
        colors = colors_of(self._labels)
        return _dumps(
            {
                "type": "hello",
                "schema": SCHEMA,
                "program": f"emoapp {self._version}",
                "expressions": [
                    {
                        "label": encodable(label),
                        "color": _hex(legible(colors[label])),
                        "muted": _hex(muted(colors[label])),
                        "band": _hex(colors[label]),
                        "icon": f"icons/{known(label) or 'other'}.png",
                    }
                    for label in self._labels
                ],
            }
        )

    def snapshot(self, result: Result) -> Snapshot:
        """Return what `frame` needs of a result.

        Raises:
            ValueError: The result has other labels.
        """
        arrived = result.frame.arrived
        return Snapshot(
            rows=list(self._rows.of(result)),
            captured_at=None if arrived is None else time.time() - (clock.now() - arrived),
            size_wh=result.frame.size_wh,
            followed=result.selected if result.selected_track else None,
        )

    def frame(self, snapshot: Snapshot) -> str:
        """Return the message of a frame."""
        rows = [dict(zip(self._columns, row, strict=True)) for row in snapshot.rows]
        captured_at = snapshot.captured_at
        return _dumps(
            {
                "type": "frame",
                "schema": SCHEMA,
                "frame": rows[0]["frame"],
                "time_s": rows[0]["time_s"],
                "captured_at": None if captured_at is None else round(captured_at, 3),
                "size": snapshot.size_wh,
                "followed": snapshot.followed,
                "faces": [self._face(row) for row in rows if row["track"] is not None],
            }
        )

    def _face(self, row: dict[str, Value]) -> dict[str, Any]:
        return {
            **{name: row[name] for name in _FACE_FIELDS},
            "box": [row[side] for side in _BOX_FIELDS],
            "profile": row["profile"],
            **{
                kind: {label: row[f"{kind}_{label}"] for label in map(encodable, self._labels)}
                for kind in ("raw", "smoothed")
            },
        }


def _dumps(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _hex(color: Color) -> str:
    blue, green, red = color
    return f"#{red:02X}{green:02X}{blue:02X}"
