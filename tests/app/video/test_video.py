"""`emoapp video` on one file: pictures, times, sound, codecs, logs."""

from __future__ import annotations

import csv
import json
import os
import re

import numpy as np
import pytest
from support.clips import picture_times, sound_packets, write_movie
from support.movies import EVEN, UNEVEN, keeps_everything
from support.paths import SHARED

from emoapp.cli import main
from emoapp.utils.libav import av

SAMPLES = SHARED / "samples"


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
    assert sorted(os.listdir(tmp_path)) == sorted(
        [name, "copy.mp4", "log.csv", "log.csv.meta.json"]
    )


@pytest.mark.slow
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


@pytest.mark.parametrize("codec, name", [("hevc", "hevc"), ("vp9", "vp9"), ("av1", "av1")])
def test_other_codecs(tmp_path, codec, name):
    movie, copy = write_movie(tmp_path / "a.mp4", EVEN), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy), "--codec", codec, "--quality", "30"]) == 0
    with av.open(str(copy)) as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == name
    keeps_everything(movie, copy)


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "options, says",
    [
        (["-o", "a.avi"], "must end with .mp4"),
        (["-o", "a.webm", "--codec", "h264"], "holds vp9, av1 here, not h264"),
        (["-o", "a.mp4", "--quality", "52"], "from 0 (best) to 51"),
        (["-o", "a.mp4", "--no-frames"], "--no-frames writes no pictures"),
        (["--blur", "faces", "--no-frames"], "none is written"),
        (["--blur", "faces", "--log", "a.csv"], "none is written"),
        (["--quality", "30", "--log", "a.csv"], "leave --quality out"),
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
    assert sorted(os.listdir(tmp_path)) == [log.name, f"{log.name}.meta.json"]


# Sound as some recorders write it: mp4 refuses the first, and the first packet of the second.
@pytest.mark.parametrize("name, codec", [("a.avi", "adpcm_ima_wav"), ("a.ts", "aac")])
def test_sound_that_is_refused_late_is_encoded_anew(tmp_path, capsys, name, codec):
    movie, copy = write_movie(tmp_path / name, EVEN, audio=codec), tmp_path / "copy.mp4"
    assert main(["video", str(movie), "-o", str(copy)]) == 0
    assert f"encoded anew: .mp4 cannot hold its {codec}" in capsys.readouterr().out
    with av.open(str(copy)) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard / 48_000 == pytest.approx(EVEN[-1] + 0.04, abs=0.1)


@pytest.mark.parametrize("layout, kept", [("5.1(side)", "5.1"), ("4.0", "quad"), ("2.1", "3.0")])
def test_sound_of_cameras_and_discs_fits_into_webm(tmp_path, layout, kept):
    movie = write_movie(tmp_path / "a.ts", EVEN, audio="ac3", layout=layout)
    assert main(["video", str(movie), "-o", str(tmp_path / "copy.webm")]) == 0
    with av.open(str(tmp_path / "copy.webm")) as container:
        assert container.streams.audio[0].layout.name == kept


def test_recordings_that_were_joined_byte_by_byte_are_read_to_the_end(tmp_path):
    movie, both = write_movie(tmp_path / "a.ts", EVEN), tmp_path / "both.ts"
    both.write_bytes(movie.read_bytes() * 2)
    copy, log = tmp_path / "copy.mp4", tmp_path / "log.csv"
    assert main(["video", str(both), "-o", str(copy), "--log", str(log)]) == 0
    assert len(picture_times(copy)) == 2 * len(EVEN)
    assert log.read_text().count("\n") == 2 * len(EVEN) + 1


def test_sound_whose_clock_ticks_slowly_is_encoded_whole(tmp_path):
    """As that of discs in Matroska: frames of 0.8 ms, and times in whole ms."""
    movie = tmp_path / "a.mkv"
    with av.open(str(write_movie(tmp_path / "b.mkv", EVEN, audio=None))) as source:
        with av.open(str(movie), "w") as target:
            video = target.add_stream_from_template(source.streams.video[0])
            sound = target.add_stream("pcm_s16le", rate=48_000, layout="mono")
            for begin in range(0, 48_000, 40):
                tone = np.full((1, 40), 8000, np.int16)
                frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
                frame.sample_rate, frame.pts = 48_000, begin
                target.mux(sound.encode(frame))
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = video
                    target.mux(packet)
    assert main(["video", str(movie), "-o", str(tmp_path / "copy.webm")]) == 0
    with av.open(str(tmp_path / "copy.webm")) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard == pytest.approx(48_000, abs=1000)
