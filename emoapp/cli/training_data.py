"""What the commands that train read: labelled images, stand-ins for photographs, teachers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.cli.common import print_notes, progress_bar, progress_of
from emoapp.errors import UsageError
from emoapp.utils.terminal import say, sayable

if TYPE_CHECKING:
    from emoapp.training.data import TrainingData
    from emoapp.training.dataset import Dataset
    from emoapp.training.distill import SoftLabels

SOFT_LABELS = "soft_labels.npz"
"""What a teacher says of the training images, in the folder of its run."""


def read_data(args: argparse.Namespace) -> TrainingData:
    """Read the images to train on, to choose by and to report on."""
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
    known = data.training_data(splits, table=data.is_table(args.data))
    count = len(known.whole) - known.held.sum()
    say(f"{count} images to train on, {len(known.validation)} to choose by")
    return known


def stand_ins(args: argparse.Namespace, crops: Dataset) -> Dataset | None:
    """Photographs made of a table's crops, and the faces found in them; None for own pictures."""
    from emoapp.detectors import open_detector
    from emoapp.training import data, photos

    if not data.is_table(args.data):
        return None
    with open_detector("auto") as detector, progress_bar() as bar:
        return photos.cut_again(
            crops, photos.cutter(detector), progress=progress_of(bar, "photographs")
        )


def ask_teachers(
    teachers: list[Path], training: Dataset, output: Path, *, views: int
) -> SoftLabels:
    """Write the mean answer of the teachers on the training images to `output`, and return it."""
    from emoapp.training.distill import gather, write_soft_labels

    with progress_bar() as bar:
        task = bar.add_task("teachers", total=len(training))
        soft = gather(
            teachers,
            training,
            views=views,
            progress=lambda name, done: bar.update(task, description=sayable(name), completed=done),
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    write_soft_labels(output, soft, training)
    return soft
