"""Open Sound Control, received by python-osc's own server."""

from __future__ import annotations

import csv

import pytest
from support.osc import receiver
from support.outputs import RESULTS, face, free_port, result, until
from support.programs import emoapp, succeeded

from emoapp.errors import SinkError
from emoapp.labels import EMOTIONS
from emoapp.sinks.osc import OscOutput, messages_of


def test_each_frame_says_what_the_log_says(tmp_path):
    log = tmp_path / "log.csv"
    with receiver() as (port, frames):
        words = ["--demo", "--no-window", "--frames", 60, "--osc", f"127.0.0.1:{port}"]
        succeeded(emoapp("live", *words, "--log", log))
        with open(log, newline="") as file:
            rows: dict[int, list[dict]] = {}
            for row in csv.DictReader(file):
                rows.setdefault(int(row["frame"]), []).append(row)
        until(lambda: frames and frames[-1]["/emoapp/frame"][0] == max(rows))
    numbers = [frame["/emoapp/frame"][0] for frame in frames]
    # A machine under load may drop some, and none comes twice or out of order.
    assert len(numbers) > 5 and numbers == sorted(set(numbers) & set(rows))
    for number, frame in zip(numbers, frames, strict=True):
        faces = rows[number]
        _, t, width, height = frame["/emoapp/frame"]
        assert (t, width, height) == (pytest.approx(float(faces[0]["time_s"]), abs=1e-4), 1280, 720)
        faces = [one for one in faces if one["track"]]
        assert frame["/emoapp/tracks"] == [int(one["track"]) for one in faces]
        followed = frame["/emoapp/followed/id"][0]
        for one in faces:
            for above in [one["track"], *["followed"] * (int(one["track"]) == followed)]:
                said = {
                    key.removeprefix(f"/emoapp/{above}/"): value
                    for key, value in frame.items()
                    if key.startswith(f"/emoapp/{above}/") and not key.endswith("/id")
                }
                assert said.pop("label") == [one["label"]]
                assert said.pop("rejection") == [one["rejection"]]
                assert said.pop("confidence") == [pytest.approx(float(one["confidence"]), abs=1e-4)]
                box = [
                    side * length
                    for side, length in zip(said.pop("box"), (width, height) * 2, strict=True)
                ]
                assert box == pytest.approx(
                    [float(one[s]) for s in ("x0", "y0", "x1", "y1")], abs=0.1
                )
                smoothed = {label: float(one[f"smoothed_{label}"]) for label in EMOTIONS}
                assert {k: v[0] for k, v in said.items()} == pytest.approx(smoothed, abs=1e-4)


def test_a_receiver_that_comes_late_goes_and_comes_back_gets_what_is_sent_then():
    port, reports = free_port(), []
    with OscOutput("127.0.0.1", port, report=lambda *words: reports.append(words)) as output:
        for _ in range(2):
            until(lambda: output.write(RESULTS[0]) or reports)
            with receiver(port) as (_, frames):
                until(lambda: output.write(RESULTS[0]) or len(frames) > 3)  # noqa: B023
    assert [title for title, _ in reports] == ["OSC"], "said once"
    assert f"nobody listens at 127.0.0.1:{port}" in reports[0][1]


def test_a_label_of_ones_own_is_a_valid_address():
    from dataclasses import replace

    from emoapp.types import Scores

    track = face("happy")
    own = Scores(("very/happy *", "süß"), track.smoothed.probabilities[:2])
    tracks = replace(track, raw=own, smoothed=own, label="süß")
    sent = dict(messages_of(result(0, tracks)))
    assert {"/emoapp/1/very_happy__", "/emoapp/1/s__"} <= set(sent)
    assert sent["/emoapp/1/label"] == ("süß",)


def test_many_faces_take_several_bundles_and_none_is_left_out():
    many = [face("happy", number) for number in range(1, 101)]
    with receiver() as (port, frames), OscOutput("127.0.0.1", port) as output:
        output.write(result(0, *many))
        until(lambda: frames and "/emoapp/100/neutral" in frames[0])
    assert frames[0]["/emoapp/tracks"] == list(range(1, 101))
    assert all(f"/emoapp/{number}/happy" in frames[0] for number in range(1, 101))


def test_a_host_that_is_none_ends_the_run_before_it_begins():
    with pytest.raises(SinkError, match="Expected the address of the receiver"):
        OscOutput("no such host", 9000)
