"""Each file of `assets` and `models` is in the wheel, or known to stay in the repository."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

STAYS = (
    r"assets/.*\.py",
    r"assets/fonts/(OFL.*\.txt|README\.md)",  # the licenses are beside the package's metadata
    r"assets/languages/\w+\.po",
    r"assets/(tour\.webp|\w+\.jpg)",
    r"models/(report|teachers)/.*",
    r"models/detection/LICENSE",
    r"models/.*/(\w+\.py|README\.md)",
    r".*/__pycache__/.*",
)
"""What only the repository needs."""


def included() -> dict[str, str]:
    """What pyproject.toml puts into the wheel beside the package: file or folder -> where."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


def test_every_bundled_file_is_in_the_wheel_or_known_to_stay():
    listed = included()
    undecided = []
    for folder in ("assets", "models"):
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            parents = {parent.as_posix() for parent in Path(name).parents} | {name}
            stays = any(re.fullmatch(pattern, name) for pattern in STAYS)
            if path.is_file() and not stays and not parents & set(listed):
                undecided.append(name)
    assert not undecided, "add them to force-include in pyproject.toml, or to STAYS"


@pytest.mark.parametrize("name, where", included().items())
def test_what_is_listed_is_there_and_keeps_its_place(name, where):
    assert (ROOT / name).exists() and where == f"emoapp/{name}"
    assert not any(re.fullmatch(pattern, name) for pattern in STAYS)
