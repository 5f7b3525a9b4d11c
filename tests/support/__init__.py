"""Helpers, fakes and data that several test modules share."""

from __future__ import annotations

import sys
from pathlib import Path

# Failed assertions here show their values too; the programs that tests start load no pytest.
if "pytest" in sys.modules:
    sys.modules["pytest"].register_assert_rewrite(
        *(f"{__name__}.{path.stem}" for path in Path(__file__).parent.glob("[!_]*"))
    )
