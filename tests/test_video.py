"""`emoapp video` on one file: pictures, times, sound; kills, full disks, bad files."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import frames_that_play, picture_times, sound_packets, write_movie
from conftest import SHARED, run_python

from emoapp.cli import main
from emoapp.detectors import open_detector
from emoapp.sources import open_source
from emoapp.utils.libav import av

SAMPLES = SHARED / "samples"
EVEN = [number / 25 for number in range(30)]
UNEVEN = [0.0, 0.04, 0.1, 0.5, 0.502, 1.0, 1.9, 2.0]


def program(*args: object, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "emoapp", *map(str, args)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def wait_for_lines(path: Path, count: int) -> None:
    """Until a log that another process writes has so many lines."""
    deadline = time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, f"{path} does not grow"
        time.sleep(0.01)


def keeps_everything(movie: Path, copy: Path) -> None:
    """Every picture and packet of sound, when it was, and an index that players need."""
    wanted, got = picture_times(movie), picture_times(copy)
    assert got == pytest.approx([t - min(0, *wanted) for t in wanted], abs=1e-3)
    sound, copied = sound_packets(movie), sound_packets(copy)
    assert [content for _, content in copied] == [content for _, content in sound]
    assert [t for t, _ in copied] == pytest.approx([t for t, _ in sound], abs=1e-3)


@pytest.mark.parametrize(
    "name, times, codecs",
    [
        ("a.mp4", EVEN, {}),
        ("a.mov", UNEVEN, {"video": "libx265", "sound_from": 0.8}),
        ("a.webm", UNEVEN, {"video": "libvpx-vp9", "audio": "libopus"}),
        ("a.mkv", EVEN, {"video": "libsvtav1", "audio": "flac", "sound_from": 0.3}),
        ("a.avi", EVEN, {"video": "mpeg4", "audio": "libmp3lame"}),
        ("a.ts", EVEN, {"audio": None}),
    ],
)
def test_times_and_sound_are_the_same_in_and_out(tmp_path, name, times, codecs):
    movie, copy = write_movie(tmp_path / name, times, **codecs), tmp_path / "copy.mp4"
    log = tmp_path / "log.csv"
    assert main(["video", str(movie), "-o", str(copy), "--log", str(log)]) == 0
    if name == "a.ts":  # such streams begin anywhere; players count from there, and so does this
        assert picture_times(copy) == pytest.approx(times, abs=1e-3)
    else:
        keeps_everything(movie, copy)
    with log.open(newline="") as file:
        logged = [float(row["time_s"]) for row in csv.DictReader(file)]
    start = picture_times(movie)[0]
    assert logged == pytest.approx([t - start for t in picture_times(movie)], abs=1e-3)
    assert sorted(os.listdir(tmp_path)) == sorted([name, "copy.mp4", "log.csv"])


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
@pytest.mark.parametrize("name", ["crying.mp4", "face_then_none.mov", "no_face.mp4", "smile.mp4"])
def test_samples_keep_their_times_and_sound(tmp_path, name):
    assert main(["video", str(SAMPLES / name), "-o", str(tmp_path / "copy.mp4")]) == 0
    keeps_everything(SAMPLES / name, tmp_path / "copy.mp4")


def test_sound_that_the_container_cannot_hold_is_encoded_anew_and_said(tmp_path, capsys):
    movie, copy = write_movie(tmp_path / "a.mp4", EVEN), tmp_path / "copy.webm"
    assert main(["video", str(movie), "-o", str(copy)]) == 0
    assert "encoded anew: .webm cannot hold its aac" in capsys.readouterr().out
    with av.open(str(copy)) as container:
        assert container.streams.audio[0].codec_context.name in ("opus", "libopus")
        sound = [frame.to_ndarray() for frame in container.decode(audio=0)]
    heard = np.concatenate(sound, axis=1)[0]
    assert len(heard) / 48_000 == pytest.approx(EVEN[-1] + 0.04, abs=0.1)
    loudness = np.abs(heard[:40_000]).reshape(-1, 4000).max(axis=1)
    assert loudness == pytest.approx(0.25, abs=0.03), "a tone without gaps, as loud as it was"


def test_ending_early_ends_the_sound_too(tmp_path):
    movie, copy = write_movie(tmp_path / "a.mp4", EVEN), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy), "--frames", "10"]) == 0
    assert len(picture_times(copy)) == 10
    assert sound_packets(copy)[-1][0] == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize(
    "times, options, frames",
    [
        (EVEN, ["--seconds", "0.5"], 13),
        (UNEVEN, ["--seconds", "0.5"], 3),
        (UNEVEN, ["--seconds", "0.5000001"], 4),
        (UNEVEN, ["--seconds", "60"], 8),
        (UNEVEN, ["--frames", "5", "--seconds", "1.5"], 5),
        (UNEVEN, ["--frames", "7", "--seconds", "1.5"], 6),
    ],
)
def test_limits_are_the_videos_and_not_the_clocks(tmp_path, capsys, times, options, frames):
    movie, copy = write_movie(tmp_path / "a.mp4", times), tmp_path / "copy.mp4"
    log, stats = tmp_path / "log.csv", tmp_path / "stats.json"
    outputs = ["-o", str(copy), "--log", str(log), "--stats", str(stats)]
    assert main(["video", str(movie), *outputs, *options]) == 0
    assert picture_times(copy) == pytest.approx(times[:frames], abs=1e-3)
    assert log.read_text().count("\n") == frames + 1
    assert json.loads(stats.read_text())["frames"]["read"] == frames
    assert "ends early" not in capsys.readouterr().out
    # The last picture stands as long as one does on average.
    assert sound_packets(copy)[-1][0] <= times[frames - 1] + times[-1] / (len(times) - 1)


def test_the_help_knows_the_default_quality(tmp_path, capsys):
    assert main(["video", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    movie = write_movie(tmp_path / "a.mp4", UNEVEN, audio=None)

    def encoded(name: str, *options: str) -> list[bytes]:
        assert main(["video", str(movie), "-o", str(tmp_path / name), *options]) == 0
        with av.open(str(tmp_path / name)) as container:
            return [bytes(packet) for packet in container.demux(video=0)]

    for codec in ("h264", "hevc"):
        quality = re.search(rf"default: .*?{codec} (\d+)", said)[1]
        default = encoded(f"{codec}.mp4", "--codec", codec)
        assert default == encoded(f"{codec}2.mp4", "--codec", codec, "--quality", quality)
        other = str(int(quality) - 2)
        assert default != encoded(f"{codec}3.mp4", "--codec", codec, "--quality", other)


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_two_programs_do_not_write_one_file(demo, tmp_path, options):
    copy, log = tmp_path / "copy.mp4", tmp_path / "log.csv"
    command = ("video", demo, "-o", copy, "--log", log, "--frames", 60, *options)
    running = [program(*command) for _ in range(2)]
    said = [each.communicate(timeout=120)[1] for each in running]
    assert sorted(each.returncode for each in running) == [0, 1]
    (errors,) = filter(None, said)
    assert "being written by another program" in errors or "is there already" in errors
    assert errors.count("\n") == 1
    assert picture_times(copy) == pytest.approx([n / 30 for n in range(60)], abs=1e-3)
    with log.open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == list(range(60))
    assert sorted(os.listdir(tmp_path)) == ["copy.mp4", "log.csv"]


def test_nothing_is_made_where_one_result_cannot_be(clip, tmp_path, capsys):
    """Not even what could have been, and of what was to be replaced nothing is lost."""
    for name in ("log.csv", "copy.mp4", "stats.json"):
        (tmp_path / name).write_text("precious")
    log, stats, copy = (tmp_path / name for name in ("log.csv", "stats.json", "copy.mp4"))
    for outputs in (
        ["-o", copy, "--log", tmp_path / "new.csv"],
        ["-o", tmp_path / "new.mp4", "--log", log],
        ["-o", tmp_path / "new.mp4", "--stats", stats],
        ["-o", tmp_path / "new.avi", "--log", log, "--overwrite"],
        ["-o", tmp_path / "new.webm", "--codec", "h264", "--log", log, "--overwrite"],
        ["-o", tmp_path / "nowhere" / "new.mp4", "--log", log, "--overwrite"],
        ["-o", clip, "--log", log, "--overwrite"],
        ["--log", log, "--stats", clip, "--overwrite"],
        ["--log", log, "--stats", log, "--overwrite"],
    ):
        content = clip.read_bytes()
        assert main(["video", str(clip), *map(str, outputs)]) in (1, 2)
        assert capsys.readouterr().err.count("\n") == 1
        assert clip.read_bytes() == content
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "log.csv": "precious",
            "copy.mp4": "precious",
            "stats.json": "precious",
        }


def test_the_part_that_a_killed_run_left_is_kept(demo, tmp_path):
    copy = tmp_path / "copy.mp4"
    (tmp_path / "copy.part.mp4").write_text("an hour of work")
    os.utime(tmp_path / "copy.part.mp4", (0, 0))
    log = tmp_path / "log.csv"
    with program("video", demo, "-o", copy, "--log", log) as running:
        wait_for_lines(log, 40)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)[1]
    assert f"what was done is in {tmp_path}/copy.part-2.mp4" in said
    assert "copy.part.mp4" not in said
    assert len(picture_times(tmp_path / "copy.part-2.mp4")) >= 30
    assert (tmp_path / "copy.part.mp4").read_text() == "an hour of work"


@pytest.mark.parametrize("codec, name", [("hevc", "hevc"), ("vp9", "vp9"), ("av1", "av1")])
def test_other_codecs(tmp_path, codec, name):
    movie, copy = write_movie(tmp_path / "a.mp4", EVEN), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy), "--codec", codec, "--quality", "30"]) == 0
    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == name
    keeps_everything(movie, copy)


@pytest.mark.parametrize(
    "options, says",
    [
        (["-o", "a.avi"], "must end with .mp4"),
        (["-o", "a.webm", "--codec", "h264"], "holds vp9, av1 here, not h264"),
        (["-o", "a.mp4", "--quality", "52"], "from 0 (best) to 51"),
        (["-o", "a.mp4", "--no-frames"], "--no-frames writes no pictures"),
        (["--blur", "faces", "--no-frames"], "leave one out"),
        (["--log", "a.txt"], "must end with .csv, .jsonl, .parquet"),
    ],
)
def test_wrong_use_is_said(clip, tmp_path, monkeypatch, capsys, options, says):
    monkeypatch.chdir(tmp_path)
    assert main(["video", str(clip), *options]) == 2
    assert says in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_logs_open_in_pandas_as_they_are(demo, tmp_path, suffix):
    import pandas as pd

    log = tmp_path / f"log.{suffix}"
    assert main(["video", str(demo), "--no-frames", "--log", str(log), "--frames", "12"]) == 0
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}
    table = read[suffix](log) if suffix in read else pd.read_json(log, lines=True)
    assert list(table["frame"]) == list(range(12))
    assert list(table["time_s"]) == pytest.approx([n / 30 for n in range(12)], abs=1e-3)
    assert set(table["source"]) == {str(demo)} and set(table["label"]) == {"happy"}
    assert table["rejection"].isna().all() and table["x1"].dtype == float
    assert os.listdir(tmp_path) == [log.name]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_killed_run_leaves_what_plays_and_what_can_be_read(demo, tmp_path, suffix):
    log = tmp_path / f"log.{suffix}"
    growing = tmp_path / "log.part.csv" if suffix == "parquet" else log
    with program("video", demo, "-o", tmp_path / "copy.mp4", "--log", log) as running:
        wait_for_lines(growing, 91)
        running.kill()
    assert not (tmp_path / "copy.mp4").exists()
    # What is in the encoder and in the last second's fragment is lost.
    times = picture_times(tmp_path / "copy.part.mp4")
    assert times == pytest.approx([n / 30 for n in range(len(times))], abs=1e-3) and times
    lines = growing.read_text().splitlines()
    if suffix == "jsonl":
        frames = [json.loads(line)["frame"] for line in lines]
    else:
        frames = [int(row["frame"]) for row in csv.DictReader(lines)]
    assert frames == list(range(len(frames))) and len(frames) >= 90


def test_ctrl_c_keeps_what_was_done_and_says_where(demo, tmp_path):
    log = tmp_path / "log.csv"
    with program("video", demo, "-o", tmp_path / "copy.mp4", "--log", log) as running:
        wait_for_lines(log, 40)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)[1]
    assert running.returncode == 130 and "Traceback" not in said
    assert f"what was done is in {tmp_path}/copy.part.mp4" in said and str(log) in said
    assert len(picture_times(tmp_path / "copy.part.mp4")) >= 30
    assert not (tmp_path / "copy.mp4").exists()


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if (
        not sys.platform.startswith("linux")
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("options", [["-o", "copy.mp4"], ["--log", "log.csv"]])
def test_a_full_disk(demo, small_disk, capsys, options):
    if options[0] == "--log":
        (small_disk / "ballast").write_bytes(bytes(180_000))
    target = small_disk / options[1]
    assert main(["video", str(demo), options[0], str(target)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"emoapp: {target} cannot be written: No space left") and "\n" in said
    assert "Make room there, or write to another disk." in said
    if options[0] == "-o":
        part = small_disk / "copy.part.mp4"
        assert os.listdir(small_disk) == [part.name] and f"is kept: {part}." in said
        assert frames_that_play(part) > 10
    else:
        assert f"is kept: {target}." in said
        rows = list(csv.reader(target.read_text().splitlines()))
        assert len({len(row) for row in rows}) == 1, "whole lines only"


# Sound as some recorders write it: mp4 refuses the first, and the first packet of the second.
@pytest.mark.parametrize("name, codec", [("a.avi", "adpcm_ima_wav"), ("a.ts", "aac")])
def test_sound_that_is_refused_late_is_encoded_anew(tmp_path, capsys, name, codec):
    movie, copy = write_movie(tmp_path / name, EVEN, audio=codec), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy)]) == 0
    assert f"encoded anew: .mp4 cannot hold its {codec}" in capsys.readouterr().out
    with av.open(str(copy)) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard / 48_000 == pytest.approx(EVEN[-1] + 0.04, abs=0.1)


def bad_file(name: str, folder: Path) -> Path:
    path = folder / name
    if name == "empty.mp4":
        path.touch()
    elif name == "noise.mp4":
        path.write_bytes(np.random.default_rng(0).bytes(50_000))
    elif name == "sound.mp4":
        with av.open(str(path), "w") as container:
            tone = container.add_stream("aac", rate=48_000, layout="mono")
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate = 48_000
            container.mux(tone.encode(silence))
            container.mux(tone.encode())
    elif name == "codec.mp4":
        movie = write_movie(folder / "movie.mp4", EVEN, audio=None)
        path.write_bytes(movie.read_bytes().replace(b"avc1", b"zzzz"))
        movie.unlink()
    elif name == "cut.mp4":
        movie = write_movie(folder / "movie.mp4", EVEN)
        path.write_bytes(movie.read_bytes()[:5000])
        movie.unlink()
    return path


@pytest.mark.parametrize(
    "name, says",
    [
        ("empty.mp4", "is empty (0 bytes)"),
        ("noise.mp4", "is not a video that can be read"),
        ("sound.mp4", "has no picture, only sound"),
        ("codec.mp4", "cannot be decoded here"),
        ("cut.mp4", "its end is missing"),
        ("missing.mp4", "There is no file"),
    ],
)
def test_bad_files_are_named_and_leave_nothing(tmp_path, capsys, name, says):
    path = bad_file(name, tmp_path)
    there = os.listdir(tmp_path)
    assert main(["video", str(path), "-o", str(tmp_path / "a.mp4")]) == 1
    said = capsys.readouterr().err
    assert says in said and name in said and said.count("\n") == 1
    assert os.listdir(tmp_path) == there


def test_a_file_that_ends_early_says_so(tmp_path, capsys):
    movie = write_movie(tmp_path / "a.mp4", [n / 25 for n in range(38)], audio=None)
    with (
        av.open(str(movie)) as source,
        av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    whole = (tmp_path / "fast.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    assert main(["video", str(tmp_path / "cut.mp4"), "-o", str(tmp_path / "copy.mp4")]) == 0
    assert "it ends early:" in capsys.readouterr().out
    assert 5 < len(picture_times(tmp_path / "copy.mp4")) < 38


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="needs to be root")
def test_folders_without_rights(clip, tmp_path):
    """Root may do anything, so the program becomes nobody once all it needs is loaded."""
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    for folder in (inputs, outputs):
        folder.mkdir()
    (inputs / "clip.mp4").write_bytes(clip.read_bytes())
    for folder in tmp_path.parents:
        if folder.owner() == "root" and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o011)
    tmp_path.chmod(0o755)
    code = f"""
import os
import emoapp.app.video.batch, emoapp.app.video.videos
from emoapp.cli import main
movie = "{inputs}/clip.mp4"
assert main(["video", movie, "-o", "{outputs}/first.mp4"]) == 0
os.chmod("{inputs}", 0o755)
os.setgid(65534)
os.setuid(65534)
assert main(["video", movie, "-o", "{outputs}/second.mp4"]) == 1
"""
    closed = f"""
assert main(["video", "{outputs}/closed"]) == 1
"""
    (outputs / "closed").mkdir(mode=0o700)
    ran = run_python(code + closed, EMOAPP_CONFIG="/nowhere/emoapp.toml")
    assert ran.returncode == 0, ran.stderr
    said = [line for line in ran.stderr.splitlines() if line.startswith("emoapp:")]
    assert len(said) == 2 and "Traceback" not in ran.stderr
    assert "second.mp4 cannot be written: Permission denied" in said[0]
    assert "closed cannot be read: Permission denied" in said[1]


def two_people(demo: Path, path: Path, frames: int = 25) -> Path:
    """The person of the demo clip, and the same one smaller beside it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        with open_source(demo) as source:
            for number in range(frames):
                image = source.read().image
                middle = image[:, 320:960]
                small = cv2.resize(middle, (400, 450), interpolation=cv2.INTER_AREA)
                canvas = np.full_like(image, 90)
                canvas[:, :640] = middle
                canvas[200:650, 760:1160] = small
                frame = av.VideoFrame.from_ndarray(canvas, format="bgr24")
                frame.pts = number
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("whom, left", [("faces", []), ("others", [True])])
def test_blurred_faces_are_found_by_nobody(demo, tmp_path, whom, left):
    movie, copy = two_people(demo, tmp_path / "two.mp4"), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy), "--blur", whom]) == 0
    with open_detector("blazeface") as detector, open_source(movie) as plain:
        assert len(detector.detect(plain.read().image)) == 2
    with open_detector("blazeface") as detector, open_source(copy) as hidden:
        for frame in list(hidden)[::8]:
            found = detector.detect(frame.image[:, :1200])
            assert [face.box.center[0] < 640 for face in found] == left


_FUZZ = """
import sys
from pathlib import Path
import numpy as np
from emoapp.errors import EmoappError
from emoapp.sources import open_source

dice = np.random.default_rng(int(sys.argv[1]))
seeds = [Path(name).read_bytes() for name in sys.argv[3:]]
target = Path(sys.argv[2])
frames = 0
for number in range(100):
    content = bytearray(seeds[number % len(seeds)])
    for _ in range(dice.integers(1, 30)):
        at, kind = int(dice.integers(len(content))), dice.integers(4)
        if kind == 0:
            content[at] = int(dice.integers(256))
        elif kind == 1:
            del content[at : at + int(dice.integers(1, 400))]
        elif kind == 2:
            content[at:at] = dice.bytes(int(dice.integers(1, 400)))
        else:
            content[at : at + 64] = bytes(64)
    if number % 10 == 9:
        del content[int(dice.integers(len(content))) :]
    target.write_bytes(content)
    try:
        with open_source(target) as source:
            for frame in source:
                frames += 1
    except EmoappError as error:
        assert str(target) in str(error), error
print(frames)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_files_neither_crash_nor_hang(tmp_path, seed):
    """A hundred changed copies of real files: pictures or an error that names the file."""
    times = [n / 25 for n in range(12)]
    movies = [
        write_movie(tmp_path / "a.mp4", times),
        write_movie(tmp_path / "a.mkv", times, video="libx265", audio="flac"),
        write_movie(tmp_path / "a.avi", times, video="mpeg4", audio="libmp3lame"),
        write_movie(tmp_path / "a.webm", times, video="libvpx-vp9", audio="libopus"),
    ]
    command = [sys.executable, "-c", _FUZZ, str(seed), str(tmp_path / "mutant.mp4")]
    ran = subprocess.run([*command, *map(str, movies)], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "Traceback" not in ran.stderr and int(ran.stdout) > 100
