"""A profile in its file: whole, without pictures unless asked for, and for one model only."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

import numpy as np
import pytest
from support.faces import drawn
from support.people import made_up

from emoapp.classifiers import open_classifier
from emoapp.cli import main
from emoapp.errors import OutputExistsError, ProfileError, UsageError
from emoapp.labels import EMOTIONS
from emoapp.profiles import store
from emoapp.profiles.collect import Collected
from emoapp.profiles.measuring import measure
from emoapp.profiles.profile import ARRAYS, for_model, new_profile, read_profile
from emoapp.profiles.samples import sample
from emoapp.profiles.use import load_for, split_spec


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


@pytest.fixture(scope="module")
def classifier():
    with open_classifier(device="cpu") as opened:
        yield opened


@pytest.fixture(scope="module")
def crops():
    rng = np.random.default_rng(0)
    faces = [drawn(name) for name in ("happy", "surprise") for _ in range(4)]
    noise = rng.normal(0, 12, (8, 48, 48))
    return np.clip(np.stack(faces) + noise, 0, 255).astype(np.uint8)


def learned(classifier, crops, *, keep_pictures=False, model=None):
    # All are said to be surprised but look happy or surprised; and the other way round.
    labels = [EMOTIONS.index("surprise")] * 4 + [EMOTIONS.index("happy")] * 4
    samples = sample(classifier, crops, labels, groups=list(range(8)))
    model = model or classifier.description.checksum
    return new_profile("me", model, samples, keep_pictures=keep_pictures)


@pytest.mark.parametrize("keep_pictures", [False, True])
def test_what_is_written_is_read(folder, classifier, crops, keep_pictures):
    profile = learned(classifier, crops, keep_pictures=keep_pictures)
    path = store.save(profile)
    assert [path] == list(folder.iterdir()) and store.names() == ["me"]
    again = store.load("me")
    assert (again.name, again.model, again.figures) == ("me", profile.model, profile.figures)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again.samples, name), getattr(profile.samples, name))
    assert (again.samples.crops is not None) == keep_pictures
    probabilities, features = classifier.classify_with_features(crops)
    corrected = profile.correct(crops, probabilities, features)
    assert np.abs(corrected - probabilities).max() > 0.01
    np.testing.assert_array_equal(again.correct(crops, probabilities, features), corrected)


def test_no_picture_is_kept_unasked(folder, classifier, crops):
    with np.load(store.save(learned(classifier, crops))) as content:
        assert "crops" not in content and content["looks"].shape[1] < 48 * 48
        assert all(content[name].dtype != np.uint8 for name in content)


def test_nothing_is_replaced_unasked_and_nothing_stays(folder, classifier, crops):
    profile = learned(classifier, crops)
    store.save(profile)
    with pytest.raises(OutputExistsError):
        store.save(profile)
    store.save(profile, overwrite=True)
    store.delete("me")
    assert list(folder.iterdir()) == []
    with pytest.raises(ProfileError, match="there is no profile 'me'"):
        store.delete("me")


def test_with_another_model_it_says_that_it_must_be_learned_again(classifier, crops):
    profile = learned(classifier, crops, model="another")
    with pytest.raises(ProfileError, match=r"another model; learn it again.*--keep-pictures"):
        for_model(profile, classifier)


def test_kept_pictures_are_learned_again(classifier, crops):
    store.save(learned(classifier, crops, keep_pictures=True, model="another"))
    profile = load_for("me", classifier)
    assert profile.model == store.load("me").model == classifier.description.checksum
    expected = learned(classifier, crops, keep_pictures=True)
    np.testing.assert_array_equal(profile.samples.features, expected.samples.features)
    assert profile.figures == expected.figures
    assert load_for("me", classifier).figures == profile.figures


def test_contempt_beside_the_seven_changes_nothing_for_the_profile(classifier, crops):
    profile = learned(classifier, crops)
    with open_classifier(device="cpu", contempt=True) as eight:
        assert for_model(profile, eight) is profile
        probabilities, features = eight.classify_with_features(crops)
        corrected = profile.correct(crops, probabilities, features)
    assert corrected.shape == (8, 8)
    np.testing.assert_allclose(corrected.sum(axis=1), 1, atol=1e-5)


def test_a_profile_is_measured_on_pictures_of_some_of_its_own_labels(classifier, crops):
    own = "wink", "bored"
    faces = np.concatenate([crops, crops[4:, ::-1]])
    labels = [EMOTIONS.index("happy")] * 4 + [len(EMOTIONS) + 1] * 4 + [len(EMOTIONS)] * 4
    samples = sample(classifier, faces, labels, groups=list(range(12)), own=own)
    profile = new_profile("me", classifier.description.checksum, samples, keep_pictures=False)
    bored = Collected(list(crops[4:]), ["bored"] * 4, times=[0.0] * 4)
    figures = measure(profile, bored.samples(classifier, profile.own_labels)).as_dict()
    assert (figures["accuracy_without"], figures["accuracy"]) == (0, 1)


def test_a_model_without_features_gets_a_bias():
    samples = replace(
        made_up(dict.fromkeys(EMOTIONS, 6), bias={"sad": 3.0}),
        features=np.empty((42, 0), np.float32),
    )
    profile = new_profile("me", "x", samples, keep_pictures=False)
    assert profile.correction is not None
    after = profile.correction.apply(samples.probabilities, samples.features)
    assert after[:, EMOTIONS.index("sad")].mean() < samples.probabilities[:, 4].mean()


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_named(folder, content):
    folder.mkdir()
    (folder / "me.npz").write_bytes(content)
    with pytest.raises(ProfileError, match=r"me\.npz: not a profile"):
        store.load("me")
    with pytest.raises(ProfileError, match="no such profile"):
        read_profile(folder / "none.npz")


def test_a_file_that_is_damaged_anywhere_is_named(classifier, crops, capsys):
    path = store.save(learned(classifier, crops))
    whole, rng = path.read_bytes(), random.Random(4)
    # Most of what can go wrong does so at the beginning or in the list at the end.
    ends = [*range(300), *range(len(whole) - 600, len(whole))]
    for place in (*ends, *rng.sample(range(len(whole)), 300)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged if place % 5 else damaged[:place])
        with contextlib.suppress(ProfileError):
            store.load("me")
    path.write_bytes(whole[:200] + b"\0\0\0\0" + whole[204:])
    assert main(["profile", "list"]) == 0
    assert "cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", ".hidden", "x" * 61, "a=b", "\n"])
def test_names_that_are_none(name):
    with pytest.raises(UsageError, match="no name for a profile"):
        store.path_of(name)


def test_every_profile_that_is_saved_is_listed(folder, classifier, crops):
    profile = learned(classifier, crops)
    names = ["emoapp me", "emoapp-half", "प्रिया"]
    for name in names:
        store.save(replace(profile, name=name))
    for name in ("emoapp-half.me.npz", "emoapp-half-2.me.npz"):
        (folder / name).touch()
    assert store.names() == sorted(names)


def test_the_words_of_the_option():
    assert split_spec("me") == ("me", None) and split_spec("me=2") == ("me", 2)
    for wrong in ("me=", "me=0", "me=x", "me=²"):
        with pytest.raises(UsageError, match="number of a track"):
            split_spec(wrong)
