"""Render the report of a study as one HTML file that needs no network and no other file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

import emoapp
from emoapp.overlay.theme import word
from emoapp.report import citation, plots
from emoapp.report.html import icon_url, png_url, template
from emoapp.report.measures import MIN_SEEN_S
from emoapp.report.study import compare
from emoapp.report.study.comparison_page import (
    differences_said,
    groups,
    means,
    pairs,
    participants_said,
    reach_of,
    recordings_said,
)
from emoapp.report.study.recordings import STRIP_ROWS, Recording, Unread
from emoapp.report.study.tables import COLUMNS
from emoapp.report.wording import duration, percent, tint
from emoapp.utils.language import N_, _, language, ngettext, translated

_REJECTED_RGB = (138, 145, 155)
_NO_GROUP = N_("In no group")


def page(
    title: str,
    recordings: Sequence[Recording],
    unread: Sequence[Unread],
    labels: tuple[str, ...],
    summaries: Sequence[compare.Summary],
    differences: Sequence[compare.Difference],
    *,
    notes: Sequence[str],
    files: Sequence[str],
) -> str:
    """Return the page's HTML.

    Args:
        title: The folder's name.
        recordings: The recordings.
        unread: Files that could not be read.
        labels: The expressions that most recordings have.
        summaries: Of the conditions.
        differences: Between them.
        notes: Remarks for the reader.
        files: Names of the files written beside the page.
    """
    every = tuple(dict.fromkeys([*labels, *(name for one in recordings for name in one.labels)]))
    seen = [name for name in every if any(one.label_s.get(name) for one in recordings)]
    colors = plots.label_colors(every)
    reach = reach_of(differences)
    return template("study/page.html").render(
        _=_,
        language=language(),
        version=emoapp.__version__,
        title=title,
        facts=list(_facts(recordings)),
        notes=[translated(line) for line in notes],
        words={name: word(name) for name in every},
        colors=colors,
        icons={name: icon_url(name, every) for name in seen},
        seen=seen,
        groups=list(groups(summaries, labels, recordings)),
        means=list(means(summaries, labels, colors)),
        pairs=list(pairs(differences, reach)),
        reach=f"{100 * reach:.0f}",
        differences_said=differences_said(differences),
        too_many=len(compare.conditions(recordings)) > compare.MAX_CONDITIONS,
        max_conditions=compare.MAX_CONDITIONS,
        parts=list(_parts(recordings, seen, colors)),
        unread=unread,
        made=list(_made(recordings)),
        citation=_citation(recordings),
        brief_s=MIN_SEEN_S,
        columns=list(COLUMNS.items()),
        files=files,
    )


def _facts(recordings: Sequence[Recording]) -> Iterator[str]:
    yield recordings_said(len(recordings))
    yield duration(sum(one.seconds for one in recordings))
    people = {one.participant for one in recordings} - {None}
    if people:
        yield participants_said(len(people))
    names = compare.conditions(recordings)
    if names:
        count = len(names)
        yield ngettext("{count} condition", "{count} conditions", count).format(count=count)


def _parts(
    recordings: Sequence[Recording], seen: Sequence[str], colors: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the recordings, by condition."""
    grouped = any(one.condition for one in recordings)

    def order(one: Recording) -> tuple[bool, str, str, str]:
        participant = (one.participant or "").casefold()
        return one.condition is None, one.condition or "", participant, one.name

    ordered = sorted(recordings, key=order)
    for condition, rows in groupby(ordered, key=lambda one: one.condition):
        yield {
            "heading": (condition or _(_NO_GROUP)) if grouped else "",
            "rows": [_row(one, seen, colors) for one in rows],
        }


def _row(one: Recording, seen: Sequence[str], colors: dict[str, str]) -> dict[str, Any]:
    shares = {name: one.share(name) for name in seen}
    said = [f"{word(name)} {percent(share)}" for name, share in shares.items() if share > 0]
    people = ""
    if one.people != 1:
        people = ngettext("{count} person", "{count} people", one.people).format(count=one.people)
    line = [one.participant, duration(one.seconds), people]
    return {
        "name": one.name,
        "line": " · ".join(filter(None, line)),
        "cells": [
            {
                "name": word(name),
                "share": share > 0,
                "text": percent(share) if name in one.labels else "",
                "tint": tint(colors[name], share),
            }
            for name, share in shares.items()
        ],
        "coverage": percent(one.coverage),
        "strip": png_url(_strip_png(one, colors)),
        "said": ", ".join(said) or _("No expression was believed"),
    }


def _strip_png(one: Recording, colors: dict[str, str]) -> bytes:
    """Draw the small timeline as a PNG with a palette, transparent where no face was seen."""
    from PIL import Image

    heights = STRIP_ROWS - np.arange(STRIP_ROWS)[:, None]  # of each row of pixels above the ground
    index = (heights[None] > one.strip[:, None, :]).sum(axis=0).astype(np.uint8)
    image = Image.fromarray(index).convert("L")
    image = Image.frombytes("P", image.size, index.tobytes())
    rgb = [tuple(bytes.fromhex(colors[name].removeprefix("#"))) for name in one.labels]
    image.putpalette([value for color in (*rgb, _REJECTED_RGB, (0, 0, 0)) for value in color])
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, transparency=len(one.labels) + 1)
    return file.getvalue()


def _made(recordings: Sequence[Recording]) -> Iterator[tuple[str, str]]:
    yield _("Report"), citation.made_on(citation.today(), emoapp.__version__)
    days = sorted({one.about.created[:10] for one in recordings if one.about})
    if days:
        yield _("Analyzed"), days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
    if not days:
        yield _("Analyzed"), _(citation.UNKNOWN)
        return
    for name, values in citation.settings(recordings).items():
        said = [f"{value} ({recordings_said(count)})" for value, count in values.items()]
        yield name, "; ".join(said if len(said) > 1 else values)


def _citation(recordings: Sequence[Recording]) -> str:
    unknown = sum(one.about is None for one in recordings)
    if citation.differing(recordings) or 0 < unknown < len(recordings):
        return citation.citation_of_several(len(recordings))
    return citation.citation(recordings[0].about)
