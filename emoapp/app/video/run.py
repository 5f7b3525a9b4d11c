"""One recorded video: every frame of it, into an annotated copy and a log."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.app.run import Progress, Run, open_pipeline, open_results_log
from emoapp.config import VideoConfig
from emoapp.pipeline import Detected, Pipeline
from emoapp.sinks import Sink, open_recorder
from emoapp.sinks.base import FileSink
from emoapp.sinks.targets import check_targets
from emoapp.sources import Source, open_source
from emoapp.types import Frame, Result
from emoapp.utils.prefetch import Prefetcher

if TYPE_CHECKING:
    from emoapp.privacy.redactor import FaceRedactor
    from emoapp.sinks.recorder import VideoRecorder

UNKNOWN_FPS = 25.0
"""For recordings of a source that does not state its rate."""

PREFETCH_DEPTH = 2
"""Frames whose faces are found before they are needed; each holds a whole picture."""

NEARLY_ALL = 0.95
"""Of the frames that a file states: some count pictures that are never shown."""


def run_video(
    config: VideoConfig,
    *,
    progress: Progress | None = None,
    opened: Callable[[], None] = lambda: None,
    finished: Callable[[], None] = lambda: None,
) -> dict:
    """Analyse the frames of a file and write what was asked for.

    opened: called once what is to be written is open.
    finished: called once it is whole, before another process may take hold of it.

    Returns the statistics (see `Stats.as_dict`) and, as "notes", what the user should know of the
    result: a line each.

    Raises SourceError, SinkError, ModelError, UsageError; the log keeps what was analysed before
    an error, the annotated copy does so under the name `VideoRecorder.part`.
    """
    check(config)
    with ExitStack() as locks:
        with ExitStack() as stack:
            source = stack.enter_context(open_source(config.source))
            limits = config.max_frames, config.max_seconds
            expected = _expected_count(source, *limits)
            pipeline = stack.enter_context(open_pipeline(config, frames=expected))
            pipeline.detector.exhaustive = config.blur is not None
            sinks = [stack.enter_context(sink) for sink in _sinks(config, source, pipeline)]
            _keep_locked(sinks, locks)
            opened()
            frames = stack.enter_context(DetectedFrames(source, pipeline, *limits))
            run = VideoRun(config, frames, sinks, pipeline, progress=progress)
            numbers = run.to_the_end()
            notes = list(_notes(run, getattr(source, "damaged", 0)))
        finished()
    return numbers | {"notes": notes}


def _keep_locked(sinks: list[Sink], locks: ExitStack) -> None:
    """Keep the locks of files that the sinks close."""
    if os.name != "nt":  # where a file that is open could not get its name
        for sink in sinks:
            if isinstance(sink, FileSink):
                locks.callback(os.close, os.dup(sink.fileno()))


def check(config: VideoConfig) -> None:
    """Raise UsageError or SinkError where the results cannot be written as they are named.

    Nothing is opened or made: found later, it might cost a file that was to be replaced.
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


class DetectedFrames(Source):
    """Another source's frames with the faces in them, found ahead in a background thread.

    Finding them takes longest, and needs nothing that comes after it.

    frames, seconds: end after so many frames, or before the first frame that comes so late; None
        for no such limit.
    """

    def __init__(
        self,
        source: Source,
        pipeline: Pipeline,
        frames: int | None = None,
        seconds: float | None = None,
    ) -> None:
        self.name, self.size_wh, self.fps = source.name, source.size_wh, source.fps
        self.frame_count = _expected_count(source, frames, seconds)
        self.cut = False
        """Whether a limit ended it."""
        found = (pipeline.detect(frame) for frame in self._within(source, frames, seconds))
        self._ahead = Prefetcher(found, depth=PREFETCH_DEPTH, name=f"detect {source.name}")

    # `VideoRun` takes what comes with the frame.
    def read(self) -> Detected | None:  # type: ignore[override]
        """The next frame and its faces; None at the end."""
        return self._ahead.next()

    def close(self) -> None:
        self._ahead.close()

    def _within(self, source: Source, frames: int | None, seconds: float | None) -> Iterator[Frame]:
        for number, frame in enumerate(source, 1):
            self.cut = seconds is not None and frame.t >= seconds
            if self.cut:
                return
            yield frame
            self.cut = number == frames
            if self.cut:
                return


class VideoRun(Run):
    """A run of frames whose faces are found already; may hide them in the annotated copy."""

    config: VideoConfig
    source: DetectedFrames
    pipeline: Pipeline

    def limit_reached(self) -> bool:
        """Never: the source ends at the limits, by the video's time and not by the clock's."""
        return False

    def analyse(self, detected: Detected) -> Result:  # type: ignore[override]
        return self.pipeline.classify(detected)

    def draw(self, result: Result) -> None:
        if self.config.blur is not None:
            self._redactor.hide(result)
        super().draw(result)

    @cached_property
    def _redactor(self) -> FaceRedactor:
        from emoapp.privacy.redactor import FaceRedactor

        return FaceRedactor(spare_main=self.config.blur == "others")


def _sinks(config: VideoConfig, source: Source, pipeline: Pipeline) -> Iterator[Sink]:
    if config.log is not None:
        yield open_results_log(config, pipeline)
    if config.output is not None:
        yield _recorder(config, config.output, source)


def _recorder(config: VideoConfig, output: Path, source: Source) -> VideoRecorder:
    from emoapp.sources.video_file import VideoFile

    of_a_file: dict[str, object] = {}
    if isinstance(source, VideoFile):
        of_a_file = {
            "sound": config.source,
            "start_s": source.start_s,
            "colorimetry": source.colorimetry,
            "whole_sound": config.max_frames is None and config.max_seconds is None,
        }
    return open_recorder(
        output,
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


def _notes(run: VideoRun, damaged: int) -> Iterator[str]:
    if damaged:
        yield f"{damaged} damaged frame{'s' * (damaged > 1)} left out"
    stated = run.source.frame_count
    if stated and run.stats.read < NEARLY_ALL * stated and not run.source.cut:
        yield f"it ends early: {run.stats.read} of {stated} frames could be read"
    for sink in run.sinks:
        reencoded = getattr(sink, "reencoded_sound", None)
        if reencoded and isinstance(sink, FileSink):
            yield f"the sound was encoded anew: {sink.path.suffix} cannot hold its {reencoded}"
