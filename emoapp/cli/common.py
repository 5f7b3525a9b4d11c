"""Print what several commands share: summaries, notes, missing packages, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from emoapp.errors import UsageError
from emoapp.utils.terminal import say, sayable

if TYPE_CHECKING:
    from rich.progress import Progress

    from emoapp.training.dataset import Dataset

MAX_NOTES = 20
"""How many notes on the data are printed."""


def check_action(command: str, action: str, known: Iterable[str]) -> None:
    """Check what a command is asked to do.

    Args:
        command: Its name.
        action: What was typed after it.
        known: What it can do.

    Raises:
        UsageError: It is not in `known`.
    """
    if action not in known:
        listed = ", ".join(known)
        raise UsageError(f"there is no `emoapp {command} {action}`; known are {listed}")


def is_typed(parameter: str) -> bool:
    """Return whether the command that runs got an option on its command line.

    Args:
        parameter: The option's parameter.

    Returns:
        False for an option of the settings file, which may wait there for the runs that use it.
    """
    ctx = click.get_current_context(silent=True)
    return ctx is not None and ctx.get_parameter_source(parameter) is ParameterSource.COMMANDLINE


def refuse_detail(detail: str, subject: str) -> None:
    """Refuse an option that says more about something that is off.

    Args:
        detail: The option's parameter.
        subject: The parameter of the option that switches it on.

    Raises:
        UsageError: The option was typed, and its subject not switched off on the same line.
    """
    if is_typed(detail) and not is_typed(subject):
        name, needed = detail.replace("_", "-"), subject.replace("_", "-")
        raise UsageError(
            f"--{name} says more about --{needed}, which is off: add --{needed}, or leave "
            f"--{name} out"
        )


def summary(numbers: dict[str, Any]) -> str:
    """Summarize a run in one line.

    Args:
        numbers: The run's numbers, as `--stats` writes them.

    Returns:
        The line.
    """
    frames = numbers["frames"]
    parts = [f"{frames['analysed']} frames analyzed"]
    if numbers["fps"]:
        parts = [f"{frames['analysed']} frames analyzed at {numbers['fps']:.1f} a second"]
    if frames["missed"]:
        parts.append(f"{frames['missed']} missed")
    if numbers["faces"]["mean"] is not None:
        parts.append(f"{numbers['faces']['mean']:.1f} faces a frame")
    return ", ".join(parts)


def print_notes(*datasets: Dataset) -> None:
    """Print what was left out of the data, and what else the user should know about it.

    Args:
        datasets: The splits of the data.
    """
    # The splits of one file have the same lines.
    for line in dict.fromkeys(line for dataset in datasets for line in dataset.bad):
        say(f"left out: {line}")
    notes = list(dict.fromkeys(line for dataset in datasets for line in dataset.notes))
    for line in notes[:MAX_NOTES]:
        say(line)
    if len(notes) > MAX_NOTES:
        say(f"and {len(notes) - MAX_NOTES} more")


def need_training() -> None:
    """Check that the packages of the extra "train" are installed.

    Raises:
        UsageError: One is missing; the message says how to install them.
    """
    need_packages("train", "tensorflow", "sklearn", "matplotlib")


def need_packages(extra: str, *modules: str) -> None:
    """Check that modules are installed.

    Args:
        extra: The extra of this package that brings them.
        modules: Their names.

    Raises:
        UsageError: One is missing; the message says how to install the extra.
    """
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if "tensorflow" in missing and sys.version_info >= (3, 14):
        raise UsageError(
            "this needs TensorFlow, which has no release for Python 3.14 yet; "
            "use Python 3.10 to 3.13 for it"
        )
    if missing:
        raise UsageError(
            f"this needs {', '.join(missing)}; install with: pip install 'emoapp[{extra}]' "
            f"(in a checkout: pip install -e '.[{extra}]')"
        )


def progress_bar() -> Progress:
    """Return a progress bar with counts and the time left, on standard error.

    Returns:
        The bar, which shows nothing where standard error is no terminal.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        # Without rich's own words in brackets: a file may be called "[bold]".
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def progress_of(bar: Progress, description: str) -> Callable[[int, int | None], None]:
    """Add a line to a progress bar.

    Args:
        bar: From `progress_bar`.
        description: What is counted.

    Returns:
        A function (done, in all) that moves the line.
    """
    task = bar.add_task(sayable(description), total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)
