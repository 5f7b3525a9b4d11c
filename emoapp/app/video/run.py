"""Analyze every frame of one recorded video into an annotated copy and a log."""

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
"""Frame rate of recordings of a source that states none."""

PREFETCH_DEPTH = 2
"""Frames whose faces are detected in advance; each holds a whole image."""

MIN_FRAME_SHARE = 0.95
"""Share of a file's stated frames below which it ends early; some files count hidden frames."""


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
            sinks = [stack.enter_context(sink) for sink in _open_sinks(config, source, pipeline)]
            _keep_locked(sinks, locks)
            opened()
            frames = stack.enter_context(DetectedFrames(source, pipeline, *limits))
            run = VideoRun(config, frames, sinks, pipeline, progress=progress)
            numbers = run.to_the_end()
            notes = list(_notes(run, getattr(source, "damaged", 0)))
        finished()
    return numbers | {"notes": notes}


def _keep_locked(sinks: list[Sink], locks: ExitStack) -> None:
    """Keep the locks of files after the sinks have closed them."""
    if os.name != "nt":  # Windows cannot rename an open file
        for sink in sinks:
            if isinstance(sink, FileSink):
                locks.callback(os.close, os.dup(sink.fileno()))


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


class DetectedFrames(Source):
    """Detect the faces in a source's frames in advance, in a background thread.

    Detection takes longest and does not depend on later stages.

    Args:
        source: The source.
        pipeline: Detects the faces.
        frames: End after this many frames; None for no limit.
        seconds: End before the first frame at or after this time in the video; None for no limit.

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
        self.name, self.size_wh, self.fps = source.name, source.size_wh, source.fps
        self.frame_count = _expected_count(source, frames, seconds)
        self.cut = False
        found = (pipeline.detect(frame) for frame in self._limited(source, frames, seconds))
        self._prefetcher = Prefetcher(found, depth=PREFETCH_DEPTH, name=f"detect {source.name}")

    # `VideoRun.analyse` takes the faces together with the frame.
    def read(self) -> Detected | None:  # type: ignore[override]
        """Return the next frame and its faces; None at the end."""
        return self._prefetcher.next()

    def close(self) -> None:
        """Stop the thread; may be called twice."""
        self._prefetcher.close()

    def _limited(
        self, source: Source, frames: int | None, seconds: float | None
    ) -> Iterator[Frame]:
        for number, frame in enumerate(source, 1):
            self.cut = seconds is not None and frame.t >= seconds
            if self.cut:
                return
            yield frame
            self.cut = number == frames
            if self.cut:
                return


class VideoRun(Run):
    """A run over frames with detected faces, which it may hide in the annotated copy."""

    config: VideoConfig
    source: DetectedFrames
    pipeline: Pipeline

    def limit_reached(self) -> bool:
        """Return False: the source ends at the limits, by the video's time instead of the clock."""
        return False

    def analyse(self, detected: Detected) -> Result:  # type: ignore[override]
        """Classify the detected faces of a frame.

        Args:
            detected: The frame and its faces.
        """
        return self.pipeline.classify(detected)

    def draw(self, result: Result) -> None:
        """Hide the faces if requested, then draw the result on its frame.

        Args:
            result: The result.
        """
        if self.config.blur is not None:
            self._redactor.hide(result)
        super().draw(result)

    @cached_property
    def _redactor(self) -> FaceRedactor:
        from emoapp.privacy.redactor import FaceRedactor

        return FaceRedactor(spare_main=self.config.blur == "others")


def _open_sinks(config: VideoConfig, source: Source, pipeline: Pipeline) -> Iterator[Sink]:
    if config.log is not None:
        yield open_results_log(config, pipeline)
    if config.output is not None:
        yield _open_recorder(config, config.output, source)


def _open_recorder(config: VideoConfig, output: Path, source: Source) -> VideoRecorder:
    from emoapp.sources.video_file import VideoFile

    file_options: dict[str, object] = {}
    if isinstance(source, VideoFile):
        file_options = {
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
        **file_options,
    )


def _expected_count(source: Source, frames: int | None, seconds: float | None) -> int | None:
    """Return how many frames will come; None if unknown."""
    limits = [source.frame_count, frames]
    if seconds is not None and source.frame_count is not None:
        limits.append(math.ceil(seconds * (source.fps or UNKNOWN_FPS)))
    return min((limit for limit in limits if limit is not None), default=None)


def _notes(run: VideoRun, damaged: int) -> Iterator[str]:
    if damaged:
        yield f"{damaged} damaged frame{'s' * (damaged > 1)} left out"
    stated = run.source.frame_count
    if stated and run.stats.read < MIN_FRAME_SHARE * stated and not run.source.cut:
        yield f"it ends early: {run.stats.read} of {stated} frames could be read"
    for sink in run.sinks:
        reencoded = getattr(sink, "reencoded_sound", None)
        if reencoded and isinstance(sink, FileSink):
            yield f"the sound was encoded anew: {sink.path.suffix} cannot hold its {reencoded}"
