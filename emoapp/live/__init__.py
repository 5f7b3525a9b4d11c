"""Live use: a camera, a stream or a file as it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from emoapp.config import LiveConfig
from emoapp.live.records import open_companion
from emoapp.pipeline import Pipeline
from emoapp.runner import Run, open_pipeline, open_results_log
from emoapp.sinks import open_window
from emoapp.sources import open_source

__all__ = ["run_live"]


def run_live(config: LiveConfig) -> dict:
    """Show a camera, a stream or a file as it plays, until the user ends it; gives the statistics.

    Raises the errors of the source, the model, the detector and the window.
    """
    from emoapp.live.warmup import warm_up
    from emoapp.live.window import WindowRun
    from emoapp.sinks.console import ConsoleLog

    with ExitStack() as stack:
        window = None
        if config.window:
            window = stack.enter_context(open_window("emoapp"))
            # Before any thread is started: Qt, opening its first window beside threads that load
            # libraries, lost its first events in 1 of 12 starts, and the window stayed black.
            window.stand()
        # Detector and model load while the camera starts: each takes a few tenths of a second.
        # A log has the numbers of every face in every frame; who only looks sees no difference.
        in_turn = config.log is None
        loading = stack.enter_context(
            _in_background(lambda: warm_up(open_pipeline(config, in_turn=in_turn)))
        )
        source = stack.enter_context(
            open_source(
                config.source,
                live=True,
                loop=config.loop,
                size_wh=config.size_wh,
                fps=config.fps,
                reconnect=True,
            )
        )
        if window is None:
            pipeline = loading.result()
            sinks = [stack.enter_context(ConsoleLog())]
            if config.log is not None:
                sinks.append(stack.enter_context(open_results_log(config, pipeline)))
            return Run(config, source, sinks, pipeline).to_the_end()
        companion = stack.enter_context(open_companion(config))
        run = WindowRun(config, source, window, loading, companion)
        return stack.enter_context(run).to_the_end()


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
