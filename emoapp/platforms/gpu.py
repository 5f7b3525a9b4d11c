"""Whether TensorFlow uses a graphics card."""

from __future__ import annotations

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        "TensorFlow uses no GPU, but under WSL 2, which is Linux.",
        "TensorFlow 2.11",
        "TensorFlow, Install with pip",
    ),
    Fact(
        "macos",
        "TensorFlow uses no GPU; tensorflow-metal, Apple's plug-in, is not for its newer releases.",
        "TensorFlow 2.19",
        "TensorFlow, Install with pip; PyPI, tensorflow-metal",
    ),
)

_REASONS = {
    "windows": (
        "TensorFlow uses no GPU on Windows since 2.11; use `--device cpu`, which is fast enough, "
        "or install emoapp inside WSL 2"
    ),
    "macos": (
        "TensorFlow uses no GPU on macOS (tensorflow-metal does not fit the releases that emoapp "
        "needs); use `--device cpu`, which is fast enough"
    ),
}


def why_no_gpu() -> str:
    """Return why no GPU can be used on this system, and what to do; "" where one can."""
    return _REASONS.get(platforms.system(), "")
