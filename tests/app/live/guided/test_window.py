"""The guided minute and the keys that correct, on a screen, with a person before the camera."""

from __future__ import annotations

import re
import time

import cv2
import numpy as np
import pytest
from support.paths import SHARED
from support.sitting import Sitter, hopper, photographed
from support.window import needs_import

from emoapp.profiles.profile import read_profile

PEOPLE = SHARED / "people"
DARK = "dark"

pytestmark = [pytest.mark.slow, needs_import]


@pytest.fixture(scope="module")
def faces():
    """Label -> pictures: of press photographs where they are at hand, else of a portrait.

    One is too dark for any label.
    """
    found = photographed(PEOPLE / "George_W_Bush", 3) if PEOPLE.is_dir() else hopper()
    return found | {DARK: [cv2.convertScaleAbs(found["neutral"][0], alpha=0.06)]}


@pytest.fixture
def sit(screen, vcam, tmp_path, faces):
    import shutil

    library = tmp_path / vcam.name
    shutil.copy(vcam, library)
    sitters = []

    def begin(*words: str) -> Sitter:
        sitters.append(Sitter(screen, library, tmp_path, faces, *words))
        return sitters[-1]

    yield begin
    for sitter in sitters:
        sitter.kill()


def card_of(picture: np.ndarray) -> np.ndarray:
    """Where the card stands in a window of 960x720."""
    return picture[480:700, 180:780]


def is_card(picture: np.ndarray) -> bool:
    """Whether a dark ground with white letters stands there."""
    gray = cv2.cvtColor(card_of(picture), cv2.COLOR_BGR2GRAY)
    return bool((gray < 70).mean() > 0.5 and (gray > 200).mean() > 0.003)


def has_color(picture: np.ndarray, bgr: tuple[int, int, int]) -> bool:
    """Whether an icon of this color stands on the card."""
    near = np.abs(card_of(picture).astype(int) - bgr).max(axis=2) < 12
    return bool(near.sum() > 300)


@pytest.mark.soak
def test_a_minute_with_a_face(sit, tmp_path, faces):
    sitter = sit("profile", "learn", "Ada")
    pictures: dict[str, np.ndarray] = {}

    def look(phase: str, label: str) -> None:
        if (phase, label) in (("watch", "happy"), ("ready", "surprise")) or phase == "interim":
            time.sleep(0.3)
            pictures.setdefault(phase, sitter.picture())

    sitter.look_until(is_card)
    sitter.press("Return")
    sitter.until("interim", look)
    assert sitter.asked[0] == sitter.asked[-1] == "neutral" and len(sitter.asked) == 8
    assert all(map(is_card, pictures.values())) and set(pictures) == {"watch", "ready", "interim"}
    yellow, orange = (66, 228, 240), (0, 159, 230)
    assert has_color(pictures["watch"], yellow), "happy"
    assert has_color(pictures["ready"], orange), "surprise"
    assert not has_color(pictures["ready"], yellow)
    sitter.asked.clear()
    sitter.press("Return")
    sitter.until("result")
    assert len(sitter.asked) == 7
    sitter.look_until(is_card)
    sitter.press("Return")
    said = sitter.end()
    assert sitter.process.returncode == 0 and "Ada.npz" in said and "before: right" in said
    profile = read_profile(tmp_path / "profiles" / "Ada.npz")
    assert set(profile.samples.counts) == set(faces) - {"wink", DARK}
    assert min(profile.samples.counts.values()) >= 12
    assert profile.samples.crops is None, "no picture is kept"


def test_ended_in_the_midst_it_leaves_nothing(sit, tmp_path):
    sitter = sit("profile", "learn", "Ada")
    sitter.press("Return")
    sitter.until("watch")
    sitter.press("q")
    said = sitter.end()
    assert sitter.process.returncode == 0 and "nothing was saved" in said
    assert not (tmp_path / "profiles").exists()


def test_keys_say_what_a_face_shows_and_nothing_is_left_when_taken_back(sit, tmp_path):
    sitter = sit("live")
    sitter.show("neutral")
    time.sleep(2)
    sitter.press("1")
    sitter.log_until("corrections learned: 1")
    assert [path.suffix for path in (tmp_path / "profiles").iterdir()] == [".npz"]
    sitter.press("u")
    sitter.log_until("corrections learned: 0")
    assert list((tmp_path / "profiles").iterdir()) == []
    sitter.show(DARK)
    time.sleep(1)
    sitter.press("n")
    sitter.look_until(is_card)  # which waits for light
    assert sitter.log().count("corrections learned: 1") == 1
    sitter.show("neutral")
    sitter.log_until("corrections learned: 1", times=2)
    sitter.press("q")
    said = sitter.end()
    assert sitter.process.returncode == 0
    # Nobody can be asked for a name: it is no terminal.
    name = re.search(r"is the profile (\d{4}-\d\d-\d\d \d\d\.\d\d);", said)
    assert name and (tmp_path / "profiles" / f"{name[1]}.npz").exists()
    assert set(read_profile(tmp_path / "profiles" / f"{name[1]}.npz").samples.counts) == {"neutral"}
