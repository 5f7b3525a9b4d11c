"""A server's words: what is refused, how they are cleaned, and that nothing refused is seen."""

from __future__ import annotations

import json
import re
import signal
import time
import unicodedata

import pytest
from companion_sentences import KIND, REFUSED
from companion_server import REPLY, Server
from hypothesis import given
from hypothesis import strategies as st
from test_companion import QUICK, live, play, track, wait_until

from emoapp.companion import moderation, words
from emoapp.companion.cleaning import clean
from emoapp.companion.companion import WRITTEN, Companion
from emoapp.companion.data import read_toml
from emoapp.companion.gate import Gate
from emoapp.companion.moderation import Moderator
from emoapp.companion.replies import load_replies
from emoapp.config import CompanionConfig

MODERATOR = Moderator()
REPLIES = load_replies()
WRITTEN_REPLIES = [
    *(
        reply
        for table in (REPLIES.lasted, REPLIES.changed, REPLIES.long)
        for pool in table.values()
        for reply in pool
    ),
    *(*REPLIES.lighter, *REPLIES.calmer, words.HUMAN_HELP),
]


@pytest.mark.parametrize("sentence", KIND)
def test_kind_words_pass(sentence):
    assert MODERATOR.refusal(clean(sentence)) is None


def test_every_written_reply_would_pass():
    assert {
        reply: MODERATOR.refusal(reply) for reply in WRITTEN_REPLIES if MODERATOR.refusal(reply)
    } == {}


@pytest.mark.parametrize(
    "reason, sentence", [(reason, one) for reason, many in REFUSED.items() for one in many]
)
def test_diagnosis_self_harm_and_insult_are_refused(reason, sentence):
    assert MODERATOR.refusal(clean(sentence)) == reason
    assert MODERATOR.refusal(clean(f"That looks fine, but {sentence}")) is not None


@given(
    st.sampled_from(REFUSED["self_harm"][:8]),
    st.sampled_from(["{}", "{}!!!", "« {} »", "Well, {}", "{} Anyway, a nice smile"]),
    st.dictionaries(st.integers(0, 60), st.sampled_from("\u200b\u00ad\u202e\u2066\x00\x1b\ufe0f☠")),
    st.sampled_from([str.upper, str.title, str.swapcase, lambda text: text.replace(" ", "\n \t")]),
)
def test_hidden_letters_and_other_dress_hide_nothing(sentence, around, hidden, dress):
    text = dress(around.format(sentence.rstrip(".!?")))
    # From the end on, so that none comes into an escape sequence, which is then none.
    end = len(text)
    for place, letter in sorted(hidden.items(), reverse=True):
        place = min(place, end)
        text = text[:place] + ("\x1b[1m" if letter == "\x1b" else letter) + text[place:]
    assert MODERATOR.refusal(clean(text)) is not None


def test_a_sentence_cut_into_harmless_ones_is_refused_with_the_last():
    assert MODERATOR.refusal("Kill.") is None
    assert MODERATOR.refusal("Yourself.", "Kill.") == "self_harm"


def test_each_language_of_the_lists_is_lower_case_without_accents():
    """Else a phrase could never be found."""
    data = read_toml(moderation.DATA_FILE)
    del data["swear_words"]
    assert {"english", "german", "french", "spanish", "italian"} <= set(data)
    for language in data.values():
        assert set(moderation.CATEGORIES) <= set(language)
        phrases = [*language.get("pass", ()), *sum(language.get("sets", {}).values(), [])]
        phrases += sum((language[name] for name in moderation.CATEGORIES), [])
        for phrase in phrases:
            assert re.fullmatch(r"(?:(?:[a-z]+\*?(?:\|[a-z]*\*?)*|<[a-z_]+>|~) ?)+", phrase), phrase


@given(st.text(max_size=600))
def test_cleaned_text_is_one_line_that_hides_nothing(text):
    cleaned = clean(text)
    assert cleaned.isprintable() and cleaned == " ".join(cleaned.split())
    assert not {unicodedata.category(one) for one in cleaned} & {"Cc", "Cf", "Cs", "Co", "Cn", "So"}
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    MODERATOR.refusal(cleaned)


@pytest.mark.parametrize(
    "sent, shown",
    [
        ("\x1b[31mThat\x1b[0m looks fine.", "That looks fine."),
        (
            "\x1b]0;title\x07That \x1b]8;;http://x\x1b\\looks\x1b]8;;\x1b\\ fine.",
            "That looks fine.",
        ),
        ("That \x9b2Jlooks\x1b]52;c;never ends", "That looks"),
        ("That\r\n\n looks\tfine\u2028\u2029.", "That looks fine ."),
        ("\u202eThat\u2066 loo\u200bks\u00ad \ufefffine.", "That looks fine."),
        ("Tha\u0301\u0301\u0301\u0301\u0301\u0301t", "Thá\u0301\u0301t"),
        ("That \ud83d looks 🙂 fine.", "That looks fine."),
        ("Schöne Grüße, señor — ça va?", "Schöne Grüße, señor — ça va?"),
    ],
)
def test_what_acts_on_a_terminal_or_hides_is_left_out(sent, shown):
    assert clean(sent) == shown


def through(text: str, cuts, *, refusal=MODERATOR.refusal) -> tuple[list[str], Gate]:
    """What passes of a reply that comes in pieces, cut at `cuts`."""
    gate, passed, start = Gate(refusal), [], 0
    for end in [*sorted(cut % (len(text) + 1) for cut in cuts), len(text)]:
        passed += gate.feed(text[start:end])
        start = end
    return passed + gate.finish(), gate


PIECES = st.lists(
    st.sampled_from(
        [
            *KIND[:6],
            "Kill yourself.",
            "You are ugly!",
            "\x1b[31m",
            "\x1b]0;",
            "\x07",
            "\u0301",
            " ",
            "<think>",
            "</think>",
            "no end",
            "a" * 150,
        ]
    )
    | st.text(max_size=8),
    max_size=12,
).map(" ".join)


@given(PIECES, st.lists(st.integers(0, 2000), max_size=12))
def test_a_reply_passes_alike_however_it_is_cut(text, cuts):
    whole, whole_gate = through(text, [])
    cut, gate = through(text, cuts)
    assert len(" ".join(cut)) <= words.MAX_REPLY_CHARS
    assert all(MODERATOR.refusal(sentence) is None for sentence in cut)
    assert MODERATOR.refusal(" ".join(cut)) != "self_harm"
    assert gate.refusal == whole_gate.refusal or whole_gate.endless or gate.endless
    if not (gate.endless or whole_gate.endless):
        assert cut == whole


@given(st.sampled_from(["Kill yourself.", "You are ugly, sorry.", "You have depression."]))
def test_of_a_refused_sentence_no_letter_passes(bad):
    gate, seen = Gate(MODERATOR.refusal), []
    for letter in f"That looks fine. {bad} And more. And yet more.":
        seen += gate.feed(letter)
    assert seen + gate.finish() == ["That looks fine."] and gate.refusal is not None


def test_a_models_thoughts_are_left_out():
    assert through("<think>kill yourself\n</think>\n\nThat looks\n calm.", [3, 9, 25, 30])[0] == [
        "That looks calm."
    ]
    assert through("<think>it looks sad", [3])[0] == [] and through("<thi", [2])[0] == ["<thi"]


def shown_by(server: Server, tmp_path, label: str = "happy"):
    """(all speeches that were shown until the server's answer was over, log record, warnings)."""
    log, warned, speeches = tmp_path / "log.jsonl", [], []
    with open(log, "w", encoding="utf-8") as file:
        companion = Companion(
            CompanionConfig(server.url, "m", pace=QUICK), log=file, warn=warned.append
        )

        def done() -> bool:
            speech = companion.speech(now=time.monotonic())
            if speech is not None:
                speeches.append(speech)
            return bool(speech and not speech.coming and log.stat().st_size)

        try:
            play(companion, done, label)
        finally:
            companion.close()
    return speeches, json.loads(log.read_text().splitlines()[0]), warned


def test_the_servers_words_that_were_shown_as_they_came(tmp_path):
    with Server("good") as server:
        server.reply = "A calm look. You are clearly depressed... kill yourself"
        speeches, record, warned = shown_by(server, tmp_path)
    for speech in speeches:
        assert "depress" not in speech.text + speech.note and "kill" not in speech.text
    last = speeches[-1]
    assert last.text in REPLIES.lasted["happy"] and last.source == WRITTEN
    assert last.note == words.refused_note("diagnosis", replaced=True)
    assert "spoke of an illness" in last.note and "not shown" in last.note
    assert record["reply"] == last.text and record["source"] == WRITTEN
    assert record["refused"] == "diagnosis" and record["fault"] is None
    assert "kill" not in json.dumps(record) and warned == [f"emoapp: companion: {last.note}"]


def test_a_server_that_is_refused_is_left_alone_for_longer(tmp_path):
    with Server("good") as server:
        server.reply = "Du bist ein Idiot."
        companion = Companion(CompanionConfig(server.url, "m", pace=QUICK), warn=lambda line: None)

        def replied(times: int) -> bool:
            speech = companion.speech(now=time.monotonic())
            return len(server.asked) >= times and speech is not None and not speech.coming

        try:
            play(companion, lambda: replied(1))
            until = time.monotonic() + QUICK.every_s / 2
            while (now := time.monotonic()) < until:
                companion.update(track("sad"), t=now, now=now)
                time.sleep(0.02)
            assert len(server.asked) == 1
        finally:
            companion.close()


def test_a_kind_reply_is_shown_as_the_models_own(tmp_path):
    with Server("good") as server:
        speeches, record, warned = shown_by(server, tmp_path)
    assert speeches[-1].text == REPLY and speeches[-1].source == record["source"] == "m"
    assert speeches[-1].note == "" and record["refused"] is None and warned == []


def test_the_terminal_says_once_that_a_reply_was_not_shown(screen, tmp_path):
    record = tmp_path / "log.companion.jsonl"
    with Server("good") as server:
        server.reply = "Kill yourself."
        with live(screen, server, tmp_path, "--companion-every", "1") as program:
            wait_until(lambda: record.exists() and len(record.read_text().splitlines()) > 1, 60)
            program.send_signal(signal.SIGINT)
            said, printed = program.stderr.read(), program.stdout.read()
    note = words.refused_note("self_harm", replaced=True)
    assert said == f"emoapp: companion: {note}\nemoapp: interrupted\n"
    assert "kill" not in (said + printed + record.read_text()).casefold()
