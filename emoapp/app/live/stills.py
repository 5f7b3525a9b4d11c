"""Pictures in live use, without a window: a line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from emoapp.app.run import Run
from emoapp.config import LiveConfig
from emoapp.errors import SourceError, UsageError
from emoapp.sources import kind_of
from emoapp.sources.images import Stills, list_images
from emoapp.types import Frame, Rejection, Result, Track
from emoapp.utils.geometry import scaled_face
from emoapp.utils.terminal import complain, say


def is_stills(config: LiveConfig) -> bool:
    """Whether the source is pictures from the disk."""
    return kind_of(config.source) == "images"


def stills_config(config: LiveConfig) -> LiveConfig:
    """The same without an average over time. Raises UsageError for what makes no sense here."""
    if config.record is not None:
        raise UsageError(
            "--record is for what moves. To write annotated copies of pictures: emoapp image "
            f"{config.source} -o FOLDER"
        )
    return replace(config, smoothing_s=0.0)


@contextmanager
def open_stills(config: LiveConfig) -> Iterator[Stills]:
    """Open the pictures of a source. Raises SourceError where there is none.

    Raises it at the end of the block too, where some could not be read.
    """
    with Stills(list_images(config.source), name=config.source, loop=config.loop) as stills:
        yield stills
    if stills.problems:
        raise SourceError(
            f"{len(stills.problems)} of {stills.frame_count} pictures could not be read."
        )


class PrintedStills(Run):
    """A line for each picture, without a window."""

    source: Stills

    def take(self, frame: Frame) -> None:
        if self.source.problem is not None:
            print_problem(self.source)
            return
        self.pipeline.reset()
        super().take(frame)

    def analyse(self, frame: Frame) -> Result:
        result = scaled(super().analyse(frame), self.source.scale)
        said = ", ".join(map(_words, result.tracks)) or "no face"
        say(f"{self.source.path}: {said}")
        return result


def scaled(result: Result, factor: float) -> Result:
    """The result with the positions of its faces multiplied by `factor`."""
    tracks = tuple(replace(one, face=scaled_face(one.face, factor)) for one in result.tracks)
    return Result(result.frame, tracks, result.ms)


def _words(track: Track) -> str:
    if track.rejection:
        return "not sure" if track.rejection is Rejection.UNSURE else track.rejection.value
    return f"{track.label} {track.confidence:.0%}"


def print_problem(source: Stills) -> None:
    """Say on the terminal which picture could not be read."""
    complain(source.problem)
