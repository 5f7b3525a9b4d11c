"""Receive a network stream: MJPEG or other video over HTTP(S), RTSP, RTMP or UDP."""

from __future__ import annotations

import errno

import numpy as np

from emoapp.errors import SourceError
from emoapp.platforms import clock
from emoapp.sources import pyav
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.sources.live import LiveSource
from emoapp.utils.addresses import redact_url
from emoapp.utils.libav import av

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 8.0, 5.0
"""How long to wait for a silent address: at first, and once it has answered."""

_FIRST_FRAME_TIMEOUT_S = 10.0


class Stream(LiveSource):
    """Receive frames in a background thread; `read` returns the latest, timed by its arrival.

    Args:
        address: A URL that FFmpeg understands.
        await_first: Wait for the first frame in the constructor, and raise if it does not come;
            otherwise the first `read` does.

    Attributes:
        damaged: Number of frames left out so far because they could not be decoded.

    Raises:
        SourceError: Nothing answers, no video comes, or the stream breaks off.
    """

    def __init__(self, address: str, *, await_first: bool = True) -> None:
        self.name = redact_url(address)
        self.trouble = f"No picture comes from {self.name}"
        self.damaged = 0
        self._container = self._open(address)
        try:
            stream = pyav.video_stream(self._container)
            if stream is None:
                raise SourceError(f"{self.name} answers, but sends no video.")
            self._stream = stream
            # Not by whole frames: each thread would hold one back and add latency.
            stream.thread_type = "SLICE"
            rate = stream.average_rate or stream.guessed_rate
            # Motion JPEG states no rate; FFmpeg then makes up 25.
            made_up = self._container.format.name in ("mpjpeg", "mjpeg")
            self.fps = float(rate) if rate and not made_up else None
        except BaseException:
            self._container.close()
            raise
        # A film on a web server arrives faster than it plays; what has a length is slowed down.
        self._is_paced = self.ends = bool(self._container.duration)
        self._began: float | None = None
        self.size_wh = pyav.square_size(stream, (stream.width, stream.height))
        self._decoded_frames = pyav.decode(self._container, stream, self._count_damage)
        self._grabber = LatestFrameGrabber(
            self._grab, release=self._container.close, name=self.name, queue_size=QUEUE_SIZE
        )
        self._grabber.start()
        if not await_first and 0 not in self.size_wh:
            return
        try:
            image = self._grabber.peek(_FIRST_FRAME_TIMEOUT_S)
            if image is None:
                raise SourceError(f"{self.name} answers, but no picture came from it.")
        except BaseException:
            self.close()
            raise
        self.size_wh = image.shape[1], image.shape[0]

    def _open(self, address: str) -> av.container.InputContainer:
        # analyzeduration: FFmpeg would analyze 5 s before it returns the first frame.
        options = {"analyzeduration": "1000000"}
        if address.lower().startswith("rtsp"):
            options["rtsp_transport"] = "tcp"  # over UDP, lost packets smear the image
        began = clock.now()
        try:
            return av.open(address, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))
        except av.error.FFmpegError as exc:
            reason = _reason(exc, clock.now() - began)
            raise SourceError(
                f"{self.name} cannot be opened: {reason}. Check that the address "
                "plays in a browser or another player, and that this computer can reach it."
            ) from exc

    def _grab(self) -> tuple[np.ndarray, float] | None:
        began = clock.now()
        try:
            picture = next(self._decoded_frames, None)
        except av.error.FFmpegError as exc:
            reason = _reason(exc, clock.now() - began)
            self.trouble = f"{self.name} broke off: {reason}"
            raise SourceError(f"{self.name} broke off: {reason}.") from exc
        if picture is None:
            self.trouble = f"{self.name} broke off"
            return None
        if self._is_paced and picture.time is not None:
            if self._began is None:
                self._began = clock.now() - picture.time
            self._grabber.sleep(self._began + picture.time - clock.now())
        size_wh = pyav.square_size(self._stream, (picture.width, picture.height))
        return pyav.to_bgr(picture, size_wh), clock.now()

    def _count_damage(self) -> None:
        self.damaged += 1


def _reason(exc: av.error.FFmpegError, waited_s: float) -> str:
    # PyAV stops a call that takes too long; what FFmpeg then reports depends on the protocol.
    if waited_s >= READ_TIMEOUT_S:
        return f"no answer for {waited_s:.0f} seconds"
    if exc.errno == errno.EIO:  # the host does not exist, or the answer breaks off
        return "the connection failed"
    return redact_url(exc.strerror or str(exc))
