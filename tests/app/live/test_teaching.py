"""Keys and clicks that teach: whose profile it is, and what they teach, on real faces."""

from __future__ import annotations

import time

import numpy as np
import pytest
from support.faces import portrait

from emoapp import EMOTIONS
from emoapp.app.live.messages import Messages
from emoapp.app.live.teaching import LOST_S, Teaching
from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.profiles import store
from emoapp.profiles.lessons import Observation, one_moment, samples_of
from emoapp.profiles.profile import new_profile
from emoapp.profiles.use import open_corrector
from emoapp.types import Frame


class Notices(Messages):
    """Keeps the notices."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def notice(self, text: str, **options) -> None:
        self.texts.append(text)


class Window:
    """Frames with the portrait, and with it half as large beside it, for a `Teaching`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.messages, self.t = pipeline, Notices(), 0.0
        self.teaching = Teaching(self.messages)
        self.keys = self.teaching.begin(pipeline)

    def look(self, faces: int = 2, seconds: float = 0.1):
        picture = portrait()
        half = np.zeros_like(picture)
        half[:256, :256] = picture[::2, ::2]
        self.t += seconds
        result = self.pipeline.process(Frame(np.hstack([picture, half * (faces > 1)]), 0, self.t))
        self.teaching.see(result)
        return result

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

    def begin(profile: str | None = None, *, contempt: bool = False) -> Window:
        classifier = open_classifier(device="cpu", contempt=contempt)
        corrector = open_corrector(profile, classifier) if profile else None
        pipeline = Pipeline(open_detector("blazeface"), classifier, corrector=corrector)
        opened.append(pipeline)
        return Window(pipeline)

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


def test_a_label_of_ones_own_has_a_key(open_window):
    seen = Observation(np.zeros((48, 48), np.uint8), np.full(7, 1 / 7, np.float32),
                       np.zeros(256, np.float32), 0.0)  # fmt: skip
    with open_classifier(device="cpu") as classifier:
        model = classifier.description.checksum
    lessons = [one_moment("happy", [seen]), one_moment("wink", [seen])]
    open_window()  # sets the folder
    store.save(new_profile("Ada", model, samples_of(lessons, EMOTIONS, ("wink",)),
                           keep_pictures=False))  # fmt: skip
    window = open_window("Ada")
    assert window.look().tracks[0].raw.labels == (*EMOTIONS, "wink")
    window.keys["8"]()
    window.learned("Wink: learned from")
    window.teaching.close()
    assert store.load("Ada").samples.counts == {"happy": 1, "wink": 2}
