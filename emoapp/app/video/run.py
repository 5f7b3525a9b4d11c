"""Analyze every frame of one recorded video into an annotated copy and a log."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emoapp.app.run import Progress, Run, open_pipeline, open_results_log
from emoapp.config import VideoConfig
from emoapp.pipeline import Detected, Pipeline
from emoapp.platforms.files import can_rename_open
from emoapp.sinks import Sink, open_recorder
from emoapp.sinks.targets import check_targets
from emoapp.sources import Source, kind_of, open_source
from emoapp.sources.video_file import VideoFile
from emoapp.types import Frame
from emoapp.utils.prefetch import Prefetcher

if TYPE_CHECKING:
    from emoapp.sinks.recorder import VideoRecorder

UNKNOWN_FPS = 25.0
"""Frame rate of recordings of a source that states none."""

PREFETCH_DEPTH = 2
"""Frames whose faces are detected in advance; each holds a whole image."""

MAX_LOST_SHARE = 0.05
"""Share of a file's duration that may be missing at its end: files are not exact."""


def run_video(
    config: VideoConfig,
    *,
    progress: Progress | None = None,
    opened: Callable[[], None] = lambda: None,
    finished: Callable[[], None] = lambda: None,
) -> dict:
    """Analyze the frames of a file and write the requested results.

    After an error, the log keeps the frames analyzed so far, and so does the annotated copy under
    the name `VideoRecorder.part`.

    Args:
        config: The run.
        progress: See `app.run.Progress`; None for no reports.
        opened: Called once the outputs are open.
        finished: Called once they are complete, before another process can lock them.

    Returns:
        The statistics (see `Stats.as_dict`) and, as "notes", lines that the user should know.

    Raises:
        SourceError: The file cannot be read.
        SinkError: A result cannot be written.
        ModelError: A model cannot be loaded.
        UsageError: The settings do not go together.
    """
    check(config)
    with ExitStack() as locks:
        with ExitStack() as stack:
            source = stack.enter_context(open_source(config.source))
            limits = config.max_frames, config.max_seconds
            expected = _expected_count(source, *limits)
            pipeline = stack.enter_context(open_pipeline(config, frames=expected))
            pipeline.detector.exhaustive = config.blur is not None
            sinks: list[Sink] = []
            if config.log is not None:
                log = stack.enter_context(open_results_log(config, pipeline))
                _keep_locked(log.fileno(), locks)
                sinks.append(log)
            recorder = None
            if config.output is not None:
                recorder = _open_recorder(config.output, config, source)
                sinks.append(stack.enter_context(_rendering(config, pipeline, recorder)))
                _keep_locked(recorder.fileno(), locks)
            opened()
            frames = stack.enter_context(DetectedFrames(source, pipeline, *limits))
            run = Run(
                config,
                source,
                pipeline,
                sinks,
                items=frames,
                analyze=Pipeline.classify,
                progress=progress and (lambda done, _: progress(done, expected)),
            )
            numbers = run.to_the_end()
            notes = list(_notes(source, recorder, cut=frames.cut))
        finished()
    return numbers | {"notes": notes}


def _keep_locked(descriptor: int, locks: ExitStack) -> None:
    """Keep the lock of a file that its sink closes."""
    if can_rename_open():
        locks.callback(os.close, os.dup(descriptor))


def check(config: VideoConfig) -> None:
    """Check that the results can be written under their names, without creating them.

    Found later, a problem might cost a file that was to be replaced.

    Args:
        config: The run.

    Raises:
        SinkError: A result cannot be written.
        UsageError: A name is unsuitable.
    """
    check_targets(
        record=config.output,
        log=config.log,
        others=(config.stats,),
        inputs=(config.source, config.model),
        overwrite=config.overwrite,
        codec=config.codec,
        crf=config.crf,
    )


class DetectedFrames:
    """Iterate over a source's frames with the faces in them, detected ahead in a thread.

    Detection takes longest, and needs nothing that comes after it. Closed by `close` or `with`.

    Args:
        source: The frames.
        pipeline: Detects the faces.
        frames, seconds: End after so many frames, or before the first frame that comes so late;
            None for no such limit.

    Attributes:
        cut: Whether a limit ended it.
    """

    def __init__(
        self,
        source: Source,
        pipeline: Pipeline,
        frames: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self.cut = False
        detected = (pipeline.detect(frame) for frame in self._within(source, frames, seconds))
        self._prefetcher = Prefetcher(detected, depth=PREFETCH_DEPTH, name=f"detect {source.name}")

    def __iter__(self) -> Iterator[Detected]:
        while (detected := self._prefetcher.next()) is not None:
            yield detected

    def close(self) -> None:
        """End the thread; may be called twice."""
        self._prefetcher.close()

    def __enter__(self) -> DetectedFrames:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _within(self, source: Source, frames: int | None, seconds: float | None) -> Iterator[Frame]:
        for number, frame in enumerate(source, 1):
            self.cut = seconds is not None and frame.t >= seconds
            if self.cut:
                return
            yield frame
            self.cut = number == frames
            if self.cut:
                return


def _rendering(config: VideoConfig, pipeline: Pipeline, recorder: VideoRecorder) -> Sink:
    from emoapp.app.rendering import Renderer, RenderingSink
    from emoapp.overlay import Overlay
    from emoapp.privacy.redactor import FaceRedactor

    # The status row is for the one at the keys, and an audience has none.
    overlay = Overlay(pipeline.labels, replace(config.overlay, status=False))
    redactor = None
    if config.blur is not None:
        redactor = FaceRedactor(spare_selected=config.blur == "others")
    return RenderingSink(Renderer(overlay, redactor), recorder)


def _open_recorder(path: Path, config: VideoConfig, source: Source) -> VideoRecorder:
    of_a_file: dict[str, Any] = {}
    if kind_of(config.source) == "video":
        of_a_file = {
            "sound": config.source,
            "start_s": getattr(source, "start_s", None),
            "colorimetry": source.colorimetry,
            "whole_sound": config.max_frames is None and config.max_seconds is None,
        }
    return open_recorder(
        path,
        fps=source.fps or UNKNOWN_FPS,
        size_wh=source.size_wh,
        overwrite=config.overwrite,
        codec=config.codec,
        crf=config.crf,
        **of_a_file,
    )


def _expected_count(source: Source, frames: int | None, seconds: float | None) -> int | None:
    """How many frames will come; None where nothing says."""
    limits = [source.frame_count, frames]
    if seconds is not None and source.frame_count is not None:
        limits.append(math.ceil(seconds * (source.fps or UNKNOWN_FPS)))
    return min((limit for limit in limits if limit is not None), default=None)


def _notes(source: Source, recorder: VideoRecorder | None, *, cut: bool) -> Iterator[str]:
    damaged = getattr(source, "damaged", 0)
    if damaged:
        yield f"{damaged} damaged frames left out" if damaged > 1 else "1 damaged frame left out"
    if isinstance(source, VideoFile) and source.stated_s is not None and not cut:
        stated_s, lost_s = source.stated_s, source.lost_s
        if lost_s > MAX_LOST_SHARE * stated_s:
            read_s = stated_s - lost_s
            yield f"it ends early: {read_s:.1f} of {stated_s:.1f} seconds could be read"
    if recorder is not None and recorder.reencoded_sound:
        yield (
            f"the sound was encoded anew: {recorder.path.suffix} cannot hold its "
            f"{recorder.reencoded_sound}"
        )
