"""Faces that are made unrecognizable in a video."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from emoapp.cli import main
from emoapp.detectors import open_detector
from emoapp.sources import open_source
from emoapp.utils.libav import av


def two_people(demo: Path, path: Path, frames: int = 25) -> Path:
    """The person of the demo clip, and the same one smaller beside it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        with open_source(demo) as source:
            for number in range(frames):
                image = source.read().image
                middle = image[:, 320:960]
                small = cv2.resize(middle, (400, 450), interpolation=cv2.INTER_AREA)
                canvas = np.full_like(image, 90)
                canvas[:, :640] = middle
                canvas[200:650, 760:1160] = small
                frame = av.VideoFrame.from_ndarray(canvas, format="bgr24")
                frame.pts = number
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.slow
@pytest.mark.parametrize("whom, left", [("faces", []), ("others", [True])])
def test_blurred_faces_are_found_by_nobody(demo, tmp_path, whom, left):
    movie, copy = two_people(demo, tmp_path / "two.mp4"), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy), "--blur", whom]) == 0
    with open_detector("blazeface") as detector, open_source(movie) as plain:
        assert len(detector.detect(plain.read().image)) == 2
    with open_detector("blazeface") as detector, open_source(copy) as hidden:
        for frame in list(hidden)[::8]:
            found = detector.detect(frame.image[:, :1200])
            assert [face.box.center[0] < 640 for face in found] == left
