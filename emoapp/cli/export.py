"""`emoapp export`: the file for live use, from a trained network, or from several in one."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from emoapp.cli.common import add_data_arguments, need_training
from emoapp.cli.flags import Flag
from emoapp.errors import ModelError
from emoapp.utils.terminal import say

HELP = "Convert a trained network, or several as one, to the file that live use runs."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE.keras",
        help="the network, with its emotion.json beside it; several of the same labels become one "
        "model, which answers with their mean",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument(
        "--precision",
        choices=("int8", "float16", "float32"),
        default="int8",
        help="how the weights are kept (default: int8, a third of the time of float32)",
    )
    parser.add_argument(
        "--mirror",
        action=Flag,
        help="let the model look at the mirrored face too: a little better, twice the time",
    )
    add_data_arguments(
        parser,
        required=False,
        explained="what the network was trained on, to measure the result and to fit how sure it "
        "says it is (default: neither is done)",
    )
    parser.add_argument("--overwrite", action=Flag, help="replace a model that is in --output")
    parser.add_argument(
        "--split",
        metavar="NAME",
        help="what to fit and measure on, for a network that was trained on all of the training "
        "split (default: what training leaves out of it)",
    )


def run(args: argparse.Namespace) -> int:
    need_training()
    from emoapp.classifiers.description import find_model
    from emoapp.training.artifacts import check_model_folder

    found = [find_model(path, suffix=".keras") for path in args.model]
    inputs = args.data, args.ferplus, *(path for path, _ in found)
    check_model_folder(args.output, inputs, overwrite=args.overwrite)
    first = found[0][1]
    for path, description in found[1:]:
        if _asks(description) != _asks(first):
            raise ModelError(f"{path}: has other labels or another template than {found[0][0]}")

    import keras

    from emoapp.training.branches import join

    networks = [keras.models.load_model(path, compile=False) for path, _ in found]
    joined = len(networks) > 1 or args.mirror
    network = join(networks, mirror=args.mirror) if joined else networks[0]
    made = dict(first.made)
    if joined:
        made = {
            "mirror": args.mirror,
            "branches": [
                {"file": str(path), "sha256": description.sha256.get(path.name), **description.made}
                for path, description in found
            ],
        }
    if args.data is not None:
        _write_measured(args, network, made, first)
    else:
        _write_unmeasured(args, network, made, [description for _, description in found])
    return 0


def _asks(description) -> tuple:
    """What two models must have in common to answer together."""
    heads = [(head.name, head.labels) for head in description.heads]
    return description.labels, heads, description.crop_template


def _write_measured(args: argparse.Namespace, network, made: dict, description) -> None:
    """The files with temperatures fitted to the validation split, and the figures there."""
    from emoapp.cli.evaluate import print_evaluation
    from emoapp.cli.training_data import stand_ins
    from emoapp.training import data
    from emoapp.training.artifacts import write_artifacts

    splits = data.load(args.data, ferplus=args.ferplus, skip_bad=args.skip_bad)
    if args.split is None:
        known = data.training_data(splits, table=data.is_table(args.data))
        validation, test = known.validation, known.test
    else:
        validation, test = data.choose_split(splits, args.split), None
    evaluation = write_artifacts(
        network,
        validation,
        args.output,
        made=made,
        precision=args.precision,
        report=False,
        test=test,
        photographs=stand_ins(args, validation),
    )
    print_evaluation(evaluation)
    say(f"wrote {args.output}; use it with: emoapp live --model {args.output}")


def _write_unmeasured(args: argparse.Namespace, network, made: dict, descriptions: list) -> None:
    """The files alone, the temperatures as they were."""
    from emoapp.classifiers.description import FILE_NAME, sha256_of
    from emoapp.training.artifacts import KERAS_FILE, TFLITE_FILE, save_compact, versions
    from emoapp.training.export import write_tflite

    args.output.mkdir(parents=True, exist_ok=True)
    target, source = args.output / TFLITE_FILE, args.output / KERAS_FILE
    heads = [head.name for head in descriptions[0].heads]
    write_tflite(target, network, heads, precision=args.precision)
    save_compact(network, source)
    joined = "branches" in made
    if joined:
        made = {**made, "parameters": network.count_params(), "versions": versions()}
    replace(
        descriptions[0],
        heads=_mean_temperatures([description.heads for description in descriptions]),
        sha256={path.name: sha256_of(path) for path in (target, source)},
        made={**made, "precision": args.precision},
    ).write(args.output / FILE_NAME)
    say(f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB), {KERAS_FILE} and {FILE_NAME}")
    if joined:
        say(
            "how sure the model says it is was not fitted anew; with --data and the data it was "
            "trained on, it is"
        )


def _mean_temperatures(by_model: list[tuple]) -> tuple:
    return tuple(
        replace(heads[0], temperature=sum(head.temperature for head in heads) / len(heads))
        for heads in zip(*by_model, strict=True)
    )
