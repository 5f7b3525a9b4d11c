"""A recording of what the window shows: what is in the file, and what is said of it."""

from __future__ import annotations

from types import SimpleNamespace

import av
import numpy as np
import pytest

from emoapp import EMOTIONS
from emoapp.app.live.messages import Messages
from emoapp.app.live.recording import Recording
from emoapp.config import OverlayConfig
from emoapp.overlay import Overlay
from emoapp.types import Frame, Result


@pytest.fixture
def messages():
    return Messages()


@pytest.fixture
def recording(messages):
    view = SimpleNamespace(overlay=Overlay(EMOTIONS, OverlayConfig()), private=False)
    with Recording(view, messages) as recording:
        yield recording


def frame(number, size_wh=(320, 180)):
    width, height = size_wh
    return Frame(np.full((height, width, 3), 90, np.uint8), number, number / 30)


def test_frames_of_another_size_are_fitted_into_that_of_the_first(recording, messages, tmp_path):
    recording.toggle(lambda: tmp_path, fps=30, frame=frame(0))
    for number, size_wh in enumerate([(320, 180), (640, 480), (640, 480)]):
        recording.write(Result(frame(number, size_wh), ()))
    recording.close()
    assert not messages.faults
    with av.open(str(messages.last_saved)) as container:
        pictures = [picture.to_ndarray(format="bgr24") for picture in container.decode(video=0)]
    assert [picture.shape for picture in pictures] == [(180, 320, 3)] * 3
    assert pictures[-1][90, 10].max() < 40 < pictures[-1][90, 160].min(), "bars at the sides"


def test_a_recording_without_a_frame_is_not_said_to_be_saved(recording, messages, tmp_path):
    recording.toggle(lambda: tmp_path, fps=30, frame=frame(0))
    recording.toggle(lambda: tmp_path, fps=30, frame=frame(0))
    assert messages.last_saved is None and not list(tmp_path.iterdir())
