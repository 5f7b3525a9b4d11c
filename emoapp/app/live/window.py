"""The live window: what its keys do, and how it stands still, waits and hides faces."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emoapp.app.live.detector import next_detector
from emoapp.app.live.messages import Messages
from emoapp.app.live.recording import Recording
from emoapp.app.live.records import LastingLog
from emoapp.app.live.snapshot import save_snapshot
from emoapp.app.live.speaking import toggle_companion, update_companion
from emoapp.app.run import WAITING_S, Run, open_results_log
from emoapp.app.video.run import UNKNOWN_FPS
from emoapp.config import LiveConfig
from emoapp.errors import SinkError
from emoapp.pipeline import Pipeline
from emoapp.sources import Source, Waiting, kind_of
from emoapp.types import Frame, Result

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion
    from emoapp.overlay import Status
    from emoapp.privacy.redactor import FaceRedactor
    from emoapp.sinks.window import Window

PAUSE_S = 0.02
"""How long the window rests between two looks at the keys while the picture stands still."""


class WindowRun(Run):
    """A run in a window. Closed by `close` or `with`, which finishes a recording and the log.

    loading: the pipeline, as soon as it is there; until then the plain picture is shown.
    companion: is told of the person who is followed; what it says is shown.
    messages: what there is to tell the user, of the window's own and of others.
    """

    def __init__(
        self,
        config: LiveConfig,
        source: Source,
        window: Window,
        loading: Future[Pipeline],
        companion: Companion | None = None,
        *,
        messages: Messages,
    ) -> None:
        self._messages = messages
        self._recording = Recording(messages)
        super().__init__(config, source, [window, self._recording])
        self._window = window
        self._loading = loading
        self._companion = companion
        self._mirror = kind_of(config.source) == "camera"
        if config.mirror is not None:
            self._mirror = config.mirror
        self._paused = False
        self._still: Result | None = None
        self._last: Frame | None = None
        self._unwanted = 0
        self._private = config.private
        self._drawn: np.ndarray | None = None
        self._polled_at = 0.0
        self._keys: dict[str, Callable[[], None]] = {
            "space": self._toggle_pause,
            "r": lambda: self._recording.toggle(fps=self._fps, frame=self._last),
            "s": lambda: save_snapshot(self._drawn, messages),
            "b": lambda: self._toggle_overlay("bars"),
            "t": lambda: self._toggle_overlay("timeline"),
            "h": lambda: self._toggle_overlay("help"),
            "?": lambda: self._toggle_overlay("help"),
            "m": self._toggle_mirror,
            "d": lambda: next_detector(self.pipeline, messages),
            "p": self._toggle_private,
            "f": window.toggle_full_screen,
            "c": self._toggle_companion,
            "enter": lambda: self.overlay.alerts.acknowledge(),
        }

    def take(self, frame: Frame) -> None:
        if self._mirror:
            frame = replace(frame, pixels=cv2.flip(frame.image, 1))
        self._last = frame
        if self.pipeline is None and self._loading.done():
            self._loaded(self._loading.result())
        if self.pipeline is None:
            if self._private:
                self._redactor.hide_all(frame.pixels)
            self._window.write(None, frame.image)
            self._serve_window()
            return
        super().take(frame)
        if self._still is not None:
            self._hold_still()

    def wait(self, waiting: Waiting) -> None:
        if waiting.since_s >= WAITING_S:
            width, height = self.source.size_wh
            image = np.zeros((height, width, 3), np.uint8)
            if self._last is not None:
                image = self._last.image.copy()
            from emoapp.overlay import Overlay

            if self.overlay is not None:
                self._messages.show(self.overlay)
            text = f"Goes on by itself when it is back ({waiting.since_s:.0f} s). q quits."
            (self.overlay or Overlay(())).draw_waiting(image, waiting.reason, text)
            self._window.write(None, image)
        self._serve_window()

    def draw(self, result: Result) -> None:
        if self._paused:
            self._still = _copy(result)
        self._draw(result)

    def clock(self, result: Result) -> float:
        return time.monotonic()

    def status(self, result: Result) -> Status:
        from emoapp.overlay import Status

        # Of a picture that stands still neither number says anything.
        recent = None if self._paused else self.stats.recent
        return Status(
            fps=recent and recent.fps,
            latency_ms=recent and recent.latency_ms,
            faces=len(result.tracks),
            detector=self.pipeline.detector.name,
            recording_s=self._recording.seconds(result.frame.t),
            room_s=self._recording.room_s(self.clock(result)),
            missed=self.missed,
            paused=self._paused,
        )

    def after(self, result: Result) -> float:
        now = self.clock(result)
        update_companion(self._companion, self.overlay, result, now=now)
        self._serve_window()
        return self._polled_at

    def close(self) -> None:
        if self.pipeline is None:
            for path in filter(None, (self.config.record, self.config.log)):
                error = SinkError(
                    f"{path} was not written: it was over before a face was analysed."
                )
                self._messages.fault("Nothing was written", error)
        for sink in self.sinks:
            if sink is not self._window:
                sink.close()

    def __enter__(self) -> WindowRun:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    @cached_property
    def _redactor(self) -> FaceRedactor:
        # When it is needed: with it comes the overlay, which would delay the first picture.
        from emoapp.privacy.redactor import FaceRedactor

        return FaceRedactor()

    def _loaded(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        pipeline.detector.exhaustive = self._private
        if self.config.log is not None:
            self.sinks.append(LastingLog(open_results_log(self.config, pipeline), self._messages))
        if self.config.record is not None:
            # Asked for at the start, so a recording that can't be made ends the program.
            path, overwrite = self.config.record, self.config.overwrite
            self._recording.start(path, fps=self._fps, frame=self._last, overwrite=overwrite)

    def _draw(self, result: Result) -> None:
        if self._private:
            self._redactor.hide(result)
        if self.overlay is not None:
            self._messages.show(self.overlay)
        super().draw(result)
        self._drawn = result.frame.image

    def _serve_window(self) -> bool:
        """Let the window paint itself and do what the user asks for; True if that was anything."""
        key = self._window.poll()
        self._polled_at = time.monotonic()
        click = self._window.clicked()
        if self._window.closed or key in ("q", "esc"):
            self.ended = True
        elif self.overlay is None:
            return False  # Nothing was analysed yet, so there is nothing to change.
        elif key in self._keys:
            self._keys[key]()
        elif click is not None and self.overlay.alerts.holds(*click):
            self.overlay.alerts.acknowledge()
        elif click is not None:
            self.overlay.followed = self.overlay.track_at(*click)
        else:
            return False
        return True

    def _hold_still(self) -> None:
        """Show the same frame, drawn anew when something changes, until the pause is over."""
        still, self._still = self._still, None
        # What comes while the user wants to see nothing new is not missed.
        wanted = self.missed
        while self._paused and not self.ended and not self.limit_reached():
            if self._serve_window():
                self._unwanted = self.source.missed - wanted
                shown = _copy(still)
                self._draw(shown)
                self._window.write(shown, shown.frame.image)
            time.sleep(PAUSE_S)
        self._unwanted = self.source.missed - wanted

    @property
    def missed(self) -> int:
        return self.source.missed - self._unwanted

    def _toggle_overlay(self, part: str) -> None:
        setattr(self.overlay, part, not getattr(self.overlay, part))

    def _toggle_pause(self) -> None:
        self._paused = not self._paused

    def _toggle_mirror(self) -> None:
        self._mirror = not self._mirror

    def _toggle_private(self) -> None:
        self._private = not self._private
        self.pipeline.detector.exhaustive = self._private

    def _toggle_companion(self) -> None:
        self._messages.notice(toggle_companion(self._companion, self.overlay))

    @property
    def _fps(self) -> float:
        return self.source.fps or UNKNOWN_FPS


def _copy(result: Result) -> Result:
    """The result with a picture of its own to draw on."""
    frame = replace(result.frame, pixels=result.frame.image.copy())
    return Result(frame, result.tracks, result.ms)
