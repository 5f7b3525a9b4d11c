"""Show images in the live window, each until a key asks for another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from emoapp.app.controller import PAUSE_S, SETTLE_S
from emoapp.app.live.controller import WindowController
from emoapp.app.live.messages import Messages
from emoapp.app.live.stills import StillsLog, analyze_still
from emoapp.config import LiveConfig
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock
from emoapp.privacy.redactor import FaceRedactor
from emoapp.sinks import Sink
from emoapp.sinks.window import Window
from emoapp.sources.images import Stills
from emoapp.types import Frame, Result
from emoapp.utils.language import N_, _
from emoapp.utils.stats import Stats
from emoapp.utils.terminal import complain

KEYS = (
    (
        N_("Pictures"),
        (
            (N_("→  space"), N_("next")),
            ("←", N_("the one before")),
            (N_("Home  End"), N_("first, last")),
        ),
    ),
    (N_("Save"), (("s", N_("snapshot")), ("o", N_("open the folder")))),
    (
        N_("Look"),
        (
            (N_("click"), N_("follow a face")),
            ("m", N_("mirror")),
            ("f", N_("full screen")),
            ("d", N_("next detector")),
        ),
    ),
    (
        N_("Show"),
        (
            ("b", N_("bars")),
            ("p", N_("hide faces")),
            (",", N_("settings")),
            ("h  ?", N_("this help")),
        ),
    ),
    (N_("End"), (("q  Esc", N_("quit")),)),
)

MAX_NAME_LENGTH = 40
"""Longer file names are shortened in the window."""

FORWARD_KEYS = ("right", "down", "page down", "space", "enter")
BACK_KEYS = ("left", "up", "page up", "backspace")


class ImageBrowser(WindowController):
    """Step through images by keys. The log has each image once.

    Args:
        config, window, stats, messages: See `WindowController`.
        source: The images.
        loading: The pipeline, once it is loaded.
    """

    still = True

    def __init__(
        self,
        config: LiveConfig,
        source: Stills,
        window: Window,
        stats: Stats,
        loading: Future[Pipeline],
        *,
        messages: Messages,
    ) -> None:
        super().__init__(config, source, window, stats, messages=messages)
        # Each image's overlay takes over the switches of the one before, beginning with this one.
        self.view.overlay.timeline = False
        self.view.redactor = FaceRedactor(remember=False)
        self._stills = source
        self._loading = loading
        self._moved = False
        self._announced: set[str] = set()
        for key in "mdp":  # their effect is seen once the image is analyzed anew
            self.keys[key] = self._then_again(self.keys[key])
        del self.keys["t"]
        last = (source.frame_count or 1) - 1
        self.keys |= {
            **dict.fromkeys(FORWARD_KEYS, lambda: self._go(1)),
            **dict.fromkeys(BACK_KEYS, lambda: self._go(-1)),
            "home": lambda: self._go(-source.number),
            "end": lambda: self._go(last - source.number),
            "r": lambda: messages.notice("nothing moves here to be recorded; s saves this picture"),
        }

    def judge_again(self) -> None:
        """See `WindowController.judge_again`."""
        self._go(0)

    def begin(self, pipeline: Pipeline) -> Iterable[Sink]:
        """See `WindowController.begin`."""
        super().begin(pipeline)
        self._logs = [StillsLog(log, self._stills) for log in self._logs]
        return [self.view, *self._logs]

    def new_overlay(self, pipeline: Pipeline) -> Overlay:
        """See `WindowController.new_overlay`."""
        overlay = super().new_overlay(pipeline)
        overlay.keys = KEYS
        return overlay

    def accept(self, frame: Frame) -> Frame | None:
        """See `WindowController.accept`."""
        self._moved = False
        path, problem = self._stills.path, self._stills.problem
        self.view.banner = None if problem is None else (self._unreadable(), problem)
        if problem is not None and path not in self._announced:
            self._announced.add(path)
            complain(problem)
        if self.pipeline is not None:
            # What the overlay remembers of one image has nothing to do with the next.
            self.view.renew(self.new_overlay(self.pipeline))
        return super().accept(frame)

    def preview(self, frame: Frame) -> None:
        """Show the plain image until the network is loaded."""
        while not (self._loading.done() or self.ended):
            super().preview(frame)
            time.sleep(PAUSE_S)

    def analyze(self, pipeline: Pipeline, frame: Frame) -> Result:
        """Analyze an image; find nothing in one that can't be read."""
        return Result(frame, ()) if self._stills.problem else analyze_still(pipeline, frame)

    def rest(self, result: Result) -> None:
        """Show the same image, redrawn while something moves on it, until a key moves on."""
        until = clock.now() + SETTLE_S
        while not (self._moved or self.ended or self.limit_reached()):
            if self.poll() and self.pipeline is not None:
                result = self.pipeline.reselect(result)
                until = clock.now() + SETTLE_S
            if clock.now() < until:
                self.view.write(result)
            time.sleep(PAUSE_S)

    def status(self, result: Result) -> Status:
        """See `WindowController.status`."""
        name = os.path.basename(self._stills.path)
        if len(name) > MAX_NAME_LENGTH:
            name = f"{name[: MAX_NAME_LENGTH // 2]}…{name[-MAX_NAME_LENGTH // 2 :]}"
        count = self._stills.frame_count or 1
        if count > 1:
            place = _("{number} of {count}").format(number=self._stills.number + 1, count=count)
            name = f"{place}   {name}"
        detector = self.pipeline.detector.name if self.pipeline else ""
        return Status(picture=name, faces=len(result.tracks), detector=detector)

    def _unreadable(self) -> str:
        count = self._stills.frame_count or 1
        if count == 1:
            return "This picture can't be read"
        return f"Picture {self._stills.number + 1} of {count} can't be read"

    def _go(self, step: int) -> None:
        if self._stills.go(step):
            self._moved = True
        elif self._stills.frame_count == 1:
            self.messages.notice("this is the only picture; q quits")
        else:
            self.messages.notice(
                "this is the last picture" if step > 0 else "this is the first picture"
            )

    def _then_again(self, act: Callable[[], object]) -> Callable[[], None]:
        def again() -> None:
            act()
            self._go(0)

        return again
