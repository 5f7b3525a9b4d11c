"""`emoapp train`: from labelled pictures to a model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.cli.common import (
    add_data_arguments,
    add_photo_arguments,
    need_training,
)
from emoapp.cli.flags import Flag
from emoapp.cli.numbers import from_to, not_negative, positive, positive_int, share, whole
from emoapp.cli.training_data import SOFT_LABELS, ask_teachers, read_data, stand_ins
from emoapp.errors import UsageError
from emoapp.training.config import TrainConfig
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.training.data import TrainingData
    from emoapp.training.distill import SoftLabels

HELP = "Train a model, or teachers for one, on FER-2013 or on folders of pictures."

_TYPES = {
    "epochs": positive_int,
    "batch_size": positive_int,
    "learning_rate": positive,
    "warmup_epochs": not_negative,
    "weight_decay": not_negative,
    "ema_momentum": from_to(0, 1),
    "label_smoothing": from_to(0, 1),
    "patience": positive_int,
    "width": whole(4),
    "blocks": positive_int,
    "dropout": from_to(0, 1),
    "stochastic_depth": from_to(0, 1),
    "sizes": positive_int,
    "mixup_alpha": not_negative,
    "cutmix_alpha": not_negative,
    "mix_probability": share,
    "rotation": not_negative,
    "scale": not_negative,
    "shift": not_negative,
    "degrade_probability": share,
    "erase_probability": share,
    "distillation_weight": share,
    "seed": whole(0, 2**31 - 1),
}
_COUNTS = {"blocks": 3, "sizes": "+"}
_EXPLAINED = {
    "epochs": "passes over the training images",
    "batch_size": "images a step",
    "learning_rate": "the highest rate, reached after the warm-up",
    "warmup_epochs": "epochs in which the rate rises",
    "weight_decay": "how strongly weights are pulled to zero",
    "ema_momentum": "how slowly the average of the weights follows",
    "label_smoothing": "share of each label given to the other classes",
    "patience": "epochs without a better validation accuracy before the end",
    "width": "channels of the first convolution; the others follow",
    "blocks": "residual blocks at 24x24, 12x12 and 6x6",
    "dropout": "share of the features dropped while training",
    "stochastic_depth": "how often the last residual block is skipped while training",
    "sizes": "side of the images, pixels, each for an equal part of the epochs; ends with 48",
    "mixup_alpha": "blend pairs of images, in a proportion from Beta(N, N); 0 for never",
    "cutmix_alpha": "paste a part of another image, of a size from Beta(N, N); 0 for never",
    "mix_probability": "share of the batches that mixup or CutMix change",
    "rotation": "standard deviation of the images' rotation, degrees",
    "scale": "largest change of the images' size, as a logarithm",
    "shift": "largest shift of the images, pixels",
    "degrade_probability": "share of the images degraded as webcams do",
    "erase_probability": "share of the images with a part of the face hidden",
    "distillation_weight": "share of the teachers' answers in what is learned",
    "seed": "makes a run repeatable",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser)
    parser.add_argument(
        "--teachers",
        type=positive_int,
        metavar="N",
        help="train N networks, one after another, each from its own seed, into FOLDER/teacher1, "
        "...; `emoapp distill` makes one model of them",
    )


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """The data, the output and the recipe: what every kind of training asks for."""
    add_data_arguments(parser)
    add_photo_arguments(
        parser, "the pictures in folders are photographs: find the faces and cut them out first"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--resume", action=Flag, help="go on with the run in --output")
    parser.add_argument(
        "--overwrite", action=Flag, help="begin anew where a run or a model is in --output"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE.keras",
        help="begin with the weights of a trained model (models/model.keras is the shipped one)",
    )
    parser.add_argument(
        "--views",
        type=whole(1, 8),
        default=2,
        metavar="N",
        help="looks at each image of which a teacher's answers are averaged, up to 8: as it is, "
        "mirrored, then shifted and scaled (default: 2)",
    )
    parser.add_argument(
        "--float32",
        action=Flag,
        default=None,
        help="compute in float32 instead of mixed bfloat16 (default: where the processor has no "
        "units for bfloat16)",
    )
    recipe = parser.add_argument_group("recipe")
    for field in fields(TrainConfig):
        if field.name in _EXPLAINED:
            recipe.add_argument(
                f"--{field.name.replace('_', '-')}",
                default=field.default,
                metavar="N",
                help=f"{_EXPLAINED[field.name]} (default: {_typed(field.default)})",
                type=_TYPES[field.name],
                nargs=_COUNTS.get(field.name),
            )


def _typed(default) -> str:
    """A value as it would be typed."""
    return " ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def run(args: argparse.Namespace) -> int:
    need_training()
    known = read_data(args)
    config = recipe(args)
    if args.teachers is None:
        train_one(args, config, known, args.output)
        return 0
    for number in range(1, args.teachers + 1):
        folder = args.output / f"teacher{number}"
        if args.resume and (folder / SOFT_LABELS).exists():
            say(f"{folder}: done before")
            continue
        say(f"teacher {number} of {args.teachers}")
        train_one(
            args,
            replace(config, seed=config.seed + number - 1),
            known,
            folder,
            # The first that is not done may not have been begun either.
            resume=args.resume and (folder / "checkpoints" / "state.json").exists(),
        )
        ask_teachers([folder], known.whole, folder / SOFT_LABELS, views=args.views)
    say(
        f"next: emoapp distill --data {args.data} {'--photos ' if args.photos else ''}"
        f"--teachers {args.output}/teacher*/{SOFT_LABELS} --output FOLDER"
    )
    return 0


def recipe(args: argparse.Namespace) -> TrainConfig:
    from emoapp.training.dataset import SIZE
    from emoapp.training.hardware import has_bfloat16_units

    settings = {name: getattr(args, name) for name in _EXPLAINED}
    for name in ("blocks", "sizes"):
        settings[name] = tuple(settings[name])
    if settings["sizes"][-1] != SIZE or any(size % 8 for size in settings["sizes"]):
        raise UsageError(f"--sizes: expected multiples of 8 that end with {SIZE}")
    float32 = not has_bfloat16_units() if args.float32 is None else args.float32
    return TrainConfig(mixed_bfloat16=not float32, **settings)


def train_one(
    args: argparse.Namespace,
    config: TrainConfig,
    known: TrainingData,
    output: Path,
    *,
    resume: bool | None = None,
    soft_labels: SoftLabels | None = None,
    teachers: Sequence[Path] = (),
) -> None:
    """Train one model and write all that belongs to it."""
    from emoapp.cli.evaluate import print_evaluation
    from emoapp.training.artifacts import check_model_folder, write_artifacts
    from emoapp.training.train import train

    resume = args.resume if resume is None else resume
    inputs = args.data, args.ferplus, args.start_from, *teachers
    check_model_folder(output, inputs, overwrite=args.overwrite or resume)
    training = known.training
    model = train(
        config,
        training,
        known.validation,
        output,
        resume=resume,
        start_from=args.start_from,
        soft_labels=soft_labels,
    )
    evaluation = write_artifacts(
        model,
        known.validation,
        output,
        test=known.test,
        photographs=stand_ins(args, known.validation),
        made={
            "data": {
                "name": args.data.name,
                "training": len(training),
                "validation": len(known.validation),
                "ferplus": training.votes is not None,
                "start_from": str(args.start_from) if args.start_from else None,
                "teachers": [str(path) for path in teachers],
            },
            "config": asdict(config),
        },
    )
    print_evaluation(evaluation)
    say(f"wrote {output}; use it with: emoapp live --model {output}")
