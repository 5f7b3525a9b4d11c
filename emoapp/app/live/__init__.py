"""Run live: a camera, a stream, or a file as it plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace

from emoapp.app.live.messages import Messages
from emoapp.app.live.offer import accepts_demo
from emoapp.app.live.records import companion_path, open_companion
from emoapp.app.run import Run, open_pipeline, open_results_log
from emoapp.config import LiveConfig
from emoapp.errors import CameraError
from emoapp.pipeline import Pipeline
from emoapp.platforms import waits
from emoapp.sinks import FileSink, Sink, open_window
from emoapp.sinks.outputs import preload
from emoapp.sinks.targets import check_targets
from emoapp.sinks.window import Window
from emoapp.sources import Source, kind_of, open_source
from emoapp.utils import interrupts
from emoapp.utils.resources import TOUR_CLIP
from emoapp.utils.stats import Stats

__all__ = ["run_live"]

LOADING_S = 10.0
"""Seconds to wait for the model after an interrupt; loading takes one on a slow computer."""


def run_live(config: LiveConfig) -> dict:
    """Show a camera, a stream or a file as it plays, until the user ends it.

    Returns:
        The statistics (see `Stats.as_dict`); as "faults", a line for each file that could not be
        written and did not end the window; as "profile", what was learned of a face, or None.

    Raises:
        EmoappError: The source, the model, the detector or the window can't be opened.
        SinkError, UsageError: Files can't be written; raised before anything is opened.
    """
    from emoapp.app.live.stills import is_stills, stills_config
    from emoapp.app.live.warmup import warm_up

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
        window = _open_standing_window(config, stack) if config.window else None
        # Detector and model load while the camera starts: each takes a few tenths of a second.
        # A log has the numbers of every face in every frame; who only looks sees no difference.
        interval = 2 if config.log is None and not stills else 1

        def load() -> Pipeline:
            preload(config.outputs)
            return warm_up(open_pipeline(config, classify_interval=interval), config.overlay)

        loading = stack.enter_context(_in_background(load))
        config, opened = _open_source(config, window)
        source = stack.enter_context(opened)
        if window is None:
            run = _without_window(config, source, loading, stack)
        else:
            run = _in_window(config, source, loading, window, messages, stack)
        numbers = run.to_the_end()
    # Now, because closing the recording and the log may have added some.
    return numbers | {"faults": messages.faults, "profile": messages.profile}


def _open_standing_window(config: LiveConfig, stack: ExitStack) -> Window:
    """Open the window and wait until it is painted.

    Qt loses the first events of its first window now and then, which then stays black: in 1 of 12
    starts where threads load libraries beside it. FFmpeg carries a libxcb of its own, so it is
    loaded before.
    """
    if kind_of(config.source) in ("video", "stream"):
        import emoapp.utils.libav  # noqa: F401
    window = stack.enter_context(open_window("emoapp"))
    window.stand()
    return window


def _open_source(
    config: LiveConfig, window: Window | None
) -> tuple[LiveConfig, AbstractContextManager[Source]]:
    """Open the source, or the demo clip if no camera can be opened and the user agrees.

    Returns:
        The configuration with the source that was opened, and that source.
    """
    from emoapp.app.live.stills import is_stills, open_stills

    if is_stills(config):
        return config, open_stills(config)
    try:
        if kind_of(config.source) != "camera":
            return config, _open_live(config)
        from emoapp.app.live.opening import open_served
        from emoapp.sources.listing import is_listed

        opened = open_served(
            lambda: _open_live(config),
            window,
            parts=config.overlay,
            present=lambda: is_listed(config.source),
        )
        return config, opened
    except CameraError as exc:
        if window is None or not accepts_demo(
            window, exc, seconds=config.max_seconds, parts=config.overlay
        ):
            raise
        config = replace(config, source=str(TOUR_CLIP), loop=True, size_wh=None, fps=None)
        return config, _open_live(config)


def _open_live(config: LiveConfig) -> Source:
    return open_source(
        config.source,
        live=True,
        loop=config.loop,
        size_wh=config.size_wh,
        fps=config.fps,
        reconnect=True,
    )


def _without_window(
    config: LiveConfig, source: Source, loading: Future[Pipeline], stack: ExitStack
) -> Run:
    """Compose a run that prints; the stack closes what it opens."""
    from emoapp.app.live.outputs import LiveOutputs
    from emoapp.app.live.stills import StillsController, StillsLog, StillsPrinter, analyze_still
    from emoapp.sinks.console import ConsoleLog
    from emoapp.sources.images import Stills

    pipeline = waits.result_of(loading)
    pipeline.detector.exhaustive = config.private or config.outputs.hides_faces
    outputs = stack.enter_context(LiveOutputs(config, source))
    outputs.open(pipeline)
    logs: list[Sink] = []
    if config.log is not None:
        logs.append(stack.enter_context(_finished(open_results_log(config, pipeline))))
    if not isinstance(source, Stills):
        return Run(config, source, pipeline, [stack.enter_context(ConsoleLog()), *logs, outputs])
    return Run(
        config,
        source,
        pipeline,
        [StillsPrinter(source), *(StillsLog(log, source) for log in logs), outputs],
        analyze=analyze_still,
        controller=StillsController(source),
    )


@contextmanager
def _finished(log: FileSink) -> Iterator[FileSink]:
    """Finish a log after Ctrl-C too: that is how a run without a window is meant to end."""
    with log:
        try:
            yield log
        except KeyboardInterrupt:
            log.close()
            raise


def _in_window(
    config: LiveConfig,
    source: Source,
    loading: Future[Pipeline],
    window: Window,
    messages: Messages,
    stack: ExitStack,
) -> Run:
    """Compose a run in a window; the stack closes what it opens."""
    from emoapp.app.live.browser import ImageBrowser
    from emoapp.app.live.controller import WindowController
    from emoapp.app.live.outputs import LiveOutputs
    from emoapp.sources.images import Stills

    stats = Stats()
    companion = stack.enter_context(open_companion(config, messages))
    if isinstance(source, Stills):
        browser = ImageBrowser(config, source, window, stats, loading, messages=messages)
        stack.enter_context(browser)
        outputs = stack.enter_context(LiveOutputs(config, source, browser.view, messages))
        return Run(
            config,
            source,
            outputs.opened_with(loading),
            [outputs],
            analyze=browser.analyze,
            controller=browser,
            stats=stats,
        )
    if config.guided is not None:
        from emoapp.app.live.guided.controller import GuidedController

        guide = GuidedController(
            config, source, window, stats, messages=messages, guided=config.guided
        )
        stack.enter_context(guide)
        return Run(config, source, loading, [], controller=guide, stats=stats)
    controller = stack.enter_context(
        WindowController(config, source, window, stats, companion, messages=messages)
    )
    outputs = stack.enter_context(LiveOutputs(config, source, controller.view, messages))
    loading = outputs.opened_with(loading)
    return Run(config, source, loading, [outputs], controller=controller, stats=stats)


@contextmanager
def _in_background(open_it: Callable[[], Pipeline]) -> Iterator[Future[Pipeline]]:
    """Open something in a background thread; close it when the block ends."""
    opening: Future[Pipeline] = Future()

    try:
        threading.Thread(
            target=waits.settle, args=(opening, open_it), name="load", daemon=True
        ).start()
        yield opening
    finally:
        if interrupts.came():
            interrupts.release_import_lock()
        # It may have left the lock of a single module held too, which cannot be given back.
        waits.await_all([opening], LOADING_S if interrupts.came() else None)
        if opening.done() and opening.exception() is None:
            opening.result().close()
