"""Flags that can be undone: what the settings file says `true` to, the command line can refuse."""

from __future__ import annotations

import argparse


class Flag(argparse.Action):
    """A flag and its opposite: `--loop` and `--no-loop`, `--no-window` and `--window`.

    default: None where the program decides unless the user does.
    opposite: the opposite's name, where the usual one is taken.
    """

    def __init__(self, option_strings, dest, default=False, help=None, opposite=None) -> None:
        name = next(option for option in option_strings if option.startswith("--"))
        plain = name.removeprefix("--no-")
        self.opposite = opposite or (f"--{plain}" if plain != name else f"--no-{name[2:]}")
        super().__init__(
            [*option_strings, self.opposite], dest, nargs=0, default=default, help=help
        )

    def __call__(self, parser, namespace, values, option=None) -> None:
        setattr(namespace, self.dest, option != self.opposite)
