"""What a run is asked to do: filled by the command line, read by the runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emoapp.limits import Limits


@dataclass(frozen=True, slots=True)
class OverlayConfig:
    """Which parts of the overlay are drawn.

    Attributes:
        boxes: The corners around each face.
        labels: The tag of each face: icon, expression, percentage.
        bars: The panel with the probabilities of the followed face.
        timeline: The band with the last 30 seconds of the followed face.
        status: The row with frame rate and number of faces.
    """

    boxes: bool = True
    labels: bool = True
    bars: bool = True
    timeline: bool = True
    status: bool = True


OVERLAYS = {
    "full": OverlayConfig(),
    "labels": OverlayConfig(bars=False, timeline=False, status=False),
    "boxes": OverlayConfig(labels=False, bars=False, timeline=False, status=False),
    "none": OverlayConfig(False, False, False, False, False),
}
"""The choices of `--overlay`."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What live use and recorded video have in common.

    source: a camera's number, a file, or a stream's address.
    detector: "auto" or a name of `detectors.DETECTORS`.
    device: "auto", "cpu" or "gpu".
    model: file or folder; None for the shipped model.
    contempt: show it beside the seven expressions.
    smoothing_s: time constant of the average over time, seconds; 0 for none.
    limits: which faces are not believed.
    stats: where the run's numbers go as JSON; None for nowhere.
    max_frames, max_seconds: end the run there; None for never. Live the seconds are those of the
        clock, in recorded video those of the video.
    overlay: which parts of the overlay are drawn; recordings never have the status row.
    """

    source: str
    detector: str = "auto"
    device: str = "auto"
    model: Path | None = None
    contempt: bool = False
    smoothing_s: float = 0.3
    limits: Limits = Limits()
    stats: Path | None = None
    overwrite: bool = False
    max_frames: int | None = None
    max_seconds: float | None = None
    overlay: OverlayConfig = OverlayConfig()


@dataclass(frozen=True, slots=True)
class Pace:
    """When the companion speaks; all in seconds.

    lasted_s: an expression that is kept for so long is worth a word.
    neutral_s: the same for a neutral face, which is what faces are most of the time.
    changed_s: a change is worth a word once the new expression has lasted so long ...
    before_s: ... and the one before it had lasted so long.
    every_s: at most one word in this time.
    long_s: sadness or fear for so long in all, within the last `window_s` or twice `long_s`,
        calls for a word about human help; at most one of these in `help_every_s`.
    blink_s: an expression that is there for less than this is none.
    gone_s: a face may be unsure or lost for so long without breaking off what it shows.
    """

    lasted_s: float = 20.0
    neutral_s: float = 300.0
    changed_s: float = 5.0
    before_s: float = 5.0
    every_s: float = 60.0
    long_s: float = 150.0
    window_s: float = 300.0
    help_every_s: float = 900.0
    blink_s: float = 1.0
    gone_s: float = 2.0


@dataclass(frozen=True, slots=True)
class CompanionConfig:
    """url: the server to ask, up to and without "/chat/completions"; None for written replies.

    model: what the server calls the model that shall answer.
    dry_run: print what would be sent, and send nothing.
    pace: when it speaks.
    """

    url: str | None = None
    model: str = ""
    dry_run: bool = False
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class LiveConfig(RunConfig):
    """size_wh, fps: what to ask a camera for.

    mirror: show the picture like a mirror; None mirrors cameras and nothing else.
    loop: a file begins again at its end.
    window: open a window; without one, changes of expression are printed.
    record: where the annotated picture is recorded from the start; None for not at all.
    private: faces are pixelated in the window and in recordings.
    log: where the numbers go, .csv, .jsonl or .parquet, and what the companion says, into
        NAME.companion.jsonl; None for nowhere.
    companion: None for none.
    """

    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    mirror: bool | None = None
    loop: bool = False
    window: bool = True
    record: Path | None = None
    private: bool = False
    log: Path | None = None
    companion: CompanionConfig | None = None


@dataclass(frozen=True, slots=True)
class VideoConfig(RunConfig):
    """output: where the annotated video goes; None for no video.

    log: where the numbers go, .csv, .jsonl or .parquet; None for nowhere.
    codec, crf: how the video is encoded, see `sinks.codecs`; None for the usual.
    blur: faces to make unrecognisable in the video: "faces" for all, "others" for all but the main
        person's; None for none.
    """

    output: Path | None = None
    log: Path | None = None
    codec: str | None = None
    crf: int | None = None
    blur: str | None = None

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files to write, but for the statistics."""
        return tuple(path for path in (self.output, self.log) if path is not None)
