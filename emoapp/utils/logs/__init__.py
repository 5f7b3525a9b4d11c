"""Provide the package's logger and the diagnostic log of the command line.

Modules that log use `logger = get_logger(__name__)`. As a library, the package stays silent unless
the caller configures logging; only the command line and its workers do so themselves (`start`).
"""

from __future__ import annotations

import logging

NAME = "emoapp"
"""Name of the logger that is the parent of all others in the package."""

logging.getLogger(NAME).addHandler(logging.NullHandler())

get_logger = logging.getLogger
