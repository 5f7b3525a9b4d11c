"""The page in a browser, in all its layouts, against the running program."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.results import result, track
from support.web import live, until

from emoapp.labels import EMOTIONS
from emoapp.sinks.web import WebSocketOutput
from emoapp.types import Box, Face, Rejection, Scores, Track

SHOWN = "document.querySelector('#card:not([hidden]):not(.away)') !== null"
LABEL = "document.getElementById('label')?.textContent"
NOTE = "document.querySelector('#note:not([hidden])')?.textContent ?? ''"
OVERFLOWING = """
[...document.querySelectorAll('#card, .ring, .label, .percent, .bars li, canvas')]
    .filter((one) => one.getClientRects().length && getComputedStyle(one).clipPath === 'none')
    .filter((one) => !one.matches('.icon-only .bars *'))
    .filter((one) => {
        const {left, top, right, bottom} = one.getBoundingClientRect();
        return left < 0 || top < 0 || right > innerWidth + .5 || bottom > innerHeight + .5;
    }).map((one) => one.className || one.tagName)
"""
FOUND_COLOR = "getComputedStyle(document.getElementById('icon')).backgroundColor"

LAYOUTS = {
    "panel": [(480, 480), (1280, 720), (240, 300), (320, 900)],
    "lower": [(1920, 240), (1280, 720), (480, 400), (320, 240)],
    "icon": [(400, 460), (1280, 720), (120, 140)],
}


@pytest.fixture(scope="module")
def port(demo):
    with live("--source", demo, "--loop", "--seconds", "300") as (_, port, _said):
        yield port


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_shows_what_the_program_sees(browser, port, layout):
    address = f"http://127.0.0.1:{port}"
    browser.forget()
    for width, height in LAYOUTS[layout]:
        browser.open(f"{address}/?layout={layout}", width=width, height=height)
        browser.until(f"{SHOWN} && {LABEL} === 'Happy'")
        browser.until(f"{FOUND_COLOR} === 'rgb(240, 228, 66)'")
        browser.until("parseInt(document.getElementById('percent').textContent) > 50")
        assert browser.run(OVERFLOWING) == [], (width, height)
        picture = browser.picture()
        assert picture.shape == (height, width, 4)
        # Transparent beside the card, and all that is drawn is in the picture.
        assert not picture[:2, -2:, 3].any()
        assert (picture[..., 3] > 200).mean() > 0.04
        yellow = np.abs(picture[..., :3].astype(int) - (66, 228, 240)).max(axis=2) < 12
        assert yellow.sum() > 0.002 * width * height
    ours = {url for url in browser.requests if not url.startswith("data:")}
    assert all(re.match(rf"(http|ws)://127\.0\.0\.1:{port}/", url) for url in ours)
    assert len(ours) > 10 and browser.complaints == []


def test_a_screen_reader_finds_words(browser, port):
    browser.open(f"http://127.0.0.1:{port}/?layout=lower", width=1280, height=240)
    browser.until(
        "document.getElementById('status')?.textContent && "
        "document.getElementById('timeline').ariaLabel.includes('happy')"
    )
    spoken = " ".join(browser.spoken())
    assert "Expression of the followed face" in spoken and "Face 1: happy, 9" in spoken
    assert "The last 30 seconds: happy 9" in spoken and "Probabilities" in spoken
    assert all(label.capitalize() in spoken for label in EMOTIONS)


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_without_a_layout_says_how_to_use_the_others(browser, port, width):
    browser.open(f"http://127.0.0.1:{port}/", width=width, height=800)
    browser.until(SHOWN)
    assert browser.picture()[..., 3].min() == 255
    links = browser.run("[...document.querySelectorAll('dd a')].map((link) => link.href)")
    assert links == [f"http://127.0.0.1:{port}/?layout={layout}" for layout in LAYOUTS]
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert f"ws://127.0.0.1:{port}/socket" in browser.run("document.body.innerText")


def test_the_page_comes_back_with_the_program(browser, output):
    browser.open(f"{output.address}?layout=panel")
    face = track(1, raw=3, smoothed=3)
    for number in range(3):
        output.write(result(number, number / 30, face))
    browser.until(SHOWN)
    assert browser.run("document.querySelectorAll('.bars li').length") == len(EMOTIONS)
    output.close()
    browser.until(f"!({SHOWN})")
    assert browser.run(NOTE) == "", "nobody who watches a stream has to read that"
    with WebSocketOutput(EMOTIONS, output.port) as again:
        until(lambda: again.write(result(0, 0.0, face)) or browser.run(SHOWN))


def test_a_face_that_is_rejected_or_lost(browser, output):
    browser.open(f"{output.address}?layout=panel")
    scores = Scores(EMOTIONS, np.eye(7, dtype=np.float32)[3])
    face = Face(Box(0, 0, 9, 9), 0.9)
    dark = Track(4, face, scores, scores, 0.0, 1.0, rejection=Rejection.TOO_DARK)
    until(lambda: output.write(result(0, 0.0, dark)) or browser.run(f"{LABEL} === 'Too dark'"))
    assert browser.run("document.getElementById('face').textContent") == "Face 4"
    assert browser.run("document.getElementById('percent').textContent") == ""
    assert (
        browser.run("[...document.querySelectorAll('.number')].map((one) => one.textContent)[3]")
        == "–"
    )
    until(lambda: output.write(result(1, 0.1)) or browser.run(f"!({SHOWN})"))


def test_a_page_without_the_token_says_so(browser):
    with WebSocketOutput(EMOTIONS, 0, token="0123456789abcdefGHIJ") as output:
        browser.open(output.address)
        browser.until(f"{NOTE}.startsWith('The token is missing or wrong')")
        browser.open(f"{output.address}?token=0123456789abcdefGHIJ")
        browser.until(f"{NOTE} === 'No picture comes.'")
        link = browser.run("document.querySelector('dd a').href")
        assert link == f"{output.address}?layout=panel&token=0123456789abcdefGHIJ"


def test_names_of_expressions_stay_words(browser):
    """Labels are whatever the folders of somebody's pictures are called."""
    labels = ("<img src=x onerror=alert(1)>", "a" * 200, "happy")
    scores = Scores(labels, np.array([0.8, 0.1, 0.1], np.float32))
    one = Track(1, Face(Box(0, 0, 9, 9), 0.9), scores, scores, 0.0, 1.0)
    with WebSocketOutput(labels, 0) as output:
        browser.forget()
        browser.open(f"{output.address}?layout=panel", width=480, height=300)
        until(lambda: output.write(result(0, 0.0, one)) or browser.run(SHOWN))
        assert browser.run(LABEL) == labels[0]
        assert browser.run("document.images.length") == 0
        assert browser.run(OVERFLOWING) == [] and browser.complaints == []
