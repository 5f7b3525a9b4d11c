"""Recorded video: every frame of a file, into an annotated copy and a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from emoapp.config import VideoConfig
from emoapp.pipeline import Pipeline
from emoapp.runner import Progress, Run, open_pipeline
from emoapp.sinks import Sink, open_log, open_recorder
from emoapp.sources import Source, open_source

UNKNOWN_FPS = 25.0
"""For recordings of a source that does not state its rate."""


def run_video(config: VideoConfig, *, progress: Progress | None = None) -> dict:
    """Analyse every frame of a file and write what was asked for; gives the statistics.

    Raises SourceError, SinkError, ModelError; what was written before an error is kept.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(config.source))
        pipeline = stack.enter_context(open_pipeline(config, frames=source.frame_count))
        sinks = [stack.enter_context(sink) for sink in _sinks(config, source, pipeline)]
        return Run(config, source, sinks, pipeline, progress=progress).to_the_end()


def _sinks(config: VideoConfig, source: Source, pipeline: Pipeline) -> Iterator[Sink]:
    if config.log is not None:
        yield open_log(config.log, pipeline.classifier.labels, overwrite=config.overwrite)
    if config.output is not None:
        yield open_recorder(
            config.output,
            fps=source.fps or UNKNOWN_FPS,
            size_wh=source.size_wh,
            overwrite=config.overwrite,
        )
