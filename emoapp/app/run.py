"""The loop that takes a source through the pipeline to the sinks, and counts what it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from emoapp.config import LiveConfig, RunConfig, VideoConfig
from emoapp.errors import SinkError
from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink, open_log
from emoapp.sources import Source, Waiting
from emoapp.types import Frame, Result
from emoapp.utils.logs import get_logger
from emoapp.utils.stats import Stats, write_json
from emoapp.utils.terminal import complain, say

if TYPE_CHECKING:
    from emoapp.overlay import Overlay, Status

logger = get_logger(__name__)

Progress = Callable[[int, "int | None"], None]
"""Called with (frames done, frames in all or None) after each frame."""


WAITING_S = 1.0
"""A source that is silent for so long is worth a word: slow cameras wait between frames too."""


class Run:
    """One run of one source, for recorded video; `app.live.window.WindowRun` adds window and keys.

    pipeline: None where it is still loading.
    """

    def __init__(
        self,
        config: RunConfig,
        source: Source,
        sinks: list[Sink],
        pipeline: Pipeline | None = None,
        *,
        progress: Progress | None = None,
    ) -> None:
        self.config = config
        self.source = source
        self.sinks = sinks
        self.pipeline = pipeline
        self.stats = Stats()
        self.overlay: Overlay | None = None
        self.ended = False
        self._progress = progress
        self._said_waiting = ""

    def to_the_end(self) -> dict:
        """Frames until the source, the user or a limit ends it; returns the statistics.

        Where an error ends it, the statistics are written all the same, and the error is raised.
        """
        self._began = time.monotonic()
        try:
            self._frames()
        except BaseException:
            try:
                self._numbers()
            except SinkError as exc:  # said, and not raised: it would hide why the run ended
                complain(exc)
            raise
        return self._numbers()

    def _frames(self) -> None:
        while not self.ended and not self.limit_reached():
            frame = self.source.read()
            if frame is None:
                break
            if isinstance(frame, Waiting):
                self.wait(frame)
                continue
            self.stats.read += 1
            self.take(frame)

    def _numbers(self) -> dict:
        """The statistics, also written where that was asked for."""
        numbers = self.stats.as_dict(
            source=self.source.name,
            size_wh=self.source.size_wh,
            source_fps=self.source.fps,
            missed=self.missed,
        )
        logger.info("run over: %s", numbers)
        if self.config.stats is not None:
            write_json(self.config.stats, numbers, overwrite=self.config.overwrite)
        return numbers

    def take(self, frame: Frame) -> None:
        """Analyse what the source gave, draw on it, hand it to the sinks."""
        began = perf_counter()
        result = self.analyse(frame)
        ms = dict(result.ms)
        if any(sink.wants_picture for sink in self.sinks):
            drawing = perf_counter()
            self.draw(result)
            ms["draw"] = (perf_counter() - drawing) * 1e3
        showing = perf_counter()
        for sink in self.sinks:
            sink.write(result, result.frame.pixels if sink.wants_picture else None)
        shown_at, latency_ms = self.after(result), None
        if shown_at is not None:
            ms["show"] = (perf_counter() - showing) * 1e3
            self.stats.shown += 1
            if result.frame.arrived is not None:
                latency_ms = (shown_at - result.frame.arrived) * 1e3
        ms["total"] = (perf_counter() - began) * 1e3
        self.stats.add(ms, faces=len(result.tracks), latency_ms=latency_ms)
        if self._progress is not None:
            self._progress(self.stats.analysed, self.source.frame_count)

    def analyse(self, frame: Frame) -> Result:
        """What the pipeline says of a frame."""
        return self.pipeline.process(frame)

    def wait(self, waiting: Waiting) -> None:
        """A live source has nothing to show; says so once it has lasted."""
        if waiting.since_s < WAITING_S:
            self._said_waiting = ""
        elif self._said_waiting != waiting.reason:
            self._said_waiting = waiting.reason
            logger.warning("waiting: %s", waiting.reason)
            say(f"{waiting.reason}; waiting for it")

    def draw(self, result: Result) -> None:
        """Draw the result on its own frame."""
        if self.overlay is None:
            from emoapp.overlay import Overlay

            self.overlay = Overlay(self.pipeline.classifier.labels)
        self.overlay.draw(result.frame.pixels, result, self.status(result), now=self.clock(result))

    def clock(self, result: Result) -> float:
        """Seconds by which the drawing moves: the video's own."""
        return result.frame.t

    def status(self, result: Result) -> Status:
        """What the status row says."""
        from emoapp.overlay import Status

        return Status(faces=len(result.tracks), detector=self.pipeline.detector.name)

    def after(self, result: Result) -> float | None:
        """After the sinks had it; when it was shown, by `time.monotonic()`, or None."""
        return None

    @property
    def missed(self) -> int:
        """Frames that came while no one was ready for them."""
        return self.source.missed

    def limit_reached(self) -> bool:
        """Whether the run has lasted as long as it was asked to."""
        frames, seconds = self.config.max_frames, self.config.max_seconds
        return (frames is not None and self.stats.analysed >= frames) or (
            seconds is not None and time.monotonic() - self._began >= seconds
        )


def open_results_log(config: LiveConfig | VideoConfig, pipeline: Pipeline) -> Sink:
    """The log that a run asks for; the caller closes it.

    Raises UsageError for a suffix that names no log, SinkError where it can't be written.
    """
    return open_log(
        config.log,
        pipeline.classifier.labels,
        source=config.source,
        overwrite=config.overwrite,
    )


def open_pipeline(
    config: RunConfig, *, frames: int | None = None, classify_interval: int = 1
) -> Pipeline:
    """The pipeline that a run asks for; the caller closes it.

    frames: how many will come, where that is known: what decides whether a GPU is worth its start.
    classify_interval: classify each of several faces in one of so many frames (see `Pipeline`).
    """
    from emoapp.classifiers import open_classifier
    from emoapp.detectors import open_detector

    classifier = open_classifier(
        config.model, device=config.device, frames=frames, contempt=config.contempt
    )
    try:
        detector = open_detector(config.detector)
    except BaseException:
        classifier.close()
        raise
    return Pipeline(
        detector,
        classifier,
        smoothing_s=config.smoothing_s,
        limits=config.limits,
        classify_interval=classify_interval,
    )
