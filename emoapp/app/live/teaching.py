"""Correct and learn: keys say what the followed face really shows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from emoapp.app.live.messages import Messages
from emoapp.app.live.tie import Tie
from emoapp.config import LiveConfig
from emoapp.errors import EmoappError
from emoapp.labels import learnable
from emoapp.overlay.advice import DIRECTIONS
from emoapp.overlay.history import VALID_REJECTIONS
from emoapp.overlay.theme import word
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock
from emoapp.profiles.lessons import Lesson, Observation, blocks, one_moment
from emoapp.profiles.live import LiveCorrector
from emoapp.types import Result
from emoapp.utils.language import _
from emoapp.utils.logs import get_logger

if TYPE_CHECKING:
    from emoapp.app.live.resting import RestingFace
    from emoapp.overlay import Overlay
    from emoapp.profiles.learner import Learner
    from emoapp.profiles.profile import Profile

logger = get_logger(__name__)

KEPT_S = 0.5
"""A key is about the last so many seconds: nobody is quicker."""

GAP_S = 0.5
"""Between the two groups of a resting face's frames."""

DIGITS = "1234567890"
FIXED = "nothing is learned while a log is written without --profile"
FRAMES_NEEDED = "no frame of the followed face could be used in the last half second"


class Teaching:
    """Learn from the keys of a live window.

    Args:
        messages: Says what became of it.
        config: The window's; while it asks for a log of uncorrected numbers, nothing is learned.

    Attributes:
        resting: Watches the resting face, while it does.
    """

    def __init__(self, messages: Messages, config: LiveConfig) -> None:
        self.resting: RestingFace | None = None
        self._messages = messages
        self._fixed = config.log is not None and config.profile is None
        self._pipeline: Pipeline | None = None
        self._corrector = LiveCorrector()
        self._tie = Tie(self._corrector, messages)
        self._learner: Learner | None = None
        self._recent: deque[Observation] = deque()
        self._selected: int | None = None
        self._unnamed = False
        self._news = ""

    def begin(self, pipeline: Pipeline) -> dict[str, Callable[[], object]]:
        """Take the pipeline, whose corrector becomes one that remembers and learns.

        Returns:
            What the keys do.
        """
        if pipeline.corrector is not None:
            from emoapp.profiles.use import ProfileCorrector

            before = pipeline.corrector
            if isinstance(before, ProfileCorrector):
                self._corrector = LiveCorrector(before.profile, before.track)
                self._tie = Tie(self._corrector, self._messages)
        self._pipeline = pipeline
        pipeline.corrector = self._corrector
        labels = learnable(pipeline.classifier.labels)
        known = (*labels, *self._corrector.own_labels)
        digits = {
            digit: lambda label=label: self._say(label)
            for digit, label in zip(DIGITS, known, strict=False)
        }
        rest = {"n": self._toggle_resting} if "neutral" in labels else {}
        return {**digits, **rest, "u": self._take_back}

    def see(self, result: Result) -> None:
        """Take a result: remember the followed face for a moment."""
        assert self._pipeline is not None
        seen = self._corrector.observed(result.frame.t)
        track = result.selected_track
        if result.selected != self._selected:
            self._recent.clear()
            self._selected = result.selected
        hint = "" if track else "No face in sight."
        if track is not None and track.rejection not in VALID_REJECTIONS:
            hint = DIRECTIONS[track.rejection] if track.rejection else ""
        usable = seen if not hint and self._pipeline.corrected == result.selected else None
        if usable is not None:
            self._recent.append(usable)
        while self._recent and result.frame.t - self._recent[0].t > KEPT_S:
            self._recent.popleft()
        self._rest(usable, hint)
        self._tie.see(result)
        self._take_news()

    def click(self, track: int | None) -> bool:
        """Tie the profile to a track; see `Tie.click`."""
        return self._tie.click(track)

    def press(self, x: int, y: int) -> bool:
        """Take a click on the card of the resting face, whose key cancels; False beside it."""
        resting = self.resting
        if resting is None or resting.card is None or not resting.card.contains(x, y):
            return False
        if resting.cancel is not None and resting.cancel.contains(x, y):
            self.resting = None
        return True

    @property
    def name(self) -> str:
        """The profile in use, and its face where it is tied to one; "" for none."""
        name, track = self._corrector.name, self._corrector.track
        if not name or track is None:
            return name
        return _("{name}, face {track}").format(name=name, track=track)

    def over(self, picture: np.ndarray, overlay: Overlay) -> np.ndarray:
        """Return the picture with what the resting face is asked for; itself without.

        Args:
            picture: uint8 (H, W, 3), BGR, left as it is.
            overlay: Says how large text is.
        """
        if self.resting is None:
            return picture
        return self.resting.over(picture, overlay.sizes((picture.shape[1], picture.shape[0])))

    def use(self, profile: Profile | None) -> None:
        """Correct the followed face by another profile from now on, which the keys then teach.

        Args:
            profile: The profile; None for none.
        """
        self.close()
        self._corrector.profile, self._corrector.track = profile, None
        self._recent.clear()
        self.resting = None

    def close(self) -> None:
        """Wait until all is learned and written."""
        if self._learner is None:
            return
        try:
            self._learner.close(self._take)
        except EmoappError as exc:
            self._messages.fault("The profile was not saved", exc)
        waiting = self._messages.profile
        if self._unnamed or (waiting is not None and waiting.name == self._learner.name):
            # It has the date as its name, and is asked for a better one in the end.
            self._messages.profile = self._corrector.profile
        self._learner = None

    def _say(self, label: str) -> None:
        tied = self._corrector.track
        if self._fixed:
            self._messages.notice(FIXED)
        elif tied is not None and tied != self._selected:
            self._messages.notice(
                f"keys correct face {tied}, to which the profile is tied: click it"
            )
        elif not self._knows(label):
            self._messages.notice(f"{word(label)} is no label of the profile in use")
        elif not self._recent:
            self._messages.notice(FRAMES_NEEDED)
        else:
            self._teach(one_moment(label, tuple(self._recent)))

    def _knows(self, label: str) -> bool:
        assert self._pipeline is not None
        profile = self._corrector.profile
        own = profile.own_labels if profile else ()
        return label in (*learnable(self._pipeline.classifier.labels), *own)

    def _teach(self, lesson: Lesson) -> None:
        assert self._pipeline is not None
        if self._learner is None:
            # Imported here because few teach, and everybody waits for the start.
            from emoapp.profiles import store
            from emoapp.profiles.learner import Learner

            base = self._corrector.profile
            self._unnamed = base is None
            name = base.name if base else store.unused_name(time.strftime("%Y-%m-%d %H.%M"))
            model = self._pipeline.classifier.description.checksum
            self._learner = Learner(name, model, learnable(self._pipeline.classifier.labels), base)
        self._news = f"{word(lesson.label)}: learned from {len(lesson.groups)} frames"
        self._learner.add(lesson)

    def _take_back(self) -> None:
        lesson = self._learner.take_back() if self._learner else None
        if lesson is None:
            self._messages.notice("there is no correction to take back")
        else:
            self._news = f"{word(lesson.label)}: taken back"

    def _toggle_resting(self) -> None:
        if self._fixed:
            self._messages.notice(FIXED)
            return
        from emoapp.app.live.resting import RestingFace

        self.resting = None if self.resting else RestingFace()

    def _rest(self, usable: Observation | None, hint: str) -> None:
        if self.resting is None:
            return
        self.resting.see(usable, hint, now=clock.now())
        if self.resting.done:
            seen, self.resting = self.resting.seen, None
            self._teach(blocks("neutral", seen, GAP_S))

    def _take_news(self) -> None:
        if self._learner is None:
            return
        try:
            self._learner.poll(self._take)
        except EmoappError as exc:
            self._messages.fault("The profile was not saved", exc)

    def _take(self, profile: Profile | None) -> None:
        self._corrector.profile = profile
        news, self._news = self._news, ""
        if not news:
            return
        logger.info("corrections learned: %d", len(self._learner.lessons) if self._learner else 0)
        if profile is not None and profile.correction is None:
            news = f"{news}; nothing is corrected, as that would not help yet"
        self._messages.notice(news, logged=False)
