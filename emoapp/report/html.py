"""What all pages share: their templates, and pictures that are part of the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import jinja2

from emoapp.overlay import icons
from emoapp.overlay.theme import colors_of
from emoapp.utils.escape import printable

ICON_PX = 64


def template(name: str) -> jinja2.Template:
    """Return a template of this folder, which escapes all text.

    Args:
        name: Path of the file below this folder, with "/".
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        # Text that is HTML already is of another type (Markup).
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    return environment.get_template(name)


def icon_url(label: str, labels: Sequence[str]) -> str:
    """Return the icon of an expression in its color, as a PNG in the address itself.

    Args:
        label: The expression.
        labels: All of them, in the order of the model.
    """
    from PIL import Image

    shape = Image.fromarray(icons.mask(label, ICON_PX))
    blue, green, red = colors_of(labels)[label]
    image = Image.new("RGBA", shape.size, (red, green, blue, 0))
    image.putalpha(shape)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return png_url(file.getvalue())


def jpeg_url(content: bytes | None) -> str | None:
    """Return an address that is the JPEG file itself; None for none."""
    return None if content is None else _data_url("jpeg", content)


def png_url(content: bytes) -> str:
    """Return an address that is the PNG file itself."""
    return _data_url("png", content)


def _data_url(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
