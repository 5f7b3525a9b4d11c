"""Build the virtual camera: a V4L2 device for processes that preload its library.

`/dev/video0`, or VCAM_DEVICE, opens in such a process as a capture device that plays a clip of JPEG
frames in a loop, in real time. The head of `vcam.c` lists the variables that set its faults. By
hand::

    gcc -O2 -shared -fPIC -o /tmp/libvcam.so tests/support/vcam/vcam.c -ldl -lpthread
    ffmpeg -i clip.mp4 -q:v 4 -f mjpeg /tmp/clip.mjpeg
    VCAM_MJPEG=/tmp/clip.mjpeg LD_PRELOAD=/tmp/libvcam.so emoapp live

With VCAM_OUT it has a device that programs feed as well: `/dev/video10`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

SOURCE = Path(__file__).with_name("vcam.c")


def build(folder: Path, text: str | None = None) -> Path:
    """Compile the library into `folder`; skip the test where that is not possible.

    Args:
        folder: where the library goes; nothing is written beside the source.
        text: the C program; None for `SOURCE` as it is.
    """
    if not sys.platform.startswith("linux") or not shutil.which("gcc"):
        pytest.skip("needs Linux and gcc")
    source, library = folder / "vcam.c", folder / "libvcam.so"
    source.write_text(SOURCE.read_text() if text is None else text)
    command = ["gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    return library


def environment(library: Path, clip: Iterable[bytes]) -> dict[str, str]:
    """Write the JPEG files of `clip` beside the library; return the variables that preload it."""
    path = library.with_name("clip.mjpeg")
    path.write_bytes(b"".join(clip))
    return {"LD_PRELOAD": str(library), "VCAM_MJPEG": str(path)}


def shown(path: Path, size_wh: tuple[int, int]) -> list[np.ndarray]:
    """The pictures that were written to the device whose VCAM_OUT is `path`.

    size_wh: of the device, pixels.

    Returns: each uint8 (h, w, 3), BGR.
    """
    width, height = size_wh
    frames = np.fromfile(path, np.uint8).reshape(-1, height * 3 // 2, width)
    return [cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420) for frame in frames]
