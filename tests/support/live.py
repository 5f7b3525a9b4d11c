"""A live source that gives what a test puts in."""

from __future__ import annotations

import queue
import time

from emoapp.errors import CameraError
from emoapp.sources.grabber import LatestFrameGrabber
from emoapp.sources.live import LiveSource
from support.pictures import picture


class FakeLive(LiveSource):
    """Gives the pictures that are put in; an exception breaks it, None ends it.

    hangs: like some drivers, it does not notice that it was closed.
    """

    name, size_wh, fps = "fake", (320, 180), 30.0

    def __init__(
        self, *steps, size_wh=(320, 180), released=lambda: None, stall_s=None, hangs=False
    ) -> None:
        self.size_wh, self.hangs = size_wh, hangs
        self.trouble = "The fake is gone"
        self.steps = queue.Queue()
        for step in steps:
            self.steps.put(step)
        self._grabber = LatestFrameGrabber(
            self.grab,
            release=released,
            name="fake",
            stall_s=stall_s,
            stalled=lambda: CameraError("stalled"),
        )

    def grab(self):
        while self.steps.empty():
            if self._grabber.stopping and not self.hangs:
                return None
            time.sleep(0.005)
        step = self.steps.get()
        if isinstance(step, Exception):
            raise step
        return None if step is None else (picture(step, self.size_wh), time.monotonic())
