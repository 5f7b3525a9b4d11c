"""What the guided minute says."""

from __future__ import annotations

from collections.abc import Sequence

INSTRUCTIONS = {
    "angry": "Draw your brows together, press your lips.",
    "disgust": "Wrinkle your nose, lift your upper lip.",
    "fear": "Open your eyes wide, draw your lips back.",
    "happy": "Smile, as at an old friend.",
    "sad": "Lift your inner brows, let your mouth sink.",
    "surprise": "Raise your brows, open your mouth.",
    "neutral": "Relax your face and look ahead.",
}
OTHER_INSTRUCTION = "Show it the way you usually do."

WELCOME = (
    "Show each expression when you are asked to, the way you would really look. It waits for you: "
    "what is dark, blurred or turned away is not used."
)
NO_PICTURES = "Only numbers are kept, no picture."
PICTURES = "Pictures of your face are kept, as you asked."

NO_FACE = "Come into the picture."
HOLD = "Hold it …"
SEEN = "Thank you."


def instruction(label: str) -> str:
    """Return how to show an expression."""
    return INSTRUCTIONS.get(label, OTHER_INSTRUCTION)


def first_round(right: Sequence[bool]) -> str:
    """Return what the first round found.

    Args:
        right: For each expression, whether it was recognized.
    """
    if all(right):
        found = f"All {len(right)} expressions were recognized as they are"
    else:
        found = f"{sum(right)} of {len(right)} expressions were recognized as they are"
    return f"{found}. A second, shorter round checks what was learned from them."


def outcome(shares: tuple[float, float] | None, *, adopted: bool) -> str:
    """Return what the minute has brought.

    Args:
        shares: Of the frames of the second round, those that were right without what the first one
            taught and with it; None where there was no second round.
        adopted: Whether the profile corrects anything.
    """
    if not adopted:
        return (
            "Nothing that was learned would have helped. The profile can be kept all the same, to "
            "be corrected by keys later."
        )
    if shares is None:
        return "It has learned. How much that helps was not checked."
    before, after = shares
    return f"Right in the second round: {before:.0%} of the time before, {after:.0%} after."
