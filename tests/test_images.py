"""BGR and YUV pictures: what is read from them, and what is drawn on them, is the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.faces import portrait

from emoapp.alignment.align import align
from emoapp.colorimetry import BT601, BT601_PAL, BT709, BT2020, UNSPECIFIED, Colorimetry
from emoapp.detectors import open_detector
from emoapp.images import BgrImage
from emoapp.overlay.blend import Layer, Painter
from emoapp.privacy import pixelate
from emoapp.sinks import open_recorder
from emoapp.sources import open_source
from emoapp.utils.geometry import iou
from emoapp.utils.libav import av
from emoapp.yuv import YuvImage

COLORIMETRIES = [
    Colorimetry(matrix, matrix, BT709, full_range)
    for matrix in (BT601, BT709)
    for full_range in (False, True)
]
colorimetries = st.sampled_from(COLORIMETRIES)

CLOSE = 4
"""Levels of 255 by which rounding to YUV and back may change a color."""


def smooth(width: int = 320, height: int = 180) -> np.ndarray:
    """A picture without edges of color, which YUV would blur."""
    y, x = np.mgrid[:height, :width]
    channels = (
        60 + x * 120 // width,
        200 - y * 120 // height,
        50 + (x + y) * 140 // (width + height),
    )
    return np.stack(channels, axis=-1).astype(np.uint8)


def to_yuv(bgr: np.ndarray, colorimetry: Colorimetry) -> av.VideoFrame:
    """What FFmpeg makes of a picture."""
    matrix = BT601_PAL if colorimetry.matrix == BT601 else colorimetry.matrix  # swscale's number
    return av.VideoFrame.from_ndarray(bgr, format="bgr24").reformat(
        format="yuv420p", dst_colorspace=matrix, dst_color_range=1 + colorimetry.full_range
    )


def yuv_of(bgr: np.ndarray, colorimetry: Colorimetry) -> YuvImage:
    return YuvImage(to_yuv(bgr, colorimetry).to_ndarray(), colorimetry)


def differ(one: np.ndarray, other: np.ndarray) -> int:
    """By how many levels at most; but for one pixel in a thousand, where edges are."""
    return int(np.quantile(cv2.absdiff(one, other), 0.999))


def write_video(path: Path, images: list[np.ndarray], colorimetry: Colorimetry) -> Path:
    """A video that says what its colors mean."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "4"})
        stream.height, stream.width = images[0].shape[:2]
        context = stream.codec_context
        context.colorspace, context.color_range = colorimetry.matrix, 1 + colorimetry.full_range
        context.color_primaries, context.color_trc = colorimetry.primaries, colorimetry.transfer
        for number, image in enumerate(images):
            frame = to_yuv(image, colorimetry)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@given(colorimetries, st.integers(0, 319), st.integers(0, 179), st.integers(1, 90))
@settings(max_examples=60, deadline=None)
def test_the_same_is_read_from_both(colorimetry, x0, y0, side):
    bgr = BgrImage(smooth())
    yuv = yuv_of(bgr.bgr(), colorimetry)
    assert yuv.size_wh == bgr.size_wh == (320, 180)
    assert differ(yuv.bgr(), bgr.bgr()) <= CLOSE
    part = x0, y0, min(320, x0 + side), min(180, y0 + side)
    assert yuv.gray(*part).shape == bgr.gray(*part).shape
    assert differ(yuv.gray(*part), bgr.gray(*part)) <= CLOSE
    small = 64 + side, 36 + side
    assert differ(yuv.resized(small), bgr.resized(small)) <= CLOSE
    turned = cv2.getRotationMatrix2D((x0, y0), side, 0.5 + side / 90)
    assert differ(yuv.warped(turned, (80, 60)), bgr.warped(turned, (80, 60))) <= CLOSE + 1


@given(
    colorimetries,
    st.integers(-60, 330),
    st.integers(-40, 190),
    st.integers(1, 90),
    st.integers(1, 50),
    st.tuples(*[st.integers(0, 255)] * 3),
)
@settings(max_examples=100, deadline=None)
def test_the_same_is_drawn_on_both(colorimetry, x, y, width, height, color):
    layer = Layer(width, height)
    layer.paint(np.full((height, width), 255, np.uint8), color, opacity=0.6)
    sprite, bgr = layer.sprite(), smooth()
    yuv = yuv_of(bgr, colorimetry)
    before = yuv.pixels.copy()
    for image in (bgr, yuv):
        painter = Painter(image)
        painter.paste(sprite, x, y)
    assert len(painter.touched) <= 1
    for x0, y0, x1, y1 in painter.touched:
        # At the edges YUV blurs colors; a stop below 0 would count from the picture's end.
        inside = slice(y0 + 4, max(0, y1 - 4)), slice(x0 + 4, max(0, x1 - 4))
        if bgr[inside].size:
            # One for rounding, one for colors outside of what YUV has.
            assert differ(yuv.bgr()[inside], bgr[inside]) <= CLOSE + 2
        yuv.planes[0][y0:y1, x0:x1] = before[y0:y1, x0:x1]
    np.testing.assert_array_equal(yuv.planes[0], before[:180])


def test_strokes_and_dimming_are_the_same_on_both():
    lines = np.array([[[30.0, 40.0], [200.5, 40.0], [200.5, 140.0]]])
    for colorimetry in COLORIMETRIES:
        bgr = smooth()
        yuv = yuv_of(bgr, colorimetry)
        for image in (bgr, yuv):
            painter = Painter(image)
            painter.strokes(lines, ((20, 200, 240), 8))
            painter.dim(0.5)
        assert differ(yuv.bgr()[36:44, 60:160], bgr[36:44, 60:160]) < 40, "the line"
        assert differ(yuv.bgr()[60:120, 60:160], bgr[60:120, 60:160]) <= CLOSE + 1
        for image in (bgr, yuv):
            Painter(image).gray(0.9)
        gray = yuv.bgr()
        assert np.ptp(gray, axis=-1).max() <= 1
        assert differ(gray[60:120, 60:160], bgr[60:120, 60:160]) <= CLOSE + 1


def test_a_face_hidden_in_yuv_is_found_by_nobody():
    for colorimetry in COLORIMETRIES[:3]:
        yuv = yuv_of(portrait(), colorimetry)
        with open_detector("blazeface") as detector:
            (face,) = detector.detect(yuv)
            pixelate(yuv, [face.box])
            detector.reset()
            assert all(iou(face.box, other.box) == 0 for other in detector.detect(yuv))


def test_faces_and_crops_are_the_same_in_both(demo):
    with (
        open_source(demo) as source,
        open_detector("blazeface") as detector,
        open_detector("blazeface") as other,
    ):
        assert source.colorimetry == Colorimetry(BT709, BT709, BT709)
        shared = []
        for _, frame in zip(range(60), source, strict=False):
            detector.reset(), other.reset()  # following feeds rounding back
            (face,), (again,) = detector.detect(frame.pixels), other.detect(frame.image)
            shared.append(iou(face.box, again.box))
            crop, same = (align(image, [face])[0] for image in (frame.pixels, frame.image))
            assert cv2.absdiff(crop, same).max() <= CLOSE
        # Not all: whether a face is looked at again hangs on the last digit of its score.
        assert np.median(shared) > 0.99


@pytest.mark.parametrize("colorimetry", COLORIMETRIES, ids=str)
def test_an_annotated_copy_keeps_the_colors(colorimetry, tmp_path):
    bars = np.full((180, 320, 3), (40, 60, 200), np.uint8)
    bars[:, 160:] = 180, 90, 30
    video = write_video(tmp_path / "in.mp4", [bars] * 3, colorimetry)
    copy = tmp_path / "out.mp4"
    with open_source(video) as source:
        assert source.colorimetry == colorimetry
        given = {"fps": source.fps, "size_wh": source.size_wh, "colorimetry": source.colorimetry}
        with open_recorder(copy, **given) as recorder:
            for frame in source:
                assert differ(frame.image[:, 20:140], bars[:, 20:140]) <= CLOSE
                recorder.write(frame.pixels, frame.t)
            with pytest.raises(ValueError, match="expected YUV"):
                recorder.write(BgrImage(bars), 9.0)
    with open_source(copy) as source:
        assert source.colorimetry == colorimetry
        assert differ(source.read().image[:, 20:140], bars[:, 20:140]) <= CLOSE + 1


def test_other_pixels_come_as_bgr(tmp_path):
    for name, size_wh, pixels in [
        ("odd.mkv", (101, 75), "yuv444p"),
        ("colors.mkv", (96, 64), "yuv444p"),
        ("deep.mkv", (96, 64), "yuv420p10le"),
    ]:
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream("libx264", rate=30)
            (stream.width, stream.height), stream.pix_fmt = size_wh, pixels
            frame = av.VideoFrame.from_ndarray(smooth(*size_wh), format="bgr24")
            container.mux(stream.encode(frame.reformat(format=pixels)))
            container.mux(stream.encode())
        with open_source(tmp_path / name) as source:
            assert source.colorimetry is None, name
            frame = source.read()
            assert isinstance(frame.pixels, BgrImage) and frame.size_wh == size_wh
            assert differ(frame.image, smooth(*size_wh)) <= 12


@pytest.mark.parametrize(
    "matrix, red, blue",
    # Rec. ITU-R BT.601-7, BT.709-6 and BT.2020-2: Y, Cb and Cr of pure colors, 8 bits.
    [
        (BT601, (81, 90, 240), (41, 240, 110)),
        (BT709, (63, 102, 240), (32, 240, 118)),
        (BT2020, (74, 97, 240), (29, 240, 119)),
    ],
)
def test_colors_are_those_of_the_standards(matrix, red, blue):
    image = YuvImage(np.zeros((6, 4), np.uint8), Colorimetry(matrix))
    for bgr, expected in (((0, 0, 255), red), ((255, 0, 0), blue)):
        np.testing.assert_allclose(np.ravel(image.color(bgr)), expected, atol=1)
        for plane, value in zip(image.planes, expected, strict=True):
            plane[:] = value
        assert differ(image.bgr(), np.full((4, 4, 3), bgr, np.uint8)) <= CLOSE
    assert image.color((255, 255, 255)) == [(235,), (128,), (128,)]


def test_what_is_no_yuv_is_refused():
    said = Colorimetry(UNSPECIFIED)
    assert said.is_known and not replace(said, matrix=8).is_known
    for wrong in (np.zeros((3, 3), np.uint8), np.zeros((6, 5), np.uint8), np.zeros((6, 4))):
        with pytest.raises(ValueError, match="pixels: expected uint8"):
            YuvImage(wrong, said)
