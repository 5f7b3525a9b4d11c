"""Read the TOML files that ship with the companion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a TOML file in this folder.

    Args:
        name: File name, such as "replies.toml".
    """
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
