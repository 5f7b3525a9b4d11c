"""The options of the companion, and what must be clear before it speaks."""

from __future__ import annotations

import argparse
from urllib.parse import urlsplit

from emoapp.cli.flags import Flag
from emoapp.cli.numbers import positive
from emoapp.cli.settings import settings_path
from emoapp.config import CompanionConfig, Pace
from emoapp.errors import UsageError
from emoapp.utils.terminal import complain

_AUTO = "auto"


def add_companion_arguments(parser: argparse.ArgumentParser) -> None:
    usual = Pace()
    group = parser.add_argument_group(
        "companion", "says something now and then about how a face looks; off unless asked for"
    )
    group.add_argument(
        "--companion",
        nargs="?",
        const=_AUTO,
        default="off",
        choices=(_AUTO, "offline", "server", "off"),
        metavar="offline|server|off",
        help="offline: written replies; server: a language model answers, to words about the "
        "expression only (default: off; without a word: server where --companion-url is given)",
    )
    group.add_argument(
        "--no-companion",
        action="store_const",
        const="off",
        dest="companion",
        default=argparse.SUPPRESS,
        help="none",
    )
    group.add_argument(
        "--companion-url",
        metavar="ADDRESS",
        help="a server that speaks OpenAI's chat API, such as http://localhost:11434/v1; its key, "
        "if it wants one, comes from `keyring set emoapp https://HOST`, or from "
        "EMOAPP_COMPANION_KEY='https://HOST KEY', and goes to that host alone",
    )
    group.add_argument(
        "--companion-model", metavar="NAME", help="the model, as that server calls it"
    )
    group.add_argument(
        "--companion-dry-run",
        action=Flag,
        help="print exactly what would be sent, and send nothing",
    )
    group.add_argument(
        "--yes", action=Flag, help="agree to what the companion sends without being asked"
    )
    for name, value, explained in (
        ("lasted", usual.lasted_s, "speak of an expression that has lasted so long"),
        ("changed", usual.changed_s, "speak of a change once it has lasted so long"),
        ("long", usual.long_s, "point to human help after so much sadness or fear"),
        ("every", usual.every_s, "speak at most once in this time"),
    ):
        group.add_argument(
            f"--companion-{name}",
            type=positive,
            default=value,
            metavar="SECONDS",
            help=f"{explained} (default: {value:g})",
        )


def companion_config(args: argparse.Namespace) -> CompanionConfig | None:
    """What the options ask for; None for no companion. Asks the user where that is due.

    Raises UsageError for options that do not fit together, for a missing package, and where the
    user does not agree to what would be sent.
    """
    which = args.companion
    if which == _AUTO:
        which = "server" if args.companion_url else "offline"
    if which == "off":
        return None
    if args.no_window:
        raise UsageError("--companion speaks in the window; leave --no-window out.")
    pace = Pace(
        lasted_s=args.companion_lasted,
        changed_s=args.companion_changed,
        long_s=args.companion_long,
        every_s=args.companion_every,
    )
    if which == "offline":
        if args.companion_dry_run:
            raise UsageError(
                "--companion-dry-run needs --companion-url: written replies send nothing."
            )
        return CompanionConfig(pace=pace)
    url = _checked(args.companion_url)
    if not args.companion_model:
        raise UsageError("--companion server needs --companion-model, as the server calls it.")
    _need_packages()
    if not args.companion_dry_run and not args.yes:
        from emoapp.companion.consent import ask_once

        ask_once(url, args.companion_model, settings_path().parent)
    _tell_of_unsent_keys(url)
    return CompanionConfig(
        url=url, model=args.companion_model, dry_run=args.companion_dry_run, pace=pace
    )


def _checked(url: str | None) -> str:
    """The address, if it is one that can be asked and that holds no secret."""
    if not url:
        raise UsageError(
            "--companion server needs --companion-url, such as http://localhost:11434/v1; "
            "without a server there is --companion offline."
        )
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"--companion-url {url}: expected an address such as http://HOST:PORT/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        from emoapp.companion.keys import how

        # Not repeated here: a key may stand in it.
        raise UsageError(
            f"--companion-url: give the address alone, without names and keys. For a key, {how()}."
        )
    return url.rstrip("/")


def _tell_of_unsent_keys(url: str) -> None:
    """Say, before a server asks for it in vain, why a key that is there is not sent."""
    from emoapp.companion.keys import find_key

    for note in find_key(url).notes:
        complain(f"companion: {note}")


def _need_packages() -> None:
    """Raise UsageError where the packages of the extra "companion" are missing."""
    from importlib.util import find_spec

    missing = [name for name in ("openai", "glin_profanity") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"--companion server needs {' and '.join(missing)}; install with: "
            "pip install 'emoapp[companion]' (in a checkout: pip install -e '.[companion]'); "
            "--companion offline needs nothing."
        )
