"""`emoapp train`: from labeled pictures to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_training
from emoapp.cli.option_groups import data_options, photo_options
from emoapp.cli.options import compose, flag, option
from emoapp.cli.recipe import recipe, recipe_options
from emoapp.cli.training_data import SOFT_LABELS, ask_teachers, read_data, stand_ins
from emoapp.cli.values import PATH, POSITIVE_INT, POSITIVE_SHARE, WholeNumber
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.training.config import TrainConfig
    from emoapp.training.data import TrainingData
    from emoapp.training.distill import SoftLabels

run_options = compose(
    data_options(),
    photo_options("the pictures in folders are photographs: find the faces and cut them out first"),
    option("--output", type=PATH, required=True, metavar="FOLDER", help="folder for the run"),
    flag("--resume", help="resume the run in --output"),
    flag("--overwrite", help="replace an existing run or model in --output"),
    option(
        "--start-from",
        type=PATH,
        metavar="FILE.keras",
        help="start from the weights of a trained model (models/model.keras is the shipped one)",
    ),
    option(
        "--views",
        type=WholeNumber(1, 8),
        default=2,
        metavar="N",
        help="views of each image over which a teacher's answers are averaged, up to 8: as it is, "
        "mirrored, then shifted and scaled (default: 2)",
    ),
    flag(
        "--float32",
        default=None,
        help="compute in float32 instead of mixed bfloat16 (default: where the processor has no "
        "units for bfloat16)",
    ),
    option(
        "--share",
        type=POSITIVE_SHARE,
        default=1.0,
        metavar="S",
        help="train on this share of the training images, always the same ones (default: 1)",
    ),
    recipe_options,
)
"""The data, the output and the recipe: what every kind of training asks for."""


@cli_command("train")
@run_options
@option(
    "--teachers",
    type=POSITIVE_INT,
    metavar="N",
    help="train N networks, one after another, each from its own seed, into FOLDER/teacher1, "
    "...; `emoapp distill` makes one model of them",
)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
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
            resume=args.resume and has_state(folder),
        )
        ask_teachers([folder], known.whole, folder / SOFT_LABELS, views=args.views)
    say(
        f"next: emoapp distill --data {args.data} {'--photos ' if args.photos else ''}"
        f"--teachers {args.output}/teacher*/{SOFT_LABELS} --output FOLDER"
    )
    return 0


def check_run_folder(
    args: SimpleNamespace, output: Path, teachers: Sequence[Path] = (), others: Sequence[str] = ()
) -> bool:
    """Check that a run can be written into a folder, or resumed there.

    Args:
        args: The values of the options.
        output: The folder of the run.
        teachers: The files of the teachers.
        others: Names of other files that are to be written there.

    Returns:
        Whether to resume what is there: not a run that was interrupted in its first epoch, which
        begins anew.

    Raises:
        UsageError: If an input would be replaced.
        OutputExistsError: If a model or a training run is there that must not be replaced.
    """
    from emoapp.training.artifacts import check_model_folder
    from emoapp.training.config import HISTORY_FILE

    known = has_state(output)
    check_model_folder(
        output,
        (args.data, args.ferplus, args.start_from, *teachers),
        others=others,
        overwrite=args.overwrite or (args.resume and known),
        restart=args.resume,
    )
    return args.resume and (known or not (output / HISTORY_FILE).exists())


def has_state(output: Path) -> bool:
    """Return whether a run has completed an epoch, after which it can be resumed."""
    from emoapp.training.checkpoint import CHECKPOINTS, STATE

    return (output / CHECKPOINTS / STATE).exists()


def train_one(
    args: SimpleNamespace,
    config: TrainConfig,
    known: TrainingData,
    output: Path,
    *,
    resume: bool | None = None,
    soft_labels: SoftLabels | None = None,
    teachers: Sequence[Path] = (),
) -> None:
    """Train one model and write all of its files.

    Args:
        args: The values of the options.
        config: The numbers of the run.
        known: The images.
        output: The folder of the run.
        resume: Go on with the run in that folder; None for what `check_run_folder` says.
        soft_labels: What teachers say of the training images; None for none.
        teachers: The files of the teachers.
    """
    from emoapp.cli.evaluation_output import print_evaluation
    from emoapp.training.artifacts import write_artifacts
    from emoapp.training.train import train

    found = check_run_folder(args, output, teachers)
    resume = found if resume is None else resume
    model = train(
        config,
        known.training,
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
        made={"data": _data_record(args, known, teachers), "config": asdict(config)},
    )
    print_evaluation(evaluation)
    say(f"wrote {output}; use it with: emoapp live --model {output}")


def _data_record(
    args: SimpleNamespace, known: TrainingData, teachers: Sequence[Path]
) -> dict[str, Any]:
    """Return the record of the training data for the model's description."""
    return {
        "name": args.data.name,
        "training": len(known.training),
        "validation": len(known.validation),
        "ferplus": known.training.votes is not None,
        "start_from": str(args.start_from) if args.start_from else None,
        "teachers": [str(path) for path in teachers],
    }
