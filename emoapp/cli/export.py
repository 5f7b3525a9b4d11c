"""`emoapp export`: the file for live use, from a trained network, or from several in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_training
from emoapp.cli.option_groups import data_options, photo_options
from emoapp.cli.options import flag, option
from emoapp.cli.values import PATH, OneOf
from emoapp.errors import ModelError
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.classifiers.description import Head, ModelDescription


@cli_command("export")
@option(
    "--model",
    type=PATH,
    several=True,
    required=True,
    metavar="FILE.keras...",
    help="the network, with its emotion.json beside it; several of the same labels become one "
    "model, which answers with the mean of theirs",
)
@option("--output", type=PATH, required=True, metavar="FOLDER", help="folder for the model")
@option(
    "--precision",
    type=OneOf(["int8", "float16", "float32"]),
    default="int8",
    help="precision of the weights (default: int8, which takes a third of float32's time)",
)
@flag(
    "--mirror",
    help="classify the mirrored face too: slightly better, twice the time",
)
@data_options(
    required=False,
    explanation="what the network was trained on, to measure the result and to fit how sure it "
    "says it is (default: neither is done)",
)
@photo_options(
    "the pictures in folders are photographs: find the faces and cut them out first, as for the "
    "training"
)
@flag("--overwrite", help="replace an existing model in --output")
@option(
    "--split",
    metavar="NAME",
    help="what to fit and measure on, for a network that was trained on all of the training "
    "split (default: what training leaves out of it)",
)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
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
        _write_measured(args, network, made)
    else:
        _write_unmeasured(args, network, made, [description for _, description in found])
    return 0


def _asks(description: ModelDescription) -> tuple[object, ...]:
    """Return what two models must have in common to answer together."""
    heads = [(head.name, head.labels) for head in description.heads]
    return description.labels, heads, description.crop_template


def _write_measured(args: SimpleNamespace, network: Any, made: dict[str, Any]) -> None:
    """Write the files with temperatures fitted to the validation split, and the figures there."""
    from emoapp.cli.evaluation_output import print_evaluation
    from emoapp.cli.training_data import read_splits, stand_ins
    from emoapp.training import data
    from emoapp.training.artifacts import write_artifacts

    splits = read_splits(args)
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


def _write_unmeasured(
    args: SimpleNamespace,
    network: Any,
    made: dict[str, Any],
    descriptions: Sequence[ModelDescription],
) -> None:
    """Write the files alone, the temperatures as they were."""
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


def _mean_temperatures(by_model: list[tuple[Head, ...]]) -> tuple[Head, ...]:
    return tuple(
        replace(heads[0], temperature=sum(head.temperature for head in heads) / len(heads))
        for heads in zip(*by_model, strict=True)
    )
