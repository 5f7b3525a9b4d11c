"""The helper process that speaks to a server: `python -m emoapp.companion.talk`.

A process of its own and not a thread, because the client's import and its parsing would hold the
interpreter that the picture needs (measured: 1 to 3 frames lost to the import alone), because no
thread can be stopped that hangs in a library, and because here the limits hold whatever comes in.

It reads one request a line from its standard input, JSON:

    {"url", "model", "messages", "silence_s", "answer_s", "longest", "dry_run"}

and answers with lines of JSON: {"request": ...}, exactly what goes out, the key left out; then
{"text": ...} for each piece of the reply; and at last {"fault": null or one line, "wait_s": ...}.
It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from emoapp.companion.keys import find_key, is_local
from emoapp.companion.words import spoken

CONNECT_S = 5.0
"""How long a connection may take."""

MOST_BYTES = 4_000_000
"""An answer larger than this is none: 100 times what the longest reply takes as events."""

SENT_HEADERS = ("host", "accept", "content-type", "content-length", "authorization")
"""Of what the client would like to tell (system, processor, versions) nothing else goes out."""

HIDDEN = "Bearer (the key is not shown)"


class Stop(Exception):
    """Ends a request; the message is the line that is shown."""

    def __init__(self, fault: str | None) -> None:
        super().__init__(fault)
        self.fault = fault


def say(**event: Any) -> None:
    """One line to the program that started this one."""
    print(json.dumps(event), flush=True)


def answer(request: dict[str, Any]) -> None:
    """Send one request and pass on what comes back; never raises for what a server does."""
    where = urlsplit(request["url"]).netloc.rpartition("@")[2]
    try:
        import openai
    except ImportError as exc:
        say(fault=f"The package openai cannot be used: {exc}.", wait_s=None)
        return
    try:
        _stream(request, openai)
    except Stop as stop:
        say(fault=stop.fault and f"{where} {stop.fault}", wait_s=None)
    except openai.APIStatusError as exc:
        say(fault=f"{where} {_refusal(exc)}", wait_s=_retry_after(exc.response.headers))
    except openai.APITimeoutError:
        say(fault=f"{where} sends no answer.", wait_s=None)
    except openai.APIConnectionError as exc:
        broke = "Protocol" in type(exc.__cause__).__name__ or "Read" in type(exc.__cause__).__name__
        say(fault=f"{where} {'broke off.' if broke else 'cannot be reached.'}", wait_s=None)
    except UnicodeEncodeError:
        say(fault="The key has letters that no key has.", wait_s=None)
    except Exception as exc:  # Garbage makes the client fail in many ways, none of them documented.
        name = type(exc).__name__
        if "Timeout" in name:
            fault = "fell silent."
        else:
            fault = "broke off." if "Protocol" in name else "sends what is no reply."
        say(fault=f"{where} {fault}", wait_s=None)


def _stream(request: dict[str, Any], openai: Any) -> None:
    # The client's transport is httpx, and in its newest versions httpx2, which is the same to us.
    httpx = sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0]]
    key = find_key(request["url"])
    ends = time.monotonic() + request["answer_s"]

    def going_out(sent: Any) -> None:
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
            _pass_on(chunks, request["longest"])
        except openai.APIConnectionError as exc:
            # What a hook raises comes wrapped.
            if isinstance(exc.__cause__, Stop):
                raise exc.__cause__ from None
            raise


def _pass_on(chunks: Any, longest: int) -> None:
    text, finished = "", False
    for chunk in chunks:
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        piece = choice.delta.content
        if isinstance(piece, str) and piece:
            text += piece
            say(text=piece)
        if len(spoken(text)) > longest:
            raise Stop("does not come to an end.")
        finished = finished or choice.finish_reason is not None
    if not finished:
        raise Stop("broke off." if text else "sends what is no reply.")
    say(fault=None, wait_s=None)


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


def _refusal(exc: Any) -> str:
    code = exc.status_code
    if code in (401, 403):
        if "authorization" in exc.request.headers:
            return f"refuses the key ({code})."
        return f"wants a key ({code}); see `emoapp live --help`."
    if code == 404:
        return "knows no such model, or the address is wrong (404)."
    if code == 429:
        wait = _retry_after(exc.response.headers)
        return f"asks to wait {wait:.0f} s (429)." if wait else "asks to wait (429)."
    if code >= 500:
        return f"has trouble of its own ({code})."
    return f"refuses the request ({code})."


def _retry_after(headers: Any) -> float | None:
    """Seconds that the server asks to wait: given as a number or as a date."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


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
