"""Define the options of the companion, and ask for consent before it speaks."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlsplit

from emoapp.cli.command import COMPANION_GROUP
from emoapp.cli.common import is_typed, refuse_detail
from emoapp.cli.options import Decorator, compose, flag, option
from emoapp.cli.settings import settings_path
from emoapp.cli.values import POSITIVE, OneOf
from emoapp.config import CompanionConfig, Pace
from emoapp.errors import UsageError
from emoapp.utils.terminal import complain

_AUTO = "auto"

_OFF = "off"

_PACE = Pace()


def _pace_option(name: str, default: float, explanation: str) -> Decorator:
    return option(
        f"--companion-{name}",
        type=POSITIVE,
        default=default,
        metavar="SECONDS",
        group=COMPANION_GROUP,
        help=f"{explanation} (default: {default:g})",
    )


companion_options = compose(
    option(
        "--companion",
        type=OneOf([_AUTO, "offline", "server", _OFF]),
        bare=_AUTO,
        default=_OFF,
        metavar="[offline|server|off]",
        group=COMPANION_GROUP,
        help="offline: written replies; server: a language model answers, told about the "
        "expression only (default: off; without a value: server if --companion-url is given)",
    ),
    option(
        "--no-companion",
        is_flag=True,
        alias_of="--companion",
        alias_value=lambda _: _OFF,
        group=COMPANION_GROUP,
        help="none",
    ),
    option(
        "--companion-url",
        metavar="ADDRESS",
        group=COMPANION_GROUP,
        help="a server that speaks OpenAI's chat API, such as http://localhost:11434/v1; its key, "
        "if it needs one, comes from `keyring set emoapp https://HOST`, or from "
        "EMOAPP_COMPANION_KEY='https://HOST KEY', and goes to that host only",
    ),
    option(
        "--companion-model",
        metavar="NAME",
        group=COMPANION_GROUP,
        help="the model, as that server calls it",
    ),
    flag(
        "--companion-dry-run",
        group=COMPANION_GROUP,
        help="print exactly what would be sent, and send nothing",
    ),
    flag(
        "--yes",
        group=COMPANION_GROUP,
        help="agree to what the companion sends without being asked",
    ),
    _pace_option("lasted", _PACE.lasted_s, "comment on an expression that has lasted this long"),
    _pace_option("changed", _PACE.changed_s, "comment on a change once it has lasted this long"),
    _pace_option("long", _PACE.long_s, "point to human help after so much sadness or fear"),
    _pace_option("every", _PACE.every_s, "speak at most once in this time"),
)
"""Whether the companion speaks, through which server, and how often."""


def companion_config(args: SimpleNamespace) -> CompanionConfig | None:
    """Return the configuration, and ask the user for consent if it is needed.

    Args:
        args: The values of a command with `companion_options`.

    Returns:
        The configuration; None for no companion.

    Raises:
        UsageError: The options do not fit together, a package is missing, or the user does not
            agree to what would be sent.
    """
    which = args.companion
    if which == _AUTO:
        which = "server" if args.companion_url else "offline"
    if which == _OFF:
        for parameter in vars(args):
            if parameter.startswith("companion_"):
                refuse_detail(parameter, "companion")
        return None
    if args.no_window:
        if not is_typed("companion"):
            return None
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
    """Return the address if it is valid and holds no secret."""
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
    """Tell, before a server asks for it in vain, why an existing key is not sent."""
    from emoapp.companion.keys import find_key

    for note in find_key(url).notes:
        complain(f"companion: {note}")


def _need_packages() -> None:
    """Raise UsageError if packages of the extra "companion" are missing."""
    from importlib.util import find_spec

    missing = [name for name in ("openai", "glin_profanity") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"--companion server needs {' and '.join(missing)}; install with: "
            "pip install 'emoapp[companion]' (in a checkout: pip install -e '.[companion]'); "
            "--companion offline needs nothing."
        )
