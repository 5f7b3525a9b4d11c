"""Report on a video from its log, or on a study from many: pages, tables, plots, clips."""

from __future__ import annotations

from emoapp.report.config import ReportConfig, StudyConfig
from emoapp.report.study import write_study
from emoapp.report.write import write_report

__all__ = ["ReportConfig", "StudyConfig", "write_report", "write_study"]
