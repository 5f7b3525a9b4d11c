"""Pictures from the disk: who is in each, as annotated copies and as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import SourceError, UsageError
from emoapp.images import as_image
from emoapp.recognizer import EmotionRecognizer
from emoapp.rows import Rows
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.images import list_images
from emoapp.sources.still import StillImage, load_image
from emoapp.types import Frame, Result, Track
from emoapp.utils.escape import csv_line, encodable
from emoapp.utils.files import write_whole
from emoapp.utils.geometry import scaled_face
from emoapp.utils.outputs import check_outputs

JPEG_QUALITY = 95
COPY_SUFFIXES = IMAGE_SUFFIXES - {".avif", ".heic", ".heif"}
"""What copies can be written as."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to be read, and where its annotated copy goes (None for nowhere)."""

    path: Path
    copy: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A picture that was read.

    tracks: one for each face, largest face first; `id` counts them from 1.
    size_wh: (width, height) in pixels, upright; the positions of the faces are in these pixels.
    copy: the annotated copy that was written; None for none.
    copy_wh: its (width, height) in pixels: less than `size_wh` for large pictures.
    """

    path: Path
    size_wh: tuple[int, int]
    tracks: tuple[Track, ...]
    copy: Path | None = None
    copy_wh: tuple[int, int] | None = None

    def as_dict(self) -> dict:
        """What stands in the JSON: as in a log, a face has no label where it is not believed."""
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
    """The pictures that files, folders and patterns stand for, each once, and their copies' names.

    output: a folder, made where there is none; or a file, if it is called like one and there is
        one picture. Pictures of a folder keep their place below it.
    missing: called for each spec that stands for nothing.

    Raises UsageError where two pictures would have the same copy or a copy is one of the pictures,
    SinkError where a copy can't be written or is there already.
    """
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
    if output is None:
        return [Picture(path) for path in found]
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
        copies = {path: output for path in found}
    else:
        copies = {path: output / _copy_name(below) for path, below in found.items()}
    _check(copies, overwrite)
    return [Picture(path, copy) for path, copy in copies.items()]


def analyse(
    pictures: Iterable[Picture],
    recognizer: EmotionRecognizer,
    *,
    blur: bool = False,
    overwrite: bool = False,
    done: Callable[[Analysed | SourceError], None],
) -> None:
    """Read each picture and write its copy; copies of large pictures are smaller than these.

    blur: make the faces unrecognisable in the copies.
    overwrite: replace copies that are there.
    done: called for each picture with what came of it.

    Raises SinkError where a copy can't be written.
    """
    for picture in pictures:
        try:
            loaded = load_image(picture.path)
        except SourceError as exc:
            done(exc)
            continue
        tracks = recognizer.analyze_still(loaded)
        if picture.copy is not None:
            _draw(loaded, tracks, recognizer.labels, blur=blur)
            _write(loaded.image, picture.copy, overwrite)
        size_wh = loaded.image.shape[1], loaded.image.shape[0]
        done(Analysed(picture.path, loaded.size_wh, tracks, picture.copy, size_wh))


def write_json(path: Path, results: Iterable[Analysed], *, overwrite: bool = False) -> None:
    """A list of the pictures with their faces. Raises SinkError."""
    text = json.dumps([result.as_dict() for result in results], indent=1, ensure_ascii=False)
    _write_text(path, text + "\n", overwrite)


def write_csv(
    path: Path, results: Iterable[Analysed], labels: Sequence[str], *, overwrite: bool = False
) -> None:
    """A row for each face and one for each picture without; a log's columns but for the time.

    Raises SinkError.
    """

    def write(half: Path) -> None:
        with half.open("w", newline="", encoding="utf-8") as file:
            columns = Rows("", labels).columns
            kept = [i for i, name in enumerate(columns) if name not in ("frame", "time_s")]
            file.write(csv_line(columns[i] for i in kept))
            for result in results:
                for row in Rows(str(result.path), labels).of(_result(result.tracks)):
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


def _result(tracks: tuple[Track, ...], image: np.ndarray | None = None) -> Result:
    pixels = np.zeros((1, 1, 3), np.uint8) if image is None else image
    return Result(Frame(as_image(pixels), 0, 0.0), tracks)


def _draw(
    loaded: StillImage, tracks: tuple[Track, ...], labels: Sequence[str], *, blur: bool
) -> None:
    """Draw on the picture as it was loaded; the tracks are in pixels of the full one."""
    from emoapp.overlay import Overlay, Status
    from emoapp.privacy import pixelate

    image = loaded.image
    tracks = tuple(
        replace(track, face=scaled_face(track.face, 1 / loaded.scale)) for track in tracks
    )
    if blur:
        pixelate(image, [track.face.box for track in tracks])
    # Of several faces the bars would tell about one only, and not which.
    overlay = Overlay(labels, bars=len(tracks) == 1, timeline=False)
    overlay.draw(image, _result(tracks, image), Status(), now=0.0)


def _write(image: np.ndarray, path: Path, overwrite: bool) -> None:
    parameters = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_WEBP_QUALITY, JPEG_QUALITY]
    data = cv2.imencode(path.suffix.lower(), image, parameters)[1]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda half: half.write_bytes(data.tobytes()), overwrite=overwrite)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def _write_text(path: Path, text: str, overwrite: bool) -> None:
    try:
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"), overwrite=overwrite)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def _copy_name(path: Path) -> Path:
    # What can be read but not written becomes a PNG: no loss, and every program opens it.
    return path if path.suffix.lower() in COPY_SUFFIXES else path.with_name(f"{path.name}.png")


def _check(copies: dict[Path, Path], overwrite: bool) -> None:
    taken: dict[Path, Path] = {}
    for path, copy in copies.items():
        if copy in taken:
            raise UsageError(
                f"{taken[copy]} and {path} would both be written to {copy}: "
                "name the folder that holds them all, or run the command twice."
            )
        taken[copy] = path
    check_outputs(copies.values(), copies)
    for copy in taken:
        if copy.parent.is_dir():
            check_target(copy, overwrite=overwrite)
