"""Blend prepared sprites into an image, touching only the pixels that they cover."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from emoapp.images import Image, as_image
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import Color


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A piece with soft edges, in the form that blends fastest: image * keep / 255 + ink.

    Attributes:
        ink: uint8 (h, w, 3), BGR, premultiplied by the opacity.
        keep: uint8 (h, w, 3), how much of the image shows through; 255 is all of it.
    """

    ink: np.ndarray
    keep: np.ndarray
    _layers: dict = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.ink.shape[1]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.ink.shape[0]

    def layers(self, image: Image, x: int, y: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return ink and keep for each plane of an image; cached.

        Args:
            image: The image, whose pixel format counts.
            x: Left edge of the sprite in the image, pixels.
            y: Upper edge, pixels.
        """
        key = image.form, x % 2, y % 2
        if key not in self._layers:
            self._layers[key] = image.layers(self.ink, self.keep, x, y)
        return self._layers[key]

    def faded(self, share: float) -> Sprite:
        """Return the sprite at `share` (0 to 1) of its opacity."""
        keep = cv2.convertScaleAbs(self.keep, alpha=share, beta=255 * (1 - share))
        return Sprite(cv2.convertScaleAbs(self.ink, alpha=share), keep)


PlacedSprite = tuple[Sprite, Rect]
"""A sprite and its rectangle in the image."""


class Layer:
    """A transparent layer on which a sprite is composed once, to be pasted often.

    Args:
        width: In pixels.
        height: In pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._ink = np.zeros((height, width, 3), np.float32)
        self._alpha = np.zeros((height, width, 1), np.float32)

    def paint(
        self, mask: np.ndarray, color: Color, x: int = 0, y: int = 0, opacity: float = 1.0
    ) -> None:
        """Paint a color over the layer through a mask; parts outside the layer are clipped.

        Args:
            mask: uint8 (h, w), 255 for full coverage.
            color: Blue, green, red.
            x: Left edge of the mask on the layer, pixels.
            y: Upper edge, pixels.
            opacity: 0 to 1, multiplied with the mask.
        """
        height, width = self._alpha.shape[:2]
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(width, x + mask.shape[1]), min(height, y + mask.shape[0])
        if x1 <= x0 or y1 <= y0:
            return
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x, None]
        alpha = part.astype(np.float32) * (opacity / 255)
        ink, below = self._ink[y0:y1, x0:x1], self._alpha[y0:y1, x0:x1]
        ink *= 1 - alpha
        ink += alpha * np.array(color, np.float32)
        below *= 1 - alpha
        below += alpha

    def sprite(self) -> Sprite:
        """Return the layer as a sprite."""
        keep = np.rint(255 * (1 - self._alpha)).astype(np.uint8)
        return Sprite(np.rint(self._ink).astype(np.uint8), np.repeat(keep, 3, axis=2))


@lru_cache(maxsize=128)
def rounded(width: int, height: int, radius: float) -> np.ndarray:
    """Return the mask of a filled rectangle with round corners and antialiased edges.

    Args:
        width: In pixels.
        height: In pixels.
        radius: Of the corners, pixels; at most half of the shorter side is used.

    Returns:
        uint8 (height, width), read-only.
    """
    radius = min(radius, width / 2, height / 2)
    # The distance to the outline, from the center of each pixel: exact, so no supersampling.
    x = np.abs(np.arange(width, dtype=np.float32) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height, dtype=np.float32) + 0.5 - height / 2) - (height / 2 - radius)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None]) - radius
    mask = np.rint(255 * np.clip(0.5 - outside, 0, 1)).astype(np.uint8)
    mask.setflags(write=False)
    return mask


@lru_cache(maxsize=1024)
def capsule(width: int, height: int, color: Color) -> Sprite:
    """Return a bar with semicircular ends, sizes in pixels."""
    layer = Layer(width, height)
    layer.paint(rounded(width, height, height / 2), color)
    return layer.sprite()


class Painter:
    """Draw on one image, in place, and record where.

    Args:
        image: The image; an array is uint8 (H, W, 3), BGR.

    Attributes:
        image: The image.
        touched: Rectangles outside of which no pixel was changed, except the color of the adjacent
            one where the image has one color for four pixels (4:2:0).
    """

    def __init__(self, image: Image | np.ndarray) -> None:
        self.image = as_image(image)
        self._planes = [(plane, self.image.step(plane)) for plane in self.image.planes]
        self.touched: list[Rect] = []

    def _clip(self, x0: int, y0: int, x1: int, y1: int) -> Rect | None:
        width, height = self.image.size_wh
        rect = Rect(max(0, x0), max(0, y0), min(width, x1), min(height, y1))
        if rect.x1 <= rect.x0 or rect.y1 <= rect.y0:
            return None
        self.touched.append(rect)
        return rect

    def paste(self, sprite: Sprite, x: int, y: int) -> None:
        """Blend a sprite into the image, clipped at its edges.

        Args:
            sprite: The sprite.
            x: Left edge, pixels.
            y: Upper edge, pixels.
        """
        rect = self._clip(x, y, x + sprite.width, y + sprite.height)
        if rect is None:
            return
        layers = sprite.layers(self.image, x, y)
        for (plane, step), (ink, keep) in zip(self._planes, layers, strict=True):
            left, top = x // step, y // step
            x0, y0 = rect.x0 // step, rect.y0 // step
            x1, y1 = -(-rect.x1 // step), -(-rect.y1 // step)
            part = plane[y0:y1, x0:x1]
            if part.shape[:2] != ink.shape[:2]:
                ink = ink[y0 - top : y1 - top, x0 - left : x1 - left]
                keep = keep[y0 - top : y1 - top, x0 - left : x1 - left]
            cv2.multiply(part, keep, dst=part, scale=1 / 255)
            cv2.add(part, ink, dst=part)

    def paste_placed(self, placed: PlacedSprite | None) -> None:
        """Blend a sprite into its rectangle; None does nothing."""
        if placed is not None:
            sprite, rect = placed
            self.paste(sprite, rect.x0, rect.y0)

    def paste_centered(self, sprite: Sprite) -> None:
        """Blend a sprite into the middle of the image."""
        width, height = self.image.size_wh
        self.paste(sprite, (width - sprite.width) // 2, (height - sprite.height) // 2)

    def strokes(self, lines: np.ndarray, *pens: tuple[Color, int]) -> None:
        """Draw antialiased open polylines.

        Args:
            lines: float (M, N, 2): M lines of N points (x, y), in pixels.
            *pens: Color and thickness in pixels; each is drawn over the one before.
        """
        reach = max(thickness for _, thickness in pens) // 2 + 3
        low = np.floor(lines.min(axis=1)).astype(int) - reach
        high = np.ceil(lines.max(axis=1)).astype(int) + reach
        for (x0, y0), (x1, y1) in zip(low.tolist(), high.tolist(), strict=True):
            self._clip(x0, y0, x1, y1)
        for number, (plane, step) in enumerate(self._planes):
            # With shift=4, OpenCV takes sixteenths of a pixel, from the center of a pixel.
            fixed = list(np.rint((lines / step - 0.5) * 16).astype(np.int32))
            for color, thickness in pens:
                value, pen = self.image.color(color)[number], max(1, round(thickness / step))
                cv2.polylines(plane, fixed, False, value, pen, cv2.LINE_AA, shift=4)

    def dim(self, share: float) -> None:
        """Darken the whole image to `share` of its brightness, 0 to 1."""
        self._clip(0, 0, *self.image.size_wh)
        for plane, black in zip(self.image.planes, self.image.color((0, 0, 0)), strict=True):
            cv2.convertScaleAbs(plane, dst=plane, alpha=share, beta=black[0] * (1 - share))

    def gray(self, share: float) -> None:
        """Remove the color of the whole image and darken it as `dim` does."""
        self.dim(share)
        self.image.drain()
