"""Video files: their times, their damage, and what is no video."""

from __future__ import annotations

import time
from fractions import Fraction

import cv2
import numpy as np
import pytest
from support.clips import write_clip
from support.pictures import number_of, picture

from emoapp.errors import SourceError
from emoapp.sources import open_source


def test_uneven_times_are_kept(tmp_path):
    times = [0.5, 0.54, 0.7, 1.2, 1.201, 3.0]
    with open_source(write_clip(tmp_path / "uneven.mp4", times)) as source:
        frames = list(source)
        assert [frame.t for frame in frames] == pytest.approx([t - 0.5 for t in times], abs=1e-6)
        assert [number_of(frame.image) for frame in frames] == [0, 1, 2, 3, 4, 5]


# (a, b; c, d): where the axes to the right and downwards go, each as (right, down).
@pytest.mark.parametrize(
    "matrix, expected",
    [
        ((0, 1, -1, 0), lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)),
        ((0, -1, 1, 0), lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)),
        ((-1, 0, 0, -1), lambda image: cv2.rotate(image, cv2.ROTATE_180)),
        ((-1, 0, 0, 1), lambda image: cv2.flip(image, 1)),
        ((1, 0, 0, -1), lambda image: cv2.flip(image, 0)),
        ((0, 1, 1, 0), lambda image: cv2.transpose(image)),
        ((0, -1, -1, 0), lambda image: cv2.rotate(cv2.transpose(image), cv2.ROTATE_180)),
    ],
)
def test_a_turned_or_mirrored_clip_comes_upright(clip, tmp_path, matrix, expected):
    data = bytearray(clip.read_bytes())
    place, one = data.index(b"tkhd") + 44, 1 << 16
    a, b, c, d = (number * one for number in matrix)
    numbers = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    data[place : place + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in numbers)
    (tmp_path / "turned.mp4").write_bytes(data)
    with open_source(clip) as upright, open_source(tmp_path / "turned.mp4") as source:
        image, wanted = source.read().image, expected(upright.read().image)
        assert source.size_wh == (wanted.shape[1], wanted.shape[0])
    assert image.shape == wanted.shape
    assert np.abs(image.astype(int) - wanted).mean() < 1


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuvj420p", "yuv422p"])
@pytest.mark.parametrize(
    "size_wh, ratio, square_wh",
    [((720, 576), (64, 45), (1024, 576)), ((720, 480), (8, 9), (720, 540)),
     ((320, 180), (1, 1), (320, 180)), ((320, 180), (4095, 4096), (320, 180))],
)  # fmt: skip
def test_pixels_become_square(tmp_path, size_wh, ratio, square_wh, pix_fmt):
    from emoapp.utils.libav import av

    whole = picture(0, square_wh)
    with av.open(str(tmp_path / "dv.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "5"})
        stream.width, stream.height = size_wh
        stream.pix_fmt = pix_fmt
        stream.codec_context.sample_aspect_ratio = Fraction(*ratio)
        frame = av.VideoFrame.from_ndarray(cv2.resize(whole, size_wh), format="bgr24")
        container.mux(stream.encode(frame.reformat(format=pix_fmt)))
        container.mux(stream.encode())
    with open_source(tmp_path / "dv.mp4") as source:
        image = source.read().image
        assert source.size_wh == (image.shape[1], image.shape[0]) == square_wh
    assert np.abs(image.astype(int) - whole).mean() < 4


def test_damage_is_skipped_and_counted(clip, tmp_path):
    from emoapp.utils.libav import av

    with av.open(str(clip)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(clip.read_bytes())
    for position, size in packets[12:15]:
        data[position : position + size] = bytes(size)
    (tmp_path / "damaged.mp4").write_bytes(data)
    with open_source(tmp_path / "damaged.mp4") as source:
        times = [frame.t for frame in source]
        assert source.damaged == 3
        assert len(times) == 27
        assert times[-1] == pytest.approx(29 / 30)


def test_loop_goes_on(clip):
    with open_source(clip, loop=True) as source:
        assert source.frame_count is None
        frames = [source.read() for _ in range(70)]
    assert [frame.index for frame in frames] == list(range(70))
    assert [frame.t for frame in frames] == pytest.approx([n / 30 for n in range(70)], abs=1e-4)
    assert [number_of(frame.image) for frame in frames] == [n % 30 for n in range(70)]


def test_paced_misses_what_nobody_reads(clip):
    with open_source(clip, live=True, loop=True) as source:
        assert source.read().index == 0
        time.sleep(0.5)
        frame = source.read()
        assert frame.index >= 2
        assert source.missed >= 1
        assert frame.t == pytest.approx(frame.index / 30, abs=1e-4)


@pytest.fixture
def broken(tmp_path, clip):
    from emoapp.utils.libav import av

    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_bytes(b"hello" * 1000)
    (tmp_path / "headless.mp4").write_bytes(clip.read_bytes()[:2000])
    (tmp_path / "broken.jpg").write_bytes(b"hello" * 1000)
    (tmp_path / "folder").mkdir()
    with av.open(str(tmp_path / "sound.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.mp4", "no file"),
        ("nowhere.jpg", "no file"),
        ("empty.mp4", "is empty"),
        ("text.mp4", "not a video"),
        ("headless.mp4", "not a video"),
        ("sound.wav", "no picture, only sound"),
        ("broken.jpg", "not a picture"),
        ("folder", "no picture in the folder"),
        ("*.png", "no picture in the pattern"),
    ],
)
def test_what_cannot_be_read_is_named(broken, name, says):
    with pytest.raises(SourceError, match=says) as error:
        open_source(broken / name)
    assert name in str(error.value)
