"""Configure and report runs over one or many videos."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from emoapp.cli.common import summary
from emoapp.cli.option_groups import run_fields
from emoapp.config import VideoConfig
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def run_config(
    args: SimpleNamespace, source: str, output: Path | None = None, log: Path | None = None
) -> VideoConfig:
    """Return the configuration of a run.

    Args:
        args: The values of the options of `emoapp video`.
        source: The video.
        output: Where its annotated copy goes; None for nowhere.
        log: Where its log goes; None for nowhere.

    Returns:
        The configuration.
    """
    return VideoConfig(
        source=source,
        output=output,
        log=log,
        overwrite=args.overwrite,
        codec=args.codec,
        crf=args.quality,
        blur=args.blur,
        **run_fields(args),
    )


def update(bar: Progress, task: TaskID, done: int, total: int | None) -> None:
    """Advance a line of a progress bar.

    Args:
        bar: The bar.
        task: The line.
        done: Frames that are done.
        total: Frames in all; None where nobody knows.
    """
    bar.update(task, completed=done, total=total)


def print_run(config: VideoConfig, numbers: dict[str, Any]) -> None:
    """Print how a run went.

    Args:
        config: Its configuration.
        numbers: Its numbers, as `--stats` writes them.
    """
    written = ", ".join(map(str, config.targets))
    say(f"{config.source}: {summary(numbers)}; wrote {written}")
    for note in numbers["notes"]:
        say(f"  {note}")
