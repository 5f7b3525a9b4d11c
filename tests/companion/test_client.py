"""The client of a server: whatever a server does is one line."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from support.companion import OCCASION, wait_for
from support.companion_server import REPLY, Server

from emoapp.companion import exchange, words
from emoapp.companion.client import Client


@pytest.fixture(scope="module")
def asked():
    """asked(mode): a new server in that mode, with a client; the helper process is kept."""
    with Server("good") as server:
        client = Client(server.url, "test-model", silence_s=1.0, answer_s=2.5)

        def ask(mode: str):
            server.mode = mode
            client.ask(words.messages(OCCASION), now=time.monotonic())
            return wait_for(client)

        yield SimpleNamespace(ask=ask, server=server, client=client)
        client.close()


@pytest.mark.parametrize(
    "mode, text, fault",
    [
        ("good", REPLY, None),
        ("odd_letters", "That looks fine .", None),
        ("silent", "", "sends no answer"),
        ("silent_after_the_head", "", "sends no answer|fell silent"),
        ("breaks_off", "", "broke off"),
        ("hangs_up", "", "broke off"),
        (
            "refused",
            "",
            r"wants a key \(401\): set EMOAPP_COMPANION_KEY='http://127.0.0.1:\d+ KEY'",
        ),
        ("too_many", "", r"asks to wait 30 s \(429\)"),
        ("too_many_until_a_date", "", r"asks to wait \d+ s \(429\)"),
        ("too_many_for_ever", "", r"asks to wait 3600 s \(429\)"),
        ("escapes", "That looks fine.", None),
        ("a_line_without_end", "", "does not come to an end"),
        ("broken", "", r"trouble of its own \(500\)"),
        ("elsewhere", "", r"points to another address, which is not followed \(307\)"),
        ("garbage", "", "no reply"),
        ("html", "", "no reply"),
        ("other_json", "", "no reply"),
        ("packed", "", "no reply"),
        ("garbage_without_end", "", "does not come to an end"),
        ("endless", "That looks fine to me, and so on.", "does not come to an end"),
        pytest.param("endless_drip", "", "does not come to an end", marks=pytest.mark.slow),
        ("good", REPLY, None),
    ],
)
def test_whatever_a_server_does_is_one_line(asked, mode, text, fault):
    answer = asked.ask(mode)
    assert answer.text.startswith(text) and bool(answer.text) == bool(text)
    assert len(answer.text) <= words.MAX_REPLY_CHARS
    if fault is None:
        assert answer.fault is None
    else:
        assert re.search(fault, answer.fault) and "\n" not in answer.fault
        assert len(answer.fault) < 130
    if mode.startswith("too_many"):
        assert 20 < answer.wait_s <= (3600 if mode == "too_many_for_ever" else 60)


def test_a_reply_comes_while_it_is_written(asked):
    asked.server.mode = "good"
    asked.client.ask(words.messages(OCCASION), now=time.monotonic())
    seen = set()
    while not (answer := asked.client.poll(now=time.monotonic())).done:
        seen.add(answer.text)
        time.sleep(0.001)
    first = REPLY.split(". ")[0] + "."
    assert {"", first} <= seen <= {"", first, REPLY} and answer.text == REPLY


def test_a_dry_run_shows_exactly_what_goes_out(asked, capsys):
    asked.server.asked.clear()
    sent = asked.ask("good").sent
    ((headers, body),) = asked.server.asked
    assert sent["body"] == body
    assert {name.lower(): value for name, value in headers.items()} == sent["headers"]
    assert set(sent["headers"]) <= {*exchange.SENT_HEADERS, "accept-encoding"}
    assert body == {
        "model": "test-model",
        "messages": words.messages(OCCASION),
        "stream": True,
    }
    client = Client(asked.server.url, "test-model", dry_run=True)
    client.ask(words.messages(OCCASION), now=time.monotonic())
    answer = wait_for(client)
    client.close()
    assert answer.sent == sent and answer.fault is None and answer.text == ""
    assert len(asked.server.asked) == 1
