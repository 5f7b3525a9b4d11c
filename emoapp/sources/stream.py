"""A network stream as a source: MJPEG or other video over http(s), RTSP, RTMP, UDP."""

from __future__ import annotations

import errno
import time

import numpy as np

from emoapp.errors import SourceError
from emoapp.sources import pyav
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.sources.live import LiveSource
from emoapp.utils.addresses import redact_url
from emoapp.utils.libav import av

OPEN_S, READ_S = 8.0, 5.0
"""How long a silent address is waited for: at first, and once it has answered."""

_FIRST_FRAME_S = 10.0


class Stream(LiveSource):
    """Receives in a thread; `read` gives the newest frame. Times are those of arrival.

    await_first: the constructor waits until the first picture is there, and raises where it does
        not come; else the first `read` does.

    Raises SourceError where nothing answers, nothing that can be shown comes, or it breaks off.
    """

    def __init__(self, address: str, *, await_first: bool = True) -> None:
        self.name = redact_url(address)
        self.trouble = f"No picture comes from {self.name}"
        self.damaged = 0
        """Pictures left out so far because they could not be decoded."""
        self._container = self._open(address)
        try:
            stream = pyav.video_stream(self._container)
            if stream is None:
                raise SourceError(f"{self.name} answers, but sends no video.")
            # Not by whole frames: each thread would hold one back, and live means now.
            stream.thread_type = "SLICE"
            rate = stream.average_rate or stream.guessed_rate
            # Motion JPEG states no rate; ffmpeg says 25 then, which is made up.
            made_up = self._container.format.name in ("mpjpeg", "mjpeg")
            self.fps = float(rate) if rate and not made_up else None
        except BaseException:
            self._container.close()
            raise
        # A film on a web server comes faster than it plays; what has a length is slowed down.
        self._slow_down = self.ends = bool(self._container.duration)
        self._began: float | None = None
        self._pictures = pyav.decode(self._container, stream, self._count_damage)
        self._newest = LatestFrameGrabber(
            self._grab, release=self._container.close, name=self.name, queue_size=QUEUE_SIZE
        )
        self._newest.start()
        self.size_wh = stream.width, stream.height
        if not await_first and 0 not in self.size_wh:
            return
        try:
            image = self._newest.peek(_FIRST_FRAME_S)
            if image is None:
                raise SourceError(f"{self.name} answers, but no picture came from it.")
        except BaseException:
            self.close()
            raise
        self.size_wh = image.shape[1], image.shape[0]

    def _open(self, address: str) -> av.container.InputContainer:
        # analyzeduration: ffmpeg would watch for 5 s before it gives the first picture.
        options = {"analyzeduration": "1000000"}
        if address.lower().startswith("rtsp"):
            options["rtsp_transport"] = "tcp"  # over UDP, lost packets smear the picture
        began = time.monotonic()
        try:
            return av.open(address, options=options, timeout=(OPEN_S, READ_S))
        except av.error.FFmpegError as exc:
            reason = _reason(exc, time.monotonic() - began)
            raise SourceError(
                f"{self.name} cannot be opened: {reason}. Check that the address "
                "plays in a browser or another player, and that this computer can reach it."
            ) from exc

    def _grab(self) -> tuple[np.ndarray, float] | None:
        began = time.monotonic()
        try:
            picture = next(self._pictures, None)
        except av.error.FFmpegError as exc:
            reason = _reason(exc, time.monotonic() - began)
            self.trouble = f"{self.name} broke off: {reason}"
            raise SourceError(f"{self.name} broke off: {reason}.") from exc
        if picture is None:
            self.trouble = f"{self.name} broke off"
            return None
        if self._slow_down and picture.time is not None:
            if self._began is None:
                self._began = time.monotonic() - picture.time
            self._newest.sleep(self._began + picture.time - time.monotonic())
        return pyav.to_bgr(picture), time.monotonic()

    def _count_damage(self) -> None:
        self.damaged += 1


def _reason(exc: av.error.FFmpegError, waited_s: float) -> str:
    # PyAV stops a call that takes too long; what ffmpeg then reports depends on the protocol.
    if waited_s >= READ_S:
        return f"no answer for {waited_s:.0f} seconds"
    if exc.errno == errno.EIO:  # for a name that does not exist, and for an answer that breaks off
        return "the connection failed"
    return redact_url(exc.strerror or str(exc))
