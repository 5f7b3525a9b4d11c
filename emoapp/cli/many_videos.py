"""`emoapp video` with many files: plan the runs, and run what is not done yet."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.common import progress_bar
from emoapp.cli.video_runs import print_run, run_config, update
from emoapp.config import VideoConfig
from emoapp.errors import UsageError
from emoapp.utils.addresses import redact_url
from emoapp.utils.terminal import complain, say, sayable

if TYPE_CHECKING:
    from emoapp.app.video.batch import Outcome

MAX_LEFT_OUT_SHOWN = 3
"""How many of the files that are left out are named."""

DEFAULT_FOLDER = Path("emotions")
"""Where the results of many files go if nobody says."""


def run_many(args: SimpleNamespace) -> int:
    """Run the videos that are not done yet, and print how each run went.

    Args:
        args: The values of the options of `emoapp video`.

    Returns:
        The exit status: 1 where a run failed.
    """
    from emoapp.app.video.batch import earlier_numbers
    from emoapp.app.video.ledger import Ledger

    folder, configs = _planned(args)
    stats, configs = args.stats, [replace(config, stats=None) for config in configs]
    numbers = earlier_numbers(stats, configs) if stats and not args.overwrite else {}
    for parent in {path.parent for config in configs for path in config.targets}:
        parent.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(folder)
    todo = [config for config in configs if args.overwrite or not ledger.done(config)]
    counts = Counter(before=len(configs) - len(todo))
    try:
        for outcome in _outcomes(args, todo, folder):
            counts[_print_outcome(outcome)] += 1
            if outcome.numbers is not None:
                numbers[redact_url(outcome.config.source)] = outcome.numbers
    except KeyboardInterrupt:
        say("the same command goes on with what is not done yet", file=sys.stderr)
        raise
    finally:
        if stats is not None:
            from emoapp.utils.stats import write_json

            write_json(stats, numbers)
    say(f"{counts['done']} done, {counts['failed']} failed, {counts['before']} done before")
    return 1 if counts["failed"] else 0


def _print_outcome(outcome: Outcome) -> str:
    """Print the outcome of a run, and return what it counts as."""
    if outcome.error:
        complain(outcome.error)
        return "failed"
    if outcome.numbers is None:
        return "before"
    print_run(outcome.config, outcome.numbers)
    return "done"


def _planned(args: SimpleNamespace) -> tuple[Path, list[VideoConfig]]:
    """Return the folder of the ledger and all runs.

    Raises an error where a result would replace what is read.
    """
    from emoapp.app.video.videos import list_videos, plan
    from emoapp.utils.outputs import check_outputs

    output, log = args.output, args.log
    if output is None and log is None:
        output, log = (None, DEFAULT_FOLDER) if args.no_frames else (DEFAULT_FOLDER, None)
    for folder in filter(None, (output, log)):
        if folder.suffix and not folder.is_dir():
            raise UsageError(f"{folder} is one file's name; many files need a folder")
    videos = list_videos(args.inputs)
    configs = plan(
        videos.found,
        run_config(args, source=""),
        output=output,
        log=log,
        log_suffix=f".{args.log_format}",
    )
    check_outputs(
        (args.stats, *(path for config in configs for path in config.targets)),
        (args.model, *(config.source for config in configs)),
    )
    if videos.left_out:
        count = len(videos.left_out)
        names = ", ".join(map(str, videos.left_out[:MAX_LEFT_OUT_SHOWN]))
        names += ", ..." * (count > MAX_LEFT_OUT_SHOWN)
        say(f"left out {count} that emoapp wrote itself: {names}")
    return output or log, configs


def _outcomes(args: SimpleNamespace, configs: list[VideoConfig], folder: Path) -> Iterator[Outcome]:
    """Run them in this process, in several, or on a cluster; yield each outcome as it comes."""
    from emoapp.app.video.batch import run_all, run_in_processes, run_one
    from emoapp.app.video.executors import cluster

    if args.dask is None and args.jobs == 1:
        for config in configs:
            with progress_bar() as bar:
                name = Path(redact_url(config.source)).name
                task = bar.add_task(sayable(name), total=None)
                outcome = run_one(config, folder, progress=partial(update, bar, task))
            yield outcome
        return
    with ExitStack() as stack:
        if args.dask is not None:
            executor = stack.enter_context(cluster(args.dask))
            outcomes = run_all(configs, executor, folder, absolute=True)
        else:
            outcomes = run_in_processes(configs, args.jobs, folder)
        bar = stack.enter_context(progress_bar())
        yield from bar.track(outcomes, total=len(configs), description="files")
