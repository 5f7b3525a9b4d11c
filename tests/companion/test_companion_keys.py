"""A key belongs to one origin: where it is asked for, kept and sent, and where it never goes."""

from __future__ import annotations

import json
import sys
import time
from types import SimpleNamespace

import pytest
from support.companion import OCCASION, QUICK, play, wait_for
from support.companion_server import REPLY, Server

from emoapp.cli.companion import _tell_of_unsent_keys
from emoapp.companion import consent, exchange, keys, talk, words
from emoapp.companion.client import Client
from emoapp.companion.companion import Companion
from emoapp.config import CompanionConfig

ELSEWHERE = "https://llm.example.org/v1"


@pytest.fixture
def keyring(monkeypatch):
    """A keyring in memory, {(service, name): key}, and no keys in the environment."""
    kept: dict[tuple[str, str], str] = {}
    module = SimpleNamespace(
        get_password=lambda service, name: kept.get((service, name)),
        set_password=lambda service, name, key: kept.update({(service, name): key}),
    )
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    monkeypatch.delenv(keys.OPENAI_VARIABLE, raising=False)
    return kept


def authorization(server: Server) -> list[str | None]:
    """What each request so far carried."""
    return [
        {name.lower(): value for name, value in headers.items()}.get("authorization")
        for headers, _ in server.asked
    ]


def ask(url: str):
    client = Client(url, "m", silence_s=20.0, answer_s=40.0)
    try:
        client.ask(words.messages(OCCASION), now=time.monotonic())
        return wait_for(client)
    finally:
        client.close()


@pytest.mark.slow
def test_a_key_goes_to_its_server_and_into_no_log(monkeypatch, tmp_path):
    log = tmp_path / "log.jsonl"
    with Server("good") as server, open(log, "w", encoding="utf-8") as file:
        monkeypatch.setenv(keys.VARIABLE, f"{server.url} secret-key")
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK), log=file)
        try:
            play(companion, lambda: server.asked and log.stat().st_size)
        finally:
            companion.close()
        assert authorization(server)[0] == "Bearer secret-key"
    (line,) = log.read_text().splitlines()
    record = json.loads(line)
    assert (
        "secret-key" not in line
        and record["sent"]["headers"]["authorization"] == exchange.HIDDEN_KEY
    )
    assert record["reply"] == REPLY and record["occasion"]["label"] == "happy"


@pytest.mark.slow
def test_a_key_goes_to_no_other_port_and_along_no_redirect(monkeypatch):
    with Server("good") as own, Server("good") as other:
        monkeypatch.setenv(keys.VARIABLE, f"{own.url} secret-key")
        assert ask(other.url).text == REPLY
        assert authorization(other) == [None]
        own.mode, own.other = "elsewhere", f"{other.url}/chat/completions"
        assert "not followed (307)" in ask(own.url).fault
        assert authorization(own) == ["Bearer secret-key"] and len(other.asked) == 1
        monkeypatch.setenv(keys.VARIABLE, "secret-key")
        ask(other.url)
        assert authorization(other) == [None, None]


def test_a_client_that_follows_redirects_is_stopped_before_it_sends(monkeypatch, capsys):
    """Should follow_redirects ever change: the rule is the program's own, not the library's."""
    import openai

    plain = openai.DefaultHttpxClient.__init__

    def follows(self, **options):
        plain(self, **(options | {"follow_redirects": True}))

    monkeypatch.setattr(openai.DefaultHttpxClient, "__init__", follows)
    with Server("elsewhere") as own, Server("good") as other:
        own.other = f"{other.url}/chat/completions"
        monkeypatch.setenv(keys.VARIABLE, f"{own.url} secret-key")
        request = {"url": own.url, "model": "m", "messages": words.messages(OCCASION)}
        talk.answer(request | {"silence_s": 20.0, "answer_s": 40.0, "dry_run": False})
        assert "points to another address" in capsys.readouterr().out
        assert authorization(own) == ["Bearer secret-key"] and other.asked == []


@pytest.mark.parametrize(
    "url, sent",
    [
        ("https://llm.example.org/v1", True),
        ("https://LLM.example.org.:443/other", True),
        ("https://llm.example.org:8443/v1", False),
        ("https://llm.example.org.evil.test/v1", False),
        ("https://evil.test/llm.example.org", False),
        ("http://llm.example.org/v1", False),
        ("http://llm.example.org:443/v1", False),
    ],
)
def test_a_kept_key_belongs_to_scheme_host_and_port(url, sent, keyring, monkeypatch):
    keyring["emoapp", "https://llm.example.org"] = "kept"
    assert keys.find_key(url).key == ("kept" if sent else None)
    keyring.clear()
    monkeypatch.setenv(keys.VARIABLE, "https://llm.example.org/v1 given")
    assert keys.find_key(url).key == ("given" if sent else None)


@pytest.mark.parametrize(
    "url, sent",
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://[::1]:11434/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://localhost.example.org/v1", False),
        ("http://llm.localhost/v1", False),
        ("http://192.168.1.5:11434/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
    ],
)
def test_no_key_goes_over_plain_http_but_to_this_computer(url, sent, keyring, monkeypatch):
    monkeypatch.setenv(keys.VARIABLE, f"{url} secret-key")
    found = keys.find_key(url)
    assert found.key == ("secret-key" if sent else None)
    if not sent:
        (note,) = found.notes
        assert "not encrypted" in note and "https" in note and "secret-key" not in note


def test_openais_key_goes_to_openai_alone(keyring, monkeypatch):
    monkeypatch.setenv(keys.OPENAI_VARIABLE, "for OpenAI")
    assert keys.find_key("https://api.openai.com/v1").key == "for OpenAI"
    for other in ("http://api.openai.com/v1", "https://api.openai.com:8443/v1", ELSEWHERE):
        assert keys.find_key(other).key is None


def test_keys_that_name_no_server_are_explained_and_not_sent(keyring, monkeypatch, capsys):
    keyring["emoapp", "companion"] = "old-key"
    _tell_of_unsent_keys(ELSEWHERE)
    said = capsys.readouterr().err
    assert "keyring set emoapp https://llm.example.org" in said and "old-key" not in said
    assert "keyring del emoapp companion" in said
    keyring["emoapp", "https://llm.example.org"] = "new-key"
    _tell_of_unsent_keys(ELSEWHERE)
    assert capsys.readouterr().err == "" and keys.find_key(ELSEWHERE).key == "new-key"
    monkeypatch.setenv(keys.VARIABLE, "bare-key")
    _tell_of_unsent_keys("http://localhost:11434/v1")
    said = capsys.readouterr().err
    assert "EMOAPP_COMPANION_KEY='http://localhost:11434 KEY'" in said and "bare-key" not in said
    assert keys.find_key("http://localhost:11434/v1").key is None


def test_no_keyring_is_no_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    assert keys.find_key(ELSEWHERE) == keys.Lookup(None)
    with pytest.raises(OSError):
        keys.keep_key(ELSEWHERE, "key")


def test_a_key_is_asked_for_with_the_consent_and_kept_with_its_origin(keyring, tmp_path, capsys):
    asked = []

    def consent_to(url: str, key: str) -> None:
        def ask_key(question: str) -> str:
            asked.append(question)
            return key

        folder = tmp_path / str(len(asked))
        consent.ask_once(url, "m", folder, ask=lambda: "y", ask_key=ask_key, terminal=lambda: True)

    consent_to(ELSEWHERE, "")
    assert keyring == {} and "https://llm.example.org," in asked[0]
    consent_to(ELSEWHERE, " typed-key ")
    assert keyring == {("emoapp", "https://llm.example.org"): "typed-key"}
    for url in (ELSEWHERE, "http://192.168.1.5/v1", "http://127.0.0.1:11434/v1"):
        consent_to(url, "unasked")
    assert len(asked) == 2 and len(keyring) == 1
    assert "typed-key" not in capsys.readouterr().out


def test_a_keyring_that_keeps_nothing_says_what_to_do(keyring, tmp_path, capsys, monkeypatch):
    def set_password(*words_):
        raise RuntimeError("No recommended backend was available")

    monkeypatch.setattr(sys.modules["keyring"], "set_password", set_password)
    options = {"ask": lambda: "y", "ask_key": lambda _: "typed-key", "terminal": lambda: True}
    consent.ask_once(ELSEWHERE, "m", tmp_path, **options)
    said = capsys.readouterr().out
    assert "No recommended backend" in said and "typed-key" not in said
    assert "EMOAPP_COMPANION_KEY='https://llm.example.org KEY'" in said
