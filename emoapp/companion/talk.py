"""Run the helper process that speaks to a server: `python -m emoapp.companion.talk`.

It is a process and not a thread for three reasons: importing and running the client would hold the
interpreter lock that the video needs (measured: 1 to 3 frames lost to the import alone); a thread
that hangs in a library cannot be stopped; and the limits hold here whatever a server sends.

It reads one JSON request per line from its standard input:

    {"url", "model", "messages", "silence_s", "answer_s", "dry_run"}

It answers with lines of JSON: {"request": ...}, exactly what is sent, without the key; then
{"text": ...} for each sentence of the reply that may be shown; and finally {"fault": null or one
line, "wait_s": ..., "refused": null or why the reply may not be shown}. What a server sends leaves
this process in no other way. The process ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emoapp.companion.exchange import Exchange, RequestEnded
from emoapp.companion.gate import Gate
from emoapp.companion.keys import find_key
from emoapp.companion.moderation import Moderator
from emoapp.companion.statuses import in_words, retry_after

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk


def send_event(**event: Any) -> None:
    """Print one event for the program that started this process, as a line of JSON."""
    print(json.dumps(event), flush=True)


def send_end(fault: str | None, *, wait_s: float | None = None, refused: str | None = None) -> None:
    """Print the last event of a request.

    Args:
        fault: One line that says why the answer is incomplete, or None.
        wait_s: Seconds for which the server asks to be left alone, or None.
        refused: Why the reply may not be shown, or None.
    """
    send_event(fault=fault, wait_s=wait_s, refused=refused)


@cache
def _moderator() -> Moderator:
    return Moderator()


def answer(request: dict[str, Any]) -> None:
    """Send one request and print the events of its answer; no server can make it raise.

    Args:
        request: As the module's docstring describes it.
    """
    where = urlsplit(request["url"]).netloc.rpartition("@")[2]
    try:
        import openai

        _moderator()
    except ImportError as exc:
        send_end(f"A package that the companion needs cannot be used: {exc}.")
        return
    try:
        _stream(request)
    except RequestEnded as exc:
        send_end(exc.fault and f"{where} {exc.fault}", refused=exc.refused)
    except openai.APIStatusError as exc:
        send_end(f"{where} {in_words(exc)}", wait_s=retry_after(exc.response.headers))
    except openai.APITimeoutError:
        send_end(f"{where} sends no answer.")
    except openai.APIConnectionError as exc:
        broke = "Protocol" in type(exc.__cause__).__name__ or "Read" in type(exc.__cause__).__name__
        send_end(f"{where} {'broke off.' if broke else 'cannot be reached.'}")
    except UnicodeEncodeError:
        send_end("The key has letters that no key has.")
    except Exception as exc:  # Malformed answers make the client fail in many undocumented ways.
        name = type(exc).__name__
        if "Timeout" in name:
            fault = "fell silent."
        else:
            fault = "broke off." if "Protocol" in name else "sends what is no reply."
        send_end(f"{where} {fault}")


def _stream(request: dict[str, Any]) -> None:
    import openai

    key = find_key(request["url"]).key
    exchange = Exchange(request, key, on_sent=lambda sent: send_event(request=sent))
    http_client = exchange.open_client()
    with openai.OpenAI(
        api_key=key or "none",
        base_url=request["url"],
        max_retries=0,
        timeout=http_client.timeout,
        http_client=http_client,
    ) as client:
        try:
            chunks = client.chat.completions.create(
                model=request["model"], messages=request["messages"], stream=True
            )
            _pass_on(chunks)
        except openai.APIConnectionError as exc:
            # What a hook raises comes wrapped.
            if isinstance(exc.__cause__, RequestEnded):
                raise exc.__cause__ from None
            raise


def _pass_on(chunks: Iterable[ChatCompletionChunk]) -> None:
    """Print the sentences of a streamed reply that may be shown, and its end."""
    gate, begun, finished = Gate(_moderator().refusal), False, False
    for chunk in chunks:
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        piece = choice.delta.content
        if isinstance(piece, str) and piece:
            begun = True
            _send_sentences(gate, gate.feed(piece))
        finished = finished or choice.finish_reason is not None
    if not finished:
        # Half a sentence may mean anything, and is not passed on.
        raise RequestEnded("broke off." if begun else "sends what is no reply.")
    _send_sentences(gate, gate.finish())
    send_end(None)


def _send_sentences(gate: Gate, sentences: list[str]) -> None:
    """Print the sentences that have passed, and end the request if the gate is closed."""
    for sentence in sentences:
        send_event(text=sentence)
    if gate.refusal is not None:
        raise RequestEnded(None, gate.refusal)
    if gate.endless:
        raise RequestEnded("does not come to an end.")


def _read_requests(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # The program that asked is gone, and the request may hang.


def main() -> None:
    """Answer requests until the standard input ends."""
    # Ctrl-C reaches all processes of a terminal; the program that asks decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    while True:
        answer(requests.get())


if __name__ == "__main__":
    main()
