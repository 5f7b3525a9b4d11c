"""A report on a video from its log: a page, tables, plots, chapters and clips."""

from __future__ import annotations

from emoapp.report.write import ReportConfig, write_report

__all__ = ["ReportConfig", "write_report"]
