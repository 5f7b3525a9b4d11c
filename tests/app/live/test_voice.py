"""The voice: says what is new, seldom, and never holds a frame up."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from support.drawing import make_track

from emoapp.app.live.messages import Messages
from emoapp.app.live.voice import INTERVAL_S, Voice
from emoapp.overlay import Overlay
from emoapp.types import Rejection


def until(true) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def track(label: str, number: int = 1):
    return replace(make_track(number, (0, 0, 9, 9), label), label=label)


@pytest.fixture
def said():
    return []


def test_a_new_label_is_said_at_most_once_in_three_seconds(said):
    voice = Voice(Messages(), lambda: said.append)
    for now, label in ((0.0, "happy"), (0.1, "happy"), (1.0, "sad"), (9.0, "sad"), (20.0, "sad")):
        voice.update(track(label), now=now)
        until(lambda: voice._words.empty() and not voice._speaking)
    until(lambda: len(said) == 2)
    voice.update(replace(track("fear"), rejection=Rejection.UNSURE), now=30.0)
    voice.update(None, now=31.0)
    voice.update(track("sad", 2), now=31.0 + INTERVAL_S)
    until(lambda: len(said) == 3)
    voice.close()
    assert said == ["happy", "sad", "sad"]


def test_a_slow_voice_holds_nothing_up(said):
    goes_on = threading.Event()
    voice = Voice(Messages(), lambda: lambda word: (said.append(word), goes_on.wait(10)))
    began = time.monotonic()
    for number in range(100):
        voice.update(track(f"label {number}"), now=10.0 * number)
    voice.close()
    assert time.monotonic() - began < 1
    goes_on.set()


@pytest.mark.logs_errors
def test_where_there_is_no_voice_an_alert_says_so():
    def fail():
        raise RuntimeError("eSpeak is missing\nMac: brew install")

    messages, overlay = Messages(), Overlay(())
    voice = Voice(messages, fail)
    until(lambda: voice._failed)
    time.sleep(0.05)
    voice.update(track("happy"), now=0.0)
    messages.show(overlay)
    ((title, text),) = overlay.alerts.waiting
    assert "eSpeak is missing" in text and "brew" not in text
