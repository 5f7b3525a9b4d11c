"""Watch one face, speak when there is a reason, and stay quiet otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime

from emoapp.companion import replies, words
from emoapp.companion.client import Answer, Client
from emoapp.companion.record import Message, Question, Record, WritableText
from emoapp.companion.watcher import Occasion, Watcher
from emoapp.config import CompanionConfig
from emoapp.speech import Speech
from emoapp.types import Track
from emoapp.utils.language import N_
from emoapp.utils.terminal import say

WRITTEN = N_("written reply")
"""Name of the speaker without a server."""

STAY_S = 40.0
"""Seconds for which a reply is shown."""

NOTE_STAY_S = 10.0
"""Seconds for which a note without a reply is shown."""

MAX_PAUSE_S = 600.0
"""After faults the companion waits twice as long each time, up to this many seconds."""

DRY_RUN_NOTE = "Dry run: printed, and not sent."


class Companion:
    """Comment on the followed face; `update` takes every frame and never waits.

    Args:
        config: The server, if any, and the pace.
        log: Takes a line of JSON for each reply and each fault; None for no record.
        show: Prints the lines of a dry run.
        warn: Takes, once each, lines about a fault or about a reply that is not shown; None for
            the terminal's standard error.

    Attributes:
        silent: Whether nothing is shown or sent; see `toggle`.
    """

    def __init__(
        self,
        config: CompanionConfig,
        *,
        log: WritableText | None = None,
        show: Callable[[str], object] = print,
        warn: Callable[[str], object] | None = None,
    ) -> None:
        self.silent = False
        self._config = config
        self._watcher = Watcher(config.pace)
        self._client: Client | None = None
        if config.url is not None:
            self._client = Client(config.url, config.model, dry_run=config.dry_run)
        self._record = Record(log)
        self._show = show
        self._warn = warn or _warn_on_terminal
        self._warned: set[str] = set()
        self._said: set[str] = set()
        self._not_before = float("-inf")
        self._faults = 0
        self._shown: Message | None = None
        self._pending: tuple[Question, Message] | None = None

    def update(self, track: Track | None, *, t: float, now: float) -> None:
        """Take in a frame; takes some microseconds, and about a millisecond when it asks.

        Args:
            track: The followed track; None while there is none.
            t: Seconds since the source began, by which expressions are timed.
            now: Monotonic time in seconds, by which servers and the panel are timed.
        """
        occasion = self._watcher.see(track, t)
        if self._client is not None and self._pending is not None:
            self._receive(self._client, *self._pending, now)
        elif occasion is not None and not self.silent and now >= self._not_before:
            self._watcher.told(occasion)
            self._speak(occasion, t, now)

    def speech(self, *, now: float) -> Speech | None:
        """Return what to show, or None.

        Args:
            now: Monotonic time in seconds.
        """
        pending = self._pending[1] if self._pending is not None else None
        message = pending if pending is not None and pending.text else self._shown
        if message is None or self.silent:
            return None
        age_s = max(0.0, now - message.since)
        if age_s > (STAY_S if message.text else NOTE_STAY_S):
            return None
        coming = message is pending
        return Speech(
            message.text, message.note, message.source, message.label, age_s, coming=coming
        )

    def toggle(self) -> bool:
        """Silence the companion or let it speak again; a pending question is given up.

        Returns:
            Whether it speaks now.
        """
        self.silent = not self.silent
        self._shown = self._pending = None
        if self._client is not None:
            self._client.cancel()
        return not self.silent

    def close(self) -> None:
        """End at once, whatever a server does; may be called twice."""
        if self._client is not None:
            self._client.close()

    def _speak(self, occasion: Occasion, t: float, now: float) -> None:
        question = Question(occasion, t, datetime.now().astimezone())
        if self._client is not None:
            self._pending = question, Message(occasion.label, now, self._config.model)
            self._client.ask(words.messages(occasion), now=now)
            return
        reply = replies.choose(occasion, self._said) or ""
        if reply or question.help:
            message = Message(occasion.label, now, WRITTEN, reply, question.help)
            self._display(message)
            self._record.write(question, message, None)

    def _receive(self, client: Client, question: Question, message: Message, now: float) -> None:
        """Take in what has arrived from the server."""
        answer = client.poll(now=now)
        if answer is None:
            self._pending = None
            return
        text = "" if self._is_repeated(answer) else answer.text
        if text and not message.text:
            message.since = now
        message.text = text
        if answer.done:
            self._pending = None
            self._conclude(question, message, answer, now)

    def _conclude(self, question: Question, arrived: Message, answer: Answer, now: float) -> None:
        """Show and record the outcome of a finished answer."""
        text, source, since = arrived.text, arrived.source, arrived.since
        if self._config.dry_run and answer.fault is None:
            self._print_request(answer)
        self._set_pause(answer, now)
        note = answer.fault or (DRY_RUN_NOTE if self._config.dry_run else "")
        if answer.refused is not None:
            text, source, since = replies.choose(question.occasion, self._said) or "", WRITTEN, now
            note = words.refused_note(answer.refused, replaced=bool(text))
        if answer.fault or answer.refused:
            self._warn_once(note)
        # The line about human help does not depend on a server.
        note = " ".join(filter(None, [question.help, note]))
        message = Message(arrived.label, since if text else now, source, text, note)
        if text or note:
            self._display(message)
        self._record.write(question, message, answer)

    def _is_repeated(self, answer: Answer) -> bool:
        """Return whether the reply is, or may yet become, one that was said before."""
        text = words.same(answer.text)
        if answer.done:
            return text in self._said
        return any(said.startswith(text) for said in self._said)

    def _set_pause(self, answer: Answer, now: float) -> None:
        """Set how long to leave the server alone."""
        self._faults = self._faults + 1 if answer.fault or answer.refused else 0
        pause_s = 0.0
        if self._faults:
            every_s = self._config.pace.every_s
            pause_s = min(every_s * 2 ** min(self._faults - 1, 10), MAX_PAUSE_S)
        self._not_before = now + max(pause_s, answer.wait_s or 0.0)

    def _display(self, message: Message) -> None:
        self._shown = message
        if message.text:
            self._said.add(words.same(message.text))

    def _print_request(self, answer: Answer) -> None:
        request = answer.sent or {}
        self._show(f"would be sent: {request.get('method')} {request.get('url')}")
        for name, value in request.get("headers", {}).items():
            self._show(f"{name}: {value}")
        self._show(json.dumps(request.get("body"), indent=1, ensure_ascii=False))

    def _warn_once(self, note: str) -> None:
        if note in self._warned:
            return
        self._warned.add(note)
        try:
            self._warn(f"emoapp: companion: {note}")
        except OSError:
            pass  # Losing the terminal must not end the run.


def _warn_on_terminal(line: str) -> None:
    say(line, file=sys.stderr)
