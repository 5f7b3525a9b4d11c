"""A reply in pieces: nothing refused is seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.companion_sentences import KIND

from emoapp.companion import words
from emoapp.companion.gate import Gate
from emoapp.companion.moderation import Moderator

MODERATOR = Moderator()


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
