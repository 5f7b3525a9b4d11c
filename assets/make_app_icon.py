"""Draws the program's icon, for menus and task bars: python assets/make_app_icon.py

The happy face of the window in its color there, in the corners of a found face.
"""

from __future__ import annotations

from pathlib import Path

from make_icons import Pen, happy
from PIL import Image, ImageDraw

SIZE = 256
SCALE = 4
GROUND = "#14161A"
HAPPY = "#F0E442"
CORNER = "#FFFFFF"


def main() -> None:
    size = SIZE * SCALE
    icon = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(icon)
    draw.rounded_rectangle((0, 0, size - 1, size - 1), radius=size * 0.22, fill=GROUND)
    corners(draw, size)
    pen = Pen()
    happy(pen)
    face = round(size * 0.58)
    mask = pen.image.resize((face, face), Image.Resampling.LANCZOS)
    edge = (size - face) // 2
    icon.paste(HAPPY, (edge, edge, edge + face, edge + face), mask)
    small = icon.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    small.save(Path(__file__).parent / "emoapp.png", optimize=True)


def corners(draw: ImageDraw.ImageDraw, size: int) -> None:
    """The four corners of a box around the face."""
    near, arm, width = size * 0.13, size * 0.15, round(size * 0.035)
    for x, right in ((near, 1), (size - near, -1)):
        for y, down in ((near, 1), (size - near, -1)):
            line = [(x, y + down * arm), (x, y), (x + right * arm, y)]
            draw.line(line, fill=CORNER, width=width, joint="curve")
            for end_x, end_y in line:
                box = (end_x - width / 2, end_y - width / 2, end_x + width / 2, end_y + width / 2)
                draw.ellipse(box, fill=CORNER)


if __name__ == "__main__":
    main()
