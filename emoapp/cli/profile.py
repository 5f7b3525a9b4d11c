"""`emoapp profile`: a correction for one person on top of the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.common import check_action, need_packages
from emoapp.cli.options import argument, flag, option
from emoapp.cli.profile_runs import learn, print_figures, test
from emoapp.cli.source_options import source_options
from emoapp.cli.values import PATH, OneOf
from emoapp.detectors import DETECTORS
from emoapp.errors import UsageError
from emoapp.utils.terminal import say, sayable


@cli_command("profile")
@argument(
    "action",
    "learn, list, show, test, delete, export, or import",
    metavar="ACTION",
    required=True,
)
@argument("name", "the profile; of import, the file", metavar="[NAME]", required=False)
@argument("file", "of export, the file to write", metavar="[FILE]", required=False, type=PATH)
@option(
    "--photos",
    type=PATH,
    exclusive="samples",
    metavar="FOLDER",
    help="learn or test: photographs of the person, as <label>/*.jpg",
)
@option(
    "--video",
    type=PATH,
    exclusive="samples",
    metavar="CLIP",
    help="learn: a video of the person; needs --labels",
)
@option(
    "--labels",
    type=PATH,
    metavar="CSV",
    help="learn: a table of what the video shows when, with the columns start_s,end_s,label",
)
@flag(
    "--keep-pictures", help="learn: keep the pictures of the faces, to learn again for a new model"
)
@option(
    "--own-label",
    several=True,
    metavar="LABEL...",
    help="learn: labels of your own, such as bored or wink",
)
@source_options(
    source_help="learn, without --photos and --video: what the guided minute watches (default: "
    "camera 0)",
    camera_help="the same, by a part of the camera's name",
)
@option("--model", type=PATH, metavar="FILE", help="a model made by `emoapp train`, or its folder")
@option(
    "--detector",
    type=OneOf(["auto", *DETECTORS]),
    default="auto",
    help="what finds the faces (default: the best that works here)",
)
@option("--json", type=PATH, metavar="FILE", help="test, show: write the figures to this file")
@option("--plot", type=PATH, metavar="FILE.png", help="show: plot the confusions before and after")
@flag("--overwrite", help="replace an existing profile or file")
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    check_action("profile", args.action, ACTIONS)
    needs = {"list": 0, "export": 2}.get(args.action, 1)
    given = [word for word in (args.name, args.file) if word is not None]
    if len(given) != needs:
        usage = {0: "", 1: " NAME", 2: " NAME FILE"}[needs]
        usage = " FILE" if args.action == "import" else usage
        raise UsageError(f"write `emoapp profile {args.action}{usage}`")
    return ACTIONS[args.action](args)


def _list(args: SimpleNamespace) -> int:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from emoapp.errors import ProfileError
    from emoapp.profiles import store

    table = Table("profile", "faces", "labels", "used")
    names = store.names()
    for name in names:
        try:
            profile = store.load(name)
        except ProfileError:
            table.add_row(Text(sayable(name)), "", "", "cannot be read")
            continue
        counts = profile.samples.counts
        used = "yes" if profile.correction is not None else "no: it does not help"
        table.add_row(Text(sayable(name)), f"{len(profile.samples)}", ", ".join(counts), used)
    if names:
        Console().print(table)
    else:
        say(f"no profiles in {store.folder()}; make one with `emoapp profile learn NAME`")
    return 0


def _show(args: SimpleNamespace) -> int:
    from emoapp.profiles import store
    from emoapp.sinks.targets import check_targets
    from emoapp.utils.stats import write_json

    profile = store.load(args.name)
    check_targets(others=(args.json, args.plot), overwrite=args.overwrite)
    samples = profile.samples
    labels = ", ".join(f"{label} {count}" for label, count in samples.counts.items())
    kept = "with pictures" if samples.crops is not None else "without pictures"
    say(f"{args.name}: {len(samples)} faces ({labels}), {kept}")
    print_figures(profile, confusions=True)
    if args.json is not None:
        write_json(args.json, {"names": samples.all_names, **profile.figures})
        say(f"wrote {args.json}")
    if args.plot is not None:
        need_packages("report", "matplotlib")
        from emoapp.report.profile_plot import write_confusions

        if "before" not in profile.figures:
            raise UsageError("there is nothing to draw: each label has a single photograph")
        write_confusions(
            args.plot,
            samples.all_names,
            profile.figures,
            title=f"{args.name}, by cross-validation",
            overwrite=args.overwrite,
        )
        say(f"wrote {args.plot}")
    return 0


def _delete(args: SimpleNamespace) -> int:
    from emoapp.profiles import store

    store.delete(args.name)
    say(f"deleted the profile {args.name}")
    return 0


def _export(args: SimpleNamespace) -> int:
    from emoapp.profiles import store

    store.write(store.load(args.name), args.file, overwrite=args.overwrite)
    say(f"wrote {args.file}")
    return 0


def _import(args: SimpleNamespace) -> int:
    from emoapp.profiles import store
    from emoapp.profiles.profile import read_profile

    profile = read_profile(Path(args.name))
    store.save(profile, overwrite=args.overwrite)
    say(f"imported the profile {profile.name}")
    return 0


ACTIONS: dict[str, Callable[[SimpleNamespace], int]] = {
    "learn": learn,
    "list": _list,
    "show": _show,
    "test": test,
    "delete": _delete,
    "export": _export,
    "import": _import,
}
