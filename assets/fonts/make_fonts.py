"""Cuts Inter down to what the overlay writes: Latin, punctuation, arrows; digits of equal width.

    python assets/fonts/make_fonts.py FOLDER

FOLDER holds Inter-Medium.otf and Inter-SemiBold.otf, for instance from Debian's fonts-inter.
Needs fonttools, which the program itself does not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x24F),  # Latin-1, Latin Extended A and B
    (0x2C6, 0x2DD),  # spacing accents
    (0x300, 0x328),  # combining accents
    (0x1E00, 0x1EFF),  # Latin Extended Additional: Vietnamese, Welsh
    (0x2010, 0x2044),  # dashes, quotes, ellipsis
    (0x20AC, 0x20AC),
    (0x2190, 0x2199),  # arrows
    (0x21E7, 0x21E7),
    (0x2318, 0x2318),
    (0x23CE, 0x23CE),
)


def even_digits(font: TTFont) -> None:
    """Point the digits at the font's tabular forms: a number that changes must not jitter."""
    gsub = font["GSUB"].table
    lookups = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    wide: dict[str, str] = {}
    for index in sorted(lookups):
        for table in gsub.LookupList.Lookup[index].SubTable:
            wide.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in table.cmap:
                # Two tables may share one mapping, so a digit may have been turned already.
                table.cmap[code] = wide.get(table.cmap[code], table.cmap[code])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the whole Inter fonts lie")
    folder = parser.parse_args().folder
    for name in ("Inter-Medium.otf", "Inter-SemiBold.otf"):
        font = TTFont(folder / name)
        even_digits(font)
        # Not every loader applies OpenType features, so only those that Pillow uses unasked stay.
        options = Options(layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False)
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 16, 17]
        options.notdef_outline = True
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
        subsetter.subset(font)
        font.save(Path(__file__).parent / name)


if __name__ == "__main__":
    main()
