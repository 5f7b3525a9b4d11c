"""`emoapp train`: from labelled pictures to a model."""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path

from emoapp.cli.common import (
    add_data_arguments,
    add_photo_arguments,
    need_training,
    print_notes,
    progress_bar,
    progress_of,
)
from emoapp.cli.flags import Flag
from emoapp.cli.numbers import from_to, not_negative, positive, positive_int, share, whole
from emoapp.errors import UsageError
from emoapp.terminal import say, sayable
from emoapp.training.config import TrainConfig

HELP = "Train a model, or teachers for one, on FER-2013 or on folders of pictures."

SOFT_LABELS = "soft_labels.npz"

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
    "camera": share,
    "hidden": share,
    "soft_share": share,
    "seed": whole(0, 2**31 - 1),
}
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
    "camera": "share of the images degraded as webcams do",
    "hidden": "share of the images with a part of the face hidden",
    "soft_share": "share of the teachers' answers in what is learned, where there are teachers",
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
        "--start-from",
        type=Path,
        metavar="FILE.keras",
        help="begin with the weights of a trained model (models/model.keras is the shipped one)",
    )
    parser.add_argument(
        "--float32", action=Flag, help="compute in float32 instead of mixed bfloat16"
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
                nargs=len(field.default) if isinstance(field.default, tuple) else None,
            )


def _typed(default) -> str:
    """A value as it would be typed."""
    return " ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def run(args: argparse.Namespace) -> int:
    need_training()
    training, validation = read_splits(args)
    config = recipe(args)
    if args.teachers is None:
        train_one(args, config, training, validation, args.output)
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
            training,
            validation,
            folder,
            # The first that is not done may not have been begun either.
            resume=args.resume and (folder / "checkpoints" / "state.json").exists(),
        )
        ask_teachers([folder], training, folder / SOFT_LABELS)
    say(
        f"next: emoapp distill --data {args.data} {'--photos ' if args.photos else ''}"
        f"--teachers {args.output}/teacher*/{SOFT_LABELS} --output FOLDER"
    )
    return 0


def read_splits(args: argparse.Namespace):
    """The images to train on and those to choose by."""
    from emoapp.detectors import open_detector
    from emoapp.training import data, photos

    say(f"reading {args.data}")
    options = {"ferplus": args.ferplus, "skip_bad": args.skip_bad}
    if args.photos and data.is_table(args.data):
        raise UsageError(f"--photos is for folders of photographs; {args.data} has crops")
    if args.photos:
        with open_detector(args.detector) as detector, progress_bar() as bar:
            splits = data.load(
                args.data,
                cut=photos.cutter(detector),
                progress=progress_of(bar, "faces"),
                **options,
            )
    else:
        splits = data.load(args.data, **options)
    print_notes(*splits.values())
    if next(iter(splits.values())).missed is not None:
        splits = photos.with_faces(splits)
    training, validation = data.training_and_validation(splits, args.seed)
    say(f"{len(training)} images to train on, {len(validation)} to choose by")
    return training, validation


def recipe(args: argparse.Namespace) -> TrainConfig:
    settings = {name: getattr(args, name) for name in _EXPLAINED}
    settings["blocks"] = tuple(settings["blocks"])
    return TrainConfig(mixed_bfloat16=not args.float32, **settings)


def train_one(
    args, config, training, validation, output: Path, *, resume=None, soft_labels=None, teachers=()
) -> None:
    """Train one model and write all that belongs to it."""
    from emoapp.cli.evaluate import print_evaluation
    from emoapp.training.artifacts import check_model_folder, write_artifacts
    from emoapp.training.train import train

    check_model_folder(output, (args.data, args.ferplus, args.start_from, *teachers))
    model = train(
        config,
        training,
        validation,
        output,
        resume=args.resume if resume is None else resume,
        start_from=args.start_from,
        soft_labels=soft_labels,
    )
    evaluation = write_artifacts(
        model,
        validation,
        output,
        made={
            "data": {
                "name": args.data.name,
                "training": len(training),
                "validation": len(validation),
                "ferplus": training.votes is not None,
                "start_from": str(args.start_from) if args.start_from else None,
                "teachers": [str(path) for path in teachers],
            },
            "config": asdict(config),
        },
    )
    print_evaluation(evaluation)
    say(f"wrote {output}; use it with: emoapp live --model {output}")


def ask_teachers(teachers: list[Path], training, output: Path):
    """The mean answer of the teachers on the training images, which is written to `output`."""
    from emoapp.training.distill import gather, write_soft_labels

    with progress_bar() as bar:
        task = bar.add_task("teachers", total=len(training))
        soft = gather(
            teachers,
            training,
            progress=lambda name, done: bar.update(task, description=sayable(name), completed=done),
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    write_soft_labels(output, soft, training)
    return soft
