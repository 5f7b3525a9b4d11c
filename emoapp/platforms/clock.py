"""The clock of everything that is measured."""

from __future__ import annotations

import time

from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        "`time.monotonic` steps by 15.6 ms: half a frame of a camera.",
        "until Python 3.13",
        "gh-88494",
    ),
)

now = time.perf_counter
"""Return seconds since some moment: never goes back, and steps by less than a microsecond."""
