"""Analyze image files into annotated copies and tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emoapp.app.image_copies import (
    COPY_SUFFIXES,
    check_copies,
    copy_name,
    draw_copy,
    result_of,
    write_copy,
)
from emoapp.config import OverlayConfig
from emoapp.errors import SourceError, UsageError
from emoapp.recognizer import EmotionRecognizer
from emoapp.rows import Rows
from emoapp.sinks.files import cannot_write
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.images import list_images
from emoapp.sources.still import load_image
from emoapp.types import Track
from emoapp.utils.escape import csv_line, encodable
from emoapp.utils.files import write_whole


@dataclass(frozen=True, slots=True)
class Picture:
    """An image to analyze.

    Attributes:
        path: The file.
        copy: The annotated copy to write; None for none.
    """

    path: Path
    copy: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Analyzed:
    """An analyzed image.

    Attributes:
        path: The file.
        size_wh: (width, height) in pixels, upright; faces are located in these pixels.
        tracks: One for each face, largest face first; `id` counts them from 1.
        copy: The annotated copy that was written; None for none.
        copy_wh: (width, height) of the copy in pixels, smaller than `size_wh` for large images.
    """

    path: Path
    size_wh: tuple[int, int]
    tracks: tuple[Track, ...]
    copy: Path | None = None
    copy_wh: tuple[int, int] | None = None

    def as_dict(self) -> dict:
        """Return an object that JSON can represent; as in a log, rejected faces have no label."""
        return {
            "source": encodable(str(self.path)),
            "size_wh": list(self.size_wh),
            "faces": [_face(track) for track in self.tracks],
        }


def plan(
    specs: Sequence[str],
    output: Path | None,
    *,
    overwrite: bool = False,
    missing: Callable[[SourceError], None],
) -> list[Picture]:
    """Find the images that files, folders and patterns mean, each once, and name their copies.

    Args:
        specs: Files, folders and glob patterns.
        output: The folder of the copies, created if necessary; or a file, if its suffix is that of
            an image and there is only one. Images of a folder keep their path below it. None for
            no copies.
        overwrite: Whether copies may replace existing files.
        missing: Called for each spec that stands for nothing.

    Raises:
        SinkError: A copy cannot be written or already exists.
        UsageError: Two images would have the same copy, or a copy is one of the images.
    """
    found = _find(specs, missing)
    if output is None:
        return [Picture(path) for path in found]
    copies = _name_copies(found, output)
    check_copies(copies, overwrite)
    return [Picture(path, copy) for path, copy in copies.items()]


def _find(specs: Sequence[str], missing: Callable[[SourceError], None]) -> dict[Path, Path]:
    """Return image -> its path below the folder that was named."""
    found: dict[Path, Path] = {}
    for spec in specs:
        top = Path(spec) if Path(spec).is_dir() else None
        try:
            paths = list_images(spec)
        except SourceError as exc:
            missing(exc)
            continue
        for path in map(Path, paths):
            found.setdefault(path, path.relative_to(top) if top else Path(path.name))
    return found


def _name_copies(found: dict[Path, Path], output: Path) -> dict[Path, Path]:
    """Return image -> its copy."""
    if output.suffix.lower() in IMAGE_SUFFIXES and not output.is_dir():
        if len(found) > 1:
            raise UsageError(
                f"{output} is one file, but there are {len(found)} pictures: name a folder."
            )
        if output.suffix.lower() not in COPY_SUFFIXES:
            raise UsageError(
                f"{output}: copies can be written as JPEG, PNG, BMP, TIFF or WebP: change the "
                "name's ending."
            )
        return {path: output for path in found}
    return {path: output / copy_name(below) for path, below in found.items()}


def analyze(
    pictures: Iterable[Picture],
    recognizer: EmotionRecognizer,
    *,
    blur: bool = False,
    overlay: OverlayConfig | None = None,
    overwrite: bool = False,
    done: Callable[[Analyzed | SourceError], None],
) -> None:
    """Analyze each image and write its copy; copies of large images are smaller.

    Args:
        pictures: The images and their copies.
        recognizer: Analyzes them.
        blur: Make the faces unrecognizable in the copies.
        overlay: The parts of the overlay to draw; None for all.
        overwrite: Replace existing copies.
        done: Called for each image with its result, or the error if it cannot be read.

    Raises:
        SinkError: A copy cannot be written.
    """
    for picture in pictures:
        try:
            loaded = load_image(picture.path)
        except SourceError as exc:
            done(exc)
            continue
        tracks = recognizer.analyze_still(loaded)
        if picture.copy is not None:
            parts = overlay or OverlayConfig()
            draw_copy(loaded, tracks, recognizer.labels, blur=blur, overlay=parts)
            write_copy(loaded.image, picture.copy, overwrite)
        size_wh = loaded.image.shape[1], loaded.image.shape[0]
        done(Analyzed(picture.path, loaded.size_wh, tracks, picture.copy, size_wh))


def write_json(path: Path, results: Iterable[Analyzed], *, overwrite: bool = False) -> None:
    """Write a list of the images with their faces as JSON.

    Args:
        path: The file.
        results: The analyzed images.
        overwrite: Replace an existing file.

    Raises:
        SinkError: It cannot be written.
    """
    text = json.dumps([result.as_dict() for result in results], indent=1, ensure_ascii=False)
    _write_text(path, text + "\n", overwrite)


def write_csv(
    path: Path, results: Iterable[Analyzed], labels: Sequence[str], *, overwrite: bool = False
) -> None:
    """Write a row for each face, and one for each image without, as CSV.

    The columns are those of a log, except for frame and time.

    Args:
        path: The file.
        results: The analyzed images.
        labels: The expressions, in the order of the model.
        overwrite: Replace an existing file.

    Raises:
        SinkError: It cannot be written.
    """
    kept_results = list(results)

    def write(half: Path) -> None:
        with half.open("w", newline="", encoding="utf-8") as file:
            profile = any(track.profile for result in kept_results for track in result.tracks)
            columns = Rows("", labels, profile=profile).columns
            kept = [i for i, name in enumerate(columns) if name not in ("frame", "time_s")]
            file.write(csv_line(columns[i] for i in kept))
            for result in kept_results:
                rows = Rows(str(result.path), labels, profile=profile)
                for row in rows.of(result_of(result.tracks)):
                    file.write(csv_line(row[i] for i in kept))

    try:
        write_whole(path, write, overwrite=overwrite)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def _face(track: Track) -> dict:
    return {
        "face": track.id,
        "box": [round(float(side), 1) for side in track.face.box],
        "detector_score": round(float(track.face.score), 4),
        "label": None if track.rejection else encodable(track.label or ""),
        "confidence": round(track.confidence, 4),
        "rejection": track.rejection.value if track.rejection else None,
        "probabilities": {
            encodable(name): round(p, 4) for name, p in track.smoothed.as_dict().items()
        },
    }


def _write_text(path: Path, text: str, overwrite: bool) -> None:
    try:
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"), overwrite=overwrite)
    except OSError as exc:
        raise cannot_write(path, exc) from exc
