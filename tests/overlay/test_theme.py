"""Colors, icons and letters."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emoapp.labels import FERPLUS
from emoapp.overlay import colors_of, icons, text
from emoapp.overlay.theme import EXPRESSION_COLORS, EXTRA_COLORS

# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def seen_as_lab(color, matrix):
    rgb = np.array(color[::-1]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(matrix) @ linear, 0, 1)
    back = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(back.astype(np.float32)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


@pytest.mark.parametrize("matrix", BLINDNESS.values(), ids=BLINDNESS)
@pytest.mark.parametrize(
    "colors", [tuple(EXPRESSION_COLORS.values()), EXTRA_COLORS], ids=["known", "extra"]
)
def test_colors_are_told_apart_by_color_blind_people(matrix, colors):
    lab = [seen_as_lab(color, matrix) for color in colors]
    # A difference of 2 is just seen when two patches touch; bars and corners stand apart.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2)) > 12


def test_own_labels_get_colors_that_stay_and_other_words_for_an_expression_get_its_own():
    labels = ("bored", "Happiness", "tired", "anger")
    colors = colors_of(labels)
    assert colors == colors_of(labels)
    assert colors["Happiness"] == EXPRESSION_COLORS["happy"]
    assert colors["anger"] == EXPRESSION_COLORS["angry"]
    assert len(set(colors.values())) == 4


def test_every_expression_has_a_face_of_its_own():
    faces = [icons.mask(label, 24) for label in (*FERPLUS, "bored")]
    assert all(face.shape == (24, 24) and face.max() == 255 for face in faces)
    assert len({face.tobytes() for face in faces}) == len(faces)
    # A label without a face of its own has its first letter.
    assert not np.array_equal(icons.mask("tired", 24), icons.mask("bored", 24))


LETTERS = [chr(c) for c in (*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA)) if chr(c) not in "×÷ŉ"]


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_has_all_latin_letters_and_even_digits(bold):
    missing = text.mask("\ue000", 16, bold)
    boxes = [
        c for c in LETTERS + list("‘’“”…–—→·") if np.array_equal(text.mask(c, 16, bold), missing)
    ]
    assert boxes == []
    assert len({text.width(digit * 8, 16, bold) for digit in "0123456789"}) == 1


@given(string=st.text(max_size=60), room=st.integers(0, 300), size=st.integers(11, 40))
@settings(deadline=None, max_examples=60)
def test_fitted_text_fits(string, room, size):
    fitted = text.fit(string, size, room)
    assert text.width(fitted, size) <= room
    assert fitted == string or fitted.rstrip("…") in string


@pytest.mark.parametrize("length", range(20, 60, 4))
def test_balanced_lines_keep_each_word_that_fits(length):
    path = "/home/anna/Pictures/" + "x" * (length - 24) + ".jpg"
    message = (
        f"{path} is not a picture that can be read, or it is damaged. JPEG, PNG are understood."
    )
    room = 30 * 16
    assert text.balance(message, 16, room)[0].startswith(text.fit(path, 16, room))
