"""The folder of the profiles: one file for each, by name."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from pathlib import Path

from emoapp.errors import ProfileError, UsageError
from emoapp.platforms.files import safe_name
from emoapp.profiles.profile import Profile, read_profile
from emoapp.utils.files import is_temporary

VARIABLE = "EMOAPP_PROFILE_DIR"
"""Environment variable with another folder for the profiles."""

SUFFIX = ".npz"

MAX_NAME_LENGTH = 60


def folder() -> Path:
    """Return the folder of the profiles, which need not exist.

    Returns:
        What the variable EMOAPP_PROFILE_DIR says, or a folder in the platform's one for data.
    """
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_data_dir("emoapp", appauthor=False)) / "profiles"


def path_of(name: str) -> Path:
    """Return the file of a profile, which need not exist.

    Args:
        name: Letters, digits, spaces, hyphens, underscores and dots; does not begin with a dot.

    Raises:
        UsageError: The name is no name for a profile.
    """
    allowed = all(
        # Many scripts write vowels as marks beside the letters.
        letter.isalnum() or unicodedata.category(letter)[0] == "M" or letter in " -_."
        for letter in name
    )
    if not allowed or not name.strip(" .") or name[0] in ". " or len(name) > MAX_NAME_LENGTH:
        raise UsageError(
            f"{name!r} is no name for a profile: use up to {MAX_NAME_LENGTH} letters, digits, "
            "spaces, hyphens and underscores"
        )
    return folder() / safe_name(f"{name}{SUFFIX}")


def names() -> list[str]:
    """Return the names of all profiles, in alphabetical order."""
    stems = (path.stem for path in folder().glob(f"*{SUFFIX}"))
    return sorted(stem for stem in stems if not is_temporary(stem))


def unused_name(name: str) -> str:
    """Return a name that no profile has: this one, or one with a number behind it.

    Args:
        name: The name that is wanted.
    """
    number, unused = 1, name
    while path_of(unused).exists():
        number += 1
        unused = f"{name} {number}"
    return unused


def rename(profile: Profile, name: str) -> Profile:
    """Give a stored profile another name.

    Args:
        profile: The profile.
        name: Its new name.

    Returns:
        The renamed profile.

    Raises:
        OutputExistsError: Another profile has the name.
        ProfileError: It cannot be written.
        UsageError: It is no name for a profile.
    """
    renamed = replace(profile, name=name)
    save(renamed)
    path_of(profile.name).unlink(missing_ok=True)
    return renamed


def load(name: str) -> Profile:
    """Read a profile by its name.

    Args:
        name: Its name.

    Raises:
        ProfileError: There is none, or its file is damaged.
        UsageError: The name is no name for a profile.
    """
    path = path_of(name)
    if not path.exists():
        there = ", ".join(names())
        hint = f"there are {there}" if there else "make one with `emoapp profile learn`"
        raise ProfileError(f"there is no profile {name!r}; {hint}")
    return read_profile(path)


def save(profile: Profile, *, overwrite: bool = False) -> Path:
    """Write a profile to its place.

    Args:
        profile: The profile.
        overwrite: Replace an existing one.

    Returns:
        The file.

    Raises:
        OutputExistsError: It exists and must not be replaced.
        ProfileError: It cannot be written.
        UsageError: Its name is no name for a profile.
    """
    path = path_of(profile.name)
    write(profile, path, overwrite=overwrite)
    return path


def write(profile: Profile, path: Path, *, overwrite: bool = False) -> None:
    """Write a profile to a file, whose folder is created if necessary.

    Args:
        profile: The profile.
        path: The file.
        overwrite: Replace an existing one.

    Raises:
        OutputExistsError: It exists and must not be replaced.
        ProfileError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        profile.write(path, overwrite=overwrite)
    except OSError as exc:
        raise ProfileError(f"{path}: the profile cannot be written ({exc.strerror})") from exc


def delete(name: str) -> None:
    """Delete a profile, even a damaged one.

    Args:
        name: Its name.

    Raises:
        ProfileError: There is none, or it cannot be deleted.
        UsageError: The name is no name for a profile.
    """
    path = path_of(name)
    try:
        path.unlink()
    except FileNotFoundError:
        raise ProfileError(f"there is no profile {name!r}") from None
    except OSError as exc:
        raise ProfileError(f"{path}: cannot be deleted ({exc.strerror})") from exc
