"""`--contempt`: the eighth expression from the command line to the picture and the log."""

from __future__ import annotations

import numpy as np
import pytest
from support.faces import portrait

from emoapp import EMOTIONS, EmotionRecognizer
from emoapp.cli import main
from emoapp.overlay.icons import mask
from emoapp.overlay.theme import colors_of


def test_a_library_user_gets_it():
    with EmotionRecognizer(contempt=True) as recognizer:
        assert recognizer.labels == (*EMOTIONS, "contempt")
        (face,) = recognizer.analyze(portrait())
    assert set(face.smoothed.as_dict()) == {*EMOTIONS, "contempt"}
    assert sum(face.smoothed.as_dict().values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("contempt", [False, True])
def test_the_log_of_a_video_has_it(demo, tmp_path, contempt):
    log = tmp_path / "log.csv"
    command = ["video", str(demo), "--log", str(log), "--frames", "3"]
    assert main([*command, "--contempt"] if contempt else command) == 0
    header = log.read_text().splitlines()[0].split(",")
    assert ("raw_contempt" in header, "smoothed_contempt" in header) == (contempt, contempt)


def test_it_has_a_color_and_a_face_of_its_own():
    labels = (*EMOTIONS, "contempt")
    assert len(set(colors_of(labels).values())) == 8
    faces = [mask(label, 48) for label in (*labels, "other")]
    assert all(
        np.abs(faces[7].astype(int) - other).mean() > 2 for i, other in enumerate(faces) if i != 7
    )
