"""BlazeFace on LiteRT: MediaPipe's short-range face detection without MediaPipe.

The network is that of Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on
Mobile GPUs" (arXiv:1907.05047), as MediaPipe 0.10.21 ships it; models/detection/README.md says
where it comes from. What is done before and after it follows MediaPipe's graph
`face_detection_short_range`, so that the faces are the same.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.detectors.nms import weighted_nms
from emoapp.detectors.search import SearchingDetector
from emoapp.errors import EmoappError
from emoapp.types import Box, Face
from emoapp.utils.resources import DETECTION

FILE = "face_detection_short_range.tflite"

LAYERS = ((8, 2), (16, 6))
"""(stride in pixels, anchors a cell) of the network's feature maps."""

MIN_SCORE, IOU_THRESHOLD = 0.5, 0.3
"""The smallest score of a face, and from which overlap on two detections are of the same one."""


class BlazeFace:
    """Runs the network; `find` returns the faces that it sees in a picture."""

    def __init__(self) -> None:
        """Raises EmoappError where the network's file is missing or damaged."""
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
        """The faces in a picture, most certain first, in its pixels.

        rgb: uint8 (H, W, 3).
        """
        square, to_picture = letterbox(rgb, self._side)
        self._interpreter.set_tensor(self._input, square[None])
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._logits)[0, :, 0]
        seen = np.flatnonzero(logits >= self._min_logit)
        if not len(seen):
            return []
        corners = self._decode(self._interpreter.get_tensor(self._boxes)[0, seen], seen)
        valid = (corners[:, 1] > corners[:, 0]).all(axis=1)
        scores = 1 / (1 + np.exp(-logits[seen][valid]))
        points, scores = weighted_nms(corners[valid], scores, IOU_THRESHOLD)
        scale, shift = to_picture
        points = points * scale + shift
        return [_face(*face) for face in zip(points, scores.tolist(), strict=True)]

    def close(self) -> None:
        """Give the network back; to be called once."""
        self._interpreter = None

    def _decode(self, raw: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Two opposite corners of the box, then six points: float32 (N, 8, 2), in the square.

        raw: float32 (N, 16): centre, size and six points, x and y, from the anchor on.
        """
        raw = raw.reshape(-1, 8, 2)
        points = raw + self._anchors[seen, None]
        center, half = points[:, 0], raw[:, 1] / 2
        points[:, 0], points[:, 1] = center - half, center + half
        return points


def _open(path: Path):
    """The interpreter for this file, ready to run on one thread."""
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(str(path), num_threads=1)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as exc:
        raise EmoappError(
            f"{path}: the face detector's network is missing or damaged "
            f"({str(exc).strip()}); install emoapp again"
        ) from exc
    return interpreter


def anchors(side: int, layers: tuple[tuple[int, int], ...]) -> np.ndarray:
    """The centres of the cells of all feature maps, in the network's order: float32 (N, 2).

    side: of the network's input, pixels.
    layers: (stride in pixels, anchors a cell) of each feature map; several anchors of a cell are
        the same, since the network predicts sizes and not factors of an anchor's size.
    """
    maps = []
    for stride, per_cell in layers:
        y, x = np.mgrid[: side // stride, : side // stride]
        centers = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) * stride
        maps.append(np.repeat(centers, per_cell, axis=0))
    return np.concatenate(maps).astype(np.float32)


def letterbox(rgb: np.ndarray, side: int) -> tuple[np.ndarray, tuple[float, np.ndarray]]:
    """The picture in the middle of a black square, as the network takes it.

    As in MediaPipe's `ImageToTensorCalculator`, corners of pixels are brought to corners as if they
    were centres, and nothing is averaged. It was trained so.

    Returns float32 (side, side, 3) from -1 to 1, and the (scale, shift x, y) that leads from the
    square's pixels to the picture's.
    """
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    border = (side - np.array([width, height]) * scale) / 2
    to_square = np.array([[scale, 0, border[0]], [0, scale, border[1]], [0, 0, 1]])
    square = cv2.warpPerspective(rgb, to_square, (side, side), flags=cv2.INTER_LINEAR)
    return square * np.float32(2 / 255) - 1, (1 / scale, -border / scale)


def _face(points: np.ndarray, score: float) -> Face:
    """points: box, eyes, nose, mouth, ears; the first eye is on the left of the picture."""
    points = points.astype(np.float32)
    return Face(
        box=Box(*points[:2].ravel().tolist()),
        score=min(1.0, score),
        eyes=points[2:4],
        nose=points[4],
        mouth=points[5],
    )


class BlazeFaceDetector(SearchingDetector):
    """The network run by LiteRT."""

    name = "blazeface"

    def __init__(self) -> None:
        super().__init__(BlazeFace())
