"""Settings of a run: filled by the command line, read by the runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emoapp.limits import Limits


@dataclass(frozen=True, slots=True)
class OverlayConfig:
    """Which parts of the overlay are drawn, and how.

    Attributes:
        boxes: The corners around each face.
        labels: The tag of each face: icon, expression, percentage.
        bars: The panel with the probabilities of the followed face.
        timeline: The band with the last 30 seconds of the followed face.
        status: The row with frame rate and number of faces.
        text_size: Size of the text, percent of the default.
        high_contrast: Opaque grounds, white text and thicker strokes.
    """

    boxes: bool = True
    labels: bool = True
    bars: bool = True
    timeline: bool = True
    status: bool = True
    text_size: int = 100
    high_contrast: bool = False


OVERLAY_PARTS = ("boxes", "labels", "bars", "timeline", "status")
"""The fields of `OverlayConfig` that are parts, each drawn or left out."""

MIN_TEXT_SIZE, MAX_TEXT_SIZE = 75, 250
"""Percent; smaller text cannot be read, and larger text leaves no picture."""

OVERLAYS = {
    "full": OverlayConfig(),
    "labels": OverlayConfig(bars=False, timeline=False, status=False),
    "boxes": OverlayConfig(labels=False, bars=False, timeline=False, status=False),
    "none": OverlayConfig(False, False, False, False, False),
}
"""The choices of `--overlay`."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Settings that live use and video files have in common.

    Attributes:
        source: A camera's number, a file, or a stream's address.
        detector: "auto" or a name of `detectors.DETECTORS`.
        device: "auto", "cpu" or "gpu".
        model: File or folder; None for the shipped model.
        contempt: Show contempt beside the seven expressions.
        profile: "NAME" of a profile for the followed face, or "NAME=TRACK" for the face of a
            track; None for none.
        smoothing_s: Time constant of the average over time, seconds; 0 for none.
        limits: Thresholds that a face must meet to get a label.
        stats: File for the run's statistics as JSON; None for none.
        overwrite: Replace outputs that exist.
        max_frames: End the run after this many frames; None for no limit.
        max_seconds: End the run after this many seconds, of the clock in live use and of the video
            for files; None for no limit.
        overlay: Which parts of the overlay are drawn; recordings never have the status row.
    """

    source: str
    detector: str = "auto"
    device: str = "auto"
    model: Path | None = None
    contempt: bool = False
    profile: str | None = None
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

    Attributes:
        lasted_s: An expression that lasts this long calls for a reply.
        neutral_s: The same for a neutral face, which is what faces are most of the time.
        changed_s: A change calls for a reply once the new expression has lasted this long and the
            one before it `before_s`.
        before_s: See `changed_s`.
        every_s: Shortest time between two replies.
        long_s: Sadness or fear for this long in total, within the last `window_s` or twice
            `long_s`, calls for a reply about human help.
        window_s: See `long_s`.
        help_every_s: Shortest time between two replies about human help.
        blink_s: Shorter expressions are ignored.
        gone_s: A face may be unsure or lost for this long without ending its expression.
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
    """Settings of the companion.

    Attributes:
        url: Server to ask, up to and without "/chat/completions"; None for written replies.
        model: The server's name of the model that answers.
        dry_run: Print what would be sent, and send nothing.
        pace: When it speaks.
    """

    url: str | None = None
    model: str = ""
    dry_run: bool = False
    pace: Pace = Pace()


WEBSOCKET_PORT = 8765
"""The default port."""


@dataclass(frozen=True, slots=True)
class GuidedConfig:
    """Settings of the guided minute.

    Attributes:
        name: Of the profile.
        own_labels: Labels of one's own, which the model lacks.
        keep_pictures: Keep the faces, so that it can be learned again by itself.
        overwrite: Replace a profile of this name.
    """

    name: str
    own_labels: tuple[str, ...] = ()
    keep_pictures: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class OutputsConfig:
    """Where the results of live use go beside window and files; see `sinks.outputs`.

    Attributes:
        osc: (host, port) to send Open Sound Control messages to; None for none.
        lsl: Name of the streams of the Lab Streaming Layer; None for none.
        on_change: Command and arguments to run when the expression changes; None for none.
        virtual_camera: Name of the virtual camera to feed, "auto" for any; None for none.
        virtual_camera_picture: What it shows: "annotated" as the window, "private" with faces
            hidden, or "plain".
        websocket: Port of the WebSocket and its page, 0 for any that is free; None for none.
        listen: The address of this computer that the WebSocket is reached at.
        websocket_origins: Origins of further pages that may connect to it.
    """

    osc: tuple[str, int] | None = None
    lsl: str | None = None
    on_change: tuple[str, ...] | None = None
    virtual_camera: str | None = None
    virtual_camera_picture: str = "annotated"
    websocket: int | None = None
    listen: str = "127.0.0.1"
    websocket_origins: tuple[str, ...] = ()

    @property
    def hides_faces(self) -> bool:
        """Whether an output hides faces, so that none may be missed."""
        return self.virtual_camera is not None and self.virtual_camera_picture == "private"


@dataclass(frozen=True, slots=True)
class LiveConfig(RunConfig):
    """Settings of live use.

    Attributes:
        size_wh: (width, height) to ask a camera for, pixels; None for its default.
        fps: Frames per second to ask a camera for; None for its default.
        mirror: Show the image like a mirror; None mirrors cameras and nothing else.
        loop: Start a file again at its end.
        window: Open a window; without one, changes of expression are printed.
        record: File to record the annotated video to, from the start; None for none.
        folder: Where snapshots and recordings go that the user asks for by a key; None for the
            platform's folders for pictures and videos.
        private: Pixelate faces in the window and in recordings.
        log: File for the results, .csv, .jsonl or .parquet; the companion's replies go into
            NAME.companion.jsonl. None for none.
        companion: Settings of the companion; None for no companion.
        light: Search faces less often and move the panels half as often, for slow machines; None
            to begin with that when this one is too slow for the source.
        speak: Say the followed face's expression by the platform's voice.
        outputs: Other programs that get the results.
        settings: The file for the user's own defaults; None for none.
        guided: Learn a profile in a guided minute; None to just look.
    """

    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    mirror: bool | None = None
    loop: bool = False
    window: bool = True
    record: Path | None = None
    folder: Path | None = None
    private: bool = False
    log: Path | None = None
    companion: CompanionConfig | None = None
    light: bool | None = None
    speak: bool = False
    outputs: OutputsConfig = OutputsConfig()
    settings: Path | None = None
    guided: GuidedConfig | None = None


@dataclass(frozen=True, slots=True)
class VideoConfig(RunConfig):
    """Settings for video files.

    Attributes:
        output: File for the annotated video; None for none.
        log: File for the results, .csv, .jsonl or .parquet; None for none.
        codec: Codec of the video, see `sinks.codecs`; None for the default.
        crf: Quality of the video, see `sinks.codecs`; None for the default.
        blur: Faces to make unrecognizable in the video: "faces" for all, "others" for all but the
            main person's; None for none.
    """

    output: Path | None = None
    log: Path | None = None
    codec: str | None = None
    crf: int | None = None
    blur: str | None = None

    @property
    def targets(self) -> tuple[Path, ...]:
        """Files to write, except for the statistics."""
        return tuple(path for path in (self.output, self.log) if path is not None)
