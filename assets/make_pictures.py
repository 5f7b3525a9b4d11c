"""Makes `window.jpg`, the README's picture of the window, from the demo clip.

python assets/make_pictures.py
"""

from __future__ import annotations

from pathlib import Path

import cv2

from emoapp import EmotionRecognizer
from emoapp.overlay import Overlay, Status
from emoapp.resources import DEMO_CLIP

FRAME = 120
TARGET = Path(__file__).with_name("window.jpg")


def main() -> None:
    with EmotionRecognizer() as recognizer:
        overlay = Overlay(recognizer.labels)
        for result in recognizer.stream(DEMO_CLIP):
            picture = result.frame.image
            status = Status(
                latency_ms=sum(result.ms.values()), faces=len(result.tracks), detector="mediapipe"
            )
            overlay.draw(picture, result, status, now=result.frame.t)
            if result.frame.index == FRAME:
                cv2.imwrite(str(TARGET), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
                print(f"wrote {TARGET}")
                return


if __name__ == "__main__":
    main()
