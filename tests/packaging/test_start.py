"""What the standalone program runs is the program, and the parts that the program starts."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.paths import ROOT

import emoapp


def start(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "packaging" / "start.py", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("words", [(), ("-m", "emoapp")])
def test_the_program_starts_and_so_does_the_program_in_its_own_processes(words):
    assert start(*words, "--version").stdout == f"emoapp {emoapp.__version__}\n"


def test_it_is_no_python_for_other_modules():
    ran = start("-m", "this")
    assert ran.returncode == 2 and "there is no option -m" in ran.stderr
