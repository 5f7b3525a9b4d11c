"""Another camera, or another size of the same, while the window goes on."""

from __future__ import annotations

import queue
import threading
import time

import pytest
from support.live import FakeLive
from support.pictures import number_of

from emoapp.errors import CameraError
from emoapp.sources.reconnecting import Reconnecting
from emoapp.types import Frame


def read_until(source, number):
    """The frames read until one has this number."""
    frames = []
    while not frames or number_of(frames[-1].image) != number:
        item = source.read()
        assert item is not None
        if isinstance(item, Frame):
            frames.append(item)
    return frames


@pytest.mark.parametrize("beside", [True, False])
def test_another_source_goes_on_with_the_numbers_and_has_its_own_size(beside):
    closed = []
    first = FakeLive(1, released=lambda: closed.append("first"))
    second = FakeLive(2, 3, size_wh=(640, 480))
    told = queue.Queue()
    with Reconnecting(lambda: first, retry_s=0.05) as source:
        before = read_until(source, 1)[-1]
        assert source.change(lambda: second, beside=beside, told=told.put)
        assert told.get(timeout=10) is None
        second.steps.put(3)
        after = read_until(source, 3)[-1]
        assert after.size_wh == source.size_wh == (640, 480)
        assert after.index > before.index and after.t > before.t
        assert closed == ["first"]


@pytest.mark.parametrize("beside", [True, False])
def test_a_source_that_does_not_open_leaves_the_present_one(beside):
    sources = [FakeLive(1), FakeLive(4)]
    opened = []

    def open_first():
        opened.append(sources.pop(0))
        return opened[-1]

    def refuse():
        raise CameraError("another program uses it")

    told = queue.Queue()
    with Reconnecting(open_first, retry_s=0.05) as source:
        read_until(source, 1)
        assert source.change(refuse, beside=beside, told=told.put)
        assert "another program" in str(told.get(timeout=10))
        opened[-1].steps.put(4)
        read_until(source, 4)
        assert len(opened) == (1 if beside else 2)
        assert source.size_wh == (320, 180)


def test_a_source_that_gives_no_frame_is_no_source(monkeypatch):
    monkeypatch.setattr("emoapp.sources.live.FIRST_FRAME_S", 0.2)
    told = queue.Queue()
    first, silent = FakeLive(1), FakeLive()
    with Reconnecting(lambda: first, retry_s=0.05) as source:
        read_until(source, 1)
        assert source.change(lambda: silent, beside=True, told=told.put)
        assert not source.change(lambda: silent, beside=True, told=told.put), "one at a time"
        assert "is gone" in str(told.get(timeout=10))
        first.steps.put(2)
        read_until(source, 2)


def test_a_camera_that_is_lost_while_another_is_opened_is_not_opened_again_beside_it():
    """The other one may be opened only once: neither it nor its numbers are taken back."""
    may_open, opened = threading.Event(), []

    def open_second():
        opened.append(FakeLive(2, size_wh=(640, 480)))
        assert may_open.wait(10)
        return opened[-1]

    first = FakeLive(1)
    tries = []

    def open_first():
        tries.append(1)
        if len(tries) > 1:
            raise CameraError("not back")
        return first

    told = queue.Queue()
    with Reconnecting(open_first, retry_s=0.02) as source:
        read_until(source, 1)
        assert source.change(open_second, beside=True, told=told.put)
        first.steps.put(CameraError("pulled out"))
        while len(tries) < 3:
            assert source.read() is not None
        may_open.set()
        assert told.get(timeout=10) is None
        opened[0].steps.put(3)
        index = read_until(source, 3)[-1].index
        time.sleep(0.2)
        opened[0].steps.put(4)
        assert read_until(source, 4)[-1].index > index
        assert len(opened) == 1
