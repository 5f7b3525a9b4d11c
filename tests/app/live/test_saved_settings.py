"""What the settings panel writes into the user's file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from emoapp.app.live.settings import Settings
from emoapp.config import LiveConfig, OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.limits import Limits
from emoapp.overlay import Overlay
from emoapp.utils import language


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.use("en")


def test_what_was_saved_and_changed_back_is_saved_as_it_is_now(tmp_path):
    path = tmp_path / "emoapp.toml"
    pipeline = SimpleNamespace(
        detector=SimpleNamespace(name="blazeface"),
        smoothing_s=0.3,
        limits=Limits(),
        corrector=None,
    )
    controller = SimpleNamespace(
        config=LiveConfig("0", settings=path),
        mirror=True,
        keys={},
        view=SimpleNamespace(overlay=Overlay(EMOTIONS, OverlayConfig()), private=False),
        source=None,
        messages=SimpleNamespace(notice=lambda *_, **__: None, profile=None),
    )
    settings = Settings(controller, pipeline)
    settings.save()
    assert "mirror" not in path.read_text() and "language" not in path.read_text()
    controller.mirror = False
    language.use("de")
    settings.save()
    assert "mirror = false" in path.read_text() and 'language = "de"' in path.read_text()
    controller.mirror = True
    language.use("en")
    settings.save()
    assert "mirror = true" in path.read_text() and 'language = "en"' in path.read_text()
