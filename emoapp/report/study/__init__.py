"""Report on a study: many recordings on one page, by participant and condition."""

from __future__ import annotations

from emoapp.report.study.write import write_study

__all__ = ["write_study"]
