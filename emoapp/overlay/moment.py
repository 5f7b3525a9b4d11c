"""Mark a moment on the timeline."""

from __future__ import annotations

from emoapp.overlay import text
from emoapp.overlay.blend import Painter, capsule
from emoapp.overlay.ground import row_layer, write
from emoapp.overlay.history import SPAN_S
from emoapp.overlay.theme import TEXT, Sizes
from emoapp.overlay.timeline import LAG_S, plan
from emoapp.utils.language import _


def moment_at(x: float, sizes: Sizes) -> float | None:
    """Return the age in seconds of the moment that the band shows at an x of the image, in pixels.

    Beyond the ends of the colored part it is the moment at the end; None without a band.
    """
    layout = plan(sizes)
    if layout is None:
        return None
    share = (x - layout.rect.x0 - layout.x) / layout.length
    return LAG_S + (1 - min(max(share, 0.0), 1.0)) * SPAN_S


def draw_moment(painter: Painter, age_s: float, sizes: Sizes) -> None:
    """Mark a moment of the band, and show above it how long ago that was.

    Args:
        painter: Draws on the image.
        age_s: Seconds.
        sizes: Of the image.
    """
    layout = plan(sizes)
    if layout is None:
        return
    rect, share = layout.rect, 1 - (age_s - LAG_S) / SPAN_S
    x = rect.x0 + layout.x + min(max(share, 0.0), 1.0) * layout.length
    width = max(3, layout.sizes.stroke)
    painter.paste(capsule(width, rect.y1 - rect.y0, TEXT), round(x - width / 2), rect.y0)
    words = _("{seconds} s ago").format(seconds=round(age_s))
    pad, size = 2 * sizes.pad, layout.sizes.small
    layer = row_layer(text.width(words, size) + 2 * pad, layout.sizes)
    write(layer, words, size, TEXT, pad, layout.sizes.row / 2)
    label = layer.sprite()
    left = min(max(round(x - label.width / 2), rect.x0), rect.x1 - label.width)
    painter.paste(label, left, rect.y0 - sizes.gap - label.height)
