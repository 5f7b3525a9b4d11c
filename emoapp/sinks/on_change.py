"""Run a program whenever the expression of the followed face changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from emoapp.config import OutputsConfig
from emoapp.errors import UsageError
from emoapp.platforms import clock
from emoapp.platforms.processes import has_sessions, kill_group
from emoapp.sinks.background import BackgroundSink, Report
from emoapp.sinks.changes import Change, ChangeWatcher
from emoapp.sinks.outputs import OutputContext
from emoapp.types import Result
from emoapp.utils import native_logs

VERSION = 1
"""Of the event; grows when a key is renamed or removed."""

INTERVAL_S = 1.0
"""Shortest time between two starts of the program."""

TIMEOUT_S = 10.0
"""Seconds that the program may take for one event."""


def event_of(change: Change, before: str | None) -> dict[str, Any]:
    """Return the event that the program reads.

    Args:
        change: What has changed.
        before: The expression that the program was told last; None for none.

    Returns:
        "version", "event" ("label"), "time" (ISO 8601, UTC, when the frame came), and "frame",
        "t", "track", "label", "confidence" of `Change`; and "before".
    """
    age_s = 0.0 if change.arrived is None else clock.now() - change.arrived
    came = datetime.now(timezone.utc) - timedelta(seconds=age_s)
    return {
        "version": VERSION,
        "event": "label",
        "time": came.isoformat(timespec="milliseconds"),
        "frame": change.frame,
        "t": round(change.t, 6),
        "track": change.track,
        "label": change.label,
        "before": before,
        "confidence": None if change.confidence is None else round(change.confidence, 4),
    }


class CommandOutput(BackgroundSink[Change]):
    """Start a program for each change, one at a time, with the event as a line of JSON to read.

    It is started without a shell, at most once in `interval_s`. Of what changes meanwhile it gets
    the latest, unless that is what it was told last.

    Args:
        command: The program and its arguments.
        report: See `BackgroundSink`.
        interval_s: Shortest time between two starts.
        timeout_s: After so many seconds the program is ended.

    Raises:
        UsageError: There is no such program.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        report: Report | None = None,
        interval_s: float = INTERVAL_S,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        super().__init__("on-change", title="--on-change", report=report, queue_size=1)
        self._command = [program_of(command), *command[1:]]
        self._name = command[0]
        self._interval_s, self._timeout_s = interval_s, timeout_s
        self._changes = ChangeWatcher()
        self._told: str | None = None
        self._next_start = clock.now()
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def prepare(self, result: Result) -> Change | None:
        """See `BackgroundSink.prepare`."""
        return self._changes.see(result)

    def send(self, item: Change) -> None:
        """Wait for the interval to pass, and run the program."""
        self._ended.wait(self._next_start - clock.now())
        item = self.latest(item)
        if item.label == self._told or self._ended.is_set():
            return
        text = json.dumps(event_of(item, self._told), ensure_ascii=False) + "\n"
        self._told = item.label
        self._next_start = clock.now() + self._interval_s
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stderr=native_logs.terminal(),
            start_new_session=has_sessions(),
        )
        try:
            self._process.communicate(text.encode(), timeout=self._timeout_s)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.communicate()
            if not self._ended.is_set():
                self.report(f"{self._name} took more than {self._timeout_s:g} s and was ended.")
            return
        status = self._process.returncode
        if status and not self._ended.is_set():
            self.report(
                f"{self._name} ended with exit status {status}. It goes on being started when the "
                "expression changes."
            )

    def interrupt(self) -> None:
        """Kill the program; see `BackgroundSink.interrupt`."""
        self._ended.set()
        self._kill()

    def problem_of(self, error: OSError) -> str:
        """See `BackgroundSink.problem_of`."""
        return f"{self._name} cannot be run: {error.strerror or error}."

    def _kill(self) -> None:
        """Kill the program and what it started."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        kill_group(process)


def program_of(command: Sequence[str]) -> str:
    """Return the path of a command's program.

    Raises:
        UsageError: There is no such program.
    """
    path = shutil.which(command[0]) if command else None
    if path is None:
        name = command[0] if command else ""
        raise UsageError(f"--on-change {name}: there is no such program; give its whole path.")
    return path


def check_output(config: OutputsConfig) -> None:
    """Check the configuration before the run; see `OutputKind.check`."""
    program_of(config.on_change or ())


def open_output(config: OutputsConfig, context: OutputContext) -> CommandOutput:
    """Open the output that a configuration asks for; see `OutputKind.open`."""
    assert config.on_change is not None
    return CommandOutput(config.on_change, report=context.report)
