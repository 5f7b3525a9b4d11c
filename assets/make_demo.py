"""Makes demo.mp4, the clip of the tests and of the README's pictures: one face, moving.

    pip install av opencv-python scikit-image
    python assets/make_demo.py

The portrait is NASA's, in the public domain, and comes with scikit-image. See README.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import pi, sin
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data
from av.video.reformatter import Colorspace

WIDTH, HEIGHT, FPS, SECONDS = 1280, 720, 30, 8
FACE_XY, FACE_HEIGHT = (222.0, 122.0), 135.0  # in the 512x512 portrait, hairline to chin
MARGIN = 640  # pixels of blurred surroundings on each side of the portrait


def backdrop(portrait: np.ndarray) -> np.ndarray:
    """The portrait, faded at its edges into a blur of itself that goes on around it."""
    # Blurred at an eighth of the size: a blur this wide costs seconds at the full one.
    small = cv2.resize(portrait, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    wide = cv2.copyMakeBorder(small, *[MARGIN // 8] * 4, cv2.BORDER_REPLICATE)
    blurred = cv2.GaussianBlur(wide, None, 14)
    # Half way to a warm gray, so that nothing draws the eye away from the face.
    blurred = cv2.addWeighted(blurred, 0.4, np.full_like(blurred, (168, 160, 150)), 0.6, 0)
    height, width = (side + 2 * MARGIN for side in portrait.shape[:2])
    blurred = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)

    inner = np.zeros(portrait.shape[:2], np.float32)
    inner[30:-30, 30:-30] = 1
    inner[-30:, 30:-30] = 1  # the body goes on below the picture's edge
    fade = cv2.GaussianBlur(inner, None, 12, borderType=cv2.BORDER_REPLICATE)[..., None]
    middle = slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN)
    blurred[middle] = fade * portrait + (1 - fade) * blurred[middle]
    return blurred


def view(turn: float) -> np.ndarray:
    """The matrix (2, 3) from the picture to the backdrop, at `turn` (0 to 1) of the loop."""

    def wave(times: int, shift: float = 0.0) -> float:
        # Whole numbers of waves a loop, so that the last frame leads back to the first.
        return sin(2 * pi * (times * turn + shift))

    angle = 11 * wave(1) + 4 * wave(2, 0.15)
    face_height = HEIGHT * (0.35 + 0.085 * wave(1, 0.3))
    x = WIDTH * (0.5 + 0.13 * wave(1, 0.6) + 0.03 * wave(3, 0.2))
    y = HEIGHT * (0.46 + 0.05 * wave(2, 0.4) + 0.02 * wave(3))
    center = FACE_XY[0] + MARGIN, FACE_XY[1] + MARGIN
    matrix = cv2.getRotationMatrix2D(center, angle, face_height / FACE_HEIGHT)
    matrix[:, 2] += x - center[0], y - center[1]
    return matrix


def write_clip(path: Path, pictures: Iterable[np.ndarray]) -> None:
    """Write pictures, uint8 (HEIGHT, WIDTH, 3) RGB, as H.264."""
    # +bitexact: the same versions of the encoder give the same file, with no date inside.
    with av.open(
        str(path), "w", options={"movflags": "+faststart", "fflags": "+bitexact"}
    ) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "23", "preset": "veryslow", "tune": "film"}
        stream.time_base = Fraction(1, FPS)
        context = stream.codec_context  # says BT.709, so that every player shows the same colors
        context.colorspace = context.color_primaries = context.color_trc = 1
        context.color_range = 1
        for index, picture in enumerate(pictures):
            # 0x40004: bicubic, accurately rounded; ffmpeg's quick way makes grays greenish.
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, interpolation=0x40004
            )
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def pictures() -> Iterator[np.ndarray]:
    canvas = backdrop(skimage.data.astronaut())
    for index in range(FPS * SECONDS):
        yield cv2.warpAffine(
            canvas,
            view(index / (FPS * SECONDS)),
            (WIDTH, HEIGHT),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )


def main(path: Path) -> None:
    write_clip(path, pictures())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("demo.mp4"))
