"""Training: from datasets to the best weights, restartable at every epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import keras

from emoapp.errors import DataError
from emoapp.training.average import AverageWeights
from emoapp.training.batches import Batches, head_labels, targets
from emoapp.training.branches import branches_of
from emoapp.training.checkpoint import AVERAGE, BEST, CHECKPOINTS, LAST, Checkpoint, read_state
from emoapp.training.config import HISTORY_FILE, TrainConfig
from emoapp.training.dataset import Dataset
from emoapp.training.distill import SoftLabels, blend
from emoapp.training.model import blocks_of, build_model, is_beyond, silence
from emoapp.training.progress import ProgressBar
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)


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
    """Train on `training`, choose on `validation`, and give the network with the best weights.

    output: a folder; gets `history.csv` and `checkpoints/`, from which `resume` goes on.
    start_from: a `model.keras` of the same width whose weights to begin with, instead of random
        ones; heads with other labels begin anew.
    soft_labels: what teachers say of the training images (`distill.gather`), to learn beside the
        labels.

    The network's heads give logits (see `model.build_model`). Raises DataError where the two
    datasets do not fit together or there is nothing to resume.
    """
    if training.names != validation.names:
        raise DataError(
            f"the training split has the labels {', '.join(training.names)}, "
            f"the validation split {', '.join(validation.names)}; they must be the same"
        )
    logger.info("training on %d images: %s", len(training), config)
    checkpoints = output / CHECKPOINTS
    checkpoints.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(config.seed)
    counts = {name: len(labels) for name, labels in head_labels(training).items()}

    state = read_state(checkpoints, config) if resume else {"epoch": 0, "best": -1.0, "wait": 0}
    wanted = targets(training, smoothing=config.label_smoothing)
    if soft_labels is not None:
        wanted = blend(wanted, soft_labels, config.distillation_weight)
    steps = len(Batches(training, wanted, config))
    model = _compiled_model(counts, config, steps_per_epoch=steps)
    if resume:
        # The state of the optimizer comes with the weights, into the data types of this machine.
        model.optimizer.build(model.trainable_variables)
        model.load_weights(checkpoints / LAST)
    elif start_from is not None:
        take_weights(model, start_from)

    average = AverageWeights(
        config.ema_momentum,
        steps_done=state["epoch"] * steps,
        resume_from=checkpoints / AVERAGE if resume else None,
    )
    checkpoint = Checkpoint(checkpoints, average, state, config)
    for size, first, end in _phases(config):
        if state["epoch"] >= end or checkpoint.patience_is_over:
            continue
        first = max(first, state["epoch"])
        model.fit(
            Batches(training, wanted, config, epoch=first, size=size),
            epochs=end,
            initial_epoch=first,
            # Without smoothing, so that the loss says how good the probabilities are.
            validation_data=(validation.images, targets(validation, smoothing=0.0)),
            validation_batch_size=256,
            verbose=0,
            callbacks=[
                average,
                checkpoint,
                keras.callbacks.CSVLogger(str(output / HISTORY_FILE), append=first > 0),
                ProgressBar(config.epochs, steps, first),
            ],
        )
    return plain_network(counts, checkpoints / BEST, config)


def _compiled_model(
    heads: Mapping[str, int], config: TrainConfig, *, steps_per_epoch: int
) -> keras.Model:
    # Given to the layers of this one model: a global policy would change the caller's too.
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
    """Yield (side of the images, first epoch, epoch after the last), an equal part for each."""
    count = len(config.sizes)
    for i, size in enumerate(config.sizes):
        yield size, config.epochs * i // count, config.epochs * (i + 1) // count


def take_weights(model: keras.Model, path: Path) -> None:
    """Give `model` the weights of a trained one.

    A head of another size keeps its own. Blocks that the trained one does not have change nothing
    at first.

    Raises DataError where the file can't be read or the networks are not alike.
    """
    try:
        trained = keras.models.load_model(path, compile=False)
    except (OSError, ValueError) as exc:
        raise DataError(f"{path}: not a network that can be started from ({exc})") from exc
    # Of several networks in one, the first.
    trained = branches_of(trained)[0]
    known, own = blocks_of(trained), blocks_of(model)
    if len(known) != len(own):
        raise DataError(f"{path}: is a network of another kind")
    if any(theirs > ours for theirs, ours in zip(known, own, strict=True)):
        wanted = " ".join(map(str, known))
        raise DataError(f"{path}: has more blocks; train with at least --blocks {wanted}")
    body, trained_body = (
        [
            weight
            for layer in network.layers
            if layer.name not in network.output and not is_beyond(layer, known)
            for weight in layer.weights
        ]
        for network in (model, trained)
    )
    if [w.shape for w in body] != [w.shape for w in trained_body]:
        raise DataError(f"{path}: is a network of another width; train with the same --width")
    for weight, value in zip(body, trained_body, strict=True):
        weight.assign(value)
    silence(model, known)
    for head in set(model.output) & set(trained.output):
        if model.output[head].shape == trained.output[head].shape:
            model.get_layer(head).set_weights(trained.get_layer(head).get_weights())


def plain_network(heads: Mapping[str, int], weights: Path, config: TrainConfig) -> keras.Model:
    """The network with the weights in that file, in float32, made of Keras's own layers only."""
    trained = _network(heads, config)
    trained.load_weights(weights)
    plain = build_model(heads, width=config.width, blocks=config.blocks, fused=False)
    plain.set_weights(trained.get_weights())
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
