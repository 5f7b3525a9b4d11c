"""Build panels: a rounded ground, and text and key caps on it."""

from __future__ import annotations

from collections.abc import Iterable

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Painter, rounded
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, TEXT, Color, Sizes

CAP_OPACITY = 0.16
CAP_RADIUS_EM = 0.35


def panel_layer(width: int, height: int, radius: float, opacity: float = GROUND_OPACITY) -> Layer:
    """Return a layer with a panel's ground.

    Args:
        width: Of the panel, pixels.
        height: Of the panel, pixels.
        radius: Of its corners, pixels; at most half of the shorter side is used.
        opacity: Of the ground, 0 to 1.
    """
    layer = Layer(width, height)
    layer.paint(rounded(width, height, radius), GROUND, opacity=opacity)
    return layer


def card_layer(width: int, height: int, sizes: Sizes) -> Layer:
    """Return a layer with the ground of a panel beside the faces: the bars, the companion."""
    return panel_layer(width, height, sizes.text * 0.8, sizes.opacity())


def row_layer(width: int, sizes: Sizes) -> Layer:
    """Return a layer with the ground of one row of small text, with semicircular ends."""
    return panel_layer(width, sizes.row, sizes.row / 2, sizes.opacity())


def card_padding(sizes: Sizes) -> int:
    """Return the distance in pixels from a card's edge to its contents."""
    return round(sizes.pad * 1.6)


def write(
    layer: Layer,
    string: str,
    size: int,
    color: Color,
    x: int,
    middle: float,
    *,
    bold: bool = False,
) -> None:
    """Write one line on a layer.

    Args:
        layer: The layer, changed in place.
        string: The text.
        size: Font size (the em), pixels.
        color: Of the text.
        x: Left edge, pixels.
        middle: The y on which capitals are centered, pixels.
        bold: Whether the text is semibold.
    """
    layer.paint(text.mask(string, size, bold), color, x, text.top(middle, size, bold))


def write_lines(
    layer: Layer,
    lines: Iterable[tuple[int, str]],
    size: int,
    color: Color,
    y: float,
    line_height: int,
) -> None:
    """Write lines below each other on a layer.

    Args:
        layer: The layer, changed in place.
        lines: The left edge in pixels and the text of each.
        size: Font size (the em), pixels.
        color: Of the text.
        y: Upper edge of the first line, pixels.
        line_height: From line to line, pixels.
    """
    middle = y + line_height / 2
    for x, string in lines:
        write(layer, string, size, color, x, middle)
        middle += line_height


def paste_text(
    painter: Painter, string: str, size: int, color: Color, x: int, middle: float
) -> None:
    """Draw one line directly on an image; arguments as for `write`."""
    painter.paste(text.sprite(string, size, color), x, text.top(middle, size))


def write_cap(layer: Layer, key: str, size: int, rect_xywh: tuple[int, ...], sizes: Sizes) -> None:
    """Draw the cap of a key on a layer.

    Args:
        layer: The layer, changed in place.
        key: What is written on the cap.
        size: Font size (the em), pixels.
        rect_xywh: Left and upper edge, width and height of the cap, pixels.
        sizes: Of the image.
    """
    x, y, width, height = rect_xywh
    cap = rounded(width, height, sizes.text * CAP_RADIUS_EM)
    layer.paint(cap, TEXT, x, y, opacity=CAP_OPACITY)
    left = x + (width - text.width(key, size, True)) // 2
    write(layer, key, size, TEXT, left, y + height / 2, bold=True)
