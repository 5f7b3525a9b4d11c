"""Every detector keeps the same promises."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from support.faces import EYES, portrait
from support.paths import SHARED

from emoapp.detectors import DETECTORS, EXTRAS, next_detector, open_detector
from emoapp.errors import ClosedError, EmoappError, NotInstalledError, UsageError
from emoapp.sources import open_source


@pytest.fixture(params=list(DETECTORS))
def detector(request):
    yield from opened(request.param)


@pytest.fixture(params=["blazeface", "mediapipe"])
def searching(request):
    """Those detectors that follow faces from picture to picture."""
    yield from opened(request.param)


def opened(name: str):
    if name in EXTRAS:
        pytest.importorskip(name)
    with open_detector(name) as detector:
        yield detector


def placed(scale: float, corner: tuple[int, int]) -> np.ndarray:
    """The portrait somewhere in a gray 1280x720 picture."""
    picture = np.full((720, 1280, 3), 120, np.uint8)
    small = cv2.resize(portrait(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    x, y = corner
    picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    return picture


@pytest.mark.parametrize("scale, corner", [(1.0, (100, 100)), (1.4, (500, 0)), (1.2, (620, 80))])
def test_finds_the_one_face_where_it_is(detector, scale, corner):
    (face,) = detector.detect(placed(scale, corner))
    between_eyes = EYES.mean(axis=0) * scale + corner
    assert face.box.x0 < between_eyes[0] < face.box.x1
    assert face.box.y0 < between_eyes[1] < face.box.y1
    assert 60 * scale < face.box.width < 220 * scale
    assert 0 < face.score <= 1
    if face.eyes is not None:
        np.testing.assert_allclose(face.eyes, EYES * scale + corner, atol=8 * scale)


def test_a_fork_remembers_pictures_of_its_own(detector):
    picture = placed(1.0, (100, 100))
    (alone,) = detector.detect(picture)
    fork = detector.fork()
    detector.reset()
    for other in (placed(1.4, (500, 0)), placed(1.2, (620, 80))):
        assert len(fork.detect(other)) == 1
    (again,) = detector.detect(picture)
    assert again.box == alone.box
    fork.close()
    assert len(detector.detect(picture)) == 1, "closing a fork closes nothing else"


def test_after_close_it_says_so(detector):
    fork = detector.fork()
    detector.close()
    detector.close()
    for closed in (detector, fork):
        with pytest.raises(ClosedError, match=f"detector {detector.name} is closed"):
            closed.detect(placed(1.0, (100, 100)))


def test_two_faces_largest_first(detector):
    picture = placed(0.9, (50, 200))
    picture[:600, 650:1250] = cv2.resize(portrait(), (600, 600))
    first, second = detector.detect(picture)
    assert first.box.area > second.box.area
    assert first.box.x0 > 640 > second.box.x1


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((720, 1280, 3), np.uint8),
        np.full((1, 1, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8),
    ],
    ids=["black", "one pixel", "noise"],
)
def test_no_face_is_an_empty_list(detector, picture):
    assert detector.detect(picture) == []


def test_does_not_change_the_picture_and_may_be_closed_twice(detector):
    picture = portrait()
    detector.detect(picture)
    np.testing.assert_array_equal(picture, portrait())
    assert picture.flags.writeable
    detector.close()
    detector.close()


def test_unknown_and_failing_detectors_say_why(monkeypatch):
    with pytest.raises(UsageError, match="blazeface, mediapipe, haar"):
        open_detector("dlib")

    def broken():
        raise ModuleNotFoundError("No module of that name")

    for name in ("blazeface", "mediapipe"):
        monkeypatch.setitem(DETECTORS, name, broken)
    with pytest.raises(EmoappError, match="No module of that name; `emoapp doctor` says more"):
        open_detector("blazeface")  # a name that was given never falls back
    with pytest.raises(NotInstalledError, match=r"pip install 'emoapp\[mediapipe\]'"):
        open_detector("mediapipe")
    with open_detector("auto") as detector:
        assert detector.name == "haar"
    monkeypatch.setitem(DETECTORS, "haar", broken)
    with pytest.raises(EmoappError, match=r"(?s)blazeface.*mediapipe.*haar"):
        open_detector("auto")


def test_the_next_detector_is_the_next_that_works(monkeypatch):
    def missing():
        raise ModuleNotFoundError("No module named 'mediapipe'")

    def broken():
        raise RuntimeError("its model is gone")

    monkeypatch.setitem(DETECTORS, "mediapipe", missing)
    failures = []
    for before, after in {"blazeface": "haar", "haar": "blazeface"}.items():
        with next_detector(before, failures) as detector:
            assert detector.name == after
    assert not failures, "what was never installed is no failure"

    monkeypatch.setitem(DETECTORS, "mediapipe", broken)
    with next_detector("blazeface", failures) as detector:
        assert detector.name == "haar"
    (failure,) = failures
    assert "its model is gone" in str(failure)

    monkeypatch.setitem(DETECTORS, "haar", broken)
    with pytest.raises(EmoappError, match=r"no other .*mediapipe.*haar"):
        next_detector("blazeface", [])


def test_a_face_that_fills_the_picture_is_found(searching):
    close_up = cv2.resize(portrait()[58:188, 160:290], (720, 720))
    (face,) = searching.detect(close_up)
    assert face.box.width > 400


def four_small(step: int, *, gone: int | None = None) -> np.ndarray:
    """Four people in 1280x720, who all move a little; one may be gone."""
    picture = np.full((720, 1280, 3), 120, np.uint8)
    small = cv2.resize(portrait()[:330], (400, 258), interpolation=cv2.INTER_AREA)
    for place in range(4):
        if place != gone:
            y, x = 20 + 360 * (place // 2) + step, 60 + 600 * (place % 2) + 3 * step
            picture[y : y + 258, x : x + 400] = small
    return picture


def test_small_faces_are_followed_and_whoever_leaves_is_dropped(searching):
    for step in range(10, 40):
        faces = searching.detect(four_small(step))
        assert len(faces) == 4, step
        middles = sorted(face.eyes.mean(axis=0)[0] for face in faces)
        assert middles[1] - middles[0] < 60 and middles[2] - middles[1] > 500
    for step in range(40, 50):
        faces = searching.detect(four_small(step, gone=2))
        assert len(faces) == 3, step


def test_somebody_who_comes_is_found_within_a_second(searching):
    """Also a small face, which only one of the parts shows."""
    for step in range(10):
        assert len(searching.detect(four_small(step, gone=3))) == 3
    counts = [len(searching.detect(four_small(step))) for step in range(10, 40)]
    assert counts.count(4) >= 6 and counts == sorted(counts)


@pytest.mark.skipif(not (SHARED / "samples").exists(), reason="needs ../shared/samples")
def test_small_faces_in_a_group(searching):
    faces = searching.detect(cv2.imread(str(SHARED / "samples" / "group.jpg")))
    assert len(faces) == 5


@pytest.mark.skipif(not (SHARED / "samples").exists(), reason="needs ../shared/samples")
@pytest.mark.parametrize("clip, faces_until", [("no_face.mp4", 0), ("face_then_none.mov", 72)])
def test_no_face_in_a_cartoon(searching, clip, faces_until):
    with open_source(SHARED / "samples" / clip) as source:
        found = [len(searching.detect(frame.image)) for frame in source]
    assert found[:faces_until] == [1] * faces_until
    assert sum(found[faces_until:]) == 0
