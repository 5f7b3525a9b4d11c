"""Handle images in live use; without a window, print a line for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from emoapp.app.controller import Controller
from emoapp.app.wording import describe
from emoapp.config import LiveConfig
from emoapp.errors import SourceError, UsageError
from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink
from emoapp.sources import kind_of
from emoapp.sources.images import Stills, list_images
from emoapp.types import Frame, Result
from emoapp.utils.terminal import complain, say


def is_stills(config: LiveConfig) -> bool:
    """Return whether the source consists of images on the disk."""
    return kind_of(config.source) == "images"


def stills_config(config: LiveConfig) -> LiveConfig:
    """Return the configuration without an average over time.

    Raises:
        UsageError: It asks for a recording.
    """
    if config.record is not None:
        raise UsageError(
            "--record is for what moves. To write annotated copies of pictures: emoapp image "
            f"{config.source} -o FOLDER"
        )
    return replace(config, smoothing_s=0.0)


@contextmanager
def open_stills(config: LiveConfig) -> Iterator[Stills]:
    """Open the images of a source.

    Raises:
        SourceError: There is none; or, at the end of the block, some could not be read.
    """
    stills = Stills(list_images(config.source), name=config.source, loop=config.loop)
    with stills:
        yield stills
    if stills.problems:
        raise SourceError(
            f"{len(stills.problems)} of {stills.frame_count} pictures could not be read."
        )


def analyze_still(pipeline: Pipeline, frame: Frame) -> Result:
    """Analyze an image independently of the one before."""
    pipeline.reset()
    return pipeline.process(frame)


class StillsController(Controller):
    """Skip the images that can't be read, and name them."""

    def __init__(self, source: Stills) -> None:
        super().__init__(source)
        self._stills = source

    def accept(self, frame: Frame) -> Frame | None:
        """See `Controller.accept`."""
        if self._stills.problem is None:
            return frame
        complain(self._stills.problem)
        return None


class StillsPrinter(Sink):
    """Print a line for each image."""

    def __init__(self, source: Stills) -> None:
        self._source = source

    def write(self, result: Result) -> None:
        """Print who is in the image that was read last."""
        said = ", ".join(map(describe, result.tracks)) or "no face"
        say(f"{self._source.path}: {said}")

    def close(self) -> None:
        """Nothing to close."""


class StillsLog(Sink):
    """A log with each image once, in pixels of its file.

    Args:
        log: Taken over, and closed.
        source: The images.
    """

    def __init__(self, log: Sink, source: Stills) -> None:
        self._log, self._source = log, source
        self._written: set[int] = set()

    def write(self, result: Result) -> None:
        """Write the image that was read last, unless it can't be read or was written before."""
        if self._source.problem is None and self._source.number not in self._written:
            self._written.add(self._source.number)
            self._log.write(result.scaled(self._source.scale))

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def abandon(self) -> None:
        """Abandon the log."""
        self._log.abandon()
