"""Ask, once for each server, whether words about the expression may be sent to it, and its key."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from getpass import getpass
from pathlib import Path
from urllib.parse import urlsplit

from emoapp.companion import words
from emoapp.companion.keys import find_key, how, is_local, keep_key, may_carry_key, origin
from emoapp.companion.watcher import Occasion
from emoapp.errors import UsageError
from emoapp.utils.files import write_whole

FILE = "companion.json"
"""Beside the settings: which servers the user has agreed to."""

EXAMPLE = Occasion("lasted", "happy", 0.87, 24.0, (("neutral", 95.0), ("surprise", 6.0)))


def explanation(url: str, model: str) -> str:
    """What would be sent, and where."""
    if is_local(url):
        where = "on this computer"
    elif urlsplit(url).scheme == "https":
        where = "over the network, encrypted"
    else:
        where = "over the network, NOT encrypted"
    example = "\n".join(f"    {line}" for line in words.description(EXAMPLE).splitlines())
    return (
        f"The companion would ask the model {model} at {url} ({where}).\n"
        "Sent are fixed instructions and, now and then, words like these:\n"
        f"{example}\n"
        "Never sent: pictures, sound, names, where a face is, earlier replies.\n"
        "What the server keeps is up to whoever runs it. `--companion-dry-run` prints every "
        "request without sending it; without a server there is `--companion offline`."
    )


def ask_once(
    url: str,
    model: str,
    folder: Path,
    *,
    ask: Callable[[], str] = input,
    ask_key: Callable[[str], str] = getpass,
    terminal: Callable[[], bool] = lambda: sys.stdin.isatty(),
) -> None:
    """Return if the user has agreed to this server, now or earlier.

    Who agrees now is also asked for the server's key, unless there is one already.

    folder: where the answer is kept, so that it is asked for only once.
    ask, ask_key, terminal: read the user's answer; read a key unseen; whether there is a user.

    Raises UsageError where the user does not agree, or can't be asked.
    """
    path = folder / FILE
    agreed = _read(path)
    if agreed.get(url) == words.VERSION:
        return
    if not terminal():
        raise UsageError(
            f"{url}: nobody has agreed yet that words about the expression are sent there, and "
            "there is no terminal to ask in. Agree with --yes, or use --companion offline."
        )
    # Not through input(): it writes its question to the C library's stderr, which is silenced.
    print(f"{explanation(url, model)}\nSend that? [y/N] ", end="", flush=True)
    try:
        said = ask().strip().casefold()
    except EOFError:
        said = ""
    if said not in ("y", "yes"):
        raise UsageError("Nothing is sent. Without a server there is --companion offline.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = {"agreed": agreed | {url: words.VERSION}, "changed": str(date.today())}
        text = json.dumps(content, indent=1) + "\n"
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"))
    except OSError as exc:
        print(f"{path} cannot be written ({exc.strerror}); you will be asked again.")
    _ask_for_key(url, ask_key)


def _ask_for_key(url: str, ask_key: Callable[[str], str]) -> None:
    """Keep the key of a server elsewhere in the keyring, for its origin alone."""
    if is_local(url) or not may_carry_key(url) or find_key(url).key:
        return
    try:
        key = ask_key(f"Key for {origin(url)}, if it wants one (Enter for none): ").strip()
    except EOFError:
        return
    if not key:
        return
    try:
        keep_key(url, key)
    except OSError as exc:
        print(f"The keyring does not keep the key ({exc}). For a key, {how(url)}.")


def _read(path: Path) -> dict[str, int]:
    try:
        agreed = json.loads(path.read_text(encoding="utf-8"))["agreed"]
        return {url: version for url, version in agreed.items() if isinstance(version, int)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # Whoever broke the file is asked again.
