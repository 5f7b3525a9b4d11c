"""Create files that only one process writes, marked by a lock that ends with the process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from io import FileIO
from pathlib import Path

from emoapp.platforms import clock, system

_CREATION_GRACE_S = 0.2
"""How long to wait for an empty file: the process that created it may be about to lock it."""


def create_locked(path: Path, *, replace: bool) -> FileIO:
    """Create a file that no other process creates as long as it is open.

    Args:
        path: The file.
        replace: Remove an existing file, unless another process is writing it.

    Returns:
        The file, open for writing and unbuffered.

    Raises:
        FileExistsError: It exists and must not be replaced.
        BlockingIOError: Another process is writing it.
        OSError: It cannot be created.
    """
    try:
        file = open(path, "xb", buffering=0)
    except FileExistsError:
        with unused(path) if path.exists() else nullcontext():  # or a dangling link
            if not replace:
                raise
            path.unlink()
        file = open(path, "xb", buffering=0)
    with ExitStack() as stack:
        stack.enter_context(file)
        lock(file.fileno(), wait_s=2 * _CREATION_GRACE_S)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                stack.pop_all()
                return file
    # Before it was locked, another process took it for an abandoned file.
    raise BlockingIOError


if system() == "windows":
    # Windows neither removes nor renames an open file: no lock is needed, and one would keep
    # FFmpeg, which opens the file a second time, from writing.

    def lock(descriptor: int, *, wait_s: float = 0.0) -> None:
        """Do nothing: an open file is safe."""

    @contextmanager
    def unused(path: Path) -> Iterator[None]:
        """Raise BlockingIOError where a file is in use."""
        try:
            path.rename(path)
            yield
        except PermissionError as exc:
            raise BlockingIOError(exc.errno, exc.strerror) from exc

else:
    import fcntl

    def lock(descriptor: int, *, wait_s: float = 0.0) -> None:
        """Lock an open file until it is closed or its process ends.

        Args:
            descriptor: The file's descriptor.
            wait_s: How many seconds to wait for another process.

        Raises:
            BlockingIOError: Another process has locked it.
        """
        deadline = clock.now() + wait_s
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if clock.now() >= deadline:
                    raise
                time.sleep(0.01)
            except OSError:
                return None  # a network disk without locks; creation is still exclusive

    @contextmanager
    def unused(path: Path) -> Iterator[None]:
        """Enter a context in which no other process writes a file.

        Args:
            path: The file.

        Raises:
            BlockingIOError: Another process is writing it.
            OSError: It cannot be read.
        """
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            lock(descriptor)
            if os.fstat(descriptor).st_size == 0:
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
                time.sleep(_CREATION_GRACE_S)
                lock(descriptor)
            yield
        finally:
            os.close(descriptor)
