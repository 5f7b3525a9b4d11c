"""Cuts Noto Sans CJK down to the characters that the Chinese and Japanese catalogues use.

    python assets/fonts/make_wide_fonts.py FOLDER

FOLDER holds NotoSansCJK-Medium.ttc and NotoSansCJK-Bold.ttc, for instance from Debian's
fonts-noto-cjk and fonts-noto-cjk-extra. To be run after the catalogues have changed; without
FOLDER it only says whether that is needed. Needs fonttools, which the program itself does not.
"""

from __future__ import annotations

import argparse
import gettext
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).parent
CATALOGUES = FOLDER.parent / "languages"

FONTS = {"zh": "SC", "ja": "JP"}
"""Language -> the part of the collection with its forms of the letters."""

COMMON = "、。，．：；！？（）「」『』【】《》〈〉［］｛｝～・ー　％＋－＝／＼＆＠＃＊…—“”‘’"
NAMES = "简体中文日本語"
"""The languages' own names, which are read whatever the language is."""
WIDE_FROM = 0x2E80
"""What comes before is in Inter."""


def characters(language: str) -> set[str]:
    """Return the characters that a language needs and Inter does not have."""
    with (CATALOGUES / f"{language}.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    texts = vars(catalogue)["_catalog"].values()
    return {c for c in "".join(texts) + COMMON + NAMES if ord(c) >= WIDE_FROM}


def font_file(language: str, weight: str) -> Path:
    return FOLDER / f"NotoSans{FONTS[language]}-{weight}.otf"


def missing_in(path: Path, language: str) -> set[str]:
    if not path.is_file():
        return characters(language)
    return characters(language) - set(map(chr, TTFont(path).getBestCmap()))


def cut(collection: Path, language: str, weight: str) -> None:
    family = f"Noto Sans CJK {FONTS[language]}"
    fonts = TTCollection(collection).fonts
    font = next(one for one in fonts if one["name"].getDebugName(1).startswith(family))
    font.recalcTimestamp = False
    options = Options(layout_features=["kern", "ccmp"], hinting=False, desubroutinize=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 16, 17]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters(language))))
    subsetter.subset(font)
    font.save(font_file(language, weight))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where the collections lie")
    folder = parser.parse_args().folder
    lacking = 0
    for language in FONTS:
        for weight in ("Medium", "Bold"):
            if folder is not None:
                cut(folder / f"NotoSansCJK-{weight}.ttc", language, weight)
            lacks = missing_in(font_file(language, weight), language)
            lacking += len(lacks)
            print(f"{font_file(language, weight).name}: {len(lacks)} characters are missing")
    return int(bool(lacking))


if __name__ == "__main__":
    sys.exit(main())
