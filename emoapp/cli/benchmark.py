"""`emoapp benchmark`: how fast the program is on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import positive_int
from emoapp.stats import write_json

HELP = "Measure each stage on the bundled clip, beside the bare calls of the libraries."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repeats", type=positive_int, default=5, metavar="N", help="runs to take medians of"
    )
    parser.add_argument("--no-window", action="store_true", help="leave showing and starting out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from emoapp.benchmark import measure, measure_start

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
    print(f"faces, without the window: {crowd}")
    if "start_s" in found:
        print(f"first annotated frame {found['start_s']:.2f} s after the start")
    if args.json is not None:
        write_json(args.json, found)
        print(f"wrote {args.json}")
    return 0
