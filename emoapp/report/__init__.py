"""Report on a video from its log: a page, tables, plots, chapters and clips."""

from __future__ import annotations

from emoapp.report.config import ReportConfig
from emoapp.report.write import write_report

__all__ = ["ReportConfig", "write_report"]
