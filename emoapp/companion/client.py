"""Ask a server through a helper process, without ever waiting for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from emoapp.platforms.processes import background_flags
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

MAX_SILENCE_S = 20.0
"""Seconds that a server may be silent: models on a laptop take their time for the first word."""

MAX_ANSWER_S = 45.0
"""Seconds that a whole reply may take."""

GRACE_S = 15.0
"""Seconds after `MAX_ANSWER_S` until the helper is killed; its start takes one, more under load."""


@dataclass(slots=True)
class Answer:
    """The part of an answer that has arrived so far.

    Attributes:
        sent: The request as it went out, without the key; None until it did.
        text: The sentences that may be shown.
        done: Whether the answer is complete.
        fault: One line that says why the answer is incomplete, or None.
        refused: Why the reply may not be shown, a key of `words.REFUSED`; then there is no text.
        wait_s: Seconds for which the server asks to be left alone, or None.
    """

    sent: dict[str, Any] | None = None
    text: str = ""
    done: bool = False
    fault: str | None = None
    refused: str | None = None
    wait_s: float | None = None

    def add(self, event: dict[str, Any]) -> None:
        """Take in one event of the helper; see `talk` for its keys."""
        if "request" in event:
            self.sent = event["request"]
        elif "text" in event:
            self.text = f"{self.text} {event['text']}".lstrip()
        else:
            self.wait_s, self.refused = event["wait_s"], event["refused"]
            if self.refused is not None:
                self.text = ""
            self.finish(event["fault"])

    def finish(self, fault: str | None) -> None:
        """Mark the answer as done and log the fault, if any."""
        if fault:
            logger.warning("%s", fault)
        self.fault, self.done = fault, True


class Client:
    """Send one question at a time to one server; `close` kills the helper, whatever it does.

    Args:
        url: Base address of the server, up to and without "/chat/completions".
        model: Name of the model on the server.
        dry_run: Prepare requests but do not send them.
        silence_s: Seconds that the server may be silent.
        answer_s: Seconds that a whole reply may take.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        dry_run: bool = False,
        silence_s: float = MAX_SILENCE_S,
        answer_s: float = MAX_ANSWER_S,
    ) -> None:
        self._request: dict[str, Any] = {
            "url": url,
            "model": model,
            "silence_s": silence_s,
            "answer_s": answer_s,
            "dry_run": dry_run,
        }
        self._timeout_s = answer_s + GRACE_S
        self._helper: _Helper | None = None
        self._answer: Answer | None = None
        self._asked_s = 0.0

    def ask(self, messages: list[dict[str, str]], *, now: float) -> None:
        """Send a question and give up an earlier one; `poll` returns the answer.

        Args:
            messages: The conversation, as OpenAI's chat completions take it.
            now: Monotonic time in seconds, on the same clock as for `poll`.
        """
        if self._answer is not None:
            self.cancel()
        self._answer, self._asked_s = Answer(), now
        try:
            if self._helper is None or not self._helper.is_alive:
                self._end_helper()
                self._helper = _Helper()
            self._helper.send(self._request | {"messages": messages})
        except OSError as exc:
            self._answer.finish(f"The companion's helper cannot be started: {exc.strerror or exc}.")

    def poll(self, *, now: float) -> Answer | None:
        """Return the answer so far.

        Args:
            now: Monotonic time in seconds.

        Returns:
            None if nothing was asked, and again once a finished answer was returned.
        """
        answer = self._answer
        if answer is None:
            return None
        while self._helper is not None and self._helper.events and not answer.done:
            answer.add(self._helper.events.popleft())
        if not answer.done and now - self._asked_s > self._timeout_s:
            self._end_helper()
            answer.finish("The answer took too long.")
        if answer.done:
            self._answer = None
        return answer

    def cancel(self) -> None:
        """Give up the question and cut the connection."""
        self._answer = None
        self._end_helper()

    def close(self) -> None:
        """Give up the question and end the helper; may be called twice."""
        self.cancel()

    def _end_helper(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.end()


class _Helper:
    """The process `talk` and a thread that collects its output lines in `events`."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "emoapp.companion.talk"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"},
            creationflags=background_flags(),
        )
        self.events: deque[dict[str, Any]] = deque()
        assert self._process.stdin and self._process.stdout, "both are pipes"
        self._requests: IO[bytes] = self._process.stdin
        self._thread = threading.Thread(
            target=self._collect, args=(self._process.stdout,), name="companion", daemon=True
        )
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: dict[str, Any]) -> None:
        # Some hundred bytes: a pipe takes them without waiting for its reader.
        self._requests.write(json.dumps(request).encode() + b"\n")
        self._requests.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join(1.0)
        try:
            self._requests.close()
        except OSError:
            pass  # The helper was gone before it had read everything.

    def _collect(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                if line.endswith(b"\n"):  # The last line may be cut when the helper is killed.
                    self.events.append(json.loads(line))
        fault = "The companion's helper has ended."
        self.events.append({"fault": fault, "wait_s": None, "refused": None})
