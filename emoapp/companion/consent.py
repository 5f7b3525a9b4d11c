"""Ask once for each server for the user's consent to send words to it, and for its key."""

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
"""File beside the settings that lists the servers the user has agreed to."""

EXAMPLE = Occasion("lasted", "happy", 0.87, 24.0, (("neutral", 95.0), ("surprise", 6.0)))


def explanation(url: str, model: str) -> str:
    """Return the text that tells the user what would be sent, and where."""
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
    """Make sure that the user agrees to this server, now or earlier.

    A user who agrees now is also asked for the server's key, unless there is one already.

    Args:
        url: Address of the server.
        model: Name of the model on the server.
        folder: Where the answer is stored, so that the user is asked only once.
        ask: Reads the user's answer.
        ask_key: Reads a key without showing it; takes the prompt.
        terminal: Returns whether there is a user to ask.

    Raises:
        UsageError: The user does not agree, or cannot be asked.
    """
    path = folder / FILE
    agreed = _read_agreed(path)
    if agreed.get(url) == words.VERSION:
        return
    if not terminal():
        raise UsageError(
            f"{url}: nobody has agreed yet that words about the expression are sent there, and "
            "there is no terminal to ask in. Agree with --yes, or use --companion offline."
        )
    # Not with input(): it writes its prompt to the C library's stderr, which is silenced.
    print(f"{explanation(url, model)}\nSend that? [y/N] ", end="", flush=True)
    try:
        said = ask().strip().casefold()
    except EOFError:
        said = ""
    if said not in ("y", "yes"):
        raise UsageError("Nothing is sent. Without a server there is --companion offline.")
    _store_agreed(path, agreed | {url: words.VERSION})
    _ask_for_key(url, ask_key)


def _store_agreed(path: Path, agreed: dict[str, int]) -> None:
    content = {"agreed": agreed, "changed": str(date.today())}
    text = json.dumps(content, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"))
    except OSError as exc:
        print(f"{path} cannot be written ({exc.strerror}); you will be asked again.")


def _ask_for_key(url: str, ask_key: Callable[[str], str]) -> None:
    """Store the key of a remote server in the keyring, for its origin alone."""
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


def _read_agreed(path: Path) -> dict[str, int]:
    try:
        agreed = json.loads(path.read_text(encoding="utf-8"))["agreed"]
        return {url: version for url, version in agreed.items() if isinstance(version, int)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # With a broken file, the user is asked again.
