"""The timeline: what it keeps, how it is drawn, and where it stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.drawing import (
    FULL,
    boxes,
    changed_outside,
    disjoint,
    draw_at,
    inside,
    make_track,
    picture,
)

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay, colors_of
from emoapp.overlay.blend import Painter
from emoapp.overlay.history import BIN_S, BINS, SPAN_S, History
from emoapp.overlay.theme import EXPRESSION_COLORS, Sizes
from emoapp.overlay.timeline import LAG_S, Timeline, plan
from emoapp.types import Rejection

FACE = (500, 200, 700, 400)
HD = Sizes.of(1280, 720)


def scores_at(t):
    """Somebody who is sad for 4 seconds, away for 2, then happy, ever more so."""
    if 4 <= t < 6:
        return []
    return [make_track(1, FACE, "sad" if t < 4 else "happy", 0.6 if t < 4 else 0.6 + 0.02 * t)]


def shown(times, draw_all=True):
    """The band's colored part at the last of `times`, on a black picture."""
    timeline = Timeline(EMOTIONS, colors_of(EMOTIONS), History(EMOTIONS))
    for t in times:
        tracks = scores_at(t)
        timeline.follow(tracks[0] if tracks else None, tracks, t=t)
        if draw_all or t == times[-1]:
            image = np.zeros((720, 1280, 3), np.uint8)
            timeline.draw(Painter(image), HD)
    lay = plan(HD)
    x, y = lay.rect.x0 + lay.x, lay.rect.y0 + lay.y
    return image[y : y + lay.thickness, x : x + lay.length].astype(int)


def seconds(n, fps):
    return [i / fps for i in range(n * fps + 1)]


@pytest.mark.parametrize("fps", [4, 10, 60])
def test_the_history_is_the_same_at_every_frame_rate(fps):
    one, other = History(EMOTIONS), History(EMOTIONS)
    for history, rate in ((one, 24), (other, fps)):
        for t in seconds(12, rate):
            history.add(scores_at(t), t)
    a, b = (history.shares(1, 0, round(11.9 / BIN_S)) for history in (one, other))
    seen = a.any(axis=1)
    differs = abs(a - b).max(axis=1) > 0.02
    # A slow camera sees a change up to a frame late.
    assert differs.sum() <= 2 * np.ceil(1 / fps / BIN_S)
    assert 12 <= (~seen).sum() <= 16 and not seen[round(5 / BIN_S)]


def test_a_bin_is_the_mean_of_what_was_seen_in_it_and_time_that_runs_back_forgets():
    history = History(EMOTIONS)
    for t, share in ((3.0, 0.4), (3.05, 0.9), (3.1, 0.8)):
        history.add([make_track(1, FACE, "sad", share)], t)
    sad = EMOTIONS.index("sad")
    assert history.shares(1, round(3 / BIN_S), 1)[0, sad] == pytest.approx(0.7)
    history.add([make_track(1, FACE)], 0.0)
    assert not history.shares(1, 1, BINS).any()


def test_columns_drawn_one_by_one_are_those_drawn_at_once():
    for times in (seconds(9, 24), seconds(41, 7)):
        assert np.array_equal(shown(times), shown(times, draw_all=False))


def nearest(pixel):
    """The expression whose hue a pixel has; None for the empty ground."""
    if pixel.max() < 70:
        return None
    unit = {name: np.array(c) / np.linalg.norm(c) for name, c in EXPRESSION_COLORS.items()}
    return max(unit, key=lambda name: float(pixel @ unit[name]) / np.linalg.norm(pixel))


def test_the_newest_is_at_the_right_with_the_share_of_its_probability_and_gaps_stay_empty():
    band = shown(seconds(10, 24))
    height, length, _ = band.shape

    def column(t):
        x = length - 1 - round((10 - LAG_S - t) * length / SPAN_S)
        return [nearest(pixel) for pixel in band[:, min(x, length - 1 - height // 2)]]

    assert column(10).count("happy") == pytest.approx(0.8 * height, abs=1.5)
    assert column(2).count("sad") == pytest.approx(0.6 * height, abs=1.5)
    assert set(column(5)) == {None} == set(column(-2))
    filled = band[:, 9:-9].max(axis=2) > 70
    assert (filled.all(axis=0) | ~filled.any(axis=0)).all()
    # In the order of the labels from the bottom: four are below it and two above.
    assert column(2).index("sad") == pytest.approx(2 / 3 * 0.2 * height, abs=1)


def pixels_of(label, image):
    """How many pixels of the band have the color of `label`."""
    rect = plan(HD).rect
    band = image[rect.y0 : rect.y1, rect.x0 : rect.x1].astype(int)
    return int((abs(band - 0.85 * np.array(EXPRESSION_COLORS[label])).max(axis=2) < 12).sum())


def test_a_face_that_is_not_believed_leaves_a_gap_and_an_undecided_one_does_not():
    history, track = History(EMOTIONS), make_track(1, FACE)
    rejections = [None, Rejection.TOO_DARK, Rejection.UNSURE, Rejection.TURNED_AWAY]
    for t in seconds(8, 24)[:-1]:
        history.add([replace(track, rejection=rejections[int(t / 2)])], t)
    seen = history.shares(1, 0, round(8 / BIN_S)).any(axis=1)
    assert [seen[i : i + 16].mean() for i in range(0, 64, 16)] == [1, 0, 1, 0]


def test_another_person_has_another_past_and_a_source_that_starts_again_has_none():
    timeline = Timeline(EMOTIONS, colors_of(EMOTIONS), History(EMOTIONS))
    one, two = make_track(1, FACE, "sad"), make_track(2, FACE, "happy")
    found = []
    for t in (*seconds(5, 8), 5.1, 5.2, 0.0, 0.5):
        timeline.follow(two if t == 5.1 else one, [one, two], t=t)
        image = np.zeros((720, 1280, 3), np.uint8)
        timeline.draw(Painter(image), HD)
        found.append((pixels_of("sad", image), pixels_of("happy", image)))
    before, other, back, _, again = found[-5:]
    assert before[0] > 1500 < back[0] and before[1] == back[1] == 0
    assert other[1] > 1500 and other[0] == 0
    assert 0 < again[0] < 200


def test_an_hour_with_many_people_leaves_little_behind():
    history = History(EMOTIONS)
    tracks = [make_track(i, FACE) for i in range(3600)]
    for step in range(3600 * 8):
        t = step / 8
        history.add([make_track(-1, FACE), tracks[int(t)]][step % 97 == 0 :], t)
    remembered = [number for number in range(-1, 3600) if number in history]
    assert remembered == [-1, *range(3600 - len(remembered) + 1, 3600)]
    assert SPAN_S <= len(remembered) <= SPAN_S + 3
    # Of the one who was there all the time too: the bins that are shown, and a few more.
    bins = history.shares(-1, 0, round(3600 / BIN_S)).any(axis=1)
    assert BINS <= bins.sum() <= BINS + 5 and not bins[: -BINS - 5].any()


@settings(deadline=None, max_examples=40)
@given(
    size=st.tuples(st.integers(1, 1400), st.integers(1, 900)),
    found=boxes,
    count=st.integers(2, 18),
    notice=st.text(max_size=60),
)
@example((1280, 720), [FACE], 7, "Saved snapshot.png")
@example((1280, 720), [(500, 0, 700, 645)], 7, "")
@example((1400, 700), [(1000, 200, 1200, 400)], 16, "")
@example((1400, 700), [(1000, 200, 1200, 400)], 17, "")
def test_nothing_overlaps_the_timeline_and_only_what_is_reported_changes(
    size, found, count, notice
):
    width, height = size
    labels = [*EMOTIONS, *(f"own {i}" for i in range(11))][:count]
    overlay, before = Overlay(labels), picture(width, height)
    overlay.notify(notice, now=0.0)
    tracks = [make_track(i + 1, box, labels[0], 0.8, labels) for i, box in enumerate(found[:4])]
    for t in (0.0, 0.5, 1.0, 2.3):
        after = draw_at(overlay, before.copy(), *tracks, t=t, status=FULL)
    assert changed_outside(before, after, overlay.touched) == 0
    assert all(inside(rect, width, height) for rect in overlay.touched)
    arranged = overlay.arrangement
    panel, band, row = arranged.bars, arranged.timeline, arranged.status
    standing = [rect for rect in (panel, band, row[1] if row else None) if rect]
    assert disjoint(standing) and all(inside(rect, width, height) for rect in standing)
    assert panel is None or panel.y0 >= Sizes.of(*size).margin
    if size == (1280, 720):
        assert panel and band and row
        assert disjoint([*standing, *overlay.pills.values()])


def test_the_band_can_be_hidden_and_is_not_in_small_pictures():
    def rows(width, height, **how):
        overlay = Overlay(EMOTIONS, OverlayConfig(bars=False, **how))
        for t in (0.0, 1.0, 2.0):
            draw_at(overlay, picture(width, height), make_track(1, (90, 80, 180, 170)), t=t)
        return [rect for rect in overlay.touched if rect.x1 - rect.x0 > 0.8 * width]

    assert len(rows(1280, 720)) == len(rows(640, 360)) == 1
    assert rows(1280, 720, timeline=False) == rows(320, 240) == []
