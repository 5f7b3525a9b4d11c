"""Steer a run by the keys and clicks of its window."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emoapp.app.controller import PAUSE_S, SETTLE_S, WAITING_S, Controller
from emoapp.app.live.actions import key_actions
from emoapp.app.live.controls import Controls
from emoapp.app.live.light import LightMode
from emoapp.app.live.media import MediaFolders
from emoapp.app.live.messages import Messages
from emoapp.app.live.moments import LookBack
from emoapp.app.live.recording import Recording
from emoapp.app.live.records import LastingLog, report_unwritten
from emoapp.app.live.settings import Settings
from emoapp.app.live.status import status_of
from emoapp.app.live.teaching import Teaching
from emoapp.app.live.view import WindowView
from emoapp.app.live.voice import Voice
from emoapp.app.run import open_results_log
from emoapp.app.video.run import UNKNOWN_FPS
from emoapp.config import LiveConfig
from emoapp.images import BgrImage
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock
from emoapp.sinks import Sink
from emoapp.sinks.window import Window
from emoapp.sources import Source, Waiting, kind_of
from emoapp.types import Frame, Result
from emoapp.utils.stats import Stats

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion


class WindowController(Controller):
    """Do what the user of a window asks for; `close` or `with` ends a recording.

    Args:
        config: The run's.
        source: What is read.
        window: Where keys and clicks come from; the caller closes it.
        stats: The run's, shown in the status row.
        companion: Is told of the followed track; None for none.
        messages: What there is to tell the user.

    Attributes:
        still: Whether the source is still images.
    """

    still = False

    def __init__(
        self,
        config: LiveConfig,
        source: Source,
        window: Window,
        stats: Stats,
        companion: Companion | None = None,
        *,
        messages: Messages,
    ) -> None:
        super().__init__(source)
        self.config = config
        self.messages = messages
        self.view = WindowView(
            window, messages, parts=config.overlay, private=config.private, status=self.status
        )
        self.recording = Recording(self.view, messages)
        self.controls = Controls(
            window, lambda: self.view.overlay, lambda: (self.recording.on, self.view.private)
        )
        self._look_back = LookBack(window, lambda: self.view.overlay)
        self.teaching = None if self.still else Teaching(messages, config)
        self.view.decorate = self._decorated
        if not self.still:
            self.view.keep_moments(self._look_back.add)
        self.pipeline: Pipeline | None = None
        self.paused = False
        self.mirror = kind_of(config.source) == "camera" if config.mirror is None else config.mirror
        self._window = window
        self._stats = stats
        self._companion = companion
        self._voice = Voice(messages) if config.speak else None
        self._logs: list[Sink] = []
        self._last: Frame | None = None
        self._unwanted = 0
        self._taken_at = self._polled_at = 0.0
        self.light = LightMode(self.view, messages, asked=self._asks_light, fps=self._fps)
        self.keys = key_actions(self, window, companion)

    @property
    def missed(self) -> int:
        """See `Controller`."""
        return self.source.missed - self._unwanted

    def begin(self, pipeline: Pipeline) -> Iterable[Sink]:
        """See `Controller.begin`."""
        self.pipeline = pipeline
        if self.teaching is not None:
            self.keys |= self.teaching.begin(pipeline)
        self.view.renew(self.new_overlay(pipeline))
        if not self.controls.begin(Settings(self, pipeline, still=self.still)):
            self.messages.hint()
        pipeline.detector.exhaustive = self.view.private or self.config.outputs.hides_faces
        self.light.begin(pipeline)
        if self.config.log is not None:
            self._logs.append(LastingLog(open_results_log(self.config, pipeline), self.messages))
        if self.config.record is not None and self._last is not None:
            # Asked for at the start, so a recording that can't be made ends the program.
            path, overwrite = self.config.record, self.config.overwrite
            self.recording.start(path, fps=self._fps, frame=self._last, overwrite=overwrite)
        return [self.view, self.recording, *self._logs]

    def new_overlay(self, pipeline: Pipeline) -> Overlay:
        """Return an overlay for the labels of this pipeline."""
        return Overlay(pipeline.labels, self.config.overlay)

    def accept(self, frame: Frame) -> Frame | None:
        """See `Controller.accept`."""
        if self.mirror:
            frame = replace(frame, pixels=BgrImage(cv2.flip(frame.image, 1)))
        self._last, self._taken_at = frame, clock.now()
        return frame

    def preview(self, frame: Frame) -> None:
        """See `Controller.preview`."""
        self.view.preview(frame)
        self.poll()

    def wait(self, waiting: Waiting) -> None:
        """See `Controller.wait`."""
        if waiting.since_s >= WAITING_S:
            self.view.wait(waiting, self._last, self.source.size_wh)
        self.poll()

    def serve(self, result: Result) -> float:
        """See `Controller.serve`."""
        if self.teaching is not None:
            self.teaching.see(result)
        if self._companion is not None:
            now = clock.now()
            self._companion.update(result.selected_track, t=result.frame.t, now=now)
            self.view.overlay.speech = self._companion.speech(now=now)
        if self._voice is not None:
            self._voice.update(result.selected_track, now=clock.now())
        self.poll()
        if self.pipeline is not None:
            self.light.add(self._polled_at - self._taken_at, self.pipeline, now=self._polled_at)
        return self._polled_at

    def rest(self, result: Result) -> None:
        """Show the same frame, redrawn when something changes, until the pause is over."""
        if not self.paused:
            return
        # What comes while the user wants to see nothing new is not missed.
        wanted, until = self.missed, clock.now() + SETTLE_S
        while self.paused and not (self.ended or self.limit_reached()):
            if self.poll() and self.pipeline is not None:
                self._unwanted = self.source.missed - wanted
                result, until = self.pipeline.reselect(result), clock.now() + SETTLE_S
            if clock.now() < until:
                self.view.write(result)
            time.sleep(PAUSE_S)
        self._unwanted = self.source.missed - wanted

    def status(self, result: Result) -> Status:
        """Return what the status row says."""
        return status_of(self, result, self._stats.recent)

    def poll(self) -> bool:
        """Let the window repaint, and handle the user's input.

        Returns:
            Whether the picture has to be drawn anew.
        """
        key = self._window.poll()
        self._polled_at = clock.now()
        click = self._window.clicked()
        if self.pipeline is not None and self.controls.take_key(key):
            return True
        if self._window.closed or key in ("q", "esc"):
            self.ended = True
        elif self.pipeline is None:
            return False  # Nothing was analyzed yet, so there is nothing to change.
        elif key is not None and key in self.keys:
            self.keys[key]()
        elif click is not None:
            self._click(*click)
        else:
            return self._look_back.follow_mouse() or self.controls.changed
        return True

    def toggle_recording(self, folders: MediaFolders) -> None:
        """Stop the running recording, or start one in the folder for videos."""
        self.recording.toggle(folders.videos, fps=self._fps, frame=self._last)

    def judge_again(self) -> None:
        """Apply changed limits to a picture that stands; a video applies them to its next frame."""

    def close(self) -> None:
        """Finish the recording and the logs."""
        self._look_back.close()
        for part in (self.teaching, self._voice):
            if part is not None:
                part.close()
        if self.pipeline is None:
            report_unwritten(self.config, self.messages)
        for sink in (self.recording, *self._logs):
            sink.close()

    def _click(self, x: int, y: int) -> None:
        key = self.controls.key_at(x, y)
        if key is not None:
            self.keys[key]()
        elif self.controls.take_click(x, y) or (self.teaching and self.teaching.press(x, y)):
            pass
        elif self.view.overlay.alerts.holds(x, y):
            self.view.overlay.alerts.acknowledge()
        elif self.pipeline is not None and not self._look_back.press(x, y):
            track = self.view.overlay.track_at(x, y)
            if self.teaching is None or not self.teaching.click(track):
                self.pipeline.follow(track)

    def _decorated(self, picture: np.ndarray) -> np.ndarray:
        """Return the picture with what is on the screen only."""
        shown, teaching = self._look_back.over(picture), self.teaching
        return self.controls.over(teaching.over(shown, self.view.overlay) if teaching else shown)

    @property
    def _fps(self) -> float:
        return self.source.fps or UNKNOWN_FPS

    @property
    def _asks_light(self) -> bool | None:
        """Whether light mode is asked for; None to let the machine's speed decide."""
        # A log has the numbers of every face in every frame, unless the user asks for fewer.
        fixed = self.still or self.config.log is not None
        return False if self.config.light is None and fixed else self.config.light
