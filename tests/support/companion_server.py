"""A server on loopback that speaks OpenAI's chat API, well or in any of the ways it can go wrong.

By hand: `python tests/support/companion_server.py MODE [PORT]`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPLY = "That looks like a smile that has come to stay. It is only a look, and a nice one."


def event(text: str | None, finish: str | None = None) -> bytes:
    """One piece of a streamed reply, as OpenAI's servers send it."""
    delta = {} if text is None else {"content": text}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


class Server(ThreadingHTTPServer):
    """mode: one of the handler's methods.  asked: (headers, body) of each request so far.

    reply: what the mode "good" says.  other: where the mode "elsewhere" points to.
    """

    daemon_threads = True

    def __init__(self, mode: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.mode = mode
        self.reply = REPLY
        self.other = "http://192.0.2.1/v1/chat/completions"
        self.asked: list[tuple[dict[str, str], dict]] = []
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def __exit__(self, *exc_info: object) -> None:
        self.over.set()
        self.shutdown()
        super().__exit__(*exc_info)

    def handle_error(self, request, client_address) -> None:
        pass  # The client hangs up on purpose.


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers.items()), json.loads(body)))
        getattr(self, self.server.mode)()

    def log_message(self, *words: object) -> None:
        pass

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def good(self, pause_s: float = 0.02) -> None:
        self.head()
        words = self.server.reply.split(" ")
        for index, word in enumerate(words):
            self.wfile.write(event((" " if index else "") + word))
            time.sleep(pause_s)
        self.wfile.write(event(None, "stop") + b"data: [DONE]\n\n")

    def odd_letters(self) -> None:
        self.head()
        self.wfile.write(event("That \ud800 looks\x00\x1b[31m\u202e fine\n.") + event(None, "stop"))

    def escapes(self) -> None:
        self.head()
        for piece in ("\x1b", "[2J\x1b]0;a ti", "tle\x07That\u200b lo", "\u202eoks \x9b5mfine."):
            self.wfile.write(event(piece))
        self.wfile.write(event(None, "stop"))

    def slow(self) -> None:
        self.server.over.wait(10)
        self.good()

    def silent(self) -> None:
        self.server.over.wait()

    def silent_after_the_head(self) -> None:
        self.head()
        self.wfile.flush()
        self.server.over.wait()

    def breaks_off(self) -> None:
        self.head(Content_Length="100000")
        self.wfile.write(event("That looks") + event(" like a"))

    def hangs_up(self) -> None:
        self.close_connection = True

    def refused(self) -> None:
        self._error(401, "Incorrect API key provided: secret-key")

    def too_many(self) -> None:
        self._error(429, "Slow down", Retry_After="30")

    def too_many_until_a_date(self) -> None:
        self._error(429, "Slow down", Retry_After=formatdate(time.time() + 60, usegmt=True))

    def too_many_for_ever(self) -> None:
        self._error(429, "Slow down", Retry_After="1e300")

    def broken(self) -> None:
        self._error(500, "Out of memory")

    def elsewhere(self) -> None:
        self.head(307, Location=self.server.other)

    def garbage(self) -> None:
        self.head()
        self.wfile.write(b"data: \xff\xfe{{{<html>\n\n" * 3)

    def html(self) -> None:
        self.head(kind="text/html")
        self.wfile.write(b"<html><body>Welcome to nginx!</body></html>")

    def other_json(self) -> None:
        self.head()
        self.wfile.write(b'data: {"choices": [{"delta": 7}]}\n\ndata: [1, 2]\n\n')

    def garbage_without_end(self) -> None:
        self.head()
        while not self.server.over.is_set():
            self.wfile.write(b"\xc3(x" * 10_000)

    def packed(self) -> None:
        self.head(Content_Encoding="gzip")
        self.wfile.write(b"\x1f\x8b" + bytes(1000))

    def a_line_without_end(self) -> None:
        self.head()
        while not self.server.over.is_set():
            self.wfile.write(event("and so on " * 20))

    def endless(self) -> None:
        self.head()
        while not self.server.over.is_set():
            self.wfile.write(event("That looks fine to me, and so on. "))

    def endless_drip(self) -> None:
        self.head()
        while not self.server.over.is_set():
            self.wfile.write(event(""))
            time.sleep(0.2)

    def _error(self, status: int, message: str, **headers: str) -> None:
        self.head(status, "application/json", **headers)
        self.wfile.write(json.dumps({"error": {"message": message, "code": status}}).encode())


if __name__ == "__main__":
    with Server(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0) as opened:
        print(opened.url, flush=True)
        threading.Event().wait()
