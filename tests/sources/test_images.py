"""Pictures as a source."""

from __future__ import annotations

import pytest
from support.pictures import number_of, picture

from emoapp.errors import SourceError
from emoapp.sources import open_source
from emoapp.sources.still import read_image


def test_pictures_come_in_order_of_name(folder):
    with open_source(folder) as source:
        frames = list(source)
    assert [number_of(frame.image) for frame in frames] == [0, 1, 3, 2]  # a, b, d, deeper/c
    assert [frame.t for frame in frames] == [0, 1, 2, 3]
    with open_source(folder / "*.??g") as source:
        assert source.frame_count == 2, "a pattern: a.png and b.jpg"


def test_exif_turns_the_picture(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    path = tmp_path / "Grüße.jpg"
    Image.fromarray(picture(9)[..., ::-1].copy()).save(path, exif=exif)
    image = read_image(path)
    assert image.shape == (320, 180, 3)
    assert image[20, -20, 2] > 200 > image[20, 20, 2], "the red corner is at the right now"


def test_a_broken_picture_among_good_ones_is_named(folder):
    (folder / "bb.png").write_bytes(b"hello")
    with open_source(folder) as source:
        source.read()
        source.read()
        with pytest.raises(SourceError, match=r"bb\.png"):
            source.read()
