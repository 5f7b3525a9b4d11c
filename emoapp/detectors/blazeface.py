"""BlazeFace on LiteRT: MediaPipe's short-range face detection without MediaPipe.

The network is that of Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on
Mobile GPUs" (arXiv:1907.05047), as MediaPipe 0.10.21 ships it; models/detection/README.md gives
its source. Pre- and postprocessing follow MediaPipe's graph `face_detection_short_range`, so that
the faces are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emoapp.detectors.nms import weighted_nms
from emoapp.detectors.search import SearchingDetector
from emoapp.errors import EmoappError, ModelError
from emoapp.types import Box, Face
from emoapp.utils.litert import open_network
from emoapp.utils.resources import DETECTION

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

FILE = "face_detection_short_range.tflite"

LAYERS = ((8, 2), (16, 6))
"""(stride in pixels, anchors per cell) of the network's feature maps."""

MIN_SCORE = 0.5
"""Smallest score of a face."""

IOU_THRESHOLD = 0.3
"""Detections that overlap more are of the same face."""


class BlazeFace:
    """Run the network on single images.

    Raises:
        EmoappError: If the network's file is missing or damaged.
    """

    def __init__(self) -> None:
        self._interpreter = _open(DETECTION / FILE)
        (image,) = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        self._input = image["index"]
        self._side = int(image["shape"][1])
        # One output has a logit for each anchor; the other a box and six points.
        self._logits, self._boxes = (
            output["index"] for output in sorted(outputs, key=lambda output: output["shape"][-1])
        )
        self._anchors = anchors(self._side, LAYERS)
        self._min_logit = -np.log(1 / MIN_SCORE - 1)

    def find(self, rgb: np.ndarray) -> list[Face]:
        """Find the faces that are large in an image.

        Args:
            rgb: uint8 (H, W, 3), RGB.

        Returns:
            The faces, highest score first, in pixels of the image.
        """
        square, (scale, shift) = letterbox(rgb, self._side)
        self._interpreter.set_tensor(self._input, square[None])
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._logits)[0, :, 0]
        found = np.flatnonzero(logits >= self._min_logit)
        if not len(found):
            return []
        corners = self._decode(self._interpreter.get_tensor(self._boxes)[0, found], found)
        valid = (corners[:, 1] > corners[:, 0]).all(axis=1)
        scores = 1 / (1 + np.exp(-logits[found][valid]))
        points, scores = weighted_nms(corners[valid], scores, IOU_THRESHOLD)
        points = points * scale + shift
        return [_face(*face) for face in zip(points, scores.tolist(), strict=True)]

    def close(self) -> None:
        """Release the network; call it once."""
        self._interpreter = None

    def _decode(self, raw: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """Return two opposite corners of the box, then six points: float32 (N, 8, 2).

        Args:
            raw: float32 (N, 16): center, size and six points, x and y, relative to the anchor.
            indices: int (N,), indices of the anchors.
        """
        raw = raw.reshape(-1, 8, 2)
        points = raw + self._anchors[indices, None]
        center, half = points[:, 0], raw[:, 1] / 2
        points[:, 0], points[:, 1] = center - half, center + half
        return points


def _open(path: Path) -> Interpreter:
    """Return an interpreter of this file that is ready to run on one thread."""
    try:
        return open_network(path)
    except ModelError as exc:
        raise EmoappError(
            f"the face detector's network is missing or damaged; install emoapp again ({exc})"
        ) from exc


def anchors(side: int, layers: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return the anchors of all feature maps, in the network's order: the centers of the cells.

    Args:
        side: Side of the network's input, pixels.
        layers: (stride in pixels, anchors per cell) of each feature map. The anchors of a cell are
            identical, since the network predicts sizes and not factors of an anchor's size.

    Returns:
        float32 (N, 2), x and y in pixels of the network's input.
    """
    maps = []
    for stride, per_cell in layers:
        y, x = np.mgrid[: side // stride, : side // stride]
        centers = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) * stride
        maps.append(np.repeat(centers, per_cell, axis=0))
    return np.concatenate(maps).astype(np.float32)


def letterbox(rgb: np.ndarray, side: int) -> tuple[np.ndarray, tuple[float, np.ndarray]]:
    """Put an image into the middle of a black square, as the network expects it.

    As in MediaPipe's `ImageToTensorCalculator`, corners of pixels are moved to corners as if they
    were centers, and nothing is averaged: the network was trained that way.

    Args:
        rgb: uint8 (H, W, 3), RGB.
        side: Side of the square, pixels.

    Returns:
        float32 (side, side, 3) from -1 to 1, and the scale and the shift (float64 (2,), x and y)
        from pixels of the square to pixels of the image.
    """
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    border = (side - np.array([width, height]) * scale) / 2
    to_square = np.array([[scale, 0, border[0]], [0, scale, border[1]], [0, 0, 1]])
    square = cv2.warpPerspective(rgb, to_square, (side, side), flags=cv2.INTER_LINEAR)
    return square * np.float32(2 / 255) - 1, (1 / scale, -border / scale)


def _face(points: np.ndarray, score: float) -> Face:
    # Box, eyes, nose, mouth, ears; the first eye is on the left of the image.
    points = points.astype(np.float32)
    return Face(
        box=Box(*points[:2].ravel().tolist()),
        score=min(1.0, score),
        eyes=points[2:4],
        nose=points[4],
        mouth=points[5],
    )


class BlazeFaceDetector(SearchingDetector):
    """The detector that runs the network on LiteRT.

    Raises:
        EmoappError: If the network's file is missing or damaged.
    """

    name = "blazeface"

    def __init__(self) -> None:
        super().__init__(BlazeFace())
