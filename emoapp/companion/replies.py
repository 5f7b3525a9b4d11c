"""Written replies, chosen by expression and history: what speaks where there is no server.

Every one is about how a face looks. None says what a person feels, none names an illness.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from emoapp.companion.words import same
from emoapp.labels import canonical_label

if TYPE_CHECKING:
    from emoapp.companion.watcher import Occasion

LASTED: dict[str, tuple[str, ...]] = {
    "happy": (
        "Your face has looked happy for a while now. Nice to have on the screen.",
        "That looks like a smile that has come to stay.",
        "A happy look, and it keeps. Whatever is behind it, carry on.",
        "From here your face still looks bright.",
        "The smile is holding up well, by the look of it.",
        "Still a happy look. If there is a reason, it may be worth remembering.",
        "Your face looks cheerful, and has for some time.",
        "This is a good stretch of smiling, as far as a camera can tell.",
    ),
    "sad": (
        "Your face has looked sad for a while. It may be just a look; a short break rarely hurts.",
        "From here your face looks a little heavy. Be kind to yourself for a minute.",
        "A sad look has stayed for a bit. No need to do anything about it now.",
        "Your face looks sad at the moment. A camera cannot know why, and it need not.",
        "That looks like a heavy moment, or like deep thought. A glass of water suits both.",
        "Your face still looks down. A few steps or a look out of the window, perhaps.",
        "It looks sad from here, which may mean nothing. Take your time.",
        "A sad look, still. If it is more than a look, it is fine to tell somebody.",
    ),
    "angry": (
        "Your face has looked angry for a while. It may be only a frown; let your forehead rest.",
        "That looks like a frown that stays. Looking into the distance may loosen it.",
        "From here your face looks tense. One slow breath costs nothing.",
        "A stern look, and it keeps. Hard work looks like this too.",
        "Your brow looks busy. Let your shoulders drop for a moment, if you like.",
        "It still looks angry from here. Faces look that way in bright light as well.",
        "Your face looks cross. Whatever it is, a minute away from it is allowed.",
    ),
    "fear": (
        "Your face has looked frightened for a while. It may be just a look; there is time.",
        "From here your face looks worried. Let one breath out slowly.",
        "That looks uneasy, as far as a camera can tell. One thing at a time.",
        "A worried look, still. Feet on the floor, and a moment's rest for your eyes.",
        "Your face looks tense around the eyes. Nothing needs to be done this minute.",
        "It still looks anxious from here, and that may be wrong. Take a moment.",
        "A startled look has stayed. If it is more than a look, somebody near may help.",
    ),
    "disgust": (
        "Your face has looked put off for a while. Perhaps it is only the light.",
        "That looks like a wrinkled nose that stays. A change of view might help.",
        "From here it looks as if something were not to your taste. Fair enough.",
        "A displeased look, still. It is fine to put the thing aside for a bit.",
        "Your face looks unimpressed, as far as a camera can tell.",
        "It still looks like distaste from here. Some things deserve it.",
    ),
    "surprise": (
        "Your face has looked surprised for a while. Quite something, by the look of it.",
        "Wide eyes, and they stay wide. Do not forget to blink.",
        "It still looks like astonishment from here.",
        "A surprised look that lasts is rare. Enjoy it, if it is the good kind.",
        "Your eyebrows look as if they wanted to stay up there.",
        "That looks like news. Or like a very bright window.",
    ),
    "neutral": (
        "Your face has looked calm for some minutes. A stretch might be welcome.",
        "A quiet face, for a good while. Your eyes may like a look into the distance.",
        "It looks peaceful from here.",
        "Still an even look. That may be concentration; it deserves a break too.",
        "Not much to read in your look, and that is perfectly fine.",
        "A calm look, steadily. Good time for a sip of something.",
    ),
    "contempt": (
        "Your face has looked doubtful for a while, as far as a camera can tell.",
        "One corner of the mouth looks unconvinced, and stays so.",
        "That looks like a raised eyebrow with an opinion.",
        "A sceptical look, still. It may be just how the light falls.",
    ),
}
"""To an expression that has lasted."""

LIGHTER: tuple[str, ...] = (
    "That looks lighter than a moment ago.",
    "A brighter look than before. Good to see, whatever it was.",
    "Your face looks more at ease now.",
    "From here that looks like a small relief.",
    "The look has changed for the brighter. May it stay a while.",
    "There it is: a happier look than just before.",
    "Your face looks as if a cloud had passed.",
)
"""From a heavy expression to a happy one."""

CALMER: tuple[str, ...] = (
    "Your face looks calmer than just before.",
    "That looks like things settling a little.",
    "A quieter look now.",
    "From here your face looks more relaxed than a moment ago.",
    "The tense look has gone, as far as a camera can tell.",
    "It looks as if your face had put something down.",
)
"""From a heavy expression to a neutral one."""

CHANGED: dict[str, tuple[str, ...]] = {
    "happy": (
        "A smile, by the look of it. Hello there.",
        "Your face just turned happy, as far as a camera can tell.",
        "That looks like good news.",
        "Now your face looks bright.",
        "A happy look has come up. Nice timing.",
        "There is a smile on the screen now.",
    ),
    "sad": (
        "Your face looks a bit sadder than just before. It may be only a look.",
        "That looks heavier than a moment ago. Easy does it.",
        "From here the smile or the calm has gone for now. That is all right.",
        "A sad look has come up. Take a moment, if you want one.",
        "Your face looks more serious now. No need to explain it to a camera.",
        "It looks as if something had crossed your face. Be gentle with yourself.",
    ),
    "angry": (
        "That looks like a frown. One slow breath, perhaps.",
        "Your face looks sterner than just before.",
        "From here your brow has tightened. It may be only concentration.",
        "A cross look has come up. The screen will wait, should you want a minute.",
        "Your face looks tense now. Shoulders down, if you like.",
    ),
    "fear": (
        "Your face looks more worried than just before. It may be only a look.",
        "That looks uneasy. Let a breath out slowly.",
        "From here your face looks tense now. There is no hurry.",
        "A worried look has come up. One thing at a time.",
        "It looks as if something had startled you. Perhaps only the light.",
    ),
    "disgust": (
        "That looks like something not to your taste.",
        "Your nose looks wrinkled now. It may be the light.",
        "Your face looks put off, as far as a camera can tell.",
        "A displeased look has come up. It is fine to look away.",
    ),
    "surprise": (
        "Oh! That looks like a surprise.",
        "Your eyebrows have gone up, by the look of it.",
        "Now your face looks astonished. A good one, hopefully.",
        "Something has caught your eye, it looks like.",
        "Wide eyes now. Tell somebody, if it is worth telling.",
    ),
    "neutral": (
        "Your face looks calm again.",
        "Back to an even look.",
        "A quiet look now, as far as a camera can tell.",
        "It looks as if your face were resting.",
    ),
    "contempt": (
        "That looks unconvinced.",
        "A doubtful look has come up, as far as a camera can tell.",
        "Your face looks as if it had an opinion about this.",
    ),
}
"""To a change that stayed."""

LONG: dict[str, tuple[str, ...]] = {
    "sad": (
        "Your face has looked sad for quite some time. A camera cannot know why.",
        "It has looked heavy for a long stretch now. That may be just the look of a long day.",
        "A sad look keeps coming back. You need not carry it alone, if there is something to it.",
        "For some minutes now your face has mostly looked sad. Perhaps this is a time for a pause.",
        "Your face has looked down for long. A kind voice may do more than any program.",
    ),
    "fear": (
        "Your face has looked worried for quite some time. A camera cannot know why.",
        "It has looked tense and uneasy for a long stretch now. Perhaps it is time for a pause.",
        "A worried look keeps coming back. You need not face it alone, if there is more to it.",
        "For some minutes now your face has mostly looked frightened. A familiar voice may help.",
        "Your face has looked anxious for long. Some company may do more than any program.",
    ),
}
"""To sadness or fear that stays; `words.HUMAN_HELP` stands under each."""

ANY: tuple[str, ...] = (
    "Your face looks {label}, and has for a little while.",
    "From here it looks {label}, as far as a camera can tell.",
    "The look on your face reads as {label} just now.",
)
"""To the expressions of models that people train on their own labels."""

_HEAVY = {"sad", "fear", "angry", "disgust"}


def choices(occasion: Occasion) -> list[str]:
    """All written replies that fit the occasion, the most fitting kind only."""
    label = canonical_label(occasion.label)
    if occasion.kind == "long" and label in LONG:
        return list(LONG[label])
    if occasion.kind == "changed" and occasion.changes:
        heavy_before = canonical_label(occasion.changes[-1][0]) in _HEAVY
        if heavy_before and label == "happy":
            return list(LIGHTER)
        if heavy_before and label == "neutral":
            return list(CALMER)
    table = CHANGED if occasion.kind == "changed" else LASTED
    word = " ".join(occasion.label.split())
    return [reply.format(label=word) for reply in table.get(label, ANY)]


def choose(occasion: Occasion, said: set[str], *, rng: random.Random | None = None) -> str | None:
    """A reply that was not said yet; None once all that fit have been.

    said: what `words.same` makes of the earlier replies.
    """
    fresh = [reply for reply in choices(occasion) if same(reply) not in said]
    return (rng or random).choice(fresh) if fresh else None
