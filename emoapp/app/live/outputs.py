"""The outputs of a live run: opened once the pipeline is, closed with the run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from emoapp.app.live.messages import Messages
from emoapp.app.live.stills import is_stills
from emoapp.config import LiveConfig
from emoapp.images import Image
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock, waits
from emoapp.privacy.redactor import FaceRedactor
from emoapp.sinks import Sink
from emoapp.sinks.background import Report, print_report
from emoapp.sinks.outputs import OutputContext, Render, open_outputs
from emoapp.sources import Source
from emoapp.types import Result

if TYPE_CHECKING:
    from emoapp.app.live.view import WindowView


class LiveOutputs(Sink):
    """Hand results to the outputs that a live run asks for.

    Before `open` they take nothing.

    Args:
        config: The run's.
        source: What is read.
        view: What the window shows; None without a window.
        messages: Are told what goes wrong, and show it in the window; None without a window.
    """

    def __init__(
        self,
        config: LiveConfig,
        source: Source,
        view: WindowView | None = None,
        messages: Messages | None = None,
    ) -> None:
        self._config = config
        self._source = source
        self._view = view
        self._report = print_report if messages is None else _report_to(messages)
        self._outputs: list[Sink] = []
        self._opening = threading.Lock()
        self._closed = False

    def open(self, pipeline: Pipeline) -> None:
        """Open the outputs that are asked for, unless `close` has been called.

        Args:
            pipeline: Knows the labels.

        Raises:
            UsageError, SinkError: See `open_outputs`.
        """
        with self._opening:
            if not self._closed:
                pictures = pictures_of(pipeline.labels, self._config, self._view)
                context = OutputContext(
                    pipeline.labels,
                    fps=self._source.fps,
                    size_wh=self._source.size_wh,
                    report=self._report,
                    pictures=pictures,
                )
                self._outputs = open_outputs(self._config.outputs, context)

    def opened_with(self, loading: Future[Pipeline]) -> Future[Pipeline]:
        """Open the outputs once the pipeline is loaded, in the thread that loads it.

        The first frames need not wait for sockets and devices in the main thread then.

        Returns:
            The pipeline, done when the outputs are open; raises what `open` raises.
        """
        opening: Future[Pipeline] = Future()

        def open_them() -> Pipeline:
            pipeline = loading.result(timeout=0)
            self.open(pipeline)
            return pipeline

        loading.add_done_callback(lambda _: waits.settle(opening, open_them))
        return opening

    def write(self, result: Result) -> None:
        """Hand a result to all outputs; see `Sink.write`."""
        for output in self._outputs:
            output.write(result)

    def close(self) -> None:
        """Close the outputs; may be called twice."""
        with self._opening:
            self._closed = True
            outputs, self._outputs = self._outputs, []
        with ExitStack() as stack:
            for output in outputs:
                stack.callback(output.close)


def pictures_of(
    labels: tuple[str, ...], config: LiveConfig, view: WindowView | None
) -> Mapping[str, Render]:
    """Return the pictures that outputs may show: "annotated", "private" and "plain".

    They have the source's resolution. Each may be rendered in a thread of its own. Faces that the
    user hides are hidden in all of them.

    Args:
        labels: The expressions, in the order of the model.
        config: The run's.
        view: What the user has switched on in the window; None without a window.
    """
    overlay = Overlay(labels, replace(config.overlay, status=False))

    def annotate(image: Image, result: Result) -> None:
        if view is not None:
            overlay.take_switches(view.overlay)
        overlay.draw(image, result, Status(), now=clock.now())

    def render(*, hide: bool, draw: bool) -> Render:
        redactor = FaceRedactor(remember=not is_stills(config))

        def picture(result: Result) -> Image:
            hidden = hide or (config.private if view is None else view.private)
            if not (hidden or draw):
                return result.frame.pixels
            image = result.frame.pixels.copy()
            if hidden:
                redactor.hide(image, result)
            if draw:
                annotate(image, result)
            return image

        return picture

    return {
        "annotated": render(hide=False, draw=True),
        "private": render(hide=True, draw=False),
        "plain": render(hide=False, draw=False),
    }


def _report_to(messages: Messages) -> Report:
    def report(title: str, text: str) -> None:
        print_report(title, text)
        messages.alert(title, text[0].upper() + text[1:])

    return report
