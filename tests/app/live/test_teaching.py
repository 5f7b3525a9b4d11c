"""Keys and clicks that teach: whose profile it is, and what they teach, on real faces."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.catalogues import pseudo_language, untranslated
from support.faces import portrait
from support.live import FakeLive

from emoapp import EMOTIONS
from emoapp.app.live import choices
from emoapp.app.live.controller import WindowController
from emoapp.app.live.messages import Messages
from emoapp.app.live.moments import LookBack
from emoapp.app.live.teaching import FIXED, Teaching
from emoapp.app.live.tie import LOST_S
from emoapp.classifiers import open_classifier
from emoapp.config import LiveConfig
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.profiles import store
from emoapp.profiles.lessons import Observation, one_moment, samples_of
from emoapp.profiles.profile import new_profile
from emoapp.profiles.use import open_corrector
from emoapp.types import Frame
from emoapp.utils.language import translated
from emoapp.utils.stats import Stats


class Notices(Messages):
    """Keeps the notices."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def notice(self, text: str, **options) -> None:
        self.texts.append(text)

    def alert(self, title: str, text: str) -> None:
        self.texts.append(f"{title}: {text}")


class Window:
    """Frames with the portrait, and with it half as large beside it, for a `Teaching`."""

    def __init__(self, pipeline: Pipeline, *, log: Path | None = None) -> None:
        self.pipeline, self.messages, self.t = pipeline, Notices(), 0.0
        self.teaching = Teaching(self.messages, LiveConfig("0", log=log))
        self.keys = self.teaching.begin(pipeline)

    def look(self, faces: int = 2, seconds: float = 0.1):
        picture = portrait()
        half = np.zeros_like(picture)
        half[:256, :256] = picture[::2, ::2]
        self.t += seconds
        result = self.pipeline.process(Frame(np.hstack([picture, half * (faces > 1)]), 0, self.t))
        self.teaching.see(result)
        return result

    def choice(self) -> choices.ProfileChoice:
        """The profiles that the settings panel of this window offers."""
        controller = SimpleNamespace(
            config=LiveConfig("0"),
            teaching=self.teaching,
            messages=self.messages,
            judge_again=lambda: None,
        )
        return choices.ProfileChoice(controller, self.pipeline)

    def learned(self, words: str) -> None:
        until = time.monotonic() + 30
        while not any(words in text for text in self.messages.texts):
            assert time.monotonic() < until, self.messages.texts
            self.look()

    def profiles(self) -> list[str]:
        return [track.profile for track in self.look().tracks]


@pytest.fixture
def open_window(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    opened = []

    def begin(
        profile: str | None = None, *, contempt: bool = False, log: Path | None = None
    ) -> Window:
        classifier = open_classifier(device="cpu", contempt=contempt)
        corrector = open_corrector(profile, classifier) if profile else None
        pipeline = Pipeline(open_detector("blazeface"), classifier, corrector=corrector)
        opened.append(pipeline)
        return Window(pipeline, log=log)

    yield begin
    for pipeline in opened:
        pipeline.close()


@pytest.fixture
def ada(open_window):
    """A profile of one smile."""
    window = open_window()
    window.look()
    window.keys["4"]()
    window.learned("Happy: learned from")
    window.teaching.close()
    store.rename(window.messages.profile, "Ada")


def test_a_second_click_ties_the_profile_to_a_face(open_window, ada):
    window = open_window("Ada")
    assert window.profiles() == ["Ada", ""]
    assert not window.teaching.click(2), "the first click follows"
    window.pipeline.follow(2)
    assert window.profiles() == ["", "Ada"]
    assert window.teaching.click(2), "the second one ties"
    window.pipeline.follow(1)
    assert window.profiles() == ["", "Ada"] and window.teaching.name == "Ada, face 2"
    with pseudo_language():
        assert untranslated(window.teaching.name) == ["Ada"]
    window.keys["1"]()
    assert "keys correct face 2" in window.messages.texts[-1]
    assert window.teaching.click(2), "the third one unties"
    assert window.profiles() == ["Ada", ""]
    window.pipeline.follow(2)
    window.look()
    assert window.teaching.click(2)
    for _ in range(3):
        window.look(faces=1, seconds=LOST_S / 2)
    assert "is gone" in window.messages.texts[-1] and window.profiles()[0] == "Ada"


def test_keys_teach_the_last_half_second_and_take_it_back(open_window):
    window = open_window(contempt=True)
    window.keys["1"]()
    assert "no frame" in window.messages.texts[-1]
    for _ in range(20):
        window.look()
    before = window.look().tracks[0].raw
    assert before.label == "happy" and before.labels[-1] == "contempt"
    assert "8" not in window.keys, "a profile is for models without contempt too"
    window.keys["1"]()
    window.learned("Angry: learned from")
    after = window.look().tracks[0].raw
    assert after.of("angry") > 3 * before.of("angry")
    (name,) = store.names()
    samples = store.load(name).samples
    assert samples.names == EMOTIONS and samples.counts.keys() == {"angry"}
    assert 4 <= len(samples) <= 6, "of half a second, ten frames a second"
    window.keys["u"]()
    window.learned("Angry: taken back")
    assert store.names() == []
    assert window.look().tracks[0].raw.of("angry") == pytest.approx(before.of("angry"), abs=1e-4)
    window.keys["u"]()
    assert "no correction" in window.messages.texts[-1]
    window.teaching.close()
    assert window.messages.profile is None


def test_a_click_on_the_card_of_the_resting_face_is_for_its_key_and_not_for_what_it_covers(
    monkeypatch,
):
    clicks: list[tuple[int, int]] = []
    pressed: list[tuple[int, int]] = []
    monkeypatch.setattr(LookBack, "press", lambda _self, *xy: not pressed.append(xy))
    window = SimpleNamespace(
        fit=lambda size_wh: (640, 360),
        show=lambda picture: None,
        poll=lambda: None,
        clicked=lambda: clicks.pop() if clicks else None,
        toggle_full_screen=None,
        moved_at=-1e9,
        pointer=None,
        held=False,
        closed=False,
    )
    source, messages = FakeLive(), Notices()
    with (
        Pipeline(open_detector("blazeface"), open_classifier()) as pipeline,
        WindowController(LiveConfig("0"), source, window, Stats(), messages=messages) as controller,
    ):
        controller.begin(pipeline)
        controller.keys["n"]()
        controller.view.write(pipeline.process(Frame(portrait(), 0, 0.0)))
        resting = controller.teaching.resting
        beside = (resting.card.x0 + 1, resting.card.y0 + 1)
        on_key = (resting.cancel.x0 + 1, resting.cancel.y0 + 1)
        for place, goes_on in ((beside, True), (on_key, False), (beside, False)):
            clicks.append(place)
            assert controller.poll() and (controller.teaching.resting is resting) == goes_on
        assert pressed == [beside], "once the card is gone"
    source.close()


@pytest.fixture
def wink(open_window):
    """A profile, Eve, with a label of its own."""
    seen = Observation(np.zeros((48, 48), np.uint8), np.full(7, 1 / 7, np.float32),
                       np.zeros(256, np.float32), 0.0)  # fmt: skip
    with open_classifier(device="cpu") as classifier:
        model = classifier.description.checksum
    lessons = [one_moment("happy", [seen]), one_moment("wink", [seen])]
    store.save(new_profile("Eve", model, samples_of(lessons, EMOTIONS, ("wink",)),
                           keep_pictures=False))  # fmt: skip


def test_a_label_of_ones_own_has_a_key(open_window, wink):
    window = open_window("Eve")
    assert window.look().tracks[0].raw.labels == (*EMOTIONS, "wink")
    window.keys["8"]()
    window.learned("Wink: learned from")
    window.teaching.close()
    assert store.load("Eve").samples.counts == {"happy": 1, "wink": 2}


def test_what_was_learned_and_would_not_help_is_said_in_the_language_of_the_window(
    open_window, wink
):
    eve = store.load("Eve")
    alone = eve.samples.take(eve.samples.labels == len(EMOTIONS))  # cannot be told from others
    store.save(new_profile("Eve", eve.model, alone, keep_pictures=False), overwrite=True)
    window = open_window("Eve")
    window.look()
    window.keys["8"]()
    window.learned("Wink: learned from 1 frames; nothing is corrected")
    with pseudo_language():
        assert untranslated(translated(window.messages.texts[-1])) == ["Wink"]


def test_another_profile_is_chosen_while_the_window_goes_on(open_window, ada, wink):
    window = open_window()
    choice = window.choice()
    (setting,) = choice.settings()
    assert setting.row().value == "none" and window.profiles() == ["", ""]
    setting.change(1)
    assert window.profiles() == ["Ada", ""] and window.teaching.name == "Ada"
    assert setting.row().value == "Ada" and choice.values() == {"profile": "Ada"}
    setting.change(1)
    assert "has labels of its own (wink): start with --profile" in window.messages.texts[-1]
    assert window.profiles() == ["", ""] and window.teaching.name == "", "Eve is passed over"
    assert choice.values() == {"profile": ""}
    setting.change(1)
    window.look()
    window.keys["1"]()
    window.learned("Angry: learned from")
    window.teaching.close()
    assert store.load("Ada").samples.counts.keys() == {"happy", "angry"}


def test_labels_of_ones_own_stay_with_a_profile_without_them(open_window, ada, wink):
    window = open_window("Eve")
    choice = window.choice()
    (setting,) = choice.settings()
    for expected in ("", "Ada", "", "Eve"):
        setting.change(-1 if expected == "Eve" else 1 - 2 * (choice.values() == {"profile": "Ada"}))
        assert window.teaching.name == expected
        assert window.look().tracks[0].smoothed.labels == (*EMOTIONS, "wink")
        window.keys["8"]()
        if expected != "Eve":
            assert window.messages.texts[-1] == "Wink is no label of the profile in use"
    window.learned("Wink: learned from")


def test_what_was_taught_before_another_profile_was_chosen_is_kept(open_window, ada):
    window = open_window()
    window.look()
    window.keys["1"]()
    (setting,) = window.choice().settings()
    setting.change(1)
    assert window.messages.profile.samples.counts.keys() == {"angry"}
    assert {"Ada", window.messages.profile.name} == set(store.names())
    choice = window.choice()
    (setting,) = choice.settings()
    while window.teaching.name != window.messages.profile.name:
        setting.change(1)
    assert choice.values() == {}, "it is given another name in the end"
    window.look()
    window.keys["n"]()
    setting.change(1)
    assert window.teaching.resting is None
    setting.change(-1)
    window.look()
    window.keys["4"]()
    window.learned("Happy: learned from")
    window.teaching.close()
    assert window.messages.profile.samples.counts.keys() == {"angry", "happy"}


def test_nothing_is_learned_while_an_uncorrected_log_is_written(open_window):
    window = open_window(log=Path("log.csv"))
    before = window.look().tracks[0].raw
    for key in ("1", "n"):
        window.keys[key]()
        assert window.messages.texts[-1] == FIXED
    assert window.teaching.resting is None
    window.teaching.close()
    assert store.names() == []
    assert window.look().tracks[0].raw.of("angry") == pytest.approx(before.of("angry"), abs=1e-4)
