"""How fast the program is on this machine, beside the bare library calls it can't do without."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from emoapp.alignment.align import align
from emoapp.classifiers import Classifier, open_classifier
from emoapp.detectors import Detector, open_detector
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink, open_window
from emoapp.sources import open_source
from emoapp.types import Frame
from emoapp.utils.resources import DEMO_CLIP

FRAMES = 120
WARM_UP = 20
"""Frames at the start of each run that do not count: caches fill, the first drawing loads fonts."""

FACES = (1, 2, 4)

GREY = 128


class Stopwatch:
    """Collects milliseconds by name."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.add(name, (perf_counter() - began) * 1e3)

    def add(self, name: str, ms: float) -> None:
        self._ms.setdefault(name, []).append(ms)

    def medians(self) -> dict[str, float]:
        return {name: float(np.median(values[WARM_UP:])) for name, values in self._ms.items()}


def measure(*, repeats: int = 5, window: bool = True) -> dict:
    """Milliseconds a frame on the demo clip (1280x720, one face), medians of `repeats` runs.

    window: also show the pictures; needs a screen (NoScreenError).

    Gives "program", what emoapp does to a frame by stage; "floor", the bare calls for the same: a
    JPEG decoded (as cameras send it), one call of each network, the window;
    "ratio", the sums divided; "faces", the program's milliseconds without decoding and window by
    number of faces, each half as large. In live use decoding happens in a thread of its own and
    does not count as work on a frame; here it is in both sums.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(DEMO_CLIP))
        images = [source.read().image for _ in range(FRAMES)]
        detector = stack.enter_context(open_detector("blazeface"))
        classifier = stack.enter_context(open_classifier(device="cpu"))
        sink = stack.enter_context(open_window("emoapp benchmark")) if window else None
        programs, floors, crowds = [], [], []
        # By turns, so that a noisy minute falls on all of them.
        for _ in range(repeats):
            programs.append(_program(images, detector, classifier, sink))
            floors.append(_floor(images, detector, classifier, sink))
            crowds.append({count: _crowded(images, count, detector, classifier) for count in FACES})
    program, floor = _merged(programs), _merged(floors)
    return {
        "program": program,
        "floor": floor,
        "ratio": sum(program.values()) / sum(floor.values()),
        "faces": _merged(crowds),
    }


def measure_start(*, repeats: int = 5) -> float:
    """Seconds from starting the program to its first annotated frame; median. Needs a screen."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(repeats):
            stats = Path(folder) / f"{run}.json"
            command = [sys.executable, "-m", "emoapp", "live", "--demo", "--frames", "1"]
            subprocess.run([*command, "--stats", str(stats)], check=True, capture_output=True)
            seconds.append(json.loads(stats.read_text(encoding="utf-8"))["first_result_s"])
    return float(np.median(seconds))


def _program(
    images: list[np.ndarray], detector: Detector, classifier: Classifier, window: Sink | None
) -> dict[str, float]:
    watch = Stopwatch()
    pipeline = Pipeline(detector, classifier, classify_interval=2)
    overlay = Overlay(classifier.labels)
    detector.reset()
    for index, jpeg in enumerate(_jpegs(images)):
        with watch("decode"):
            image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        result = pipeline.process(Frame(image, index, index / 30))
        for stage, ms in result.ms.items():
            watch.add(stage, ms)
        with watch("draw"):
            status = Status(faces=len(result.tracks), detector=detector.name)
            overlay.draw(image, result, status, now=result.frame.t)
        if window is not None:
            with watch("show"):
                window.write(result, image)
                window.poll()
    return watch.medians()


def _crowded(
    images: list[np.ndarray], count: int, detector: Detector, classifier: Classifier
) -> float:
    """Milliseconds a frame with so many faces, without decoding: the grey between costs nothing."""
    pictures = [crowd(image, count) for image in images]
    by_stage = _program(pictures, detector, classifier, None)
    return sum(ms for stage, ms in by_stage.items() if stage != "decode")


def _floor(
    images: list[np.ndarray], detector: Detector, classifier: Classifier, window: Sink | None
) -> dict[str, float]:
    from emoapp.detectors.blazeface import BlazeFace

    watch = Stopwatch()
    crop = align(images[0], detector.detect(images[0])[:1], classifier.description.crop_template)
    bare = BlazeFace()
    for jpeg in _jpegs(images):
        with watch("decode"):
            image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        with watch("detect"):
            bare.find(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        with watch("classify"):
            classifier.by_head(crop)
        if window is not None:
            with watch("show"):
                window.write(None, image)
                window.poll()
    return watch.medians()


def _jpegs(images: list[np.ndarray]) -> list[np.ndarray]:
    return [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1] for image in images]


def crowd(image: np.ndarray, count: int, *, across: int = 2) -> np.ndarray:
    """The picture `count` times in one of the same size, `across` times beside each other.

    Places that are left over are grey, so that a face is of the same size however many there are.
    """
    part = cv2.resize(image, None, fx=1 / across, fy=1 / across, interpolation=cv2.INTER_AREA)
    height, width = part.shape[:2]
    picture = np.full_like(image, GREY)
    for place in range(count):
        y, x = (
            steps * side for steps, side in zip(divmod(place, across), (height, width), strict=True)
        )
        picture[y : y + height, x : x + width] = part
    return picture


def _merged(runs: list[dict]) -> dict:
    return {name: float(np.median([run[name] for run in runs])) for name in runs[0]}
