"""The Lab Streaming Layer, received by pylsl's own inlet in another process."""

from __future__ import annotations

import csv
import math
import os
import shutil
import signal
import statistics
import sys
import time
import uuid

import cv2
import pytest
from support.lsl import CHANNELS, inlet
from support.outputs import RESULTS, face, nothing_left, result
from support.programs import emoapp, succeeded
from support.vcam import environment

from emoapp.labels import EMOTIONS
from emoapp.sinks.lsl import REST, LslOutput
from emoapp.sources import open_source

if sys.platform == "win32":
    pytest.skip("the receiver waits for its standard input with select", allow_module_level=True)


def test_every_sample_arrives_in_order_with_the_time_of_its_capture():
    arrived = []
    with inlet() as received:
        with LslOutput(EMOTIONS, name=received.name, fps=30.0) as output:
            received.connected()
            for one in RESULTS:
                # It came a while before it was written, and that differs from frame to frame.
                arrived.append(time.monotonic() - 0.1 * (1 + one.frame.index % 3))
                frame = one.frame
                late = result(frame.index, *one.tracks, arrived=arrived[-1])
                output.write(late)
                time.sleep(0.005)
            time.sleep(0.5)
        received.end()
    assert received.about["labels"] == CHANNELS
    assert received.about["types"] == ["probability"] * 7 + [kind for _, kind, _ in REST]
    assert (received.about["rate"], received.about["type"]) == (30.0, "Expression")
    assert [values["frame"] for _, values in received.numbers] == [r.frame.index for r in RESULTS]
    errors = [abs(stamp - t) for (stamp, _), t in zip(received.numbers, arrived, strict=True)]
    assert statistics.median(errors) < 0.005
    for one, (_, values) in zip(RESULTS, received.numbers, strict=True):
        track = one.selected_track
        believed = track is not None and track.rejection is None
        assert (values["track"] == track.id) if track else math.isnan(values["track"])
        assert (values["x0"] == 32) if track else math.isnan(values["x0"])
        smoothed = [values[label] for label in EMOTIONS]
        if believed:
            assert smoothed == pytest.approx(track.smoothed.probabilities.tolist())
        else:
            assert all(map(math.isnan, [*smoothed, values["confidence"]]))
    assert [label for _, label in received.markers] == ["happy", "none", "angry"]
    times = [received.numbers[number][0] for number in (0, 4, 6)]
    assert [t for t, _ in received.markers] == pytest.approx(times, abs=0.001)


@pytest.mark.slow
def test_a_run_streams_what_its_log_says(vcam, demo, tmp_path):
    """With a camera: the times in its log are those at which its frames came."""
    log, library = tmp_path / "log.csv", tmp_path / vcam.name
    shutil.copy(vcam, library)
    with open_source(demo) as source:
        clip = [cv2.imencode(".jpg", frame.image)[1].tobytes() for frame in source]
    with inlet() as received:
        words = ["--no-window", "--seconds", 8, "--lsl", received.name, "--log", log]
        succeeded(emoapp("live", *words, **environment(library, clip)))
        received.connected()
        received.end()
    with open(log, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(received.numbers) > 10
    numbers = [int(values["frame"]) for _, values in received.numbers]
    assert numbers == sorted(set(numbers))
    logged = sorted({int(row["frame"]) for row in rows})
    assert numbers == logged[logged.index(numbers[0]) :], "none is lost once it listens"
    offsets = []
    for stamp, values in received.numbers:
        of_frame = [row for row in rows if int(row["frame"]) == values["frame"]]
        offsets.append(stamp - float(of_frame[0]["time_s"]))
        (row,) = [row for row in of_frame if float(row["track"]) == values["track"]]
        for label in EMOTIONS if row["label"] else ():
            assert values[label] == pytest.approx(float(row[f"smoothed_{label}"]), abs=1e-4)
        assert bool(row["label"]) == (not math.isnan(values["confidence"]))
        assert values["x0"] == pytest.approx(float(row["x0"]), abs=0.06)
    middle = statistics.median(offsets)
    assert statistics.median(abs(offset - middle) for offset in offsets) < 0.005


def test_a_stream_that_ends_is_gone():
    import pylsl

    name = f"test-{uuid.uuid4().hex[:8]}"
    with LslOutput(EMOTIONS, name=name) as output:
        output.write(result(0, face("happy")))
        assert len(pylsl.resolve_byprop("name", name, timeout=10)) == 1
    assert pylsl.resolve_byprop("name", name, timeout=1) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="stops a process")
def test_a_receiver_that_stops_or_dies_holds_nothing_up():
    many = RESULTS * 100
    with inlet() as received, nothing_left():
        with LslOutput(EMOTIONS, name=received.name, fps=30.0) as output:
            received.connected()
            for number, one in enumerate(many):
                if number == 1000:
                    received.signal(signal.SIGSTOP)
                if number == 3000:
                    received.signal(signal.SIGKILL)
                output.write(one)
