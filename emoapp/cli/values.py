"""Define types of option values: numbers within ranges, sizes, choices and paths."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emoapp.sources import kind_of

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class WholeNumber(click.IntRange):
    """A whole number within a range.

    Args:
        least: The smallest number.
        most: The largest number; None for no end.
    """

    def __init__(self, least: int, most: int | None = None) -> None:
        super().__init__(least, most)
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that a text stands for.

        Args:
            value: The text, or the number.
            param: The option.
            ctx: The command's context.

        Returns:
            The number.

        Raises:
            click.BadParameter: It is no whole number, or outside of the range.
        """
        try:
            number = int(str(value))
        except ValueError:
            self.fail(f"expected a whole number, got {value!r}", param, ctx)
        if number < self.least or (self.most is not None and number > self.most):
            upwards = f"{self.least} or more"
            expected = upwards if self.most is None else f"{self.least} to {self.most}"
            self.fail(f"expected {expected}, got {value}", param, ctx)
        return number


class Number(click.FloatRange):
    """A finite number within a range; click's own type takes "nan" and "inf" too.

    Args:
        least: The smallest number.
        most: The largest number; None for no end.
        above: Whether `least` itself is too small.
        below: Whether `most` itself is too large.
    """

    def __init__(
        self, least: float, most: float | None = None, *, above: bool = False, below: bool = False
    ) -> None:
        super().__init__(least, most, min_open=above, max_open=below)
        self.least = least
        self.most = most

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number that a text stands for.

        Args:
            value: The text, or the number.
            param: The option.
            ctx: The command's context.

        Returns:
            The number.

        Raises:
            click.BadParameter: It is no number, not finite, or outside of the range.
        """
        try:
            number = float(value)
        except ValueError:
            self.fail(f"expected a number, got {value!r}", param, ctx)
        high_enough = number > self.least if self.min_open else number >= self.least
        limit = math.inf if self.most is None else self.most
        ends_before = self.most is None or self.max_open
        low_enough = number < limit if ends_before else number <= limit
        if not (high_enough and low_enough):  # any comparison with "nan" is false
            self.fail(f"expected {self._expected(number)}, got {value}", param, ctx)
        return number

    def _expected(self, number: float) -> str:
        if self.most is not None and not self.max_open:
            above = f"more than {self.least:g}, at most" if self.min_open else f"{self.least:g} to"
            return f"{above} {self.most:g}"
        expected = f"more than {self.least:g}" if self.min_open else f"{self.least:g} or more"
        if self.most is not None:
            return f"{expected} and less than {self.most:g}"
        return f"{expected} and finite" if number == math.inf else expected


class Size(click.ParamType):
    """A size in pixels, "1280x720" -> (1280, 720)."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return the (width, height) that a text stands for.

        Args:
            value: The text, or the tuple.
            param: The option.
            ctx: The command's context.

        Returns:
            (width, height) in pixels, both 1 or more.

        Raises:
            click.BadParameter: It is no size.
        """
        if isinstance(value, tuple):
            return value
        try:
            width, height = (int(part) for part in value.lower().split("x"))
        except ValueError:
            self.fail(f"expected WIDTHxHEIGHT, got {value!r}", param, ctx)
        if width < 1 or height < 1:
            self.fail(f"expected two positive numbers, got {value!r}", param, ctx)
        return width, height


class OneOf(click.Choice):
    """One of several words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word if it is one of them.

        Args:
            value: The word.
            param: The option.
            ctx: The command's context.

        Returns:
            The word.

        Raises:
            click.BadParameter: It is none of them.
        """
        if value not in self.choices:
            known = ", ".join(self.choices)
            self.fail(f"expected one of {known}, found {value}", param, ctx)
        return str(value)


class FilePath(click.ParamType):
    """A path that is not checked; click's own type asks the file system."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path.

        Args:
            value: The text, or the path.
            param: The option.
            ctx: The command's context.

        Returns:
            The path.
        """
        return Path(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Let the shell complete it as a file's name.

        Args:
            ctx: The command's context.
            param: The option.
            incomplete: What has been typed.

        Returns:
            One item, which stands for the shell's own completion.
        """
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


def camera_source(words: str) -> str:
    """Return the source that a camera is.

    Args:
        words: The camera's number or path, or a part of its name.

    Returns:
        What `--source` takes.
    """
    return words if kind_of(words) == "camera" else f"camera:{words}"


PATH = FilePath()
SIZE = Size()
SHARE = Number(0, 1)
POSITIVE_SHARE = Number(0, 1, above=True)
FRACTION = Number(0, 1, below=True)
POSITIVE_INT = WholeNumber(1)
POSITIVE = Number(0, above=True)
NOT_NEGATIVE = Number(0)
