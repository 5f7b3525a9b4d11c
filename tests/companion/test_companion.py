"""The companion: when it speaks, what it sends, and that no server can disturb or outlast it."""

from __future__ import annotations

import os
import random
import re
import signal
import time

import psutil
import pytest
from support.companion import FPS, OCCASION, QUICK, play, track, wait_until
from support.companion_server import REPLY, Server
from support.programs import run_python

from emoapp.cli import main
from emoapp.companion import consent, words
from emoapp.companion.companion import NOTE_STAY_S, STAY_S, Companion
from emoapp.companion.replies import choose, load_replies
from emoapp.companion.watcher import Occasion
from emoapp.config import CompanionConfig, Pace
from emoapp.errors import UsageError
from emoapp.labels import EMOTIONS

REPLIES = load_replies()


def test_all_that_is_sent_are_words_about_the_expression():
    system, user = words.messages(OCCASION)
    assert system == {"role": "system", "content": words.SYSTEM}
    assert user["content"].splitlines() == [
        "Expression: sad",
        "Confidence: 62%",
        "Lasted: 6 seconds",
        "Before: happy for 2 minutes, neutral for 12 seconds",
        "Why now: the expression has changed and stayed so",
    ]
    long = words.messages(Occasion("long", "fear", 0.5, 60.0, (), 170.0))
    assert "helpline" in long[0]["content"] and "3 minutes" in long[1]["content"]


def test_written_replies_are_about_looks_and_come_once():
    tables = (REPLIES.lasted, REPLIES.changed, REPLIES.long)
    for label in EMOTIONS:
        assert len(REPLIES.lasted[label]) >= 6 and len(REPLIES.changed[label]) >= 4
    every = [one for table in tables for pool in table.values() for one in pool]
    every += [*REPLIES.lighter, *REPLIES.calmer]
    assert len({words.same(one) for one in every}) == len(every) > 90
    for reply in every:
        assert len(reply) <= 120
        assert re.search("look|camera|from here|eye|brow|smil|tense", reply, re.I), reply
        assert not re.search(r"\b(you (feel|are)|depress|disorder|ill\b)", reply, re.I), reply
    heard: set[str] = set()
    rng = random.Random(1)
    while (reply := choose(OCCASION, heard, rng=rng)) is not None:
        assert words.same(reply) not in heard
        heard.add(words.same(reply))
    assert len(heard) == len(REPLIES.changed["sad"])
    relief = Occasion("changed", "happy", 0.9, 6.0, (("sadness", 9.0),))
    assert choose(relief, set()) in REPLIES.lighter
    assert "bored" in choose(Occasion("lasted", "bored", 0.9, 20.0), set())


def test_written_replies_need_no_server_and_point_to_help(tmp_path):
    said_at: dict[str, float] = {}
    companion = Companion(CompanionConfig(pace=Pace(long_s=40)))
    for frame in range(120 * FPS):
        now = frame / FPS
        companion.update(track("sad"), t=now, now=now)
        speech = companion.speech(now=now)
        if speech is not None:
            said_at.setdefault(speech.text, now)
            assert speech.source == "written reply" and not speech.coming
            assert speech.age_s == pytest.approx(now - said_at[speech.text], abs=0.2)
            assert speech.age_s <= STAY_S
            assert (speech.note == words.HUMAN_HELP) == (speech.text in REPLIES.long["sad"])
    assert list(said_at.values()) == pytest.approx([20, 80], abs=1)
    assert list(said_at)[1] in REPLIES.long["sad"]
    assert companion.toggle() is False and companion.speech(now=now) is None


@pytest.mark.slow
def test_a_fault_is_a_quiet_line_and_the_server_is_left_alone():
    with Server("too_many") as server:
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK))
        try:
            play(companion, lambda: companion.speech(now=time.monotonic()))
            speech = companion.speech(now=time.monotonic())
            assert speech.text == "" and "30 s (429)" in speech.note
            assert companion.speech(now=time.monotonic() + NOTE_STAY_S + 1) is None
            # 25 s later, by its clock, it still waits; 35 s later it asks again.
            for later, times in ((25, 1), (35, 2)):
                now = time.monotonic() + later
                for frame in range(20):
                    companion.update(track("sad"), t=1000 + later + frame / 5, now=now)
                wait_until(lambda times=times: len(server.asked) >= times)
                assert len(server.asked) == times
        finally:
            companion.close()


@pytest.mark.slow
def test_the_same_reply_is_not_shown_twice():
    with Server("good") as server:
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK))

        def speech():
            return companion.speech(now=time.monotonic())

        try:
            play(companion, lambda: speech() and speech().text == REPLY and not speech().coming)
            play(companion, lambda: len(server.asked) == 2, "sad")
            until, labels = time.monotonic() + 1.5, set()
            while time.monotonic() < until:
                companion.update(track("sad"), t=0.0, now=time.monotonic())
                labels.add(speech().label)
                time.sleep(0.02)
        finally:
            companion.close()
    assert labels == {"happy"}


@pytest.mark.slow
def test_silence_and_the_end_cut_off_a_server_that_hangs():
    with Server("silent") as server:
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK))
        before = psutil.Process().children()
        play(companion, lambda: server.asked)
        (helper,) = set(psutil.Process().children()) - set(before)
        began = time.monotonic()
        companion.toggle()
        companion.close()
        assert time.monotonic() - began < 1
        assert not helper.is_running()


def test_the_helper_ends_when_its_program_is_killed():
    with Server("silent") as server:
        code = (
            "import os, sys, time, psutil\n"
            "from emoapp.companion.client import Client\n"
            f"client = Client({server.url!r}, 'm')\n"
            "client.ask([], now=0.0)\n"
            "while client.poll(now=0.0).sent is None: time.sleep(0.02)\n"
            "print(psutil.Process().children()[0].pid, flush=True)\n"
            "os.kill(os.getpid(), 9)\n"
        )
        pid = int(run_python(code).stdout)
        wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")


def test_the_user_is_asked_once_for_each_server(tmp_path, capsys):
    questions = []

    def ask(url, answer="y", terminal=True):
        def read():
            questions.append(url)
            return answer

        consent.ask_once(url, "m", tmp_path / "new", ask=read, terminal=lambda: terminal)

    first, second = "http://127.0.0.1:1/v1", "http://example.org/v1"
    with pytest.raises(UsageError, match="--yes"):
        ask(first, terminal=False)
    with pytest.raises(UsageError, match="offline"):
        ask(first, answer="")
    ask(first)
    ask(first, terminal=False)
    assert len(questions) == 2
    ask(second)
    assert len(questions) == 3
    told = capsys.readouterr().out
    assert first in told and "NOT encrypted" in told and "Expression: happy" in told
    assert told.endswith("Send that? [y/N] ")
    (tmp_path / "new" / consent.FILE).write_text("broken")
    with pytest.raises(UsageError, match="--yes"):
        ask(first, terminal=False)


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "words_, expected",
    [
        ("--companion server", "--companion-url"),
        ("--companion server --companion-url http://127.0.0.1:1/v1", "--companion-model"),
        ("--companion --companion-url ftp://x --companion-model m", "http://HOST"),
        ("--companion --companion-url http://a:sec@x/v1 --companion-model m", "keyring set"),
        ("--companion --companion-dry-run", "--companion-url"),
        ("--companion --no-window", "--no-window"),
        ("--companion --companion-url http://127.0.0.1:1/v1 --companion-model m", "--yes"),
    ],
)
def test_wrong_use_says_what_to_do(words_, expected, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOAPP_CONFIG", str(tmp_path / "emoapp.toml"))
    monkeypatch.setattr("sys.stdin", open(os.devnull))
    monkeypatch.setattr(signal, "signal", lambda *words: None)
    assert main(["live", "--demo", *words_.split()]) == 2
    said = capsys.readouterr().err
    assert expected in said and "sec@" not in said and len(said.splitlines()) == 1


@pytest.mark.logs_errors
@pytest.mark.parametrize("lacking", ["openai", "glin_profanity"])
def test_without_its_packages_the_install_command_is_named(lacking, capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == lacking else True)
    monkeypatch.setattr(signal, "signal", lambda *words: None)
    words_ = "--companion --companion-url http://127.0.0.1:1/v1 --companion-model m"
    assert main(["live", "--demo", *words_.split()]) == 2
    said = capsys.readouterr().err
    assert f"needs {lacking};" in said and "pip install 'emoapp[companion]'" in said
