"""Create files that only one process writes, known by a lock that ends with the process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from io import FileIO
from pathlib import Path

_JUST_MADE_S = 0.2
"""An empty file is given so long: its maker may be about to lock it."""


def create_locked(path: Path, *, replace: bool) -> FileIO:
    """Create a file that no other process creates as long as it is open; unbuffered.

    replace: remove a file of that name, unless another process is writing it.

    Raises FileExistsError, BlockingIOError where another process is writing it, OSError.
    """
    try:
        file = open(path, "xb", buffering=0)
    except FileExistsError:
        with unused(path) if path.exists() else nullcontext():  # or a link to nothing
            if not replace:
                raise
            path.unlink()
        file = open(path, "xb", buffering=0)
    with ExitStack() as stack:
        stack.enter_context(file)
        lock(file.fileno(), wait_s=2 * _JUST_MADE_S)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                stack.pop_all()
                return file
    # Another process took it for one that was left, before it was locked.
    raise BlockingIOError


if os.name == "nt":
    # What a process has open there can be neither removed nor renamed: no lock is needed, and one
    # would keep FFmpeg, which opens the file a second time, from writing.

    def lock(descriptor: int, *, wait_s: float = 0.0) -> None:
        pass

    @contextmanager
    def unused(path: Path) -> Iterator[None]:
        try:
            path.rename(path)
            yield
        except PermissionError as exc:
            raise BlockingIOError(exc.errno, exc.strerror) from exc

else:
    import fcntl

    def lock(descriptor: int, *, wait_s: float = 0.0) -> None:
        """Lock an open file until it is closed or its process ends.

        wait_s: how long to wait for another process, in seconds.

        Raises BlockingIOError where another process has it.
        """
        deadline = time.monotonic() + wait_s
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.01)
            except OSError:
                return None  # a network's disk without locks: creating is exclusive all the same

    @contextmanager
    def unused(path: Path) -> Iterator[None]:
        """A block in which no other process writes a file.

        Raises BlockingIOError where one does, OSError where the file can't be read.
        """
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            lock(descriptor)
            if os.fstat(descriptor).st_size == 0:
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
                time.sleep(_JUST_MADE_S)
                lock(descriptor)
            yield
        finally:
            os.close(descriptor)
