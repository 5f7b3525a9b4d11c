"""Draw and write annotated copies of images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from emoapp.config import OverlayConfig
from emoapp.errors import UsageError
from emoapp.images import as_image
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.still import StillImage
from emoapp.types import Frame, Result, Track
from emoapp.utils.files import write_whole
from emoapp.utils.geometry import scaled_face
from emoapp.utils.outputs import check_outputs

JPEG_QUALITY = 95
COPY_SUFFIXES = IMAGE_SUFFIXES - {".avif", ".heic", ".heif"}
"""Suffixes of formats in which copies can be written."""


def result_of(tracks: tuple[Track, ...], image: np.ndarray | None = None) -> Result:
    """Return a result for the faces of an image.

    Args:
        tracks: One for each face.
        image: uint8 (H, W, 3), BGR; None for a black pixel.
    """
    pixels = np.zeros((1, 1, 3), np.uint8) if image is None else image
    return Result(Frame(as_image(pixels), 0, 0.0), tracks)


def draw_copy(
    loaded: StillImage,
    tracks: tuple[Track, ...],
    labels: Sequence[str],
    *,
    blur: bool,
    overlay: OverlayConfig,
) -> None:
    """Draw the results on a loaded image, in place.

    Args:
        loaded: The image, possibly at a reduced scale.
        tracks: One for each face, in pixels of the full image.
        labels: The expressions, in the order of the model.
        blur: Make the faces unrecognizable.
        overlay: The parts to draw; images have neither timeline nor status row.
    """
    from emoapp.overlay import Overlay, Status
    from emoapp.privacy import pixelate

    image = loaded.image
    tracks = tuple(
        replace(track, face=scaled_face(track.face, 1 / loaded.scale)) for track in tracks
    )
    if blur:
        pixelate(image, [track.face.box for track in tracks])
    # For several faces, the bars would describe only one and not say which.
    bars = overlay.bars and len(tracks) == 1
    parts = replace(overlay, bars=bars, timeline=False, status=False)
    result = replace(result_of(tracks, image), selected=tracks[0].id if bars else None)
    Overlay(labels, parts).draw(image, result, Status(), now=0.0)


def write_copy(image: np.ndarray, path: Path, overwrite: bool) -> None:
    """Write an image, and create its folder if necessary.

    Args:
        image: uint8 (H, W, 3), BGR.
        path: The file; its suffix determines the format.
        overwrite: Replace an existing file.

    Raises:
        SinkError: It cannot be written.
    """
    parameters = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_WEBP_QUALITY, JPEG_QUALITY]
    data = cv2.imencode(path.suffix.lower(), image, parameters)[1]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda half: half.write_bytes(data.tobytes()), overwrite=overwrite)
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def copy_name(path: Path) -> Path:
    """Return the name of an image's copy, whose format may differ.

    Args:
        path: The image.
    """
    # Formats that cannot be written become PNG: lossless, and every program opens it.
    return path if path.suffix.lower() in COPY_SUFFIXES else path.with_name(f"{path.name}.png")


def check_copies(copies: dict[Path, Path], overwrite: bool) -> None:
    """Check that copies can be written under their names.

    Args:
        copies: Image -> its copy.
        overwrite: Whether they may replace existing files.

    Raises:
        SinkError: A copy cannot be written or already exists.
        UsageError: Two images have the same copy, or a copy is one of the images.
    """
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
