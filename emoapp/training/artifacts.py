"""What a training run leaves behind: the model in both formats, its description, its report."""

from __future__ import annotations

import os
import platform
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

import emoapp
from emoapp.classifiers.base import TINY
from emoapp.classifiers.description import FILE_NAME, Head, ModelDescription, sha256_of
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.errors import DataError
from emoapp.labels import EMOTIONS
from emoapp.training.batches import head_labels
from emoapp.training.calibrate import fit_temperature
from emoapp.training.config import HISTORY_FILE
from emoapp.training.dataset import Dataset, ferplus_among, ferplus_majority
from emoapp.training.evaluate import Evaluation, evaluate
from emoapp.training.export import write_tflite
from emoapp.training.report import write_curves, write_report
from emoapp.utils.files import already_there
from emoapp.utils.outputs import check_outputs

KERAS_FILE, TFLITE_FILE = "model.keras", "emotion.tflite"

KERNEL_BITS, VECTOR_BITS = 6, 11
"""Significant bits of the weights in the `.keras` file. Six move a kernel's weights by 0.7% (root
mean square); int8's steps move a usual weight by about 1%."""


def check_model_folder(
    output: Path, inputs: Iterable[Path | None], *, overwrite: bool = False
) -> None:
    """Raise what keeps a model from being written into a folder.

    overwrite: replace a model that is there.

    Raises UsageError where it would replace what is read, OutputExistsError where a model or a
    training run is there.
    """
    names = KERAS_FILE, TFLITE_FILE, FILE_NAME
    check_outputs([output / name for name in names], inputs)
    if not overwrite:
        for name in (*names, HISTORY_FILE):
            if os.path.lexists(output / name):
                raise already_there(output / name)


def write_artifacts(
    model: keras.Model,
    validation: Dataset,
    output: Path,
    *,
    made: dict[str, Any],
    precision: str = "int8",
    report: bool = True,
    test: Dataset | None = None,
    photographs: Dataset | None = None,
) -> Evaluation:
    """Write everything into `output` and measure the exported file.

    validation: fits the temperatures.
    made: what the model was made of (data, settings), for the description.
    report: write plots and tables too, beside the model.
    test: is measured on too; None where there is only the validation split.
    photographs: crops that were found in photographs (`photos.cut_again`), by which the shown
        probabilities are calibrated; None to calibrate on `validation` alone.

    Returns the figures on the test split, or on the validation split without one.

    Raises DataError where the model and the data have different labels.
    """
    heads = head_labels(validation)
    _check_heads(model, heads)
    output.mkdir(parents=True, exist_ok=True)
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
            **made,
            "precision": precision,
            "parameters": model.count_params(),
            "versions": versions(),
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
    if len(heads) > 1:
        description = _with_frequencies(description, output, validation.images)
        description.write(output / FILE_NAME)
    if photographs is not None:
        found = photographs.take(~photographs.missed)
        with LiteRTClassifier(output) as classifier:
            shown = np.log(np.maximum(classifier.classify(found.images), TINY))
        truths = [found.labels]
        if found.votes is not None:
            truths.append(ferplus_among(description.labels, found.votes))
        # On both label sets: they disagree, and neither is right.
        temperature = fit_temperature(np.concatenate([shown] * len(truths)), np.concatenate(truths))
        description = replace(description, temperature=temperature)
        description.write(output / FILE_NAME)
    with LiteRTClassifier(output) as classifier:
        evaluation = evaluate(classifier, validation)
        metrics = {"validation": evaluation.as_dict()}
        if test is not None:
            evaluation = evaluate(classifier, test)
            metrics["test"] = evaluation.as_dict()
    made = {**description.made, "metrics": metrics}
    replace(description, made=made).write(output / FILE_NAME)
    if report:
        write_report(evaluation, output)
        if (output / HISTORY_FILE).exists():
            write_curves(output / HISTORY_FILE, output)
    return evaluation


def _with_frequencies(
    description: ModelDescription, folder: Path, images: np.ndarray
) -> ModelDescription:
    """How often each head says what: label sets that differ in it can't be averaged as they are."""
    with LiteRTClassifier(folder) as classifier:
        found = classifier.by_head(images)
    return replace(
        description,
        heads=tuple(
            replace(head, frequencies=tuple(found[head.name].mean(axis=0, dtype=float).tolist()))
            for head in description.heads
        ),
    )


def save_compact(model: keras.Model, path: Path) -> None:
    """Write a `.keras` file of a third of the size: kernels rounded to a few significant bits, and
    compressed.

    They are still kept as float32, so that nothing else changes. Vectors, which are few, keep
    half precision's eleven bits.
    """
    rounded = keras.models.clone_model(model)
    rounded.set_weights([_rounded(weight) for weight in model.get_weights()])
    half = path.with_name(f"half.{path.name}")
    rounded.save(half)
    with (
        zipfile.ZipFile(half) as loose,
        zipfile.ZipFile(path, "w", compression=zipfile.ZIP_LZMA) as compact,
    ):
        for name in loose.namelist():
            compact.writestr(name, loose.read(name))
    half.unlink()


def _rounded(weight: np.ndarray) -> np.ndarray:
    """float32, to the nearest number with so many significant bits that its zeros compress."""
    fraction, exponent = np.frexp(weight)
    bits = KERNEL_BITS if weight.ndim > 1 else VECTOR_BITS
    return np.ldexp(np.round(np.ldexp(fraction, bits)), exponent - bits).astype(np.float32)


def _check_heads(model: keras.Model, heads: Mapping[str, tuple[str, ...]]) -> None:
    found = {head: output.shape[-1] for head, output in model.output.items()}
    if found != {head: len(labels) for head, labels in heads.items()}:
        raise DataError(
            f"the data has the labels {', '.join(next(iter(heads.values())))} for the heads "
            f"{', '.join(heads)}, the network has the heads {', '.join(found)}; it must be the "
            "data that the network was trained on"
        )


def versions() -> dict[str, str]:
    """The versions of what a model depends on."""
    from importlib.metadata import version

    backend = keras.backend.backend()
    return {
        "emoapp": emoapp.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        backend: version(backend),
        "numpy": np.__version__,
    }
