"""A server."""

from __future__ import annotations

import pytest

from emoapp.labels import EMOTIONS
from emoapp.sinks.web import WebSocketOutput


@pytest.fixture
def output():
    with WebSocketOutput(EMOTIONS, 0) as output:
        yield output
    assert not output._thread.is_alive()
