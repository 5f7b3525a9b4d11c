"""`emoapp evaluate`: how good a model is on labeled crops, on photographs, on bad pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_packages, print_notes, progress_bar, progress_of
from emoapp.cli.evaluation_output import (
    print_direct,
    print_evaluation,
    print_robustness,
    write_everything,
)
from emoapp.cli.option_groups import data_options, photo_options
from emoapp.cli.options import flag, option
from emoapp.cli.values import PATH
from emoapp.errors import UsageError
from emoapp.training.config import HISTORY_FILE
from emoapp.utils.stats import write_json
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.classifiers import Classifier
    from emoapp.profiles.use import ProfileCorrector
    from emoapp.training.dataset import Dataset
    from emoapp.training.results import Evaluation, HeadResult
    from emoapp.training.robustness import Row


@cli_command("evaluate")
@data_options()
@option(
    "--split",
    metavar="NAME",
    help="PublicTest, PrivateTest, Training, or validation, test, train "
    "(default: PublicTest, or the only one there is)",
)
@flag(
    "--without-copies",
    help="leave out images of FER-2013 that are copies of images of its training split",
)
@option(
    "--model", type=PATH, metavar="FILE", help="a .tflite file or its folder (default: shipped)"
)
@photo_options(
    "the pictures are photographs: find and align the face first, as live use does; of "
    "FER-2013's crops photographs are made (larger, tilted, off the middle, in other light)",
)
@option(
    "--profile",
    metavar="NAME",
    help="use a profile that `emoapp profile learn` made, as live use shows this person",
)
@option(
    "--only",
    several=True,
    metavar="LABEL...",
    help="restrict the answers to these labels, for a fair comparison",
)
@flag(
    "--robustness",
    help="also measure under blur, noise, darkness, rotation, shift, small faces, compression",
)
@option("--json", type=PATH, metavar="FILE", help="write the figures to this file")
@option(
    "--report",
    type=PATH,
    metavar="FOLDER",
    help="write confusion matrices, plots and example faces to this folder",
)
@flag("--overwrite", help="replace existing figures and reports")
@option(
    "--history",
    type=PATH,
    metavar="CSV",
    help=f"the training's {HISTORY_FILE}, for the report's curves (default: beside the model)",
)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    need_packages("evaluate", "matplotlib", "scipy", "sklearn")
    _check_outputs(args)
    dataset, crops = read(args)
    print_notes(dataset)
    evaluation, direct, rows = _measure(args, dataset, crops)
    print_evaluation(evaluation)
    figures: dict[str, Any] = evaluation.as_dict()
    if direct is not None:
        figures |= print_direct(direct)
    if rows is not None:
        print_robustness(rows)
        figures["robustness"] = {row.change: row.as_dict() for row in rows}
    if args.json is not None:
        write_json(args.json, figures)
        say(f"wrote {args.json}")
    if args.report is not None:
        for path in write_everything(args, evaluation, dataset, rows):
            say(f"wrote {path}")
    return 0


def _measure(
    args: SimpleNamespace, dataset: Dataset, crops: Dataset | None
) -> tuple[Evaluation, HeadResult | None, list[Row] | None]:
    """Return the figures on the images, those on the crops, and those under each change."""
    from emoapp.classifiers import open_classifier
    from emoapp.labels import CONTEMPT
    from emoapp.training.evaluate import evaluate
    from emoapp.training.robustness import robustness

    contempt = CONTEMPT in dataset.names and dataset.missed is not None
    rows = direct = None
    with (
        open_classifier(args.model, device="cpu", contempt=contempt) as classifier,
        progress_bar() as bar,
    ):
        corrector = _corrector(args, classifier)
        evaluation = evaluate(
            classifier,
            dataset,
            only=args.only,
            corrector=corrector,
            progress=progress_of(bar, "images"),
        )
        if crops is not None:
            direct = evaluate(classifier, crops, shown=True, timed=False).main
        if args.robustness:
            rows = robustness(
                classifier,
                dataset,
                only=args.only,
                corrector=corrector,
                progress=progress_of(bar, "changes"),
            )
    return evaluation, direct, rows


def _corrector(args: SimpleNamespace, classifier: Classifier) -> ProfileCorrector | None:
    if args.profile is None:
        return None
    from emoapp.profiles.use import open_corrector

    return open_corrector(args.profile, classifier)


def _check_outputs(args: SimpleNamespace) -> None:
    """Raise an error where an output would replace what must stay."""
    from emoapp.sinks.files import check_empty
    from emoapp.sinks.targets import check_targets

    check_targets(
        others=(args.json,), inputs=(args.data, args.ferplus, args.model), overwrite=args.overwrite
    )
    if args.report is not None and not args.overwrite:
        check_empty(args.report)


def read(args: SimpleNamespace) -> tuple[Dataset, Dataset | None]:
    """Read the images to measure on.

    Args:
        args: The values of the options.

    Returns:
        The images, of photographs the faces; and of crops that were made into photographs the
        crops themselves, else None.

    Raises:
        UsageError: `--without-copies` was given for a folder.
    """
    from emoapp.classifiers.description import find_model
    from emoapp.detectors import open_detector
    from emoapp.training import data, photos

    options = {
        "ferplus": args.ferplus,
        "skip_bad": args.skip_bad,
        "without_copies": args.without_copies,
    }
    if args.without_copies and not data.is_table(args.data):
        raise UsageError(f"--without-copies is for FER-2013's table; {args.data} is a folder")
    if not args.photos:
        return data.load_split(args.data, args.split, **options), None
    _, description = find_model(args.model, suffix=".tflite")
    with open_detector(args.detector) as detector, progress_bar() as bar:
        cut = photos.cutter(detector, description.crop_template)
        if not data.is_table(args.data):
            report = progress_of(bar, "faces")
            return data.load_split(args.data, args.split, cut=cut, **options, progress=report), None
        crops = data.load_split(args.data, args.split, **options)
        return photos.cut_again(crops, cut, progress=progress_of(bar, "faces")), crops
