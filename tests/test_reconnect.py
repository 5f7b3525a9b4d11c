"""Cameras and streams that break off and come back, and what the user is told meanwhile."""

from __future__ import annotations

import functools
import http.server
import json
import queue
import socket
import threading
import time

import numpy as np
import pytest
from conftest import number_of, picture

from emoapp.errors import CameraError, SourceError
from emoapp.sources import Waiting, open_source
from emoapp.sources.grabber import LatestFrameGrabber
from emoapp.sources.live import LiveSource
from emoapp.sources.reconnecting import Reconnecting, letterbox
from emoapp.types import Frame

RETURN_S = 2.0
"""The promise: frames again so soon after the camera or the stream is back."""


def watch(source, seconds: float) -> list[dict]:
    """Every answer of `read` for so many seconds, with the time it came."""
    answers, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        answer = source.read()
        assert answer is not None, "not the end"
        shown = {"at": time.monotonic(), "reason": None, "missed": source.missed}
        if isinstance(answer, Waiting):
            shown |= {"reason": answer.reason, "since_s": answer.since_s}
        else:
            shown |= {"index": answer.index, "t": answer.t, "size_wh": answer.size_wh}
        answers.append(shown)
    return answers


def to_the_end(source, within_s: float = 15) -> list[Frame]:
    frames, until = [], time.monotonic() + within_s
    while (answer := source.read()) is not None:
        assert time.monotonic() < until, "it does not end"
        if isinstance(answer, Frame):
            frames.append(answer)
    return frames


def went_on(answers: list[dict], returned_at: float, *, rate: float) -> None:
    """Frames, a break that was told of, and frames again, numbered and timed as one sequence.

    rate: frames a second of the source.
    """
    frames = [a for a in answers if a["reason"] is None]
    after = [a for a in frames if a["at"] > returned_at]
    assert after and after[0]["at"] - returned_at < RETURN_S
    assert len(after) > 3
    silent = [b["at"] - a["at"] for a, b in zip(answers, answers[1:], strict=False)]
    assert sum(gap > 0.2 for gap in silent) <= 2 and max(silent) < 1, "window and keys stay alive"
    for before, later in zip(frames, frames[1:], strict=False):
        assert later["index"] > before["index"] and later["t"] > before["t"]
        assert later["t"] - before["t"] == pytest.approx(later["at"] - before["at"], abs=0.3)
    assert (frames[0]["index"], frames[0]["t"]) == (0, 0.0)
    assert frames[-1]["index"] + 1 == len(frames) + frames[-1]["missed"]
    lost = max(answers, key=lambda a: a.get("since_s", 0))
    before = [a["at"] for a in frames if a["at"] < lost["at"]] or [answers[0]["at"]]
    assert lost["since_s"] == pytest.approx(lost["at"] - before[-1], abs=0.3)
    # While it is away, a second of waiting is no second of 30 missed frames.
    assert frames[-1]["missed"] < rate * 1.5


# A camera

_WATCH = """
import json, threading, time
from emoapp.sources import open_source
from test_reconnect import watch
began = time.monotonic()
with open_source(0, reconnect=True) as source:
    answers = watch(source, {seconds})
    closing = time.monotonic()
print(json.dumps({{"answers": answers, "began": began, "close_s": time.monotonic() - closing,
    "left": [t.name for t in threading.enumerate()], "size_wh": source.size_wh}}))
"""


@pytest.mark.parametrize(
    ("fault", "returns_s", "seconds", "reason"),
    [
        ({"UNPLUG_S": 1}, 3, 6, "Camera 0 was unplugged"),
        ({"STALL_S": 1}, 5.5, 8.5, "Camera 0 gives no picture"),
        ({"STALL_S": 1}, 2.5, 5, "Camera 0 gives no picture"),  # too short to be given up
        ({"STALL_S": 0}, 2.5, 5, "Camera 0 gives no picture yet"),
    ],
    ids=["unplugged", "stalled", "hiccup", "stalled at first"],
)
def test_a_camera_goes_on_when_it_is_back(run_with_camera, fault, returns_s, seconds, reason):
    ran = run_with_camera(_WATCH.format(seconds=seconds), REPLUG_S=returns_s, **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    run = json.loads(ran.stdout)
    went_on(run["answers"], run["began"] + returns_s, rate=30)
    lost = max(run["answers"], key=lambda a: a.get("since_s", 0))
    assert lost["reason"].startswith(reason)
    assert run["size_wh"] == [320, 180]
    assert run["close_s"] < 1 and run["left"] == ["MainThread"]


@pytest.mark.parametrize("fault", [{"UNPLUG_S": 0.5}, {"STALL_S": 0.5}])
def test_a_camera_that_stays_away_is_closed_at_once(run_with_camera, fault):
    ran = run_with_camera(_WATCH.format(seconds=2), **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    run = json.loads(ran.stdout)
    assert run["answers"][-1]["reason"] and run["close_s"] < 2
    if "UNPLUG_S" in fault:  # a driver that hangs is left alone
        assert run["left"] == ["MainThread"]


@pytest.mark.parametrize("fault", [{"BUSY": 1}, {"DEVICE": "/dev/video7"}])
def test_a_camera_that_never_opens_raises_at_once(run_with_camera, fault):
    ran = run_with_camera(
        "from emoapp.errors import CameraError\n"
        "from emoapp.sources import open_source\n"
        "try: open_source(0, reconnect=True)\n"
        "except CameraError as error: print(error)",
        **fault,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "cannot be opened" in ran.stdout


def test_a_silent_camera_is_closed_while_its_driver_waits(run_with_camera):
    ran = run_with_camera(
        "import threading, time\n"
        "from emoapp.sources import open_source\n"
        "source = open_source(0)\n"
        "source.read()\n"
        "time.sleep(0.3)\n"
        "began = time.monotonic()\n"
        "source.close()\n"
        "print(time.monotonic() - began < 0.8, source.given_back(0), threading.active_count())",
        FPS=0.6,
    )
    assert ran.stdout.split() == ["True", "True", "1"], ran.stderr


# A source that does what the test says


class Fake(LiveSource):
    """Gives the pictures that are put in; an exception breaks it, None ends it.

    hangs: like some drivers, it does not notice that it was closed.
    """

    name, size_wh, fps = "fake", (320, 180), 30.0

    def __init__(
        self, *steps, size_wh=(320, 180), released=lambda: None, stall_s=None, hangs=False
    ) -> None:
        self.size_wh, self.hangs = size_wh, hangs
        self.trouble = "The fake is gone"
        self.steps = queue.Queue()
        for step in steps:
            self.steps.put(step)
        self._grabber = LatestFrameGrabber(
            self.grab,
            release=released,
            name="fake",
            stall_s=stall_s,
            stalled=lambda: CameraError("stalled"),
        )

    def grab(self):
        while self.steps.empty():
            if self._grabber.stopping and not self.hangs:
                return None
            time.sleep(0.005)
        step = self.steps.get()
        if isinstance(step, Exception):
            raise step
        return None if step is None else (picture(step, self.size_wh), time.monotonic())


def opens(*sources) -> Reconnecting:
    """Opens these in order; an exception among them is raised."""
    left = list(sources)

    def open_next():
        source = left.pop(0)
        if isinstance(source, Exception):
            raise source
        return source

    return Reconnecting(open_next, retry_s=0.05)


GONE = CameraError("gone")


def test_iterating_gives_frames_only_and_one_sequence():
    source = opens(Fake(1, GONE), GONE, GONE, Fake(2, GONE), Fake(None), Fake(3, None))
    frames = []
    with source:
        for frame in source:
            frames.append(frame)
            if len(frames) == 3:
                break
    assert [number_of(frame.image) for frame in frames] == [1, 2, 3]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert 0 == frames[0].t < frames[1].t < frames[2].t
    assert source.read() is None, "closed"
    source.close()


def test_what_was_missed_adds_up():
    first, second = Fake(1), Fake(5)
    with opens(first, second) as source:
        assert source.read().index == 0
        for fake, steps in ((first, (2, 3)), (second, (6, 7, 8))):
            if fake is second:
                fake_frame = next(iter(source))
                assert (fake_frame.index, source.missed) == (3, 1)
            for step in steps:
                fake.steps.put(step)
            until = time.monotonic() + 10
            while not fake.steps.empty() and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(0.1)
            frame = source.read()
            fake.steps.put(GONE)
        assert (frame.index, source.missed, number_of(frame.image)) == (6, 3, 8)
    assert source.missed == 3, "closed, it is still known"


def test_a_stalled_device_is_given_back_before_it_is_opened_again():
    order = []
    stalled = Fake(1, stall_s=0.2, hangs=True, released=lambda: order.append("given back"))
    left = [stalled, Fake(2)]

    def open_next():
        order.append("opened")
        return left.pop(0)

    with Reconnecting(open_next, retry_s=0.05) as source:
        assert isinstance(source.read(), Frame)
        until = time.monotonic() + 1.5  # longer than close() waits
        while time.monotonic() < until:
            assert isinstance(source.read(), Waiting)
        assert order == ["opened"]
        stalled.steps.put(9)  # the driver returns
        assert number_of(next(iter(source)).image) == 2, "a picture after the stall is too old"
    assert order == ["opened", "given back", "opened"]


def test_it_is_closed_while_an_opening_hangs_and_what_opens_late_is_closed():
    hanging, opened, late = threading.Event(), threading.Event(), threading.Event()
    left = [Fake(1, GONE)]

    def open_next():
        if left:
            return left.pop()
        hanging.set()
        assert opened.wait(20)
        return Fake(released=late.set)

    source = Reconnecting(open_next, retry_s=0.05)
    source.read()
    while not hanging.is_set():
        assert isinstance(source.read(), Waiting)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 3
    opened.set()
    assert late.wait(10)
    for thread in threading.enumerate():
        if thread.name.startswith("reopen"):
            thread.join(10)


def test_a_fault_of_the_program_is_not_hidden():
    with opens(Fake(1, GONE), ValueError("a bug")) as source:
        with pytest.raises(ValueError, match="a bug"):
            to_the_end(source)


def test_another_size_is_scaled_to_the_first():
    with opens(Fake(1, GONE), Fake(7, size_wh=(320, 240))) as source:
        frames = iter(source)
        assert next(frames).size_wh == next(frames).size_wh == source.size_wh == (320, 180)


@pytest.mark.parametrize("size_wh", [(320, 180), (640, 360), (320, 240), (101, 333), (3, 2)])
def test_fit_keeps_the_shape(size_wh):
    image = np.full((size_wh[1], size_wh[0], 3), 200, np.uint8)
    fitted = letterbox(image, (320, 180))
    assert fitted.shape == (180, 320, 3)
    height = min(180, 320 * size_wh[1] / size_wh[0])
    width = min(320, 180 * size_wh[0] / size_wh[1])
    assert (fitted == 200).all(axis=2).sum() == pytest.approx(width * height, rel=0.05)
    assert (fitted == 0).any() == (abs(width * height - 320 * 180) > 400)


def test_a_short_wait_adds_up_to_a_stall():
    fake = Fake(1, stall_s=0.3)
    assert fake.ready(10) and fake.read().index == 0
    answers = [fake.ready(0.1) for _ in range(3)]
    assert answers == [False, False, True]
    with pytest.raises(CameraError, match="stalled"):
        fake.read()
    assert not fake.ready(0.1), "and the next wait begins anew"
    fake.steps.put(2)
    assert fake.ready(10) and fake.read().index == 1
    fake.steps.put(None)
    assert fake.ready(10) and fake.read() is None
    fake.close()
    assert fake.ready(10) and fake.given_back(0)


# The network


class Server:
    """A web server for an MJPEG stream, at an address that stays while it goes and comes."""

    def __init__(self, jpegs: list[bytes]) -> None:
        self.jpegs = jpegs
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        stop, jpegs = threading.Event(), self.jpegs

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                while not stop.wait(1 / 30):
                    jpeg = jpegs[number % len(jpegs)]
                    head = (
                        "--frame\r\nContent-Type: image/jpeg\r\n"
                        f"Content-Length: {len(jpeg)}\r\n\r\n"
                    )
                    try:
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                    except OSError:  # the reader left
                        return
                    number += 1

            def log_message(self, *args):
                pass

        web = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()

        def end():
            stop.set()
            web.shutdown()
            thread.join()
            web.server_close()

        self.end = end


@pytest.fixture
def server(mjpeg):
    server = Server(mjpeg)
    yield server
    server.end()


def test_a_stream_goes_on_when_it_is_back(server):
    times = {}

    def break_off():
        server.end()
        time.sleep(1.5)
        server.start()
        times["returned"] = time.monotonic()

    with open_source(f"http://me:secret@127.0.0.1:{server.port}/", reconnect=True) as source:
        answers = watch(source, 1)
        breaker = threading.Thread(target=break_off)
        breaker.start()
        answers += watch(source, 5)
        breaker.join()
        went_on(answers, times["returned"], rate=30)
        lost = max(answers, key=lambda a: a.get("since_s", 0))
        assert "broke off" in lost["reason"] and "secret" not in lost["reason"]
        server.end()
        while isinstance(source.read(), Frame):
            pass
        began = time.monotonic()
    assert time.monotonic() - began < 2
    server.start()


def test_an_address_that_does_not_answer_at_first_raises():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(f"http://127.0.0.1:{port}/", reconnect=True)


def test_a_film_on_a_web_server_ends(clip):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(clip.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://127.0.0.1:{web.server_port}/{clip.name}"
        try:
            with open_source(address, reconnect=True) as source:
                assert len(to_the_end(source)) + source.missed == 30
                assert source.read() is None, "the end stays the end"
        finally:
            web.shutdown()
            thread.join()


def test_files_know_no_reconnecting(clip):
    with open_source(clip, reconnect=True) as source:
        assert len(list(source)) == 30
