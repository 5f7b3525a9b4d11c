"""Live use: a camera, a stream or a file as it plays, in a window with keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emoapp.config import LiveConfig
from emoapp.errors import SinkError
from emoapp.pipeline import Pipeline
from emoapp.recorded import UNKNOWN_FPS
from emoapp.runner import WAITING_S, Run, open_pipeline
from emoapp.sinks import Sink, open_recorder, open_window
from emoapp.sources import Source, Waiting, kind_of, open_source
from emoapp.types import Box, Frame, Result

if TYPE_CHECKING:
    from emoapp.overlay import Status
    from emoapp.sinks.window import Window

HIDDEN_S = 1.5
"""So long a face stays hidden where it was last seen: a detector may lose it for some frames."""

PAUSE_S = 0.02
"""How long the window rests between two looks at the keys while the picture stands still."""


def run_live(config: LiveConfig) -> dict:
    """Show a camera, a stream or a file as it plays, until the user ends it; gives the statistics.

    Raises the errors of the source, the model, the detector and the window.
    """
    from emoapp.sinks.console import ConsoleLog

    with ExitStack() as stack:
        window = None
        if config.window:
            window = stack.enter_context(open_window("emoapp"))
            # Before any thread is started: Qt, opening its first window beside threads that load
            # libraries, lost its first events in 1 of 12 starts, and the window stayed black.
            window.stand()
        # MediaPipe and the model load while the camera starts: each takes a few tenths of a second.
        loading = stack.enter_context(_in_background(lambda: open_pipeline(config)))
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
            sinks = [stack.enter_context(ConsoleLog())]
            return Run(config, source, sinks, loading.result()).to_the_end()
        return stack.enter_context(LiveRun(config, source, window, loading)).to_the_end()


class LiveRun(Run):
    """A run in a window. Closed by `close` or `with`, which finishes a recording."""

    def __init__(
        self, config: LiveConfig, source: Source, window: Window, loading: Future[Pipeline]
    ) -> None:
        super().__init__(config, source, [window])
        self._window = window
        self._loading = loading
        self._mirror = kind_of(config.source) == "camera"
        if config.mirror is not None:
            self._mirror = config.mirror
        self._paused = False
        self._still: Result | None = None
        self._last: Frame | None = None
        self._unwanted = 0
        self._private = config.private
        self._hidden: dict[int, tuple[Box, float]] = {}
        self._recorder: Sink | None = None
        self._recording_since = 0.0
        self._snapshot_wanted = False
        self._keys: dict[str, Callable[[], None]] = {
            "space": self._toggle_pause,
            "r": self._toggle_recording,
            "s": self._want_snapshot,
            "b": lambda: self._toggle_overlay("bars"),
            "t": lambda: self._toggle_overlay("timeline"),
            "h": lambda: self._toggle_overlay("help"),
            "?": lambda: self._toggle_overlay("help"),
            "m": self._toggle_mirror,
            "d": self._next_detector,
            "p": self._toggle_private,
            "f": window.toggle_full_screen,
        }

    def take(self, frame: Frame) -> None:
        if self._mirror:
            import cv2

            frame = Frame(cv2.flip(frame.image, 1), frame.index, frame.t)
        if self.pipeline is None and self._loading.done():
            self.pipeline = self._loading.result()
            self.pipeline.detector.thorough = self._private
            if self.config.record is not None:
                # Asked for at the start, so a recording that can't be made ends the program.
                self._record_to(self.config.record, frame)
        self._last = frame
        if self.pipeline is None:
            if self._private:
                from emoapp.overlay.privacy import pixelate_all

                pixelate_all(frame.image)  # Where the faces are is not known yet.
            self._window.write(None, frame.image)
            self._serve_window()
            return
        super().take(frame)
        if self._still is not None:
            self._hold_still()

    def wait(self, waiting: Waiting) -> None:
        if waiting.since_s >= WAITING_S:
            if self._last is None:
                width, height = self.source.size_wh
                image = np.zeros((height, width, 3), np.uint8)
            else:
                image = self._last.image.copy()
            from emoapp.overlay import Overlay

            text = f"Goes on by itself when it is back ({waiting.since_s:.0f} s). q quits."
            (self.overlay or Overlay(())).draw_waiting(image, waiting.reason, text)
            self._window.write(None, image)
        self._serve_window()

    def draw(self, result: Result) -> None:
        if self._paused:
            self._still = Result(
                Frame(result.frame.image.copy(), result.frame.index, result.frame.t),
                result.tracks,
                result.ms,
            )
        if self._private:
            self._hide_faces(result)
        super().draw(result)

    def _hide_faces(self, result: Result) -> None:
        from emoapp.overlay.privacy import pixelate

        t = result.frame.t
        self._hidden = {i: (box, at) for i, (box, at) in self._hidden.items() if t - at < HIDDEN_S}
        self._hidden |= {track.id: (track.face.box, t) for track in result.tracks}
        pixelate(result.frame.image, [box for box, _ in self._hidden.values()])

    def clock(self, result: Result) -> float:
        return time.monotonic()

    def status(self, result: Result) -> Status:
        from emoapp.overlay import Status

        return Status(
            fps=self.stats.fps,
            latency_ms=sum(result.ms.values()),
            faces=len(result.tracks),
            detector=self.pipeline.detector.name,
            recording_s=result.frame.t - self._recording_since if self._recorder else None,
            missed=self.missed,
            paused=self._paused,
        )

    def give(self, sink: Sink, result: Result) -> None:
        if sink is not self._recorder:
            super().give(sink, result)
            return
        try:
            super().give(sink, result)
        except SinkError as exc:
            # A full disk ends the recording and not the program; what was recorded is kept.
            self._stop_recording(str(exc))

    def after(self, result: Result) -> bool:
        if self._snapshot_wanted:
            self._snapshot_wanted = False
            self._save_snapshot(result)
        self._serve_window()
        return True

    def close(self) -> None:
        self._stop_recording()

    def __enter__(self) -> LiveRun:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _serve_window(self) -> bool:
        """Let the window paint itself and do what the user asks for; True if that was anything."""
        key = self._window.poll()
        click = self._window.clicked()
        if self._window.closed:
            self._end()
            return True
        if key in ("q", "esc"):
            self._end()
        elif self.overlay is None:
            return False  # Nothing was analysed yet, so there is nothing to change.
        elif key in self._keys:
            self._keys[key]()
        elif click is not None:
            self.overlay.followed = self.overlay.track_at(*click)
        else:
            return False
        return True

    def _hold_still(self) -> None:
        """Show the same frame, drawn anew when something changes, until the pause is over."""
        still, self._still = self._still, None
        missed = self.source.missed
        while self._paused and not self.ended and not self.limit_reached():
            if self._serve_window():
                image = still.frame.image.copy()
                frame = Frame(image, still.frame.index, still.frame.t)
                shown = Result(frame, still.tracks, still.ms)
                self.draw(shown)
                self._still = None
                self._window.write(shown, image)
            time.sleep(PAUSE_S)
        # What came while the user wanted to see nothing new was not missed.
        self._unwanted += self.source.missed - missed

    @property
    def missed(self) -> int:
        return self.source.missed - self._unwanted

    def _end(self) -> None:
        self.ended = True

    def _toggle_overlay(self, part: str) -> None:
        setattr(self.overlay, part, not getattr(self.overlay, part))

    def _toggle_pause(self) -> None:
        self._paused = not self._paused

    def _toggle_mirror(self) -> None:
        self._mirror = not self._mirror

    def _toggle_private(self) -> None:
        self._private = not self._private
        self.pipeline.detector.thorough = self._private

    def _next_detector(self) -> None:
        from emoapp.detectors import DETECTORS, open_detector

        names = list(DETECTORS)
        following = names[(names.index(self.pipeline.detector.name) + 1) % len(names)]
        self.pipeline.detector.close()
        self.pipeline.detector = open_detector(following)
        self.pipeline.detector.thorough = self._private

    def _want_snapshot(self) -> None:
        self._snapshot_wanted = True

    def _save_snapshot(self, result: Result) -> None:
        import cv2

        path = _free_name("png")
        ok, data = cv2.imencode(".png", result.frame.image)
        try:
            path.write_bytes(data)
            self._notify(f"saved {path}")
        except OSError as exc:
            self._notify(f"{path} cannot be saved: {exc.strerror}")

    def _toggle_recording(self) -> None:
        if self._recorder is None:
            self._start_recording()
        else:
            self._stop_recording()

    def _start_recording(self) -> None:
        try:
            self._record_to(_free_name("mp4"), self._last)
        except SinkError as exc:
            self._notify(str(exc))

    def _record_to(self, path: Path, frame: Frame) -> None:
        self._recorder = open_recorder(
            path, fps=self.source.fps or UNKNOWN_FPS, size_wh=frame.size_wh
        )
        self._recording_since = frame.t
        self.sinks.append(self._recorder)

    def _stop_recording(self, reason: str | None = None) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        self.sinks.remove(recorder)
        try:
            recorder.close()
        except SinkError as exc:
            reason = reason or str(exc)
        self._notify(reason or f"saved {recorder.path}")

    def _notify(self, text: str) -> None:
        if self.overlay is not None:
            self.overlay.notify(text, now=time.monotonic())


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


def _free_name(suffix: str) -> Path:
    """A name in the current folder that nothing has yet, with the time in it."""
    stem = time.strftime("emoapp-%Y%m%d-%H%M%S")
    path, number = Path(f"{stem}.{suffix}"), 1
    while path.exists():
        number += 1
        path = Path(f"{stem}-{number}.{suffix}")
    return path
