"""What a key teaches: learned in the background, taken back, kept in a file or not."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from support.faces import drawn

from emoapp.app.live.resting import RestingFace
from emoapp.labels import EMOTIONS
from emoapp.profiles import learner as learner_module
from emoapp.profiles import store
from emoapp.profiles.learner import Learner
from emoapp.profiles.lessons import Observation, blocks, one_moment, samples_of
from emoapp.profiles.live import LiveCorrector
from emoapp.profiles.profile import new_profile

SAD, NEUTRAL = EMOTIONS.index("sad"), EMOTIONS.index("neutral")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


def resting(count: int = 8, *, start: float = 0.0) -> tuple[Observation, ...]:
    """A resting face that the network takes for a sad one."""
    rng = np.random.default_rng(0)
    shares = np.full(7, 0.04, np.float32)
    shares[SAD], shares[NEUTRAL] = 0.5, 0.3
    return tuple(
        Observation(drawn("happy"), shares, rng.normal(0, 1, 16).astype(np.float32), start + n / 10)
        for n in range(count)
    )


def corrected(profile, seen) -> np.ndarray:
    return profile.correct(seen.crop[None], seen.probabilities[None], seen.features[None])[0]


def test_a_resting_face_is_no_longer_sad_and_a_sad_one_still_is():
    samples = samples_of([blocks("neutral", resting(20), 0.5)], EMOTIONS)
    profile = new_profile("me", "model", samples, keep_pictures=False, provisional=True)
    assert corrected(profile, resting()[0]).argmax() == NEUTRAL
    shares = np.full(7, 0.02, np.float32)
    shares[SAD], shares[NEUTRAL] = 0.82, 0.08
    sad = Observation(drawn("happy"), shares, resting()[0].features, 0.0)
    assert corrected(profile, sad).argmax() == SAD
    store.save(profile)
    np.testing.assert_array_equal(
        corrected(store.load("me"), resting()[0]), corrected(profile, resting()[0])
    )
    # Photographs of one label are only learned from where they can be checked.
    assert new_profile("me", "model", samples_of([one_moment("neutral", resting())], EMOTIONS),
                       keep_pictures=False).correction is None  # fmt: skip


def test_it_learns_while_frames_go_on(monkeypatch):
    go_on, begun = threading.Event(), threading.Event()

    def slowly(*args, **options):
        begun.set()
        assert go_on.wait(30)
        return new_profile(*args, **options)

    monkeypatch.setattr(learner_module, "new_profile", slowly)
    learner, corrector, taken = Learner("me", "model", EMOTIONS, None), LiveCorrector(), []
    learner.add(one_moment("neutral", resting()))
    assert begun.wait(30)
    learner.add(one_moment("neutral", resting(start=5)))
    seen = resting()[0]
    for _ in range(20):  # frames are corrected as before, and nobody waits
        assert not learner.poll(taken.append) and not taken
        rows = corrector.correct(seen.crop[None], seen.probabilities[None], seen.features[None])
        assert rows[0].argmax() == SAD
    go_on.set()
    learner.close(taken.append)
    assert len(taken[-1].samples) == 16, "what came meanwhile is learned too"
    corrector.profile = taken[-1]
    rows = corrector.correct(seen.crop[None], seen.probabilities[None], seen.features[None])
    assert rows[0].argmax() == NEUTRAL


def test_what_is_taken_back_leaves_nothing(folder):
    learner, taken = Learner("me", "model", EMOTIONS, None), []
    learner.add(one_moment("neutral", resting()))
    while not learner.poll(taken.append):
        pass
    assert [path.name for path in folder.iterdir()] == ["me.npz"]
    with np.load(folder / "me.npz") as content:
        assert "crops" not in content, "no picture is kept"
    assert learner.take_back().label == "neutral" and learner.take_back() is None
    learner.close(taken.append)
    assert taken[-1] is None and list(folder.iterdir()) == []


def test_a_profile_learns_on_and_gives_it_back():
    base = new_profile("me", "model", samples_of([one_moment("happy", resting())], EMOTIONS),
                       keep_pictures=True)  # fmt: skip
    store.save(base)
    learner, taken = Learner("me", "model", EMOTIONS, base), []
    learner.add(one_moment("neutral", resting(start=9)))
    learner.close(taken.append)
    assert store.load("me").samples.counts == {"happy": 8, "neutral": 8}
    assert store.load("me").samples.crops is not None, "as the profile was made"
    assert len(np.unique(store.load("me").samples.groups)) == 2
    learner = Learner("me", "model", EMOTIONS, base)
    learner.add(one_moment("neutral", resting()))
    learner.take_back()
    learner.close(taken.append)
    assert taken[-1] is base and store.load("me").samples.counts == {"happy": 8}


def test_names_of_what_has_none():
    store.save(new_profile("now", "m", samples_of([one_moment("sad", resting())], EMOTIONS),
                           keep_pictures=False))  # fmt: skip
    assert store.unused_name("now") == "now 2" and store.unused_name("then") == "then"
    store.rename(store.load("now"), "Ada")
    assert store.names() == ["Ada"] and store.load("Ada").name == "Ada"


def test_three_seconds_of_a_resting_face_are_three_seconds_at_any_rate():
    for interval in (1, 2, 3):
        watched, frames = RestingFace(), 0
        while not watched.done:
            seen = resting(1, start=frames / 30)[0] if frames % interval == 0 else None
            watched.see(seen, "", now=frames / 30)
            frames += 1
        assert 2.9 < frames / 30 < 3.3
        assert len(watched.seen) > 20
    watched = RestingFace()
    for frame in range(300):
        watched.see(None, "Look ahead.", now=frame / 30)
    assert not watched.done
