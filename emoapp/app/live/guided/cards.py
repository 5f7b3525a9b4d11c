"""What the guided minute shows: a card for each step, and a page between the rounds."""

from __future__ import annotations

import math

from emoapp.app.live.guided import words
from emoapp.app.live.guided.session import Session
from emoapp.app.live.guided.steps import Step
from emoapp.overlay.guide import Key, Page, Row, StepCard
from emoapp.overlay.theme import word
from emoapp.utils.language import N_

ENTER = N_("Enter")
END: Key = ("q", N_("end"))
STEP_KEYS: tuple[Key, ...] = (("s", N_("skip")), ("r", N_("repeat")), END)
WELCOME_KEYS: tuple[Key, ...] = ((ENTER, N_("begin")), END)
INTERIM_KEYS: tuple[Key, ...] = (
    (ENTER, N_("check it")),
    ("s", N_("save without")),
    ("r", N_("once more")),
    ("q", N_("discard")),
)
RESULT_KEYS: tuple[Key, ...] = ((ENTER, N_("save")), ("r", N_("check again")), ("q", N_("discard")))
STEPS = 60
"""Steps in which the ring fills."""


def card_of(session: Session, *, keeps_pictures: bool) -> StepCard | Page:
    """Return what a session shows now.

    Args:
        session: The session, not over yet.
        keeps_pictures: Whether pictures are kept, as the user is told.
    """
    if session.phase == "welcome":
        kept = words.PICTURES if keeps_pictures else words.NO_PICTURES
        return Page("A minute with your face", f"{words.WELCOME}\n{kept}", keys=WELCOME_KEYS)
    if session.phase == "learning":
        return Page(N_("Learning …"))
    if session.phase == "interim":
        right = tuple(session.right(0, None))
        text = words.first_round([found for _, found in right])
        return Page("Thank you", text, (Row("As it is", right),), INTERIM_KEYS)
    if session.phase == "result":
        return _result(session)
    return _step_card(session)


def _result(session: Session) -> Page:
    assert session.last is not None
    adopted = session.last.correction is not None
    title = N_("Learned") if adopted else "All stays as it is"
    if not session.checked:
        return Page(title, words.outcome(None, adopted=adopted), keys=RESULT_KEYS)
    profiles = (None, session.first)
    shares = session.share(1, None), session.share(1, session.first)
    rows = tuple(
        Row(name, tuple(session.right(1, profile)))
        for name, profile in zip((N_("Before"), N_("After")), profiles, strict=True)
    )
    return Page(title, words.outcome(shares, adopted=adopted), rows, RESULT_KEYS)


def _step_card(session: Session) -> StepCard:
    step = session.step
    line, count, share = words.instruction(step.label), "", 0.0
    if session.phase == "ready":
        left = step.countdown_s - session.clock
        count = str(max(1, math.ceil(left)))
        share = max(0.0, left / step.countdown_s)
    elif session.phase == "watch":
        line, share = words.HOLD, session.clock / step.watch_s
    else:
        line, share = words.SEEN, 1.0
    warning = bool(session.hint) and session.phase != "seen"
    return StepCard(
        label=step.label,
        word=word(step.label),
        line=session.hint if warning else line,
        warning=warning,
        fills=session.phase != "ready",
        share=round(min(1.0, share) * STEPS) / STEPS,
        count=count,
        dots=tuple(
            (one.label, _state(one, number, session))
            for number, one in enumerate(session.rounds[-1])
        ),
        keys=STEP_KEYS,
    )


def _state(step: Step, number: int, session: Session) -> str:
    if number == session.place:
        return "now"
    if step.skipped:
        return "skipped"
    return "done" if step.seen and number < session.place else "open"
