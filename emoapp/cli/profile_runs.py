"""Learn and test a profile, and print its figures."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.common import progress_bar, progress_of
from emoapp.errors import OutputExistsError, UsageError
from emoapp.utils.stats import write_json
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.classifiers import Classifier
    from emoapp.profiles.collect import Collected
    from emoapp.profiles.measuring import Tested
    from emoapp.profiles.profile import Profile

MAX_LEFT_OUT = 20
"""How many lines about what was left out are printed."""

MIN_SAMPLES = 3
"""Labels with fewer faces are mentioned."""


def learn(args: SimpleNamespace) -> int:
    """Run `emoapp profile learn`.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    if (args.photos is None) == (args.video is None):
        raise UsageError("say what to learn from: --photos FOLDER, or --video CLIP --labels CSV")
    if (args.video is None) != (args.labels is None):
        raise UsageError("--video and --labels go together")
    from emoapp.classifiers import open_classifier
    from emoapp.profiles import store
    from emoapp.profiles.profile import new_profile

    path = store.path_of(args.name)
    if path.exists() and not args.overwrite:
        raise OutputExistsError(
            f"the profile {args.name} is there already. Choose another name, or add `--overwrite`."
        )
    with open_classifier(args.model, device="cpu") as classifier:
        samples = _collect(args, classifier).samples(classifier)
        checksum = classifier.description.checksum
    profile = new_profile(args.name, checksum, samples, keep_pictures=args.keep_pictures)
    store.save(profile, overwrite=args.overwrite)
    counts = samples.counts
    say(f"{len(samples)} faces: {', '.join(f'{label} {n}' for label, n in counts.items())}")
    few = [label for label, count in counts.items() if count < MIN_SAMPLES]
    if few:
        say(f"more of these would help: {', '.join(few)}")
    print_figures(profile)
    say(f"wrote {path}")
    return 0


def test(args: SimpleNamespace) -> int:
    """Run `emoapp profile test`.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    if args.photos is None:
        raise UsageError("say what to test on: --photos FOLDER")
    from emoapp.classifiers import open_classifier
    from emoapp.profiles.measuring import measure
    from emoapp.profiles.use import load_for
    from emoapp.sinks.targets import check_targets

    check_targets(others=(args.json,), overwrite=args.overwrite)
    with open_classifier(args.model, device="cpu") as classifier:
        profile = load_for(args.name, classifier)
        tested = measure(profile, _collect(args, classifier).samples(classifier))
    _print_tested(args.name, tested)
    if args.json is not None:
        fits = {"fits": tested.fits, "other_person": tested.other_person}
        write_json(args.json, tested.as_dict() | fits)
        say(f"wrote {args.json}")
    return 0


def _collect(args: SimpleNamespace, classifier: Classifier) -> Collected:
    from emoapp.detectors import open_detector
    from emoapp.profiles.collect import from_photos, from_video, read_spans

    with open_detector(args.detector) as detector, progress_bar() as bar:
        if args.photos is not None:
            report = progress_of(bar, "faces")
            collected = from_photos(args.photos, detector, classifier, progress=report)
        else:
            spans = read_spans(args.labels, classifier.labels)
            report = progress_of(bar, "frames")
            collected = from_video(args.video, spans, detector, classifier, progress=report)
    for line in collected.left_out[:MAX_LEFT_OUT]:
        say(f"left out: {line}")
    if len(collected.left_out) > MAX_LEFT_OUT:
        say(f"and {len(collected.left_out) - MAX_LEFT_OUT} more")
    return collected


def print_figures(profile: Profile, *, confusions: bool = False) -> None:
    """Print the results of a profile's cross-validation.

    Args:
        profile: The profile.
        confusions: Print the confusion matrices too.
    """
    figures = profile.figures
    if "before" not in figures:
        say(
            "nothing was learned: each label needs at least two photographs, or a video with "
            "several seconds of it"
        )
        return
    for when in ("before", "after"):
        found = figures[when]
        say(
            f"{when}: right {found['right']} of {figures['tested']} by cross-validation, "
            f"balanced {found['balanced_accuracy']:.1%}, among the learned labels "
            f"{found['restricted_balanced_accuracy']:.1%}, calibration error {found['ece']:.1%}"
        )
    if profile.correction is None:
        say("not adopted: it would not have helped; with the profile all stays as it is")
    else:
        say("adopted: it helps")
    if confusions:
        for when in ("before", "after"):
            _print_confusion(when, profile.samples.names, figures[when]["confusion"])


def _print_confusion(when: str, names: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(f"{when}: labeled", *names, title="columns: what was shown")
    for name, row in zip(names, counts, strict=True):
        if any(row):
            table.add_row(name, *(str(count or "") for count in row))
    Console().print(table)


def _print_tested(name: str, tested: Tested) -> None:
    from rich.console import Console
    from rich.table import Table

    figures = tested.as_dict()
    table = Table(f"{figures['n']} faces", "without", f"with {name}")
    for title, key in (
        ("accuracy", "accuracy"),
        ("balanced", "balanced_accuracy"),
        ("balanced, among these labels", "restricted_balanced_accuracy"),
        ("calibration error", "ece"),
    ):
        table.add_row(title, f"{figures[f'{key}_without']:.1%}", f"{figures[key]:.1%}")
    Console().print(table)
    if tested.other_person:
        say(f"the profile {name} does not fit: most of these faces look like another person's")
    elif not tested.fits:
        say(f"the profile {name} does not fit: without it more is right")
