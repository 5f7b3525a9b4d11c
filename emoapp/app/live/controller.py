"""Steer a run by the keys and clicks of its window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import click
import cv2

from emoapp.app.controller import WAITING_S, Controller
from emoapp.app.live.detector import next_detector
from emoapp.app.live.media import MediaFolders
from emoapp.app.live.messages import Messages
from emoapp.app.live.recording import Recording
from emoapp.app.live.records import LastingLog
from emoapp.app.live.snapshot import save_snapshot
from emoapp.app.live.view import WindowView
from emoapp.app.run import open_results_log
from emoapp.app.video.run import UNKNOWN_FPS
from emoapp.config import LiveConfig
from emoapp.errors import SinkError
from emoapp.images import BgrImage
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink
from emoapp.sinks.window import Window
from emoapp.sources import Source, Waiting, kind_of
from emoapp.types import Frame, Result
from emoapp.utils.stats import Stats

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion

HINT, HINT_S = "h: keys", 6.0
"""What the first seconds say at the window's bottom."""

PAUSE_S = 0.02
"""Seconds between two looks at the keys while the picture stands still."""


class WindowController(Controller):
    """Do what the user of a window asks for. Closed by `close` or `with`, which ends a recording.

    Args:
        config: The run's.
        source: What is read.
        window: Where keys and clicks come from; the caller closes it.
        stats: The run's, shown in the status row.
        companion: Is told of the followed track; None for none.
        messages: What there is to tell the user.
    """

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
        self.pipeline: Pipeline | None = None
        self.paused = False
        self._folders = MediaFolders(config.folder)
        self._window = window
        self._stats = stats
        self._companion = companion
        self._mirror = kind_of(config.source) == "camera"
        if config.mirror is not None:
            self._mirror = config.mirror
        self._logs: list[Sink] = []
        self._last: Frame | None = None
        self._unwanted = 0
        self._polled_at = 0.0
        self.keys = self._key_actions()

    @property
    def missed(self) -> int:
        return self.source.missed - self._unwanted

    def begin(self, pipeline: Pipeline) -> Iterable[Sink]:
        self.pipeline = pipeline
        self.view.renew(self.new_overlay(pipeline))
        self.messages.notice(HINT, seconds=HINT_S)
        pipeline.detector.exhaustive = self.view.private
        if self.config.log is not None:
            self._logs.append(LastingLog(open_results_log(self.config, pipeline), self.messages))
        if self.config.record is not None and self._last is not None:
            # Asked for at the start, so a recording that can't be made ends the program.
            path, overwrite = self.config.record, self.config.overwrite
            self.recording.start(path, fps=self._fps, frame=self._last, overwrite=overwrite)
        return [self.view, self.recording, *self._logs]

    def new_overlay(self, pipeline: Pipeline) -> Overlay:
        """Return an overlay for the labels of this pipeline."""
        return Overlay(pipeline.classifier.labels, self.config.overlay)

    def accept(self, frame: Frame) -> Frame | None:
        if self._mirror:
            frame = replace(frame, pixels=BgrImage(cv2.flip(frame.image, 1)))
        self._last = frame
        return frame

    def preview(self, frame: Frame) -> None:
        self.view.preview(frame)
        self.poll()

    def wait(self, waiting: Waiting) -> None:
        if waiting.since_s >= WAITING_S:
            self.view.wait(waiting, self._last, self.source.size_wh)
        self.poll()

    def serve(self, result: Result) -> float:
        if self._companion is not None:
            now = time.monotonic()
            self._companion.update(result.selected_track, t=result.frame.t, now=now)
            self.view.overlay.speech = self._companion.speech(now=now)
        self.poll()
        return self._polled_at

    def rest(self, result: Result) -> None:
        """Show the same frame, drawn anew when something changes, until the pause is over."""
        if not self.paused:
            return
        # What comes while the user wants to see nothing new is not missed.
        wanted = self.missed
        self.view.write(result)
        while self.paused and not (self.ended or self.limit_reached()):
            if self.poll() and self.pipeline is not None:
                self._unwanted = self.source.missed - wanted
                result = self.pipeline.reselect(result)
                self.view.write(result)
            time.sleep(PAUSE_S)
        self._unwanted = self.source.missed - wanted

    @property
    def profile_name(self) -> str:
        """Name of the profile in use; "" for none."""
        corrector = self.pipeline.corrector if self.pipeline else None
        return corrector.name if corrector else ""

    def status(self, result: Result) -> Status:
        """Return what the status row says."""
        recent = self._stats.recent
        return Status(
            # Of a picture that stands still neither number says anything.
            fps=None if self.paused else recent.fps,
            latency_ms=None if self.paused else recent.latency_ms,
            faces=len(result.tracks),
            detector=self.pipeline.detector.name if self.pipeline else "",
            recording_s=self.recording.seconds(result.frame.t),
            room_s=self.recording.room_s(time.monotonic()),
            missed=self.missed,
            paused=self.paused,
            profile=self.profile_name,
        )

    def poll(self) -> bool:
        """Let the window paint itself and do what the user asks for.

        Returns:
            Whether the user asked for something.
        """
        key = self._window.poll()
        self._polled_at = time.monotonic()
        click = self._window.clicked()
        if self._window.closed or key in ("q", "esc"):
            self.ended = True
        elif self.pipeline is None:
            return False  # Nothing was analyzed yet, so there is nothing to change.
        elif key is not None and key in self.keys:
            self.keys[key]()
        elif click is not None:
            self._click(*click)
        else:
            return False
        return True

    def close(self) -> None:
        """Finish the recording and the logs."""
        if self.pipeline is None:
            for path in filter(None, (self.config.record, self.config.log)):
                error = SinkError(
                    f"{path} was not written: it was over before a face was analysed."
                )
                self.messages.fault("Nothing was written", error)
        for sink in (self.recording, *self._logs):
            sink.close()

    def __enter__(self) -> WindowController:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _key_actions(self) -> dict[str, Callable[[], object]]:
        return {
            "space": self._toggle_pause,
            "r": lambda: self.recording.toggle(
                self._folders.videos, fps=self._fps, frame=self._last
            ),
            "o": self._open_folder,
            "s": self._save_snapshot,
            "b": lambda: self._toggle("bars"),
            "t": lambda: self._toggle("timeline"),
            "i": lambda: self._toggle("details"),
            "h": lambda: self._toggle("help"),
            "?": lambda: self._toggle("help"),
            "m": self._toggle_mirror,
            "d": self._next_detector,
            "p": self._toggle_private,
            "f": self._window.toggle_full_screen,
            "c": self._toggle_companion,
            "enter": lambda: self.view.overlay.alerts.acknowledge(),
        }

    def _click(self, x: int, y: int) -> None:
        if self.view.overlay.alerts.holds(x, y):
            self.view.overlay.alerts.acknowledge()
        elif self.pipeline is not None:
            self.pipeline.follow(self.view.overlay.track_at(x, y))

    def _save_snapshot(self) -> None:
        if self.view.picture is None:
            return
        try:
            path = save_snapshot(self.view.picture, self._folders.pictures())
            self.messages.saved(path, self.view.picture.copy())
        except SinkError as exc:
            self.messages.fault("There is no snapshot", exc)

    def _open_folder(self) -> None:
        if self.messages.last_saved is None:
            self.messages.notice("nothing was saved yet: s saves a picture, r records")
        elif click.launch(str(self.messages.last_saved), locate=True) != 0:
            self.messages.notice(f"no file manager was found; it is {self.messages.last_saved}")

    def _toggle(self, switch: str) -> None:
        overlay = self.view.overlay
        setattr(overlay, switch, not getattr(overlay, switch))

    def _toggle_pause(self) -> None:
        self.paused = not self.paused

    def _toggle_mirror(self) -> None:
        self._mirror = not self._mirror

    def _toggle_private(self) -> None:
        self.view.private = not self.view.private
        if self.pipeline is not None:
            self.pipeline.detector.exhaustive = self.view.private

    def _next_detector(self) -> None:
        if self.pipeline is not None:
            next_detector(self.pipeline, self.messages)

    def _toggle_companion(self) -> None:
        if self._companion is None:
            self.messages.notice("no companion: start with --companion")
            return
        speaks = self._companion.toggle()
        self.view.overlay.speech = None
        said = "the companion speaks again" if speaks else "the companion is silent"
        self.messages.notice(said)

    @property
    def _fps(self) -> float:
        return self.source.fps or UNKNOWN_FPS
