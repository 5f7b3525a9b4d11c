"""What a training run leaves behind: the model in both formats, its description, its report."""

from __future__ import annotations

import platform
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

import emoapp
from emoapp.classifiers.description import FILE_NAME, Head, ModelDescription, sha256_of
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.labels import EMOTIONS
from emoapp.training.batches import head_labels
from emoapp.training.calibrate import fit_temperature
from emoapp.training.config import TrainConfig
from emoapp.training.data import Dataset, ferplus_majority
from emoapp.training.evaluate import Evaluation, evaluate
from emoapp.training.export import write_tflite
from emoapp.training.report import write_curves, write_report

KERAS_FILE, TFLITE_FILE = "model.keras", "emotion.tflite"


def write_artifacts(
    model: keras.Model,
    config: TrainConfig,
    validation: Dataset,
    output: Path,
    *,
    data: dict[str, Any],
    precision: str = "int8",
) -> Evaluation:
    """Write everything into `output` and measure the exported file on the validation split.

    data: where the images came from and how many, for the description.
    """
    heads = head_labels(validation)
    save_compact(model, output / KERAS_FILE)
    write_tflite(
        output / TFLITE_FILE,
        model,
        list(heads),
        precision=precision,
        samples=validation.images[:500],
    )
    description = ModelDescription(
        labels=EMOTIONS if "fer2013" in heads else validation.names,
        heads=tuple(Head(name, labels) for name, labels in heads.items()),
        sha256={name: sha256_of(output / name) for name in (KERAS_FILE, TFLITE_FILE)},
        made={
            "data": data,
            "config": asdict(config),
            "precision": precision,
            "parameters": model.count_params(),
            "versions": {
                "emoapp": emoapp.__version__,
                "python": platform.python_version(),
                "keras": keras.__version__,
                keras.backend.backend(): _backend_version(),
                "numpy": np.__version__,
            },
        },
    )
    # The exported file is calibrated, not the network it came from: quantising moves its logits.
    description.write(output / FILE_NAME)
    with LiteRTClassifier(output) as classifier:
        found = classifier.by_head(validation.images)
    truth = {
        head: ferplus_majority(validation.votes) if head == "ferplus" else validation.labels
        for head in heads
    }
    description = replace(
        description,
        heads=tuple(
            replace(head, temperature=fit_temperature(np.log(found[head.name]), truth[head.name]))
            for head in description.heads
        ),
    )
    description.write(output / FILE_NAME)
    with LiteRTClassifier(output) as classifier:
        evaluation = evaluate(classifier, validation)
    made = {**description.made, "metrics": {"validation": evaluation.as_dict()}}
    replace(description, made=made).write(output / FILE_NAME)
    write_report(evaluation, output)
    if (output / "history.csv").exists():
        write_curves(output / "history.csv", output)
    return evaluation


def save_compact(model: keras.Model, path: Path) -> None:
    """Write a `.keras` file of half the size: weights rounded to half precision, and compressed.

    They are still kept as float32, so that nothing else changes.
    """
    rounded = keras.models.clone_model(model)
    rounded.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    half = path.with_name(f"half.{path.name}")
    rounded.save(half)
    with (
        zipfile.ZipFile(half) as loose,
        zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as compact,
    ):
        for name in loose.namelist():
            compact.writestr(name, loose.read(name))
    half.unlink()


def _backend_version() -> str:
    from importlib.metadata import version

    return version(keras.backend.backend())
