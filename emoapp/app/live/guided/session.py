"""The course of the guided minute: which expression is asked for, what was seen, what comes next.

Nothing here draws or waits: `see` takes each frame and `press` each key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np

from emoapp.app.live.guided.steps import Step, orders, steps_of
from emoapp.profiles.lessons import Lesson, Observation, blocks, one_moment
from emoapp.profiles.profile import Profile

SEEN_S = 0.7
"""For so long the window says that it was seen."""

GAP_S = 0.5
"""Frames of one expression are learned from in two blocks, with so many seconds in between."""

INTERVAL_S = 0.08
"""Frames that are used are at least so far apart: neighbors tell the same."""

MAX_FRAME_S = 0.2
"""Frames further apart count as so far: nothing was watched meanwhile."""

Learn = Callable[[Sequence[Lesson]], "Future[Profile]"]
"""Learns a profile from lessons, in the background."""


class Session:
    """The guided minute of one person.

    Args:
        labels: The model's labels.
        own: Labels of one's own, asked for before the last neutral face.
        learn: Learns in the background.

    Attributes:
        phase: What goes on: welcome, ready, watch, seen, learning, interim, result or over.
        rounds: The steps of each round that was begun, at most two.
        place: Index of the step.
        clock: Seconds since the phase began; while it is watched, only those with a usable face.
        hint: What to do so that the face can be used; "" where it can.
        first: What was learned in the first round; None before.
        last: What was learned in all; None before.
        kept: Whether the user wants to keep it.
    """

    def __init__(self, labels: Sequence[str], own: Sequence[str], learn: Learn) -> None:
        self.phase = "welcome"
        self.rounds: list[list[Step]] = []
        self.place = 0
        self.clock = 0.0
        self.hint = ""
        self.first: Profile | None = None
        self.last: Profile | None = None
        self.kept = False
        self._learn = learn
        self._learning: Future[Profile] | None = None
        self._now: float | None = None
        self._orders = orders(labels, own)

    @property
    def step(self) -> Step:
        """The step that goes on; only between welcome and learning."""
        return self.rounds[-1][self.place]

    @property
    def asked(self) -> str | None:
        """The expression that is asked for; None for none."""
        return self.step.label if self.phase in ("ready", "watch", "seen") else None

    def see(self, seen: Observation | None, hint: str, *, now: float) -> None:
        """Take a frame.

        Args:
            seen: The followed face, where it can be used; None where not.
            hint: What to do so that it can; "" where it can.
            now: Seconds, monotonic.
        """
        self.hint = hint
        if self.phase == "watch" and seen is None and not hint:
            return  # one of several faces, which are not classified in every frame
        passed = 0.0 if self._now is None else min(max(0.0, now - self._now), MAX_FRAME_S)
        self._now = now
        if self.phase == "learning":
            self._look_at_learning()
            return
        if self.phase == "watch":
            if seen is None:
                return
            if not self.step.seen or seen.t - self.step.seen[-1].t >= INTERVAL_S:
                self.step.seen.append(seen)
        self.clock += passed
        if self.phase == "ready" and self.clock >= self.step.countdown_s and seen is not None:
            self._enter("watch")
        elif self.phase == "watch" and self.clock >= self.step.watch_s:
            self._enter("seen")
        elif self.phase == "seen" and self.clock >= SEEN_S:
            self._go(self.place + 1)

    def press(self, key: str) -> bool:
        """Do what a key does: enter, s (skip), r (repeat), q (end).

        Returns:
            Whether it does anything now.
        """
        if self.phase in ("ready", "watch", "seen"):
            return self._press_in_step(key)
        if key == "q" and self.phase != "learning":
            self.phase = "over"
        elif key == "enter" and self.phase in ("welcome", "interim"):
            self._begin_round()
        elif key == "r" and self.phase == "interim":
            self.rounds.clear()
            self._begin_round()
        elif key == "r" and self.phase == "result":
            del self.rounds[1:]
            self._begin_round()
        elif (key, self.phase) in (("enter", "result"), ("s", "interim")):
            self.kept, self.phase = True, "over"
        else:
            return False
        return True

    def right(self, number: int, profile: Profile | None) -> list[tuple[str, bool]]:
        """Return whether each expression of a round was recognized, by the mean of its frames.

        Args:
            number: Of the round, from 0.
            profile: What corrects them; None for nothing.
        """
        seen = [step for step in self.rounds[number] if step.seen]
        means = [step.shown(profile).mean(axis=0) for step in seen]
        return [
            (step.label, self._name(mean, profile) == step.label)
            for step, mean in zip(seen, means, strict=True)
        ]

    def share(self, number: int, profile: Profile | None) -> float:
        """Return the share of a round's frames that are right, each expression counting the same.

        Args:
            number: Of the round, from 0.
            profile: What corrects them; None for nothing.
        """
        shares = [
            np.mean([self._name(row, profile) == step.label for row in step.shown(profile)])
            for step in self.rounds[number]
            if step.seen
        ]
        return float(np.mean(shares)) if shares else 0.0

    @property
    def checked(self) -> bool:
        """Whether something was seen in the second round."""
        return len(self.rounds) > 1 and any(step.seen for step in self.rounds[1])

    def _name(self, row: np.ndarray, profile: Profile | None) -> str:
        names = self.last.samples.names if self.last else ()
        own = profile.own_labels if profile else ()
        # Contempt may stand between the labels that are asked for and those of one's own.
        known = (*names, *[""] * (len(row) - len(names) - len(own)), *own)
        return known[int(row.argmax())]

    def _press_in_step(self, key: str) -> bool:
        if key == "q":
            self._end_round()
        elif key == "s":
            self.step.seen.clear()
            self.step.skipped = True
            self._go(self.place + 1)
        elif key == "r":
            # Before it was watched there is nothing to repeat but the step before.
            back = self.phase == "ready" and self.place > 0
            self._go(self.place - back)
        else:
            return False
        return True

    def _begin_round(self) -> None:
        number = len(self.rounds)
        self.rounds.append(steps_of(self._orders[number], number))
        self._go(0)

    def _go(self, place: int) -> None:
        if place == len(self.rounds[-1]):
            self._end_round()
            return
        self.place = place
        self._enter("ready")

    def _enter(self, phase: str) -> None:
        self.phase, self.clock = phase, 0.0
        if phase in ("ready", "watch"):
            self.step.seen.clear()
            self.step.skipped = False

    def _end_round(self) -> None:
        """Learn from what there is; with nothing it is over."""
        if self.phase == "watch":
            self.step.seen.clear()  # half an expression
        if not any(step.seen for step in self.rounds[0]):
            self.phase = "over"
            return
        if len(self.rounds) == 1:
            made = [blocks(s.label, s.seen, GAP_S) for s in self.rounds[0] if s.seen]
        else:
            made = [one_moment(s.label, s.seen) for r in self.rounds for s in r if s.seen]
        self._learning = self._learn(made)
        self.phase = "learning"

    def _look_at_learning(self) -> None:
        if self._learning is None or not self._learning.done():
            return
        self.last = self._learning.result()
        if len(self.rounds) == 1:
            self.first = self.last
        self.phase = "interim" if len(self.rounds) == 1 else "result"
