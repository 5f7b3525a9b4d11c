"""The program as a library: faces and their expressions in images and videos."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from emoapp.classifiers import open_classifier
from emoapp.detectors import Detector, open_detector
from emoapp.errors import ClosedError
from emoapp.images import as_image
from emoapp.limits import Limits
from emoapp.pipeline import Detected, Pipeline
from emoapp.sources import open_source
from emoapp.types import Frame, Result, Track
from emoapp.utils.arrays import to_bgr
from emoapp.utils.geometry import scaled_face

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

    from emoapp.sinks import Sink
    from emoapp.sources.still import StillImage

    _Source: TypeAlias = str | int | os.PathLike[str]

SMALL_FACE_PX = 64.0
"""Faces of less width are cropped from the highest resolution available: the network's crop has 48
pixels for them."""


class EmotionRecognizer:
    """Find faces and classify their expressions.

    Close it with `close` or `with`. Do not share it between threads. In one thread, `analyze` and
    any number of streams may be used alternately: each follows its own faces.

    Args:
        detector: "auto" or a name of `detectors.DETECTORS`.
        device: "auto", "cpu" or "gpu".
        model: A file or folder that `emoapp train` made; None for the shipped model.
        contempt: Estimate the probability of contempt too, beside the seven expressions.
        smoothing_s: Time constant of the average over time in `stream`, seconds.
        limits: Thresholds that a face must meet to get a label; None for the defaults.
        profile: Name of a profile that `emoapp profile learn` made: it corrects the probabilities
            of the largest face. "NAME=TRACK" ties it to a track. None for none.

    Raises:
        ModelError: If the model is missing, damaged, or does not know contempt.
        ProfileError: If there is no such profile, or it was learned with another model.
        DeviceError: If the GPU was asked for and can't be used.
        UsageError: If there is no such detector or device.
        EmoappError: If the detector can't be used.
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
        profile: str | None = None,
    ) -> None:
        self._stack = ExitStack()
        self._smoothing_s, self._limits = smoothing_s, limits or Limits()
        try:
            self._classifier = self._stack.enter_context(
                open_classifier(model, device=device, contempt=contempt)
            )
            self._corrector = None
            if profile is not None:
                from emoapp.profiles.use import open_corrector

                self._corrector = open_corrector(profile, self._classifier)
            self._detector = self._stack.enter_context(open_detector(detector))
        except BaseException:
            self._stack.close()
            raise

    @property
    def labels(self) -> tuple[str, ...]:
        """Expressions in the order of the probabilities, a profile's own ones last."""
        return self._classifier.labels + (self._corrector.own_labels if self._corrector else ())

    def analyze(
        self, picture: np.ndarray | str | os.PathLike[str] | bytes | PillowImage
    ) -> tuple[Track, ...]:
        """Find and classify the faces in one image.

        Args:
            picture: An array as OpenCV reads it: uint8 or uint16, (H, W) gray, (H, W, 3) BGR or
                (H, W, 4) BGRA; a Pillow image of any mode; a file's path; or the content of a file
                (see `analyze_file`).

        Returns:
            The faces, largest first, in pixels of the image.

        Raises:
            ClosedError: After `close`.
            TypeError: If it is none of these, or an array of another dtype.
            ValueError: If an array has another shape.
            SourceError: If a file can't be read.

        Examples:
            >>> import cv2
            >>> from emoapp.utils.resources import DEMO_CLIP
            >>> _, picture = cv2.VideoCapture(str(DEMO_CLIP)).read()
            >>> with EmotionRecognizer() as recognizer:
            ...     for track in recognizer.analyze(picture):
            ...         print(track.label, track.confidence > 0.5, track.rejection)
            happy True None
        """
        self._check_open()
        if isinstance(picture, str | os.PathLike | bytes):
            return self.analyze_file(picture)
        # A Pillow image implies that Pillow is loaded; without one it need not be.
        pillow = sys.modules.get("PIL.Image")
        if pillow is not None and isinstance(picture, pillow.Image):
            from emoapp.sources.still import from_pillow

            picture = from_pillow(picture)
        self._detector.reset()
        frame = Frame(as_image(to_bgr(picture)), 0, 0.0)
        return self._pipeline(self._detector, 0.0).process(frame).tracks

    def analyze_file(self, path: str | os.PathLike[str] | bytes) -> tuple[Track, ...]:
        """Find and classify the faces in an image file.

        JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC are supported, and rotated as their EXIF data
        say. Large images take no more than 600 MB of memory, and small faces in them are found too.

        Args:
            path: The file's path, or its content.

        Returns:
            The faces, largest first, in pixels of the full image.

        Raises:
            ClosedError: After `close`.
            SourceError: If the file can't be read; names the file.
        """
        from emoapp.sources.still import load_image

        self._check_open()
        return self.analyze_still(load_image(path))

    def analyze_still(self, still: StillImage) -> tuple[Track, ...]:
        """Find and classify the faces in an image file that was loaded already.

        Args:
            still: The loaded file (see `sources.still.load_image`).

        Returns:
            As `analyze_file`.

        Raises:
            ClosedError: After `close`.
        """
        if still.scale == 1:
            return self.analyze(still.image)
        from emoapp.detectors.tiles import detect_in_tiles
        from emoapp.sources.still import load_finer

        self._check_open()
        faces = detect_in_tiles(self._detector, still.image)
        small = any(face.box.width < SMALL_FACE_PX for face in faces)
        crops_from = load_finer(still) if small else still
        scale, factor = crops_from.scale, still.scale / crops_from.scale
        detected = Detected(
            Frame(as_image(crops_from.image), 0, 0.0),
            [scaled_face(face, factor) for face in faces],
            0.0,
        )
        tracks = self._pipeline(self._detector, 0.0, scale=scale).classify(detected).tracks
        return tuple(replace(track, face=scaled_face(track.face, scale)) for track in tracks)

    def stream(self, source: _Source, *, sinks: Sequence[Sink] = ()) -> Iterator[Result]:
        """Process a camera, a file or a stream frame by frame.

        Tracks keep their id, whatever else the recognizer does between two frames. The source is
        closed at its end, or when the iterator is closed.

        Args:
            source: Number of a camera, path of a file, or address of a stream.
            sinks: Take each result before it is yielded; the caller closes them.

        Yields:
            One result for each frame.

        Raises:
            ClosedError: After `close`.
            SourceError: If a file or a stream can't be read.
            CameraError: If the camera can't be opened or stopped.
            SinkError: If a sink can't take a result.

        Examples:
            >>> from emoapp.utils.resources import DEMO_CLIP
            >>> with EmotionRecognizer() as recognizer:
            ...     for result in recognizer.stream(DEMO_CLIP):
            ...         print(f"{result.frame.t:.2f} s", [(t.id, t.label) for t in result.tracks])
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
                result = pipeline.process(frame)
                for sink in sinks:
                    sink.write(result)
                yield result

    def _pipeline(self, detector: Detector, smoothing_s: float, *, scale: float = 1.0) -> Pipeline:
        # Whether a face is too small depends on its pixels in the full image.
        limits = replace(self._limits, eye_distance_px=self._limits.eye_distance_px / scale)
        return Pipeline(
            detector,
            self._classifier,
            smoothing_s=smoothing_s,
            limits=limits,
            corrector=self._corrector,
        )

    def _check_open(self) -> None:
        if self._detector.closed:
            raise ClosedError("This EmotionRecognizer is closed. Open a new one, or use `with`.")

    def close(self) -> None:
        """Release the networks; may be called twice."""
        self._stack.close()

    def __enter__(self) -> EmotionRecognizer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
