"""Define what the settings panel shows, changes and saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from emoapp.app.live.choices import CameraChoice, ProfileChoice, Setting, language_setting
from emoapp.config import (
    MAX_TEXT_SIZE,
    MIN_TEXT_SIZE,
    OVERLAY_PARTS,
    OVERLAYS,
    LiveConfig,
    OverlayConfig,
)
from emoapp.limits import Limits
from emoapp.overlay import Overlay
from emoapp.overlay.settings_panel import Row
from emoapp.pipeline import Pipeline
from emoapp.sinks.files import cannot_write
from emoapp.utils import language
from emoapp.utils.language import N_, _
from emoapp.utils.toml_tables import Value, update_table

if TYPE_CHECKING:
    from emoapp.app.live.controller import WindowController

PART_NAMES = {
    "boxes": N_("Corners"),
    "labels": N_("Tags"),
    "bars": N_("Bars"),
    "timeline": N_("Timeline"),
    "status": N_("Status row"),
}
SMOOTHING_S = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0)
TEXT_SIZE_STEP = 25
LIMIT_STEPS = {"brightness": 2.0, "sharpness": 0.01, "yaw": 0.02, "confidence": 0.05}
"""Limit -> by how much a step changes it."""
LIMIT_NAMES = {
    "brightness": N_("Brightness"),
    "sharpness": N_("Sharpness"),
    "yaw": N_("Yaw"),
    "confidence": N_("Confidence"),
}
OLD_LIMIT_NAMES = {"turn": "yaw"}


class Settings:
    """The settings of a running window. They take effect at once; `save` keeps them.

    Args:
        controller: What is set; its pipeline is there.
        pipeline: The controller's.
        still: Whether the source is still images, which have neither smoothing nor a timeline.
    """

    def __init__(
        self, controller: WindowController, pipeline: Pipeline, *, still: bool = False
    ) -> None:
        self._controller = controller
        self._still = still
        self._pipeline = pipeline
        self._detector_at_first = pipeline.detector.name
        self._mirror_at_first = controller.mirror
        self._language_at_first = language.language()
        self._camera = CameraChoice.of(controller)
        self._profile = ProfileChoice(controller, pipeline)
        self._saved: set[str] = set()
        self._settings = (
            *(self._camera.settings if self._camera else ()),
            *self._picture(),
            *self._overlay_parts(),
            *(self._limit(name) for name in LIMIT_STEPS),
            Setting(lambda: Row(_("Save as my defaults")), lambda step: self.save()),
        )

    def rows(self) -> tuple[Row, ...]:
        """Return the rows as they look now."""
        return tuple(setting.row() for setting in self._settings)

    def change(self, index: int, step: int) -> None:
        """Change the setting of a row by -1 or 1."""
        self._settings[index].change(step)

    def save(self) -> None:
        """Write the settings into the user's file, and tell where it is."""
        path, messages = self._controller.config.settings, self._controller.messages
        if path is None:
            messages.notice("there is no file for settings here")
            return
        values = self._values()
        try:
            update_table(path, "live", values, self._defaults())
            limits, defaults = asdict(self._pipeline.limits), asdict(Limits())
            update_table(
                path,
                "limits",
                {name: limits[name] for name in LIMIT_STEPS},
                defaults,
                aliases=OLD_LIMIT_NAMES,
            )
        except OSError as exc:
            messages.fault("The settings were not saved", cannot_write(path, exc))
        except ValueError as exc:
            messages.alert("The settings were not saved", f"{path} is no settings file: {exc}")
        else:
            self._saved |= values.keys()
            messages.notice(f"saved as your defaults: {path}", seconds=5.0)

    @property
    def _overlay(self) -> Overlay:
        return self._controller.view.overlay

    def _picture(self) -> Sequence[Setting]:
        controller, pipeline = self._controller, self._pipeline
        keys = controller.keys
        heading = "" if self._camera else N_("Picture")
        smoothing = Setting(
            lambda: Row(_("Smoothing"), _("{number} s").format(number=f"{pipeline.smoothing_s:g}")),
            lambda step: pipeline.tune(smoothing_s=_next(pipeline.smoothing_s, SMOOTHING_S, step)),
        )
        return (
            Setting(
                lambda: Row(_("Mirror"), on=controller.mirror, heading=_(heading)),
                lambda step: keys["m"](),
            ),
            Setting(
                lambda: Row(_("Hide faces"), on=controller.view.private), lambda step: keys["p"]()
            ),
            Setting(lambda: Row(_("Detector"), pipeline.detector.name), lambda step: keys["d"]()),
            *([] if self._still else [smoothing]),
            *self._profile.settings(),
        )

    def _overlay_parts(self) -> Sequence[Setting]:
        parts = [part for part in OVERLAY_PARTS if not (self._still and part == "timeline")]
        return (
            *(self._part(part, N_("Overlay") if part == parts[0] else "") for part in parts),
            Setting(lambda: Row(_("Text size"), f"{self._overlay.text_size}%"), self._change_text),
            Setting(
                lambda: Row(_("High contrast"), on=self._overlay.high_contrast),
                lambda step: self._toggle("high_contrast"),
            ),
            language_setting(),
        )

    def _part(self, part: str, heading: str) -> Setting:
        return Setting(
            lambda: Row(_(PART_NAMES[part]), on=getattr(self._overlay, part), heading=_(heading)),
            lambda step: self._toggle(part),
        )

    def _limit(self, name: str) -> Setting:
        heading = N_("Limits for a label") if name == next(iter(LIMIT_STEPS)) else ""

        def change(step: int) -> None:
            value = getattr(self._pipeline.limits, name) + step * LIMIT_STEPS[name]
            value = round(min(max(value, 0.0), 255.0 if name == "brightness" else 1.0), 3)
            self._pipeline.tune(limits=replace(self._pipeline.limits, **{name: value}))
            self._controller.judge_again()

        return Setting(
            lambda: Row(
                _(LIMIT_NAMES[name]),
                f"{getattr(self._pipeline.limits, name):g}",
                heading=_(heading),
            ),
            change,
        )

    def _toggle(self, switch: str) -> None:
        setattr(self._overlay, switch, not getattr(self._overlay, switch))

    def _change_text(self, step: int) -> None:
        size = self._overlay.text_size + step * TEXT_SIZE_STEP
        self._overlay.text_size = min(max(size, MIN_TEXT_SIZE), MAX_TEXT_SIZE)

    def _values(self) -> dict[str, Value]:
        """Return the new contents of the table [live]."""
        config, overlay = self._controller.config, self._overlay
        detector = self._pipeline.detector.name
        if detector == self._detector_at_first:
            detector = config.detector
        values: dict[str, Value] = {
            "detector": detector,
            "smoothing": self._pipeline.smoothing_s,
            "privacy": self._controller.view.private,
            "overlay": self._overlay_word(),
            **self._parts(),
            "text-size": overlay.text_size,
            "contrast": "high" if overlay.high_contrast else "normal",
        }
        mirrored = config.mirror is not None or self._controller.mirror != self._mirror_at_first
        if mirrored or "mirror" in self._saved:
            values["mirror"] = self._controller.mirror
        if self._still:
            del values["smoothing"]
        if language.language() != self._language_at_first or "language" in self._saved:
            values["language"] = language.language()
        values |= self._profile.values()
        return values | (self._camera.values() if self._camera else {})

    def _parts(self) -> dict[str, bool]:
        parts = {part: getattr(self._overlay, part) for part in OVERLAY_PARTS}
        if self._still:
            parts["timeline"] = self._controller.config.overlay.timeline
        return parts

    def _overlay_word(self) -> str:
        """Return the choice of `--overlay` that draws exactly these parts; "full" if none does."""
        parts = self._parts()
        return next(
            (word for word, all_of in OVERLAYS.items() if _parts_of(all_of) == parts), "full"
        )

    def _defaults(self) -> dict[str, Value | None]:
        """Return the values that hold without a file, which need no line in it."""
        config = LiveConfig("")
        return {
            "detector": config.detector,
            "smoothing": config.smoothing_s,
            "privacy": config.private,
            "overlay": "full",
            **_parts_of(OVERLAYS[self._overlay_word()]),
            "text-size": config.overlay.text_size,
            "contrast": "normal",
            "mirror": None,
            "language": None,
            "profile": "",
            "source": None,
            "size": None,
        }


def _parts_of(config: OverlayConfig) -> dict[str, bool]:
    return {part: getattr(config, part) for part in OVERLAY_PARTS}


def _next(value: float, choices: Sequence[float], step: int) -> float:
    """Return the next larger or smaller choice; the value itself if there is none."""
    if step > 0:
        return min((one for one in choices if one > value), default=value)
    return max((one for one in choices if one < value), default=value)
