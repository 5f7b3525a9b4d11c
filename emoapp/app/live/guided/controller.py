"""Steer the guided minute in the live window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from emoapp.app.live.controller import WindowController
from emoapp.app.live.guided import words
from emoapp.app.live.guided.cards import card_of
from emoapp.app.live.guided.session import Session
from emoapp.app.live.messages import Messages
from emoapp.config import OVERLAYS, GuidedConfig, LiveConfig
from emoapp.errors import EmoappError
from emoapp.overlay.advice import DIRECTIONS
from emoapp.overlay.blend import Painter
from emoapp.overlay.guide import draw_guide
from emoapp.overlay.history import VALID_REJECTIONS
from emoapp.overlay.layout import Rect
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock
from emoapp.profiles import store
from emoapp.profiles.lessons import Lesson, samples_of
from emoapp.profiles.live import LiveCorrector
from emoapp.profiles.profile import Profile, new_profile
from emoapp.sinks import Sink
from emoapp.sinks.window import Window
from emoapp.sources import Source
from emoapp.types import Result
from emoapp.utils.logs import get_logger
from emoapp.utils.stats import Stats

logger = get_logger(__name__)


class GuidedController(WindowController):
    """Go through the guided minute. Closing it saves the profile, where the user wants that.

    Args:
        config, source, window, stats, messages: See `WindowController`.
        guided: What is learned.
    """

    def __init__(
        self,
        config: LiveConfig,
        source: Source,
        window: Window,
        stats: Stats,
        *,
        messages: Messages,
        guided: GuidedConfig,
    ) -> None:
        plain = replace(OVERLAYS["none"], text_size=config.overlay.text_size)
        plain = replace(plain, high_contrast=config.overlay.high_contrast)
        super().__init__(replace(config, overlay=plain), source, window, stats, messages=messages)
        self._guided = guided
        self._session: Session | None = None
        self.teaching = None
        self._corrector = LiveCorrector()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="learn")
        self._buttons: dict[str, Rect] = {}
        self._model = ""
        self.view.decorate = self._with_card
        full_screen, mirror = self.keys["f"], self.keys["m"]
        self.keys = {"f": full_screen, "m": mirror}

    def begin(self, pipeline: Pipeline) -> Iterable[Sink]:
        """See `WindowController.begin`."""
        pipeline.corrector = self._corrector
        self._model = pipeline.classifier.description.checksum
        self._session = Session(pipeline.classifier.labels, self._guided.own_labels, self._learn)
        sinks = super().begin(pipeline)
        self.controls.settings = None
        self.messages.clear()
        return sinks

    def serve(self, result: Result) -> float:
        """See `Controller.serve`."""
        assert self.pipeline is not None and self._session is not None
        seen = self._corrector.observed(result.frame.t)
        track, hint = result.selected_track, ""
        if track is None:
            hint = words.NO_FACE
        elif track.rejection not in VALID_REJECTIONS:
            assert track.rejection is not None
            hint = DIRECTIONS[track.rejection]
        usable = not hint and self.pipeline.corrected == result.selected
        self.view.overlay.boxes = len(result.tracks) > 1  # which of them is watched
        before = self._session.phase, self._session.asked
        self._session.see(seen if usable else None, hint, now=clock.now())
        self._note(before)
        return super().serve(result)

    def poll(self) -> bool:
        """See `WindowController.poll`."""
        key = self._window.poll()
        self._polled_at = clock.now()
        click = self._window.clicked()
        if self._window.closed:
            self.ended = True
        elif self._session is None:
            self.ended = key in ("q", "esc")
        elif click is not None:
            self._press(self._button_at(*click))
        else:
            self._press({"esc": "q", "space": "enter"}.get(key or "", key))
        return False

    def close(self) -> None:
        """Save what was learned, if that is wanted."""
        super().close()
        self._worker.shutdown()
        session = self._session
        if session is None or session.last is None or not session.kept:
            return
        try:
            store.save(session.last, overwrite=self._guided.overwrite)
        except EmoappError as exc:
            self.messages.fault("The profile was not saved", exc)
        else:
            self.messages.profile = session.last

    def _note(self, before: tuple[str, str | None]) -> None:
        assert self._session is not None
        now = self._session.phase, self._session.asked
        if now != before:
            # What is asked for, and nothing of what the face shows.
            logger.info("guided minute: %s %s", now[0], now[1] or "")

    def _press(self, key: str | None) -> None:
        assert self._session is not None
        if key is None:
            return
        before = self._session.phase, self._session.asked
        if not self._session.press(key) and key in self.keys:
            self.keys[key]()
        self._note(before)
        self.ended = self.ended or self._session.phase == "over"

    def _button_at(self, x: int, y: int) -> str | None:
        hit = (key for key, rect in self._buttons.items() if rect.contains(x, y))
        return next((key.lower() for key in hit), None)

    def _with_card(self, picture: np.ndarray) -> np.ndarray:
        """Return the picture with the card of the moment."""
        if self._session is None or self._session.phase == "over":
            return picture
        height, width = picture.shape[:2]
        painter = Painter(picture.copy())
        card = card_of(self._session, keeps_pictures=self._guided.keep_pictures)
        _, self._buttons = draw_guide(painter, card, self.view.overlay.sizes((width, height)))
        return painter.image.bgr()

    def _learn(self, lessons: Sequence[Lesson]) -> Future[Profile]:
        assert self.pipeline is not None
        names, guided = self.pipeline.classifier.labels, self._guided
        taught = tuple(
            label for label in guided.own_labels if any(label == x.label for x in lessons)
        )

        def learn() -> Profile:
            samples = samples_of(lessons, names, taught)
            return new_profile(
                guided.name, self._model, samples, keep_pictures=guided.keep_pictures
            )

        return self._worker.submit(learn)
