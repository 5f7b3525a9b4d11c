"""Which language is chosen, and how finished messages find their translation."""

from __future__ import annotations

import pytest

from emoapp.utils import language
from emoapp.utils.language import LANGUAGES, ngettext, platform_language, translated


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.use("en")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "de_CH.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ja_JP", "LC_ALL": "fr_FR@euro"}, "fr"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "nl:es:en"}, "es"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "es"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "de_DE", "EMOAPP_LANGUAGE": "zh"}, "zh"),
        ({"LANG": "de_DE", "EMOAPP_LANGUAGE": "tlh"}, "en"),
    ],
)
def test_the_platform_names_the_language(environment, expected, monkeypatch):
    for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "EMOAPP_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert platform_language() == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("No camera", "Keine Kamera"),
        ("saved /home/a b/No camera.png", "gespeichert: /home/a b/No camera.png"),
        (
            "x.mp4 cannot be written: No space left on device. Make room there, or write to "
            "another disk.",
            "x.mp4 lässt sich nicht schreiben: Kein Platz auf dem Datenträger. Dort Platz schaffen "
            "oder auf einen anderen Datenträger schreiben.",
        ),
        (
            "a.mp4: 36 frames analyzed at 9.0 a second, 1.5 faces a frame; wrote b.mp4, c.csv",
            "a.mp4: 36 Bilder analysiert, 9.0 pro Sekunde, 1.5 Gesichter pro Bild; "
            "geschrieben: b.mp4, c.csv",
        ),
        ("wrote /home/Anna (happy)", "geschrieben: /home/Anna (happy)"),
        ("camera 0 was unplugged; waiting for it", "Kamera 0 wurde getrennt; wartet darauf"),
        ("emoapp.toml, [live]: there is no command x", None),
        ("one: No camera\n\ntwo {braces} 100%", "one: Keine Kamera\n\ntwo {braces} 100%"),
        ("", ""),
        ("a text that nobody has translated: 3", "a text that nobody has translated: 3"),
    ],
)
def test_messages_are_translated_with_their_values(message, expected):
    assert translated(message) == message
    language.use("de")
    if expected is None:
        assert translated(message).endswith("es gibt keinen Befehl x")
    else:
        assert translated(message) == expected


def test_plurals_follow_the_language():
    def said(count):
        return ngettext("{count} face", "{count} faces", count).format(count=count)

    expected = {
        "en": ["0 faces", "1 face", "2 faces"],
        "de": ["0 Gesichter", "1 Gesicht", "2 Gesichter"],
        "fr": ["0 visage", "1 visage", "2 visages"],
        "zh": ["0 张脸", "1 张脸", "2 张脸"],
    }
    for code, forms in expected.items():
        language.use(code)
        assert [said(count) for count in range(3)] == forms


def test_results_are_kept_for_one_language_only():
    @language.cached_per_language(4)
    def title():
        return language._("Settings")

    assert title() == "Settings"
    language.use("es")
    assert title() == "Ajustes"


def test_every_language_has_its_catalogue():
    for code in LANGUAGES:
        language.use(code)
        assert language.language() == code
        assert (language.translated("No camera") == "No camera") == (code == "en")
