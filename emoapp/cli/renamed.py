"""Accept old names of options for a release, with a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emoapp.utils.terminal import complain

_TRAINING = {
    "camera": "degrade-probability",
    "hidden": "erase-probability",
    "soft-share": "distillation-weight",
}

RENAMED_OPTIONS: Mapping[str, Mapping[str, str]] = {"train": _TRAINING, "distill": _TRAINING}
"""Command -> old long option -> new one, without the hyphens before them."""

RENAMED_LIMITS = {"turn": "yaw"}


def renamed(name: str, names: Mapping[str, str], kind: str) -> str:
    """Return the current name of `name`, and warn if it has changed.

    Args:
        name: The name that was given.
        names: Old name -> new one.
        kind: What it is the name of, for the warning.

    Returns:
        The current name.
    """
    if name not in names:
        return name
    complain(f"the {kind} {name} is now called {names[name]}; the old name goes with version 0.3")
    return names[name]


def with_current_options(words: Sequence[str]) -> list[str]:
    """Replace old names of options in the words of a command line.

    Args:
        words: The command and its words.

    Returns:
        The words with current names.
    """
    names = RENAMED_OPTIONS.get(words[0] if words else "", {})
    current = []
    for word in words:
        option, equals, value = word.partition("=")
        if option.startswith("--"):
            option = f"--{renamed(option[2:], names, 'option')}"
        current.append(f"{option}{equals}{value}")
    return current
