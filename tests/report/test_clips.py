"""Pictures and clips of a video's moments."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from support.clips import write_clip
from support.logs import HAPPY, row, write_log
from support.pictures import number_of, picture
from support.reports import Links

from emoapp.cli import main
from emoapp.report import clips
from emoapp.report.pictures import frames_at
from emoapp.utils.libav import av


def test_pictures_are_those_of_the_log(tmp_path):
    times = [0.0, 0.04, 0.3, 0.301, 0.5, 1.7, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 4.0, 4.1]
    path = write_clip(tmp_path / "uneven.mp4", times)
    wanted = {number: times[number] for number in (0, 3, 5, 11, 13)}
    found = dict(frames_at(path, wanted))
    assert {number: number_of(image) for number, image in found.items()} == {n: n for n in wanted}
    with av.open(str(path)) as source, av.open(str(tmp_path / "raw.h264"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    # No times in this one: pictures are counted.
    found = dict(frames_at(tmp_path / "raw.h264", {2: 0.08, 9: 0.36}))
    assert {number: number_of(image) for number, image in found.items()} == {2: 2, 9: 9}


def test_turned_videos_come_upright(tmp_path, clip):
    data = bytearray(clip.read_bytes())
    matrix = data.index(b"tkhd") + 44
    one = 1 << 16  # a quarter turn clockwise: (a b u; c d v; x y w) = (0 1 0; -1 0 0; 0 0 1)
    turned = (0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in turned)
    path = tmp_path / "turned.mp4"
    path.write_bytes(data)
    ((_, image),) = frames_at(path, {9: 0.3})
    clips.cut(path, 0.3, tmp_path / "cut.mp4")
    with av.open(str(tmp_path / "cut.mp4")) as container:
        cut = next(container.decode(video=0)).to_ndarray(format="bgr24")
    for upright in (image, cut):
        assert upright.shape == (320, 180, 3)
        assert upright[20, -20, 2] > 200 > upright[20, 20, 2], "the red corner is at the right now"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Six seconds at 5 frames a second, picture 0 to 29; a tone sounds from 3.0 to 3.4 s."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    rate = 44_100
    t = np.arange(6 * rate) / rate
    tone = np.where((t >= 3.0) & (t < 3.4), 0.5 * np.sin(2 * np.pi * 440 * t), 0)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=5, options={"g": "100", "crf": "10"})
        video.width, video.height = 320, 180
        sound = container.add_stream("aac", rate=rate, layout="mono")
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(picture(number), format="bgr24")
            frame = frame.reformat(format="yuv420p", interpolation=0x40004)
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        block = av.AudioFrame.from_ndarray(
            tone[None].astype(np.float32), format="fltp", layout="mono"
        )
        block.rate, block.pts = rate, 0
        container.mux(sound.encode(block))
        container.mux(sound.encode())
    return path


@pytest.mark.parametrize(
    ("t", "numbers", "tone_s"),
    [
        (3.1, range(5, 26), 1.9),  # 1.1 to 5.1 s: begins with the picture that stood at 1.1
        (0.6, range(0, 13), None),
        (5.0, range(15, 30), 0.0),
    ],
)
def test_clips_are_cut_exactly_and_sound(tmp_path, film, t, numbers, tone_s):
    path = tmp_path / "cut.mp4"
    clips.cut(film, t, path)
    begin, end = max(0.0, t - 2), min(t + 2, 6.0)
    with av.open(str(path)) as container:
        assert [s.codec_context.name for s in container.streams] == ["h264", "aac"]
        assert container.duration / av.time_base == pytest.approx(end - begin, abs=0.03)
        frames = list(container.decode(video=0))
    assert [number_of(f.to_ndarray(format="bgr24")) for f in frames] == list(numbers)
    expected = [max(0.0, number / 5 - begin) for number in numbers]
    assert [f.time for f in frames] == pytest.approx(expected, abs=2e-3)
    with av.open(str(path)) as container:
        parts = list(container.decode(audio=0))
    heard = np.concatenate([part.to_ndarray()[0] for part in parts])
    loud = np.flatnonzero(np.abs(heard) > 0.2)
    if tone_s is None:
        assert not len(loud)
    else:
        assert loud[0] / 44_100 + parts[0].time == pytest.approx(tone_s, abs=0.03)


def test_the_strongest_moments_as_clips(tmp_path, film, capsys):
    rows = [row(i, i / 5, 1, HAPPY, 0.95 if i == 5 else 0.9 if i == 25 else 0.5) for i in range(30)]
    log = write_log(tmp_path / "log.csv", rows)
    (tmp_path / "film.mp4").write_bytes(film.read_bytes())  # found beside the log
    assert main(["report", str(log), "--clips", "2"]) == 0
    names = sorted(path.name for path in (tmp_path / "log_report" / "clips").iterdir())
    assert names == ["01_happy_person1_0-01.0.mp4", "02_happy_person1_0-05.0.mp4"]
    page = (tmp_path / "log_report" / "report.html").read_text()
    assert {f"clips/{name}" for name in names} < set(Links(page).found)
    assert "film.mp4" in page
