"""Refuse sentences that a server may not say: diagnoses, self-harm, insults.

This is a safety net of word lists (moderation.toml) that understands nothing: it misses what is
worded in another way, and sometimes refuses a kind sentence, which a written reply then replaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from emoapp.companion.data import read_toml

DATA_FILE = "moderation.toml"

CATEGORIES = ("self_harm", "diagnosis", "insult")
"""Names of the phrase lists; `Moderator.refusal` has two more reasons: "letters", "disguise"."""

MIN_SPELLED_LETTERS = 5
"""This many single letters in a row are taken for a word in disguise."""

_BASE_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
"""European letters that do not decompose into a letter from a to z and an accent."""

_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a"}
_DIGITS |= {"$": "s", "€": "e", "!": "i", "|": "i"}
_LEET_TABLES = ({}, *(str.maketrans(_DIGITS | {"1": letter}) for letter in "il"))
"""Translations of digits to letters: none, and with 1 as i or l."""

_SINGLE_LETTERS = re.compile(r"(?<= )[a-z](?: [a-z]){2,}(?= )")
_ANY_WORDS = r"(?:[^ ]+ ){0,3}"


class Moderator:
    """Find sentences that may not be shown. Construction takes some tenths of a second.

    Raises:
        ImportError: glin-profanity, which has the list of swear words, is not installed.
    """

    def __init__(self) -> None:
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
        """Return why a sentence may not be shown.

        Args:
            sentence: One sentence, as `cleaning.clean` returns it.
            before: The preceding sentences, which have passed.

        Returns:
            One of `CATEGORIES`, "letters" (a script that cannot be checked) or "disguise"; None
            if the sentence may be shown.
        """
        folded = _folded(sentence)
        if any(letter.isalpha() and not "a" <= letter <= "z" for letter in folded):
            return "letters"
        for category in CATEGORIES:
            if self._found(category, folded):
                return category
        # A sentence can be split so that each part is harmless.
        if before and self._found("self_harm", _folded(f"{before} {sentence}")):
            return "self_harm"
        if any(
            len(run[0].split()) >= MIN_SPELLED_LETTERS
            for run in _SINGLE_LETTERS.finditer(_spaced(folded))
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
    """Return the text in lower case without accents; all other characters stay."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.category(letter).startswith("M"))
    return text.translate(_BASE_LETTERS)


def _spaced(folded: str, gap: str = " ") -> str:
    """Return the words with one space around each and `gap` in place of punctuation."""
    words = (re.sub(r"[^a-z0-9]+", gap, word) for word in folded.split())
    return f" {' '.join(' '.join(words).split())} "


def _versions(folded: str) -> set[str]:
    """Return readings of the text: digits as letters, punctuation removed, spelled words joined."""
    found = set()
    for table in _LEET_TABLES:
        words = " ".join(
            word.rstrip("!|?.,;:").translate(table) if re.search("[a-z]", word) else word
            for word in folded.split()
        )
        for gap in (" ", ""):
            line = _spaced(words, gap)
            joined = _SINGLE_LETTERS.sub(lambda run: run[0].replace(" ", ""), line)
            # Umlauts written without dots: ue as u.
            found |= {line, joined, re.sub(r"(?<=[aou])e", "", line)}
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"([a-z])\1+", r"\1", text)


def _compiled(data: dict[str, dict[str, Any]], name: str, *, squeezed: bool) -> re.Pattern[str]:
    """Return one pattern of all languages' phrases that matches whole words and a space each."""
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
            yield _ANY_WORDS
        elif token.startswith("<"):
            inner = (_phrase(item, sets, squeezed=squeezed) for item in sets[token.strip("<>")])
            yield f"(?:{'|'.join(inner)})"
        else:
            words = (_squeeze(word) if squeezed else word for word in token.split("|"))
            yield f"(?:{'|'.join(_word(word) for word in words)})"


def _word(word: str) -> str:
    if not word:
        return ""
    return f"{word[:-1]}[^ ]* " if word.endswith("*") else f"{word} "
