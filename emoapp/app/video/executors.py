"""Start the processes that analyze recordings in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from emoapp.errors import UsageError
from emoapp.utils.logs import session


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Start processes on this machine; terminate them if the block raises an exception.

    Args:
        count: Number of processes.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Connect to the workers of a Dask cluster, which must see the files under the same paths.

    Args:
        address: The address of the scheduler, "tcp://host:8786".

    Raises:
        UsageError: Dask is missing or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--dask needs Dask: pip install 'emoapp[cluster]' "
            "(in a checkout: pip install -e '.[cluster]')"
        ) from None
    try:
        client = Client(address, timeout=5)
    except (OSError, ValueError) as exc:
        raise UsageError(f"No Dask scheduler answers at {address}: {exc}") from exc
    with client, client.get_executor(pure=False) as executor:
        yield executor


def _start_worker() -> None:
    import multiprocessing
    import signal
    import threading

    # Ctrl-C reaches the whole process group; the main process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    session.start_worker()

    def exit_with_parent() -> None:
        # A killed parent cannot end this process, which would interfere with the next batch.
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=exit_with_parent, daemon=True).start()
