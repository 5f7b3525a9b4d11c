"""The companion in tests: faces for it to see, and ways to wait for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np

from emoapp.companion.client import Client
from emoapp.companion.companion import Companion
from emoapp.companion.watcher import Occasion
from emoapp.config import Pace
from emoapp.labels import EMOTIONS
from emoapp.types import Box, Face, Rejection, Scores, Track
from emoapp.utils.resources import DEMO_CLIP

FPS = 10


OCCASION = Occasion("changed", "sad", 0.62, 6.0, (("happy", 95.0), ("neutral", 12.4)))


QUICK = Pace(lasted_s=1.0, every_s=2.0)


def track(label: str | None, person: int = 1) -> Track | None:
    """A face that shows `label`; "?" for one that is not believed; None for nobody."""
    if label is None:
        return None
    rejection = Rejection.UNSURE if label == "?" else None
    shown = "happy" if label == "?" else label
    shares = [0.8 if one == shown else 0.2 / 6 for one in EMOTIONS]
    scores = Scores(EMOTIONS, np.array(shares, np.float32))
    face = Face(Box(0, 0, 50, 50), 0.9)
    return Track(person, face, scores, scores, 0.0, 0.0, label=shown, rejection=rejection)


def wait_for(client: Client):
    until = time.monotonic() + 30
    while True:
        answer = client.poll(now=time.monotonic())
        if answer.done:
            return answer
        assert time.monotonic() < until
        time.sleep(0.01)


def play(companion: Companion, done, label: str = "happy", seconds: float = 30.0) -> None:
    """Frames with one face, the clock in step with the wall's, until `done()`."""
    began = time.monotonic()
    while not done():
        now = time.monotonic()
        assert now - began < seconds, "it did not come"
        companion.update(track(label), t=now - began, now=now)
        time.sleep(0.02)


def wait_until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def live(screen, server, tmp_path, *options):
    command = [sys.executable, "-m", "emoapp", "live", "--source", str(DEMO_CLIP), "--loop"]
    command += ["--companion", "server"]
    command += ["--companion-url", server.url, "--companion-model", "test-model", "--yes"]
    command += ["--companion-lasted", "1", "--log", str(tmp_path / "log.jsonl"), *options]
    return subprocess.Popen(
        command,
        env=os.environ | {"DISPLAY": screen},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
