"""A server's words: what is refused, how they are cleaned, and that nothing refused is seen."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companion_sentences import KIND, REFUSED

from emoapp.companion import moderation, words
from emoapp.companion.cleaning import clean
from emoapp.companion.data import read_toml
from emoapp.companion.moderation import Moderator
from emoapp.companion.replies import load_replies

REPLIES = load_replies()

MODERATOR = Moderator()
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
