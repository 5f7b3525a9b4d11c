"""Servers and a browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from support.browser import Browser

from emoapp.labels import EMOTIONS
from emoapp.sinks.web import WebSocketOutput


@pytest.fixture
def output():
    with WebSocketOutput(EMOTIONS, 0) as output:
        yield output
    assert not output._thread.is_alive()


@pytest.fixture(scope="session")
def browser():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(Path(folder))
        yield browser
        browser.close()
