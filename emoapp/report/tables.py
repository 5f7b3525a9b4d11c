"""Format the report's numbers as CSV."""

from __future__ import annotations

import pandas as pd

from emoapp.report.measures import Measures
from emoapp.utils.escape import csv_line


def tables(measures: Measures, moments: pd.DataFrame) -> dict[str, str]:
    """Return the tables as CSV, with 3 decimal places for seconds and 4 for shares.

    Args:
        measures: The numbers of the log.
        moments: Rows of `Log.faces`.

    Returns:
        File name -> content.
    """
    named = {
        "people": measures.people.drop(columns=["lasting", "shown"]),
        "shares": measures.shares,
        "segments": measures.segments,
        "transitions": measures.transitions,
        "rejections": measures.rejections,
        "coverage": measures.coverage,
        "moments": moments[["track", "t", "label", "confidence"]].rename(columns={"t": "time_s"}),
    }
    return {f"{name}.csv": _csv(table) for name, table in named.items()}


def _csv(table: pd.DataFrame) -> str:
    seconds = {name: 3 for name in table.columns if name.endswith(("_s", "seconds"))}
    shares = dict.fromkeys({"share", "probability", "confidence"} & set(table.columns), 4)
    rows = table.round(seconds | shares).astype(object).where(table.notna(), None)
    return "".join(map(csv_line, [table.columns, *rows.itertuples(index=False, name=None)]))
