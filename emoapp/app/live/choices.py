"""Settings that choose among what there is: cameras and their sizes, languages, profiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from emoapp.errors import EmoappError, ProfileError
from emoapp.overlay.settings_panel import Row
from emoapp.pipeline import Pipeline
from emoapp.profiles.live import LiveCorrector
from emoapp.sources import kind_of
from emoapp.sources.listing import CameraInfo, list_cameras
from emoapp.sources.reconnecting import Reconnecting
from emoapp.utils import language
from emoapp.utils.language import LANGUAGES, N_, _
from emoapp.utils.toml_tables import Value

if TYPE_CHECKING:
    from emoapp.app.live.controller import WindowController
    from emoapp.profiles.profile import Profile

T = TypeVar("T")

COMMON_SIZES = ((640, 480), (1280, 720), (1920, 1080))
"""What is offered where a camera does not say what it can."""
NO_PROFILE = N_("none")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that the user can change.

    Attributes:
        row: Returns how it looks now.
        change: Changes it by -1 or 1; a switch is turned whatever the number.
    """

    row: Callable[[], Row]
    change: Callable[[int], object]


class CameraChoice:
    """The camera that is read, and its size; both are changed while the window goes on.

    Args:
        controller: Whose source is a camera.
        source: The controller's.
    """

    def __init__(self, controller: WindowController, source: Reconnecting) -> None:
        self._controller, self._source = controller, source
        self._spec = controller.config.source
        self._cameras: list[CameraInfo] | None = None
        self._asked: dict[str, Value] = {}
        self.settings = (
            Setting(
                lambda: Row(_("Camera"), self._name(), heading=_("Picture")), self._change_camera
            ),
            Setting(lambda: Row(_("Size"), _sized(source.size_wh)), self._change_size),
        )

    @classmethod
    def of(cls, controller: WindowController) -> CameraChoice | None:
        """Return the choice of a window's camera; None where its source is none."""
        source = controller.source
        if isinstance(source, Reconnecting) and kind_of(controller.config.source) == "camera":
            return cls(controller, source)
        return None

    def values(self) -> dict[str, Value]:
        """Return what the settings file is to keep."""
        return self._asked

    def _name(self) -> str:
        camera = self._current()
        name = camera.name if camera else self._source.name
        # One that has no name of its own is called by its number.
        device = name.removeprefix("camera ")
        return _("camera {device}").format(device=device) if device.isdigit() else name

    def _current(self) -> CameraInfo | None:
        if self._cameras is None:
            # Not before somebody looks: it asks every device.
            self._cameras = list_cameras()
        wanted = self._spec.removeprefix("camera:")
        for camera in self._cameras:
            if wanted in (str(camera.number), camera.path, camera.name):
                return camera
        named = [one for one in self._cameras if wanted.casefold() in one.name.casefold()]
        return named[0] if named else None

    def _change_camera(self, step: int) -> None:
        before, self._cameras = self._current(), list_cameras()
        others = self._cameras
        if not others or others == [before]:
            self._controller.messages.notice("there is no other camera")
            return
        numbers = [camera.number for camera in others]
        at = numbers.index(before.number) + step if before and before.number in numbers else 0
        camera = others[at % len(others)]
        unique = sum(one.name == camera.name for one in others) == 1
        saved = f"camera:{camera.name}" if unique else str(camera.number)
        self._change(camera, None, {"source": saved}, beside=True)

    def _change_size(self, step: int) -> None:
        camera = self._current()
        if camera is None:
            return
        sizes = sorted({mode.size_wh for mode in camera.modes} or COMMON_SIZES)
        size_wh = _neighbor(sizes, self._source.size_wh, step)
        if size_wh != self._source.size_wh:
            asked: dict[str, Value] = {"size": f"{size_wh[0]}x{size_wh[1]}"}
            self._change(camera, size_wh, asked, beside=False)

    def _change(
        self,
        camera: CameraInfo,
        size_wh: tuple[int, int] | None,
        asked: dict[str, Value],
        *,
        beside: bool,
    ) -> None:
        from emoapp.sources.camera import Camera

        controller, messages = self._controller, self._controller.messages
        if controller.recording.on or controller.config.outputs.virtual_camera is not None:
            messages.notice("a recording or a virtual camera goes on: its size cannot change")
            return
        config = controller.config
        size_wh = size_wh or config.size_wh
        device: int | str = camera.path or camera.number

        def told(error: EmoappError | None) -> None:
            if error is not None:
                messages.alert("The camera was not changed", str(error))
                return
            self._spec = str(camera.number)
            if "source" in asked:
                self._asked.pop("size", None)  # it was asked of the camera before
            self._asked |= asked
            messages.notice(f"this is {camera.name}")

        open_it = partial(Camera, device, size_wh=size_wh, fps=config.fps, await_first=False)
        if self._source.change(open_it, beside=beside, told=told):
            messages.notice(f"opening {camera.name} …", seconds=10.0)


def language_setting() -> Setting:
    """Return the language as a setting."""
    codes = list(LANGUAGES)

    def change(step: int) -> None:
        language.use(codes[(codes.index(language.language()) + step) % len(codes)])

    return Setting(lambda: Row(_("Language"), LANGUAGES[language.language()]), change)


class ProfileChoice:
    """The profile in use.

    The labels of a run stay, as its outputs and its overlay are made for them, so a profile with
    other labels of its own cannot be chosen.

    Args:
        controller: Whose teaching, if it has one, learns for the profile.
        pipeline: Uses the profile.
    """

    def __init__(self, controller: WindowController, pipeline: Pipeline) -> None:
        self._controller, self._pipeline = controller, pipeline
        self._asked: dict[str, Value] = {}

    def settings(self) -> Sequence[Setting]:
        """Return the setting; none where there is no profile or a log is written.

        A log begins with a line on whether its numbers are corrected, which holds to its end.
        """
        from emoapp.profiles.store import names

        if not names() or self._controller.config.log is not None:
            return ()
        return (Setting(lambda: Row(_("Profile"), self._name() or _(NO_PROFILE)), self._change),)

    def values(self) -> dict[str, Value]:
        """Return what the settings file is to keep: no name that is asked for in the end."""
        waiting = self._controller.messages.profile
        kept = waiting is None or self._asked.get("profile") != waiting.name
        return self._asked if kept else {}

    def _name(self) -> str:
        return self._pipeline.corrector.name if self._pipeline.corrector else ""

    def _change(self, step: int) -> None:
        from emoapp.profiles.store import names

        chosen = ["", *names()]
        at = chosen.index(self._name()) if self._name() in chosen else 0
        for further in range(1, len(chosen)):
            name = chosen[(at + further * step) % len(chosen)]
            try:
                profile = self._opened(name) if name else None
            except EmoappError as exc:
                self._controller.messages.alert("The profile cannot be used", str(exc))
                continue
            self._use(profile)
            self._asked = {"profile": name}
            return

    def _opened(self, name: str) -> Profile:
        from emoapp.profiles.use import load_for

        profile = load_for(name, self._pipeline.classifier)
        if profile.own_labels not in ((), self._own_labels()):
            listed = ", ".join(profile.own_labels)
            raise ProfileError(
                f'{name} has labels of its own ({listed}): start with --profile "{name}"'
            )
        return profile

    def _own_labels(self) -> tuple[str, ...]:
        return self._pipeline.corrector.own_labels if self._pipeline.corrector else ()

    def _use(self, profile: Profile | None) -> None:
        if self._controller.teaching is not None:
            self._controller.teaching.use(profile)
        else:
            self._pipeline.corrector = LiveCorrector(profile, own_labels=self._own_labels())
        self._controller.judge_again()


def _neighbor(choices: Sequence[T], value: T, step: int) -> T:
    """Return the next choice in a direction; the value itself if there is none."""
    if value not in choices:
        return choices[0]
    at = choices.index(value) + step
    return choices[at] if 0 <= at < len(choices) else value


def _sized(size_wh: tuple[int, int]) -> str:
    return f"{size_wh[0]}×{size_wh[1]}"
