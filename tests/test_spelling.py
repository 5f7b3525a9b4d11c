"""Code and documentation are spelled the American way.

`python tests/test_spelling.py` mends what it can.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

STEMS = {
    "colour": "color",
    "grey": "gray",
    "analyse": "analyze",
    "analysing": "analyzing",
    "labell": "label",
    "licence": "license",
    "recognis": "recogniz",
    "behaviour": "behavior",
    "favour": "favor",
    "neighbour": "neighbor",
    "centre": "center",
    "cancell": "cancel",
    "normalis": "normaliz",
    "initialis": "initializ",
    "organis": "organiz",
    "optimis": "optimiz",
    "minimis": "minimiz",
    "maximis": "maximiz",
    "summaris": "summariz",
    "generalis": "generaliz",
    "synchronis": "synchroniz",
    "visualis": "visualiz",
    "regularis": "regulariz",
    "randomis": "randomiz",
    "quantis": "quantiz",
    "modelling": "modeling",
    "travell": "travel",
    "judgement": "judgment",
    "towards": "toward",
    "learnt": "learned",
    "mould": "mold",
}
"""Part of a British word -> of the American one. Case is kept."""

PATTERN = re.compile(
    # "Optimistic" and "organism" are spelled the same everywhere.
    "|".join(stem + ("(?=[eai])" if stem.endswith("is") else "") for stem in STEMS),
    re.I,
)

KEPT = re.compile(
    r"""(["'`])analysed\1"""  # a field of the statistics, which programs read
    r"|cancellation|BIDI\w*"
)
ENDINGS = (".py", ".md", ".toml", ".html", ".yml", ".cff", ".css", ".js", ".ipynb", ".c")
OTHERS = (
    *("emoapp/companion/moderation.toml", "tests/support/companion_sentences.py"),
    *("tests/test_spelling.py", "constraints/"),
)
"""What others write, which the companion filters, and the lists here."""


def american(text: str) -> str:
    """Return a text with the words of `STEMS` replaced."""

    def replace(match: re.Match[str]) -> str:
        word, new = match[0], STEMS[match[0].lower()]
        return new.upper() if word.isupper() else new.capitalize() if word[0].isupper() else new

    parts, end = [], 0
    for kept in KEPT.finditer(text):
        parts += [PATTERN.sub(replace, text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, PATTERN.sub(replace, text[end:])])


def files() -> list[Path]:
    """The texts of the project, as git knows them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    names = listed.stdout.splitlines()
    chosen = [n for n in names if n.endswith(ENDINGS) and not n.startswith(OTHERS)]
    return [ROOT / name for name in chosen if (ROOT / name).is_file()]


def test_words_are_spelled_the_american_way():
    paths = files()
    if not paths:
        pytest.skip("needs git and the project's repository")
    wrong = []
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if american(line) != line:
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not wrong, "`python tests/test_spelling.py` mends it"


def test_case_and_what_programs_read_are_kept():
    text = "Colour EXPRESSION_COLOURS unrecognisable optimistic numbers['analysed'] analysed"
    mended = "Color EXPRESSION_COLORS unrecognizable optimistic numbers['analysed'] analyzed"
    assert american(text) == mended


if __name__ == "__main__":
    for file in files():
        found = file.read_text("utf-8")
        if american(found) != found:
            file.write_text(american(found), encoding="utf-8", newline="\n")
            print(file.relative_to(ROOT))
