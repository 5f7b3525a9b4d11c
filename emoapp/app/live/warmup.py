"""Gets the slow parts of a first picture over before there is one."""

from __future__ import annotations

import gc

import numpy as np

from emoapp.pipeline import Pipeline
from emoapp.types import Box, Face, Frame, Result, Scores, Track

SIZE_WH = (1280, 720)
"""A usual camera's, (width, height) in pixels: letters and icons are made ready for this size."""


def warm_up(pipeline: Pipeline) -> Pipeline:
    """Let each stage work once on an empty picture, and load what draws; gives the pipeline back.

    Takes 0.1 s. The first picture would take it in the main thread, and a camera does not wait.
    """
    from emoapp.overlay import Overlay, Status

    width, height = SIZE_WH
    frame = Frame(np.zeros((height, width, 3), np.uint8), 0, 0.0)
    pipeline.process(frame)
    pipeline.detector.reset()
    classifier = pipeline.classifier
    labels, size = classifier.labels, classifier.description.crop_template.size
    rows = classifier.classify(np.zeros((1, size, size), np.uint8))
    face = Face(Box(width * 0.4, height * 0.3, width * 0.6, height * 0.7), 1.0)
    tracks = [
        Track(1, face, Scores(labels, rows[0]), Scores(labels, rows[0]), 0.0, 0.0, label=label)
        for label in labels
    ]
    overlay = Overlay(labels)
    for track in tracks:
        status = Status(fps=30.0, latency_ms=10.0, faces=1, detector=pipeline.detector.name)
        overlay.draw(frame.image, Result(frame, (track,)), status, now=0.0)
    # What is loaded by now stays; the collector would go through all of it again and again, for
    # 10 ms each time.
    gc.freeze()
    return pipeline
