"""The language of a command: words, settings file, environment, in this order."""

from __future__ import annotations

import pytest

from emoapp.cli import main
from emoapp.utils import language

HEADINGS = {"en": "Options:", "de": "Optionen:", "es": "Opciones:", "ja": "オプション:"}


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.use("en")


def spoken(capsys, *words):
    """The language of a command's help."""
    assert main([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    return next(code for code, heading in HEADINGS.items() if heading in shown)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    path = tmp_path / "emoapp.toml"
    monkeypatch.setenv("EMOAPP_CONFIG", str(path))
    return path


def test_the_nearest_word_about_the_language_holds(settings, monkeypatch, capsys):
    assert spoken(capsys, "cameras") == "en"
    monkeypatch.setenv("EMOAPP_LANGUAGE", "es")
    assert spoken(capsys, "cameras") == "es"
    settings.write_text('language = "de"\n[cameras]\nlanguage = "ja"\n', "utf-8")
    assert spoken(capsys, "config") == "de"
    assert spoken(capsys, "cameras") == "ja"
    assert spoken(capsys, "cameras", "--language", "en") == "en"
    assert spoken(capsys, "--language=en", "cameras") == "en"


def test_the_doctor_and_the_list_of_commands_speak_it_too(settings, capsys):
    settings.write_text('language = "de"\n', "utf-8")
    assert spoken(capsys, "doctor") == spoken(capsys) == "de"
    settings.write_text('language = "de"\nwrong', "utf-8")
    assert spoken(capsys, "doctor") == "en"


@pytest.mark.logs_errors
def test_errors_are_in_the_language_that_the_words_ask_for(settings, capsys):
    assert main(["video", "no-such.mp4", "--language", "fr"]) == 1
    assert "Il n’y a pas de fichier no-such.mp4." in capsys.readouterr().err
    assert main(["live", "--smooth", "--language", "de"]) == 2
    assert "--smoothing: erwartet wird ein Wert" in capsys.readouterr().err


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("words", "content"),
    [
        (["cameras", "--language", "tlh"], ""),
        (["--language", "tlh", "cameras"], ""),
        (["cameras"], 'language = "tlh"\n'),
        (["cameras"], '[cameras]\nlanguage = "tlh"\n'),
        (["cameras"], "[language]\ntlh = true\n"),
        (["cameras"], 'language = ["tlh"]\n'),
    ],
)
def test_an_unknown_language_is_named_with_the_known_ones(words, content, settings, capsys):
    settings.write_text(content, "utf-8")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "language: expected one of en, de, fr, es, zh, ja, found" in said and "tlh" in said
