"""Draw the window at many sizes, in many states and in all languages, to look at.

python assets/make_pictures.py sheet FOLDER [LANGUAGE ...]

`LANGUAGE-WIDTHxHEIGHT.jpg` has all states of one size side by side; the folder of the same name has
each as it is. Nothing of it is kept in the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np

from emoapp.app.live.settings import Settings
from emoapp.app.live.welcome import Welcome
from emoapp.app.rendering import Renderer
from emoapp.classifiers import open_classifier
from emoapp.config import LiveConfig, OverlayConfig
from emoapp.detectors import open_detector
from emoapp.images import BgrImage
from emoapp.overlay import Overlay, Status
from emoapp.overlay.blend import Painter
from emoapp.overlay.history import History
from emoapp.overlay.settings_panel import draw_settings, plan
from emoapp.overlay.toolbar import ToolbarState, covers_buttons, draw_toolbar
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source
from emoapp.sources.reconnecting import Reconnecting
from emoapp.types import Box, Frame, Result
from emoapp.utils import language
from emoapp.utils.language import LANGUAGES
from emoapp.utils.resources import DEMO_CLIP, TOUR_CLIP

SIZES_WH = ((320, 240), (640, 480), (1280, 720), (3840, 2160), (720, 1280))

FIRST_FRAME, FRAMES, STEP_S = 241, 40, 0.7
"""The frames of the clips that are analyzed, and the seconds between them: the timeline fills."""

CELL_WH, COLUMNS, GAP = (640, 640), 3, 12
"""Pictures are shrunk to fit into a cell of the sheet; gaps are in pixels."""

Scene = Callable[[np.ndarray], np.ndarray]
"""Makes a picture, uint8 (H, W, 3) BGR, from the clip's picture."""

Draw = Callable[[Overlay], None]
"""Brings an overlay into a state."""


def _none(image: np.ndarray) -> np.ndarray:
    return np.tile(cv2.GaussianBlur(image[:, :80], (0, 0), 9), (1, 16, 1))[:, :1280]


def _ten(image: np.ndarray) -> np.ndarray:
    person = cv2.resize(image[:, 320:960], (256, 288), interpolation=cv2.INTER_AREA)
    person = cv2.copyMakeBorder(person, 72, 0, 0, 0, cv2.BORDER_REPLICATE)
    row = np.hstack([person, person[:, ::-1], person, person[:, ::-1], person])
    return np.vstack([row, row])


def _dark(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 3, image.shape)
    return np.clip(image / 7 + noise, 0, 255).astype(np.uint8)


SCENES: dict[str, tuple[Path, Scene]] = {
    "one": (DEMO_CLIP, lambda image: image),
    "two": (TOUR_CLIP, lambda image: image),
    "ten": (DEMO_CLIP, _ten),
    "none": (DEMO_CLIP, _none),
    "dark": (DEMO_CLIP, _dark),
}

STATES: dict[str, tuple[str, Status, Draw]] = {
    "none": ("none", Status(fps=30), lambda overlay: None),
    "one": ("one", Status(fps=30, faces=1), lambda overlay: None),
    "two": ("two", Status(fps=30, faces=2), lambda overlay: None),
    "ten": ("ten", Status(fps=24, faces=10), lambda overlay: None),
    "dark": ("dark", Status(fps=15, faces=1), lambda overlay: None),
    "paused": (
        "one",
        Status(faces=1, paused=True, latency_ms=21, detector="mediapipe", missed=2),
        lambda overlay: setattr(overlay, "details", True),
    ),
    "recording": (
        "two",
        Status(fps=30, faces=2, recording_s=61, room_s=50),
        lambda overlay: overlay.notify("the companion is silent", now=0.0),
    ),
    "alert": (
        "one",
        Status(fps=30, faces=1),
        lambda overlay: overlay.alerts.add(
            "The recording has ended",
            "No space left on device. What was written is kept as "
            "emoapp-2026-11-25-16.40.12.part.mp4. Make room there, or write to another disk.",
        ),
    ),
    "help": ("two", Status(fps=30, faces=2), lambda overlay: setattr(overlay, "help", True)),
    "settings": ("one", Status(fps=30, faces=1), lambda overlay: None),
    "welcome": ("one", Status(fps=30, faces=1), lambda overlay: None),
}


def make_sheets(folder: Path, languages: list[str]) -> None:
    """Write the sheets of these languages; of all where none is named."""
    with Pipeline(open_detector(), open_classifier()) as pipeline:
        scenes = {
            size_wh: {name: _analyzed(pipeline, name, size_wh) for name in SCENES}
            for size_wh in SIZES_WH
        }
        for code in languages or LANGUAGES:
            language.use(code)
            for size_wh in SIZES_WH:
                name = f"{code}-{size_wh[0]}x{size_wh[1]}"
                (folder / name).mkdir(parents=True, exist_ok=True)
                pictures = dict(_states(pipeline, scenes[size_wh], size_wh))
                for state, picture in pictures.items():
                    cv2.imwrite(str(folder / name / f"{state}.jpg"), picture)
                cv2.imwrite(str(folder / f"{name}.jpg"), _sheet(list(pictures.values())))
                print(f"wrote {folder / name}.jpg")


def _analyzed(pipeline: Pipeline, name: str, size_wh: tuple[int, int]) -> tuple[Result, History]:
    """Return the last result of a scene, and the history until then."""
    path, scene = SCENES[name]
    history = History(pipeline.classifier.labels)
    pipeline.reset()
    with open_source(path) as clip:
        for frame in clip:
            number = frame.index - FIRST_FRAME + FRAMES
            if frame.index >= FIRST_FRAME:
                break
            if number >= 0:
                image = _cropped(scene(frame.image), size_wh)
                result = pipeline.process(Frame(image, frame.index, number * STEP_S))
                history.add(result.tracks, number * STEP_S)
    return result, history


def _cropped(image: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """Return the middle of a picture in the shape of a size."""
    height, width = image.shape[:2]
    kept = min(width, height * size_wh[0] // size_wh[1])
    left = (width - kept) // 2
    return np.ascontiguousarray(image[:, left : left + kept])


def _states(
    pipeline: Pipeline,
    scenes: dict[str, tuple[Result, History]],
    size_wh: tuple[int, int],
) -> Iterator[tuple[str, np.ndarray]]:
    for state, (scene, status, change) in STATES.items():
        result, history = scenes[scene]
        overlay = Overlay(pipeline.classifier.labels, OverlayConfig(), history=history)
        change(overlay)
        rows = _settings_rows(pipeline, overlay)
        sizes = overlay.sizes(size_wh)
        if state == "settings":
            overlay.reserved = Box(*plan(rows, 2, sizes).rect)
        renderer = Renderer(overlay)
        for now in (0.0, 0.1):
            image = renderer.render(result, status, now=now, size_wh=size_wh).bgr()
        painter = Painter(BgrImage(image))
        if state == "settings":
            draw_settings(painter, rows, 2, sizes)
            if not covers_buttons(plan(rows, 2, sizes).rect, sizes):
                draw_toolbar(painter, ToolbarState("settings", False, False), sizes)
        if state == "welcome":
            Welcome().draw(painter, overlay, size_wh)
        yield state, image


def _settings_rows(pipeline: Pipeline, overlay: Overlay) -> tuple:
    """Return the rows of the settings, of a window that is not there."""
    view = SimpleNamespace(overlay=overlay, private=False)
    source = Reconnecting(lambda: SimpleNamespace(name="camera 0", size_wh=(1280, 720), fps=30))
    controller = SimpleNamespace(
        config=LiveConfig("0"), mirror=True, keys={}, view=view, source=source
    )
    return Settings(controller, pipeline).rows()


def _sheet(pictures: list[np.ndarray]) -> np.ndarray:
    height, width = pictures[0].shape[:2]
    scale = min(1.0, CELL_WH[0] / width, CELL_WH[1] / height)
    cell_w, cell_h = round(width * scale), round(height * scale)
    columns = COLUMNS * CELL_WH[0] // max(cell_w, CELL_WH[0] // 2)
    count = -(-len(pictures) // columns)
    sheet = np.full((count * (cell_h + GAP), columns * (cell_w + GAP), 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        y, x = index // columns * (cell_h + GAP), index % columns * (cell_w + GAP)
        small = cv2.resize(picture, (cell_w, cell_h), interpolation=cv2.INTER_AREA)
        sheet[y : y + cell_h, x : x + cell_w] = small
    return sheet
