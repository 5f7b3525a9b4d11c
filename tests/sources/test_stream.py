"""Network streams."""

from __future__ import annotations

import socket

import pytest

from emoapp.errors import SourceError
from emoapp.sources import open_source


def test_a_stream_that_breaks_off_says_so(server):
    with open_source(server + "/short") as source:
        with pytest.raises(SourceError, match="broke off") as error:
            list(source)
    assert "secret" not in str(error.value) + source.name


def test_an_address_that_has_no_video_says_so(server):
    with pytest.raises(SourceError, match="404") as error:
        open_source(server + "/nothing")
    assert "secret" not in str(error.value)


def test_an_address_that_never_answers_is_given_up(monkeypatch):
    from emoapp.sources import stream

    monkeypatch.setattr(stream, "OPEN_TIMEOUT_S", 0.5)
    monkeypatch.setattr(stream, "READ_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(SourceError, match="no answer"):
            open_source(f"http://127.0.0.1:{silent.getsockname()[1]}/")
