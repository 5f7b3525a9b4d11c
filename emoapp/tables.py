"""Convert results to a pandas table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emoapp.errors import NotInstalledError
from emoapp.types import Result

if TYPE_CHECKING:
    import pandas as pd


def to_dataframe(results: Iterable[Result]) -> pd.DataFrame:
    """Convert results to a table with a row for each face, and one for a frame without a face.

    Args:
        results: Results as `EmotionRecognizer.stream` yields them.

    Returns:
        A table with the columns of `Result.to_dicts`.

    Raises:
        NotInstalledError: If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as exc:
        raise NotInstalledError(
            "a table of results needs pandas: pip install 'emoapp[report]'"
        ) from exc
    return pd.DataFrame([row for result in results for row in result.to_dicts()])
