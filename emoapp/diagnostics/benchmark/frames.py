"""Measure the speed per frame next to that of the bare library calls it cannot do without."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import cv2
import numpy as np

from emoapp.alignment.align import align
from emoapp.app.rendering import Renderer
from emoapp.classifiers import Classifier, open_classifier
from emoapp.detectors import Detector, open_detector
from emoapp.images import as_image
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.sinks import open_window
from emoapp.sources import open_source
from emoapp.types import Frame
from emoapp.utils.resources import DEMO_CLIP

if TYPE_CHECKING:
    from emoapp.sinks.window import Window

K = TypeVar("K", str, int)

FRAMES = 120
WARM_UP_FRAMES = 20
"""Frames at the start of each run that do not count: caches fill, the first drawing loads fonts."""

FACE_COUNTS = (1, 2, 4)

FILL_GRAY = 128


class Stopwatch:
    """Collect milliseconds by name."""

    def __init__(self) -> None:
        self._ms: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time the `with` block under a name."""
        began = perf_counter()
        yield
        self.add(name, (perf_counter() - began) * 1e3)

    def add(self, name: str, ms: float) -> None:
        """Add one measurement in milliseconds."""
        self._ms.setdefault(name, []).append(ms)

    def medians(self) -> dict[str, float]:
        """Return the median milliseconds by name, without the warm-up."""
        return {
            name: float(np.median(values[WARM_UP_FRAMES:])) for name, values in self._ms.items()
        }


def measure(*, repeats: int = 5, window: bool = True) -> dict[str, Any]:
    """Measure the milliseconds per frame on the demo clip (1280x720, one face).

    In live use, decoding happens in a thread of its own and does not count as work on a frame; here
    it is part of both sums.

    Args:
        repeats: Number of runs, of which the medians are taken.
        window: Whether to show the images too, which needs a screen.

    Returns:
        "program", milliseconds of emoapp by stage; "floor", those of the bare calls for the same: a
        JPEG decoded (as cameras send it), one call of each network, the window; "ratio", the
        quotient of the sums; "faces", the program's milliseconds without decoding and window by
        number of faces, each half as large.

    Raises:
        NoScreenError: `window` is set and there is no screen.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_source(DEMO_CLIP))
        images = [frame.image for frame in islice(source, FRAMES)]
        detector = stack.enter_context(open_detector("blazeface"))
        classifier = stack.enter_context(open_classifier(device="cpu"))
        screen = open_window("emoapp benchmark") if window else None
        if screen is not None:
            stack.enter_context(screen)
        programs, floors, crowds = [], [], []
        # Interleaved, so that a noisy minute affects all of them.
        for _ in range(repeats):
            programs.append(_program(images, detector, classifier, screen))
            floors.append(_floor(images, detector, classifier, screen))
            crowds.append(
                {count: _crowded(images, count, detector, classifier) for count in FACE_COUNTS}
            )
    program, floor = _merged(programs), _merged(floors)
    return {
        "program": program,
        "floor": floor,
        "ratio": sum(program.values()) / sum(floor.values()),
        "faces": _merged(crowds),
    }


def measure_start(*, repeats: int = 5) -> float:
    """Measure the time from starting the program to its first annotated frame; needs a screen.

    Args:
        repeats: Number of runs.

    Returns:
        The median in seconds.

    Raises:
        CalledProcessError: The program failed, for example without a screen.
    """
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(repeats):
            stats = Path(folder) / f"{run}.json"
            command = [sys.executable, "-m", "emoapp", "live", "--demo", "--frames", "1"]
            subprocess.run([*command, "--stats", str(stats)], check=True, capture_output=True)
            seconds.append(json.loads(stats.read_text(encoding="utf-8"))["first_result_s"])
    return float(np.median(seconds))


def _program(
    images: list[np.ndarray], detector: Detector, classifier: Classifier, window: Window | None
) -> dict[str, float]:
    """Return the program's median milliseconds per frame by stage."""
    watch = Stopwatch()
    pipeline = Pipeline(detector, classifier, classify_interval=2)
    renderer = Renderer(Overlay(classifier.labels), reuse=True)
    detector.reset()
    for index, jpeg in enumerate(_jpegs(images)):
        with watch("decode"):
            image = _decoded(jpeg)
        result = pipeline.process(Frame(as_image(image), index, index / 30))
        for stage, ms in result.ms.items():
            watch.add(stage, ms)
        with watch("draw"):
            status = Status(faces=len(result.tracks), detector=detector.name)
            size_wh = window.fit(result.frame.size_wh) if window else None
            picture = renderer.render(result, status, now=result.frame.t, size_wh=size_wh).bgr()
        if window is not None:
            with watch("show"):
                window.show(picture)
                window.poll()
    return watch.medians()


def _crowded(
    images: list[np.ndarray], count: int, detector: Detector, classifier: Classifier
) -> float:
    """Return the milliseconds per frame with `count` faces, without decoding.

    The gray between the faces costs nothing.
    """
    pictures = [crowd(image, count) for image in images]
    by_stage = _program(pictures, detector, classifier, None)
    return sum(ms for stage, ms in by_stage.items() if stage != "decode")


def _floor(
    images: list[np.ndarray], detector: Detector, classifier: Classifier, window: Window | None
) -> dict[str, float]:
    """Return the bare calls' median milliseconds per frame by stage."""
    from emoapp.detectors.blazeface import BlazeFace

    watch = Stopwatch()
    crop = align(images[0], detector.detect(images[0])[:1], classifier.description.crop_template)
    bare = BlazeFace()
    for jpeg in _jpegs(images):
        with watch("decode"):
            image = _decoded(jpeg)
        with watch("detect"):
            bare.find(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        with watch("classify"):
            classifier.by_head(crop)
        if window is not None:
            with watch("show"):
                window.show(image)
                window.poll()
    return watch.medians()


def _jpegs(images: list[np.ndarray]) -> list[np.ndarray]:
    return [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1] for image in images]


def _decoded(jpeg: np.ndarray) -> np.ndarray:
    image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert image is not None, "OpenCV encoded it"
    return image


def crowd(image: np.ndarray, count: int, *, across: int = 2) -> np.ndarray:
    """Tile an image with reduced copies of itself.

    The remaining places are gray, so the faces' size does not depend on their number.

    Args:
        image: uint8 (H, W, 3).
        count: Number of copies.
        across: Number of copies per row; each is 1/`across` as wide and high as the image.

    Returns:
        An image of the same shape.
    """
    part = cv2.resize(image, None, fx=1 / across, fy=1 / across, interpolation=cv2.INTER_AREA)
    height, width = part.shape[:2]
    picture = np.full_like(image, FILL_GRAY)
    for place in range(count):
        y, x = (
            steps * side for steps, side in zip(divmod(place, across), (height, width), strict=True)
        )
        picture[y : y + height, x : x + width] = part
    return picture


def _merged(runs: list[dict[K, float]]) -> dict[K, float]:
    """Return the median of each value over the runs."""
    return {name: float(np.median([run[name] for run in runs])) for name in runs[0]}
