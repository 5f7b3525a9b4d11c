"""Programs in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys


def run_python(code: str, *words: object, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, with these arguments, and these variables added."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def emoapp(*words: object, timeout: float = 120, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m emoapp` in a folder that is not the project's."""
    variables = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "emoapp", *map(str, words)],
        env=variables | env,
        cwd="/" if os.name == "posix" else None,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def succeeded(run: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert run.returncode == 0, run.stderr
    assert run.stderr == "", "a run prints its own lines and nothing else"
    return run
