"""Labels of one's own: learned beside the model's, shown only where they can be told apart."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from support.people import made_up
from support.sitting import hopper, moved

from emoapp import EmotionRecognizer
from emoapp.cli import main
from emoapp.labels import EMOTIONS
from emoapp.profiles import store
from emoapp.profiles.learning import learn
from emoapp.report.reading import read_logs
from emoapp.utils.libav import av

FRAMES = 50


def with_wink(distance: float, seed: int = 0):
    """Samples of the seven and a dozen winks, whose features are so far from the others'."""
    samples = made_up({**dict.fromkeys(EMOTIONS, 6), "neutral": 18}, certainty=4.0, seed=seed)
    neutral = np.flatnonzero(samples.labels == EMOTIONS.index("neutral"))
    labels, features = samples.labels.copy(), samples.features.copy() * 0.3
    labels[neutral[:12]] = len(EMOTIONS)
    features[:, 1] += 1
    features[neutral[:12], 0] += distance
    return replace(samples, labels=labels, features=features, own=("wink",))


def test_what_can_be_told_apart_is_shown_and_what_cannot_is_not():
    for distance, shown in ((3.0, True), (0.0, False)):
        learned = learn(with_wink(distance))
        assert learned.choice.shown == (shown,)
    learned = learn(with_wink(3.0))
    fresh = with_wink(3.0, seed=1)
    after = learned.correction.apply(fresh.probabilities, fresh.features)
    assert after.shape == (len(fresh), 8)
    np.testing.assert_allclose(after.sum(axis=1), 1, atol=1e-5)
    winks = fresh.labels == len(EMOTIONS)
    assert (after.argmax(axis=1) == len(EMOTIONS))[winks].mean() > 0.8
    assert (after.argmax(axis=1) == len(EMOTIONS))[~winks].mean() < 0.05


@pytest.fixture(scope="module")
def sitting(tmp_path_factory):
    """A clip of Grace Hopper, twice neutral and twice winking, and what it shows when."""
    folder = tmp_path_factory.mktemp("sitting")
    shows, path = hopper(), folder / "clip.mp4"
    order = ["neutral", "wink", "neutral", "wink"]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for seed, label in enumerate(order):
            for image in moved(shows[label][0], seed=seed, frames=FRAMES):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    rows = [f"{2 * n},{2 * n + 2},{label}" for n, label in enumerate(order)]
    (folder / "times.csv").write_text("\n".join(["start_s,end_s,label", *rows]) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.logs_errors  # the label that is not the model's, unless it is announced
def test_a_wink_in_python_in_the_log_and_in_the_report_of_the_profile(
    sitting, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path / "profiles"))
    times = sitting.with_name("times.csv")
    words = ["profile", "learn", "Grace", "--video", str(sitting), "--labels", str(times)]
    assert main(words) == 1 and "there is no label 'wink'" in capsys.readouterr().err
    assert main([*words, "--own-label", "wink"]) == 0
    assert "adopted" in capsys.readouterr().out
    assert store.load("Grace").own_labels == ("wink",)

    shows = hopper()
    with EmotionRecognizer(profile="Grace") as recognizer:
        assert recognizer.labels == (*EMOTIONS, "wink")
        for label in ("wink", "neutral"):
            image = next(iter(moved(shows[label][0], seed=9)))
            assert recognizer.analyze(image)[0].label == label

    log = tmp_path / "log.csv"
    command = ["video", str(sitting), "--no-frames", "--log", str(log)]
    assert main([*command, "--profile", "Grace"]) == 0
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"raw_wink", "smoothed_wink"} <= set(rows[0])
    (read,) = read_logs(log)
    assert read.about is not None and read.about.labels == read.labels == (*EMOTIONS, "wink")
    winks = [row["label"] == "wink" for row in rows if 3 < float(row["time_s"]) < 4]
    assert np.mean(winks) > 0.9
    assert main([*command, "--overwrite"]) == 0
    with log.open(newline="") as file:
        assert not any("wink" in name for name in csv.DictReader(file).fieldnames)


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "labels, said",
    [
        (["Happiness"], "the model knows happy already"),
        ([" "], "labels that differ"),
        (["bored", "Bored"], "labels that differ"),
    ],
)
def test_labels_that_are_none_of_ones_own(labels, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path))
    words = ["profile", "learn", "Ada", "--photos", str(tmp_path), "--own-label", *labels]
    assert main(words) == 2
    assert said in capsys.readouterr().err
