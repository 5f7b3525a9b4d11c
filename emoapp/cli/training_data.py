"""Read what training needs: labeled images, stand-ins for photographs, teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
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


def read_data(args: SimpleNamespace) -> TrainingData:
    """Read the images for training, validation and test.

    Args:
        args: The values of the options of a command that trains.

    Returns:
        The images.

    Raises:
        UsageError: `--photos` was given for a table of crops.
    """
    from emoapp.training import data

    known = data.training_data(read_splits(args), table=data.is_table(args.data))
    if args.share < 1:
        known = _with_share(known, args.share)
    if known.copies:
        say(f"left out: {known.copies} images that are copies of test images")
    count = len(known.whole) - known.held.sum()
    say(f"{count} images to train on, {len(known.validation)} to choose by")
    return known


def read_splits(args: SimpleNamespace) -> dict[str, Dataset]:
    """Read the images of all splits, and cut the faces out of photographs.

    Args:
        args: The values of `data_options` and `photo_options`.

    Returns:
        Split -> its dataset, without photographs in which no face was found.

    Raises:
        UsageError: `--photos` was given for a table of crops.
    """
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
    return splits


def _with_share(known: TrainingData, share: float) -> TrainingData:
    """Keep only a share of the training images."""
    import numpy as np

    from emoapp.training.dataset import subset_mask

    held = known.held.copy()
    held[np.flatnonzero(~held)[~subset_mask(known.training, share)]] = True
    return replace(known, held=held)


def stand_ins(args: SimpleNamespace, crops: Dataset) -> Dataset | None:
    """Make photographs of a table's crops, and find the faces in them.

    Args:
        args: The values of the options of a command that trains.
        crops: The crops.

    Returns:
        The faces; None for pictures of one's own.
    """
    from emoapp.detectors import open_detector
    from emoapp.training import data, photos

    if not data.is_table(args.data):
        return None
    with open_detector("auto") as detector, progress_bar() as bar:
        return photos.cut_again(
            crops, photos.cutter(detector), progress=progress_of(bar, "photographs")
        )


def ask_teachers(
    teachers: Sequence[Path], training: Dataset, output: Path, *, views: int
) -> SoftLabels:
    """Write the mean answer of teachers on the training images to a file.

    Args:
        teachers: Their files.
        training: The images.
        output: The file.
        views: Looks at each image that are averaged.

    Returns:
        The answer.
    """
    from emoapp.training.distill import write_soft_labels
    from emoapp.training.teachers import gather

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
