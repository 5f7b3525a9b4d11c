"""The language of what people read in the window, in reports and on the terminal.

English stands in the code; catalogues in `assets/languages` translate it (`make_catalogues.py`
there makes them). There are two ways to a translation:

- `_("...")` and `ngettext("...", "...", number)` for what is on display all the time. A constant
  made at import is marked by `N_("...")` and translated by `_` where it is shown.
- `translated(message)` where messages are shown: errors, notices, lines of the terminal. These are
  finished English sentences, because diagnostic logs and the programs that import emoapp get them
  too. Each is found by its template: an f-string of the code is `"{path} is empty."` there.

Columns of logs, keys of JSON, labels in files and the Python API are data and stay English.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import _lru_cache_wrapper, lru_cache
from typing import TYPE_CHECKING, TypeVar

from emoapp.errors import EmoappError
from emoapp.platforms.languages import preferred_languages
from emoapp.utils.resources import ASSETS

if TYPE_CHECKING:
    from gettext import GNUTranslations

T = TypeVar("T")

ENGLISH = "en"
LANGUAGES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "zh": "简体中文",
    "ja": "日本語",
}
"""Code -> the language's own name."""

CATALOGUES = ASSETS / "languages"
VARIABLE = "EMOAPP_LANGUAGE"
"""Names a language, whatever the platform's is."""

_language = ENGLISH
_catalogue: GNUTranslations | None = None
_caches: list[_lru_cache_wrapper] = []


def use(language: str) -> None:
    """Translate into a language from now on.

    Args:
        language: A key of `LANGUAGES`.

    Raises:
        EmoappError: The language's catalogue is missing.
    """
    global _language, _catalogue
    if language == _language:
        return
    catalogue = None
    if language != ENGLISH:
        # Only here: English needs none of it.
        from gettext import GNUTranslations

        path = CATALOGUES / f"{language}.mo"
        try:
            with path.open("rb") as file:
                catalogue = GNUTranslations(file)
        except OSError as exc:
            raise EmoappError(f"{path}: the catalogue is missing; install emoapp again") from exc
    _language, _catalogue = language, catalogue
    for cache in _caches:
        cache.cache_clear()


def language() -> str:
    """Return the code of the language in use."""
    return _language


def _(message: str) -> str:
    """Return the translation of a text; the text itself where there is none."""
    return message if _catalogue is None or not message else _catalogue.gettext(message)


def N_(message: str) -> str:
    """Mark a text for the catalogues, and return it as it is."""
    return message


SYSTEM_REASONS = (
    N_("No space left on device"),
    N_("Permission denied"),
    N_("No such file or directory"),
    N_("Read-only file system"),
    N_("Input/output error"),
)
"""What the operating system says most when a file cannot be read or written."""


def ngettext(one: str, many: str, number: int) -> str:
    """Return the translation of a text that depends on a number.

    Args:
        one: English singular.
        many: English plural.
        number: What is counted.
    """
    if _catalogue is None:
        return one if number == 1 else many
    return _catalogue.ngettext(one, many, number)


def translated(message: str) -> str:
    """Return a finished English message in the language in use.

    Args:
        message: The message, with its values filled in; lines are translated one by one.

    Returns:
        The translation; what has none stays as it is.
    """
    if _catalogue is None:
        return message
    from emoapp.utils.templates import translation

    return "\n".join(map(translation, message.split("\n")))


def catalogue() -> dict:
    """Return the translations of the language in use by their English texts; none for English."""
    return getattr(_catalogue, "_catalog", {})


def cached_per_language(
    maxsize: int,
) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """Return a decorator like `lru_cache`, for results that depend on the language.

    Args:
        maxsize: How many results are kept.
    """

    def decorate(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        cached = lru_cache(maxsize)(function)
        _caches.append(cached)
        return cached

    return decorate


def platform_language() -> str:
    """Return the language to start with: `EMOAPP_LANGUAGE`, the platform's, or else English."""
    own = os.environ.get(VARIABLE)
    if own:
        return _first_known([own])
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    if locale is None:
        return _first_known(preferred_languages())
    if re.match(r"(C|POSIX)\b", locale):
        return ENGLISH
    return _first_known([*os.environ.get("LANGUAGE", "").split(":"), locale])


def _first_known(names: Iterable[str]) -> str:
    """Return the first of some names such as "de_CH.UTF-8" or "zh-Hans" that is a language here."""
    codes = (re.split(r"[-_.@]", name)[0].lower() for name in names)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)
