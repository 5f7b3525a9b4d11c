"""Refuse what a server may not say: diagnoses, self-harm, insults.

A safety net of word lists (moderation.toml), not an understanding: it misses what is worded in
another way, and now and then refuses what was kindly meant; a written reply stands there then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from emoapp.companion.data import read_toml

DATA_FILE = "moderation.toml"

CATEGORIES = ("self_harm", "diagnosis", "insult")
"""As in the data; `Moderator.refusal` has two more: "letters" and "disguise"."""

SPELLED_OUT = 5
"""So many single letters in a row are a word that shall not be found."""

_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""Letters of European languages that are more than a letter from a to z with an accent."""

_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a"}
_DIGITS |= {"$": "s", "€": "e", "!": "i", "|": "i"}
_LEET = ({}, *(str.maketrans(_DIGITS | {"1": one}) for one in "il"))

_SINGLE_LETTERS = re.compile(r"(?<= )[a-z](?: [a-z]){2,}(?= )")
_GAP = r"(?:[^ ]+ ){0,3}"


class Moderator:
    """Look for what may not be said. Making one takes some tenths of a second."""

    def __init__(self) -> None:
        """Raises ImportError where the list of swear words (glin-profanity) is not installed."""
        from glin_profanity import Filter

        data = read_toml(DATA_FILE)
        swear_words = data.pop("swear_words")
        self._swear_words = Filter(
            {
                "languages": swear_words["languages"],
                "ignore_words": swear_words["ignore"],
                "detect_leetspeak": True,
                "normalize_unicode": True,
            }
        )
        self._patterns, self._squeezed = (
            {name: _compiled(data, name, squeezed=squeezed) for name in ("pass", *CATEGORIES)}
            for squeezed in (False, True)
        )

    def refusal(self, sentence: str, before: str = "") -> str | None:
        """Why a sentence may not be shown: one of CATEGORIES, "letters" or "disguise"; else None.

        sentence: as `cleaning.clean` leaves it.
        before: the sentences that have passed, upon which it follows.
        """
        folded = _folded(sentence)
        if any(letter.isalpha() and not "a" <= letter <= "z" for letter in folded):
            return "letters"
        for category in CATEGORIES:
            if self._found(category, folded):
                return category
        # A sentence can be cut so that each part is harmless.
        if before and self._found("self_harm", _folded(f"{before} {sentence}")):
            return "self_harm"
        if any(
            len(run[0].split()) >= SPELLED_OUT for run in _SINGLE_LETTERS.finditer(_spaced(folded))
        ):
            return "disguise"
        return "insult" if self._swear_words.is_profane(sentence) else None

    def _found(self, category: str, folded: str) -> bool:
        stretched = re.search(r"([a-z])\1\1", folded)
        for version in _versions(folded):
            if _search(self._patterns, category, version):
                return True
            if stretched and _search(self._squeezed, category, _squeeze(version)):
                return True
        return False


def _search(patterns: dict[str, re.Pattern[str]], category: str, version: str) -> bool:
    rest = patterns["pass"].sub("| ", version)
    return patterns[category].search(rest) is not None


def _folded(text: str) -> str:
    """Small letters without accents; what else was in the text stays."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.category(letter).startswith("M"))
    return text.translate(_LETTERS)


def _spaced(folded: str, gap: str = " ") -> str:
    """The words with one space around each, `gap` in place of what is no letter and no digit."""
    words = (re.sub(r"[^a-z0-9]+", gap, word) for word in folded.split())
    return f" {' '.join(' '.join(words).split())} "


def _versions(folded: str) -> set[str]:
    """What the text may be meant to say: digits for letters, dots between them, spelled out."""
    found = set()
    for table in _LEET:
        words = " ".join(
            word.rstrip("!|?.,;:").translate(table) if re.search("[a-z]", word) else word
            for word in folded.split()
        )
        for gap in (" ", ""):
            line = _spaced(words, gap)
            joined = _SINGLE_LETTERS.sub(lambda run: run[0].replace(" ", ""), line)
            # Umlauts as they are written where there are none.
            found |= {line, joined, re.sub(r"(?<=[aou])e", "", line)}
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"([a-z])\1+", r"\1", text)


def _compiled(data: dict[str, dict], name: str, *, squeezed: bool) -> re.Pattern[str]:
    """One pattern of all languages' phrases; it matches whole words and their following space."""
    phrases = (
        _phrase(phrase, language.get("sets", {}), squeezed=squeezed)
        for language in data.values()
        for phrase in language.get(name, ())
    )
    return re.compile(rf"(?<= )(?:{'|'.join(phrases)})")


def _phrase(phrase: str, sets: dict[str, list[str]], *, squeezed: bool) -> str:
    return "".join(_tokens(phrase, sets, squeezed=squeezed))


def _tokens(phrase: str, sets: dict[str, list[str]], *, squeezed: bool) -> Iterator[str]:
    for token in phrase.split():
        if token == "~":
            yield _GAP
        elif token.startswith("<"):
            inner = (_phrase(one, sets, squeezed=squeezed) for one in sets[token.strip("<>")])
            yield f"(?:{'|'.join(inner)})"
        else:
            words = (_squeeze(word) if squeezed else word for word in token.split("|"))
            yield f"(?:{'|'.join(_word(word) for word in words)})"


def _word(word: str) -> str:
    if not word:
        return ""
    return f"{word[:-1]}[^ ]* " if word.endswith("*") else f"{word} "
