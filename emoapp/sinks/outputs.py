"""The outputs that hand results to other programs while a run goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from emoapp import platforms
from emoapp.config import OutputsConfig
from emoapp.errors import UsageError
from emoapp.sinks.background import Report, print_report
from emoapp.sinks.base import Sink
from emoapp.utils.logs import get_logger

if TYPE_CHECKING:
    from emoapp.images import Image
    from emoapp.types import Result

logger = get_logger(__name__)

Render = Callable[["Result"], "Image"]
"""Returns a picture of a result, which is not changed afterwards; called in one thread, in order.
"""


@dataclass(frozen=True, slots=True)
class OutputContext:
    """What an output may need to know of the run that feeds it.

    Attributes:
        labels: The expressions, in the order of the probabilities.
        fps: Frames a second of the source; None where nothing says.
        size_wh: (width, height) of the source's frames in pixels; None where nothing says.
        report: Is told what went wrong, in the thread that writes.
        pictures: "annotated", "private", "plain" -> how a result looks there.
    """

    labels: Sequence[str]
    fps: float | None = None
    size_wh: tuple[int, int] | None = None
    report: Report = print_report
    pictures: Mapping[str, Render] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind of output.

    Attributes:
        open: Opens the output; may raise UsageError and SinkError, which end the run.
        check: Raises, before anything is opened, what `open` would raise for the configuration's
            sake.
        extra: The extra of this package that brings what it needs; "" for none.
        modules: The modules that it needs.
    """

    open: Callable[[OutputsConfig, OutputContext], Sink]
    check: Callable[[OutputsConfig], None] = lambda config: None
    extra: str = ""
    modules: tuple[str, ...] = ()


def _lazily(module: str) -> Callable[[OutputsConfig, OutputContext], Sink]:
    """Return a factory that calls `open_output` of a module of this package."""

    def open_it(config: OutputsConfig, context: OutputContext) -> Sink:
        return import_module(f"emoapp.sinks.{module}").open_output(config, context)

    return open_it


def _check_of(module: str) -> Callable[[OutputsConfig], None]:
    """Return a function that calls `check_output` of a module of this package."""
    return lambda config: import_module(f"emoapp.sinks.{module}").check_output(config)


OUTPUTS: dict[str, OutputKind] = {
    "osc": OutputKind(_lazily("osc"), extra="osc", modules=("pythonosc",)),
    "lsl": OutputKind(_lazily("lsl"), extra="lsl", modules=("pylsl",)),
    "on_change": OutputKind(_lazily("on_change"), _check_of("on_change")),
    "virtual_camera": OutputKind(
        _lazily("virtual_camera"),
        _check_of("virtual_camera"),
        extra="virtual-camera",
        modules=() if platforms.system() == "linux" else ("pyvirtualcam",),
    ),
    "websocket": OutputKind(_lazily("web"), _check_of("web"), extra="web", modules=("websockets",)),
}
"""A field of `OutputsConfig` -> how the output is opened where that field is not None."""


def wanted(config: OutputsConfig) -> list[str]:
    """Return the names of the outputs that are asked for, in the order of `OUTPUTS`."""
    return [name for name in OUTPUTS if getattr(config, name) is not None]


def check_available(config: OutputsConfig) -> None:
    """Check, before anything is opened, that the outputs that are asked for can be opened.

    Raises:
        UsageError: A package is missing, and the message names the extra; or see
            `OutputKind.check`.
        SinkError: See `OutputKind.check`.
    """
    for name in wanted(config):
        kind = OUTPUTS[name]
        missing = [module for module in kind.modules if find_spec(module) is None]
        if missing:
            raise UsageError(
                f"--{name.replace('_', '-')} needs {', '.join(missing)}: "
                f"pip install 'emoapp[{kind.extra}]' "
                f"(in a checkout: pip install -e '.[{kind.extra}]')"
            )
        kind.check(config)


def preload(config: OutputsConfig) -> None:
    """Import what the outputs that are asked for need, so that opening them takes no time."""
    for name in wanted(config):
        for module in OUTPUTS[name].modules:
            try:
                import_module(module)
            except Exception as exc:  # the output says it, in words of its own, when it is opened
                logger.info("%s cannot be imported: %s", module, exc)


def open_outputs(config: OutputsConfig, context: OutputContext) -> list[Sink]:
    """Open the outputs that are asked for; the caller closes them.

    Raises:
        UsageError, SinkError: One can't be opened; those opened before it are closed again.
    """
    check_available(config)
    with ExitStack() as stack:
        opened = []
        for name in wanted(config):
            logger.info("output: %s", name)
            opened.append(stack.enter_context(OUTPUTS[name].open(config, context)))
        stack.pop_all()
    return opened
