"""The font of plots in languages whose letters matplotlib's own font does not have."""

from __future__ import annotations

from typing import Any

from emoapp.overlay.theme import asset
from emoapp.utils.language import language

WIDE_FONTS = {"zh": "NotoSansSC-Medium.otf", "ja": "NotoSansJP-Medium.otf"}
"""Language -> file in `assets/fonts`."""


def font_settings() -> dict[str, Any]:
    """Return matplotlib's settings for text in the language in use."""
    if language() not in WIDE_FONTS:
        return {}
    from matplotlib.font_manager import FontProperties, fontManager

    path = str(asset("fonts", WIDE_FONTS[language()]))
    fontManager.addfont(path)
    return {"font.family": ["DejaVu Sans", FontProperties(fname=path).get_name()]}
