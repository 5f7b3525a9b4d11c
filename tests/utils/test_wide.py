"""Chinese and Japanese lines are broken where their readers expect it."""

from __future__ import annotations

import pytest

from emoapp.overlay import text
from emoapp.utils.wide import broken, columns, units

CHINESE = "无法打开摄像头：没有这个设备，只有“USB Camera”（编号 2）。请用 `--source N` 选择。"


def test_lines_do_not_begin_or_end_with_the_wrong_punctuation():
    for width in range(4, 60):
        lines = broken(CHINESE, width)
        assert "".join(lines).replace(" ", "") == CHINESE.replace(" ", "")
        for line in lines:
            assert not line.startswith(tuple("、。，：）」”"))
            assert not line.endswith(tuple("（「“"))
            assert columns(line) <= max(width, max(columns(unit) for _, unit in units(CHINESE)))


def test_words_between_wide_letters_stay_whole_and_keep_their_blanks():
    assert units("用 `--source N` 选择。") == [
        ("", "用"),
        (" ", "`--source"),
        (" ", "N`"),
        (" ", "选"),
        ("", "择。"),
    ]
    assert units("plain words, as ever") == [(" ", w) for w in "plain words, as ever".split()]


@pytest.mark.parametrize("room", [60, 150, 400])
def test_the_window_breaks_them_into_lines_that_fit(room):
    lines = text.wrap(CHINESE, 14, room)
    assert len(lines) > 1
    assert all(text.width(line, 14) <= room for line in lines)
    assert len(text.balance(CHINESE, 14, room)) == len(lines)
