"""Taking the next detector."""

from __future__ import annotations

import pytest
from support.pictures import picture
from support.window import alert_shown, needs_import

from emoapp.app.live.detector import next_detector
from emoapp.app.live.messages import Messages
from emoapp.app.run import open_pipeline
from emoapp.config import LiveConfig
from emoapp.detectors import DETECTORS
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay


def broken():
    raise RuntimeError("its model is gone")


@pytest.mark.slow
@needs_import
def test_a_detector_that_does_not_open_is_said_in_the_window(start):
    prelude = (
        "from emoapp.detectors import DETECTORS\n"
        "def broken(): raise RuntimeError('its model is gone')\n"
        "DETECTORS['mediapipe'] = DETECTORS['haar'] = broken\n"
    )
    program = start("--loop", prelude=prelude)
    program.press("d")
    program.until(lambda: alert_shown(program))
    assert program.changes() > 0.0005
    program.press("Return")
    program.until(lambda: not alert_shown(program), what="Enter closes it")
    assert program.end()["faces"]["mean"] > 0.5


def test_the_next_detector_takes_over_only_once_it_is_open(monkeypatch):
    with open_pipeline(LiveConfig(source="0", detector="haar")) as pipeline:
        first = pipeline.detector
        first.exhaustive = True
        for name in ("blazeface", "mediapipe"):
            monkeypatch.setitem(DETECTORS, name, broken)
        next_detector(pipeline, messages := Messages())
        messages.show(overlay := Overlay(EMOTIONS))
        ((title, text),) = overlay.alerts.waiting
        assert title == "Faces are still found by haar"
        assert "the detector blazeface can't be loaded: its model is gone" in text
        assert pipeline.detector is first and not messages.faults
        assert first.detect(picture(0)) == []
        monkeypatch.undo()
        next_detector(pipeline, messages)
        assert pipeline.detector.name == "blazeface" and pipeline.detector.exhaustive
        assert pipeline.detector.detect(picture(0)) == []
        assert first.closed and not messages.faults


def test_a_detector_that_does_not_open_is_passed_over_with_a_word(monkeypatch):
    with open_pipeline(LiveConfig(source="0", detector="blazeface")) as pipeline:
        monkeypatch.setitem(DETECTORS, "mediapipe", broken)
        next_detector(pipeline, messages := Messages())
        assert pipeline.detector.name == "haar"
        messages.show(overlay := Overlay(EMOTIONS))
        ((title, text),) = overlay.alerts.waiting
        assert title == "Faces are now found by haar" and "its model is gone" in text
