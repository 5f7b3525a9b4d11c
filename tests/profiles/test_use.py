"""A profile in use: it corrects one face, and says so."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from support.faces import portrait

from emoapp import EMOTIONS, EmotionRecognizer
from emoapp.alignment.align import align
from emoapp.classifiers import open_classifier
from emoapp.cli import main
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.profiles import store
from emoapp.profiles.profile import new_profile
from emoapp.profiles.samples import sample
from emoapp.profiles.use import open_corrector
from emoapp.report.reading import read_logs
from emoapp.types import Frame

HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")


@pytest.fixture(scope="module", autouse=True)
def wrong_on_purpose(tmp_path_factory):
    """A profile that takes the portrait's smile for a neutral face."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path_factory.mktemp("profiles")))
        with open_detector("blazeface") as detector, open_classifier(device="cpu") as classifier:
            crop = align(portrait(), detector.detect(portrait())[:1])[0]
            dim = np.stack([crop, crop // 2 + 60, crop // 3 + 90] * 2)
            noisy = np.stack([np.roll(face, k % 3 - 1, axis=1) for k, face in enumerate(dim)])
            labels = [NEUTRAL] * 6 + [HAPPY] * 2
            flat = np.full((2, 48, 48), 128, np.uint8)
            crops = np.concatenate([noisy, flat])
            samples = sample(classifier, crops, labels, groups=list(range(8)))
            profile = new_profile(
                "smiler", classifier.description.checksum, samples, keep_pictures=False
            )
        assert profile.correction is not None
        store.save(profile)
        yield


def two_faces() -> np.ndarray:
    """The portrait beside itself, half as large."""
    picture = portrait()
    half = np.zeros_like(picture)
    half[:256, :256] = picture[::2, ::2]
    return np.hstack([picture, half])


def neutral(track) -> float:
    return track.raw.of("neutral")


def test_in_python_it_corrects_the_largest_face():
    with EmotionRecognizer() as plain, EmotionRecognizer(profile="smiler") as own:
        before, after = plain.analyze(two_faces()), own.analyze(two_faces())
        assert len(before) == len(after) == 2
    assert neutral(after[0]) > neutral(before[0]) + 0.1
    np.testing.assert_array_equal(after[1].raw.probabilities, before[1].raw.probabilities)
    assert [track.profile for track in after] == ["smiler", ""]
    assert [track.profile for track in before] == ["", ""]


def test_a_track_or_the_followed_face():
    with EmotionRecognizer(profile="smiler=2") as own:
        assert [track.profile for track in own.analyze(two_faces())] == ["", "smiler"]
    with open_classifier(device="cpu") as classifier:
        corrector = open_corrector("smiler", classifier)
        pipeline = Pipeline(open_detector("blazeface"), classifier, corrector=corrector)
        first = pipeline.process(Frame(two_faces(), 0, 0.0))
        pipeline.follow(2)
        second = pipeline.process(Frame(two_faces(), 1, 0.1))
        assert [track.profile for track in first.tracks] == ["smiler", ""]
        assert [track.profile for track in second.tracks] == ["", "smiler"]
        rows = second.to_dicts()
        assert [row["profile"] for row in rows] == [None, "smiler"]


def test_a_log_has_the_column_only_with_a_profile(clip, tmp_path, capsys):
    for words, found in (([], False), (["--profile", "smiler"], True)):
        log = tmp_path / f"{found}.csv"
        assert main(["video", str(clip), "--no-frames", "--log", str(log), *words]) == 0
        with log.open(newline="") as file:
            columns = next(csv.reader(file))
        assert ("profile" in columns) == found
    assert columns[-1] == "profile"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_report_of_a_log_names_the_profile_even_a_number(demo, tmp_path, suffix):
    pytest.importorskip("pyarrow")
    store.save(replace(store.load("smiler"), name="007"), overwrite=True)
    log = tmp_path / f"log.{suffix}"
    words = ["--no-frames", "--log", str(log), "--profile", "007", "--frames", "3"]
    assert main(["video", str(demo), *words]) == 0
    store.delete("007")
    (read,) = read_logs(log)
    assert set(read.faces["profile"]) == {"007"}
    assert read.about is not None and read.about.profile == "007"


@pytest.mark.logs_errors
def test_an_unknown_profile_is_named(clip, tmp_path, capsys):
    words = ["--no-frames", "--log", str(tmp_path / "a.csv"), "--profile", "nobody"]
    assert main(["video", str(clip), *words]) == 1
    assert "there is no profile 'nobody'; there are smiler" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_without_a_profile_the_classifier_is_called_as_before(monkeypatch):
    from emoapp.classifiers.litert import LiteRTClassifier

    def never(*_):
        raise AssertionError("features are for profiles alone")

    with EmotionRecognizer() as plain:
        expected = plain.analyze(portrait())
        monkeypatch.setattr(
            LiteRTClassifier,
            "classify",
            lambda self, crops: self.mix(self.by_head(crops)) if len(crops) else crops,
        )
        monkeypatch.setattr(LiteRTClassifier, "classify_with_features", never)
        (track,) = plain.analyze(portrait())
    np.testing.assert_array_equal(track.raw.probabilities, expected[0].raw.probabilities)
