"""Make faces unrecognisable."""

from emoapp.privacy.pixelation import pixelate

__all__ = ["pixelate"]
