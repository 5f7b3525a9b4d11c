"""OpenBLAS reads how many threads it may use when numpy is imported."""

from __future__ import annotations

import os

import pytest
from support.programs import run_python


@pytest.mark.parametrize("command", ["live", "profile"])
def test_it_is_said_before_numpy_is_there(command):
    code = f"""
import os, sys
from emoapp.cli import commands
assert "numpy" not in sys.modules
commands.load_command({command!r})
print(os.environ["OPENBLAS_NUM_THREADS"])
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == os.environ.get("OPENBLAS_NUM_THREADS", "1")
