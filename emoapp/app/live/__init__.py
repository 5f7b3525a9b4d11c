"""Live use: a camera, a stream or a file as it plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager

from emoapp.app.live.messages import Messages
from emoapp.app.live.records import companion_path, open_companion
from emoapp.app.run import Run, open_pipeline, open_results_log
from emoapp.config import LiveConfig
from emoapp.pipeline import Pipeline
from emoapp.sinks import open_window
from emoapp.sinks.targets import check_targets
from emoapp.sources import open_source
from emoapp.utils import interrupts

__all__ = ["run_live"]

LOADING_S = 10.0
"""After an interrupt the model is waited for so long; loading takes a second on a slow computer."""


def run_live(config: LiveConfig) -> dict:
    """Show a camera, a stream or a file as it plays, until the user ends it.

    Returns the statistics (see `Stats.as_dict`) and, as "faults", a line for each thing that could
    not be written and did not end the window.

    Raises the errors of the source, the model, the detector and the window; SinkError and
    UsageError for files that can't be written, before anything is opened.
    """
    from emoapp.app.live.still_window import StillRun
    from emoapp.app.live.stills import PrintedStills, is_stills, open_stills, stills_config
    from emoapp.app.live.warmup import warm_up
    from emoapp.app.live.window import WindowRun
    from emoapp.sinks.console import ConsoleLog

    stills = is_stills(config)
    if stills:
        config = stills_config(config)
    check_targets(
        record=config.record,
        log=config.log,
        others=(config.stats, companion_path(config)),
        inputs=(config.source, config.model),
        overwrite=config.overwrite,
    )
    messages = Messages()
    with ExitStack() as stack:
        window = None
        if config.window:
            window = stack.enter_context(open_window("emoapp"))
            # Before any thread is started: Qt, opening its first window beside threads that load
            # libraries, lost its first events in 1 of 12 starts, and the window stayed black.
            window.stand()
        # Detector and model load while the camera starts: each takes a few tenths of a second.
        # A log has the numbers of every face in every frame; who only looks sees no difference.
        interval = 2 if config.log is None and not stills else 1
        loading = stack.enter_context(
            _in_background(lambda: warm_up(open_pipeline(config, classify_interval=interval)))
        )
        source = stack.enter_context(
            open_stills(config)
            if stills
            else open_source(
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
            sinks = [] if stills else [stack.enter_context(ConsoleLog())]
            if config.log is not None:
                sinks.append(stack.enter_context(open_results_log(config, pipeline)))
            kind = PrintedStills if stills else Run
            numbers = kind(config, source, sinks, pipeline).to_the_end()
        else:
            companion = stack.enter_context(open_companion(config, messages))
            kind = StillRun if stills else WindowRun
            run = kind(config, source, window, loading, companion, messages=messages)
            numbers = stack.enter_context(run).to_the_end()
    # Now, because closing the recording and the log may have added some.
    return numbers | {"faults": messages.faults}


@contextmanager
def _in_background(open_it: Callable[[], Pipeline]) -> Iterator[Future[Pipeline]]:
    """Open in a thread of its own; what was opened is closed when the block is left."""
    opening: Future[Pipeline] = Future()

    def run() -> None:
        try:
            opening.set_result(open_it())
        except BaseException as exc:  # raised again in `result`, in the main thread
            opening.set_exception(exc)

    try:
        threading.Thread(target=run, name="load", daemon=True).start()
        yield opening
    finally:
        if interrupts.came():
            interrupts.release_import_lock()
        # It may have left the lock of a single module held too, which cannot be given back.
        wait([opening], LOADING_S if interrupts.came() else None)
        if opening.done() and opening.exception() is None:
            opening.result().close()
