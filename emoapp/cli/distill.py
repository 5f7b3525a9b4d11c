"""`emoapp distill`: one small model that has learned from several larger or different ones."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import need_training
from emoapp.cli.train import (
    SOFT_LABELS,
    add_run_arguments,
    ask_teachers,
    read_splits,
    recipe,
    train_one,
)
from emoapp.terminal import say

HELP = "Train a model on the labels and on what other models say of the pictures."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run_arguments(parser)
    parser.add_argument(
        "--teachers",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="trained models (model.keras, or the folder of a run), or what they said of these "
        f"pictures ({SOFT_LABELS})",
    )


def run(args: argparse.Namespace) -> int:
    need_training()
    training, validation = read_splits(args)
    say(f"asking {len(args.teachers)} teachers")
    soft = ask_teachers(args.teachers, training, args.output / SOFT_LABELS)
    train_one(
        args,
        recipe(args),
        training,
        validation,
        args.output,
        soft_labels=soft,
        teachers=args.teachers,
    )
    return 0
