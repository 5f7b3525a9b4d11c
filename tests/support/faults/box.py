"""A folder in which a command is run and disturbed, and what must be true of it afterwards."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from support.faults.commands import COMMANDS, Command
from support.faults.state import check_whole, contents, frames_in, is_part, whole_rows

LIMIT_S = 180
"""A command that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of a command ended."""

    status: int
    output: str
    errors: str


@dataclass(eq=False, slots=True)
class Box:
    """command: what is run in it. folder: its working folder. temporary: its TMPDIR."""

    command: Command
    folder: Path
    temporary: Path
    environment: dict[str, str]
    before: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen] = field(default_factory=list)

    def start(
        self, *more: str, words: str | None = None, file_size: int | None = None
    ) -> subprocess.Popen:
        """Start the command in a process group of its own.

        more: further words. words: instead of the command's own.
        file_size: bytes that no file may exceed, as on a full disk.
        """
        self.before = self.before or contents(self.folder)

        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            if file_size is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

        process = subprocess.Popen(
            [sys.executable, "-m", "emoapp", *(words or self.command.words).split(), *more],
            cwd=self.folder,
            # TensorFlow runs code that it writes there, of which Python would keep its own form.
            env={
                **os.environ,
                "PYTHONDONTWRITEBYTECODE": "1",
                **self.environment,
                "TMPDIR": str(self.temporary),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=limit,
        )
        self._running.append(process)
        return process

    def run(self, *more: str, **options) -> Ended:
        """`start` the command and wait for its end."""
        return self.wait(self.start(*more, **options))

    def wait(self, process: subprocess.Popen) -> Ended:
        output, errors = process.communicate(timeout=LIMIT_S)
        return Ended(process.returncode, output, errors)

    def outputs(self) -> list[Path]:
        """The command's outputs that are there."""
        return [path for name in self.command.outputs if (path := self.folder / name).exists()]

    def check(
        self, ended: Ended, *, statuses: Sequence[int], replaced: Sequence[str] = (), killed=False
    ) -> None:
        """Fail unless the promises hold that every command makes, however it was disturbed.

        statuses: the exit statuses that are right.
        replaced: outputs that may have changed because `--overwrite` was given.
        killed: by a signal that leaves no time to tidy up.
        """
        assert ended.status in statuses, f"exit status {ended.status}\n{ended.errors}"
        assert "Traceback" not in ended.errors, ended.errors
        # Ctrl-C ends the program quietly before and after its work.
        quiet = ended.status == 130 and len(self.outputs()) in (0, len(self.command.outputs))
        if ended.status > 0 and ended.status not in self.command.statuses and not quiet:
            assert ended.errors.strip(), "it failed and did not say why"
        now = contents(self.folder)
        for name, checksum in self.before.items():
            if name not in replaced:
                assert now.get(name) == checksum, f"{name} was there before and has changed"
        for name in now:
            path = self.folder / name
            if name in self.before and name not in replaced:
                continue
            if not is_part(path) and name not in self.command.growing:
                check_whole(path)
            if path.suffix in (".csv", ".jsonl") and not killed:
                whole_rows(path)
        assert not list(self.temporary.iterdir()), "temporary files were left"
        for process in self._running:
            assert process.poll() is None or ends(process.pid), "processes were left"

    def part_of_movie(self) -> Path | None:
        """What is left of an unfinished recording."""
        parts = [path for path in self.folder.rglob("*.mp4") if is_part(path)]
        return parts[0] if parts else None

    def frames_kept(self) -> int:
        """How many pictures of unfinished recordings can be decoded."""
        part = self.part_of_movie()
        return 0 if part is None else frames_in(part)

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None or group_is_alive(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
            for pipe in (process.stdout, process.stderr):
                pipe.close()
            process.wait()


def ends(group: int, within_s: float = 20.0) -> bool:
    """Wait for a group of processes; whether all of them have ended.

    Helpers see that their program is gone a moment after it, as Python's own do.
    """
    deadline = time.monotonic() + within_s
    while group_is_alive(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def group_is_alive(group: int) -> bool:
    """Whether a process of this group runs."""
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except (OSError, psutil.Error):
            continue
    return False


FAST = [command for command in COMMANDS if command.needs != "training" and not command.slow]


def check_complete(box: Box) -> None:
    """Fail unless every output is there with all that belongs into it."""
    for name in box.command.outputs:
        path = box.folder / name
        assert path.exists(), f"{name} is missing"
        if path.suffix == ".mp4" and box.command.frames:
            assert frames_in(path) == box.command.frames
        if name in box.command.growing and box.command.frames:
            assert whole_rows(path) >= box.command.frames
