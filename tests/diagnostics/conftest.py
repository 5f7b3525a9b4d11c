"""The folder of the diagnostic logs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def logs(tmp_path) -> Path:
    return tmp_path / "logs"
