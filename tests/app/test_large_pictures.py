"""Pictures that are too large for memory, by their size or by malice."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.faces import EYES, portrait
from support.programs import run_python

from emoapp import EmotionRecognizer
from emoapp.errors import ClosedError, SourceError
from emoapp.sources import memory
from emoapp.sources.still import load_finer, load_image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def peak_of(*words: object) -> tuple[int, str, int]:
    """Run `emoapp` in a process of its own: exit status, all that it said, peak of memory in MB."""
    ran = run_python(
        "import sys; from emoapp.cli import main\n"
        f"status = main({[str(word) for word in words]!r})\n"
        "line = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(status, line.split()[1])"
    )
    assert ran.returncode == 0, ran.stderr
    *said, numbers = ran.stdout.splitlines()
    status, kilobytes = map(int, numbers.split())
    lines = [line for line in ran.stderr.splitlines() if line.startswith("emoapp")]
    return status, "\n".join([*said, *lines]), kilobytes // 1000


@pytest.mark.slow
def test_a_jpeg_of_96_megapixels(tmp_path):
    scale, corner = 5, (6000, 2000)
    picture = np.full((8000, 12000, 3), 120, np.uint8)
    face = cv2.resize(portrait(), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    x, y = corner
    picture[y : y + face.shape[0], x : x + face.shape[1]] = face
    at, small = (900, 7000), cv2.resize(portrait(), (307, 307), interpolation=cv2.INTER_AREA)
    picture[at[1] : at[1] + small.shape[0], at[0] : at[0] + small.shape[1]] = small
    path, copy, tree = tmp_path / "big.jpg", tmp_path / "copy.jpg", tmp_path / "faces.json"
    cv2.imwrite(str(path), picture)

    status, said, megabytes = peak_of("image", path, "-o", copy, "--json", tree)
    assert status == 0
    assert megabytes < 500
    (entry,) = json.loads(tree.read_text())
    assert entry["size_wh"] == [12000, 8000]
    found, tiny = entry["faces"]
    assert found["label"] == tiny["label"] == "happy"
    x0, y0, x1, y1 = tiny["box"]
    for eye in EYES * 0.6 + at:
        assert x0 < eye[0] < x1 and y0 < eye[1] < y1, "a small face in a large picture"
    assert 40 < x1 - x0 < 130 and tiny["confidence"] > 0.8
    x0, y0, x1, y1 = found["box"]
    for eye in EYES * scale + corner:
        assert x0 < eye[0] < x1 and y0 < eye[1] < y1, "in pixels of the full picture"
    assert x1 - x0 < 220 * scale
    drawn = Image.open(copy)
    assert f"{copy} has {drawn.width}x{drawn.height} pixels, its picture 12000x8000" in said
    plain = cv2.resize(picture, drawn.size, interpolation=cv2.INTER_AREA)
    changed = np.abs(cv2.imread(str(copy)).astype(int) - plain).max(axis=2) > 60
    around = np.argwhere(changed)[:, ::-1] * 12000 / drawn.width
    assert (np.abs(around - [x0, y0]).max(axis=1) < 60).any(), "the frame is around the face"


# Each is one line, whatever the file says of itself.


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *, bits: int = 8, color: int = 2, between: bytes = b"") -> bytes:
    """A black PNG, written row by row. color: 0 for gray, 2 for RGB."""
    row = bytes(1 + width * bits * (3 if color == 2 else 1) // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            between,
            _chunk(b"IDAT", packed),
            _chunk(b"IEND", b""),
        ]
    )


def _jpeg(width: int, height: int, *, scans: int = 1, **options: object) -> bytes:
    """A small JPEG that says it has this size; with `scans`, that each color has its own."""
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG", **options)
    data = bytearray(file.getvalue())
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    if scans > 1:
        scan = data.index(b"\xff\xda")
        data[scan + 2 : scan + 14] = b"\0\x08\x01\x01\x00\x00\x3f\x00"
    return bytes(data)


def _animated(kind: str, frames: int) -> bytes:
    """The same small frame over and over."""
    first, second = (Image.new("RGB", (8, 8), color) for color in ("red", "blue"))
    file = BytesIO()
    if kind == "GIF":
        first.save(file, kind)
        data = file.getvalue()
        start = data.index(b",")
        frame = b"!\xf9\x04\0\x01\0\0\0" + data[start:-1]
        return data[:start] + frame * frames + b";"
    first.save(file, kind, save_all=True, append_images=[second], duration=30)
    data = file.getvalue()
    start = data.index(b"ANMF")
    (size,) = struct.unpack("<I", data[start + 4 : start + 8])
    body = data[12:start] + data[start : start + 8 + size + size % 2] * frames
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _bomb_in_a_comment() -> bytes:
    text = zlib.compress(bytes(200_000_000))
    return _png(8, 8, between=_chunk(b"zTXt", b"key\0\0" + text))


TOO_LARGE, NO_FACE = "million pixels", ": no face"


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("huge.png", lambda: _png(30_000, 30_000, bits=1, color=0), TOO_LARGE),
        ("huge.jpg", lambda: _jpeg(30_000, 30_000), TOO_LARGE),
        ("bomb.png", lambda: _png(12_000, 12_000), TOO_LARGE),
        ("gray.png", lambda: _png(13_000, 13_000, color=0), NO_FACE),
        (
            "progressive.jpg",
            lambda: _jpeg(12_000, 8_000, progressive=True, subsampling=0),
            "not as a progressive JPEG",
        ),
        ("scans.jpg", lambda: _jpeg(12_000, 8_000, scans=3, subsampling=0), TOO_LARGE),
        ("short.jpg", lambda: _jpeg(12_000, 8_000), NO_FACE),
        ("comment.png", _bomb_in_a_comment, "it is damaged"),
        ("marks.jpg", lambda: b"\xff\xd8" + (b"\xff\xe5\xfd\xe8" + bytes(64998)) * 3000, "195 MB"),
        ("million.gif", lambda: _animated("GIF", 1_000_000), NO_FACE),
        ("million.webp", lambda: _animated("WEBP", 1_000_000), NO_FACE),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_bombs_cost_one_line(tmp_path, name, make, says):
    path = tmp_path / name
    path.write_bytes(make())
    status, said, megabytes = peak_of("image", path)
    assert says in said and name in said and len(said.splitlines()) == 1
    assert status == (0 if says == NO_FACE else 1)
    assert megabytes < 500


# Reduced pictures


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.tuples(st.integers(96, 300), st.integers(96, 300)),
    orientation=st.integers(1, 8),
    suffix=st.sampled_from(["jpg", "png", "tif", "webp"]),
    mode=st.sampled_from(["RGB", "L", "RGBA", "CMYK", "P"]),
    largest=st.integers(1_500, 90_000),
)
def test_a_reduced_picture_is_the_full_one_averaged(
    tmp_path, size, orientation, suffix, mode, largest
):
    if mode in {"jpg": ("RGBA", "P"), "png": ("CMYK",), "webp": ("CMYK", "P")}.get(suffix, ()):
        mode = "RGB"
    noise = np.random.default_rng(0).integers(60, 200, (4, 5, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = Path(tmp_path) / f"picture.{suffix}"
    smooth = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    smooth.convert(mode).save(path, exif=exif, quality=98)
    full = load_image(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "MAX_DECODED_PIXELS", largest)
        reduced = load_image(path)
        finer = load_finer(reduced)
    assert full.scale == 1
    assert full.size_wh == reduced.size_wh == full.image.shape[1::-1]
    assert sorted(full.size_wh) == sorted(size)
    assert size[0] * size[1] // reduced.scale**2 <= largest
    assert (reduced.scale == 1) == (size[0] * size[1] <= largest)
    sides = tuple(-(-side // reduced.scale) for side in full.image.shape[:2])
    assert reduced.image.shape[:2] == sides
    expected = cv2.resize(full.image, reduced.image.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(expected.astype(int) - reduced.image).mean() < 12
    assert finer.scale == (1 if suffix == "jpg" and mode != "CMYK" else reduced.scale)
    if finer is not reduced:
        gray = cv2.cvtColor(full.image, cv2.COLOR_BGR2GRAY)
        assert np.abs(gray.astype(int) - finer.image[..., 0]).mean() < 3


def test_a_file_is_read_as_its_picture_is(tmp_path):
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), portrait())
    with EmotionRecognizer() as recognizer:
        (from_file,), (from_array,) = recognizer.analyze_file(path), recognizer.analyze(portrait())
        with pytest.raises(SourceError, match="nothing.jpg"):
            recognizer.analyze_file(tmp_path / "nothing.jpg")
    assert from_file.face.box == from_array.face.box
    assert from_file.smoothed.as_dict() == from_array.smoothed.as_dict()
    with pytest.raises(ClosedError):
        recognizer.analyze_file(path)
