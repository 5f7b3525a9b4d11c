"""The helper process that speaks to a server: `python -m emoapp.companion.talk`.

A process of its own and not a thread, because the client's import and its parsing would hold the
interpreter that the picture needs (measured: 1 to 3 frames lost to the import alone), because no
thread can be stopped that hangs in a library, and because here the limits hold whatever comes in.

It reads one request a line from its standard input, JSON:

    {"url", "model", "messages", "silence_s", "answer_s", "dry_run"}

and answers with lines of JSON: {"request": ...}, exactly what goes out, the key left out; then
{"text": ...} for each sentence of the reply that may be shown; and at last {"fault": null or one
line, "wait_s": ..., "refused": null or why the reply may not be shown}. What a server sends leaves
this process in no other way. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from emoapp.companion.gate import Gate
from emoapp.companion.keys import find_key, is_local
from emoapp.companion.moderation import Moderator
from emoapp.companion.statuses import in_words, retry_after

CONNECT_S = 5.0
"""How long a connection may take."""

MOST_BYTES = 4_000_000
"""An answer larger than this is none: 100 times what the longest reply takes as events."""

SENT_HEADERS = ("host", "accept", "content-type", "content-length", "authorization")
"""Of what the client would like to tell (system, processor, versions) nothing else goes out."""

HIDDEN = "Bearer (the key is not shown)"


class Stop(Exception):
    """Ends a request; the message is the line that is shown.

    refused: why the reply may not be shown.
    """

    def __init__(self, fault: str | None, refused: str | None = None) -> None:
        super().__init__(fault)
        self.fault, self.refused = fault, refused


def say(**event: Any) -> None:
    """One line to the program that started this one."""
    print(json.dumps(event), flush=True)


def end(fault: str | None, *, wait_s: float | None = None, refused: str | None = None) -> None:
    """The last line about a request."""
    say(fault=fault, wait_s=wait_s, refused=refused)


@cache
def _moderator() -> Moderator:
    return Moderator()


def answer(request: dict[str, Any]) -> None:
    """Send one request and pass on what comes back; never raises for what a server does."""
    where = urlsplit(request["url"]).netloc.rpartition("@")[2]
    try:
        import openai

        _moderator()
    except ImportError as exc:
        end(f"A package that the companion needs cannot be used: {exc}.")
        return
    try:
        _stream(request, openai)
    except Stop as stop:
        end(stop.fault and f"{where} {stop.fault}", refused=stop.refused)
    except openai.APIStatusError as exc:
        end(f"{where} {in_words(exc)}", wait_s=retry_after(exc.response.headers))
    except openai.APITimeoutError:
        end(f"{where} sends no answer.")
    except openai.APIConnectionError as exc:
        broke = "Protocol" in type(exc.__cause__).__name__ or "Read" in type(exc.__cause__).__name__
        end(f"{where} {'broke off.' if broke else 'cannot be reached.'}")
    except UnicodeEncodeError:
        end("The key has letters that no key has.")
    except Exception as exc:  # Garbage makes the client fail in many ways, none of them documented.
        name = type(exc).__name__
        if "Timeout" in name:
            fault = "fell silent."
        else:
            fault = "broke off." if "Protocol" in name else "sends what is no reply."
        end(f"{where} {fault}")


def _stream(request: dict[str, Any], openai: Any) -> None:
    # The client's transport is httpx, and in its newest versions httpx2, which is the same to us.
    httpx = sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0]]
    key = find_key(request["url"]).key
    home = _place(httpx.URL(request["url"]))
    ends = time.monotonic() + request["answer_s"]

    def going_out(sent: Any) -> None:
        # The key belongs to one origin, whatever the client makes of a redirect.
        if _place(sent.url) != home:
            raise Stop("points to another address, which is not followed.")
        for name in list(sent.headers):
            if name not in SENT_HEADERS or (name == "authorization" and not key):
                del sent.headers[name]
        sent.headers["accept-encoding"] = "identity"
        say(request=_described(sent))
        if request["dry_run"]:
            raise Stop(None)

    def coming_in(response: Any) -> None:
        # A few packed bytes can unpack to more than the memory holds, after they were counted.
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Stop("sends what is no reply.")
        response.stream = _bounded(httpx, response.stream, ends)

    with openai.OpenAI(
        api_key=key or "none",
        base_url=request["url"],
        max_retries=0,
        timeout=httpx.Timeout(request["silence_s"], connect=CONNECT_S),
        http_client=openai.DefaultHttpxClient(
            # Nobody is contacted but the server that the user named.
            follow_redirects=False,
            # A proxy for the outside would not find a server on this computer.
            trust_env=not is_local(request["url"]),
            event_hooks={"request": [going_out], "response": [coming_in]},
        ),
    ) as client:
        try:
            chunks = client.chat.completions.create(
                model=request["model"], messages=request["messages"], stream=True
            )
            _pass_on(chunks)
        except openai.APIConnectionError as exc:
            # What a hook raises comes wrapped.
            if isinstance(exc.__cause__, Stop):
                raise exc.__cause__ from None
            raise


def _place(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _pass_on(chunks: Any) -> None:
    gate, begun, finished = Gate(_moderator().refusal), False, False
    for chunk in chunks:
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        piece = choice.delta.content
        if isinstance(piece, str) and piece:
            begun = True
            _let_through(gate, gate.feed(piece))
        finished = finished or choice.finish_reason is not None
    if not finished:
        # Half a sentence may mean anything, and stays here.
        raise Stop("broke off." if begun else "sends what is no reply.")
    _let_through(gate, gate.finish())
    end(None)


def _let_through(gate: Gate, sentences: list[str]) -> None:
    """Pass on what the gate did, and end the request where it is closed."""
    for sentence in sentences:
        say(text=sentence)
    if gate.refusal is not None:
        raise Stop(None, gate.refusal)
    if gate.endless:
        raise Stop("does not come to an end.")


def _bounded(httpx: Any, stream: Any, ends: float) -> Any:
    """The answer's bytes, up to a time and a number."""

    class Bounded(httpx.SyncByteStream):
        def __iter__(self):
            seen = 0
            for part in stream:
                seen += len(part)
                if seen > MOST_BYTES or time.monotonic() > ends:
                    raise Stop("does not come to an end.")
                yield part

        def close(self) -> None:
            stream.close()

    return Bounded()


def _described(sent: Any) -> dict[str, Any]:
    headers = dict(sent.headers)
    if "authorization" in headers:
        headers["authorization"] = HIDDEN
    return {
        "method": sent.method,
        "url": str(sent.url),
        "headers": headers,
        "body": json.loads(sent.content),
    }


def _read(requests: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # Whoever asked is gone, and the request may hang.


def main() -> None:
    # Ctrl-C reaches all processes of a terminal; the one that asks says when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    requests: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    while True:
        answer(requests.get())


if __name__ == "__main__":
    main()
