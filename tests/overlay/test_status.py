"""The row of the status."""

from __future__ import annotations

from support.drawing import (
    FULL,
    inside,
)

from emoapp.overlay import Status
from emoapp.overlay.status import StatusRow, clock
from emoapp.overlay.theme import Sizes


def test_the_row_says_only_what_there_is_and_keeps_the_recording_longest():
    row = StatusRow()
    assert row.prepare(Status(), Sizes.of(640, 360), now=0.0) is None
    wide, _ = StatusRow().prepare(FULL, Sizes.of(1280, 720), now=0.0)
    narrow, rect = StatusRow().prepare(FULL, Sizes.of(200, 240), now=0.0)
    assert inside(rect, 200, 240)
    for sprite in (wide, narrow):
        blue, green, red = sprite.ink.reshape(-1, 3).astype(int).T
        assert ((red > 200) & (green < 100) & (blue < 100)).any()
    assert [clock(s) for s in (0, 61.9, 3600)] == ["0:00", "1:01", "1:00:00"]


def test_numbers_of_the_row_stand_still_for_a_moment():
    row, sizes = StatusRow(), Sizes.of(640, 360)
    sprites = [
        row.prepare(Status(fps=fps), sizes, now=now)[0]
        for fps, now in ((10, 0.0), (20, 0.1), (30, 0.3))
    ]
    assert sprites[0] is sprites[1] is not sprites[2]


def test_a_paused_picture_has_no_rate_from_its_first_moment_on():
    row, sizes = StatusRow(), Sizes.of(1280, 720)
    running, _ = row.prepare(
        Status(fps=30.0, latency_ms=12.0, faces=1), sizes, now=1.0, details=True
    )
    paused, _ = row.prepare(Status(faces=1, paused=True), sizes, now=1.01, details=True)
    later, _ = row.prepare(Status(faces=1, paused=True), sizes, now=9.0, details=True)
    assert paused.width == later.width < running.width


def test_milliseconds_detector_and_missed_frames_are_for_those_who_ask():
    sizes = Sizes.of(1280, 720)
    status = Status(fps=30.0, latency_ms=12.0, faces=1, detector="blazeface", missed=3)
    few, _ = StatusRow().prepare(status, sizes, now=0.0)
    plain, _ = StatusRow().prepare(Status(fps=30.0, faces=1), sizes, now=0.0)
    all_of_it, _ = StatusRow().prepare(status, sizes, now=0.0, details=True)
    assert few.width == plain.width < all_of_it.width / 2


def test_the_profile_is_named_for_those_who_ask():
    sizes = Sizes.of(1280, 720)
    named, plain = Status(fps=30.0, profile="Ada"), Status(fps=30.0)
    for details in (False, True):
        with_name, _ = StatusRow().prepare(named, sizes, now=0.0, details=details)
        without, _ = StatusRow().prepare(plain, sizes, now=0.0, details=details)
        assert (with_name.width > without.width) == details
