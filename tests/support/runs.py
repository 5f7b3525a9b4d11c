"""Commands that write a diagnostic log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# A command that goes wrong in the way that `{}` says.
BROKEN = """
import sys, threading, faulthandler, os
import emoapp.cli.cameras
from emoapp.cli import main

def run(args):
    {}

emoapp.cli.cameras.command.callback = run
sys.exit(main(["cameras", *sys.argv[1:]]))
"""


def emoapp(logs: Path, *words: object, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emoapp", *map(str, words)],
        env=os.environ | {"EMOAPP_LOG_DIR": str(logs)} | env,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=logs.parent,
    )


def broken(logs: Path, how: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BROKEN.format(how), *words],
        env=os.environ | {"EMOAPP_LOG_DIR": str(logs)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def only_log(logs: Path) -> str:
    (path,) = logs.iterdir()
    return path.read_text(encoding="utf-8")
