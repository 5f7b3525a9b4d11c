"""Draws the faces that stand beside the words: python assets/make_icons.py

Each is a white disc with eyes and mouth cut out, so that the program can give it any color and the
ground shows through. Drawn eight times too large and scaled down, which smooths the edges.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

SIZE = 128
SCALE = 8
Point = tuple[float, float]


class Pen:
    """Draws on a square whose middle is (0, 0) and whose disc has the radius 100; y points down."""

    def __init__(self) -> None:
        self.image = Image.new("L", (SIZE * SCALE, SIZE * SCALE), 0)
        self._draw = ImageDraw.Draw(self.image)
        self._unit = SIZE * SCALE / 204
        self.disc((0, 0), 100, fill=255)

    def _at(self, x: float, y: float) -> Point:
        return (x + 102) * self._unit, (y + 102) * self._unit

    def disc(self, middle: Point, rx: float, ry: float | None = None, fill: int = 0) -> None:
        (x, y), ry = middle, rx if ry is None else ry
        self._draw.ellipse((*self._at(x - rx, y - ry), *self._at(x + rx, y + ry)), fill=fill)

    def stroke(self, *points: Point, width: float = 17, fill: int = 0) -> None:
        """A line through all points, with round ends and joints."""
        line = [self._at(*point) for point in points]
        self._draw.line(line, fill=fill, width=round(width * self._unit))
        for point in points:
            self.disc(point, width / 2, fill=fill)

    def curve(self, a: Point, b: Point, c: Point, width: float = 17, fill: int = 0) -> None:
        """A quadratic curve from a to c, drawn toward b."""
        self.stroke(*(bezier(a, b, c, step / 40) for step in range(41)), width=width, fill=fill)

    def shape(self, *points: Point, fill: int = 0) -> None:
        self._draw.polygon([self._at(*point) for point in points], fill=fill)

    def eyes(self, rx: float = 13, ry: float = 16, y: float = -20, apart: float = 36) -> None:
        for x in (-apart, apart):
            self.disc((x, y), rx, ry)


def bezier(a: Point, b: Point, c: Point, t: float) -> Point:
    u = 1 - t
    return tuple(u * u * p + 2 * u * t * q + t * t * r for p, q, r in zip(a, b, c, strict=True))


def happy(pen: Pen) -> None:
    for x in (-36, 36):
        pen.curve((x - 18, -14), (x, -42), (x + 18, -14), width=16)
    mouth = [bezier((-52, 14), (0, 112), (52, 14), step / 40) for step in range(41)]
    pen.shape(*mouth)
    pen.stroke((-48, 16), (48, 16), width=10)


def sad(pen: Pen) -> None:
    pen.eyes(y=-8)
    pen.stroke((-62, -32), (-26, -52), width=15)
    pen.stroke((62, -32), (26, -52), width=15)
    pen.curve((-36, 56), (0, 18), (36, 56))


def angry(pen: Pen) -> None:
    pen.eyes(y=-4, ry=14)
    pen.stroke((-62, -48), (-16, -26), width=18)
    pen.stroke((62, -48), (16, -26), width=18)
    pen.curve((-38, 52), (0, 32), (38, 52), width=18)


def disgust(pen: Pen) -> None:
    for side in (-1, 1):
        pen.stroke((side * 56, -38), (side * 24, -20), (side * 56, -4), width=15)
    wave = [(-48, 36), (-24, 22), (0, 36), (24, 22), (48, 36)]
    pen.stroke(*wave, width=16)
    pen.shape((0, 36), (0, 62), (34, 62), (36, 34))
    pen.disc((17, 60), 17, 16)


def fear(pen: Pen) -> None:
    for x in (-36, 36):
        pen.disc((x, -14), 23, 26)
        pen.disc((x, -12), 10, 11, fill=255)
    pen.stroke((-60, -52), (-24, -64), width=13)
    pen.stroke((60, -52), (24, -64), width=13)
    points = [(-44, 58), (-30, 36), (30, 36), (44, 58)]
    pen.shape(*points)
    pen.stroke(*points, points[0], width=12)
    pen.stroke((-24, 47), (-8, 51), (8, 47), (24, 51), width=7, fill=255)


def surprise(pen: Pen) -> None:
    pen.eyes(rx=14, ry=19, y=-18)
    for x in (-36, 36):
        pen.curve((x - 20, -54), (x, -72), (x + 20, -54), width=13)
    pen.disc((0, 46), 23, 29)


def neutral(pen: Pen) -> None:
    pen.eyes(y=-22)
    pen.stroke((-38, 38), (38, 38))


def contempt(pen: Pen) -> None:
    for x in (-36, 36):
        pen.disc((x, -16), 16)
        pen.shape((x - 24, -48), (x + 24, -48), (x + 24, -20), (x - 24, -20), fill=255)
        pen.stroke((x - 20, -22), (x + 20, -22), width=13)
    pen.curve((-36, 44), (14, 46), (44, 16))


def other(pen: Pen) -> None:
    pen.disc((0, 0), 80)
    pen.disc((-34, 0), 17, fill=255)
    pen.disc((34, 0), 17, fill=255)


ICONS = (happy, sad, angry, disgust, fear, surprise, neutral, contempt, other)


def main() -> None:
    folder = Path(__file__).parent / "icons"
    folder.mkdir(exist_ok=True)
    for draw in ICONS:
        pen = Pen()
        draw(pen)
        alpha = pen.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        icon = Image.new("LA", (SIZE, SIZE), 255)
        icon.putalpha(alpha)
        icon.save(folder / f"{draw.__name__}.png", optimize=True)


if __name__ == "__main__":
    main()
