"""Run the slow first steps before the first picture arrives."""

from __future__ import annotations

import gc

import numpy as np

from emoapp.app.rendering import Renderer
from emoapp.config import OverlayConfig
from emoapp.images import BgrImage
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.types import Box, Face, Frame, Result, Scores, Track

SIZE_WH = (1280, 720)
"""A usual camera's (width, height) in pixels: letters and icons are prepared for this size."""


def warm_up(pipeline: Pipeline, parts: OverlayConfig | None = None) -> Pipeline:
    """Run each stage once on an empty picture, load what draws, and return the pipeline.

    Takes 0.1 s. The first picture would take it in the main thread, and a camera does not wait.

    Args:
        pipeline: The pipeline.
        parts: How the overlay will be drawn; None for the defaults.
    """
    width, height = SIZE_WH
    frame = Frame(BgrImage(np.zeros((height, width, 3), np.uint8)), 0, 0.0)
    pipeline.process(frame)
    pipeline.reset()
    classifier = pipeline.classifier
    labels, size = pipeline.labels, classifier.description.crop_template.size
    rows = classifier.classify(np.zeros((1, size, size), np.uint8))
    rows = np.pad(rows, ((0, 0), (0, len(labels) - rows.shape[1])))
    face = Face(Box(width * 0.4, height * 0.3, width * 0.6, height * 0.7), 1.0)
    tracks = [
        Track(1, face, Scores(labels, rows[0]), Scores(labels, rows[0]), 0.0, 0.0, label=label)
        for label in labels
    ]
    renderer = Renderer(Overlay(labels, parts))
    for track in tracks:
        result = Result(frame, (track,), selected=track.id)
        renderer.render(result, Status(fps=30.0, faces=1), now=0.0)
    # What is loaded by now stays; the collector would go through all of it again and again, for
    # 10 ms each time.
    gc.freeze()
    return pipeline
