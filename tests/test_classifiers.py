"""Every classifier keeps the same promises, and the shipped model knows a smile."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from faces import EYES, MOUTH, portrait

from emoapp import EMOTIONS
from emoapp.align import align
from emoapp.classifiers import open_classifier
from emoapp.classifiers.description import ModelDescription
from emoapp.classifiers.keras import KerasClassifier
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.errors import DeviceError, ModelError, UsageError
from emoapp.resources import MODELS
from emoapp.types import Box, Face

OPEN = {"litert": LiteRTClassifier, "keras": lambda: KerasClassifier(device="/CPU:0")}


@pytest.fixture(scope="module", params=list(OPEN))
def classifier(request):
    with OPEN[request.param]() as opened:
        yield opened


@pytest.fixture(scope="module")
def smile() -> np.ndarray:
    face = Face(Box(150, 60, 290, 200), 1.0, np.float32(EYES), None, np.float32(MOUTH))
    return align(portrait(), [face])[0]


def test_knows_a_smile(classifier, smile):
    assert classifier.labels == EMOTIONS
    (probabilities,) = classifier.classify(smile[None])
    assert EMOTIONS[probabilities.argmax()] == "happy"
    assert probabilities.max() > 0.8


def test_any_number_of_faces_in_one_call_gives_what_single_calls_give(classifier, smile):
    rng = np.random.default_rng(0)
    crops = np.stack([smile, smile[:, ::-1], smile // 2, *rng.integers(0, 256, (8, 48, 48))])
    crops = crops.astype(np.uint8)
    together = classifier.classify(crops)
    assert together.shape == (11, 7) and together.dtype == np.float32
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)
    alone = np.concatenate([classifier.classify(crop[None]) for crop in crops])
    np.testing.assert_allclose(together, alone, atol=0.02)
    assert classifier.classify(crops[:0]).shape == (0, 7)


def test_wrong_crops_are_refused(classifier):
    with pytest.raises(TypeError, match="uint8, got float32"):
        classifier.classify(np.zeros((1, 48, 48), np.float32))
    with pytest.raises(ValueError, match=r"\(N, 48, 48\), got \(1, 64, 64\)"):
        classifier.classify(np.zeros((1, 64, 64), np.uint8))


def test_the_exported_file_is_the_trained_network(smile):
    crops = np.stack([smile, smile[:, ::-1], np.roll(smile, 3, axis=1), smile // 3])
    with LiteRTClassifier() as exported, KerasClassifier(device="/CPU:0") as trained:
        np.testing.assert_allclose(exported.classify(crops), trained.classify(crops), atol=0.06)


def test_a_damaged_model_is_named(tmp_path):
    for name in ("emotion.tflite", "emotion.json"):
        shutil.copy(MODELS / name, tmp_path)
    content = bytearray((tmp_path / "emotion.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "emotion.tflite").write_bytes(content)
    with pytest.raises(ModelError, match=r"emotion\.tflite.*damaged"):
        open_classifier(tmp_path)
    (tmp_path / "emotion.json").write_text("{}")
    with pytest.raises(ModelError, match=r"emotion\.json.*not a model description"):
        open_classifier(tmp_path)
    with pytest.raises(ModelError, match="emoapp train"):
        open_classifier(tmp_path / "nothing.tflite")


def test_a_description_is_read_as_it_was_written(tmp_path):
    description = ModelDescription.read(MODELS / "emotion.json")
    description.write(tmp_path / "emotion.json")
    assert ModelDescription.read(tmp_path / "emotion.json") == description


def test_a_gpu_that_is_not_there_is_an_error_that_says_why():
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("this machine has a GPU")
    with pytest.raises(DeviceError, match="sees no GPU"):
        open_classifier(device="gpu")
    with open_classifier(device="auto", frames=10**6) as classifier:
        assert "CPU" in classifier.name
    with pytest.raises(UsageError, match="cpu, gpu"):
        open_classifier(device="tpu")
