"""The companion: when it speaks, what it sends, and that no server can disturb or outlast it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from companion_server import REPLY, Server
from conftest import run_python
from hypothesis import given, settings
from hypothesis import strategies as st
from test_overlay import boxes, changed_outside, disjoint, draw, inside, make_track, picture

from emoapp.cli import main
from emoapp.companion import consent, exchange, words
from emoapp.companion.client import Client
from emoapp.companion.companion import NOTE_STAY_S, STAY_S, Companion
from emoapp.companion.replies import choose, load_replies
from emoapp.companion.watcher import Occasion, Watcher
from emoapp.config import CompanionConfig, Pace
from emoapp.errors import UsageError
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay
from emoapp.overlay.speech import ago
from emoapp.types import Box, Face, Rejection, Scores, Speech, Track

FPS = 10
OCCASION = Occasion("changed", "sad", 0.62, 6.0, (("happy", 95.0), ("neutral", 12.4)))
REPLIES = load_replies()
QUICK = Pace(lasted_s=1.0, every_s=2.0)


def track(label: str | None, person: int = 1) -> Track | None:
    """A face that shows `label`; "?" for one that is not believed; None for nobody."""
    if label is None:
        return None
    rejection = Rejection.UNSURE if label == "?" else None
    shown = "happy" if label == "?" else label
    shares = [0.8 if one == shown else 0.2 / 6 for one in EMOTIONS]
    scores = Scores(EMOTIONS, np.array(shares, np.float32))
    face = Face(Box(0, 0, 50, 50), 0.9)
    return Track(person, face, scores, scores, 0.0, 0.0, label=shown, rejection=rejection)


def said(story, pace=None) -> list[tuple[float, str, str]]:
    """(seconds, kind, label) of each occasion; story: (label, seconds[, person]) one by one."""
    watcher, found, frame = Watcher(pace), [], 0
    for label, seconds, *person in story:
        for _ in range(round(seconds * FPS)):
            occasion = watcher.see(track(label, *person), frame / FPS)
            if occasion is not None:
                watcher.told(occasion)
                found.append((round(frame / FPS), occasion.kind, occasion.label))
            frame += 1
    return found


@pytest.mark.parametrize(
    "story, expected",
    {
        "too short for a word": ([("happy", 19)], []),
        "it lasts": ([("happy", 25)], [(20, "lasted", "happy")]),
        "and lasts: ever more rarely": (
            [("happy", 400)],
            [(20, "lasted", "happy"), (80, "lasted", "happy"), (240, "lasted", "happy")],
        ),
        "a neutral face is no news": ([("neutral", 290)], []),
        "a change that stays": (
            [("neutral", 10), ("happy", 8)],
            [(15, "changed", "happy")],
        ),
        "a change that does not": ([("neutral", 10), ("happy", 3), ("neutral", 30)], []),
        "a flicker breaks nothing off": (
            [("happy", 12), ("sad", 0.5), ("happy", 9)],
            [(20, "lasted", "happy")],
        ),
        "not after a flicker": ([("happy", 2), ("surprise", 2), ("neutral", 30)], []),
        "quiet while unsure": ([("happy", 12), ("?", 60)], []),
        "quiet while gone": ([("happy", 19), (None, 60)], []),
        "a detector that blinks": (
            [("happy", 12), (None, 1), ("happy", 8)],
            [(20, "lasted", "happy")],
        ),
        "gone for long begins anew": ([("happy", 12), (None, 5), ("happy", 12)], []),
        "another person begins anew": ([("happy", 12, 1), ("happy", 12, 2)], []),
        "at most one word in a minute": (
            [("happy", 25), ("sad", 8), ("happy", 8), ("surprise", 8), ("angry", 40)],
            [(20, "lasted", "happy"), (80, "lasted", "angry")],
        ),
        "sadness that comes back calls for help, once": (
            [("sad", 60), ("neutral", 20), ("fear", 60), ("neutral", 20), ("sad", 100)],
            [
                (20, "lasted", "sad"),
                (85, "changed", "fear"),
                (145, "changed", "neutral"),
                (205, "long", "sad"),
            ],
        ),
    }.values(),
)
def test_it_speaks_when_there_is_a_reason(story, expected):
    found = said(story)
    assert [one[1:] for one in found] == [one[1:] for one in expected]
    assert [one[0] for one in found] == pytest.approx([one[0] for one in expected], abs=1)


def test_the_seconds_can_be_set():
    assert said([("happy", 5)], Pace(lasted_s=3, every_s=60)) == [(3, "lasted", "happy")]
    assert len(said([("happy", 30)], Pace(lasted_s=1, every_s=1))) > 2


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


def wait_for(client: Client):
    until = time.monotonic() + 30
    while True:
        answer = client.poll(now=time.monotonic())
        if answer.done:
            return answer
        assert time.monotonic() < until
        time.sleep(0.01)


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
        ("endless_drip", "", "does not come to an end"),
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


def play(companion: Companion, done, label: str = "happy", seconds: float = 30.0) -> None:
    """Frames with one face, the clock in step with the wall's, until `done()`."""
    began = time.monotonic()
    while not done():
        now = time.monotonic()
        assert now - began < seconds, "it did not come"
        companion.update(track(label), t=now - began, now=now)
        time.sleep(0.02)


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


def wait_until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


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


@pytest.mark.parametrize("lacking", ["openai", "glin_profanity"])
def test_without_its_packages_the_install_command_is_named(lacking, capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == lacking else True)
    monkeypatch.setattr(signal, "signal", lambda *words: None)
    words_ = "--companion --companion-url http://127.0.0.1:1/v1 --companion-model m"
    assert main(["live", "--demo", *words_.split()]) == 2
    said = capsys.readouterr().err
    assert f"needs {lacking};" in said and "pip install 'emoapp[companion]'" in said


@settings(deadline=None, max_examples=40)
@given(
    width=st.integers(1, 1300),
    height=st.integers(1, 800),
    found=boxes,
    text=st.sampled_from(["", "That looks fine.", REPLY * 4, "x" * 300]),
    note=st.sampled_from(["", words.HUMAN_HELP]),
)
def test_the_panel_stays_in_any_picture_and_off_the_pills(width, height, found, text, note):
    overlay = Overlay(EMOTIONS)
    overlay.speech = Speech(text, note, "a model " * 9, "sad", 75.0, coming=True)
    before = picture(width, height)
    tracks = [make_track(i + 1, box) for i, box in enumerate(found)]
    after = draw(overlay, before.copy(), *tracks)
    assert changed_outside(before, after, overlay.touched) == 0
    assert all(inside(rect, width, height) for rect in overlay.touched)
    assert disjoint(overlay.pills.values())


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (1280, 720), (720, 1280)])
def test_the_panel_keeps_off_the_face_wherever_it_is(size_wh):
    width, height = size_wh
    side = 0.3 * min(size_wh)
    seen = 0
    for x in (0.0, 0.5, 1.0):
        for y in (0.15, 0.9):
            x0, y0 = x * (width - side), y * (height - side)
            box = x0, y0, x0 + side, y0 + side
            overlay = Overlay(EMOTIONS, bars=False, timeline=False)
            plain = draw(overlay, picture(width, height), make_track(1, box))
            overlay.speech = Speech(REPLY, "", "written reply", "happy", 2.0)
            spoken = draw(overlay, picture(width, height), make_track(1, box))
            changed = (plain != spoken).any(axis=2)
            seen += changed.mean() > 0.03
            x0, y0, x1, y1 = (round(one) for one in box)
            assert changed[y0:y1, x0:x1].mean() < 0.02
    assert seen == 6


def test_the_age_is_told_in_few_words():
    assert [ago(s) for s in (0.4, 1, 12.4, 59.4, 90)] == [
        *("now", "1 s ago", "12 s ago", "59 s ago"),
        "2 min ago",
    ]


NO_SOCKET = """
import sys
seen = []
def hook(event, args):
    # Not the window's: the screen is looked at through a file on this computer (family 1).
    if event == "socket.__new__" and args[1] != 1:
        seen.append(event)
    elif event.startswith("socket.") and event != "socket.__new__":
        if ".X11-unix" not in str(args):
            seen.append(event)
    elif event == "subprocess.Popen" and "companion" in str(args[1]):
        seen.append(event)
sys.addaudithook(hook)
from emoapp.cli import main
status = main(["live", "--demo", "--seconds", "3", *sys.argv[1:]])
import psutil
seen += map(str, psutil.Process().net_connections(kind="inet"))
print("AFTER", status, seen)
import socket
try:
    socket.create_connection(("127.0.0.1", 9), 0.1)
except OSError:
    pass
print("CONTROL", len(seen))
"""


@pytest.mark.parametrize("options", [(), ("--companion", "offline", "--companion-lasted", "1")])
def test_no_socket_is_opened_without_a_server(screen, options):
    """Neither when the companion is off, nor when it has written replies only."""
    run = subprocess.run(
        [sys.executable, "-c", NO_SOCKET, *options],
        env=os.environ | {"DISPLAY": screen},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "AFTER 0 []" in run.stdout, run.stdout + run.stderr
    assert int(re.search(r"CONTROL (\d+)", run.stdout)[1]) > 0, "the hook sees sockets"


def live(screen, server, tmp_path, *options):
    command = [sys.executable, "-m", "emoapp", "live", "--demo", "--companion", "server"]
    command += ["--companion-url", server.url, "--companion-model", "test-model", "--yes"]
    command += ["--companion-lasted", "1", "--log", str(tmp_path / "log.jsonl"), *options]
    return subprocess.Popen(
        command,
        env=os.environ | {"DISPLAY": screen},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_ctrl_c_ends_at_once_while_a_server_hangs(screen, tmp_path):
    with Server("silent") as server, live(screen, server, tmp_path) as program:
        wait_until(lambda: server.asked, 30)
        helpers = psutil.Process(program.pid).children(recursive=True)
        assert helpers
        # As a terminal does: to the whole group, the helper too.
        os.killpg(program.pid, signal.SIGINT)
        began = time.monotonic()
        assert program.wait(15) == 130
        assert time.monotonic() - began < 5
        assert program.stderr.read() == "emoapp: interrupted\n"
        wait_until(lambda: not any(one.is_running() for one in helpers))


def test_key_c_silences_what_stands_in_the_window(screen, tmp_path):
    from test_keys import Program, difference

    with Server("good") as server:
        options = ["--companion", "--companion-url", server.url, "--companion-model", "m"]
        options += ["--companion-lasted", "1", "--yes", "--log", "log.csv"]
        program = Program(screen, tmp_path, *options)
        record = tmp_path / "log.companion.jsonl"
        try:
            program.until(lambda: record.exists() and record.stat().st_size > 0)
            program.press("space")
            before = program.picture()
            program.press("c")
            changed = difference(before, program.picture())
            assert changed[460:640, 400:880].mean() > 0.02, "the panel is gone"
            program.press("space")
            program.end()
        finally:
            program.kill()
    (line,) = record.read_text().splitlines()
    assert json.loads(line)["reply"] == REPLY and json.loads(line)["source"] == "m"
    assert "happy" in (tmp_path / "log.csv").read_text()
