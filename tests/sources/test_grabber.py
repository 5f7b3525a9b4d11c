"""The one slot behind cameras, streams and paced files."""

from __future__ import annotations

import queue
import threading

import pytest
from support.pictures import number_of, picture

from emoapp.errors import CameraError
from emoapp.sources.grabber import LatestFrameGrabber


class Script:
    """A `grab` that gives what the test puts in."""

    def __init__(self, *steps: object, **options) -> None:
        self.steps, self.taken = queue.Queue(), threading.Semaphore(0)
        self.released = 0
        self.put(*steps)
        self.newest = LatestFrameGrabber(self.grab, release=self.release, name="script", **options)

    def put(self, *steps: object) -> None:
        for step in steps:
            self.steps.put(step)

    def grab(self):
        self.taken.release()
        step = self.steps.get()
        if isinstance(step, Exception):
            raise step
        return None if step is None else (picture(step), step / 10)

    def release(self) -> None:
        self.released += 1

    def wait(self, calls: int) -> None:
        """Until `grab` was called so often: all steps before are in the slot."""
        for _ in range(calls):
            assert self.taken.acquire(timeout=10)


def test_newest_wins_and_misses_are_counted():
    script = Script(3, 4)
    script.newest.start()
    script.wait(3)
    frame = script.newest.take()
    assert (frame.index, frame.t, number_of(frame.image)) == (0, 0.0, 4)
    assert script.newest.missed == 0, "what comes before the first read is nobody's loss"
    script.put(5, 6, 7)
    script.wait(3)
    frame = script.newest.take()
    assert (frame.index, number_of(frame.image), script.newest.missed) == (3, 7, 2)
    assert frame.t == pytest.approx(0.3)
    script.put(8, None)
    script.wait(1)
    assert script.newest.take().index == 4
    assert script.newest.take() is None
    script.newest.close()
    script.newest.close()
    assert script.released == 1


def test_a_reader_that_was_held_up_once_misses_nothing():
    script = Script(0, queue_size=3)
    assert script.newest.take().index == 0
    script.put(1, 2, 3)
    script.wait(5)
    assert [script.newest.take().index for _ in range(3)] == [1, 2, 3]
    script.put(4, 5, 6, 7)
    script.wait(4)
    assert script.newest.take().index == 5, "no more than three wait"
    assert script.newest.missed == 1
    script.put(None)
    script.newest.close()


def test_a_reader_that_does_not_catch_up_gets_the_newest():
    script = Script(0, queue_size=3)
    taken = [script.newest.take().index]
    script.wait(2)
    for number in range(10):
        script.put(3 * number + 1, 3 * number + 2, 3 * number + 3)
        script.wait(3)
        taken.append(script.newest.take().index)
    assert taken[:2] == [0, 1] and taken[2:] == [3 * number for number in range(2, 11)]
    assert script.newest.missed == taken[-1] + 1 - len(taken)
    script.put(31)
    script.wait(1)
    assert script.newest.take().index == 31, "nothing waited, so it has caught up"
    script.put(32, 33)
    script.wait(2)
    assert [script.newest.take().index for _ in range(2)] == [32, 33]
    script.put(None)
    script.newest.close()


def test_an_error_rises_in_the_reader_after_the_last_picture():
    script = Script(1, CameraError("gone"))
    assert script.newest.take().index == 0
    for _ in range(2):
        with pytest.raises(CameraError, match="gone"):
            script.newest.take()
    script.newest.close()
    assert script.released == 1


def test_a_stall_is_an_error_and_not_the_end():
    script = Script(1, stall_s=0.2, stalled=lambda: CameraError("stalled"))
    script.newest.take()
    with pytest.raises(CameraError, match="stalled"):
        script.newest.take()
    script.put(2)
    assert script.newest.take().index == 1
    script.put(None)
    assert script.newest.take() is None
    script.newest.close()


def test_closed_before_it_was_read():
    script = Script()
    script.newest.close()
    assert script.released == 1
    assert script.newest.take() is None
