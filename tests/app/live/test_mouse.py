"""The live window by mouse: buttons come and go, and do what keys do."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from support.window import Program, difference, needs_import

from emoapp.overlay.theme import Sizes
from emoapp.overlay.toolbar import button_rects

pytestmark = needs_import

HD = Sizes.of(1280, 720)
CORNER = np.s_[:70, 1000:]
"""Where the buttons are."""


def move(program: Program, x: float, y: float) -> None:
    for step in (20, 10, 0):
        program.xdotool("mousemove", str(int(x) - step), str(int(y)))
        time.sleep(0.15)


def click(program: Program, button: str) -> None:
    move(program, *button_rects(HD)[button].center)
    time.sleep(0.3)
    program.xdotool("click", "1")


@pytest.mark.slow
def test_buttons_come_with_the_mouse_and_go_and_only_the_screen_has_them(start):
    program = start()
    program.press("space")
    time.sleep(3)
    still = program.picture()[CORNER]
    move(program, 400, 300)
    program.until(
        lambda: difference(still, program.picture()[CORNER]).mean() > 0.1, what="buttons come"
    )
    click(program, "snapshot")
    program.until(lambda: any(program.folder.glob("emoapp-*.png")), what="a click saves")
    (snapshot,) = program.folder.glob("emoapp-*.png")
    assert difference(still, cv2.imread(str(snapshot))[CORNER]).mean() < 0.01
    program.until(
        lambda: difference(still, program.picture()[CORNER]).mean() < 0.01, what="buttons go"
    )
    program.end()


@pytest.mark.slow
def test_a_click_on_record_records_and_another_ends_it(start):
    program = start()
    click(program, "record")
    time.sleep(2)
    assert not any(program.folder.glob("emoapp-*[0-9].mp4")), "it goes on"
    click(program, "record")
    program.until(lambda: any(program.folder.glob("emoapp-*[0-9].mp4")))
    program.end()


@pytest.mark.slow
def test_settings_change_the_picture_at_once_and_are_saved(start, tmp_path, monkeypatch):
    path = tmp_path / "emoapp.toml"
    path.write_text('# mine\n[live]\ndetector = "blazeface" # fast\n')
    monkeypatch.setenv("EMOAPP_CONFIG", str(path))
    program = start()
    before = program.picture()
    click(program, "settings")
    program.until(
        lambda: difference(before, program.picture())[100:600, :400].mean() > 0.5, what="it opens"
    )
    # The first row is a switch: the mirror.
    move(program, 150, 130)
    program.xdotool("click", "1")
    lower = np.s_[520:650, 900:1250]

    def mirrored() -> bool:
        now = program.picture()
        as_before, turned = difference(before, now), difference(before[:, ::-1], now)
        return turned[lower].mean() < as_before[lower].mean()

    program.until(mirrored, what="it mirrors")
    program.press("Return")
    program.until(lambda: "mirror = true" in path.read_text(), what="it saves")
    assert path.read_text() == '# mine\n[live]\ndetector = "blazeface" # fast\nmirror = true\n'
    program.press("Escape")
    program.end()


@pytest.mark.slow
def test_the_timeline_held_down_shows_that_moment(start):
    program = start()
    time.sleep(5)
    program.press("space")
    time.sleep(2.5)
    still = program.picture()
    move(program, 1200, 685)
    program.xdotool("mousedown", "1")
    middle = np.s_[100:560, 300:1000]
    program.until(
        lambda: difference(still, program.picture())[middle].mean() > 0.02, what="it looks back"
    )
    program.xdotool("mouseup", "1")
    program.until(
        lambda: difference(still, program.picture())[middle].mean() < 0.002, what="it is back"
    )
    program.end()


@pytest.mark.slow
def test_text_size_from_the_settings_changes_the_tags(start):
    program = start()
    program.press("space")
    program.press("comma")
    time.sleep(2.5)
    panel, tag = np.s_[:, :420], np.s_[130:260, 450:800]
    # One by one: OpenCV keeps only the last key of those that come between two looks.
    for _ in range(10):
        before = program.picture()[panel]
        program.xdotool("key", "Down")
        program.until(
            # The selected row is a little brighter.
            lambda before=before: cv2.absdiff(before, program.picture()[panel]).max() > 8,
            what="the next row is selected",
        )
    still = program.picture()
    for _ in range(3):
        program.xdotool("key", "Right")
        time.sleep(0.5)
    program.until(
        lambda: difference(still, program.picture())[tag].mean() > 0.1, what="the tag grows"
    )
    program.end()
