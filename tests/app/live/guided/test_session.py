"""The course of the guided minute, without a window: what is asked, used, skipped and learned."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from support.faces import drawn

from emoapp.app.live.guided.cards import card_of
from emoapp.app.live.guided.session import Session
from emoapp.labels import EMOTIONS
from emoapp.overlay.guide import Page
from emoapp.profiles.lessons import Observation, samples_of
from emoapp.profiles.profile import new_profile

FRAME_S = 1 / 20


class Person:
    """Sits through a session; the network takes half of what they show for neutral."""

    def __init__(self, own: tuple[str, ...] = ()) -> None:
        self.lessons: list = []
        self.own = own
        self.session = Session(EMOTIONS, own, self.learn)
        self.now = 0.0
        self.asked: list[str] = []
        self._rng = np.random.default_rng(0)
        self._crop = drawn("happy")

    def learn(self, lessons) -> Future:
        self.lessons = list(lessons)
        done: Future = Future()
        own = tuple(label for label in self.own if any(x.label == label for x in lessons))
        samples = samples_of(lessons, EMOTIONS, own)
        done.set_result(new_profile("me", "model", samples, keep_pictures=False))
        return done

    def face(self) -> Observation:
        known = (*EMOTIONS, *self.own)
        label = known.index(self.session.asked or "neutral")
        features = self._rng.normal(0, 0.2, 16).astype(np.float32)
        features[label] += 2
        logits = self._rng.normal(0, 0.3, 7)
        logits[min(label, 6)] += 1.5
        logits[EMOTIONS.index("neutral")] += 1.6
        shares = np.exp(logits)
        return Observation(self._crop, np.float32(shares / shares.sum()), features, self.now)

    def sit(self, seconds: float, *, hint: str = "", interval: int = 1) -> None:
        """Sit for a while; the face is classified in one of so many frames."""
        for number in range(round(seconds / FRAME_S)):
            self.now += FRAME_S
            before = self.session.phase, self.session.asked
            seen = None if hint or number % interval else self.face()
            self.session.see(seen, hint, now=self.now)
            after = self.session.phase, self.session.asked
            if after != before and after[0] == "ready":
                self.asked.append(after[1])

    def press(self, key: str) -> None:
        assert self.session.press(key)
        if self.session.phase == "ready":
            self.asked.append(self.session.asked)

    def sit_until(self, phase: str) -> None:
        for _ in range(200):
            if self.session.phase == phase:
                return
            self.sit(0.5)
        raise AssertionError(f"{phase} did not come")


def test_the_minute_is_as_long_where_a_face_is_not_classified_in_every_frame():
    lengths = []
    for interval in (1, 2, 3):
        person = Person()
        person.press("enter")
        while person.session.phase != "interim":
            person.sit(0.5, interval=interval)
        lengths.append(person.now)
    assert lengths == pytest.approx([lengths[0]] * 3, rel=0.1)


def test_all_seven_are_asked_for_neutral_first_and_last():
    person = Person()
    assert isinstance(card_of(person.session, keeps_pictures=False), Page)
    person.sit(30)
    assert person.session.phase == "welcome", "it begins when the user is ready"
    person.press("enter")
    person.sit_until("interim")
    assert person.asked[0] == person.asked[-1] == "neutral"
    assert sorted(set(person.asked)) == sorted(EMOTIONS) and len(person.asked) == 8
    # About a minute, and each expression in two groups with a gap between.
    assert 40 < person.now - 30 < 60
    for lesson in person.lessons:
        assert set(lesson.groups) == {0, 1}
        seen = list(zip(lesson.observations, lesson.groups, strict=True))
        times = [[one.t for one, group in seen if group == number] for number in (0, 1)]
        assert times[1][0] - times[0][-1] >= 0.5
    page = card_of(person.session, keeps_pictures=False)
    assert "of 8 expressions" in page.text

    person.asked.clear()
    person.press("enter")
    person.sit_until("result")
    assert len(person.asked) == 7 and len(person.lessons) == 15
    before, after = (person.session.share(1, p) for p in (None, person.session.first))
    assert after > before + 0.1
    page = card_of(person.session, keeps_pictures=False)
    assert [row.name for row in page.rows] == ["Before", "After"]
    assert f"{before:.0%}" in page.text and f"{after:.0%}" in page.text
    assert not person.session.kept
    person.press("enter")
    assert person.session.kept and person.session.phase == "over"


def test_what_cannot_be_used_is_waited_for_and_the_hint_is_shown():
    person = Person()
    person.press("enter")
    person.sit(10, hint="More light on your face, please.")
    assert person.session.phase == "ready" and person.session.asked == "neutral"
    card = card_of(person.session, keeps_pictures=False)
    assert card.warning and card.line.startswith("More light")
    person.sit(0.5)
    assert person.session.phase == "watch"
    watched = person.session.clock
    person.sit(5, hint="Hold still for a moment.")
    assert person.session.phase == "watch" and person.session.clock == watched
    person.sit(2)
    assert person.session.phase in ("seen", "ready")


def test_steps_are_skipped_repeated_and_ended():
    person = Person()
    person.press("enter")
    person.press("s")
    assert person.session.asked == "happy" and person.session.rounds[0][0].skipped
    person.sit(3.2)
    assert person.session.phase == "watch"
    person.press("r")  # what is watched begins anew
    assert (person.session.phase, person.session.asked) == ("ready", "happy")
    assert not person.session.step.seen
    person.sit(6.1)
    assert person.session.asked == "surprise"
    person.press("r")  # before it was watched: the one before
    assert person.session.asked == "happy" and not person.session.step.seen
    person.sit(6.1)
    person.sit(4)
    assert (person.session.phase, person.session.asked) == ("watch", "surprise")
    person.press("q")  # half of a surprise is no surprise
    person.sit_until("interim")
    assert [lesson.label for lesson in person.lessons] == ["happy"]
    person.press("s")
    assert person.session.kept and person.session.phase == "over"


@pytest.mark.parametrize("keys", ["q", ["enter", "q"], ["enter", *"ssssssss"]])
def test_with_nothing_seen_it_is_over(keys):
    person = Person()
    for key in keys:
        person.press(key)
    assert person.session.phase == "over" and not person.session.kept


def test_what_was_learned_can_be_thrown_away_or_learned_anew():
    person = Person()
    person.press("enter")
    person.sit_until("interim")
    person.press("r")
    assert person.session.phase == "ready" and len(person.session.rounds) == 1
    person.sit_until("interim")
    person.press("enter")
    person.sit_until("result")
    person.press("r")
    assert len(person.session.rounds) == 2
    person.sit_until("result")
    person.press("q")
    assert person.session.phase == "over" and not person.session.kept


def test_labels_of_ones_own_are_asked_for_and_found():
    person = Person(("wink",))
    person.press("enter")
    person.sit_until("interim")
    assert person.asked[-2:] == ["wink", "neutral"]
    person.press("enter")
    person.sit_until("result")
    found = dict(person.session.right(1, person.session.first))
    assert found["wink"] and not dict(person.session.right(1, None))["wink"]
    assert person.session.last.own_labels == ("wink",)
