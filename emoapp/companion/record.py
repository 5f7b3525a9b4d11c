"""Record each reply and each fault of the companion as a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from emoapp.companion import words
from emoapp.companion.client import Answer
from emoapp.companion.watcher import Occasion


class WritableText(Protocol):
    """A text file, as far as the record needs it."""

    def write(self, text: str, /) -> object:
        """Write some text."""

    def flush(self) -> object:
        """Write out what is buffered."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the companion reacts to, and when.

    Attributes:
        occasion: The reason to speak.
        t: Seconds since the source began.
        asked_at: Time of day, with its zone.
    """

    occasion: Occasion
    t: float
    asked_at: datetime

    @property
    def help(self) -> str:
        """The line about human help; empty unless sadness or fear stays."""
        return words.HUMAN_HELP if self.occasion.kind == "long" else ""


@dataclass(slots=True)
class Message:
    """A reply, complete or still arriving.

    Attributes:
        label: The expression that it is about.
        since: Monotonic time in seconds at which it began to arrive.
        source: Who says it: "written reply", or the model's name.
        text: The reply; empty for none.
        note: The quiet line below it; empty for none.
    """

    label: str
    since: float
    source: str
    text: str = ""
    note: str = ""


class Record:
    """Write lines of JSON to a file until it fails.

    Args:
        file: Where the lines go; None for nowhere.
    """

    def __init__(self, file: WritableText | None) -> None:
        self._file = file

    def write(self, question: Question, message: Message, answer: Answer | None) -> None:
        """Write one line.

        Args:
            question: What was reacted to.
            message: What is shown.
            answer: The server's answer; None if none was asked.
        """
        if self._file is None:
            return
        elapsed_s = (datetime.now().astimezone() - question.asked_at).total_seconds()
        line = {
            "time": question.asked_at.isoformat(timespec="seconds"),
            "time_s": round(question.t, 3),
            "occasion": asdict(question.occasion),
            "source": message.source,
            "sent": answer and answer.sent,
            # A repeated reply is not shown again but recorded; a refused one is neither.
            "reply": message.text or (answer.text if answer else ""),
            "shown": bool(message.text),
            "help": question.help,
            "fault": answer and answer.fault,
            "refused": answer and answer.refused,
            "seconds": round(elapsed_s, 3),
        }
        try:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError:
            self._file = None  # A full disk ends the record and not the picture.
