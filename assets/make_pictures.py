"""Makes the README's pictures of the window, from the bundled clips.

python assets/make_pictures.py [FOLDER]
python assets/make_pictures.py sheet FOLDER [LANGUAGE ...]   # to look at: see `window_sheet.py`

`tour.webp`: the tour, animated; `two.jpg`: two people of the tour; `ten.jpg` and `uhd.jpg` with the
bars hidden; `dark.jpg`: with a seventh of the light, and noise; `uhd.jpg`: 3840x2160, shrunk to
1280x720 for the page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from emoapp.classifiers import open_classifier
from emoapp.config import OverlayConfig
from emoapp.detectors import open_detector
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source
from emoapp.types import Frame
from emoapp.utils.resources import DEMO_CLIP, TOUR_CLIP

FRAMES = 121
"""So many are played before the picture is taken: averages settle and the timeline fills."""

PAGE_WH = (1280, 720)
LARGEST_BYTES = 120_000

TWO_FRAMES = 280
"""So many frames of the tour are played before the picture of two people."""

ANIMATION_WH = (640, 360)
ANIMATION_STEP = 3
"""The animation has every third frame of the tour, ten a second."""

LARGEST_ANIMATION = 3_000_000


def one(image: np.ndarray, number: int) -> np.ndarray:
    return image.copy()


def ten(image: np.ndarray, number: int) -> np.ndarray:
    """Two rows of five."""
    # The face moves about between these columns.
    person = cv2.resize(image[:, 320:960], (256, 288), interpolation=cv2.INTER_AREA)
    person = cv2.copyMakeBorder(person, 72, 0, 0, 0, cv2.BORDER_REPLICATE)
    row = np.hstack([person, person[:, ::-1], person, person[:, ::-1], person])
    return np.vstack([row, row])


def dark(image: np.ndarray, number: int) -> np.ndarray:
    noise = np.random.default_rng(number).normal(0, 3, image.shape)
    return np.clip(image / 7 + noise, 0, 255).astype(np.uint8)


def uhd(image: np.ndarray, number: int) -> np.ndarray:
    """Three rows of three, 3840x2160."""
    return np.tile(image, (3, 3, 1))


Scene = Callable[[np.ndarray, int], np.ndarray]
"""Makes a picture, uint8 (H, W, 3) BGR, from the clip's picture and its number."""

SCENES: dict[str, Scene] = {
    "ten": ten,
    "dark": dark,
    "uhd": uhd,
}

CROWDS = (ten, uhd)
"""Here the bars would cover somebody; the key b hides them."""


def play(path: Path, scene: Scene) -> Iterator[np.ndarray]:
    """Yield a clip's pictures as the window shows them."""
    with Pipeline(open_detector(), open_classifier()) as pipeline, open_source(path) as clip:
        overlay = Overlay(pipeline.classifier.labels, OverlayConfig(bars=scene not in CROWDS))
        for frame in clip:
            frame = Frame(scene(frame.image, frame.index), frame.index, frame.t)
            result = pipeline.process(frame)
            status = Status(faces=len(result.tracks), detector=pipeline.detector.name)
            overlay.draw(frame.image, result, status, now=frame.t)
            yield frame.image


def still(path: Path, scene: Scene, frames: int = FRAMES) -> np.ndarray:
    """Return the picture after so many frames."""
    return next(islice(play(path, scene), frames - 1, None))


def animation() -> bytes:
    """Return the annotated tour as an animated WebP, as good as it may be for its size."""
    pictures = [
        Image.fromarray(
            cv2.resize(image, ANIMATION_WH, interpolation=cv2.INTER_AREA)[..., ::-1].copy()
        )
        for image in islice(play(TOUR_CLIP, one), 0, None, ANIMATION_STEP)
    ]
    for quality in range(80, 20, -10):
        buffer = BytesIO()
        pictures[0].save(
            buffer,
            "WEBP",
            save_all=True,
            append_images=pictures[1:],
            duration=1000 * ANIMATION_STEP // 30,
            loop=0,
            quality=quality,
            method=4,
        )
        if buffer.tell() < LARGEST_ANIMATION:
            break
    return buffer.getvalue()


def jpeg(picture: np.ndarray) -> bytes:
    """As good as it may be for its size."""
    if picture.shape[1::-1] != PAGE_WH:
        picture = cv2.resize(picture, PAGE_WH, interpolation=cv2.INTER_AREA)
    for quality in range(90, 40, -5):
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) < LARGEST_BYTES:
            break
    return data


def main() -> None:
    if sys.argv[1:2] == ["sheet"]:
        from window_sheet import make_sheets

        make_sheets(Path(sys.argv[2]), sys.argv[3:])
        return
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    pictures = {f"{name}.jpg": jpeg(still(DEMO_CLIP, scene)) for name, scene in SCENES.items()}
    pictures["two.jpg"] = jpeg(still(TOUR_CLIP, one, TWO_FRAMES))
    pictures["tour.webp"] = animation()
    for name, content in pictures.items():
        path = folder / name
        path.write_bytes(content)
        print(f"wrote {path}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
