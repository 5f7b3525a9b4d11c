"""`emoapp benchmark`: how fast the program is on this machine."""

from __future__ import annotations

from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.options import flag, option
from emoapp.cli.values import PATH, POSITIVE_INT
from emoapp.utils.stats import write_json
from emoapp.utils.terminal import say


@cli_command("benchmark")
@option("--repeats", type=POSITIVE_INT, default=5, metavar="N", help="runs to take medians of")
@flag("--no-window", help="measure neither showing nor starting")
@flag("--video", help="measure recorded video instead, next to decoding and encoding alone")
@option(
    "--labels",
    metavar="CLIP",
    help="measure how often a person's label changes in this clip instead",
)
@option("--json", type=PATH, metavar="FILE", help="write the figures to this file")
@flag("--overwrite", help="replace an existing file")
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from emoapp.sinks.targets import check_targets

    # Before minutes are spent on measuring.
    check_targets(others=(args.json,), inputs=(args.labels,), overwrite=args.overwrite)
    if args.labels is not None:
        found = _labels(args.labels)
    else:
        found = _video(args.repeats) if args.video else _live(args)
    if args.json is not None:
        write_json(args.json, found, overwrite=args.overwrite)
        say(f"wrote {args.json}")
    return 0


def _labels(clip: str) -> dict:
    from emoapp.diagnostics.benchmark.labels import measure_labels

    found = measure_labels(clip)
    say(f"label changes a minute, over {found['minutes']:.2f} minutes of people in sight:")
    for step, changes in found["changes_per_minute"].items():
        say(f"  {step}: {'nobody in sight' if changes is None else f'{changes:.1f}'}")
    return found


def _video(repeats: int) -> dict:
    from rich.console import Console
    from rich.table import Table

    from emoapp.diagnostics.benchmark.video import measure_video

    console = Console()
    with console.status("measuring; leave the machine alone meanwhile"):
        found = measure_video(repeats=repeats)
    size = "x".join(map(str, found["size_wh"]))
    table = Table("", title=f"{found['frames']} frames of {size}, {found['clip_s']:.0f} s; medians")
    for column in ("seconds", "times real time", "frames a second"):
        table.add_column(column, justify="right")
    for what, name in (
        ("annotated copy and log", "annotated_s"),
        ("decoded and encoded alone", "bare_s"),
        ("log only", "log_s"),
    ):
        seconds = found[name]
        speed = f"{found['clip_s'] / seconds:.1f}", f"{found['frames'] / seconds:.0f}"
        table.add_row(what, f"{seconds:.2f}", *speed)
    console.print(table)
    say(f"ratio of the first to the second: {found['ratio']:.2f}")
    return found


def _live(args: SimpleNamespace) -> dict:
    from rich.console import Console
    from rich.table import Table

    from emoapp.diagnostics.benchmark.frames import measure, measure_start

    console = Console()
    with console.status("measuring; leave the machine alone meanwhile"):
        found = measure(repeats=args.repeats, window=not args.no_window)
        if not args.no_window:
            found["start_s"] = measure_start(repeats=args.repeats)

    table = Table("ms a frame", title="1280x720, one face, medians")
    for column in ("emoapp", "bare calls", "ratio"):
        table.add_column(column, justify="right")
    program, floor = found["program"], found["floor"]
    for stage, ms in program.items():
        bare = floor.get(stage)
        table.add_row(
            stage, f"{ms:.2f}", f"{bare:.2f}" if bare else "", f"{ms / bare:.2f}" if bare else ""
        )
    table.add_section()
    sums = sum(program.values()), sum(floor.values())
    table.add_row("all", f"{sums[0]:.2f}", f"{sums[1]:.2f}", f"{found['ratio']:.2f}")
    console.print(table)
    crowd = ", ".join(f"{count} in {ms:.1f} ms" for count, ms in found["faces"].items())
    say(f"faces, half as large, without decoding and window: {crowd}")
    if "start_s" in found:
        say(f"first annotated frame {found['start_s']:.2f} s after the start")
    return found
