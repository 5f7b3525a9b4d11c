"""Find the videos that a command means, and name the results of each."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.app.video.ledger import LEDGER, written_by
from emoapp.config import VideoConfig
from emoapp.errors import SourceError, UsageError
from emoapp.platforms.files import identity, safe_name, same_name
from emoapp.sources import is_annotated
from emoapp.utils.addresses import redact_url

VIDEO_SUFFIXES = frozenset(
    ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .wmv".split()
)
"""Suffixes of the files to take from a folder; a file that is named is read whatever its suffix."""

_PART = re.compile(r".*\.part(-\d+)?")


@dataclass(frozen=True, slots=True)
class Videos:
    """The videos of a command.

    Attributes:
        found: (name that the user gave, path below its folder) of each.
        left_out: Videos that emoapp wrote itself.
    """

    found: tuple[tuple[str, Path], ...]
    left_out: tuple[Path, ...] = ()


def list_videos(inputs: Iterable[str]) -> Videos:
    """Find the videos among files and folders, except those in folders that emoapp wrote itself.

    Args:
        inputs: Files, addresses, patterns, and folders, which are searched recursively.

    Raises:
        SourceError: A folder contains no videos or cannot be read, or no file matches a pattern.
    """
    found: list[tuple[str, Path]] = []
    left_out: list[Path] = []
    for name in expand_patterns(inputs):
        folder = Path(name)
        if not folder.is_dir():
            # Results of a stream are named after its address, without passwords.
            found.append((name, Path(result_name(name))))
            continue
        below, own = _list_folder(folder)
        if not below:
            raise SourceError(_no_videos_message(name, len(own)))
        found += [(str(path), path.relative_to(folder)) for path in below]
        left_out += own
    return Videos(tuple(found), tuple(left_out))


def expand_patterns(inputs: Iterable[str]) -> Iterator[str]:
    """Yield the inputs with the files that match in place of each pattern, as Unix shells do.

    Args:
        inputs: Files, folders, addresses, and patterns such as "*.mp4".

    Raises:
        SourceError: No file matches.
    """
    for name in inputs:
        if "://" in name or not glob.has_magic(name) or os.path.lexists(name):
            yield name
            continue
        matches = sorted(glob.glob(name, recursive=True))
        if not matches:
            raise SourceError(f"There is no file that matches {name}. Check the folder.")
        yield from matches


def result_name(source: str) -> str:
    """Return the name after which the results of a source are called.

    Args:
        source: A file, or an address, of which passwords are left out.
    """
    return safe_name(Path(redact_url(source)).name)


def plan(
    videos: Iterable[tuple[str, Path]],
    template: VideoConfig,
    *,
    output: Path | None,
    log: Path | None,
    log_suffix: str = ".csv",
) -> list[VideoConfig]:
    """Return a run for each video.

    Videos that would share a name keep their suffix in it.

    Args:
        videos: (name, path below its folder) of each video.
        template: The settings of all runs.
        output: The folder of the annotated copies; None for none.
        log: The folder of the logs; None for none.
        log_suffix: The suffix of the logs, with the dot.

    Raises:
        UsageError: Two videos would still share a name.
    """
    videos = list(videos)
    stems = [below.with_suffix("") for _, below in videos]
    stem_ids = [identity(stem) for stem in stems]
    configs = []
    for (name, below), stem in zip(videos, stems, strict=True):
        if stem_ids.count(identity(stem)) > 1:
            stem = stem.with_name(below.name.replace(".", "_"))
        configs.append(
            replace(
                template,
                source=name,
                output=output / stem.with_name(stem.name + ".mp4") if output else None,
                log=log / stem.with_name(stem.name + log_suffix) if log else None,
            )
        )
    targets = [path for config in configs for path in config.targets]
    if same_name(targets):
        raise UsageError("Some of these have the same name; give their folder, or run each alone.")
    return configs


def _list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the videos in a folder, and those that emoapp wrote there."""
    try:
        next(folder.iterdir(), None)
    except OSError as exc:
        raise SourceError(f"The folder {folder} cannot be read: {exc.strerror}.") from exc
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    noted = dict(entry for path in files if path.name == LEDGER for entry in written_by(path))
    below: list[Path] = []
    own: list[Path] = []
    for path in files:
        if path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith("."):
            (own if _is_own(path, noted) else below).append(path)
    return below, own


def _is_own(path: Path, noted: dict[Path, int | None]) -> bool:
    if noted.get(path.resolve()) == path.stat().st_size:
        return True
    annotated = is_annotated(path)
    if annotated is None:  # a part that was just started cannot be read yet
        return _PART.fullmatch(path.stem) is not None
    return annotated


def _no_videos_message(name: str, own: int) -> str:
    if own:
        return (
            f"The folder {name} holds no videos but {own} that emoapp wrote itself. To annotate "
            "one of those again, name the file."
        )
    return (
        f"The folder {name} holds no videos ({' '.join(sorted(VIDEO_SUFFIXES))}); "
        "for pictures there is `emoapp image`."
    )
