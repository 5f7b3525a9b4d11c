"""Rate and latency of the live window."""

from __future__ import annotations

import time

from emoapp.app.live.controller import WindowController
from emoapp.app.live.messages import Messages
from emoapp.app.run import Run, open_pipeline
from emoapp.config import LiveConfig
from emoapp.sources import open_source
from emoapp.utils.stats import Stats


class SlowWindow:
    """A window on a screen that takes 50 ms to show a picture."""

    closed = held = False
    moved_at = float("-inf")
    pointer = None

    def fit(self, source_wh):
        return source_wh

    def show(self, picture):
        pass

    def poll(self):
        time.sleep(0.05)

    def clicked(self):
        return None

    def toggle_full_screen(self):
        pass


class Watched(WindowController):
    def status(self, result):
        self.said = [*getattr(self, "said", ()), super().status(result)]
        return self.said[-1]


def test_latency_is_from_arrival_to_the_end_of_showing(demo):
    config = LiveConfig(source=str(demo), max_frames=12)
    stats = Stats()
    with open_source(demo, live=True) as source, open_pipeline(config) as pipeline:
        window = SlowWindow()
        with Watched(config, source, window, stats, messages=Messages()) as controller:
            sinks = controller.begin(pipeline)
            run = Run(config, source, pipeline, sinks, controller=controller, stats=stats)
            numbers = run.to_the_end()
    said = controller.said
    assert said[0].latency_ms is None and said[0].fps is None
    assert min(status.latency_ms for status in said[1:]) > 50
    assert max(status.fps for status in said[2:]) < 20
    assert numbers["latency_ms"]["median"] > 50


def test_only_what_comes_from_outside_has_arrived(clip):
    began = time.monotonic()
    with open_source(clip, live=True) as source:
        arrived = [frame.arrived for frame in source]
    assert began < arrived[0] and arrived == sorted(arrived) and arrived[-1] < time.monotonic()
    assert arrived[-1] - arrived[0] > 0.5
    with open_source(clip) as source:
        assert {frame.arrived for frame in source} == {None}
