"""Clients that are slow, gone or hostile: the picture goes on, and so do the others."""

from __future__ import annotations

import gc
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.results import result, track
from support.web import answer, client, die, raw, until, upgrade
from websockets.exceptions import ConnectionClosed

from emoapp.labels import EMOTIONS
from emoapp.sinks.web import WebSocketOutput, connections, server

FACES = tuple(track(number, raw=1, smoothed=3) for number in range(1, 5))
MANY = 600
"""Frames: a megabyte, more than all buffers on the way hold."""


@pytest.fixture
def door(output):
    """Knows who is connected."""
    until(lambda: output._server is not None)
    return output._server._door


def write_at_the_readers_pace(output, reader, count: int) -> None:
    """Write frames, each once the reader has had the one before."""
    for number in range(count):
        output.write(result(number, number / 30, *FACES))
        assert f'"frame":{number},' in reader.recv(10)


def test_a_client_that_never_reads_holds_up_nobody(output, door):
    with client(output.port) as reader, raw(output.port, upgrade(output.port), buffer=4096):
        until(lambda: door.clients == 2)
        write_at_the_readers_pace(output, reader, MANY)
        assert not output._pending
        waiting = [connection.unsent for connection in door.inside]
        assert 0 < max(waiting) < 64 * 1024, "one message at most waits beside the system's buffer"


def test_a_client_that_reads_again_gets_the_latest_frame(output, door):
    with (
        client(output.port) as reader,
        raw(output.port, upgrade(output.port), buffer=4096) as slow,
    ):
        until(lambda: door.clients == 2)
        write_at_the_readers_pace(output, reader, MANY)
        seen = b""
        last = f'"frame":{MANY - 1},'.encode()
        while last not in seen[-20000:]:
            seen += slow.recv(65536)
    frames = seen.count(b'"type":"frame"')
    assert frames < MANY / 2 and b'"frame":5,' in seen, "the first ones, and the last"


def test_a_client_that_has_stalled_is_cut_off(output, door, monkeypatch):
    monkeypatch.setattr(server, "STALLED_S", 0.5)
    with client(output.port) as reader, raw(output.port, upgrade(output.port), buffer=4096):
        until(lambda: door.clients == 2)
        write_at_the_readers_pace(output, reader, MANY)
        until(lambda: door.clients == 1)
        write_at_the_readers_pace(output, reader, 3)


def test_clients_that_die(output, door, monkeypatch):
    monkeypatch.setattr(server, "MAX_CLIENTS", 100)  # whose end may not be known yet
    with client(output.port) as reader:
        for _ in range(20):
            die(raw(output.port, upgrade(output.port)))
            die(raw(output.port, b"GET / HT"))
        until(lambda: len(door.inside) == 1)
        dead = raw(output.port, upgrade(output.port))
        until(lambda: door.clients == 2)
        die(dead)
        write_at_the_readers_pace(output, reader, 20)
        until(lambda: len(door.inside) == 1)


def test_a_client_that_speaks_is_told_to_be_quiet(output):
    with client(output.port) as socket:
        socket.send("hello")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008


PING = b"\x89\xfd" + bytes(4) + bytes(125)  # of 125 bytes, masked
LONG = b"\x81\xff\x00\x00\x00\x01" + bytes(8)  # a message of 4 GB begins


@pytest.mark.parametrize("flood", [PING, LONG, bytes(range(256)) * 4], ids=["pings", "long", "any"])
def test_a_flood_ends_the_connection(output, door, flood):
    with client(output.port) as reader:
        with raw(output.port, upgrade(output.port)) as hostile:
            with pytest.raises(ConnectionError):
                for _ in range(100_000):
                    hostile.sendall(flood)
        write_at_the_readers_pace(output, reader, 3)
        until(lambda: len(door.inside) == 1)


@pytest.mark.parametrize("endless", [b"x", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100])
def test_an_endless_request_is_cut_off(output, door, endless):
    with raw(output.port, endless) as hostile, pytest.raises(ConnectionError):
        for _ in range(100_000):
            hostile.sendall(endless)
    until(lambda: not door.inside)
    assert answer(output.port, upgrade(output.port, path="/"))[0] == 200


@pytest.mark.slow
def test_a_crowd_that_says_nothing(output, door):
    """More connections than places: they are cut off, and who is connected already is served."""
    with client(output.port) as reader:
        crowd = []
        # One by one: of many at once, a system keeps some waiting on its own, and nobody sees them.
        while door.refused < connections.MAX_SOCKETS:
            assert len(crowd) < 10 * connections.MAX_SOCKETS
            crowd.append(raw(output.port, b""))
            time.sleep(0.005)
        until(lambda: len(door.inside) <= connections.MAX_SOCKETS)
        write_at_the_readers_pace(output, reader, 10)
        for one in crowd:
            one.close()
        until(lambda: len(door.inside) == 1)


def test_the_end_waits_for_nobody():
    output = WebSocketOutput(EMOTIONS, 0)
    with raw(output.port, upgrade(output.port), buffer=4096), raw(output.port, b"GET / HTTP"):
        with client(output.port) as reader:
            write_at_the_readers_pace(output, reader, MANY)
            output.close()
    assert not output._thread.is_alive() and output._server is not None
    assert output._server._loop.is_closed()


def test_a_server_that_ends_is_reported_once_and_ends_nothing_else(monkeypatch):
    reports = []
    monkeypatch.setattr(server.WebServer, "run", lambda self: self._loop.close())
    output = WebSocketOutput(EMOTIONS, 0, report=lambda *words: reports.append(words))
    until(lambda: not output._thread.is_alive())
    output.write(result(0, 0.0))
    output.write(result(1, 0.1))
    assert len(reports) == 1 and "start emoapp again" in reports[0][1]
    output.close()


TEXT = st.text(st.characters(max_codepoint=255), max_size=40)
PATHS = st.sampled_from(["/", "/socket", "/page.js", "/icons/happy.png", "/socket?token="]) | TEXT
HEADERS = st.sampled_from(
    ["Host", "Origin", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]
    + ["Content-Length", "Transfer-Encoding", "Authorization", "Cookie", "Sec-WebSocket-Extensions"]
)
VALUES = (
    st.sampled_from(["", "websocket", "1", "13", "Bearer", "http://[", "%00", "a" * 9000]) | TEXT
)


@st.composite
def requests(draw) -> bytes:
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=300))
    method = draw(st.sampled_from(["GET", "HEAD", "POST", "get"]) | TEXT)
    version = draw(st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", ""]))
    lines = [f"{method} {draw(PATHS)} {version}"]
    if draw(st.booleans()):
        lines.append("Host: 127.0.0.1:{port}")
    lines += draw(st.lists(st.builds("{}: {}".format, HEADERS, VALUES), max_size=6))
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + draw(st.binary(max_size=40))


@pytest.fixture
def patient(monkeypatch):
    """A server that lets a test ask as often as it wants."""
    monkeypatch.setattr(connections, "BURST", 10**9)
    with WebSocketOutput(EMOTIONS, 0) as output:
        output.write(result(0, 0.0, *FACES))
        yield output


FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(request=requests())
@FUZZ
def test_no_request_does_harm(patient, request):
    request = request.replace(b"{port}", str(patient.port).encode())
    status, _ = answer(patient.port, request, last=True)
    assert status != 500
    assert patient._thread.is_alive()


@given(frames=st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=5))
@FUZZ
def test_nothing_that_a_client_says_does_harm(patient, frames):
    with raw(patient.port, upgrade(patient.port)) as hostile:
        assert hostile.recv(65536).startswith(b"HTTP/1.1 101")
        try:
            for frame in frames:
                hostile.sendall(frame)
        except ConnectionError:
            pass
    assert patient._thread.is_alive()


@pytest.mark.slow
def test_requests_of_all_kinds_leave_nothing_behind(patient):
    kinds = [
        upgrade(patient.port),
        upgrade(patient.port, path="/"),
        upgrade(patient.port, Origin="http://example.org"),
        upgrade(patient.port, Cookie="a" * 8000),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01" + bytes(300),
    ]
    until(lambda: patient._server is not None)
    door = patient._server._door

    def one(number: int) -> None:
        answer(patient.port, kinds[number % len(kinds)], last=True)

    def ask(times: int) -> int:
        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(one, range(times)):
                pass
        until(lambda: not door.inside)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    ask(200)
    tracemalloc.start()
    try:
        before = ask(600)
        assert ask(1200) - before < 64 * 1024
    finally:
        tracemalloc.stop()
    assert threading.active_count() < 12
