"""Map the keys of the live window to actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from emoapp.app.live.detector import next_detector
from emoapp.app.live.media import MediaFolders
from emoapp.app.live.snapshot import open_folder, take_snapshot

if TYPE_CHECKING:
    from emoapp.app.live.controller import WindowController
    from emoapp.companion.companion import Companion
    from emoapp.sinks.window import Window


def key_actions(
    controller: WindowController, window: Window, companion: Companion | None
) -> dict[str, Callable[[], object]]:
    """Return what each key does, apart from those that quit.

    Args:
        controller: What the keys steer.
        window: The controller's.
        companion: The controller's; None for none.
    """
    view, messages = controller.view, controller.messages
    folders = MediaFolders(controller.config.folder)

    def toggle(switch: str) -> Callable[[], None]:
        return lambda: setattr(view.overlay, switch, not getattr(view.overlay, switch))

    def toggle_pause() -> None:
        controller.paused = not controller.paused

    def toggle_mirror() -> None:
        controller.mirror = not controller.mirror

    def take_next_detector() -> None:
        if controller.pipeline is not None:
            next_detector(controller.pipeline, messages)

    return {
        "space": toggle_pause,
        "r": lambda: controller.toggle_recording(folders),
        "o": lambda: open_folder(messages),
        "s": lambda: take_snapshot(view.snapshot(), folders, messages),
        "b": toggle("bars"),
        "t": toggle("timeline"),
        "i": toggle("details"),
        ",": controller.controls.toggle_settings,
        "h": toggle("help"),
        "?": toggle("help"),
        "m": toggle_mirror,
        "d": take_next_detector,
        "p": lambda: _toggle_private(controller),
        "f": window.toggle_full_screen,
        "c": lambda: _toggle_companion(controller, companion),
        "enter": lambda: view.overlay.alerts.acknowledge(),
    }


def _toggle_private(controller: WindowController) -> None:
    private = controller.view.private = not controller.view.private
    controller.view.overlay.forget_thumbnail()
    if controller.pipeline is not None:
        hidden = private or controller.config.outputs.hides_faces
        controller.pipeline.detector.exhaustive = hidden


def _toggle_companion(controller: WindowController, companion: Companion | None) -> None:
    if companion is None:
        controller.messages.notice("no companion: start with --companion")
        return
    speaks = companion.toggle()
    controller.view.overlay.speech = None
    said = "the companion speaks again" if speaks else "the companion is silent"
    controller.messages.notice(said)
