"""Cameras and streams that break off and come back, and what the user is told meanwhile."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from support.live import FakeLive
from support.pictures import number_of
from support.watching import to_the_end

from emoapp.errors import CameraError
from emoapp.sources import Waiting
from emoapp.sources.letterbox import letterbox
from emoapp.sources.reconnecting import Reconnecting
from emoapp.types import Frame


def opens(*sources) -> Reconnecting:
    """Opens these in order; an exception among them is raised."""
    left = list(sources)

    def open_next():
        source = left.pop(0)
        if isinstance(source, Exception):
            raise source
        return source

    return Reconnecting(open_next, retry_s=0.05)


GONE = CameraError("gone")


def test_iterating_gives_frames_only_and_one_sequence():
    source = opens(
        FakeLive(1, GONE), GONE, GONE, FakeLive(2, GONE), FakeLive(None), FakeLive(3, None)
    )
    frames = []
    with source:
        for frame in source:
            frames.append(frame)
            if len(frames) == 3:
                break
    assert [number_of(frame.image) for frame in frames] == [1, 2, 3]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert 0 == frames[0].t < frames[1].t < frames[2].t
    assert source.read() is None, "closed"
    source.close()


def test_what_was_missed_adds_up():
    first, second = FakeLive(1), FakeLive(5)
    with opens(first, second) as source:
        assert source.read().index == 0
        for fake, steps in ((first, (2, 3)), (second, (6, 7, 8))):
            if fake is second:
                fake_frame = next(iter(source))
                assert (fake_frame.index, source.missed) == (3, 1)
            for step in steps:
                fake.steps.put(step)
            until = time.monotonic() + 10
            while not fake.steps.empty() and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(0.1)
            frame = source.read()
            fake.steps.put(GONE)
        assert (frame.index, source.missed, number_of(frame.image)) == (6, 3, 8)
    assert source.missed == 3, "closed, it is still known"


def test_a_stalled_device_is_given_back_before_it_is_opened_again():
    order = []
    stalled = FakeLive(1, stall_s=0.2, hangs=True, released=lambda: order.append("given back"))
    left = [stalled, FakeLive(2)]

    def open_next():
        order.append("opened")
        return left.pop(0)

    with Reconnecting(open_next, retry_s=0.05) as source:
        assert isinstance(source.read(), Frame)
        until = time.monotonic() + 1.5  # longer than close() waits
        while time.monotonic() < until:
            assert isinstance(source.read(), Waiting)
        assert order == ["opened"]
        stalled.steps.put(9)  # the driver returns
        assert number_of(next(iter(source)).image) == 2, "a picture after the stall is too old"
    assert order == ["opened", "given back", "opened"]


def test_it_is_closed_while_an_opening_hangs_and_what_opens_late_is_closed():
    hanging, opened, late = threading.Event(), threading.Event(), threading.Event()
    left = [FakeLive(1, GONE)]

    def open_next():
        if left:
            return left.pop()
        hanging.set()
        assert opened.wait(20)
        return FakeLive(released=late.set)

    source = Reconnecting(open_next, retry_s=0.05)
    source.read()
    while not hanging.is_set():
        assert isinstance(source.read(), Waiting)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 3
    opened.set()
    assert late.wait(10)
    for thread in threading.enumerate():
        if thread.name.startswith("reopen"):
            thread.join(10)


def test_a_fault_of_the_program_is_not_hidden():
    with opens(FakeLive(1, GONE), ValueError("a bug")) as source:
        with pytest.raises(ValueError, match="a bug"):
            to_the_end(source)


def test_another_size_is_scaled_to_the_first():
    with opens(FakeLive(1, GONE), FakeLive(7, size_wh=(320, 240))) as source:
        frames = iter(source)
        assert next(frames).size_wh == next(frames).size_wh == source.size_wh == (320, 180)


@pytest.mark.parametrize("size_wh", [(320, 180), (640, 360), (320, 240), (101, 333), (3, 2)])
def test_fit_keeps_the_shape(size_wh):
    image = np.full((size_wh[1], size_wh[0], 3), 200, np.uint8)
    fitted = letterbox(image, (320, 180))
    assert fitted.shape == (180, 320, 3)
    height = min(180, 320 * size_wh[1] / size_wh[0])
    width = min(320, 180 * size_wh[0] / size_wh[1])
    assert (fitted == 200).all(axis=2).sum() == pytest.approx(width * height, rel=0.05)
    assert (fitted == 0).any() == (abs(width * height - 320 * 180) > 400)


def test_a_short_wait_adds_up_to_a_stall():
    fake = FakeLive(1, stall_s=0.3)
    assert fake.ready(10) and fake.read().index == 0
    answers = [fake.ready(0.1) for _ in range(3)]
    assert answers == [False, False, True]
    with pytest.raises(CameraError, match="stalled"):
        fake.read()
    assert not fake.ready(0.1), "and the next wait begins anew"
    fake.steps.put(2)
    assert fake.ready(10) and fake.read().index == 1
    fake.steps.put(None)
    assert fake.ready(10) and fake.read() is None
    fake.close()
    assert fake.ready(10) and fake.given_back(0)
