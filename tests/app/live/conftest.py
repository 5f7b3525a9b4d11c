"""Live windows in a screen of their own."""

from __future__ import annotations

import pytest
from support.window import Program


@pytest.fixture
def start(screen, tmp_path):
    """start(*words, **options): a `Program` that is killed in the end."""
    programs = []

    def begin(*words: str, **options) -> Program:
        programs.append(Program(screen, tmp_path, *words, **options))
        return programs[-1]

    yield begin
    for program in programs:
        program.kill()
