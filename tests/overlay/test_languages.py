"""The window in every language: nothing stays English, and nothing leaves its panel."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from support.catalogues import pseudo_language, untranslated
from support.drawing import FULL, disjoint, inside, make_result, make_track

from emoapp.app.live.browser import KEYS
from emoapp.app.live.guided import cards, words
from emoapp.app.live.settings import Settings
from emoapp.config import LiveConfig, OverlayConfig
from emoapp.images import BgrImage
from emoapp.labels import EMOTIONS
from emoapp.limits import Limits
from emoapp.overlay import Overlay, text
from emoapp.overlay.advice import DIRECTIONS
from emoapp.overlay.blend import Layer, Painter
from emoapp.overlay.guide import Page, Row, StepCard, draw_guide
from emoapp.overlay.moment import draw_moment
from emoapp.overlay.settings_panel import draw_settings
from emoapp.overlay.theme import Sizes, word
from emoapp.overlay.toolbar import BUTTONS, ToolbarState, draw_toolbar
from emoapp.sources.reconnecting import Reconnecting
from emoapp.speech import Speech
from emoapp.types import Rejection
from emoapp.utils import language
from emoapp.utils.language import LANGUAGES

SIZES = ((320, 240), (640, 480), (1280, 720), (720, 1280), (3840, 2160))
PATH = "/home/anna/Pictures/emoapp 2026-11-25 16.40.12.png"

NAMES = {
    "mediapipe",
    "Anna",
    "camera",
    "Deutsch",
    "Esc",
    "Enter",
    "Home",
    "End",
    "emoapp",
    "demo",
    "live",
    "home",
}
"""What is drawn and is no word of a language: names, and what stands on keys."""


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.use("de")
    language.use("en")


def settings_rows(overlay):
    """The rows of the settings, of a window that is not there."""
    pipeline = SimpleNamespace(
        detector=SimpleNamespace(name="mediapipe"),
        smoothing_s=0.3,
        limits=Limits(),
        corrector=None,
    )
    view = SimpleNamespace(overlay=overlay, private=False)
    source = Reconnecting(lambda: SimpleNamespace(name="camera 0", size_wh=(1280, 720), fps=30))
    controller = SimpleNamespace(
        config=LiveConfig("0"), mirror=True, keys={}, view=view, source=source
    )
    return Settings(controller, pipeline).rows()


def draw_everything(size_wh):
    """Draw each part of the window once."""
    width, height = size_wh
    box = (0.3 * width, 0.3 * height, 0.5 * width, 0.7 * height)
    image = np.full((height, width, 3), 90, np.uint8)

    def draw(track=None, status=FULL, **switches):
        overlay = Overlay(EMOTIONS, OverlayConfig())
        overlay.details = True
        for name, value in switches.items():
            setattr(overlay, name, value)
        tracks = [] if track is None else [track]
        for now in (0.0, 1.0):
            overlay.draw(image, make_result(image, *tracks, t=now), status, now=now)
        return overlay

    track = make_track(1, box, "surprise")
    for label in EMOTIONS:
        draw(make_track(1, box, label))
    for rejection in Rejection:
        draw(replace(track, rejection=rejection))
    draw(track, replace(FULL, paused=False, room_s=None, recording_s=None, profile="Anna"))
    draw()
    draw(track, help=True)
    draw(track, help=True, keys=KEYS)
    draw(track, speech=Speech("Anna", "", "written reply", "happy", 70.0))
    overlay = draw(track)
    overlay.notify(f"saved {PATH}", now=2.0)
    overlay.alerts.add("The recording has ended", "Make room there, or write to another disk.")
    overlay.alerts.add("No camera", "")
    overlay.draw(image, make_result(image, track, t=2.0), FULL, now=2.0)
    overlay.draw_message(image, "No camera", "Enter plays a demo clip instead.  q quits.  (29 s)")
    overlay.draw_waiting(image, "camera 0 was unplugged", "")
    sizes, painter = Sizes.of(*size_wh), Painter(BgrImage(image))
    draw_settings(painter, settings_rows(overlay), 0, sizes)
    draw_moment(painter, 12.0, sizes)
    dots = tuple((label, "open") for label in EMOTIONS)
    for line in (*DIRECTIONS.values(), words.HOLD, words.instruction("sad")):
        step = StepCard("sad", word("sad"), line, False, True, 0.5, "3", dots, cards.STEP_KEYS)
        draw_guide(painter, step, sizes)
    draw_guide(painter, cards.card_of(SimpleNamespace(phase="welcome"), keeps_pictures=True), sizes)
    row = Row("Before", (("happy", True), ("sad", False)))
    outcome = words.outcome((0.5, 0.8), adopted=True)
    draw_guide(painter, Page("Learned", outcome, (row,), cards.INTERIM_KEYS), sizes)
    for button in BUTTONS:
        for on in (False, True):
            draw_toolbar(painter, ToolbarState(button, on, on), sizes)


def test_no_word_in_the_window_is_outside_of_the_catalogue(monkeypatch):
    drawn = set()
    real = text.mask

    def mask(string, *args):
        drawn.add(string)
        return real(string, *args)

    monkeypatch.setattr(text, "mask", mask)
    with pseudo_language():
        draw_everything((1280, 720))
    english = {word for string in drawn for word in untranslated(string)} - NAMES
    path = set(re.findall(r"[A-Za-z]+", f"saved {PATH}"))
    assert english - path == set()
    assert len({word for string in drawn for word in string.split()}) > 80, "little was drawn"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("keys", [cards.WELCOME_KEYS, cards.INTERIM_KEYS, cards.RESULT_KEYS])
def test_pages_of_the_guided_minute_are_whole(code, keys):
    language.use(code)
    marks = tuple((label, True) for label in EMOTIONS)
    page = Page("Thank you", words.first_round([True] * 7), (Row("As it is", marks),), keys)
    for size_wh in (*SIZES, (360, 640)):
        for scale in (1, 2.5):
            painter = Painter(BgrImage(np.zeros((*size_wh[::-1], 3), np.uint8)))
            rect, places = draw_guide(painter, page, Sizes.of(*size_wh, scale=scale))
            assert inside(rect, *size_wh)
            assert disjoint(places.values()) and set(places) == {key for key, _ in keys}
            assert all(inside(place, *size_wh) for place in places.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_leaves_its_panel(code, monkeypatch):
    """Each line is as wide as its panel at most, and words that are always the same are whole."""
    language.use("de")
    language.use(code)
    outside, shortened, kept = [], [], []
    strings: dict[int, str] = {}
    real_mask, real_paint, real_fit = text.mask, Layer.paint, text.fit

    def mask(string, *args):
        letters = real_mask(string, *args)
        strings[id(letters)] = string
        kept.append(letters)
        return letters

    def paint(layer, letters, color, x=0, y=0, opacity=1.0):
        height, width = layer._alpha.shape[:2]
        string = strings.get(id(letters))
        # Above and below the letters a mask has room for accents.
        leading = letters.shape[0] // 3
        whole = 0 <= x and x + letters.shape[1] <= width
        if string and not (whole and -leading <= y and y + letters.shape[0] - leading <= height):
            outside.append((size_wh, string, x, letters.shape[1], width))
        real_paint(layer, letters, color, x, y, opacity)

    def fit(string, size, room, bold=False):
        fitting = real_fit(string, size, room, bold)
        if fitting != string and PATH not in string and room > 14 * size:
            shortened.append((size_wh, string, fitting))
        return fitting

    monkeypatch.setattr(text, "mask", mask)
    monkeypatch.setattr(Layer, "paint", paint)
    monkeypatch.setattr(text, "fit", fit)
    for size_wh in SIZES:
        draw_everything(size_wh)
    assert outside == []
    assert shortened == []
