"""`emoapp train`: from labelled pictures to a model."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from emoapp.cli.common import add_data_arguments, need_training
from emoapp.training.config import TrainConfig

HELP = "Train a model on FER-2013 or on folders of pictures."

_TYPES = {"int": int, "float": float}
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
    "dropout": "share of the features dropped while training",
    "camera": "share of the images degraded as webcams do",
    "seed": "makes a run repeatable",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --output")
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE.keras",
        help="begin with the weights of a trained model (models/model.keras is the shipped one)",
    )
    parser.add_argument(
        "--float32", action="store_true", help="compute in float32 instead of mixed bfloat16"
    )
    recipe = parser.add_argument_group("recipe")
    for field in fields(TrainConfig):
        if field.name in _EXPLAINED:
            recipe.add_argument(
                f"--{field.name.replace('_', '-')}",
                type=_TYPES[field.type],
                default=field.default,
                metavar="N",
                help=f"{_EXPLAINED[field.name]} (default: {field.default})",
            )


def run(args: argparse.Namespace) -> int:
    need_training()
    from emoapp.training import data
    from emoapp.training.artifacts import write_artifacts
    from emoapp.training.train import train

    print(f"reading {args.data}", flush=True)
    splits = data.load(args.data, ferplus=args.ferplus, skip_bad=args.skip_bad)
    for line in next(iter(splits.values())).bad:
        print(f"left out: {line}")
    training, validation = data.training_and_validation(splits, args.seed)
    print(f"{len(training)} images to train on, {len(validation)} to choose by", flush=True)
    config = TrainConfig(
        mixed_bfloat16=not args.float32, **{name: getattr(args, name) for name in _EXPLAINED}
    )
    model = train(
        config,
        training,
        validation,
        args.output,
        resume=args.resume,
        start_from=args.start_from,
    )
    evaluation = write_artifacts(
        model,
        config,
        validation,
        args.output,
        data={
            "name": args.data.name,
            "training": len(training),
            "validation": len(validation),
            "ferplus": training.votes is not None,
            "start_from": str(args.start_from) if args.start_from else None,
        },
    )
    from emoapp.cli.evaluate import print_evaluation

    print_evaluation(evaluation)
    print(f"wrote {args.output}; use it with: emoapp live --model {args.output}")
    return 0
