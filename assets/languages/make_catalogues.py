"""Brings the catalogues of translations up to date with the code, and compiles them.

    python assets/languages/make_catalogues.py            # after texts have changed
    python assets/languages/make_catalogues.py missing    # lists what is not translated yet
    python assets/languages/make_catalogues.py add TABLE  # takes translations out of a table
    python assets/languages/make_catalogues.py check      # fails where anything is to be done

A table has a line for each text: the English one (both forms of a plural one behind each other,
with " / " between them), then the languages in the order of `LANGUAGES`, all separated by "¦".
Needs babel, which the program itself does not.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).parent))
import extract

FOLDER = Path(__file__).parent
LANGUAGES = ("de", "fr", "es", "zh", "ja")
SEPARATOR, PLURAL_SEPARATOR = "¦", " / "


class StableCatalog(Catalog):
    """A catalogue whose header changes with nothing but its language."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header, without dates and without the version of babel."""
        return [
            ("Project-Id-Version", "emoapp"),
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def key_of(one: str, many: str | None) -> str | tuple[str, str]:
    return one if many is None else (one, many)


def translations_in(language: str) -> dict[str, str | tuple[str, ...]]:
    """Return the translations that a catalogue has, by the structure of the English text."""
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    found = {}
    for message in catalog:
        if message.id and message.string and all(message.string):
            one = message.id if isinstance(message.id, str) else message.id[0]
            found[extract.structure_of(one)] = message.id, message.string
    return found


def catalogue(language: str, added: dict[str, str | tuple[str, ...]]) -> StableCatalog:
    """Return the catalogue that belongs to the code, with what is translated so far."""
    known = translations_in(language)
    catalog = StableCatalog(locale=language, fuzzy=False, header_comment=f"# {language} of emoapp")
    for (one, many), places in sorted(extract.messages().items(), key=lambda item: item[0][0]):
        string: str | tuple[str, ...] = ""
        structure = extract.structure_of(one)
        if structure in known:
            string = renamed(known[structure], one)
        string = added.get(one, string)
        catalog.add(key_of(one, many), string, locations=[(place, None) for place in places])
        catalog.get(key_of(one, many)).flags.clear()
    return catalog


def renamed(
    known: tuple[str | tuple[str, ...], str | tuple[str, ...]], one: str
) -> str | tuple[str, ...]:
    """Return a translation, whose English text may have got other names for its values."""
    message, string = known
    old = message if isinstance(message, str) else message[0]
    names = dict(zip(fields_of(old), fields_of(one), strict=True))

    def replace(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: f"{{{names[found[1]]}}}", text)

    return replace(string) if isinstance(string, str) else tuple(map(replace, string))


def fields_of(text: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", text)


def po_of(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=0, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def mo_of(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def missing_in(catalog: Catalog) -> list[str]:
    return [
        message.id if isinstance(message.id, str) else PLURAL_SEPARATOR.join(message.id)
        for message in catalog
        if message.id and not (message.string and all(message.string))
    ]


def faults_of(language: str) -> list[str]:
    """Return what is wrong with a catalogue, a line each; none where it is up to date."""
    catalog = catalogue(language, {})
    faults = [f"{language}: not translated: {text}" for text in missing_in(catalog)]
    for name, content in ((f"{language}.po", po_of(catalog)), (f"{language}.mo", mo_of(catalog))):
        path = FOLDER / name
        if not path.is_file() or path.read_bytes() != content:
            faults.append(f"{name} is not up to date: run {Path(__file__).name}")
    for message in catalog:
        if not message.id:
            continue
        one = message.id if isinstance(message.id, str) else message.id[-1]
        strings = [message.string] if isinstance(message.string, str) else message.string
        for string in filter(None, strings):
            if sorted(fields_of(string)) != sorted(fields_of(one)):
                faults.append(f"{language}: other values than in English: {string}")
    return faults


def tables_in(path: Path) -> dict[str, dict[str, str | tuple[str, ...]]]:
    """Return the translations of a table: language -> English text -> translation."""
    found: dict[str, dict[str, str | tuple[str, ...]]] = {language: {} for language in LANGUAGES}
    plural = {one: many for one, many in extract.messages() if many is not None}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        english, *strings = (cell.replace("\\n", "\n") for cell in line.split(SEPARATOR))
        if len(strings) != len(LANGUAGES):
            raise SystemExit(f"{path}, line {number}: expected {len(LANGUAGES)} translations")
        one = english.split(PLURAL_SEPARATOR)[0]
        for language, string in zip(LANGUAGES, strings, strict=True):
            found[language][one if one in plural else english] = (
                tuple(string.split(PLURAL_SEPARATOR)) if one in plural else string
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", nargs="?", choices=["missing", "add", "check"])
    parser.add_argument("table", nargs="?", type=Path)
    args = parser.parse_args()
    if args.action == "check":
        faults = [fault for language in LANGUAGES for fault in faults_of(language)]
        print(*faults, sep="\n")
        return bool(faults)
    if args.action == "missing":
        texts = [text for language in LANGUAGES for text in missing_in(catalogue(language, {}))]
        print(*dict.fromkeys(texts), sep="\n")
        return 0
    added = tables_in(args.table) if args.action == "add" else {}
    for language in LANGUAGES:
        catalog = catalogue(language, added.get(language, {}))
        (FOLDER / f"{language}.po").write_bytes(po_of(catalog))
        (FOLDER / f"{language}.mo").write_bytes(mo_of(catalog))
        print(f"{language}: {len(missing_in(catalog))} of {len(catalog)} texts are missing")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
