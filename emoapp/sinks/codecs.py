"""Which containers and codecs a recording may have, and how each encoder is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.colorimetry import BT601, BT709, FULL_RANGE, LIMITED_RANGE, Colorimetry
from emoapp.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from emoapp.utils.libav import av

# Divides evenly by every usual frame rate, and by most to within a hundredth of a millisecond.
TIME_BASE = Fraction(1, 90_000)

# Players take large pictures without a label for BT.709 and small ones for BT.601; with one, the
# colours are right everywhere. The matrix is that of OpenCV's conversion in `to_yuv`.
_MADE_HERE = Colorimetry(BT601, BT709, BT709)


@dataclass(frozen=True, slots=True)
class Codec:
    """A video encoder.

    encoder: its name in FFmpeg.
    crf: the usual quality; 0 is the best, `worst` the worst.
    tag: what mp4 and mov call it where players are particular about that.
    """

    encoder: str
    crf: int
    worst: int
    options: dict[str, str] = field(default_factory=dict)
    tag: str | None = None


# No pictures out of order: with them, mp4 gets the length of unevenly timed videos wrong (measured:
# 0.64 s for 1.04 s), and players leave out the end.
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

# Playable up to the last second wherever the program is killed, and an ordinary mp4 in the end.
# The table of contents waits for the first packets, or a sound that starts late loses its delay;
# times in it are kept to the 90,000th of a second instead of the millisecond.
_MP4 = {
    "movflags": "hybrid_fragmented+delay_moov",
    "frag_duration": "1000000",
    "movie_timescale": "90000",
}

_ANY = {"max_interleave_delta": "1000000", "flush_packets": "1"}


@dataclass(frozen=True, slots=True)
class Container:
    """codecs: names in `CODECS`, the usual one first.

    options: of FFmpeg's muxer. sound: the encoder for sound that can't be kept as it is.
    """

    codecs: tuple[str, ...]
    sound: str
    options: dict[str, str] = field(default_factory=dict)


CONTAINERS = {
    ".mp4": Container(("h264", "hevc", "vp9", "av1"), "aac", _ANY | _MP4),
    ".mov": Container(("h264", "hevc"), "aac", _ANY | _MP4),
    ".mkv": Container(("h264", "hevc", "vp9", "av1"), "aac", _ANY),
    ".webm": Container(("vp9", "av1"), "libopus", _ANY),
}
"""What a recording may be called: suffix -> what it may hold."""


def choose(path: Path, codec: str | None, crf: int | None) -> tuple[Container, Codec, int]:
    """The container and the encoder for a recording of that name, and the quality.

    codec: a name in `CODECS`; None for the container's usual one.
    crf: the quality; None for the codec's usual one.

    Raises UsageError where they don't go together.
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
    if crf is not None and not 0 <= crf <= chosen.worst:
        raise UsageError(f"The quality of {name} goes from 0 (best) to {chosen.worst}, not {crf}.")
    return container, chosen, chosen.crf if crf is None else crf


def add_video(
    container: av.container.OutputContainer,
    codec: Codec,
    rate: int | Fraction,
    *,
    crf: int,
    colorimetry: Colorimetry | None = None,
) -> av.video.stream.VideoStream:
    """A stream for frames with times in `TIME_BASE`; its size is not set yet.

    rate: frames a second.
    colorimetry: what their pixels mean; None for those that `to_yuv` makes.
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
    colorimetry = colorimetry or _MADE_HERE
    context.colorspace = colorimetry.matrix
    context.color_primaries = colorimetry.primaries
    context.color_trc = colorimetry.transfer
    context.color_range = FULL_RANGE if colorimetry.full_range else LIMITED_RANGE
    return stream


def to_yuv(picture: np.ndarray) -> av.VideoFrame:
    """The picture as encoders want it; of an odd size the last column or row is left out.

    picture: uint8 (H, W, 3), BGR; may be changed afterwards.
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
