"""Pictures of every kind are read right, or refused."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest
from PIL import Image
from support.pictures import picture

from emoapp.errors import SourceError
from emoapp.sources.still import read_image

RED, GREEN, GRAY, WHITE = (255, 0, 0), (0, 160, 0), (120, 120, 120), (255, 255, 255)


def flag(size_wh=(64, 40)) -> Image.Image:
    """Red at the top left, green at the top right, gray below."""
    width, height = size_wh
    rgb = np.full((height, width, 3), GRAY, np.uint8)
    rgb[: height // 2] = GREEN
    rgb[: height // 2, : width // 2] = RED
    return Image.fromarray(rgb)


def corners(path) -> list[tuple[int, ...]]:
    """The colors (red, green, blue) in the corners: top left and right, bottom left and right."""
    image = read_image(path)
    assert image.dtype == np.uint8 and image.flags.c_contiguous
    return [tuple(image[y, x, ::-1].tolist()) for y in (3, -4) for x in (3, -4)]


def near(expected) -> list:
    return [pytest.approx(color, abs=6) for color in expected]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [RED, GREEN, GRAY, GRAY]),
        (2, [GREEN, RED, GRAY, GRAY]),
        (3, [GRAY, GRAY, GREEN, RED]),
        (4, [GRAY, GRAY, RED, GREEN]),
        (5, [RED, GRAY, GREEN, GRAY]),
        (6, [GRAY, RED, GRAY, GREEN]),
        (7, [GRAY, GREEN, GRAY, RED]),
        (8, [GREEN, GRAY, RED, GRAY]),
    ],
)
def test_pictures_come_upright(tmp_path, suffix, orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    flag().save(path, exif=exif, quality=95)
    assert corners(path) == near(expected)


def _halves(mode: str) -> Image.Image:
    """The flag with its lower half transparent."""
    image = flag().convert(mode.removesuffix("A") or "L")
    alpha = np.full((40, 64), 255, np.uint8)
    alpha[20:] = 0
    image.putalpha(Image.fromarray(alpha))
    return image


def _gray(*values: int) -> list[tuple[int, int, int]]:
    return [(value,) * 3 for value in values]


@pytest.mark.parametrize(
    ("name", "make", "expected"),
    [
        ("rgb.bmp", flag, [RED, GREEN, GRAY, GRAY]),
        ("animated.gif", flag, [RED, GREEN, GRAY, GRAY]),
        ("phone.heic", flag, [RED, GREEN, GRAY, GRAY]),
        ("palette.png", lambda: flag().quantize(8), [RED, GREEN, GRAY, GRAY]),
        ("gray.png", lambda: flag().convert("L"), _gray(76, 94, 120, 120)),
        ("gray.jpg", lambda: flag().convert("L"), _gray(76, 94, 120, 120)),
        ("cmyk.jpg", lambda: flag().convert("CMYK"), [RED, GREEN, GRAY, GRAY]),
        ("cmyk.tif", lambda: flag().convert("CMYK"), [RED, GREEN, GRAY, GRAY]),
        ("alpha.png", lambda: _halves("RGBA"), [RED, GREEN, WHITE, WHITE]),
        ("alpha.webp", lambda: _halves("RGBA"), [RED, GREEN, WHITE, WHITE]),
        ("alpha.tif", lambda: _halves("RGBA"), [RED, GREEN, WHITE, WHITE]),
        ("gray_alpha.png", lambda: _halves("LA"), _gray(76, 94, 255, 255)),
        ("palette_alpha.png", lambda: _halves("RGBA").quantize(8), [RED, GREEN, WHITE, WHITE]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_picture_is_read_right(tmp_path, name, make, expected):
    path = tmp_path / name
    if name.endswith(".heic"):
        pytest.importorskip("pillow_heif").register_heif_opener()
    make().save(path, quality=95)
    assert corners(path) == near(expected)


@pytest.mark.parametrize("name", ["gray.png", "gray.tif", "color.png", "color.tif"])
def test_sixteen_bits_are_read_right(tmp_path, name):
    rgb = np.asarray(flag())
    values = rgb[..., 0] if name.startswith("gray") else rgb[..., ::-1]
    cv2.imwrite(str(tmp_path / name), values.astype(np.uint16) * 257)
    expected = _gray(255, 0, 120, 120) if values.ndim == 2 else [RED, GREEN, GRAY, GRAY]
    assert corners(tmp_path / name) == expected


def test_what_cannot_be_read_right_is_refused(tmp_path):
    floats = np.asarray(flag(), np.float32) / 255
    cv2.imwrite(str(tmp_path / "color32.tif"), floats)
    cv2.imwrite(str(tmp_path / "gray32.tif"), floats[..., 0])
    whole = tmp_path / "whole.jpg"
    Image.fromarray(picture(3)).save(whole)
    (tmp_path / "half.jpg").write_bytes(whole.read_bytes()[:-1000])
    for name, says in [
        ("color32.tif", "not a picture"),
        ("gray32.tif", "32 bits"),
        ("half.jpg", "its end is missing"),
    ]:
        with pytest.raises(SourceError, match=says) as error:
            read_image(tmp_path / name)
        assert name in str(error.value)


def test_without_its_library_a_phones_picture_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    path = tmp_path / "phone.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    with pytest.raises(SourceError, match=r"pip install .emoapp\[heic\]"):
        read_image(path)
