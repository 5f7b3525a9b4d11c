"""Choose the container and codec of a recording, and set up its encoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.colorimetry import BT601, BT709, FULL_RANGE, LIMITED_RANGE, Colorimetry
from emoapp.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from emoapp.images import Image
    from emoapp.utils.libav import av

# Divisible by every usual frame rate, and by most others to within a hundredth of a millisecond.
TIME_BASE = Fraction(1, 90_000)

# Without a label, players assume BT.709 for large videos and BT.601 for small ones; with one, the
# colors are right everywhere. The matrix is that of OpenCV's conversion in `to_yuv`.
_CONVERTED = Colorimetry(BT601, BT709, BT709)


@dataclass(frozen=True, slots=True)
class Codec:
    """A video encoder.

    Attributes:
        encoder: Its name in FFmpeg.
        crf: The default quality; 0 is the best, `max_crf` the worst.
        max_crf: The worst quality.
        options: Options of the encoder.
        tag: The codec tag in MP4 and MOV files, for players that insist on it.
    """

    encoder: str
    crf: int
    max_crf: int
    options: dict[str, str] = field(default_factory=dict)
    tag: str | None = None


# No B-frames: with them, MP4 gets the duration of unevenly timed videos wrong (measured: 0.64 s for
# 1.04 s), and players leave out the end.
CODECS = {
    "h264": Codec("libx264", 22, 51, {"preset": "superfast", "bf": "0"}),
    "hevc": Codec(
        "libx265",
        24,
        51,
        {"preset": "superfast", "x265-params": "bframes=0:log-level=error"},
        tag="hvc1",
    ),
    "vp9": Codec(
        "libvpx-vp9",
        32,
        63,
        {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "b": "0", "lag-in-frames": "0"},
    ),
    "av1": Codec("libsvtav1", 32, 63, {"preset": "11"}),
}

# Playable up to the last second whenever the program is killed, and an ordinary MP4 in the end.
# `delay_moov` waits for the first packets, or sound that starts late would lose its delay; times in
# the moov atom are exact to the 90,000th of a second instead of the millisecond.
_MP4_OPTIONS = {
    "movflags": "hybrid_fragmented+delay_moov",
    "frag_duration": "1000000",
    "movie_timescale": "90000",
}

_COMMON_OPTIONS = {"max_interleave_delta": "1000000", "flush_packets": "1"}


@dataclass(frozen=True, slots=True)
class Container:
    """A container format.

    Attributes:
        codecs: Names in `CODECS`, the default first.
        sound: The encoder for sound that cannot be copied as it is.
        options: Options of FFmpeg's muxer.
    """

    codecs: tuple[str, ...]
    sound: str
    options: dict[str, str] = field(default_factory=dict)


CONTAINERS = {
    ".mp4": Container(("h264", "hevc", "vp9", "av1"), "aac", _COMMON_OPTIONS | _MP4_OPTIONS),
    ".mov": Container(("h264", "hevc"), "aac", _COMMON_OPTIONS | _MP4_OPTIONS),
    ".mkv": Container(("h264", "hevc", "vp9", "av1"), "aac", _COMMON_OPTIONS),
    ".webm": Container(("vp9", "av1"), "libopus", _COMMON_OPTIONS),
}
"""Suffix of a recording -> its container."""


def choose(path: Path, codec: str | None, crf: int | None) -> tuple[Container, Codec, int]:
    """Choose the container, the encoder and the quality of a recording.

    Args:
        path: The recording; its suffix determines the container.
        codec: A name in `CODECS`; None for the container's default.
        crf: The quality; None for the codec's default.

    Raises:
        UsageError: They do not go together.
    """
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise UsageError(f"The recording {path} must end with {', '.join(CONTAINERS)}.")
    name = codec or container.codecs[0]
    if name not in container.codecs:
        raise UsageError(
            f"{path}: {path.suffix} holds {', '.join(container.codecs)} here, not {name}."
        )
    chosen = CODECS[name]
    worst = chosen.max_crf
    if crf is not None and not 0 <= crf <= worst:
        raise UsageError(f"The quality of {name} goes from 0 (best) to {worst}, not {crf}.")
    return container, chosen, chosen.crf if crf is None else crf


def add_video(
    container: av.container.OutputContainer,
    codec: Codec,
    rate: int | Fraction,
    *,
    crf: int,
    colorimetry: Colorimetry | None = None,
) -> av.video.stream.VideoStream:
    """Add a video stream for frames with times in `TIME_BASE`; its size is not set yet.

    Args:
        container: The recording.
        codec: The encoder.
        rate: Frames per second.
        crf: The quality.
        colorimetry: The meaning of the frames' pixels; None for what `to_yuv` makes.
    """
    options = codec.options | {"crf": str(crf)}
    from emoapp.utils.libav import av

    stream = container.add_stream(codec.encoder, rate=rate, options=options)
    assert isinstance(stream, av.VideoStream)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    stream.time_base = context.time_base = TIME_BASE
    if codec.tag and container.format.name in ("mp4", "mov"):
        context.codec_tag = codec.tag
    colorimetry = colorimetry or _CONVERTED
    context.colorspace = colorimetry.matrix
    context.color_primaries = colorimetry.primaries
    context.color_trc = colorimetry.transfer
    context.color_range = FULL_RANGE if colorimetry.full_range else LIMITED_RANGE
    return stream


def to_yuv(picture: np.ndarray) -> av.VideoFrame:
    """Convert an image for an encoder; of an odd size, the last column or row is left out.

    Args:
        picture: uint8 (H, W, 3), BGR; it may be changed afterwards.

    Returns:
        A frame in YUV 4:2:0 with BT.601's matrix.
    """
    import cv2  # here, so that the command line reads the tables above without them
    import numpy as np

    from emoapp.utils.libav import av

    height, width = (side & ~1 for side in picture.shape[:2])
    # OpenCV's conversion takes a sixth of the time of FFmpeg's exact one (0.3 ms at 1280x720).
    yuv = cv2.cvtColor(picture[:height, :width], cv2.COLOR_BGR2YUV_I420)
    frame = av.VideoFrame.from_numpy_buffer(np.asarray(yuv, np.uint8), format="yuv420p")
    frame.time_base = TIME_BASE
    return frame


def to_video_frame(image: Image, colorimetry: Colorimetry | None) -> av.VideoFrame:
    """Return an image as a frame for an encoder.

    Args:
        image: The image; it may be changed afterwards only if it is BGR.
        colorimetry: The meaning of the pixels of YUV images; None for BGR images.

    Raises:
        ValueError: The image is not YUV of that colorimetry.
    """
    if colorimetry is None:
        return to_yuv(image.bgr())
    from emoapp.utils.libav import av
    from emoapp.yuv import YuvImage

    if not isinstance(image, YuvImage) or image.colorimetry != colorimetry:
        raise ValueError(f"picture: expected YUV of {colorimetry}")
    frame = av.VideoFrame.from_numpy_buffer(image.pixels, format="yuv420p")
    frame.time_base = TIME_BASE
    return frame
