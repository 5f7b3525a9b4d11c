"""Make faces unrecognizable."""

from emoapp.privacy.pixelation import pixelate

__all__ = ["pixelate"]
