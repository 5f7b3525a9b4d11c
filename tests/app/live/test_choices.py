"""The settings that choose among cameras, their sizes and languages."""

from __future__ import annotations

import queue
from types import SimpleNamespace

import pytest
from support.live import FakeLive

from emoapp.app.live import choices
from emoapp.config import LiveConfig
from emoapp.errors import CameraError
from emoapp.sources import camera
from emoapp.sources.listing import CameraInfo, Mode
from emoapp.sources.reconnecting import Reconnecting
from emoapp.utils import language

FRONT = CameraInfo(0, "Front", None, (Mode((640, 480), (30,)), Mode((320, 180), (30,))))
DESK = CameraInfo(2, "Desk")


@pytest.fixture
def choice(monkeypatch):
    """choice(): the choice of a window that reads the camera "Front"; `said` has its messages."""
    sources = []

    def opens(device, **asked):
        if device == "broken":
            raise CameraError("another program is using it")
        return FakeLive(1, 2, size_wh=asked.get("size_wh") or (640, 360))

    def start(cameras=(FRONT, DESK)):
        monkeypatch.setattr(choices, "list_cameras", lambda: list(cameras))
        monkeypatch.setattr(camera, "Camera", opens)
        sources.append(Reconnecting(lambda: FakeLive(1, 1), retry_s=0.05))
        said = queue.Queue()
        messages = SimpleNamespace(
            notice=lambda text, **_: said.put(text), alert=lambda *texts: said.put(": ".join(texts))
        )
        controller = SimpleNamespace(
            source=sources[-1],
            config=LiveConfig("0"),
            messages=messages,
            recording=SimpleNamespace(on=False),
        )
        chosen = choices.CameraChoice.of(controller)
        chosen.said, chosen.controller = said, controller
        return chosen

    yield start
    for source in sources:
        source.close()


def heard(choice, beginning):
    """Wait for a message."""
    while not (text := choice.said.get(timeout=10)).startswith(beginning):
        pass
    return text


def test_another_camera_is_read_and_named_and_kept(choice):
    chosen = choice()
    camera_row, size_row = chosen.settings
    assert (camera_row.row().value, size_row.row().value) == ("Front", "320×180")
    camera_row.change(1)
    assert heard(chosen, "this is") == "this is Desk"
    assert camera_row.row().value == "Desk"
    assert chosen.values() == {"source": "camera:Desk"}


def test_a_camera_in_use_is_said_and_the_old_one_goes_on(choice):
    chosen = choice([FRONT, CameraInfo(2, "Desk", "broken")])
    chosen.settings[0].change(1)
    assert "another program" in heard(chosen, "The camera was not changed")
    assert chosen.settings[0].row().value == "Front" and chosen.values() == {}


def test_sizes_are_those_of_the_camera(choice):
    chosen = choice()
    chosen.settings[1].change(-1)
    assert chosen.said.empty(), "there is none smaller"
    chosen.settings[1].change(1)
    heard(chosen, "this is")
    assert chosen.values() == {"size": "640x480"}


def test_a_recording_keeps_its_camera_and_a_single_one_has_no_other(choice):
    chosen = choice()
    chosen.controller.recording.on = True
    chosen.settings[0].change(1)
    assert heard(chosen, "a recording")
    alone = choice([FRONT])
    alone.settings[0].change(1)
    assert heard(alone, "there is no other camera")


def test_the_language_changes_at_once():
    setting = choices.language_setting()
    try:
        setting.change(1)
        assert setting.row().name == "Sprache" and setting.row().value == "Deutsch"
        setting.change(-1)
        assert setting.row().name == "Language"
    finally:
        language.use("en")
