"""`emoapp distill`: one small model that has learned from several larger or different ones."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import need_training
from emoapp.cli.train import add_run_arguments, recipe, train_one
from emoapp.cli.training_data import SOFT_LABELS, ask_teachers, read_data
from emoapp.utils.terminal import say

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
    known = read_data(args)
    say(f"asking {len(args.teachers)} teachers")
    soft = ask_teachers(args.teachers, known.whole, args.output / SOFT_LABELS, views=args.views)
    train_one(
        args,
        recipe(args),
        known,
        args.output,
        soft_labels={head: values[~known.held] for head, values in soft.items()},
        teachers=args.teachers,
    )
    return 0
