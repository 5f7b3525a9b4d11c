"""Offer the numbers of the followed face as streams of the Lab Streaming Layer."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emoapp.config import OutputsConfig
from emoapp.errors import SinkError
from emoapp.platforms import clock
from emoapp.sinks.base import Sink
from emoapp.sinks.changes import ChangeWatcher
from emoapp.sinks.outputs import OutputContext
from emoapp.types import Frame, Result

if TYPE_CHECKING:
    from pylsl import StreamInfo, StreamOutlet

STREAM_TYPE, MARKER_TYPE = "Expression", "Markers"

MARKERS_SUFFIX = "-markers"
"""Added to the name of the stream of numbers, for that of the markers."""

NO_LABEL = "none"
"""The marker from which on no expression is believed."""

MAX_BUFFERED_S = 60
"""Seconds that are kept for a receiver that does not take them; then it loses the oldest."""

REST = (
    ("confidence", "probability", "share"),
    ("track", "identifier", "number"),
    *((side, "position", "pixels") for side in ("x0", "y0", "x1", "y1")),
    ("frame", "index", "number"),
)
"""(label, type, unit) of the channels behind those of the expressions."""


class LslOutput(Sink):
    """Offer two streams, under the same name on every run.

    NAME has a sample for each frame: the smoothed probability of each expression and the channels
    of `REST`. Where no face is believed, probabilities and confidence are NaN; where none is
    followed, track and box are too. NAME-markers has the new label whenever it changes, or "none".
    Time stamps say when the frame came from the camera, on LSL's own clock.

    liblsl hands the samples on in threads of its own, so writing never waits for a receiver.

    Args:
        labels: The expressions, in the order of the probabilities.
        name: Name of the stream of numbers.
        fps: Frames a second of the source; None where nothing says.

    Raises:
        SinkError: liblsl can't be loaded.
    """

    def __init__(
        self, labels: Sequence[str], *, name: str = "emoapp", fps: float | None = None
    ) -> None:
        try:
            import pylsl
        except (OSError, RuntimeError) as exc:
            raise SinkError(
                f"--lsl: the library liblsl cannot be loaded ({str(exc).splitlines()[0]}). "
                "Reinstall pylsl, or see https://labstreaminglayer.readthedocs.io."
            ) from exc
        self._clock = pylsl.local_clock
        self._labels = tuple(labels)
        self._changes = ChangeWatcher()
        self._numbers: StreamOutlet | None = pylsl.StreamOutlet(
            _numbers_info(name, self._labels, fps), max_buffered=MAX_BUFFERED_S
        )
        self._markers: StreamOutlet | None = pylsl.StreamOutlet(_markers_info(name))

    def write(self, result: Result) -> None:
        """Push a sample, and a marker where the label changes; see `Sink.write`."""
        if self._numbers is None or self._markers is None:
            return
        stamp = self._stamp(result.frame)
        self._numbers.push_sample(list(sample_of(result, len(self._labels))), stamp)
        change = self._changes.see(result)
        if change is not None:
            self._markers.push_sample([change.label or NO_LABEL], stamp)

    def close(self) -> None:
        """End both streams; may be called twice."""
        # pylsl closes a stream when nobody has it any more.
        self._numbers = self._markers = None

    def _stamp(self, frame: Frame) -> float:
        """Return when a frame came, by LSL's clock; now where it was read from a file."""
        now = clock.now()
        age_s = 0.0 if frame.arrived is None else now - frame.arrived
        return self._clock() - age_s


def sample_of(result: Result, expressions: int) -> Iterator[float]:
    """Yield the values of a sample, in the order of the channels.

    Args:
        result: The frame and its tracks.
        expressions: How many there are.
    """
    track = result.selected_track
    if track is None or track.rejection is not None:
        yield from [math.nan] * (expressions + 1)
    else:
        yield from track.smoothed.probabilities.tolist()
        yield track.confidence
    yield from [math.nan] * 5 if track is None else (track.id, *map(float, track.face.box))
    yield result.frame.index


def _numbers_info(name: str, labels: tuple[str, ...], fps: float | None) -> StreamInfo:
    import pylsl

    count = len(labels) + len(REST)
    rate = fps or pylsl.IRREGULAR_RATE
    info = pylsl.StreamInfo(name, STREAM_TYPE, count, rate, pylsl.cf_float32, _source_id(name))
    info.set_channel_labels([*labels, *(label for label, _, _ in REST)])
    info.set_channel_types([*["probability"] * len(labels), *(kind for _, kind, _ in REST)])
    info.set_channel_units([*["share"] * len(labels), *(unit for _, _, unit in REST)])
    _describe(info)
    return info


def _markers_info(name: str) -> StreamInfo:
    import pylsl

    name += MARKERS_SUFFIX
    rate = pylsl.IRREGULAR_RATE
    info = pylsl.StreamInfo(name, MARKER_TYPE, 1, rate, pylsl.cf_string, _source_id(name))
    info.set_channel_labels(["label"])
    info.set_channel_types("marker")
    _describe(info)
    return info


def _describe(info: StreamInfo) -> None:
    from emoapp import __version__

    acquisition = info.desc().append_child("acquisition")
    acquisition.append_child_value("manufacturer", "emoapp")
    acquisition.append_child_value("version", __version__)


def _source_id(name: str) -> str:
    """Return a name by which a receiver finds the stream again after a restart."""
    return f"emoapp {socket.gethostname()} {name}"


def open_output(config: OutputsConfig, context: OutputContext) -> LslOutput:
    """Open the output that a configuration asks for; see `OutputKind.open`."""
    assert config.lsl is not None
    return LslOutput(context.labels, name=config.lsl, fps=context.fps)
