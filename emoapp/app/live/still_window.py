"""Pictures in the live window: each stands until a key asks for another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emoapp.app.live.stills import print_problem, scaled
from emoapp.app.live.window import PAUSE_S, WindowRun
from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink
from emoapp.sources.images import Stills
from emoapp.types import Frame, Result

if TYPE_CHECKING:
    from emoapp.overlay import Status

LARGEST_WH, SMALLEST_WH = (2560, 1440), (960, 720)
"""Pictures are shown no larger than the one, and small ones enlarged to fit into the other, so that
letters on them can be read: (width, height) in pixels."""

SETTLED_S = 4.0
"""So long after a key the window goes on moving: bars glide, and notices fade."""

APART_S = 60.0
"""Between two pictures, on the clock of what remembers the one before for a moment."""

KEYS = (
    ("q  Esc", "quit"),
    ("→  space", "next picture"),
    ("←", "picture before"),
    ("Home  End", "first, last"),
    ("s", "snapshot"),
    ("b", "bars"),
    ("m", "mirror"),
    ("d", "next detector"),
    ("p", "privacy"),
    ("f", "full screen"),
    ("h  ?", "this help"),
    ("click", "follow a face"),
)

NAME_LENGTH = 40
"""Longer names of files are shortened in the window."""


class StillRun(WindowRun):
    """A window for pictures: keys go on and back. The log has each picture once."""

    source: Stills

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._paused = True  # so that what is drawn stands, until `_moved`
        self._moved = False
        self._overlay_of: int | None = None
        self._said: set[str] = set()
        self.full: Result | None = None
        for key in "mdp":  # what they change is seen once the picture is analysed anew
            self._keys[key] = self._and_again(self._keys[key])
        del self._keys["t"]
        onwards = ("right", "down", "page down", "space", "enter")
        back = ("left", "up", "page up", "backspace")
        self._keys |= {
            **dict.fromkeys(onwards, lambda: self._go(1)),
            **dict.fromkeys(back, lambda: self._go(-1)),
            "home": lambda: self._go(-self.source.number),
            "end": lambda: self._go(self.source.frame_count - 1 - self.source.number),
            "r": lambda: self._messages.notice(
                "nothing moves here to be recorded; s saves this picture"
            ),
        }

    def take(self, frame: Frame) -> None:
        self._moved = False
        if self.source.problem is not None and self.source.path not in self._said:
            self._said.add(self.source.path)
            print_problem(self.source)
        if self.pipeline is None:
            self._wait_for_pipeline(frame)
        if self.ended:
            return
        if self.pipeline is not None:
            self.pipeline.reset()
        super().take(frame)

    def analyse(self, frame: Frame) -> Result:
        """What is in the picture, in a copy that fits the window."""
        number = self.source.number
        if self._overlay_of != number:
            self._overlay_of = number
            self._renew_overlay()
        if self.source.problem is not None:
            self.full = None
            return Result(_apart(frame, frame.image), ())
        result = super().analyse(frame)
        self.full = scaled(result, self.source.scale)
        image = _fitted(frame.image)
        shown = scaled(result, image.shape[1] / frame.image.shape[1])
        return Result(_apart(frame, image), shown.tracks, result.ms)

    def status(self, result: Result) -> Status:
        from emoapp.overlay import Status

        name = os.path.basename(self.source.path)
        if len(name) > NAME_LENGTH:
            name = f"{name[: NAME_LENGTH // 2]}…{name[-NAME_LENGTH // 2 :]}"
        if self.source.frame_count > 1:
            name = f"{self.source.number + 1} of {self.source.frame_count}   {name}"
        return Status(picture=name, faces=len(result.tracks), detector=self.pipeline.detector.name)

    def _loaded(self, pipeline: Pipeline) -> None:
        before = list(self.sinks)
        super()._loaded(pipeline)
        self.sinks = [sink if sink in before else _OnceEach(sink, self) for sink in self.sinks]

    def _wait_for_pipeline(self, frame: Frame) -> None:
        """Show the plain picture until the network is there."""
        image = _fitted(frame.image).copy()
        if self._mirror:
            image = cv2.flip(image, 1)
        if self._private:
            self._redactor.hide_all(image)
        self._window.write(None, image)
        while not (self._loading.done() or self.ended):
            self._serve_window()
            time.sleep(PAUSE_S)

    def _renew_overlay(self) -> None:
        """What the overlay remembers of one picture has nothing to do in the next."""
        from emoapp.overlay import Overlay

        before = self.overlay
        self.overlay = Overlay(self.pipeline.classifier.labels, timeline=False)
        self.overlay.keys = KEYS
        if before is not None:
            self.overlay.bars, self.overlay.help = before.bars, before.help

    def _draw(self, result: Result) -> None:
        if self.source.problem is None or self.overlay.help:
            super()._draw(result)
            return
        title = "This picture can't be read"
        if self.source.frame_count > 1:
            title = f"Picture {self.source.number + 1} of {self.source.frame_count} can't be read"
        self._messages.show(self.overlay)
        self.overlay.draw_message(result.frame.image, title, self.source.problem)
        self._drawn = result.frame.image

    def _hold_still(self) -> None:
        """Show the same picture, drawn anew while something moves on it, until a key moves on."""
        still, self._still = self._still, None
        until = time.monotonic() + SETTLED_S
        while not (self._moved or self.ended or self.limit_reached()):
            if self._serve_window():
                until = time.monotonic() + SETTLED_S
            if time.monotonic() < until:
                image = still.frame.image.copy()
                shown = replace(still, frame=replace(still.frame, pixels=image))
                self._draw(shown)
                self._window.write(shown, shown.frame.image)
            time.sleep(PAUSE_S)

    def _go(self, step: int) -> None:
        if self.source.go(step):
            self._moved = True
        elif self.source.frame_count == 1:
            self._messages.notice("this is the only picture; q quits")
        else:
            self._messages.notice(
                "this is the last picture" if step > 0 else "this is the first picture"
            )

    def _and_again(self, act: Callable[[], None]) -> Callable[[], None]:
        def again() -> None:
            act()
            self._go(0)

        return again


class _OnceEach(Sink):
    """A log that gets each picture once, in pixels of its file."""

    def __init__(self, log: Sink, run: StillRun) -> None:
        self._log, self._run = log, run
        self._written: set[int] = set()

    def write(self, result: Result, picture: np.ndarray | None) -> None:
        full = self._run.full
        if full is not None and full.frame.index not in self._written:
            self._written.add(full.frame.index)
            self._log.write(full, None)

    def close(self) -> None:
        self._log.close()

    def abandon(self) -> None:
        self._log.abandon()


def _apart(frame: Frame, image: np.ndarray) -> Frame:
    return Frame(image, frame.index, frame.index * APART_S)


def _fitted(image: np.ndarray) -> np.ndarray:
    """The picture at a size that suits a window."""
    height, width = image.shape[:2]
    scale = min(LARGEST_WH[0] / width, LARGEST_WH[1] / height)
    if scale >= 1:
        scale = max(1.0, min(SMALLEST_WH[0] / width, SMALLEST_WH[1] / height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return image if scale == 1 else cv2.resize(image, size, interpolation=how)
