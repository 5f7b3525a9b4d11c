"""Virtual cameras for every platform."""

from __future__ import annotations

import pytest
from support.outputs import MemoryCamera

from emoapp.sinks import virtual_camera


@pytest.fixture
def cameras(monkeypatch) -> list[MemoryCamera]:
    """The virtual cameras that were opened, which are there on every platform."""
    opened: list[MemoryCamera] = []

    def open_camera(name, size_wh, fps):
        opened.append(MemoryCamera(name, size_wh, fps))
        return opened[-1]

    monkeypatch.setattr(virtual_camera, "open_camera", open_camera)
    monkeypatch.setattr(virtual_camera, "check_output", lambda config: None)
    return opened
