"""Draw the tags of faces: a pill with icon, word, percentage and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from emoapp.overlay import icons, text
from emoapp.overlay.advice import ADVICE
from emoapp.overlay.blend import Painter, Sprite
from emoapp.overlay.ground import panel_layer, write
from emoapp.overlay.placement import Placed
from emoapp.overlay.theme import QUIET, TEXT, Color, Sizes, legible, muted, word
from emoapp.types import Track
from emoapp.utils.language import _

MAX_WORD_EM = 11
"""Largest width of a tag's word, in ems."""

FORMS = ("full", "named", "short", "icon")
"""Icon, word, percentage and number; icon and word; icon and percentage; the icon alone."""

FULL, NAMED, SHORT, ICON = range(len(FORMS))


@dataclass(frozen=True, slots=True)
class Style:
    """How a face is drawn: the followed one in full color, others quieter.

    Attributes:
        color: Color of the corners and the icon.
        ink: Color of the text.
        prominent: Whether the corners are thicker, because this face is followed among others.
    """

    color: Color
    ink: Color
    prominent: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """The contents of a tag.

    Attributes:
        icon: Label whose icon is shown.
        name: The expression, or advice if the face was rejected.
        percent: The confidence; "" if the face was rejected.
        number: The track's id.
    """

    icon: str
    name: str
    percent: str
    number: str

    @classmethod
    def of(cls, track: Track, sizes: Sizes) -> Tag:
        """Return the tag of a track."""
        name = word(_(ADVICE[track.rejection]) if track.rejection else track.label)
        return cls(
            icon=icons.NO_LABEL if track.rejection else track.label,
            name=text.fit(name, sizes.text, MAX_WORD_EM * sizes.text, True),
            percent="" if track.rejection else f"{round(100 * track.confidence)}%",
            number=str(track.id),
        )

    def widths(self, sizes: Sizes) -> tuple[int, int, int, int]:
        """Return the widths in pixels of its forms, fullest first (see `FORMS`)."""
        icon_only = sizes.pill
        named = icon_only + sizes.gap // 3 + text.width(self.name, sizes.text, True) + sizes.pad
        percent = text.width(self.percent, sizes.text) if self.percent else 0
        full = named + sizes.gap + text.width(self.number, sizes.small)
        full += sizes.gap + percent if percent else 0
        short = icon_only + sizes.gap // 3 + percent + sizes.pad if percent else icon_only
        return full, named, short, icon_only


def style_of(
    track: Track, tracks: Sequence[Track], colors: Mapping[str, Color], followed: int | None
) -> Style:
    """Return the style of a track.

    Args:
        track: The track.
        tracks: All tracks in the frame.
        colors: Label -> color.
        followed: Id of the followed track.
    """
    color = QUIET if track.rejection else legible(colors[track.label])
    several = len(tracks) > 1 and followed is not None
    if several and track.id != followed:
        return Style(muted(color), QUIET, prominent=False)
    return Style(color, TEXT, prominent=several)


def draw_tag(
    painter: Painter, tag: Tag, form: int, spot: Placed, style: Style, sizes: Sizes
) -> None:
    """Draw a tag.

    Args:
        painter: Draws on the image.
        tag: Its contents.
        form: Index into `FORMS`.
        spot: Its position.
        style: Of the face.
        sizes: Of the image.
    """
    x0, y0, x1, _ = spot.rect
    name = tag.name if form in (FULL, NAMED) else ""
    painter.paste(_ground(x1 - x0, tag.icon, name, style, sizes), x0, y0)
    middle, right = y0 + sizes.pill / 2, x1 - sizes.pad
    if form == FULL:
        number = text.sprite(tag.number, sizes.small, sizes.quiet)
        right -= number.width
        painter.paste(number, right, text.top(middle, sizes.small))
        right -= sizes.gap
    if form in (FULL, SHORT) and tag.percent:
        percent = text.sprite(tag.percent, sizes.text, _ink(style, sizes))
        painter.paste(percent, right - percent.width, text.top(middle, sizes.text))


def _ink(style: Style, sizes: Sizes) -> Color:
    return TEXT if sizes.high_contrast else style.ink


@lru_cache(maxsize=64)
def _ground(width: int, label: str, name: str, style: Style, sizes: Sizes) -> Sprite:
    """Draw the part of a tag that its numbers do not change: ground, icon and word."""
    layer = panel_layer(width, sizes.pill, sizes.pill / 2, sizes.opacity())
    inset = (sizes.pill - sizes.icon) // 2
    layer.paint(icons.mask(label, sizes.icon), style.color, inset, inset)
    if name:
        x = sizes.pill + sizes.gap // 3
        write(layer, name, sizes.text, _ink(style, sizes), x, sizes.pill / 2, bold=True)
    return layer.sprite()
