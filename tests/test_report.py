from __future__ import annotations

import csv
import json
import warnings
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from conftest import number_of, picture, write_clip

from emoapp.cli import main
from emoapp.errors import DataError, UsageError
from emoapp.report import clips
from emoapp.report.measures import measure, strongest
from emoapp.report.pictures import frames_at
from emoapp.report.reading import read_log
from emoapp.utils.libav import av

HAPPY, SAD, NEUTRAL = "happy", "sad", "neutral"
LABELS = (HAPPY, SAD, NEUTRAL)


def row(frame, t, track=None, said=None, sure=0.8, *, labels=LABELS, source="film.mp4") -> dict:
    """A row of a log. said: a label, or a rejection; None in a row without a face."""
    empty = {"source": source, "frame": frame, "time_s": t} | dict.fromkeys(
        [*("track", "x0", "y0", "x1", "y1", "detector_score", "label", "confidence", "rejection")]
        + [f"{kind}_{label}" for kind in ("raw", "smoothed") for label in labels]
    )
    if track is None:
        return empty
    label = said if said in labels else None
    chances = {name: sure if name == label else (1 - sure) / 2 for name in labels}
    return (
        empty
        | {"track": track, "x0": 100.0, "y0": 40.0, "x1": 180.0, "y1": 120.0}
        | {"detector_score": 0.9, "label": label, "confidence": sure}
        | {"rejection": None if label else said}
        | {f"{kind}_{name}": p for kind in ("raw", "smoothed") for name, p in chances.items()}
    )


def write_log(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


UNEVEN = [
    row(0, 0.0, 1, NEUTRAL),
    row(1, 0.1, 1, HAPPY, 0.6),  # stands 0.3 s
    row(2, 0.4, 1, HAPPY, 0.9),
    row(2, 0.4, 2, "too small"),
    row(3, 0.5, 1, "unsure"),
    row(3, 0.5, 2, SAD),
    row(4, 0.8, 1, SAD),
    row(5, 0.9),  # nobody
    row(6, 1.0, 1, "blurred"),
    row(7, 1.2, 1, HAPPY, 0.7),
    row(8, 1.3, 1, HAPPY, 0.7),  # 0.7 s until the last one
    row(9, 2.0, 1, HAPPY, 0.7),  # as long as the usual frame, 0.1 s
]


def table(frame: pd.DataFrame, *keys: str) -> dict:
    """The rows as {keys: the last column}."""
    return frame.set_index(list(keys)).iloc[:, -1].to_dict()


def test_numbers_of_a_small_uneven_log(tmp_path):
    log = read_log(write_log(tmp_path / "log.csv", UNEVEN))
    assert log.seconds == pytest.approx(2.1) and log.labels == LABELS and log.left_out == 0
    said = measure(log)
    assert table(said.shares[["track", "label", "seconds"]], "track", "label") == pytest.approx(
        {(1, HAPPY): 1.3, (1, SAD): 0.1, (1, NEUTRAL): 0.1}
        | {(2, HAPPY): 0.0, (2, SAD): 0.3, (2, NEUTRAL): 0.0}
    )
    assert table(said.shares[["track", "label", "share"]], "track", "label")[1, HAPPY] == (
        pytest.approx(1.3 / 1.5)
    )
    assert table(said.transitions, "track", "before", "after") == {
        (1, NEUTRAL, HAPPY): 1,
        (1, HAPPY, SAD): 1,  # across the rejection
        (1, SAD, HAPPY): 1,  # across the rejection and the frame without her
    }
    assert table(said.rejections, "track", "rejection") == pytest.approx(
        {(1, "unsure"): 0.3, (1, "blurred"): 0.2, (2, "too small"): 0.1}
    )
    assert table(said.coverage[["state", "seconds"]], "state") == pytest.approx(
        {"believed": 1.8, "blurred": 0.2, "no face": 0.1}
    )
    assert said.coverage["share"].sum() == pytest.approx(1)
    assert said.people["seen_s"].tolist() == pytest.approx([2.0, 0.4])
    assert said.shown == [1], "0.4 s is too short to be told of"
    best = strongest(log, 9)
    # All else of the first person is within two seconds of that.
    assert best[["track", "label", "t"]].values.tolist() == [[1, HAPPY, 0.4], [2, SAD, 0.5]]


def test_a_gap_is_neither_seen_nor_unseen(tmp_path):
    rows = [row(i, i / 10 + (60 if i > 9 else 0), 1, HAPPY) for i in range(20)]
    log = read_log(write_log(tmp_path / "log.csv", rows))
    coverage = table(measure(log).coverage[["state", "seconds"]], "state")
    assert coverage == pytest.approx({"believed": 2.9, "no face": 0.0, "not recorded": 59.1})
    assert len(measure(log).segments) == 2


def test_moments_are_apart_and_of_several_kinds(tmp_path):
    rows = [row(i, i / 10, 1, HAPPY, 0.9 + (i % 7) / 100) for i in range(200)]
    rows += [row(200 + i, 20 + i / 10, 1, SAD, 0.6) for i in range(30)]
    best = strongest(read_log(write_log(tmp_path / "log.csv", rows)), 9)
    assert best["label"].tolist() == [HAPPY, HAPPY, HAPPY, SAD, SAD]
    assert np.diff(np.sort(best["t"])).min() >= 2
    assert best["confidence"].iloc[:3].tolist() == [0.96] * 3
    log = read_log(tmp_path / "log.csv")
    assert len(strongest(log, 9, apart_s=4, by_person=False, each=None)) == 6, "23 s, 4 s apart"


# Reading


def test_a_label_named_like_a_date_stays_a_number(tmp_path):
    rows = [row(n, n / 10, 1, "look_at", labels=("look_at", SAD)) for n in range(3)]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log = read_log(path)
    assert log.faces["smoothed_look_at"].tolist() == [0.8] * 3


def test_all_formats_say_the_same(tmp_path):
    paths = [write_log(tmp_path / "log.csv", UNEVEN), tmp_path / "log.jsonl"]
    paths[1].write_text("".join(json.dumps(one) + "\n" for one in UNEVEN))
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        pass
    else:
        paths.append(tmp_path / "log.parquet")
        pd.DataFrame(UNEVEN).to_parquet(paths[-1])
    first, *others = [measure(read_log(path)) for path in paths]
    for other in others:
        for name in ("people", "shares", "segments", "transitions", "coverage"):
            pd.testing.assert_frame_equal(
                getattr(first, name), getattr(other, name), check_dtype=False
            )


@pytest.mark.parametrize("lost", [b"", b"\0" * 100], ids=["killed", "power lost"])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_line_that_was_cut_off_is_left_out(tmp_path, suffix, lost):
    path = tmp_path / f"log{suffix}"
    if suffix == ".csv":
        write_log(path, UNEVEN)
    else:
        path.write_text("".join(json.dumps(one) + "\n" for one in UNEVEN))
    path.write_bytes(path.read_bytes()[:-4] + lost)
    log = read_log(path)
    assert log.left_out == 1
    assert log.frames["t"].tolist() == [one["time_s"] for one in UNEVEN[:3] + UNEVEN[4:5]] + [
        0.8,
        0.9,
        1.0,
        1.2,
        1.3,
    ]


def _damage(name: str, value: object):
    return [*UNEVEN[:6], UNEVEN[6] | {name: value}, *UNEVEN[7:]]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (_damage("time_s", "soon"), "line 8: time_s is 'soon'"),
        (_damage("x1", None), "line 8: x1 is empty"),
        (_damage("label", "bored"), "line 8: the label 'bored' has no column"),
        (_damage("time_s", 0.01), "line 8: the time runs backwards, from 0.500 to 0.010"),
        (UNEVEN + UNEVEN, "line 14: the time runs backwards"),
        ([{"a": 1, "b": 2}], "columns frame, time_s, track.* are missing"),
    ],
)
def test_a_broken_log_is_named_and_told_where(tmp_path, rows, says):
    with pytest.raises(DataError, match=says) as error:
        read_log(write_log(tmp_path / "log.csv", rows))
    assert "log.csv" in str(error.value)


def test_what_is_no_log_is_refused(tmp_path, clip):
    head = write_log(tmp_path / "log.csv", UNEVEN).read_text().splitlines()[0]
    (tmp_path / "head.csv").write_text(head + "\n")
    (tmp_path / "nothing.csv").write_bytes(b"")
    (tmp_path / "film.csv").write_bytes(clip.read_bytes())
    (tmp_path / "text.jsonl").write_text("hello\nthere\n")
    for name, says in [
        ("head.csv", "no frame yet"),
        ("nothing.csv", "is empty"),
        ("film.csv", "film.csv is"),
        ("text.jsonl", "line 1: this is no JSON"),
        ("nowhere.csv", "cannot be read"),
    ]:
        with pytest.raises(DataError, match=says):
            read_log(tmp_path / name)
    with pytest.raises(UsageError, match="must end with"):
        read_log(clip)


def test_one_of_several_videos_is_chosen(tmp_path):
    rows = UNEVEN + [row(i, i / 10, 1, SAD, source="other.mp4") for i in range(10)]
    path = write_log(tmp_path / "log.csv", rows)
    with pytest.raises(UsageError, match="film.mp4, other.mp4: choose one"):
        read_log(path)
    assert len(read_log(path, source="other.mp4").frames) == 10


# The report


class Links(HTMLParser):
    """What a page loads or points to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.found += [v for k, v in attrs if k in ("src", "href", "xlink:href", "data", "srcset")]


def test_a_report_of_a_real_run(tmp_path, demo, capsys):
    log = tmp_path / "demo.csv"
    assert main(["video", str(demo), "--log", str(log), "--frames", "90"]) == 0
    assert main(["report", str(log), "--video", str(demo), "--chapters"]) == 0
    folder = tmp_path / "demo_report"
    page = (folder / "report.html").read_text(encoding="utf-8")
    links = Links(page)
    assert not [a for a in links.found if not a.startswith(("data:image/", "#"))]
    assert "script" not in links.tags and "url(http" not in page
    assert page.count("data:image/jpeg;base64,") >= 2, "a portrait and a moment"
    assert links.tags.count("svg") == 2 and "not what a person feels" in page
    shares = pd.read_csv(folder / "shares.csv")
    people = pd.read_csv(folder / "people.csv")
    assert shares["share"].sum() == pytest.approx(1, abs=1e-3)
    assert people["seen_s"].tolist() == pytest.approx([90 / 30], abs=0.01)
    for name in ("timeline", "shares", "coverage"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert main(["report", str(log)]) == 1, "nothing is replaced unasked"
    assert "there already" in capsys.readouterr().err
    assert main(["report", str(log), "--overwrite"]) == 0


def test_a_report_without_video_or_faces(tmp_path, capsys):
    log = write_log(tmp_path / "log.csv", [row(i, i / 10) for i in range(20)])
    assert main(["report", str(log), "--chapters"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "film.mp4 was not found" in line and "no pictures" in line
    page = (tmp_path / "log_report" / "report.html").read_text()
    assert "No face was seen" in page and "2.0 s" in page
    assert (tmp_path / "log_report" / "chapters.vtt").read_text() == "WEBVTT\n"
    assert main(["report", str(log), "--clips", "1", "--overwrite"]) == 1
    assert "no clips can be cut" in capsys.readouterr().err


def test_expressions_of_ones_own_may_be_called_anything(tmp_path, capsys):
    labels = ("<b>&", "$x_1$ très", "None")
    rows = [row(i, i / 10, 1, labels[i // 20], labels=labels) for i in range(60)]
    log = write_log(tmp_path / "log.csv", rows)
    assert main(["report", str(log), "--chapters"]) == 0
    page = (tmp_path / "log_report" / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;" in page and "<b>&" not in page
    shares = pd.read_csv(tmp_path / "log_report" / "shares.csv", keep_default_na=False)
    assert shares["label"].tolist() == list(labels)
    assert "&lt;b&gt;&amp;\n" in (tmp_path / "log_report" / "chapters.vtt").read_text()


def test_chapters_can_be_read(tmp_path):
    rows = [row(i, i / 10, 1, HAPPY if i < 40 or i >= 100 else SAD) for i in range(40_000)]
    rows[70:73] = [row(i, i / 10, 1, HAPPY) for i in range(70, 73)]  # too short for a chapter
    log = write_log(tmp_path / "log.csv", rows)
    assert main(["report", str(log), "--chapters", "--no-pictures"]) == 0
    with av.open(str(tmp_path / "log_report" / "chapters.vtt")) as container:
        cues = [p for p in container.demux() if p.size]
        said = [(p.pts * p.time_base, p.duration * p.time_base, bytes(p).decode()) for p in cues]
    assert said == [(0, 4, "Happy"), (4, 6, "Sad"), (10, 3990, "Happy")], "over an hour too"


# The video


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
