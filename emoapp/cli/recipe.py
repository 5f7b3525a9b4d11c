"""Define the settings of a training run as options: `--epochs 36`, `--blocks 2 3 3`."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import click

from emoapp.cli.options import Decorator, compose, option
from emoapp.cli.values import (
    FRACTION,
    NOT_NEGATIVE,
    POSITIVE,
    POSITIVE_INT,
    SHARE,
    WholeNumber,
)
from emoapp.errors import UsageError
from emoapp.training.config import TrainConfig

_RECIPE: dict[str, tuple[click.ParamType, str]] = {
    "epochs": (POSITIVE_INT, "passes over the training images"),
    "batch_size": (POSITIVE_INT, "images a step"),
    "learning_rate": (POSITIVE, "peak learning rate, reached after the warm-up"),
    "warmup_epochs": (NOT_NEGATIVE, "epochs in which the learning rate rises"),
    "weight_decay": (NOT_NEGATIVE, "strength of the decay of the weights toward zero"),
    "ema_momentum": (FRACTION, "momentum of the running average of the weights"),
    "label_smoothing": (FRACTION, "share of each label given to the other classes"),
    "patience": (POSITIVE_INT, "epochs without a better validation accuracy before the end"),
    "width": (WholeNumber(4), "channels of the first convolution; the others follow"),
    "blocks": (POSITIVE_INT, "residual blocks at 24x24, 12x12 and 6x6"),
    "dropout": (FRACTION, "share of the features dropped while training"),
    "stochastic_depth": (
        FRACTION,
        "probability to skip the last residual block while training",
    ),
    "sizes": (
        POSITIVE_INT,
        "side of the images in pixels, each for an equal part of the epochs; ends with 48",
    ),
    "mixup_alpha": (
        NOT_NEGATIVE,
        "blend pairs of images, in a proportion from Beta(N, N); 0 for never",
    ),
    "cutmix_alpha": (
        NOT_NEGATIVE,
        "paste a part of another image, of a size from Beta(N, N); 0 for never",
    ),
    "mix_probability": (SHARE, "share of the batches that mixup or CutMix change"),
    "rotation": (NOT_NEGATIVE, "standard deviation of the rotation of images, in degrees"),
    "scale": (NOT_NEGATIVE, "largest change of the images' size, as a logarithm"),
    "shift": (NOT_NEGATIVE, "largest shift of the images, in pixels"),
    "degrade_probability": (SHARE, "share of the images degraded as by a webcam"),
    "erase_probability": (SHARE, "share of the images with a part of the face hidden"),
    "distillation_weight": (SHARE, "weight of the teachers' answers against the labels"),
    "seed": (WholeNumber(0, 2**31 - 1), "seed of the random numbers, which makes a run repeatable"),
}
"""Field of `TrainConfig` -> type and help of its option."""

_COUNTS: dict[str, dict[str, Any]] = {
    "blocks": {"nargs": 3, "metavar": "N N N"},
    "sizes": {"several": True, "metavar": "N..."},
}
"""Of the options that take several values, what says how many."""


def _recipe_option(name: str, default: Any) -> Decorator:
    kind, explanation = _RECIPE[name]
    typed = " ".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return option(
        f"--{name.replace('_', '-')}",
        type=kind,
        default=default,
        group="recipe",
        help=f"{explanation} (default: {typed})",
        **{"metavar": "N", **_COUNTS.get(name, {})},
    )


recipe_options = compose(
    *(
        _recipe_option(field.name, field.default)
        for field in fields(TrainConfig)
        if field.name in _RECIPE
    )
)
"""An option for each number of `TrainConfig`, with its default."""


def recipe(args: SimpleNamespace) -> TrainConfig:
    """Return the training configuration from the options.

    Args:
        args: The values of a command with `recipe_options` and `--float32`.

    Returns:
        The configuration. Without `--float32` the processor decides about bfloat16.

    Raises:
        UsageError: `--sizes` has sizes that the network cannot be trained with.
    """
    from emoapp.training.dataset import SIZE
    from emoapp.training.hardware import has_bfloat16_units

    settings = {name: getattr(args, name) for name in _RECIPE}
    if args.sizes[-1] != SIZE or any(size % 8 for size in args.sizes):
        raise UsageError(f"--sizes: expected multiples of 8 that end with {SIZE}")
    float32 = not has_bfloat16_units() if args.float32 is None else args.float32
    return TrainConfig(mixed_bfloat16=not float32, **settings)
