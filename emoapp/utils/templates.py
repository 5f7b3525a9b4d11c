"""Find the translation of finished English messages, by the templates of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from string import Formatter

from emoapp.utils.language import _, cached_per_language, catalogue

MAX_DEPTH = 5
"""How deep messages within messages are translated."""
MIN_LETTERS = 4
"""A template with fewer letters of its own would be found in any message."""

_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z])")
_REMARK = re.compile(r"(.+) \((.+)\)")
_PATH = re.compile(r"([/~.]|[A-Za-z]:[/\\]|\\\\)[^:]*")

Template = tuple[str, list[str], list[str]]
"""The English text, the parts between its values, the names of the values."""


def translation(message: str, depth: int = MAX_DEPTH) -> str:
    """Return the translation of a message of one line.

    Args:
        message: The message, with its values filled in. It may consist of several, and its values
            may be messages.
        depth: How deep to look for these.

    Returns:
        The translation; what has none stays as it is.
    """
    known = _(message)
    if known != message or not depth:
        return known
    ways: tuple[Callable[[str, int], str], ...] = (
        *(_listed, _by_template, _capitalized, _by_sentence, _split),
    )
    for way in ways:
        found = way(message, depth - 1)
        if found != message:
            return found
    return message


def _listed(message: str, depth: int) -> str:
    """Translate "3 faces, 2 missed": only where each of the parts has a translation."""
    parts = message.split(", ")
    known = [_by_template(part, depth, lists=True) for part in parts]
    if len(parts) < 2 or any(a == b for a, b in zip(parts, known, strict=True)):
        return message
    return _(", ").join(known)


def _by_template(message: str, depth: int, *, lists: bool = False) -> str:
    if lists and (known := _(message)) != message:
        return known
    for english, parts, names in _templates():
        found = _values(parts, message)
        if found is not None:
            values = [translation(value, depth) if " " in value else value for value in found]
            return _(english).format(**dict(zip(names, values, strict=True)))
    return message


def _capitalized(message: str, depth: int) -> str:
    """Translate what is usually the rest of a line and begins one here."""
    usual = message[:1].lower() + message[1:]
    known = _(usual)
    if known == usual:
        known = _by_template(usual, depth)
    return message if known == usual else known[:1].upper() + known[1:]


def _by_sentence(message: str, depth: int) -> str:
    sentences = _SENTENCES.split(message)
    if len(sentences) < 2:
        return message
    known = " ".join(_sentence(sentence, depth) for sentence in sentences)
    return known.replace("。 ", "。")


def _sentence(sentence: str, depth: int) -> str:
    """Translate one of several sentences, which may have a period more or less than usual."""
    known = translation(sentence, depth)
    if known != sentence:
        return known
    if sentence.endswith("."):
        known = translation(sentence[:-1], depth)
        return sentence if known == sentence[:-1] else known + _(".")
    known = translation(f"{sentence}.", depth)
    return sentence if known == f"{sentence}." else known[:-1]


def _split(message: str, depth: int) -> str:
    """Translate the parts of "FILE: message" and of "message (remark)"."""
    remark = _REMARK.fullmatch(message)
    if remark and _PATH.fullmatch(message):
        return message  # "/home/ada/Anna (happy)" is the name of a file
    if remark:
        return f"{translation(remark[1], depth)} ({translation(remark[2], depth)})"
    head, mark, rest = message.partition(": ")
    return f"{head}: {translation(rest, depth)}" if mark and " " in rest else message


@cached_per_language(1)
def _templates() -> list[Template]:
    """Return the messages with values, the longest first: a short one may fit a longer one too."""
    found = []
    for english in catalogue():
        if not isinstance(english, str) or "{" not in english:
            continue
        fields = list(Formatter().parse(english))
        parts = [literal for literal, *_field in fields]
        if fields[-1][1] is not None:
            parts.append("")
        if sum(map(str.isalpha, "".join(parts))) >= MIN_LETTERS:
            found.append((english, parts, [name for _l, name, *_field in fields if name]))
    return sorted(found, key=lambda template: -len("".join(template[1])))


def _values(parts: Sequence[str], message: str) -> list[str] | None:
    """Return what stands between the parts of a template; None for another message."""
    first, *middle, last = parts
    if len(message) < len(first) + len(last):
        return None
    if not (message.startswith(first) and message.endswith(last)):
        return None
    start, end = len(first), len(message) - len(last)
    values = []
    for part in middle:
        at = message.find(part, start, end)
        if at < 0:
            return None
        values.append(message[start:at])
        start = at + len(part)
    return [*values, message[start:end]]
