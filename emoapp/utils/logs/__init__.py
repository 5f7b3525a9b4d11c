"""The package's logger, and the diagnostic log of the command line.

Modules that log say `logger = get_logger(__name__)`. As a library the package stays silent unless
the caller sets logging up; only the command line and its workers do so themselves (`start`).
"""

from __future__ import annotations

import logging

NAME = "emoapp"
"""Of the logger that all others of the package are below."""

logging.getLogger(NAME).addHandler(logging.NullHandler())

get_logger = logging.getLogger
