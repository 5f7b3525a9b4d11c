"""What a run is asked to do: filled by the command line, read by the runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What live use and recorded video have in common.

    source: a camera's number, a file, or a stream's address.
    detector: "auto" or a name of `detectors.DETECTORS`.
    device: "auto", "cpu" or "gpu".
    model: file or folder; None for the shipped model.
    smoothing_s: time constant of the average over time, seconds; 0 for none.
    stats: where the run's numbers go as JSON; None for nowhere.
    max_frames, max_seconds: end the run there; None for never.
    """

    source: str
    detector: str = "auto"
    device: str = "auto"
    model: Path | None = None
    smoothing_s: float = 0.3
    stats: Path | None = None
    max_frames: int | None = None
    max_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LiveConfig(RunConfig):
    """size_wh, fps: what to ask a camera for.

    mirror: show the picture like a mirror; None mirrors cameras and nothing else.
    loop: a file begins again at its end.
    window: open a window; without one, changes of expression are printed.
    record: where the annotated picture is recorded from the start; None for not at all.
    private: faces are pixelated in the window and in recordings.
    """

    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    mirror: bool | None = None
    loop: bool = False
    window: bool = True
    record: Path | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class VideoConfig(RunConfig):
    """output: where the annotated video goes; None for no video.

    log: where the numbers go as CSV; None for nowhere.
    overwrite: replace files that are there.
    """

    output: Path | None = None
    log: Path | None = None
    overwrite: bool = False
