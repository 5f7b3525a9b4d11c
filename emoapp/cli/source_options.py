"""The options for what is watched."""

from __future__ import annotations

from emoapp.cli.options import Decorator, compose, option
from emoapp.cli.values import camera_source


def source_options(*, source_help: str, camera_help: str) -> Decorator:
    """Return a decorator that adds `--source`, camera 0 by default, and `--camera` in its place.

    Args:
        source_help: What the help says of `--source`.
        camera_help: What it says of `--camera`.
    """
    return compose(
        option(
            "--source",
            default="0",
            exclusive="source",
            metavar="CAMERA|FILE|ADDRESS",
            help=source_help,
        ),
        option(
            "--camera",
            alias_of="--source",
            alias_value=camera_source,
            exclusive="source",
            metavar="NAME|N",
            help=camera_help,
        ),
    )
