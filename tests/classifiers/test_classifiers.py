"""Every classifier keeps the same promises, and the shipped model knows a smile."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from support.faces import EYES, MOUTH, drawn, portrait

from emoapp import EMOTIONS
from emoapp.alignment.align import align
from emoapp.classifiers import open_classifier
from emoapp.classifiers.base import Classifier
from emoapp.classifiers.description import Head, ModelDescription
from emoapp.classifiers.keras import KerasClassifier
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.detectors import open_detector
from emoapp.errors import ClosedError, DeviceError, ModelError, UsageError
from emoapp.labels import CONTEMPT, FERPLUS
from emoapp.sources import open_source
from emoapp.types import Box, Face
from emoapp.utils.resources import MODELS

OPEN = {
    "litert": LiteRTClassifier,
    "keras": lambda **options: KerasClassifier(device="/CPU:0", **options),
}


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


@pytest.fixture(scope="module")
def faces(demo) -> np.ndarray:
    """Ten faces of the demo clip as live use sees them, then drawn ones."""
    with open_detector("blazeface") as detector, open_source(demo) as source:
        clip = [
            align(frame.image, detector.detect(frame.image))[0]
            for frame in source
            if frame.index % 24 == 0
        ]
    return np.stack([*clip, *(drawn(name) for name in ("happy", "surprise"))])


def test_knows_a_fixed_set_of_faces(classifier, faces):
    probabilities = classifier.classify(faces)
    said = [EMOTIONS[k] for k in probabilities.argmax(axis=1)]
    assert said == ["happy"] * 10 + ["happy", "surprise"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    alone = np.concatenate([classifier.classify(face[None]) for face in faces])
    np.testing.assert_allclose(probabilities, alone, atol=0.02)


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


@pytest.mark.parametrize("name", OPEN)
def test_after_close_it_says_so(name):
    classifier = OPEN[name]()
    classifier.close()
    classifier.close()
    for count in (0, 1):
        with pytest.raises(ClosedError, match=r"classifier \(.+\) is closed"):
            classifier.classify(np.zeros((count, 48, 48), np.uint8))


def test_the_exported_file_is_the_trained_network(smile, faces):
    crops = [smile, smile[:, ::-1], np.roll(smile, 3, axis=1), smile // 3]
    crops = np.stack([*crops, *faces])
    with LiteRTClassifier() as exported, KerasClassifier(device="/CPU:0") as trained:
        np.testing.assert_allclose(exported.classify(crops), trained.classify(crops), atol=0.06)


class Answering(Classifier):
    """A network that was told its answers: logits float32 (N, all heads' labels)."""

    name = "told"

    def __init__(self, description: ModelDescription, logits: np.ndarray) -> None:
        super().__init__(description)
        self._told = np.float32(logits)

    def _logits(self, crops: np.ndarray) -> np.ndarray:
        return self._told[: len(crops)]

    def _close(self) -> None:
        pass


def test_contempt_is_ferplus_own_and_the_others_share_the_rest():
    heads = (Head("fer2013", EMOTIONS), Head("ferplus", FERPLUS))
    description = ModelDescription(EMOTIONS, heads)
    logits = np.random.default_rng(0).normal(0, 2, (50, 15))
    crops = np.zeros((50, 48, 48), np.uint8)
    seven = Answering(description, logits)
    eight = Answering(description.showing(CONTEMPT), logits)
    assert eight.labels == (*EMOTIONS, CONTEMPT)
    found = eight.classify(crops)
    contempt = eight.by_head(crops)["ferplus"][:, FERPLUS.index(CONTEMPT)]
    np.testing.assert_allclose(found[:, 7], contempt, rtol=1e-4)
    np.testing.assert_allclose(
        found[:, :7], seven.classify(crops) * (1 - contempt[:, None]), rtol=1e-4
    )
    assert (found.argmax(axis=1) == 7).any()
    # Without it: the mean of both heads, what FER+ gives to contempt left out.
    fer, ferplus = seven.by_head(crops).values()
    ferplus = ferplus[:, [FERPLUS.index(name) for name in EMOTIONS]]
    mean = (fer + ferplus / ferplus.sum(axis=1, keepdims=True)) / 2
    np.testing.assert_allclose(seven.classify(crops), mean, rtol=1e-4)


@pytest.mark.parametrize("name", OPEN)
def test_the_shipped_model_shows_contempt_when_asked(name, faces):
    with OPEN[name](contempt=True) as classifier:
        assert classifier.labels == (*EMOTIONS, CONTEMPT)
        np.testing.assert_allclose(classifier.classify(faces).sum(axis=1), 1, atol=1e-5)


def test_a_model_without_contempt_says_so():
    description = ModelDescription(("awake",), (Head("labels", ("awake",)),))
    with pytest.raises(ModelError, match="not trained on contempt; it knows awake"):
        description.showing(CONTEMPT)


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
    with pytest.raises(DeviceError, match="(sees|uses) no GPU"):
        open_classifier(device="gpu")
    with open_classifier(device="auto", frames=10**6) as classifier:
        assert "CPU" in classifier.name
    with pytest.raises(UsageError, match="cpu, gpu"):
        open_classifier(device="tpu")


def test_the_features_are_those_in_front_of_the_heads(faces):
    import keras

    with LiteRTClassifier() as exported, KerasClassifier(device="/CPU:0") as trained:
        network = keras.models.load_model(MODELS / "model.keras", compile=False)
        inner = keras.Model(network.input, network.get_layer("features").output)
        expected = np.float32(inner(faces[:3], training=False))
        for classifier, tolerance in ((exported, 0.2), (trained, 1e-4)):
            probabilities, features = classifier.classify_with_features(faces[:3])
            assert features.dtype == np.float32 and features.shape == (3, 256)
            np.testing.assert_array_equal(probabilities, classifier.classify(faces[:3]))
            error = np.linalg.norm(features - expected) / np.linalg.norm(expected)
            assert error < tolerance
        assert exported.classify_with_features(faces[:0])[0].shape == (0, 7)


def test_a_file_without_features_has_the_same_answers_to_the_bit(tmp_path, faces):
    from tensorflow.lite.tools import flatbuffer_utils

    from emoapp.training.export import with_features

    content = (MODELS / "emotion.tflite").read_bytes()
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    (graph,) = model.subgraphs
    graph.outputs = graph.outputs[:1]
    model.signatureDefs[0].outputs = model.signatureDefs[0].outputs[:1]
    plain = bytes(flatbuffer_utils.convert_object_to_bytearray(model))
    (tmp_path / "emotion.tflite").write_bytes(plain)
    description = ModelDescription.read(MODELS / "emotion.json")
    replace(description, sha256={}).write(tmp_path / "emotion.json")
    assert with_features(plain) == content == with_features(content)
    with LiteRTClassifier() as shipped, LiteRTClassifier(tmp_path) as before:
        probabilities, features = before.classify_with_features(faces)
        assert features is None
        np.testing.assert_array_equal(shipped.classify(faces), probabilities)
