"""The companion in the live window."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from support.companion import live, wait_until
from support.companion_server import REPLY, Server

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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_key_c_silences_what_stands_in_the_window(screen, tmp_path):
    from support.window import Program, difference

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
