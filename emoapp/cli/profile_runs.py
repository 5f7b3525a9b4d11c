"""Learn and test a profile, and print its figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.common import progress_bar, progress_of
from emoapp.errors import EmoappError, NoScreenError, OutputExistsError, UsageError
from emoapp.labels import EMOTIONS, by_canonical_name, canonical_label
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
    if (args.video is None) != (args.labels is None):
        raise UsageError("--video and --labels go together")
    from emoapp.profiles import store

    path = store.path_of(args.name)
    if path.exists() and not args.overwrite:
        raise OutputExistsError(
            f"the profile {args.name} is there already. Choose another name, or add `--overwrite`."
        )
    if args.photos is None and args.video is None:
        return _learn_guided(args, path)
    from emoapp.classifiers import open_classifier
    from emoapp.profiles.profile import new_profile

    with open_classifier(args.model, device="cpu") as classifier:
        collected = _collect(args, classifier)
        own = [label for label in args.own_label if label in collected.labels]
        samples = collected.samples(classifier, own)
        checksum = classifier.description.checksum
    profile = new_profile(args.name, checksum, samples, keep_pictures=args.keep_pictures)
    store.save(profile, overwrite=args.overwrite)
    print_learned(profile)
    say(f"wrote {path}")
    return 0


def _learn_guided(args: SimpleNamespace, path: Path) -> int:
    """Learn a profile in a guided minute."""
    from emoapp.app.live import run_live
    from emoapp.config import GuidedConfig, LiveConfig

    check_own_labels(args.own_label, EMOTIONS)
    guided = GuidedConfig(
        args.name, tuple(args.own_label), args.keep_pictures, overwrite=args.overwrite
    )
    config = LiveConfig(source=args.source, detector=args.detector, model=args.model, guided=guided)
    try:
        numbers = run_live(config)
    except NoScreenError as exc:
        raise UsageError(
            "the guided minute needs a window, and there is no screen for one; learn from "
            "--photos FOLDER, or --video CLIP --labels CSV"
        ) from exc
    profile = numbers["profile"]
    if profile is None:
        say("nothing was saved")
    else:
        print_learned(profile)
        say(f"wrote {path}")
    return EmoappError.exit_status if numbers["faults"] else 0


def check_own_labels(own: Sequence[str], labels: Sequence[str]) -> None:
    """Check labels of one's own.

    Args:
        own: As the user gave them.
        labels: The model's.

    Raises:
        UsageError: One is the model's already, or is given twice, or is empty.
    """
    known, names = by_canonical_name(labels), [canonical_label(label) for label in own]
    for label, name in zip(own, names, strict=True):
        if name in known:
            raise UsageError(
                f"--own-label {label}: the model knows {canonical_label(label)} already"
            )
        if not name or names.count(name) > 1:
            raise UsageError(f"--own-label {label}: expected labels that differ")


def print_learned(profile: Profile) -> None:
    """Print what was learned.

    Args:
        profile: The profile.
    """
    samples = profile.samples
    counts = samples.counts
    say(f"{len(samples)} faces: {', '.join(f'{label} {n}' for label, n in counts.items())}")
    few = [label for label, count in counts.items() if count < MIN_SAMPLES]
    if few:
        say(f"more of these would help: {', '.join(few)}")
    print_figures(profile)


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
        args.own_label = profile.own_labels
        collected = _collect(args, classifier)
        tested = measure(profile, collected.samples(classifier, profile.own_labels))
    _print_tested(args.name, tested)
    if args.json is not None:
        fits = {"fits": tested.fits, "other_person": tested.other_person}
        write_json(args.json, tested.as_dict() | fits)
        say(f"wrote {args.json}")
    return 0


def _collect(args: SimpleNamespace, classifier: Classifier) -> Collected:
    from emoapp.detectors import open_detector
    from emoapp.profiles.collect import from_photos, from_video
    from emoapp.profiles.spans import read_spans

    check_own_labels(args.own_label, classifier.labels)
    with open_detector(args.detector) as detector, progress_bar() as bar:
        if args.photos is not None:
            report = progress_of(bar, "faces")
            collected = from_photos(
                args.photos, detector, classifier, own=args.own_label, progress=report
            )
        else:
            spans = read_spans(args.labels, (*classifier.labels, *args.own_label))
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
    hidden = [
        label
        for label, shown in zip(profile.own_labels, figures["shown"], strict=False)
        if not shown
    ]
    if hidden:
        say(f"not told apart well enough to be shown: {', '.join(hidden)}")
    if profile.correction is None:
        say("not adopted: it would not have helped; with the profile all stays as it is")
    else:
        say("adopted: it helps")
    if confusions:
        for when in ("before", "after"):
            _print_confusion(when, profile.samples.all_names, figures[when]["confusion"])


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
