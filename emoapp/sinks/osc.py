"""Send the numbers of each frame as a bundle of Open Sound Control messages over UDP."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

from emoapp.config import OutputsConfig
from emoapp.errors import SinkError
from emoapp.sinks.background import BackgroundSink, Report
from emoapp.sinks.outputs import OutputContext
from emoapp.types import Result, Track

ROOT = "/emoapp"

FOLLOWED = "followed"
"""In place of a track's number: the face that is followed, whichever that is."""

MAX_BYTES = 8000
"""Of a bundle: some receivers read no more of a datagram than 8192 bytes."""

Value = str | int | float
Message = tuple[str, tuple[Value, ...]]
"""An address and its arguments."""

_DATAGRAM = socket.SOCK_DGRAM
_UNSENDABLE = re.compile(r"[^!-~]|[#*,/?\[\]{}]")


def messages_of(result: Result) -> Iterator[Message]:
    """Yield the messages of a frame.

    Args:
        result: The frame and its tracks.

    Yields:
        (address, arguments):

        /emoapp/frame          number, time in seconds, width and height in pixels
        /emoapp/tracks         the numbers of all tracks, largest face first
        /emoapp/followed/id    the number of the followed track, 0 for none
        /emoapp/TRACK/...      see `messages_of_track`; and the same for "followed"
    """
    width, height = result.frame.size_wh
    yield f"{ROOT}/frame", (result.frame.index, result.frame.t, width, height)
    yield f"{ROOT}/tracks", tuple(track.id for track in result.tracks)
    followed = result.selected_track
    yield f"{ROOT}/{FOLLOWED}/id", (0 if followed is None else followed.id,)
    if followed is not None:
        yield from messages_of_track(f"{ROOT}/{FOLLOWED}", followed, result.frame.size_wh)
    for track in result.tracks:
        yield from messages_of_track(f"{ROOT}/{track.id}", track, result.frame.size_wh)


def messages_of_track(prefix: str, track: Track, size_wh: tuple[int, int]) -> Iterator[Message]:
    """Yield the messages of one face.

    Args:
        prefix: The address above.
        track: The face.
        size_wh: (width, height) of the frame in pixels.

    Yields:
        (address, arguments):

        PREFIX/label           the expression; "" where it is not believed
        PREFIX/confidence      its probability, 0 to 1
        PREFIX/rejection       why it is not believed; "" where it is
        PREFIX/box             left, top, right, bottom; shares of the picture, from its top left
        PREFIX/EXPRESSION      the smoothed probability of each expression, 0 to 1
    """
    rejection = track.rejection.value if track.rejection else ""
    yield f"{prefix}/label", ("" if rejection else track.label,)
    yield f"{prefix}/confidence", (track.confidence,)
    yield f"{prefix}/rejection", (rejection,)
    sides = zip(track.face.box, size_wh * 2, strict=True)
    yield f"{prefix}/box", tuple(float(side) / length for side, length in sides)
    for label, probability in track.smoothed.as_dict().items():
        yield f"{prefix}/{_UNSENDABLE.sub('_', label)}", (probability,)


class OscOutput(BackgroundSink[list[Message]]):
    """Send one bundle for each frame; more only for those of more than about 15 faces.

    Args:
        host: Name or address of the receiver.
        port: Its UDP port.
        report: See `BackgroundSink`.

    Raises:
        SinkError: There is no such host.
    """

    def __init__(self, host: str, port: int, *, report: Report | None = None) -> None:
        super().__init__("osc", title="OSC", report=report)
        self._where = f"{host}:{port}"
        try:
            found = socket.getaddrinfo(host, port, type=_DATAGRAM)[0]
        except (OSError, UnicodeError) as exc:
            raise SinkError(
                f"--osc {self._where}: {getattr(exc, 'strerror', None) or exc}. Expected the "
                "address of the receiver, such as 127.0.0.1:9000."
            ) from exc
        self._family, self._address = found[0], found[4]
        self._socket: socket.socket | None = None
        self.start()

    def prepare(self, result: Result) -> list[Message]:
        """See `BackgroundSink.prepare`."""
        return list(messages_of(result))

    def send(self, item: list[Message]) -> None:
        """Send a frame's messages; those of one face may be in two bundles."""
        from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
        from pythonosc.osc_message_builder import OscMessageBuilder

        bundle, size = OscBundleBuilder(IMMEDIATELY), 0
        for address, values in item:
            builder = OscMessageBuilder(address)
            for value in values:
                builder.add_arg(value)
            message = builder.build()
            if size + message.size > MAX_BYTES:
                self._send(bundle.build().dgram)
                bundle, size = OscBundleBuilder(IMMEDIATELY), 0
            bundle.add_content(message)
            size += message.size + 4
        self._send(bundle.build().dgram)

    def problem_of(self, error: OSError) -> str:
        """See `BackgroundSink.problem_of`."""
        if isinstance(error, ConnectionRefusedError):
            return (
                f"nobody listens at {self._where}. Start the receiver there; the numbers go on "
                "being sent."
            )
        return f"{self._where}: {error.strerror or error}; the numbers go on being sent."

    def release(self) -> None:
        """See `BackgroundSink.release`."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, datagram: bytes) -> None:
        try:
            if self._socket is None:
                self._socket = socket.socket(self._family, _DATAGRAM)
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                # Connected, so that the system tells where nobody listens.
                self._socket.connect(self._address)
            self._socket.send(datagram)
        except ConnectionRefusedError:
            raise
        except OSError:
            # A network that comes back, or another one, needs a new socket.
            self.release()
            raise


def open_output(config: OutputsConfig, context: OutputContext) -> OscOutput:
    """Open the output that a configuration asks for; see `OutputKind.open`."""
    assert config.osc is not None
    return OscOutput(*config.osc, report=context.report)
