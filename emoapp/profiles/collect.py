"""Collect labeled crops of one person from photographs or a video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from emoapp.alignment.align import align
from emoapp.alignment.quality import rejection_reason
from emoapp.classifiers import Classifier
from emoapp.detectors import Detector
from emoapp.errors import ProfileError, SourceError
from emoapp.images import as_image
from emoapp.labels import by_canonical_name, canonical_label
from emoapp.limits import Limits
from emoapp.profiles.samples import Samples, sample
from emoapp.sources import open_source
from emoapp.sources.images import list_images
from emoapp.sources.still import read_image
from emoapp.types import Frame

INTERVAL_S = 0.2
"""Frames of a video that are used are at least this far apart."""

BLOCK_S = 2.0
"""Frames of so many seconds form a group of cross-validation."""

GAP_S = 0.5
"""Seconds at the end of each block that are not used, so that blocks are no neighbors."""

Progress = Callable[[int, "int | None"], None]


@dataclass(slots=True)
class Collected:
    """Labeled crops, and notes on what was left out.

    Attributes:
        crops: uint8 (S, S) each.
        labels: Their labels by name.
        times: Seconds in the video; 0 for photographs.
        groups: See `Samples.groups`; empty for photographs.
        left_out: What was not used and why, one line each.
    """

    crops: list[np.ndarray] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def samples(self, classifier: Classifier, own: Sequence[str] = ()) -> Samples:
        """Classify the crops.

        Args:
            classifier: The model.
            own: Labels of one's own; they keep their indices, whether they occur or not.

        Returns:
            The samples.

        Raises:
            ProfileError: There are none.
        """
        if not self.crops:
            reasons = f"; {self.left_out[0]}" if self.left_out else ""
            raise ProfileError(f"there is no face to learn from{reasons}")
        known = (*classifier.labels, *own)
        return sample(
            classifier,
            np.stack(self.crops),
            [known.index(label) for label in self.labels],
            times=self.times,
            groups=self.groups or None,
            own=tuple(own),
        )


def from_photos(
    folder: Path,
    detector: Detector,
    classifier: Classifier,
    *,
    own: Sequence[str] = (),
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Collected:
    """Crop the largest face of each photograph.

    Args:
        folder: Has a folder of photographs for each label.
        detector: Finds the faces; is reset before each photograph.
        classifier: Its labels can be learned.
        own: Labels of one's own, which can be learned too.
        limits: Which faces are rejected; None for the defaults.
        progress: Called with (photographs done, number of photographs).

    Returns:
        The crops; photographs without a face, with a rejected one or of another label are left out.

    Raises:
        ProfileError: There are no photographs in folders of labels.
    """
    files, collected = _labeled_files(folder, (*classifier.labels, *own))
    if not files:
        names = ", ".join(classifier.labels)
        raise ProfileError(f"{folder}: expected pictures as <label>/*.jpg, with labels of {names}")
    for number, (label, path) in enumerate(files, 1):
        try:
            image = read_image(path)
        except SourceError as exc:
            collected.left_out.append(str(exc))
            continue
        detector.reset()
        _add(collected, detector, classifier, image, label, str(path), limits or Limits())
        if progress is not None:
            progress(number, len(files))
    return collected


def from_video(
    video: Path,
    spans: Sequence[tuple[float, float, str]],
    detector: Detector,
    classifier: Classifier,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Collected:
    """Crop the largest face in frames of labeled spans of a video.

    Args:
        video: The file.
        spans: (start, end, label) in seconds; see `spans.read_spans`.
        detector: Finds the faces.
        classifier: The model.
        limits: Which faces are rejected; None for the defaults.
        progress: Called with (frames done, number of frames or None).

    Returns:
        The crops: at most five a second, in groups of neighboring frames.

    Raises:
        SourceError: The video can't be read.
    """
    collected, last = Collected(), -INTERVAL_S
    with open_source(str(video)) as source:
        for number, frame in enumerate(source, 1):
            if progress is not None:
                progress(number, source.frame_count)
            found = next((i for i, (a, b, _) in enumerate(spans) if a <= frame.t < b), None)
            if found is None or frame.t - last < INTERVAL_S - 1e-6:
                continue
            start, _, label = spans[found]
            block, within = divmod(frame.t - start, BLOCK_S)
            if within > BLOCK_S - GAP_S:
                continue
            last = frame.t
            place = f"{video} at {frame.t:.1f} s"
            if _add(
                collected, detector, classifier, frame, label, place, limits or Limits(), frame.t
            ):
                collected.groups.append(found * 10_000 + int(block))
    return collected


def _labeled_files(folder: Path, labels: Sequence[str]) -> tuple[list[tuple[str, Path]], Collected]:
    collected, files = Collected(), list[tuple[str, Path]]()
    known = by_canonical_name(labels)
    if not folder.is_dir():
        raise ProfileError(f"{folder}: there is no such folder")
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if inner.name.startswith("."):
            continue
        label = known.get(canonical_label(inner.name))
        try:
            paths = list_images(inner)
        except SourceError:
            continue
        if label is None:
            collected.left_out.append(f"{inner}: the model has no label {inner.name!r}")
            continue
        files += [(label, Path(path)) for path in paths]
    return files, collected


def _add(
    collected: Collected,
    detector: Detector,
    classifier: Classifier,
    image: np.ndarray | Frame,
    label: str,
    place: str,
    limits: Limits,
    time_s: float = 0.0,
) -> bool:
    """Add the largest face; return False if it was left out."""
    pixels = image.pixels if isinstance(image, Frame) else as_image(image)
    faces = detector.detect(pixels)
    if not faces:
        collected.left_out.append(f"{place}: no face found")
        return False
    crop = align(pixels, faces[:1], classifier.description.crop_template)[0]
    reason = rejection_reason(faces[0], crop, limits)
    if reason is not None:
        collected.left_out.append(f"{place}: {reason.value}")
        return False
    collected.crops.append(crop)
    collected.labels.append(label)
    collected.times.append(time_s)
    return True
