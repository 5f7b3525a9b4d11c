"""Collect the statistics of a run: frames, frame rate and time per stage."""

from __future__ import annotations

import json
import os
import time
from array import array
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import psutil

from emoapp.errors import SinkError
from emoapp.platforms.processes import peak_rss_bytes
from emoapp.utils.addresses import redact_url
from emoapp.utils.files import write_whole

STAGES = ("detect", "align", "classify", "draw", "show", "total")

MAX_SAMPLES = 20_000
"""Values to keep of each stage, an even number: all of eleven minutes at 30 frames per second."""

RECENT_S = 2.0
"""Period of the numbers in the window; averages since the start would include every pause."""


class Sample:
    """Every n-th value of a stream, with n doubled whenever it holds `MAX_SAMPLES`.

    It stays small over hours, and its percentiles are nearly those of all values.

    Attributes:
        values: The kept values, 32-bit floats.
    """

    def __init__(self) -> None:
        self.values = array("f")
        self._every = 1
        self._count = 0

    def add(self, value: float) -> None:
        """Add the next value of the stream.

        Args:
            value: The value.
        """
        if self._count % self._every == 0:
            if len(self.values) == MAX_SAMPLES:
                self.values = self.values[::2]
                self._every *= 2
            self.values.append(value)
        self._count += 1


class Recent:
    """The frames of the last `RECENT_S` seconds before the latest one."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float | None]] = deque()

    def add(self, at: float, latency_ms: float | None = None) -> None:
        """Add a frame.

        Args:
            at: When it was shown, in seconds by a monotonic clock; later than those before.
            latency_ms: Milliseconds from its arrival until it was shown; None if unknown.
        """
        self._frames.append((at, latency_ms))
        while at - self._frames[0][0] > RECENT_S:
            self._frames.popleft()

    @property
    def fps(self) -> float | None:
        """Frames per second; None if there are fewer than two."""
        duration_s = self._frames[-1][0] - self._frames[0][0] if self._frames else 0.0
        return (len(self._frames) - 1) / duration_s if duration_s > 0 else None

    @property
    def latency_ms(self) -> float | None:
        """Mean latency in milliseconds; None if it is unknown for all frames."""
        known = [ms for _, ms in self._frames if ms is not None]
        return sum(known) / len(known) if known else None


class Stats:
    """Statistics of a run.

    Attributes:
        recent: The latest frames.
        read: Number of frames read; counted by the runner.
        analyzed: Number of frames analyzed.
        shown: Number of frames shown; counted by the runner.
    """

    def __init__(self) -> None:
        self.recent = Recent()
        self.read = 0
        self.analyzed = 0
        self.shown = 0
        self._ms = {stage: Sample() for stage in STAGES}
        self._latency_ms = Sample()
        self._faces = self._max_faces = 0
        self._first_result_s: float | None = None
        self._began: float | None = None
        self._last = 0.0

    def add(self, ms: Mapping[str, float], *, faces: int, latency_ms: float | None = None) -> None:
        """Add an analyzed frame.

        Args:
            ms: Milliseconds by stage, with keys in `STAGES`.
            faces: Number of faces in it.
            latency_ms: Milliseconds from its arrival until it was shown; None if unknown.
        """
        now = time.perf_counter()
        if self._began is None:
            self._began = now
            self._first_result_s = _process_age_s()
        self._last = now
        self.analyzed += 1
        for stage, value in ms.items():
            self._ms[stage].add(value)
        if latency_ms is not None:
            self._latency_ms.add(latency_ms)
        self.recent.add(now, latency_ms)
        self._faces += faces
        self._max_faces = max(self._max_faces, faces)

    @property
    def fps(self) -> float | None:
        """Analyzed frames per second since the first result; None if there are fewer than two."""
        if self._began is None or self.analyzed < 2 or self._last <= self._began:
            return None
        return (self.analyzed - 1) / (self._last - self._began)

    def as_dict(
        self, *, source: str, size_wh: tuple[int, int], source_fps: float | None, missed: int
    ) -> dict:
        """Return the statistics as an object that JSON can represent.

        Args:
            source: The name of the source; passwords are removed.
            size_wh: (width, height) of its frames in pixels.
            source_fps: Frames per second that it states; None if it does not.
            missed: Number of frames that were lost.
        """
        return {
            "source": redact_url(source),
            "size_wh": list(size_wh),
            "source_fps": source_fps,
            "frames": {
                "read": self.read,
                "analysed": self.analyzed,
                "shown": self.shown,
                "missed": missed,
            },
            "first_result_s": _rounded(self._first_result_s),
            "fps": _rounded(self.fps),
            "ms": {stage: _median_p95(sample.values) for stage, sample in self._ms.items()},
            "latency_ms": _median_p95(self._latency_ms.values),
            "faces": {
                "mean": _rounded(self._faces / self.analyzed) if self.analyzed else None,
                "max": self._max_faces if self.analyzed else None,
            },
            "peak_rss_mb": _rounded(peak_rss_mb()),
        }


def write_json(path: Path, numbers: dict, *, overwrite: bool = True) -> None:
    """Write statistics to a JSON file.

    Args:
        path: The file.
        numbers: The statistics.
        overwrite: Replace an existing file.

    Raises:
        SinkError: It cannot be written, or exists and `overwrite` is False.
    """
    text = json.dumps(numbers, indent=1) + "\n"
    try:
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"), overwrite=overwrite)
    except OSError as exc:
        raise SinkError(f"{path} cannot be written: {exc.strerror}.") from exc


def peak_rss_mb() -> float:
    """Return the peak memory of this process in megabytes (10^6 bytes)."""
    return peak_rss_bytes() / 1e6


def _process_age_s() -> float:
    """Return the seconds since this process started."""
    try:
        # By the kernel's own clock, exact to its tick (10 ms). psutil adds the same number to the
        # boot time, which Linux states in whole seconds: an error of up to a second.
        fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
        started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
    except (OSError, AttributeError):  # not Linux
        return time.time() - psutil.Process().create_time()


def _median_p95(values: array) -> dict[str, float | None]:
    if not values:
        return {"median": None, "p95": None}
    median, p95 = np.percentile(np.frombuffer(values, np.float32), (50, 95))
    return {"median": _rounded(float(median)), "p95": _rounded(float(p95))}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
