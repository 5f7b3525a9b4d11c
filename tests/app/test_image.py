"""`emoapp image`: lines, copies and tables, and that originals stay."""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest
from PIL import Image
from support.paths import SHARED
from support.pictures import picture

from emoapp.app import images
from emoapp.cli import main
from emoapp.labels import EMOTIONS
from emoapp.sources import open_source
from emoapp.sources.still import load_image


@pytest.fixture(scope="module")
def portrait(tmp_path_factory, demo):
    """A frame of the demo clip: 1280x720, one face, smiling."""
    with open_source(demo) as source:
        image = [source.read().image for _ in range(100)][-1]
    path = tmp_path_factory.mktemp("portrait") / "smile.png"
    cv2.imwrite(str(path), image)
    return path


@pytest.fixture
def folder(tmp_path, portrait):
    """A face, nobody below it, and something that is no picture."""
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    Image.open(portrait).convert("RGB").save(folder / "face.jpg", quality=95)
    cv2.imwrite(str(folder / "deeper" / "nobody.png"), picture(5))
    (folder / "broken.webp").write_bytes(b"no picture")
    return folder


@pytest.mark.logs_errors
def test_lines_for_people_to_read(folder, capsys):
    missing = str(folder / "missing.jpg")
    assert main(["image", missing, str(folder)]) == 1, "two could not be read"
    said = capsys.readouterr()
    deeper, face = sorted(said.out.splitlines())
    assert deeper == f"{folder / 'deeper' / 'nobody.png'}: no face"
    assert face.startswith(f"{folder / 'face.jpg'}: happy ") and face.endswith("%")
    errors = [line for line in said.err.splitlines() if line.startswith("emoapp")]
    assert "missing.jpg. Check the name" in errors[0]
    assert "broken.webp is not a picture" in errors[1] and len(errors) == 2


@pytest.mark.logs_errors
def test_copies_and_tables(folder, tmp_path, capsys):
    out, table, tree = tmp_path / "out", tmp_path / "faces.csv", tmp_path / "faces.json"
    args = ["image", str(folder), "-o", str(out), "--csv", str(table), "--json", str(tree)]
    assert main(args) == 1
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*.*")) == [
        "deeper/nobody.png",
        "face.jpg",
    ]
    drawn, plain = cv2.imread(str(out / "face.jpg")), cv2.imread(str(folder / "face.jpg"))
    assert drawn.shape == plain.shape and np.abs(drawn.astype(int) - plain).max() > 100

    entries = {entry["source"]: entry for entry in json.loads(tree.read_text())}
    face = entries[str(folder / "face.jpg")]
    assert face["size_wh"] == [1280, 720]
    (one,) = face["faces"]
    assert one["label"] == "happy" and one["confidence"] == one["probabilities"]["happy"] > 0.5
    x0, y0, x1, y1 = one["box"]
    assert x0 < 670 < x1 and y0 < 380 < y1, "the face in the middle of the clip"
    assert entries[str(folder / "deeper" / "nobody.png")]["faces"] == []

    rows = {row["source"]: row for row in csv.DictReader(table.open())}
    row = rows[str(folder / "face.jpg")]
    assert (row["track"], row["label"], row["x0"]) == ("1", "happy", str(x0))
    assert float(row["smoothed_happy"]) == one["confidence"]
    assert "time_s" not in row and set(EMOTIONS) == {k[4:] for k in row if k.startswith("raw_")}
    assert rows[str(folder / "deeper" / "nobody.png")]["track"] == ""

    capsys.readouterr()
    assert main(args) == 1, "nothing is replaced unasked"
    assert "there already" in capsys.readouterr().err


def test_what_was_read_until_ctrl_c_is_in_the_tables(folder, tmp_path, monkeypatch, capsys):
    table, tree = tmp_path / "faces.csv", tmp_path / "faces.json"
    read = []

    def read_two(path):
        if len(read) == 2:
            raise KeyboardInterrupt
        read.append(path)
        return load_image(path)

    monkeypatch.setattr(images, "load_image", read_two)
    paths = [str(folder / "face.jpg"), str(folder / "deeper"), str(folder / "broken.webp")]
    assert main(["image", *paths, "--csv", str(table), "--json", str(tree)]) == 130
    assert [entry["source"] for entry in json.loads(tree.read_text())] == [str(p) for p in read]
    assert len(list(csv.DictReader(table.open()))) == 2
    assert f"wrote {table}" in capsys.readouterr().out


def test_blurred_faces_are_not_to_be_seen(portrait, tmp_path):
    plain, blurred = tmp_path / "plain.png", tmp_path / "blurred.png"
    assert main(["image", str(portrait), "-o", str(plain)]) == 0
    assert main(["image", str(portrait), "-o", str(blurred), "--blur", "faces"]) == 0
    # Around the eyes, where nothing is drawn.
    eyes = [cv2.imread(str(path))[340:365, 630:715] for path in (plain, blurred)]
    colors = [len(np.unique(image.reshape(-1, 3), axis=0)) for image in eyes]
    assert colors[0] > 500 and colors[1] < 30


@pytest.mark.logs_errors
def test_originals_stay(folder, tmp_path, capsys):
    before = (folder / "face.jpg").read_bytes()
    assert main(["image", str(folder), "-o", str(folder), "--overwrite"]) == 2
    assert "to be read. Choose another name" in capsys.readouterr().err
    for table in ("--json", "--csv"):
        command = ["image", str(folder / "face.jpg"), table, str(folder / "deeper/../face.jpg")]
        assert main([*command, "--overwrite"]) == 2
        assert "face.jpg, which is to be read" in capsys.readouterr().err
    assert (folder / "face.jpg").read_bytes() == before
    other = tmp_path / "other"
    other.mkdir()
    (other / "face.jpg").write_bytes(before)
    twice = ["image", str(folder / "face.jpg"), str(other / "face.jpg"), "-o"]
    assert main([*twice, str(tmp_path / "out")]) == 2
    assert "would both be written to" in capsys.readouterr().err
    assert main([*twice, str(tmp_path / "out.png")]) == 2
    assert "one file, but there are 2 pictures" in capsys.readouterr().err
    assert main(["image", str(folder / "face.jpg"), "-o", str(tmp_path / "out.heic")]) == 2
    assert "can be written as JPEG" in capsys.readouterr().err


@pytest.mark.skipif(not (SHARED / "samples").is_dir(), reason="needs ../shared/samples")
def test_everybody_in_a_group(tmp_path, capsys):
    path = SHARED / "samples" / "group.jpg"
    assert main(["image", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0][-1] for line in lines] == ["1", "2", "3", "4", "5"]
    assert sum(": happy" in line for line in lines) >= 3
