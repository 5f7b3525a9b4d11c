"""How much room the disk has for a recording."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emoapp.app.live.room import ENOUGH_S, LOOK_S, OVER_S, RoomWatch


@given(
    rate=st.integers(1_000, 5_000_000),
    left_s=st.floats(1.0, 600.0),
    every_s=st.floats(LOOK_S, 2.0),
    seconds=st.integers(5, 40),
)
def test_room_is_measured_by_how_fast_the_file_grows(
    tmp_path_factory, rate, left_s, every_s, seconds
):
    path = tmp_path_factory.getbasetemp() / "growing.mp4"
    free = left_s * rate
    watch, now = RoomWatch(path, free=lambda folder: free), 50.0
    path.write_bytes(b"")
    said = []
    while now < 50.0 + seconds:
        os.truncate(path, round((now - 50.0) * rate))  # no disk is used for that
        said.append(watch.short_s(now))
        now += every_s
    assert said[0] is None, "nothing is measured yet"
    for short_s in said[1:]:
        if left_s > 1.01 * ENOUGH_S:
            assert short_s is None
        elif left_s < 0.99 * ENOUGH_S:
            assert short_s == pytest.approx(left_s, rel=0.01)


def test_a_pause_does_not_make_the_recording_look_slow(tmp_path):
    path = tmp_path / "growing.mp4"
    watch = RoomWatch(path, free=lambda folder: 30_000)
    for now, size in ((0, 0), (1, 1000), (2, 2000), (60, 2000), (61, 3000)):
        path.write_bytes(bytes(size))
        short_s = watch.short_s(float(now))
        if now != 60:
            assert short_s is None if now == 0 else short_s == pytest.approx(30), now
    assert OVER_S < 58
    path.unlink()
    assert watch.short_s(70.0) is None
