"""`emoapp live`: the camera in a window, with the expressions of everybody in sight."""

from __future__ import annotations

from types import SimpleNamespace

import click
from click.core import ParameterSource

from emoapp.cli.command import cli_command
from emoapp.cli.common import is_typed, need_packages, summary
from emoapp.cli.companion import companion_config, companion_options
from emoapp.cli.option_groups import (
    analysis_options,
    overlay_options,
    overwrite_option,
    run_fields,
)
from emoapp.cli.options import flag, option
from emoapp.cli.outputs import output_options, outputs_config
from emoapp.cli.profile_names import name_profile
from emoapp.cli.source_options import source_options
from emoapp.cli.values import PATH, POSITIVE, SIZE
from emoapp.config import LiveConfig
from emoapp.errors import EmoappError, UsageError
from emoapp.sources import kind_of
from emoapp.utils.resources import TOUR_CLIP
from emoapp.utils.terminal import say


def _do_without_window(args: SimpleNamespace) -> None:
    """Refuse what needs the window where it was typed; leave out what the settings file asks."""
    hides = args.virtual_camera is not None
    if (args.record and is_typed("record")) or (args.privacy and is_typed("privacy") and not hides):
        raise UsageError(
            "--record needs the window, and --privacy the window or a virtual camera; for files "
            "there is `emoapp video`"
        )
    if args.speak and is_typed("speak"):
        raise UsageError("--speak needs the window, which shows whose face is followed")
    args.record, args.speak, args.privacy = None, False, args.privacy and hides


def _source(words: str) -> str:
    """Return the source to open: where nobody chose one, the first camera that is no phone."""
    chosen = click.get_current_context().get_parameter_source("source")
    if chosen != ParameterSource.DEFAULT:
        return words
    from emoapp.platforms.cameras import chooses_default

    if not chooses_default():
        return words
    from emoapp.sources.listing import default_camera

    return str(default_camera())


def _demo(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    """Let a source on the command line override a settings file's `demo = true`."""
    typed = ctx.get_parameter_source("source") == ParameterSource.COMMANDLINE
    return value and not (typed and ctx.get_parameter_source("demo") == ParameterSource.DEFAULT_MAP)


@cli_command("live")
@source_options(
    source_help="a camera's number, a file, a folder of pictures, or the address of a stream "
    "(http, rtsp); default: 0",
    camera_help="a camera by its number or a part of its name (`emoapp cameras` lists them)",
)
@flag(
    "--demo",
    exclusive="source",
    callback=_demo,
    help="play the bundled clip, which needs no camera",
)
@option("--size", type=SIZE, metavar="WxH", help="ask the camera for this size")
@option("--fps", type=POSITIVE, metavar="N", help="ask the camera for this many frames a second")
@flag("--mirror", default=None, help="show the picture like a mirror (default: cameras only)")
@flag("--loop", help="start a file again at its end")
@flag("--no-window", help="open no window; print a line whenever an expression changes")
@option(
    "--record", type=PATH, metavar="OUT.mp4", help="record the annotated picture from the start"
)
@option(
    "--folder",
    type=PATH,
    metavar="FOLDER",
    help="folder for the snapshots and recordings made with keys (default: the system's "
    "folders for pictures and videos)",
)
@flag("--privacy", help="make faces unrecognizable in window, recording and virtual camera")
@flag(
    "--speak",
    help="say the expression of the followed face when it changes, with the system's voice "
    "(extra `speak`)",
)
@flag(
    "--light",
    default=None,
    help="search faces in every second or third frame, for small machines (default: when this one "
    "is too slow for the camera)",
)
@option(
    "--log",
    type=PATH,
    metavar="OUT.csv",
    help="a row for each face in each frame (.csv, .jsonl or .parquet); what the companion "
    "says goes into OUT.companion.jsonl",
)
@overwrite_option
@overlay_options("boxes", "labels", "bars", "timeline", "status")
@analysis_options()
@output_options
@companion_options
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from emoapp.app.live import run_live
    from emoapp.cli.settings import settings_path

    if args.no_window:
        _do_without_window(args)
    if args.speak:
        need_packages("speak", "pyttsx3")
    source = str(TOUR_CLIP) if args.demo else _source(args.source)
    is_camera = kind_of(source) == "camera"
    numbers = run_live(
        LiveConfig(
            source=source,
            # Those of the settings file are for cameras.
            size_wh=args.size if is_camera or is_typed("size") else None,
            fps=args.fps if is_camera or is_typed("fps") else None,
            mirror=args.mirror,
            loop=args.loop or args.demo,
            window=not args.no_window,
            record=args.record,
            folder=args.folder,
            private=args.privacy,
            log=args.log,
            overwrite=args.overwrite,
            companion=companion_config(args),
            light=args.light,
            speak=args.speak,
            outputs=outputs_config(args),
            settings=settings_path(),
            **run_fields(args),
        )
    )
    say(summary(numbers))
    if numbers["profile"] is not None:
        name_profile(numbers["profile"])
    return EmoappError.exit_status if numbers["faults"] else 0
