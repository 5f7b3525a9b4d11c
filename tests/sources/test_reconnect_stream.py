"""A stream that breaks off and comes back."""

from __future__ import annotations

import functools
import http.server
import socket
import threading
import time

import pytest
from support.watching import to_the_end, watch, went_on

from emoapp.errors import SourceError
from emoapp.sources import open_source
from emoapp.types import Frame


class Server:
    """A web server for an MJPEG stream, at an address that stays while it goes and comes."""

    def __init__(self, jpegs: list[bytes]) -> None:
        self.jpegs = jpegs
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        stop, jpegs = threading.Event(), self.jpegs

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                while not stop.wait(1 / 30):
                    jpeg = jpegs[number % len(jpegs)]
                    head = (
                        "--frame\r\nContent-Type: image/jpeg\r\n"
                        f"Content-Length: {len(jpeg)}\r\n\r\n"
                    )
                    try:
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                    except OSError:  # the reader left
                        return
                    number += 1

            def log_message(self, *args):
                pass

        web = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()

        def end():
            stop.set()
            web.shutdown()
            thread.join()
            web.server_close()

        self.end = end


@pytest.fixture
def server(mjpeg):
    server = Server(mjpeg)
    yield server
    server.end()


@pytest.mark.slow
def test_a_stream_goes_on_when_it_is_back(server):
    times = {}

    def break_off():
        server.end()
        time.sleep(1.5)
        server.start()
        times["returned"] = time.monotonic()

    with open_source(f"http://me:secret@127.0.0.1:{server.port}/", reconnect=True) as source:
        answers = watch(source, 1)
        breaker = threading.Thread(target=break_off)
        breaker.start()
        answers += watch(source, 5)
        breaker.join()
        went_on(answers, times["returned"], rate=30)
        lost = max(answers, key=lambda a: a.get("since_s", 0))
        assert "broke off" in lost["reason"] and "secret" not in lost["reason"]
        server.end()
        while isinstance(source.read(), Frame):
            pass
        began = time.monotonic()
    assert time.monotonic() - began < 2
    server.start()


def test_an_address_that_does_not_answer_at_first_raises():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(f"http://127.0.0.1:{port}/", reconnect=True)


def test_a_film_on_a_web_server_ends(clip):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(clip.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://127.0.0.1:{web.server_port}/{clip.name}"
        try:
            with open_source(address, reconnect=True) as source:
                assert len(to_the_end(source)) + source.missed == 30
                assert source.read() is None, "the end stays the end"
        finally:
            web.shutdown()
            thread.join()


def test_files_know_no_reconnecting(clip):
    with open_source(clip, reconnect=True) as source:
        assert len(list(source)) == 30
