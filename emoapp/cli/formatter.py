"""The help in the language in use: click's, with lines that are broken by the width of letters."""

from __future__ import annotations

from collections.abc import Iterable

import click

from emoapp.utils.language import N_, _, translated
from emoapp.utils.wide import broken, has_wide

KEEP_LINES = "\b\n"
"""Click leaves the lines of a paragraph that begins like this as they are."""

CLICKS_OWN = (
    N_("Show this message and exit."),
    N_("Got unexpected extra argument ({words})"),
    N_("Got unexpected extra arguments ({words})"),
    N_("Option {name} requires an argument."),
)
"""Texts of click, which the catalogues have too."""


class HelpFormatter(click.HelpFormatter):
    """Writes help in the language in use."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """See click."""
        super().write_usage(prog, args, _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """See click."""
        super().write_heading(_(heading))

    def write_text(self, text: str) -> None:
        """See click."""
        super().write_text(_text(text, self.width - self.current_indent))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """See click."""
        rows = list(rows)
        first = min(max((len(name) for name, text in rows), default=0), col_max) + col_spacing
        room = max(10, self.width - self.current_indent - first - 2)
        super().write_dl([(name, _text(text, room)) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """Click's, with this help."""

    formatter_class = HelpFormatter


def _text(text: str, room: int) -> str:
    # Click puts the range of a number behind the text.
    text, mark, rest = text.partition("  [")
    text = f"{translated(text)}{mark}{rest}"
    return KEEP_LINES + "\n".join(broken(text, room)) if has_wide(text) else text
