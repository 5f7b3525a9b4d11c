"""The companion: watches one face, speaks when there is a reason, and knows when to be quiet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TextIO

from emoapp.companion import replies, words
from emoapp.companion.client import Answer, Client
from emoapp.companion.watcher import Occasion, Watcher
from emoapp.config import CompanionConfig
from emoapp.speech import Speech
from emoapp.types import Track
from emoapp.utils.terminal import say

WRITTEN = "written reply"
"""Who speaks where there is no server."""

STAY_S = 40.0
"""A reply stays in sight for so long."""

NOTE_STAY_S = 10.0
"""A note without a reply goes sooner."""

LONGEST_PAUSE_S = 600.0
"""After faults the companion waits twice as long each time, up to this."""

DRY_RUN_NOTE = "Dry run: printed, and not sent."


class Companion:
    """To be told of every frame by `update`, which never waits; shows itself in `speech`.

    silent: it neither shows nor sends anything; see `toggle`.
    """

    def __init__(
        self,
        config: CompanionConfig,
        *,
        log: TextIO | None = None,
        show: Callable[[str], object] = print,
        warn: Callable[[str], object] | None = None,
    ) -> None:
        """log: takes a line of JSON for each reply and each fault.

        show: what a dry run is printed with.
        warn: is told, once, each line about a fault or about a reply that is not shown; the
            terminal's standard error unless it is given.
        """
        self.silent = False
        self._config = config
        self._watcher = Watcher(config.pace)
        self._client: Client | None = None
        if config.url is not None:
            self._client = Client(config.url, config.model, dry_run=config.dry_run)
        self._log = log
        self._show = show
        self._warn = warn or _to_terminal
        self._warned: set[str] = set()
        self._said: set[str] = set()
        self._occasion: Occasion | None = None
        self._t = 0.0
        self._asked_at: datetime | None = None
        self._not_before = float("-inf")
        self._faults = 0
        self._shown: _Shown | None = None
        self._coming: _Shown | None = None

    def update(self, track: Track | None, *, t: float, now: float) -> None:
        """Take in a frame; takes some microseconds, and about a millisecond when it asks.

        track: the person who is followed; None while there is nobody.
        t: seconds since the source began, by which the expressions are timed.
        now: seconds, monotonic, by which servers and the panel are timed.
        """
        occasion = self._watcher.see(track, t)
        if self._coming is not None:
            self._hear(now)
        elif occasion is not None and not self.silent and now >= self._not_before:
            self._watcher.told(occasion)
            self._speak(occasion, t, now)

    def speech(self, *, now: float) -> Speech | None:
        """What there is to show, if anything."""
        coming, shown = self._coming, self._shown
        one = coming if coming is not None and coming.text else shown
        if one is None or self.silent:
            return None
        age_s = max(0.0, now - one.since)
        if age_s > (STAY_S if one.text else NOTE_STAY_S):
            return None
        return Speech(one.text, one.note, one.source, one.label, age_s, coming=one is coming)

    def toggle(self) -> bool:
        """Be silent, or speak again; whether it speaks now. What was asked is given up."""
        self.silent = not self.silent
        self._shown = self._coming = None
        if self._client is not None:
            self._client.cancel()
        return not self.silent

    def close(self) -> None:
        """End at once, whatever a server does."""
        if self._client is not None:
            self._client.close()

    def _speak(self, occasion: Occasion, t: float, now: float) -> None:
        self._occasion, self._t, self._asked_at = occasion, t, datetime.now().astimezone()
        if self._client is not None:
            self._coming = _Shown(occasion.label, now, self._config.model)
            self._client.ask(words.messages(occasion), now=now)
            return
        reply = replies.choose(occasion, self._said) or ""
        if reply or self._help():
            shown = _Shown(occasion.label, now, WRITTEN, reply, self._help())
            self._say(shown)
            self._record(shown, None)

    def _hear(self, now: float) -> None:
        """Take in what has come from the server."""
        answer = self._client.poll(now=now)
        if answer is None:
            self._coming = None
            return
        coming = self._coming
        text = "" if self._heard_before(answer) else answer.text
        if text and not coming.text:
            coming.since = now
        coming.text = text
        if answer.done:
            self._coming = None
            self._conclude(answer, coming, now)

    def _conclude(self, answer: Answer, coming: _Shown, now: float) -> None:
        """Show and write down what a finished answer came to."""
        text, source, since = coming.text, coming.source, coming.since
        if self._config.dry_run and answer.fault is None:
            self._print(answer)
        self._after(answer, now)
        note = answer.fault or (DRY_RUN_NOTE if self._config.dry_run else "")
        if answer.refused is not None:
            text, source, since = replies.choose(self._occasion, self._said) or "", WRITTEN, now
            note = words.refused_note(answer.refused, replaced=bool(text))
        if answer.fault or answer.refused:
            self._warn_once(note)
        # Where to find help does not depend on a server.
        note = " ".join(filter(None, [self._help(), note]))
        shown = _Shown(coming.label, since if text else now, source, text, note)
        if text or note:
            self._say(shown)
        self._record(shown, answer)

    def _heard_before(self, answer: Answer) -> bool:
        """Whether it is, or may yet become, what was said before."""
        text = words.same(answer.text)
        if answer.done:
            return text in self._said
        return any(one.startswith(text) for one in self._said)

    def _after(self, answer: Answer, now: float) -> None:
        """How long to leave the server alone."""
        self._faults = self._faults + 1 if answer.fault or answer.refused else 0
        pause = 0.0
        if self._faults:
            every_s = self._config.pace.every_s
            pause = min(every_s * 2 ** min(self._faults - 1, 10), LONGEST_PAUSE_S)
        self._not_before = now + max(pause, answer.wait_s or 0.0)

    def _say(self, shown: _Shown) -> None:
        self._shown = shown
        if shown.text:
            self._said.add(words.same(shown.text))

    def _help(self) -> str:
        return words.HUMAN_HELP if self._occasion.kind == "long" else ""

    def _print(self, answer: Answer) -> None:
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
            pass  # A terminal that is gone ends nothing.

    def _record(self, shown: _Shown, answer: Answer | None) -> None:
        """answer: the server's; None where none was asked."""
        if self._log is None:
            return
        line = {
            "time": self._asked_at.isoformat(timespec="seconds"),
            "time_s": round(self._t, 3),
            "occasion": asdict(self._occasion),
            "source": shown.source,
            "sent": answer and answer.sent,
            # What was said before is not shown again, and is told here; what was refused is not.
            "reply": shown.text or (answer.text if answer else ""),
            "shown": bool(shown.text),
            "help": self._help(),
            "fault": answer and answer.fault,
            "refused": answer and answer.refused,
            "seconds": round((datetime.now().astimezone() - self._asked_at).total_seconds(), 3),
        }
        try:
            print(json.dumps(line, ensure_ascii=False), file=self._log, flush=True)
        except OSError:
            self._log = None  # A full disk ends the record and not the picture.


class _Shown:
    """A reply and when it began to come."""

    def __init__(
        self, label: str, since: float, source: str, text: str = "", note: str = ""
    ) -> None:
        self.label, self.since, self.source = label, since, source
        self.text, self.note = text, note


def _to_terminal(line: str) -> None:
    say(line, file=sys.stderr)
