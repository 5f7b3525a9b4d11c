"""Runs a source through the pipeline: owns the loop, the loading thread, the keys and the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from emoapp.config import LiveConfig, RunConfig, VideoConfig
from emoapp.sinks import Sink, open_log, open_recorder, open_window
from emoapp.sources import Source, kind_of, open_source
from emoapp.stats import Stats, write_stats
from emoapp.types import Frame, Result

if TYPE_CHECKING:
    from emoapp.overlay import Overlay
    from emoapp.pipeline import Pipeline
    from emoapp.sinks.window import Window

UNKNOWN_FPS = 25.0
"""For recordings of a source that does not state its rate."""

Progress = Callable[[int, "int | None"], None]

SHOWN_NUMBERS_S = 0.5
"""The figures in the status row change so often: faster, nobody could read them."""


def run_live(config: LiveConfig) -> dict:
    """Show a camera, a stream or a file as it plays, until the user ends it; gives the statistics.

    Raises the errors of the source, the model, the detector and the window.
    """
    from emoapp.sinks.console import ConsoleLog

    with ExitStack() as stack:
        window = stack.enter_context(open_window("emoapp")) if config.window else None
        # MediaPipe and the model load while the camera starts: each takes a few tenths of a second.
        loading = stack.enter_context(_in_background(lambda: _open_pipeline(config)))
        source = stack.enter_context(
            open_source(
                config.source,
                live=True,
                loop=config.loop,
                size_wh=config.size_wh,
                fps=config.fps,
            )
        )
        sinks = [] if config.window else [stack.enter_context(ConsoleLog())]
        run = _Run(config, source, sinks, window=window, mirror=_mirrored(config))
        return run.to_the_end(loading)


def run_video(config: VideoConfig, *, progress: Progress | None = None) -> dict:
    """Analyse every frame of a file and write what was asked for; gives the statistics.

    progress: called with (frames done, frames in all or None) after each frame.

    Raises SourceError, SinkError, ModelError; what was written before an error is kept.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(config.source))
        pipeline = stack.enter_context(_open_pipeline(config, frames=source.frame_count))
        sinks = [stack.enter_context(s) for s in _file_sinks(config, source, pipeline)]
        run = _Run(config, source, sinks, progress=progress)
        loaded: Future[Pipeline] = Future()
        loaded.set_result(pipeline)
        return run.to_the_end(loaded)


class _Run:
    """One run: what happens to each frame, and the numbers of it."""

    def __init__(
        self,
        config: RunConfig,
        source: Source,
        sinks: list[Sink],
        *,
        window: Window | None = None,
        mirror: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._config = config
        self._source = source
        self._sinks = [*sinks, window] if window else sinks
        self._window = window
        self._mirror = mirror
        self._progress = progress
        self._stats = Stats()
        self._pipeline: Pipeline | None = None
        self._overlay: Overlay | None = None
        self._ended = False
        self._status = None
        self._status_at = 0.0

    def to_the_end(self, loading: Future[Pipeline]) -> dict:
        """Frames until the source, the user or a limit ends it."""
        began = time.monotonic()
        try:
            while not self._ended and not self._limit_reached(began):
                frame = self._source.read()
                if frame is None:
                    break
                self._stats.read += 1
                if self._pipeline is None and (loading.done() or self._window is None):
                    self._begin(loading.result())
                if self._pipeline is None:
                    self._show_waiting(frame)
                else:
                    self._take(frame)
        finally:
            numbers = self._stats.as_dict(
                source=self._source.name,
                size_wh=self._source.size_wh,
                source_fps=self._source.fps,
                missed=self._source.missed,
            )
            if self._config.stats is not None:
                write_stats(self._config.stats, numbers)
        return numbers

    def _limit_reached(self, began: float) -> bool:
        frames, seconds = self._config.max_frames, self._config.max_seconds
        return (frames is not None and self._stats.analysed >= frames) or (
            seconds is not None and time.monotonic() - began >= seconds
        )

    def _begin(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        if any(sink.wants_picture for sink in self._sinks):
            from emoapp.overlay import Overlay

            self._overlay = Overlay(pipeline.classifier.labels)

    def _show_waiting(self, frame: Frame) -> None:
        self._window.write(None, self._as_shown(frame).image)
        self._press(self._window.poll())

    def _take(self, frame: Frame) -> None:
        began = perf_counter()
        frame = self._as_shown(frame)
        result = self._pipeline.process(frame)
        ms = dict(result.ms)
        if self._overlay is not None:
            drawing = perf_counter()
            status = self._status_of(result)
            self._overlay.draw(frame.image, result, status, now=time.monotonic())
            ms["draw"] = (perf_counter() - drawing) * 1e3
        showing = perf_counter()
        for sink in self._sinks:
            sink.write(result, frame.image if sink.wants_picture else None)
        if self._window is not None:
            self._press(self._window.poll())
            ms["show"] = (perf_counter() - showing) * 1e3
            self._stats.shown += 1
        ms["total"] = (perf_counter() - began) * 1e3
        self._stats.add(ms, faces=len(result.tracks))
        if self._progress is not None:
            self._progress(self._stats.analysed, self._source.frame_count)

    def _as_shown(self, frame: Frame) -> Frame:
        if not self._mirror:
            return frame
        import cv2

        return Frame(cv2.flip(frame.image, 1), frame.index, frame.t)

    def _status_of(self, result: Result):
        from emoapp.overlay import Status

        now = time.monotonic()
        if self._status is None or now - self._status_at >= SHOWN_NUMBERS_S:
            self._status_at = now
            live = self._window is not None
            self._status = Status(
                fps=self._stats.fps if live else None,
                latency_ms=sum(result.ms.values()) if live else None,
                faces=len(result.tracks),
                detector=self._pipeline.detector.name,
                missed=self._source.missed,
            )
        return self._status

    def _press(self, key: str | None) -> None:
        if key in ("q", "esc") or self._window.closed:
            self._ended = True
        elif self._overlay is None:
            return
        elif key in ("h", "?"):
            self._overlay.help = not self._overlay.help
        elif key == "b":
            self._overlay.bars = not self._overlay.bars
        elif key == "m":
            self._mirror = not self._mirror


def _mirrored(config: LiveConfig) -> bool:
    """As asked; else people expect a mirror of their own camera and the truth of anything else."""
    return kind_of(config.source) == "camera" if config.mirror is None else config.mirror


def _open_pipeline(config: RunConfig, *, frames: int | None = None) -> Pipeline:
    from emoapp.classifiers import open_classifier
    from emoapp.detectors import open_detector
    from emoapp.pipeline import Pipeline

    classifier = open_classifier(config.model, device=config.device, frames=frames)
    try:
        detector = open_detector(config.detector)
    except BaseException:
        classifier.close()
        raise
    return Pipeline(detector, classifier, smoothing_s=config.smoothing_s)


def _file_sinks(config: VideoConfig, source: Source, pipeline: Pipeline) -> Iterator[Sink]:
    if config.log is not None:
        yield open_log(config.log, pipeline.classifier.labels, overwrite=config.overwrite)
    if config.output is not None:
        yield open_recorder(
            config.output,
            fps=source.fps or UNKNOWN_FPS,
            size_wh=source.size_wh,
            overwrite=config.overwrite,
        )


@contextmanager
def _in_background(open_it: Callable[[], Pipeline]) -> Iterator[Future[Pipeline]]:
    """Open in a thread of its own; what was opened is closed when the block is left."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="load") as pool:
        future = pool.submit(open_it)
        try:
            yield future
        finally:
            if future.exception() is None:
                future.result().close()
