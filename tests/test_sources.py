from __future__ import annotations

import http.server
import queue
import socket
import threading
import time

import cv2
import numpy as np
import pytest
from conftest import number_of, picture, run_python, write_clip

from emoapp.errors import CameraError, SourceError, UsageError
from emoapp.sources import kind_of, open_source
from emoapp.sources.grabber import LatestFrameGrabber
from emoapp.sources.still import read_image
from emoapp.types import Frame


def conforms(source, *, size_wh: tuple[int, int], finite: bool) -> None:
    """What every source promises."""
    with source:
        assert source.name
        assert source.size_wh == size_wh
        assert source.fps is None or source.fps > 0
        frames = []
        while (frame := source.read()) is not None and (finite or len(frames) < 10):
            frames.append(frame)
        assert all(isinstance(frame, Frame) and frame.size_wh == size_wh for frame in frames)
        assert (frames[0].index, frames[0].t) == (0, 0.0)
        for before, after in zip(frames, frames[1:], strict=False):
            assert after.index > before.index
            assert after.t > before.t
            assert not np.shares_memory(before.image, after.image), "a kept frame would change"
        assert frames[-1].index + 1 == len(frames) + source.missed or not finite
        if finite:
            assert source.frame_count == frames[-1].index + 1
            assert source.read() is None, "the end stays the end"
    source.close()
    assert source.read() is None, "closed"


def test_video_conforms(demo):
    conforms(open_source(demo), size_wh=(1280, 720), finite=True)


def test_paced_video_conforms(clip):
    began = time.monotonic()
    conforms(open_source(clip, live=True), size_wh=(320, 180), finite=True)
    assert time.monotonic() - began > 0.9, "a second plays for a second"


def test_images_conform(folder):
    conforms(open_source(folder), size_wh=(320, 180), finite=True)


def test_stream_conforms(server):
    conforms(open_source(server + "/video"), size_wh=(320, 180), finite=False)


def test_camera_conforms(run_with_camera):
    ran = run_with_camera(
        "from test_sources import *\n"
        "conforms(open_source(0), size_wh=(320, 180), finite=False)\n"
        "conforms(open_source('/dev/video0'), size_wh=(320, 180), finite=False)"
    )
    assert (ran.returncode, ran.stderr) == (0, "")


# The one slot behind cameras, streams and paced files


class Script:
    """A `grab` that gives what the test puts in."""

    def __init__(self, *steps: object, **options) -> None:
        self.steps, self.taken = queue.Queue(), threading.Semaphore(0)
        self.released = 0
        self.put(*steps)
        self.newest = LatestFrameGrabber(self.grab, release=self.release, name="script", **options)

    def put(self, *steps: object) -> None:
        for step in steps:
            self.steps.put(step)

    def grab(self):
        self.taken.release()
        step = self.steps.get()
        if isinstance(step, Exception):
            raise step
        return None if step is None else (picture(step), step / 10)

    def release(self) -> None:
        self.released += 1

    def wait(self, calls: int) -> None:
        """Until `grab` was called so often: all steps before are in the slot."""
        for _ in range(calls):
            assert self.taken.acquire(timeout=10)


def test_newest_wins_and_misses_are_counted():
    script = Script(3, 4)
    script.newest.start()
    script.wait(3)
    frame = script.newest.take()
    assert (frame.index, frame.t, number_of(frame.image)) == (0, 0.0, 4)
    assert script.newest.missed == 0, "what comes before the first read is nobody's loss"
    script.put(5, 6, 7)
    script.wait(3)
    frame = script.newest.take()
    assert (frame.index, number_of(frame.image), script.newest.missed) == (3, 7, 2)
    assert frame.t == pytest.approx(0.3)
    script.put(8, None)
    script.wait(1)
    assert script.newest.take().index == 4
    assert script.newest.take() is None
    script.newest.close()
    script.newest.close()
    assert script.released == 1


def test_a_reader_that_was_held_up_once_misses_nothing():
    script = Script(0, queue_size=3)
    assert script.newest.take().index == 0
    script.put(1, 2, 3)
    script.wait(5)
    assert [script.newest.take().index for _ in range(3)] == [1, 2, 3]
    script.put(4, 5, 6, 7)
    script.wait(4)
    assert script.newest.take().index == 5, "no more than three wait"
    assert script.newest.missed == 1
    script.put(None)
    script.newest.close()


def test_a_reader_that_does_not_catch_up_gets_the_newest():
    script = Script(0, queue_size=3)
    taken = [script.newest.take().index]
    script.wait(2)
    for number in range(10):
        script.put(3 * number + 1, 3 * number + 2, 3 * number + 3)
        script.wait(3)
        taken.append(script.newest.take().index)
    assert taken[:2] == [0, 1] and taken[2:] == [3 * number for number in range(2, 11)]
    assert script.newest.missed == taken[-1] + 1 - len(taken)
    script.put(31)
    script.wait(1)
    assert script.newest.take().index == 31, "nothing waited, so it has caught up"
    script.put(32, 33)
    script.wait(2)
    assert [script.newest.take().index for _ in range(2)] == [32, 33]
    script.put(None)
    script.newest.close()


def test_an_error_rises_in_the_reader_after_the_last_picture():
    script = Script(1, CameraError("gone"))
    assert script.newest.take().index == 0
    for _ in range(2):
        with pytest.raises(CameraError, match="gone"):
            script.newest.take()
    script.newest.close()
    assert script.released == 1


def test_a_stall_is_an_error_and_not_the_end():
    script = Script(1, stall_s=0.2, stalled=lambda: CameraError("stalled"))
    script.newest.take()
    with pytest.raises(CameraError, match="stalled"):
        script.newest.take()
    script.put(2)
    assert script.newest.take().index == 1
    script.put(None)
    assert script.newest.take() is None
    script.newest.close()


def test_closed_before_it_was_read():
    script = Script()
    script.newest.close()
    assert script.released == 1
    assert script.newest.take() is None


# Video files


def test_uneven_times_are_kept(tmp_path):
    times = [0.5, 0.54, 0.7, 1.2, 1.201, 3.0]
    with open_source(write_clip(tmp_path / "uneven.mp4", times)) as source:
        frames = list(source)
        assert [frame.t for frame in frames] == pytest.approx([t - 0.5 for t in times], abs=1e-6)
        assert [number_of(frame.image) for frame in frames] == [0, 1, 2, 3, 4, 5]


def test_a_turned_clip_comes_upright(clip, tmp_path):
    data = bytearray(clip.read_bytes())
    matrix = data.index(b"tkhd") + 44
    one = 1 << 16  # a quarter turn clockwise: (a b u; c d v; x y w) = (0 1 0; -1 0 0; 0 0 1)
    turned = (0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in turned)
    (tmp_path / "turned.mp4").write_bytes(data)
    with open_source(tmp_path / "turned.mp4") as source:
        assert source.size_wh == (180, 320)
        image = source.read().image
        assert image.shape == (320, 180, 3)
        assert image[20, -20, 2] > 200 > image[20, 20, 2], "the red corner is at the right now"


def test_damage_is_skipped_and_counted(clip, tmp_path):
    from emoapp.utils.libav import av

    with av.open(str(clip)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(clip.read_bytes())
    for position, size in packets[12:15]:
        data[position : position + size] = bytes(size)
    (tmp_path / "damaged.mp4").write_bytes(data)
    with open_source(tmp_path / "damaged.mp4") as source:
        times = [frame.t for frame in source]
        assert source.damaged == 3
        assert len(times) == 27
        assert times[-1] == pytest.approx(29 / 30)


def test_loop_goes_on(clip):
    with open_source(clip, loop=True) as source:
        assert source.frame_count is None
        frames = [source.read() for _ in range(70)]
    assert [frame.index for frame in frames] == list(range(70))
    assert [frame.t for frame in frames] == pytest.approx([n / 30 for n in range(70)], abs=1e-4)
    assert [number_of(frame.image) for frame in frames] == [n % 30 for n in range(70)]


def test_paced_misses_what_nobody_reads(clip):
    with open_source(clip, live=True, loop=True) as source:
        assert source.read().index == 0
        time.sleep(0.5)
        frame = source.read()
        assert frame.index >= 2
        assert source.missed >= 1
        assert frame.t == pytest.approx(frame.index / 30, abs=1e-4)


@pytest.fixture
def broken(tmp_path, clip):
    from emoapp.utils.libav import av

    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_bytes(b"hello" * 1000)
    (tmp_path / "headless.mp4").write_bytes(clip.read_bytes()[:2000])
    (tmp_path / "broken.jpg").write_bytes(b"hello" * 1000)
    (tmp_path / "folder").mkdir()
    with av.open(str(tmp_path / "sound.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.mp4", "no file"),
        ("nowhere.jpg", "no file"),
        ("empty.mp4", "is empty"),
        ("text.mp4", "not a video"),
        ("headless.mp4", "not a video"),
        ("sound.wav", "no picture, only sound"),
        ("broken.jpg", "not a picture"),
        ("folder", "no picture in the folder"),
        ("*.png", "no picture in the pattern"),
    ],
)
def test_what_cannot_be_read_is_named(broken, name, says):
    with pytest.raises(SourceError, match=says) as error:
        open_source(broken / name)
    assert name in str(error.value)


# Pictures


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for number, name in enumerate(["a.png", "b.jpg", "deeper/c.bmp", "d.JPG"]):
        cv2.imwrite(str(folder / name), picture(number))
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_pictures_come_in_order_of_name(folder):
    with open_source(folder) as source:
        frames = list(source)
    assert [number_of(frame.image) for frame in frames] == [0, 1, 3, 2]  # a, b, d, deeper/c
    assert [frame.t for frame in frames] == [0, 1, 2, 3]
    with open_source(folder / "*.??g") as source:
        assert source.frame_count == 2, "a pattern: a.png and b.jpg"


def test_exif_turns_the_picture(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    path = tmp_path / "Grüße.jpg"
    Image.fromarray(picture(9)[..., ::-1].copy()).save(path, exif=exif)
    image = read_image(path)
    assert image.shape == (320, 180, 3)
    assert image[20, -20, 2] > 200 > image[20, 20, 2], "the red corner is at the right now"


def test_a_broken_picture_among_good_ones_is_named(folder):
    (folder / "bb.png").write_bytes(b"hello")
    with open_source(folder) as source:
        source.read()
        source.read()
        with pytest.raises(SourceError, match=r"bb\.png"):
            source.read()


# The network


@pytest.fixture(scope="module")
def server(mjpeg):
    """The address of a web server: /video for ever, /short breaks off, all else is missing."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path not in ("/video", "/short"):
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number = 0
            while not stop.wait(1 / 60) and (self.path == "/video" or number < 20):
                jpeg = mjpeg[number % len(mjpeg)]
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:  # the reader left
                    return None
                number += 1

        def log_message(self, *args):
            pass

    stop = threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://me:secret@127.0.0.1:{web.server_port}"
        stop.set()
        web.shutdown()
        thread.join()


def test_a_stream_that_breaks_off_says_so(server):
    with open_source(server + "/short") as source:
        with pytest.raises(SourceError, match="broke off") as error:
            list(source)
    assert "secret" not in str(error.value) + source.name


def test_an_address_that_has_no_video_says_so(server):
    with pytest.raises(SourceError, match="404") as error:
        open_source(server + "/nothing")
    assert "secret" not in str(error.value)


def test_an_address_that_never_answers_is_given_up(monkeypatch):
    from emoapp.sources import stream

    monkeypatch.setattr(stream, "OPEN_TIMEOUT_S", 0.5)
    monkeypatch.setattr(stream, "READ_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(SourceError, match="no answer"):
            open_source(f"http://127.0.0.1:{silent.getsockname()[1]}/")


# Cameras

_WATCH = """
from emoapp.errors import CameraError
from emoapp.sources import open_source
import sys
try:
    with open_source(0) as camera:
        camera.read()
        print("opened")
        for frame in camera: pass
except CameraError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("fault", "opens", "says"),
    [
        ({"BUSY": 1}, False, "another program is using /dev/video0"),
        ({"UNPLUG_S": 1.5}, True, "unplugged?"),
        ({"STALL_S": 1.5}, True, "no picture for 3 s"),
        ({"STALL_S": 0}, False, "gave no picture"),
        ({"DEVICE": "/dev/video7"}, False, "--source N"),
    ],
)
def test_a_camera_that_fails_says_why(run_with_camera, fault, opens, says):
    ran = run_with_camera(_WATCH, **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("opened") == opens
    assert says in ran.stdout
    assert opens or "emoapp live --demo" in ran.stdout


# Choosing


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        (0, "camera"),
        ("1", "camera"),
        ("/dev/video2", "camera"),
        ("http://x/video", "stream"),
        ("rtsp://x/1", "stream"),
        (".", "images"),
        ("a.JPG", "images"),
        ("pictures/*", "images"),
        ("film.mp4", "video"),
        ("film [1].mp4", "images"),  # until there is such a file
    ],
)
def test_kind(spec, kind):
    assert kind_of(spec) == kind


def test_only_a_camera_takes_a_size(demo):
    with pytest.raises(UsageError, match="Only a camera"):
        open_source(demo, size_wh=(640, 480))
    for spec in ("", "-1"):
        with pytest.raises(SourceError, match="no camera's number|is no source"):
            open_source(spec)


def test_the_import_is_light():
    ran = run_python(
        "import sys, emoapp.sources, emoapp.sinks\n"
        "print([m for m in ('cv2', 'av', 'imutils', 'tensorflow') if m in sys.modules])"
    )
    assert ran.stdout.strip() == "[]", ran.stderr
