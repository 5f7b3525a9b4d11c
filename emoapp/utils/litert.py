"""Open networks with LiteRT (formerly TensorFlow Lite)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.errors import ModelError, NotInstalledError
from emoapp.platforms import runtime

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter


def open_network(path: Path, *, threads: int = 1) -> Interpreter:
    """Return an interpreter of a `.tflite` file that is ready to run.

    Args:
        path: The file.
        threads: Number of threads.

    Raises:
        ModelError: The file cannot be read, or is no network that LiteRT runs.
        NotInstalledError: LiteRT cannot be loaded.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as exc:
        reason = runtime.explain_import(exc) or runtime.explain_missing("ai-edge-litert")
        raise NotInstalledError(
            f"LiteRT cannot be loaded: {reason or f'{exc}; install emoapp again'}"
        ) from exc
    try:
        # LiteRT opens no path with letters outside the code page of Windows.
        interpreter = Interpreter(model_content=path.read_bytes(), num_threads=threads)
        interpreter.allocate_tensors()
    except (OSError, ValueError, RuntimeError) as exc:
        raise ModelError(f"{path}: LiteRT can't run this model ({str(exc).strip()})") from exc
    return interpreter
