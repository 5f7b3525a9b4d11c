"""Asks a server through a helper process; nothing here ever waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

SILENCE_S = 20.0
"""A server may be silent for so long: models on a laptop take their time for the first word."""

ANSWER_S = 45.0
"""A whole reply may take so long."""

GRACE_S = 15.0
"""So much later the helper is ended from outside; its start takes a second, more under load."""


@dataclass(slots=True)
class Answer:
    """What has come so far.

    sent: the request as it went out, without the key; None until it did.
    text: the sentences that may be shown.
    done: nothing more comes.  fault: one line that says why not all came, or None.
    refused: why the reply may not be shown, a key of `words.REFUSED`; then there is no text.
    wait_s: how long the server asks to be left alone, or None.
    """

    sent: dict[str, Any] | None = None
    text: str = ""
    done: bool = False
    fault: str | None = None
    refused: str | None = None
    wait_s: float | None = None


class Client:
    """One question at a time to one server; `close` ends the helper at once, whatever it does."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        dry_run: bool = False,
        silence_s: float = SILENCE_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._request = {
            "url": url,
            "model": model,
            "silence_s": silence_s,
            "answer_s": answer_s,
            "dry_run": dry_run,
        }
        self._deadline_s = answer_s + GRACE_S
        self._helper: _Helper | None = None
        self._answer: Answer | None = None
        self._asked = 0.0

    def ask(self, messages: list[dict[str, str]], *, now: float) -> None:
        """Begin; `poll` says what has come. An earlier question is given up.

        now: seconds, monotonic, as for `poll`.
        """
        if self._answer is not None:
            self.cancel()
        self._answer, self._asked = Answer(), now
        try:
            if self._helper is None or not self._helper.alive:
                self._end_helper()
                self._helper = _Helper()
            self._helper.send(self._request | {"messages": messages})
        except OSError as exc:
            self._finish(f"The companion's helper cannot be started: {exc.strerror or exc}.")

    def poll(self, *, now: float) -> Answer | None:
        """The answer so far; None where nothing was asked, and again after a finished answer."""
        answer = self._answer
        if answer is None:
            return None
        while self._helper is not None and self._helper.events and not answer.done:
            self._take(self._helper.events.popleft())
        if not answer.done and now - self._asked > self._deadline_s:
            self._end_helper()
            self._finish("The answer took too long.")
        if answer.done:
            self._answer = None
        return answer

    def cancel(self) -> None:
        """Give up what was asked; the connection is cut."""
        self._answer = None
        self._end_helper()

    def close(self) -> None:
        self.cancel()

    def _take(self, event: dict[str, Any]) -> None:
        if "request" in event:
            self._answer.sent = event["request"]
        elif "text" in event:
            self._answer.text = f"{self._answer.text} {event['text']}".lstrip()
        else:
            self._answer.wait_s, self._answer.refused = event["wait_s"], event["refused"]
            if event["refused"] is not None:
                self._answer.text = ""
            self._finish(event["fault"])

    def _finish(self, fault: str | None) -> None:
        if fault:
            logger.warning("%s", fault)
        self._answer.fault, self._answer.done = fault, True

    def _end_helper(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.end()


class _Helper:
    """The process `talk`, and a thread that collects its lines in `events`."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "emoapp.companion.talk"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"},
            creationflags=_window_less(),
        )
        self.events: deque[dict[str, Any]] = deque()
        self._thread = threading.Thread(target=self._collect, name="companion", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: dict[str, Any]) -> None:
        # Some hundred bytes: a pipe takes them without waiting for its reader.
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join(1.0)
        try:
            self._process.stdin.close()
        except OSError:
            pass  # It was gone before it had read everything.

    def _collect(self) -> None:
        with self._process.stdout as lines:
            for line in lines:
                if line.endswith(b"\n"):  # The last one may be cut when the helper is ended.
                    self.events.append(json.loads(line))
        fault = "The companion's helper has ended."
        self.events.append({"fault": fault, "wait_s": None, "refused": None})


def _window_less() -> int:
    """On Windows, no console of its own, and less urgent than the picture; elsewhere nothing."""
    if sys.platform != "win32":
        return 0
    return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
