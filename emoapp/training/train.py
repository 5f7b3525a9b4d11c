"""Train a network; a run can be resumed after every epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import keras

from emoapp.errors import DataError
from emoapp.training.average import AverageWeights
from emoapp.training.batches import Batches, head_labels, resized, targets
from emoapp.training.checkpoint import (
    AVERAGE,
    BEST,
    CHECKPOINTS,
    LAST,
    Checkpoint,
    RunState,
    read_state,
)
from emoapp.training.config import HISTORY_FILE, TrainConfig
from emoapp.training.dataset import SIZE, Dataset
from emoapp.training.distill import SoftLabels, blend
from emoapp.training.model import build_model
from emoapp.training.progress import ProgressBar
from emoapp.training.weights import take_weights
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

VALIDATION_BATCH_SIZE = 256


def train(
    config: TrainConfig,
    training: Dataset,
    validation: Dataset,
    output: Path,
    *,
    resume: bool = False,
    start_from: Path | None = None,
    soft_labels: SoftLabels | None = None,
) -> keras.Model:
    """Train a network, and choose its best weights on the validation split.

    Args:
        config: Settings of the run.
        training: The images to train on.
        validation: The images that choose the epoch.
        output: Folder of the run; gets `history.csv` and `checkpoints/`.
        resume: Go on from the checkpoints in `output`.
        start_from: A `model.keras` of the same width whose weights to begin with, instead of random
            ones; heads with other labels begin with random weights.
        soft_labels: Teachers' probabilities for the training images (`teachers.gather`), to learn
            beside the labels.

    Returns:
        The network with the best weights; its heads return logits (see `model.build_model`).

    Raises:
        DataError: If the two datasets have different labels or there is nothing to resume.
    """
    _check_same_labels(training, validation)
    logger.info("training on %d images: %s", len(training), config)
    checkpoints = output / CHECKPOINTS
    checkpoints.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(config.seed)
    counts = {name: len(labels) for name, labels in head_labels(training).items()}

    state = read_state(checkpoints, config) if resume else RunState()
    wanted = targets(training, smoothing=config.label_smoothing)
    if soft_labels is not None:
        wanted = blend(wanted, soft_labels, config.distillation_weight)
    batches = partial(Batches, training, wanted, config)
    steps = len(batches())
    model = _compiled_model(counts, config, steps_per_epoch=steps)
    if resume:
        _load_checkpoint(model, checkpoints / LAST)
    elif start_from is not None:
        take_weights(model, start_from)

    average = AverageWeights(
        config.ema_momentum,
        steps_done=state.epoch * steps,
        resume_from=checkpoints / AVERAGE if resume else None,
    )
    checkpoint = Checkpoint(checkpoints, average, state, config)
    for size, first, end in _phases(config):
        if state.epoch < end and not checkpoint.patience_is_over:
            first = max(first, state.epoch)
            checkpoint.decides = size == SIZE
            callbacks = [average, checkpoint, *_reporters(config, output, steps, first)]
            _fit(model, batches(epoch=first, size=size), validation, first, end, callbacks)
    return plain_network(counts, checkpoints / BEST, config)


def _reporters(
    config: TrainConfig, output: Path, steps: int, first_epoch: int
) -> list[keras.callbacks.Callback]:
    history = keras.callbacks.CSVLogger(str(output / HISTORY_FILE), append=first_epoch > 0)
    return [history, ProgressBar(config.epochs, steps, first_epoch)]


def _fit(
    model: keras.Model,
    batches: Batches,
    validation: Dataset,
    first_epoch: int,
    end_epoch: int,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    # At the size of training: the same network sees other features in larger images.
    images = resized(validation.images, batches.size)
    model.fit(
        batches,
        epochs=end_epoch,
        initial_epoch=first_epoch,
        # `Batches` shuffles by its own seed and epoch; Keras would do it by a global generator.
        shuffle=False,
        # Without smoothing, so that the loss measures the quality of the probabilities.
        validation_data=(images, targets(validation, smoothing=0.0)),
        validation_batch_size=VALIDATION_BATCH_SIZE,
        verbose=0,
        callbacks=callbacks,
    )


def _check_same_labels(training: Dataset, validation: Dataset) -> None:
    if training.names != validation.names:
        raise DataError(
            f"the training split has the labels {', '.join(training.names)}, "
            f"the validation split {', '.join(validation.names)}; they must be the same"
        )


def _load_checkpoint(model: keras.Model, path: Path) -> None:
    # The optimizer's state is loaded with the weights, into the data types of this machine.
    model.optimizer.build(model.trainable_variables)
    model.load_weights(path)
    # Not saved by Keras: how often each layer has drawn random numbers, which is once a step.
    for layer in model.layers:
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            seed = generator.state[0]
            drawn = keras.ops.cast(model.optimizer.iterations, generator.state.dtype)
            generator.state.assign(keras.ops.stack([seed, drawn]))


def _compiled_model(
    heads: Mapping[str, int], config: TrainConfig, *, steps_per_epoch: int
) -> keras.Model:
    # The policy is for the layers of this one model: a global one would change the caller's too.
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if config.mixed_bfloat16 else "float32")
    try:
        model = _network(heads, config)
    finally:
        keras.config.set_dtype_policy(previous)
    model.compile(
        optimizer=_optimizer(config, steps_per_epoch=steps_per_epoch),
        loss={head: keras.losses.CategoricalCrossentropy(from_logits=True) for head in heads},
        metrics={head: "accuracy" for head in heads},
    )
    return model


def _network(heads: Mapping[str, int], config: TrainConfig) -> keras.Model:
    return build_model(
        heads,
        width=config.width,
        blocks=config.blocks,
        dropout=config.dropout,
        stochastic_depth=config.stochastic_depth,
        any_size=len(config.sizes) > 1,
    )


def _phases(config: TrainConfig) -> Iterator[tuple[int, int, int]]:
    """Yield (side of the images, first epoch, epoch after the last), equally many for each size."""
    count = len(config.sizes)
    for i, size in enumerate(config.sizes):
        yield size, config.epochs * i // count, config.epochs * (i + 1) // count


def plain_network(heads: Mapping[str, int], weights: Path, config: TrainConfig) -> keras.Model:
    """Load weights into a network in float32 that is made of Keras's own layers only.

    Args:
        heads: Head -> its number of labels.
        weights: File of the weights.
        config: Settings that the network was trained with.

    Returns:
        The network.
    """
    trained = _network(heads, config)
    trained.load_weights(weights)
    plain = build_model(heads, width=config.width, blocks=config.blocks, fused=False)
    # By name: what is skipped while training changes the order of a network's layers.
    for layer in plain.layers:
        if layer.weights:
            layer.set_weights(trained.get_layer(layer.name).get_weights())
    return plain


def _optimizer(config: TrainConfig, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    warmup = math.ceil(min(config.warmup_epochs, config.epochs / 4) * steps_per_epoch)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        warmup_target=config.learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, config.epochs * steps_per_epoch - warmup),
        alpha=0.01,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
