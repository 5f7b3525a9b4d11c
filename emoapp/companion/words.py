"""What goes out to a server, word for word, and what is said about its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emoapp.companion.watcher import Occasion

VERSION = 1
"""To be raised when more or other things are sent: users are then asked again."""

LONGEST = 400
"""The longest reply that is shown, in characters."""

SYSTEM = (
    "You are a quiet companion in a program that watches a face through a camera. All you are "
    "told is what the face looks like to that program, which is often wrong. What a face shows "
    "is not what a person feels: you do not know what they feel, and you never say or imply that "
    "you do. Write one or two short, warm, everyday sentences to the person, 35 words at most. "
    "Speak of how the face looks, and say that it only looks so. Give no diagnosis, no medical "
    "or psychological advice, and no judgement of the person. Ask nothing: they cannot reply. "
    "Plain text, no emoji, no markup, no quotation marks."
)

HELP = (
    " The face has looked sad or afraid for long. Say kindly that talking to someone they trust, "
    "a doctor or a helpline can do good, should it be more than a look."
)

HUMAN_HELP = (
    "If it is more than a look: someone you trust, a doctor or a helpline is there to talk to."
)
"""Stands under every reply to sadness or fear that stays, whoever wrote the reply."""

REFUSED = {
    "diagnosis": "spoke of an illness",
    "self_harm": "spoke of harm or death",
    "insult": "was insulting",
    "letters": "was in a script that cannot be checked",
    "disguise": "hid its words",
}
"""What of a server's reply is not shown, in the user's words."""

_WHY = {
    "lasted": "the expression has lasted",
    "changed": "the expression has changed and stayed so",
    "long": "sad or afraid for {heavy} of the last minutes",
}


def messages(occasion: Occasion) -> list[dict[str, str]]:
    """The whole conversation that is sent: the rules, and the words about the expression."""
    system = SYSTEM + (HELP if occasion.kind == "long" else "")
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": description(occasion)},
    ]


def description(occasion: Occasion) -> str:
    """All that is told about the face."""
    before = ", ".join(
        f"{_one_line(label)} for {duration(seconds)}" for label, seconds in occasion.changes
    )
    return "\n".join(
        (
            f"Expression: {_one_line(occasion.label)}",
            f"Confidence: {occasion.confidence:.0%}",
            f"Lasted: {duration(occasion.lasted_s)}",
            f"Before: {before or 'nothing yet'}",
            f"Why now: {_WHY[occasion.kind].format(heavy=duration(occasion.heavy_s))}",
        )
    )


def duration(seconds: float) -> str:
    """Seconds in words, as exact as anybody needs."""
    number, unit = (seconds, "second") if seconds < 90 else (seconds / 60, "minute")
    return f"{number:.0f} {unit}{'' if round(number) == 1 else 's'}"


def refused_note(reason: str, *, replaced: bool) -> str:
    """The quiet line about a server's reply that is not shown; it repeats none of its words.

    replaced: whether a written reply stands in its place.
    """
    instead = "; this one is from the program itself" if replaced else ""
    return f"The server's reply {REFUSED[reason]} and is not shown{instead}."


def same(text: str) -> str:
    """Two replies with the same letters and digits are the same reply."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _one_line(label: str) -> str:
    return " ".join(label.split())
