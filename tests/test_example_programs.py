"""The programs in examples/ do what they say, with the running program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from support import web
from support.outputs import free_port
from support.paths import ROOT
from support.programs import emoapp, succeeded

EXAMPLES = ROOT / "examples"


def start(name: str, *words: object, **options) -> subprocess.Popen[str]:
    command = [sys.executable, str(EXAMPLES / name), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


def live(*words: object) -> None:
    succeeded(emoapp("live", "--demo", "--no-window", *words))


def test_the_receiver_of_osc():
    port = free_port()
    with start("osc_receiver.py", port) as receiver:
        assert receiver.stdout.readline() == f"waiting at 127.0.0.1:{port}\n"
        live("--seconds", 2, "--osc", port)
        receiver.terminate()
        said = receiver.stdout.read().splitlines()
    assert "happy" in said and any(re.fullmatch("happy #{30,40}", line) for line in said)


@pytest.mark.slow
def test_the_recorder_of_lsl_and_the_notebook_that_reads_its_recording(tmp_path):
    name, path = f"test-{uuid.uuid4().hex[:8]}", tmp_path / "session.csv"
    with start("lsl_recorder.py", path, name) as recorder:
        live("--seconds", 8, "--lsl", name)
        assert "angry, disgust" in recorder.stdout.read()
    assert "surprise" in (tmp_path / "session.markers.csv").read_text()
    said = run_notebook(EXAMPLES / "lsl_recording.ipynb", RECORDING=str(path))
    frames, seconds, share = re.search(
        r"(\d+) frames in ([\d.]+) s, (\d+)% believed", said
    ).groups()
    assert int(frames) > 10 and 0 < float(seconds) < 9 and int(share) > 30
    assert float(re.search(r"median ([\d.]+) ms", said)[1]) > 30


def run_notebook(path, **env: str) -> str:
    """What the cells of a notebook print, run one after the other in a process of their own."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"MPLBACKEND": "agg"} | env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
def test_the_receiver_of_the_websocket(demo):
    with web.live("--source", demo, "--loop", "--seconds", 5) as (_, port, _said):
        with start("websocket_receiver.py", f"ws://127.0.0.1:{port}/socket") as receiver:
            said = receiver.stdout.read().splitlines()
            assert receiver.wait() == 0, "it ends with emoapp"
    assert said[0].startswith("emoapp ") and "'happy'" in said[0]
    assert re.fullmatch(r" +\d+\.\d\d s  happy     happy 9\d%", said[-1])


@pytest.mark.slow
def test_the_page_of_ones_own(demo, browser):
    with web.live("--source", demo, "--loop", "--websocket-origin", "null") as (_, port, _said):
        browser.open(f"{(EXAMPLES / 'own_page.html').as_uri()}?port={port}")
        browser.until("document.getElementById('words')?.textContent === 'happy'")
        browser.until("document.getElementById('balloon').getBoundingClientRect().width > 300")
    with web.live("--source", demo, "--loop") as (_, port, _said):
        browser.open(f"{(EXAMPLES / 'own_page.html').as_uri()}?port={port}")
        browser.until("document.getElementById('words') !== null")
        time.sleep(1)
        assert "Waiting" in browser.run("document.body.innerText"), "its origin is not allowed"


@pytest.mark.slow
def test_the_lamp(tmp_path):
    command = subprocess.list2cmdline([sys.executable, str(EXAMPLES / "lamp.py")])
    run = emoapp("live", "--demo", "--no-window", "--seconds", 2, "--on-change", command)
    assert run.returncode == 0 and "\x1b[48;2;250;200;40m" in run.stdout


def test_the_game(demo):
    with start("game_loop.py", demo, env=os.environ) as game:
        said = game.stdout.read().splitlines()
        assert game.wait() == 0
    *balloons, ticks = said
    heights = [int(line.rpartition("   ")[2].rstrip("%")) for line in balloons]
    assert max(heights) > 10 and re.fullmatch(r"\d+ ticks", ticks), said


def test_the_game_ends_where_there_is_no_player(tmp_path):
    with start("game_loop.py", tmp_path / "no.mp4", stderr=subprocess.PIPE) as game:
        assert "There is no file" in game.stderr.read()
        assert game.wait() == 1


@pytest.mark.slow
def test_the_documentations_python(demo, tmp_path, monkeypatch, capsys):
    text = (ROOT / "docs" / "outputs.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.S)
    monkeypatch.chdir(tmp_path)
    shutil.copy(demo, "clip.mp4")
    port = str(free_port())
    exec(compile(block.replace("9000", port), "outputs.md", "exec"), {})
    said = capsys.readouterr()
    assert "label='happy'" in said.out and f"nobody listens at 127.0.0.1:{port}" in said.err


def test_each_example_is_in_the_list_and_run_here():
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    tests = Path(__file__).parent.glob("test_example*.py")
    here = "".join(path.read_text("utf-8") for path in tests)
    for path in EXAMPLES.iterdir():
        assert path.name == "README.md" or (path.name in listed and path.name in here), path.name
