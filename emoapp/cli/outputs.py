"""The options that hand the results of live use to other programs."""

from __future__ import annotations

import shlex
from types import SimpleNamespace
from typing import Any, NamedTuple

import click

from emoapp import platforms
from emoapp.cli.common import refuse_detail
from emoapp.cli.options import Decorator, compose, option
from emoapp.cli.values import OneOf, WholeNumber
from emoapp.config import WEBSOCKET_PORT, OutputsConfig
from emoapp.errors import UsageError

OUTPUTS_GROUP = "outputs"
"""Heading of these options in the help."""

OFF = "off"
"""The word for no output, where the settings file asks for one."""

PICTURES = ("annotated", "private", "plain")


class OrOff(click.ParamType):
    """A value of another type, or "off", which stands for None.

    Args:
        of: Converts every other word.
    """

    def __init__(self, of: click.ParamType) -> None:
        self.name = of.name
        self._of = of

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return None for "off", else what the other type makes of the word.

        Raises:
            click.BadParameter: The other type does not take it.
        """
        return None if value == OFF else self._of.convert(value, param, ctx)


class Endpoint(NamedTuple):
    """A host and a port, which read as they are typed."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Address(click.ParamType):
    """A host and a port: "192.168.1.20:9000", "[::1]:9000", or a port of this computer: "9000"."""

    name = "address"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Endpoint:
        """Return host and port.

        Raises:
            click.BadParameter: It is no address.
        """
        if isinstance(value, Endpoint):
            return value
        host, _, port = str(value).rpartition(":")
        host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536) or " " in host:
            self.fail(f"expected HOST:PORT, such as 127.0.0.1:9000, got {value!r}", param, ctx)
        return Endpoint(host, int(port))


def optional_output(name: str, *, of: click.ParamType = click.STRING, **attrs: Any) -> Decorator:
    """Return a decorator that adds an option for an output, and its opposite `--no-NAME`.

    Args:
        name: Its long name, such as "--lsl".
        of: The type of its word; "off" is None in any case.
        attrs: What `Option` takes; with `bare` the word may be left out.
    """
    return compose(
        option(name, type=OrOff(of), default=None, group=OUTPUTS_GROUP, **attrs),
        option(
            f"--no-{name[2:]}",
            is_flag=True,
            hidden=True,
            alias_of=name,
            alias_value=lambda _: OFF,
            group=OUTPUTS_GROUP,
        ),
    )


output_options = compose(
    optional_output(
        "--osc",
        of=Address(),
        metavar="HOST:PORT",
        help="send the numbers of each frame as Open Sound Control messages (extra `osc`)",
    ),
    optional_output(
        "--lsl",
        bare="emoapp",
        metavar="[NAME]",
        help="offer the followed face's numbers as streams of the Lab Streaming Layer (extra "
        "`lsl`; default name: emoapp)",
    ),
    optional_output(
        "--on-change",
        metavar="COMMAND",
        help="run a program when the followed face's expression changes; it reads the event as "
        "JSON; at most once a second",
    ),
    optional_output(
        "--virtual-camera",
        bare="auto",
        metavar="[NAME]",
        help="show the picture in a virtual camera, which meeting programs can choose",
    ),
    option(
        "--virtual-camera-picture",
        type=OneOf(["annotated", "private", "plain"]),
        default="annotated",
        group=OUTPUTS_GROUP,
        help="what it shows: the annotated picture, the picture with faces hidden, or the plain "
        "picture (default: annotated)",
    ),
    optional_output(
        "--websocket",
        of=WholeNumber(0, 65535),
        bare=str(WEBSOCKET_PORT),
        metavar="[PORT]",
        help="serve the numbers as JSON over a WebSocket, and a page that shows them; 0 for any "
        f"port that is free (extra `web`; default port: {WEBSOCKET_PORT})",
    ),
    option(
        "--listen",
        default="127.0.0.1",
        metavar="ADDRESS",
        group=OUTPUTS_GROUP,
        help="the address of this computer that WebSocket and page are reached at; one that other "
        "computers can reach needs a token, which is printed (default: 127.0.0.1)",
    ),
    option(
        "--websocket-origin",
        several=True,
        metavar="ORIGIN",
        group=OUTPUTS_GROUP,
        help="web pages of your own that may connect, such as http://localhost:3000; null for "
        "pages opened as files",
    ),
)
"""Which other programs get the results of a live run."""

_DETAILS = {
    "virtual_camera_picture": "virtual_camera",
    "listen": "websocket",
    "websocket_origin": "websocket",
}
"""Parameter -> that of the output it says more about."""


def split_command(words: str | None) -> tuple[str, ...] | None:
    """Split a command into program and arguments, by blanks outside of quotes, as a shell does.

    Args:
        words: The command; None for none.

    Returns:
        Program and arguments. On Windows, where paths have them, backslashes stay.

    Raises:
        UsageError: A quote is not closed.
    """
    if words is None:
        return None
    lexer = shlex.shlex(words, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    if platforms.system() == "windows":
        lexer.escape = ""
    try:
        return tuple(lexer)
    except ValueError as exc:
        raise UsageError(f"--on-change {words}: {exc}. Put quotes in pairs.") from exc


def outputs_config(args: SimpleNamespace) -> OutputsConfig:
    """Return what `output_options` asked for.

    Args:
        args: The values of a command with these options.

    Returns:
        The configuration, whose outputs can be opened as far as this can be known beforehand.

    Raises:
        UsageError: A package is missing, a value cannot be used, or a typed one belongs to an
            output that is off.
    """
    from emoapp.sinks.outputs import check_available

    for detail, output in _DETAILS.items():
        if getattr(args, output) is None:
            refuse_detail(detail, output)
    config = OutputsConfig(
        osc=args.osc,
        lsl=args.lsl,
        on_change=split_command(args.on_change),
        virtual_camera=args.virtual_camera,
        virtual_camera_picture=args.virtual_camera_picture,
        websocket=args.websocket,
        listen=args.listen,
        websocket_origins=tuple(args.websocket_origin),
    )
    check_available(config)
    return config
