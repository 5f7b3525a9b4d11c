"""`emoapp profile` on a few photographs: learn, show, test, hand on, delete."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from support.faces import portrait

from emoapp.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "profiles"


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """The portrait as four happy and, wrongly, four neutral faces; and what is no use."""
    top = tmp_path_factory.mktemp("photos")
    picture = portrait()
    for number, label in enumerate(["happy", "Neutral"] * 4):
        turned = cv2.getRotationMatrix2D((224, 120), 5 * number - 18, 1 - 0.04 * number)
        image = cv2.warpAffine(picture, turned, (512, 512), borderMode=cv2.BORDER_REFLECT)
        image = cv2.convertScaleAbs(image, alpha=1 - 0.05 * number)
        (top / label).mkdir(exist_ok=True)
        cv2.imwrite(str(top / label / f"{number}.png"), image)
    empty = np.full((200, 200, 3), 120, np.uint8)
    cv2.imwrite(str(top / "happy" / "empty.png"), empty)
    dark = cv2.convertScaleAbs(picture, alpha=0.04)
    cv2.imwrite(str(top / "happy" / "dark.png"), dark)
    (top / "happy" / "broken.jpg").write_bytes(b"no picture")
    (top / "bored").mkdir()
    cv2.imwrite(str(top / "bored" / "1.png"), picture)
    return top


def run(capsys, *words: object, status: int = 0) -> str:
    assert main(["profile", *map(str, words)]) == status
    out, err = capsys.readouterr()
    return err if status else out


def test_from_photographs_to_nothing_left(capsys, photos, folder, tmp_path):
    said = run(capsys, "learn", "Ada", "--photos", photos)
    assert "8 faces: happy 4, neutral 4" in said
    for name, reason in (
        ("empty.png", "no face found"),
        ("broken.jpg", ""),
        ("bored", "the model has no label 'bored'"),
    ):
        assert any(
            line.startswith("left out") and name in line and reason in line
            for line in said.splitlines()
        ), name
    assert "dark.png: " in said
    assert "before: right" in said and "after: right" in said and "adopted" in said
    assert [path.name for path in folder.iterdir()] == ["Ada.npz"]

    assert "Ada" in run(capsys, "list")
    plot, figures = tmp_path / "a.png", tmp_path / "a.json"
    said = run(capsys, "show", "Ada", "--plot", plot, "--json", figures)
    assert "8 faces (happy 4, neutral 4), without pictures" in said and "before: labeled" in said
    assert cv2.imread(str(plot)).std() > 10
    assert json.loads(figures.read_text())["tested"] == 8

    found = tmp_path / "test.json"
    assert "8 faces" in run(capsys, "test", "Ada", "--photos", photos, "--json", found)
    numbers = json.loads(found.read_text())
    assert numbers["n"] == 8 and not numbers["other_person"]
    assert {"accuracy", "balanced_accuracy", "ece", "balanced_accuracy_without"} <= set(numbers)

    copy = tmp_path / "copy.npz"
    run(capsys, "export", "Ada", copy)
    run(capsys, "delete", "Ada")
    assert list(folder.iterdir()) == []
    assert "no profiles" in run(capsys, "list")
    run(capsys, "import", copy)
    assert "Ada" in run(capsys, "list")


def test_a_video_with_times(capsys, demo, tmp_path):
    times = tmp_path / "times.csv"
    times.write_text("start_s,end_s,label\n0,2.4,happy\n2.6,4.8,happiness\n5,7.9,neutral\n")
    said = run(capsys, "learn", "Ada", "--video", demo, "--labels", times, "--keep-pictures")
    counts = said.splitlines()[0]
    assert "happy" in counts and "neutral" in counts
    assert "with pictures" in run(capsys, "show", "Ada")


def test_labels_of_ones_own_are_found_in_any_case(capsys, photos, demo, tmp_path):
    words = ["learn", "Ada", "--photos", photos, "--own-label", "Bored"]
    assert "9 faces: happy 4, neutral 4, Bored 1" in run(capsys, *words)
    assert "9 faces" in run(capsys, "test", "Ada", "--photos", photos)
    times = tmp_path / "times.csv"
    times.write_text("start_s,end_s,label\n0,2.4,Spaß\n5,7.9,neutral\n", encoding="utf-8")
    words = ["learn", "Bo", "--video", demo, "--labels", times, "--own-label", "Spaß"]
    assert "Spaß " in run(capsys, *words).splitlines()[0]


@pytest.mark.slow
def test_evaluate_takes_a_profile_and_some_labels(capsys, photos, tmp_path):
    run(capsys, "learn", "Ada", "--photos", photos / ".." / photos.name)
    data = tmp_path / "data"
    for label in ("happy", "Neutral"):
        (data / label).mkdir(parents=True)
        for path in (photos / label).glob("[0-9].png"):
            (data / label / path.name).write_bytes(path.read_bytes())
    words = ["evaluate", "--photos", "--data", str(data), "--only", "happy", "sad", "--json"]
    found = []
    for number, more in enumerate(([], ["--profile", "Ada"])):
        path = tmp_path / f"{number}.json"
        assert main([*words, str(path), *more]) == 0
        found.append(json.loads(path.read_text()))
    assert found[0]["n"] == found[1]["n"] == 8
    # Neutral was not among the answers.
    assert found[0]["balanced_accuracy"] <= 0.5 and found[1]["balanced_accuracy"] <= 0.5


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "words, status, said",
    [
        (["teach", "Ada"], 2, "known are learn, list, show, test, delete, export, import"),
        (["show"], 2, "write `emoapp profile show NAME`"),
        (["export", "Ada"], 2, "write `emoapp profile export NAME FILE`"),
        (["list", "Ada"], 2, "write `emoapp profile list`"),
        (["learn", "Ada"], 2, "--photos FOLDER"),
        (["learn", "Ada", "--video", "a.mp4"], 2, "--video and --labels go together"),
        (["learn", "a/b", "--photos", "."], 2, "no name for a profile"),
        (["learn", "Ada", "--photos", "nowhere"], 1, "there is no such folder"),
        (["test", "Ada"], 2, "say what to test on"),
        (["show", "Ada"], 1, "there is no profile 'Ada'; make one with"),
        (["delete", "Ada"], 1, "there is no profile 'Ada'"),
        (["import", "nowhere.npz"], 1, "there is no such profile"),
    ],
)
def test_what_cannot_be_done_is_said(capsys, words, status, said):
    assert said in run(capsys, *words, status=status)
