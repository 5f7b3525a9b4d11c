"""Compose the exact words sent to a server and the notes about its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emoapp.companion.watcher import Occasion

VERSION = 1
"""Increase this when more or other data is sent: users are then asked again."""

MAX_REPLY_CHARS = 400
"""Length of the longest reply that is shown."""

SYSTEM = (
    "You are a quiet companion in a program that watches a face through a camera. All you are "
    "told is what the face looks like to that program, which is often wrong. What a face shows "
    "is not what a person feels: you do not know what they feel, and you never say or imply that "
    "you do. Write one or two short, warm, everyday sentences to the person, 35 words at most. "
    "Speak of how the face looks, and say that it only looks so. Give no diagnosis, no medical "
    "or psychological advice, and no judgment of the person. Ask nothing: they cannot reply. "
    "Plain text, no emoji, no markup, no quotation marks."
)

SYSTEM_HELP = (
    " The face has looked sad or afraid for long. Say kindly that talking to someone they trust, "
    "a doctor or a helpline can do good, should it be more than a look."
)

HUMAN_HELP = (
    "If it is more than a look: someone you trust, a doctor or a helpline is there to talk to."
)
"""Shown under every reply to sadness or fear that stays, whoever wrote the reply."""

REFUSED = {
    "diagnosis": "spoke of an illness",
    "self_harm": "spoke of harm or death",
    "insult": "was insulting",
    "letters": "was in a script that cannot be checked",
    "disguise": "hid its words",
}
"""Why a server's reply is not shown, in the user's words, by the reason of `Moderator.refusal`."""

_REASONS = {
    "lasted": "the expression has lasted",
    "changed": "the expression has changed and stayed so",
    "long": "sad or afraid for {heavy} of the last minutes",
}


def messages(occasion: Occasion) -> list[dict[str, str]]:
    """Return the whole conversation that is sent.

    Returns:
        Two chat messages with "role" and "content": the rules and the words about the expression.
    """
    system = SYSTEM + (SYSTEM_HELP if occasion.kind == "long" else "")
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": description(occasion)},
    ]


def description(occasion: Occasion) -> str:
    """Return everything that is told about the face, in five lines."""
    before = ", ".join(
        f"{_single_line(label)} for {duration(seconds)}" for label, seconds in occasion.changes
    )
    return "\n".join(
        (
            f"Expression: {_single_line(occasion.label)}",
            f"Confidence: {occasion.confidence:.0%}",
            f"Lasted: {duration(occasion.lasted_s)}",
            f"Before: {before or 'nothing yet'}",
            f"Why now: {_REASONS[occasion.kind].format(heavy=duration(occasion.heavy_s))}",
        )
    )


def duration(seconds: float) -> str:
    """Return seconds in words: "45 seconds", and from 90 seconds on "2 minutes"."""
    number, unit = (seconds, "second") if seconds < 90 else (seconds / 60, "minute")
    return f"{number:.0f} {unit}{'' if round(number) == 1 else 's'}"


def refused_note(reason: str, *, replaced: bool) -> str:
    """Return the note about a server's reply that is not shown; it repeats none of its words.

    Args:
        reason: A key of `REFUSED`.
        replaced: Whether a written reply is shown in its place.
    """
    instead = "; this one is from the program itself" if replaced else ""
    return f"The server's reply {REFUSED[reason]} and is not shown{instead}."


def same(text: str) -> str:
    """Normalize a reply: two with the same letters and digits are the same."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _single_line(label: str) -> str:
    return " ".join(label.split())
