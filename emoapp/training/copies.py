"""Find copies of an image, so that none of them is on both sides of a split."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

THUMBNAIL_SIDE = 12
"""Side of the compared thumbnails, pixels."""

MIN_COPY_CORRELATION = 0.97
"""Thumbnails that correlate more are copies. FER-2013's training split has 1,500 pairs above 0.9999
and 1,700 more down to 0.97, all of them the same photograph with another crop or a watermark."""

CHUNK_SIZE = 2000
"""Images that are compared with all others at a time, to bound the memory."""


def group_copies(images: np.ndarray) -> np.ndarray:
    """Number the groups of images that are copies of each other.

    Args:
        images: uint8 (N, S, S).

    Returns:
        int64 (N,), the same number for all copies of an image.
    """
    thumbnails = _thumbnails(images)
    rows, columns = [], []
    for start in range(0, len(images), CHUNK_SIZE):
        correlation = thumbnails[start : start + CHUNK_SIZE] @ thumbnails.T
        row, column = np.nonzero(correlation > MIN_COPY_CORRELATION)
        rows.append(row + start)
        columns.append(column)
    pairs = np.concatenate(rows), np.concatenate(columns)
    graph = coo_array((np.ones(len(pairs[0]), bool), pairs), shape=(len(images),) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def copies_of(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Find the images that have a copy among others.

    Args:
        images: uint8 (N, S, S).
        others: uint8 (M, S, S).

    Returns:
        bool (N,), True where an image is a copy of one of the others.
    """
    thumbnails, known = _thumbnails(images), _thumbnails(others).T
    chunks = [
        (thumbnails[start : start + CHUNK_SIZE] @ known > MIN_COPY_CORRELATION).any(axis=1)
        for start in range(0, len(images), CHUNK_SIZE)
    ]
    return np.concatenate(chunks)


def group_identical(images: np.ndarray) -> np.ndarray:
    """Number the groups of images that are identical in every pixel.

    For images of one person, which look much alike without being copies.

    Args:
        images: uint8 (N, S, S).

    Returns:
        int64 (N,), the same number for identical images.
    """
    return np.unique(images.reshape(len(images), -1), axis=0, return_inverse=True)[1].reshape(-1)


def _thumbnails(images: np.ndarray) -> np.ndarray:
    """Return small images without brightness and contrast, float32 (N, 144).

    Uniform images are zeros.
    """
    side = THUMBNAIL_SIDE, THUMBNAIL_SIDE
    small = np.stack([cv2.resize(image, side, interpolation=cv2.INTER_AREA) for image in images])
    pixels = small.reshape(len(images), -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    return pixels / np.maximum(np.linalg.norm(pixels, axis=1, keepdims=True), 1.0)
