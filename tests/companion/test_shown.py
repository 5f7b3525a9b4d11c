"""What is shown of a server's words."""

from __future__ import annotations

import json
import signal
import time

import pytest
from support.companion import QUICK, live, play, track, wait_until
from support.companion_server import REPLY, Server

from emoapp.companion import words
from emoapp.companion.companion import WRITTEN, Companion
from emoapp.companion.replies import load_replies
from emoapp.config import CompanionConfig

REPLIES = load_replies()


def shown_by(server: Server, tmp_path, label: str = "happy"):
    """(all speeches that were shown until the server's answer was over, log record, warnings)."""
    log, warned, speeches = tmp_path / "log.jsonl", [], []
    with open(log, "w", encoding="utf-8") as file:
        companion = Companion(
            CompanionConfig(server.url, "m", pace=QUICK), log=file, warn=warned.append
        )

        def done() -> bool:
            speech = companion.speech(now=time.monotonic())
            if speech is not None:
                speeches.append(speech)
            return bool(speech and not speech.coming and log.stat().st_size)

        try:
            play(companion, done, label)
        finally:
            companion.close()
    return speeches, json.loads(log.read_text().splitlines()[0]), warned


@pytest.mark.slow
def test_the_servers_words_that_were_shown_as_they_came(tmp_path):
    with Server("good") as server:
        server.reply = "A calm look. You are clearly depressed... kill yourself"
        speeches, record, warned = shown_by(server, tmp_path)
    for speech in speeches:
        assert "depress" not in speech.text + speech.note and "kill" not in speech.text
    last = speeches[-1]
    assert last.text in REPLIES.lasted["happy"] and last.source == WRITTEN
    assert last.note == words.refused_note("diagnosis", replaced=True)
    assert "spoke of an illness" in last.note and "not shown" in last.note
    assert record["reply"] == last.text and record["source"] == WRITTEN
    assert record["refused"] == "diagnosis" and record["fault"] is None
    assert "kill" not in json.dumps(record) and warned == [f"emoapp: companion: {last.note}"]


@pytest.mark.slow
def test_a_server_that_is_refused_is_left_alone_for_longer(tmp_path):
    with Server("good") as server:
        server.reply = "Du bist ein Idiot."
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK), warn=lambda line: None)

        def replied(times: int) -> bool:
            speech = companion.speech(now=time.monotonic())
            return len(server.asked) >= times and speech is not None and not speech.coming

        try:
            play(companion, lambda: replied(1))
            until = time.monotonic() + QUICK.every_s / 2
            while (now := time.monotonic()) < until:
                companion.update(track("sad"), t=now, now=now)
                time.sleep(0.02)
            assert len(server.asked) == 1
        finally:
            companion.close()


def test_a_kind_reply_is_shown_as_the_models_own(tmp_path):
    with Server("good") as server:
        speeches, record, warned = shown_by(server, tmp_path)
    assert speeches[-1].text == REPLY and speeches[-1].source == record["source"] == "m"
    assert speeches[-1].note == "" and record["refused"] is None and warned == []


@pytest.mark.slow
def test_the_terminal_says_once_that_a_reply_was_not_shown(screen, tmp_path):
    record = tmp_path / "log.companion.jsonl"
    with Server("good") as server:
        server.reply = "Kill yourself."
        with live(screen, server, tmp_path, "--companion-every", "1") as program:
            wait_until(lambda: record.exists() and len(record.read_text().splitlines()) > 1, 60)
            program.send_signal(signal.SIGINT)
            said, printed = program.stderr.read(), program.stdout.read()
    note = words.refused_note("self_harm", replaced=True)
    assert said == f"emoapp: companion: {note}\nemoapp: interrupted\n"
    assert "kill" not in (said + printed + record.read_text()).casefold()
