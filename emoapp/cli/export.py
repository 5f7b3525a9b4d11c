"""`emoapp export`: the file for live use, from a trained network."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from emoapp.cli.common import need_training

HELP = "Convert a trained network to the file that live use runs."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        type=Path,
        required=True,
        metavar="FILE.keras",
        help="the network, with its emotion.json beside it",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument(
        "--precision",
        choices=("int8", "float16", "float32"),
        default="int8",
        help="how the weights are kept (default: int8, a third of the time of float32)",
    )


def run(args: argparse.Namespace) -> int:
    need_training()
    from emoapp.classifiers.description import FILE_NAME, find_model, sha256_of

    path, description = find_model(args.model, suffix=".keras")
    import keras

    from emoapp.training.artifacts import TFLITE_FILE
    from emoapp.training.export import write_tflite

    args.output.mkdir(parents=True, exist_ok=True)
    target = args.output / TFLITE_FILE
    write_tflite(
        target,
        keras.models.load_model(path, compile=False),
        [head.name for head in description.heads],
        precision=args.precision,
    )
    replace(
        description,
        sha256={**description.sha256, target.name: sha256_of(target)},
        made={**description.made, "precision": args.precision},
    ).write(args.output / FILE_NAME)
    print(f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB) and {FILE_NAME}")
    return 0
