"""The timeline, the notices, the waiting picture, clicks on faces, and hidden faces."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.drawing import FULL, boxes, changed_outside, disjoint, inside, make_track, picture

from emoapp.labels import EMOTIONS
from emoapp.overlay import HELP, Overlay, Status, colours_of, panels
from emoapp.overlay.blend import Painter
from emoapp.overlay.history import BIN_S, BINS, SPAN_S, History
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import EXPRESSIONS, Sizes
from emoapp.overlay.timeline import LAG_S, Timeline, plan
from emoapp.privacy import pixelate
from emoapp.types import Box, Frame, Rejection, Result

FACE = (500, 200, 700, 400)
HD = Sizes.of(1280, 720)


def draw(overlay, image, *tracks, t=0.0, now=None, status=None):
    result = Result(Frame(image, 0, t), tracks)
    overlay.draw(image, result, status or Status(), now=t if now is None else now)
    return image


def scores_at(t):
    """Somebody who is sad for 4 seconds, away for 2, then happy, ever more so."""
    if 4 <= t < 6:
        return []
    return [make_track(1, FACE, "sad" if t < 4 else "happy", 0.6 if t < 4 else 0.6 + 0.02 * t)]


def shown(times, draw_all=True):
    """The band's coloured part at the last of `times`, on a black picture."""
    timeline = Timeline(EMOTIONS, colours_of(EMOTIONS))
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
    unit = {name: np.array(c) / np.linalg.norm(c) for name, c in EXPRESSIONS.items()}
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
    """How many pixels of the band have the colour of `label`."""
    rect = plan(HD).rect
    band = image[rect.y0 : rect.y1, rect.x0 : rect.x1].astype(int)
    return int((abs(band - 0.85 * np.array(EXPRESSIONS[label])).max(axis=2) < 12).sum())


def test_a_face_that_is_not_believed_leaves_a_gap_and_an_undecided_one_does_not():
    history, track = History(EMOTIONS), make_track(1, FACE)
    rejections = [None, Rejection.TOO_DARK, Rejection.UNSURE, Rejection.TURNED_AWAY]
    for t in seconds(8, 24)[:-1]:
        history.add([replace(track, rejection=rejections[int(t / 2)])], t)
    seen = history.shares(1, 0, round(8 / BIN_S)).any(axis=1)
    assert [seen[i : i + 16].mean() for i in range(0, 64, 16)] == [1, 0, 1, 0]


def test_another_person_has_another_past_and_a_source_that_starts_again_has_none():
    timeline = Timeline(EMOTIONS, colours_of(EMOTIONS))
    one, two = make_track(1, FACE, "sad"), make_track(2, FACE, "happy")
    found = []
    for t in (*seconds(5, 24), 5.1, 5.2, 0.0, 0.5):
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
    people = history._people
    assert len(people) <= SPAN_S + 3
    assert all(len(person.bins) <= BINS + 4 for person in people.values())
    assert -1 in history and 3599 in history and 3500 not in history


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
        after = draw(overlay, before.copy(), *tracks, t=t, status=FULL)
    assert changed_outside(before, after, overlay.touched) == 0
    assert all(inside(rect, width, height) for rect in overlay.touched)
    panel, band, floor = overlay._arrange(tracks, tracks[0] if tracks else None, Sizes.of(*size))
    row = overlay._row.prepare(FULL, Sizes.of(*size), now=2.3, floor=floor)
    standing = [rect for rect in (panel, band, row[1] if row else None) if rect]
    assert disjoint(standing) and all(inside(rect, width, height) for rect in standing)
    assert panel is None or panel.y0 >= Sizes.of(*size).margin
    if size == (1280, 720):
        assert band and panel and row
        assert disjoint([*standing, *overlay.pills.values()])


def test_the_band_can_be_hidden_and_is_not_in_small_pictures():
    def rows(width, height, **how):
        overlay = Overlay(EMOTIONS, bars=False, **how)
        for t in (0.0, 1.0, 2.0):
            draw(overlay, picture(width, height), make_track(1, (90, 80, 180, 170)), t=t)
        return [rect for rect in overlay.touched if rect.x1 - rect.x0 > 0.8 * width]

    assert len(rows(1280, 720)) == len(rows(640, 360)) == 1
    assert rows(1280, 720, timeline=False) == rows(320, 240) == []


def test_a_blink_of_the_followed_face_does_not_show_another_one():
    overlay = Overlay(EMOTIONS, bars=False)
    big, small = make_track(1, FACE, "sad"), make_track(2, (0, 0, 99, 99))
    followed = []
    for t in np.arange(0, 4, 0.1):
        tracks = [small] if 2 < t < 2.5 or t > 2.9 else [big, small]
        image = draw(overlay, np.zeros((720, 1280, 3), np.uint8), *tracks, t=float(t))
        followed.append("sad" if pixels_of("sad", image) else "happy")
    assert followed[5:35] == ["sad"] * 30 and followed[37:] == ["happy"] * 3


def test_a_notice_comes_before_the_hint_fades_and_goes():
    overlay, ink = Overlay(EMOTIONS, bars=False), {}
    draw(overlay, picture(1280, 720), t=0.0)
    (hint,) = overlay.touched
    assert hint.y1 == 720 - HD.margin
    overlay.notify("Saved snapshot.png", now=10.0, seconds=2.0)
    for now in (9.9, 10.0, 11.5, 11.8, 11.95, 12.0):
        image = draw(overlay, np.full((720, 1280, 3), 128, np.uint8), now=now)
        ink[now] = int(abs(image.astype(int) - 128).sum())
        notice = overlay.touched[0]
        assert (notice == hint) == (now in (9.9, 12.0)) and notice.y1 == hint.y1
    assert ink[10.0] == ink[11.5] > 1.2 * ink[11.8] > 1.2 * ink[11.95] > 0


def test_the_waiting_picture_is_grey_dark_and_says_why():
    whole = picture(700, 500)
    image, plain = whole[50:450, 20:660], whole.copy()
    overlay = Overlay(EMOTIONS)
    draw(overlay, image.copy(), make_track(1, (100, 100, 300, 300)))
    overlay.draw_waiting(image, "Camera lost", "It goes on when the camera is back.")
    edge = image[:40].astype(int)
    assert (edge.max(axis=2) == edge.min(axis=2)).all()
    assert edge.mean() == pytest.approx(0.45 * plain[50:90, 20:660].mean(), rel=0.1)
    assert image[180:220].max() > 240
    assert changed_outside(plain, whole, [Rect(20, 50, 660, 450)]) == 0
    assert overlay.track_at(200, 200) is None and overlay.pills == {}


def test_the_smallest_face_under_a_point_is_found_and_pills_lie_above():
    overlay = Overlay(EMOTIONS, bars=False, timeline=False)
    large, small = make_track(1, (300, 200, 900, 700)), make_track(2, (500, 400, 600, 500))
    for order in ((large, small), (small, large)):
        draw(overlay, picture(1280, 720), *order)
        assert overlay.track_at(550, 450) == 2
        assert overlay.track_at(310, 210) == overlay.track_at(899.5, 450) == 1
        assert overlay.track_at(900, 450) is overlay.track_at(10, 10) is None
        for number, pill in overlay.pills.items():
            assert overlay.track_at(pill.x0 + 1, pill.y1 - 1) == number
    assert any(overlay.track_at(p.x0, p.y0) == 2 and p.y1 <= 400 for p in overlay.pills.values())


@pytest.mark.parametrize(
    "size_wh", [(320, 240), (240, 320), (640, 360), (640, 480), (1280, 720), (3840, 2160)]
)
def test_all_keys_fit_into_the_picture(size_wh):
    sizes = Sizes.of(*size_wh)
    panel = panels.help_panel(HELP, sizes)
    assert panel.width <= size_wh[0] and panel.height <= size_wh[1]
    # Where one column would be squeezed there are two, if there is room for two.
    assert (panel.width > panel.height) == (size_wh in [(320, 240), (640, 360), (640, 480)])


anywhere = st.integers(-300, 600)
faces = st.lists(
    st.tuples(anywhere, anywhere, st.floats(1, 400), st.floats(1, 400)).map(
        lambda b: Box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=80)
@given(width=st.integers(1, 400), height=st.integers(1, 300), found=faces)
@example(320, 240, [Box(100, 60, 180, 150)])
@example(320, 240, [Box(100, 60, 107, 67)])
@example(320, 240, [Box(-1000, -1000, 1400, 1300)])
def test_a_hidden_face_is_a_few_blocks_and_only_it_is_touched(width, height, found):
    before = np.arange(width * height * 3, dtype=np.uint32).reshape(height, width, 3)
    before = cv2.randShuffle((before * 2654435761 >> 16).astype(np.uint8))
    after = before.copy()
    assert pixelate(after, found) is None
    around = []
    for x0, y0, x1, y1 in found:
        more_x, more_y = 0.25 * (x1 - x0) + 1, 0.25 * (y1 - y0) + 1
        x0, y0, x1, y1 = x0 - more_x, y0 - more_y, x1 + more_x, y1 + more_y
        around.append(Rect(max(0, int(x0)), max(0, int(y0)), max(0, int(x1)), max(0, int(y1))))
    assert changed_outside(before, after, around) == 0
    for x0, y0, x1, y1 in found[-1:]:
        face = after[max(0, round(y0)) : max(0, round(y1)), max(0, round(x0)) : max(0, round(x1))]
        assert len(np.unique(face.reshape(-1, 3), axis=0)) <= 11 * 11
        small = max(x1 - x0, y1 - y0) < 8
        assert len(np.unique(face.reshape(-1, 3), axis=0)) <= 9 or not small


def test_pictures_that_cannot_be_hidden_in_are_refused():
    with pytest.raises(TypeError, match="image: expected"):
        pixelate(np.zeros((9, 9, 3), np.float32), [])
