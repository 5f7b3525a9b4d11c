"""Ask for the name of what was learned in the live window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoapp.errors import OutputExistsError, ProfileError, UsageError
from emoapp.utils.terminal import ask, complain, say

if TYPE_CHECKING:
    from emoapp.profiles.profile import Profile

THROW_AWAY = "-"


def name_profile(profile: Profile) -> None:
    """Ask whose profile it is, on a terminal; elsewhere it keeps its name, and that is said.

    Args:
        profile: As it is stored, under a name made of the date.
    """
    from emoapp.profiles import store

    count = len(profile.samples)
    question = (
        f"The corrections were learned ({count} frames). Name of the profile (Enter: "
        f"{profile.name}; {THROW_AWAY} throws it away):"
    )
    name = profile.name
    while answer := ask(question):
        try:
            if answer == THROW_AWAY:
                store.delete(profile.name)
                say("thrown away")
                return
            name = store.rename(profile, answer).name
            break
        except (OutputExistsError, ProfileError, UsageError) as exc:
            complain(exc)
    say(f'what was learned is the profile {name}; use it with --profile "{name}"')
