"""What the window's status row says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoapp.overlay import Status
from emoapp.platforms import clock
from emoapp.types import Result
from emoapp.utils.stats import Recent

if TYPE_CHECKING:
    from emoapp.app.live.controller import WindowController


def status_of(controller: WindowController, result: Result, recent: Recent) -> Status:
    """Return what the status row says.

    Args:
        controller: Of the window.
        result: What is shown.
        recent: The latest frames.
    """
    pipeline, paused = controller.pipeline, controller.paused
    return Status(
        # Of a picture that stands still neither number says anything.
        fps=None if paused else recent.fps,
        latency_ms=None if paused else recent.latency_ms,
        faces=len(result.tracks),
        detector=pipeline.detector.name if pipeline else "",
        recording_s=controller.recording.seconds(result.frame.t),
        room_s=controller.recording.room_s(clock.now()),
        missed=controller.missed,
        paused=paused,
        profile=controller.teaching.name if controller.teaching else "",
    )
