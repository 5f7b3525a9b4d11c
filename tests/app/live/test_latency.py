"""Rate and latency of the live window."""

from __future__ import annotations

import time
from concurrent.futures import Future

from emoapp.app.live.window import WindowRun

from emoapp.app.live.messages import Messages
from emoapp.app.run import open_pipeline
from emoapp.config import LiveConfig
from emoapp.sources import open_source


class SlowWindow:
    """A window on a screen that takes 50 ms to show a picture."""

    wants_picture, closed = True, False

    def write(self, result, picture):
        pass

    def poll(self):
        time.sleep(0.05)

    def clicked(self):
        return None

    def toggle_full_screen(self):
        pass


class Watched(WindowRun):
    def status(self, result):
        self.shown.append(super().status(result))
        return self.shown[-1]


def test_latency_is_from_arrival_to_the_end_of_showing(demo):
    config = LiveConfig(source=str(demo), max_frames=12)
    loading = Future()
    loading.set_result(open_pipeline(config))
    with open_source(demo, live=True) as source, loading.result():
        run = Watched(config, source, SlowWindow(), loading, messages=Messages())
        run.shown = []
        numbers = run.to_the_end()
    assert run.shown[0].latency_ms is None and run.shown[0].fps is None
    assert min(status.latency_ms for status in run.shown[1:]) > 50
    assert max(status.fps for status in run.shown[2:]) < 20
    assert numbers["latency_ms"]["median"] > 50


def test_only_what_comes_from_outside_has_arrived(clip):
    began = time.monotonic()
    with open_source(clip, live=True) as source:
        arrived = [frame.arrived for frame in source]
    assert began < arrived[0] and arrived == sorted(arrived) and arrived[-1] < time.monotonic()
    assert arrived[-1] - arrived[0] > 0.5
    with open_source(clip) as source:
        assert {frame.arrived for frame in source} == {None}
