"""Drawing results on pictures of their own."""

from __future__ import annotations

from itertools import islice

import cv2
import numpy as np
import pytest
from support.drawing import make_result, make_track

from emoapp.app.rendering import Renderer
from emoapp.config import OVERLAYS, OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay, Status
from emoapp.privacy.redactor import FaceRedactor
from emoapp.sources import open_source

STATUS = Status(fps=30.0, faces=1)


def rendered(parts: OverlayConfig, **options) -> np.ndarray:
    image = np.full((360, 640, 3), 90, np.uint8)
    result = make_result(image, make_track(1, (250, 100, 350, 200)))
    return Renderer(Overlay(EMOTIONS, parts)).render(result, STATUS, now=0.0, **options).bgr()


def test_the_frame_stays_as_it_is_in_whatever_form(demo):
    with open_source(demo) as source:
        for frame in islice(source, 2):
            before = frame.image.copy()
            result = make_result(frame.pixels, make_track(1, (500, 200, 700, 400)))
            for reuse in (False, True):
                renderer = Renderer(Overlay(EMOTIONS), FaceRedactor(), reuse=reuse)
                for size_wh in (None, (1280, 720), (640, 360), (1920, 1080)):
                    picture = renderer.render(result, STATUS, now=0.0, size_wh=size_wh)
                    assert picture.size_wh == (size_wh or frame.size_wh)
                    assert not np.array_equal(picture.bgr(), before)
                    assert np.array_equal(frame.image, before)


@pytest.mark.parametrize("size_wh", [(320, 180), (1280, 720), (2560, 1440)])
def test_the_overlay_has_the_resolution_of_the_picture(size_wh):
    """Enlarging a drawn picture would blur its edges, and shrinking it its letters."""
    drawn = rendered(OverlayConfig(), size_wh=size_wh)
    plain = rendered(OVERLAYS["none"], size_wh=size_wh)
    assert (plain == 90).all()
    small = rendered(OverlayConfig())
    scaled = cv2.resize(small, size_wh, interpolation=cv2.INTER_LINEAR)
    sharpness = [np.abs(np.diff(image.astype(int), axis=1)).max() for image in (drawn, scaled)]
    if size_wh[0] > 640:
        assert sharpness[0] > 1.3 * sharpness[1]
    assert np.abs(drawn.astype(int) - scaled).mean() > 0.5


def test_each_choice_of_the_overlay_draws_less_than_the_one_before():
    ink = {name: int((rendered(parts) != 90).any(axis=2).sum()) for name, parts in OVERLAYS.items()}
    assert list(ink) == ["full", "labels", "boxes", "none"]
    assert ink["full"] > 3 * ink["labels"] > 3 * ink["boxes"] > 0 == ink["none"]
    for part in ("bars", "status"):
        assert (rendered(OverlayConfig(**{part: False})) != rendered(OverlayConfig())).any()


def test_the_redactor_hides_in_each_copy_of_a_frame_alike():
    image = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    result = make_result(image, make_track(1, (250, 100, 350, 200)))
    redactor = FaceRedactor()
    first, second = (
        Renderer(Overlay(EMOTIONS, OVERLAYS["none"]), redactor).render(result, STATUS, now=0.0)
        for _ in range(2)
    )
    assert np.array_equal(first.bgr(), second.bgr())
    changed = (first.bgr() != image).any(axis=2)
    assert changed[120:180, 260:340].mean() > 0.9 and not changed[:60].any()


def test_what_is_hidden_moves_with_a_picture_that_is_mirrored():
    """The same picture with the same time, in a folder of pictures; and the next one."""
    rng = np.random.default_rng(0)
    redactor = FaceRedactor(remember=False)

    def hidden(box, t=0.0):
        image = rng.integers(0, 256, (360, 640, 3), np.uint8)
        renderer = Renderer(Overlay(EMOTIONS, OVERLAYS["none"]), redactor)
        tracks = [make_track(1, box)] if box else []
        after = renderer.render(make_result(image, *tracks, t=t), STATUS, now=0.0)
        return (after.bgr() != image).any(axis=2)

    left, right = np.s_[120:180, 60:140], np.s_[120:180, 500:580]
    assert hidden((50, 100, 150, 200))[left].mean() > 0.9
    mirrored = hidden((490, 100, 590, 200))
    assert mirrored[right].mean() > 0.9 and not mirrored[left].any()
    assert not hidden(None, t=1.0).any(), "another picture, with nobody in it"
