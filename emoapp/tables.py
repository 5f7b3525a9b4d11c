"""Results as a table, for those who go on with pandas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emoapp.errors import NotInstalledError
from emoapp.types import Result

if TYPE_CHECKING:
    import pandas as pd


def to_dataframe(results: Iterable[Result]) -> pd.DataFrame:
    """Return a row for each face in each frame, and one for a frame without a face.

    results: as `EmotionRecognizer.stream` yields them. The columns are those of
        `Result.to_dicts`.

    Raises NotInstalledError without pandas.
    """
    try:
        import pandas as pd
    except ImportError as exc:
        raise NotInstalledError(
            "a table of results needs pandas: pip install 'emoapp[report]'"
        ) from exc
    return pd.DataFrame([row for result in results for row in result.to_dicts()])
