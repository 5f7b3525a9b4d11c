"""What profiles bring within one sitting: learned from one half of it, tested on the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from support.paths import SHARED
from support.sitting import hopper, moved, photographed

from emoapp.alignment.align import align
from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.images import as_image
from emoapp.labels import EMOTIONS
from emoapp.profiles import appearance
from emoapp.profiles.learning import learn
from emoapp.profiles.lessons import Lesson, Observation, blocks, one_moment, samples_of
from emoapp.profiles.samples import Samples
from emoapp.profiles.scores import balanced_accuracy, calibration_error
from emoapp.sources import open_source

PEOPLE, SAMPLES = SHARED / "people", SHARED / "samples"
FRAMES, STEP = 36, 3
"""Frames of a picture's movement, 20 a second, and every how many is looked at."""
TAKES = 6
"""Photographs of each label: half to learn from."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def watch():
    """watch(frames): the observations of the largest face."""
    with open_detector("blazeface") as detector, open_classifier(device="cpu") as classifier:

        def observe(frames: Iterable[np.ndarray]) -> list[Observation]:
            seen = []
            for number, frame in enumerate(frames):
                image = as_image(frame)
                faces = [] if number % STEP else detector.detect(image)
                if faces:
                    crops = align(image, faces[:1], classifier.description.crop_template)
                    rows, features = classifier.classify_with_features(crops)
                    seen.append(Observation(crops[0], rows[0], features[0], number / 20))
            return seen

        yield observe


def figures(first: list[Lesson], second: list[Lesson]) -> np.ndarray:
    """Learn from the first half and test on the second.

    Balanced accuracy, that among the labels, and calibration error, each without and with.
    """
    samples, rest = samples_of(first, EMOTIONS), samples_of(second, EMOTIONS)
    correction, after = learn(samples).correction, rest.probabilities
    if correction is not None:
        alike = appearance.similarity(rest.looks, samples.looks)
        after = correction.apply(rest.probabilities, rest.features, appearance.weight(alike))
    return np.ravel([_scores(rest, rows) for rows in (rest.probabilities, after)])


def _scores(samples: Samples, rows: np.ndarray) -> list[float]:
    only = np.unique(samples.labels)
    return [
        balanced_accuracy(rows, samples.labels),
        balanced_accuracy(rows, samples.labels, only=only),
        calibration_error(rows, samples.labels),
    ]


def say(name: str, found: np.ndarray) -> None:
    before, after = np.round(100 * found[:3], 1), np.round(100 * found[3:], 1)
    print(f"{name}: balanced, among its labels, calibration error: {before} -> {after}")


@pytest.mark.soak
@pytest.mark.skipif(not PEOPLE.is_dir(), reason="the photographs are not there")
def test_clips_of_four_people(watch):
    """Each label is shown in six moments: photographs that move, tilt, and change their light.

    First the halves have the same photographs, moved and lit otherwise, as in one sitting; then
    others, as on another day.
    """
    same, others = {}, {}
    for person in sorted(path for path in PEOPLE.iterdir() if path.is_dir()):
        takes: dict[tuple[str, int, int], list[Observation]] = {}
        for label, pictures in photographed(person, TAKES).items():
            for number, picture in enumerate(pictures):
                for half in (0, 1):
                    seed = 2 * number + half
                    found = watch(moved(picture, seed=seed, frames=FRAMES))
                    if found:
                        takes[label, number, half] = found
        lessons = {key: one_moment(key[0], seen) for key, seen in takes.items()}
        same[person.name] = figures(
            [lesson for (_, _, half), lesson in lessons.items() if half == 0],
            [lesson for (_, _, half), lesson in lessons.items() if half == 1],
        )
        others[person.name] = figures(
            [lesson for (_, number, _), lesson in lessons.items() if number % 2 == 0],
            [lesson for (_, number, _), lesson in lessons.items() if number % 2 == 1],
        )
    for kind, found in (("one sitting", same), ("another day", others)):
        for name, row in found.items():
            say(f"{kind}, {name}", row)
        say(f"{kind}, mean", np.mean(list(found.values()), axis=0))
    mean = np.mean(list(same.values()), axis=0)
    assert mean[3] > mean[0] + 0.05 and mean[4] > mean[1] + 0.05 and mean[5] < mean[2]
    assert np.mean([row[4] - row[1] for row in others.values()]) > -0.01


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample videos are not there")
def test_a_woman_who_weeps_and_laughs(watch):
    """Blocks of two seconds, every other one to learn from, with half a second between them."""
    lessons: list[Lesson] = []
    with open_source(SAMPLES / "crying.mp4") as source:
        frames = [(frame.t, frame.image) for frame in source]
    for label, start, end in (("sad", 0.0, 9.5), ("happy", 11.0, frames[-1][0])):
        for begin in np.arange(start, end - 1.9, 2.0):
            shown = [image for t, image in frames if begin <= t < begin + 1.5]
            seen = watch(shown)
            if seen:
                lessons.append(one_moment(label, seen))
    found = figures(lessons[::2], lessons[1::2])
    say("crying.mp4", found)
    assert found[3] >= found[0] and found[4] >= found[1] - 0.01


def test_a_portrait_that_moves(watch):
    """Grace Hopper with four expressions, warped from one photograph: right before and after."""
    shows = {label: pictures for label, pictures in hopper().items() if label != "wink"}
    halves = [
        [blocks(label, watch(moved(p[0], seed=half)), 0.5) for label, p in shows.items()]
        for half in (0, 1)
    ]
    found = figures(*halves)
    say("Grace Hopper", found)
    assert found[3] >= found[0] and found[5] < found[2]
