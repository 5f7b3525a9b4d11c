"""Who is served, and what."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import psutil
import pytest
from support.results import result, track
from support.web import answer, checked, client, live, until, upgrade
from websockets.exceptions import ConnectionClosed

from emoapp.errors import SinkError, UsageError
from emoapp.labels import EMOTIONS
from emoapp.sinks.web import WebSocketOutput, server

TOKEN = "0123456789abcdefGHIJ"


def columns(face: dict) -> dict[str, str]:
    """A face as a row of the log, in text."""
    box = dict(zip(("x0", "y0", "x1", "y1"), face["box"], strict=True))
    plain = {name: face[name] for name in ("track", "detector_score", "label", "confidence")}
    plain |= {"rejection": face["rejection"]} | box
    for kind in ("raw", "smoothed"):
        plain |= {f"{kind}_{label}": share for label, share in face[kind].items()}
    return {name: "" if value is None else str(value) for name, value in plain.items()}


def test_every_frame_says_what_the_log_says(demo, tmp_path):
    log = tmp_path / "log.csv"
    words = ("--source", demo, "--loop", "--frames", "90", "--log", log)
    with live(*words) as (program, port, _), client(port) as socket:
        frames = []
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                frames.append(checked(socket.recv(20)))
        assert program.wait(20) == 0
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
    with log.open(encoding="utf-8", newline="") as file:
        rows = {int(row["frame"]): row for row in csv.DictReader(file)}
    assert len(frames) > 30
    numbers = [frame["frame"] for frame in frames]
    assert numbers == sorted(set(numbers)) and max(numbers) == max(rows)
    for frame in frames:
        row = rows[frame["frame"]]
        assert str(frame["time_s"]) == row["time_s"] and frame["size"] == [1280, 720]
        (face,) = frame["faces"]
        assert frame["followed"] == face["track"]
        found = columns(face)
        assert found == {name: row[name] for name in found}


def test_frames_without_a_face_and_with_two(output):
    with client(output.port) as socket:
        # Not before the client is one: what is sent in between is only the latest frame.
        output.write(result(0, 0.0))
        assert checked(socket.recv(10))["faces"] == []
        output.write(result(1, 0.1, track(1, raw=1, smoothed=3), track(2, raw=0, smoothed=0)))
        frame = checked(socket.recv(10))
    assert [face["label"] for face in frame["faces"]] == ["happy", "angry"]
    assert frame["faces"][0]["raw"]["disgust"] == 1 and frame["followed"] is None


def test_who_comes_late_gets_the_latest_frame_at_once(output):
    with client(output.port) as socket:
        output.write(result(7, 0.7))
        socket.recv(10)
    with client(output.port) as socket:
        assert checked(socket.recv(10))["frame"] == 7


def test_labels_of_ones_own_arrive_as_they_are():
    labels = ("<b>", 'a"b', "zufrieden \u00fc", "\udcff", "happy")
    with WebSocketOutput(labels, 0) as output:
        with client(output.port) as socket:
            pass
        hello = json.loads(output._messages.hello())
    assert [one["label"] for one in hello["expressions"]][:3] == list(labels[:3])
    assert hello["expressions"][0]["icon"] == "icons/other.png"
    assert socket.response.status_code == 101


LOCAL = {
    "a program": (101, {}),
    "the page": (101, {"Origin": "http://127.0.0.1:{}"}),
    "the page, by name": (101, {"Host": "localhost:{}", "Origin": "http://localhost:{}"}),
    "a page that is allowed": (101, {"Origin": "http://LOCALHOST:3000"}),
    "another page": (403, {"Origin": "https://example.org"}),
    "a page of another port": (403, {"Origin": "http://127.0.0.1:80"}),
    "a file": (403, {"Origin": "null"}),
    "a name that leads here": (403, {"Host": "evil.test:{}", "Origin": "http://evil.test:{}"}),
    "another port": (403, {"Host": "127.0.0.1:1"}),
    "no host": (400, {"Host": None}),
    "no upgrade": (426, {"Upgrade": None}),
    "a bad upgrade": (400, {"Sec-WebSocket-Key": "x"}),
    "another path": (404, {"path": "/socket/"}),
    "up and out": (404, {"path": "/../../pyproject.toml"}),
    "a page": (200, {"path": "/?layout=panel"}),
    "a page of another name": (403, {"path": "/", "Host": "evil.test"}),
}


@pytest.mark.parametrize("case", LOCAL)
def test_hosts_and_origins(case):
    expected, headers = LOCAL[case]
    with WebSocketOutput(EMOTIONS, 0, origins=["http://localhost:3000/"]) as output:
        filled = {n: v and v.format(output.port) for n, v in headers.items()}
        assert answer(output.port, upgrade(output.port, **filled))[0] == expected


TOKENS = {
    "none": (401, {}),
    "wrong": (401, {"path": "/socket?token=0123456789abcdefGHIj"}),
    "half": (401, {"path": f"/socket?token={TOKEN[:-1]}"}),
    "wrong in the header": (401, {"Authorization": "Bearer x"}),
    "of another scheme": (401, {"Authorization": f"Basic {TOKEN}"}),
    "right": (101, {"path": f"/socket?token={TOKEN}"}),
    "right in the header": (101, {"Authorization": f"bearer {TOKEN}"}),
    "right, and another page": (
        403,
        {"path": f"/socket?token={TOKEN}", "Origin": "http://example.org"},
    ),
    "right, from elsewhere": (101, {"path": f"/socket?a=b&token={TOKEN}", "Host": "my-pc:99"}),
}


@pytest.mark.parametrize("case", TOKENS)
def test_tokens(case):
    expected, headers = TOKENS[case]
    with WebSocketOutput(EMOTIONS, 0, host="0.0.0.0", token=TOKEN) as output:
        assert answer(output.port, upgrade(output.port, **headers))[0] == expected


def test_an_address_that_others_reach_needs_a_token():
    with pytest.raises(UsageError, match="token"):
        WebSocketOutput(EMOTIONS, 0, host="0.0.0.0")
    with pytest.raises(UsageError, match="16"):
        WebSocketOutput(EMOTIONS, 0, token="secret")


def test_a_port_that_is_taken(output):
    with pytest.raises(SinkError, match="--websocket PORT"):
        WebSocketOutput(EMOTIONS, output.port)
    with pytest.raises(SinkError, match="--listen"):
        WebSocketOutput(EMOTIONS, 0, host="no such host", token=TOKEN)


def test_only_so_many_clients(output, monkeypatch):
    monkeypatch.setattr(server, "MAX_CLIENTS", 2)
    with client(output.port):
        with client(output.port):
            status, text = answer(output.port, upgrade(output.port))
            assert status == 503 and b"close a page" in text
        until(lambda: answer(output.port, upgrade(output.port))[0] == 101)


def test_the_command_prints_a_token_where_one_is_needed(demo):
    words = ("--source", demo, "--loop", "--seconds", "30", "--listen", "0.0.0.0")
    with live(*words) as (_, port, said):
        token = said.rpartition("?token=")[2].strip()
        assert len(token) == 32
        assert answer(port, upgrade(port))[0] == 401
        with client(port, f"?token={token}") as socket:
            assert checked(socket.recv(10))["type"] == "frame"


def test_the_token_of_the_environment_holds_on_this_computer_too(demo):
    with live("--source", demo, "--loop", EMOAPP_WEBSOCKET_TOKEN=TOKEN) as (_, port, said):
        assert TOKEN not in said
        assert answer(port, upgrade(port))[0] == 401
        with client(port, additional_headers={"Authorization": f"Bearer {TOKEN}"}) as socket:
            assert checked(socket.recv(10))["type"] == "frame"


def test_the_command_says_that_the_port_is_taken(output):
    command = [sys.executable, "-m", "emoapp", "live", "--demo", "--no-window"]
    run = subprocess.run(
        [*command, "--websocket", str(output.port)], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1 and "choose another port" in run.stderr and not run.stdout


@pytest.mark.parametrize("options", [(), ("--websocket", "0")])
def test_nothing_listens_unless_asked(options):
    code = """
import sys
listening = []
sys.addaudithook(lambda event, args: listening.append(event) if event == "socket.bind" else None)
from emoapp.cli import main
status = main(["live", "--demo", "--no-window", "--frames", "5", *sys.argv[1:]])
import psutil
print("LISTENED", status, bool(listening), psutil.Process().net_connections())
"""
    run = subprocess.run(
        [sys.executable, "-c", code, *options], capture_output=True, text=True, timeout=60
    )
    assert f"LISTENED 0 {bool(options)} []" in run.stdout, run.stdout + run.stderr


def test_all_is_closed_at_the_end():
    with WebSocketOutput(EMOTIONS, 0) as output, client(output.port) as socket:
        output.write(result(0, 0.0))
        ours = [c for c in psutil.Process().net_connections() if c.laddr[1] == output.port]
        assert len(ours) == 2, "listening, and the client's"
        output.close()
        output.close()
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
        output.write(result(1, 0.1))  # is of no avail, and no error
    assert not [c for c in psutil.Process().net_connections() if c.laddr[1] == output.port]
