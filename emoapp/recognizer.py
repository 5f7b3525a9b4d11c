"""The program as a library: faces and their expressions in a picture or a video."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emoapp.classifiers import open_classifier
from emoapp.detectors import Detector, open_detector
from emoapp.errors import ClosedError
from emoapp.images import to_bgr
from emoapp.limits import Limits
from emoapp.pipeline import Detected, Pipeline
from emoapp.sources import open_source
from emoapp.types import Face, Frame, Result, Track
from emoapp.utils.geometry import scaled_face

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from emoapp.sources.still import StillImage

SMALL_PX = 64.0
"""Faces of less width are cut out of the finest picture that can be had: the network's crop shows
48 pixels of them."""


class EmotionRecognizer:
    """Find faces and classify their expressions.

    Opened by its constructor, closed by `close` or `with`; not to be shared between threads. In one
    thread, `analyze` and any number of streams may take turns: each follows its own faces.
    """

    def __init__(
        self,
        *,
        detector: str = "auto",
        device: str = "auto",
        model: str | Path | None = None,
        contempt: bool = False,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
    ) -> None:
        """detector: "auto" or a name of `detectors.DETECTORS`. device: "auto", "cpu" or "gpu".

        model: a file or folder that `emoapp train` made; None for the shipped model.
        contempt: give it a probability too, beside the seven expressions.
        smoothing_s: time constant of the average over time in `stream`, seconds.
        limits: which faces are not believed; None for the usual ones.

        Raises ModelError, DeviceError or UsageError.
        """
        self._stack = ExitStack()
        self._smoothing_s, self._limits = smoothing_s, limits or Limits()
        try:
            self._classifier = self._stack.enter_context(
                open_classifier(model, device=device, contempt=contempt)
            )
            self._detector = self._stack.enter_context(open_detector(detector))
        except BaseException:
            self._stack.close()
            raise

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions, in the order of the probabilities."""
        return self._classifier.labels

    def analyze(
        self, picture: np.ndarray | str | os.PathLike[str] | bytes | PillowImage
    ) -> tuple[Track, ...]:
        """Return the faces in one picture, largest first, in its pixels.

        picture: an array as OpenCV reads it: uint8 or uint16, (H, W) grey, (H, W, 3) BGR or
            (H, W, 4) BGRA; a Pillow image of any mode; a file's path; or what is in a file
            (see `analyze_file`).

        Raises ClosedError after `close`, TypeError or ValueError for an array of another kind, and
        SourceError where a file can't be read.

        >>> import cv2
        >>> from emoapp.utils.resources import DEMO_CLIP
        >>> found, picture = cv2.VideoCapture(str(DEMO_CLIP)).read()
        >>> with EmotionRecognizer() as recognizer:
        ...     for person in recognizer.analyze(picture):
        ...         print(person.label, person.confidence > 0.5, person.rejection)
        happy True None
        """
        self._check_open()
        if isinstance(picture, str | os.PathLike | bytes):
            return self.analyze_file(picture)
        # Who has a Pillow image has loaded Pillow; others need not wait for it.
        pillow = sys.modules.get("PIL.Image")
        if pillow is not None and isinstance(picture, pillow.Image):
            from emoapp.sources.still import from_pillow

            picture = from_pillow(picture)
        self._detector.reset()
        frame = Frame(to_bgr(picture), 0, 0.0)
        return self._pipeline(self._detector, 0.0).process(frame).tracks

    def analyze_file(self, path: str | os.PathLike[str] | bytes) -> tuple[Track, ...]:
        """Return the faces in a picture on the disk, largest first, in pixels of the full picture.

        path: or what is in the file. JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC are read,
            turned as their EXIF data say.

        Large pictures cost no more than 600 MB of memory, and small faces in them are found too.

        Raises SourceError, naming the file, where it can't be read, and ClosedError after `close`.
        """
        from emoapp.sources.still import load_image

        self._check_open()
        return self.analyze_still(load_image(path))

    def analyze_still(self, still: StillImage) -> tuple[Track, ...]:
        """`analyze_file` for a picture that was loaded already."""
        if still.scale == 1:
            return self.analyze(still.image)
        from emoapp.detectors.tiles import detect_in_tiles
        from emoapp.sources.still import load_finer

        self._check_open()
        faces = detect_in_tiles(self._detector, still.image)
        crops_from = load_finer(still) if any(map(_is_small, faces)) else still
        scale, factor = crops_from.scale, still.scale / crops_from.scale
        detected = Detected(
            Frame(crops_from.image, 0, 0.0), [scaled_face(face, factor) for face in faces], 0.0
        )
        tracks = self._pipeline(self._detector, 0.0, scale=scale).classify(detected).tracks
        return tuple(replace(track, face=scaled_face(track.face, scale)) for track in tracks)

    def stream(self, source: str | int | os.PathLike[str]) -> Iterator[Result]:
        """Yield one result for each frame of a camera (number), a file, or a stream (address).

        People keep their track's id from frame to frame, whatever else the recognizer does between
        two frames. The source is closed at the end, or when the iterator is.

        Raises SourceError or CameraError for the source, ClosedError after `close`.

        >>> from emoapp.utils.resources import DEMO_CLIP
        >>> with EmotionRecognizer() as recognizer:
        ...     for result in recognizer.stream(DEMO_CLIP):
        ...         people = [(person.id, person.label) for person in result.tracks]
        ...         print(f"{result.frame.t:.2f} s", people)
        ...         if result.frame.index == 2:
        ...             break
        0.00 s [(1, 'happy')]
        0.03 s [(1, 'happy')]
        0.07 s [(1, 'happy')]
        """
        self._check_open()
        pipeline = self._pipeline(self._detector.fork(), self._smoothing_s)
        with open_source(source) as frames:
            for frame in frames:
                self._check_open()
                yield pipeline.process(frame)

    def _pipeline(self, detector: Detector, smoothing_s: float, *, scale: float = 1.0) -> Pipeline:
        # A face is too small for its pixels in the full picture.
        limits = replace(self._limits, eye_distance_px=self._limits.eye_distance_px / scale)
        return Pipeline(detector, self._classifier, smoothing_s=smoothing_s, limits=limits)

    def _check_open(self) -> None:
        if self._detector.closed:
            raise ClosedError(
                "This EmotionRecognizer is closed. Open a new one, or use it inside its `with`."
            )

    def close(self) -> None:
        """Give everything back; may be called twice."""
        self._stack.close()

    def __enter__(self) -> EmotionRecognizer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _is_small(face: Face) -> bool:
    return face.box.width < SMALL_PX
