"""Render the report as one HTML file that needs no network and no other file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

import emoapp
from emoapp.overlay.theme import word
from emoapp.report import citation, plots
from emoapp.report import measures as m
from emoapp.report.html import icon_url, jpeg_url, template
from emoapp.report.reading import Log
from emoapp.report.timeline import is_summed, timeline
from emoapp.report.wording import duration, percent, tint
from emoapp.utils.escape import printable
from emoapp.utils.language import N_, _, language, ngettext, translated

CUT_OFF = N_("the log's last line was cut off, so the run did not end by itself; it is left out")

ZOOMS, MIN_VIEW_S = (4, 16), 10.0
"""How many times the timeline is enlarged, as long as so many seconds fill the page's width."""


def page(
    log: Log,
    measures: m.Measures,
    moments: pd.DataFrame,
    *,
    title: str,
    pictures: Mapping[int, bytes],
    portraits: Mapping[int, bytes],
    clips: Mapping[int, str],
    notes: Sequence[str],
    files: Sequence[str],
) -> str:
    """Return the page's HTML.

    Args:
        log: The log.
        measures: Its numbers.
        moments: The strongest moments, rows of `log.faces`.
        title: Heading of the page.
        pictures: JPEG files of the moments, by the index of `moments`.
        portraits: JPEG files of the people, by track.
        clips: Addresses of clips, by the index of `moments`.
        notes: Remarks for the reader, in addition to the log's own.
        files: Names of the files written beside the page.
    """
    seen = [
        label
        for label in log.labels
        if (measures.shares.loc[measures.shares["label"] == label, "seconds"] > 0).any()
    ]
    return template("page.html").render(
        _=_,
        language=language(),
        version=emoapp.__version__,
        title=title,
        log=log.path.name,
        files=files,
        facts=_facts(log, measures),
        notes=[*_notes(log), *map(translated, notes)],
        words={label: word(label) for label in log.labels},
        colors=plots.label_colors(log.labels),
        icons={label: icon_url(label, log.labels) for label in log.labels},
        seen=seen,
        people=list(_people(measures, portraits)),
        brief=_brief(measures),
        timelines=_timelines(log, measures),
        summed=is_summed(measures, plots.WIDE_IN),
        shares=list(_shares(log, measures, seen)),
        moments=list(_moments(moments, pictures, clips)),
        transitions=_transitions(log, measures),
        coverage=list(_coverage(measures)),
        coverage_said=", ".join(f"{c['state']} {c['share']}" for c in _coverage(measures)),
        rejections=_rejections(measures),
        brief_s=m.MIN_SEEN_S,
        change_s=m.MAX_CHANGE_GAP_S,
        apart_s=m.MIN_MOMENT_GAP_S,
        each=m.MAX_MOMENTS_PER_EXPRESSION,
        made=list(citation.facts(log.path, log.source, log.about)),
        citation=citation.citation(log.about),
    )


def _facts(log: Log, measures: m.Measures) -> Iterator[str]:
    yield duration(log.seconds)
    frames, people = len(log.frames), int(measures.people["lasting"].sum())
    yield ngettext("{count} frame", "{count} frames", frames).format(count=f"{frames:,}")
    yield ngettext("{count} person", "{count} people", people).format(count=people)


def _notes(log: Log) -> Iterator[str]:
    if log.left_out:
        yield _(CUT_OFF)
    if "profile" in log.faces and log.faces["profile"].notna().any():
        names = ", ".join(map(printable, log.faces["profile"].dropna().astype(str).unique()))
        yield _("one face was corrected by a profile: {names}").format(names=names)


def _people(measures: m.Measures, portraits: Mapping[int, bytes]) -> Iterator[dict[str, Any]]:
    for person in measures.people[measures.people["shown"]].itertuples():
        own = measures.shares[measures.shares["track"] == person.track]
        parts = [
            {"label": part.label, "width": round(100 * part.share, 2), "said": percent(part.share)}
            for part in own[own["seconds"] > 0].itertuples()
        ]
        main = None if pd.isna(person.main) else person.main
        yield {
            "track": person.track,
            "picture": jpeg_url(portraits.get(person.track)),
            "main": main,
            "main_share": next((p["said"] for p in parts if p["label"] == main), ""),
            "parts": parts,
            "said": ", ".join(f"{word(p['label'])} {p['said']}" for p in parts),
            "line": _("seen for {duration}, believed for {share} of it").format(
                duration=duration(person.seen_s), share=percent(person.believed_s / person.seen_s)
            ),
        }


def _brief(measures: m.Measures) -> str | None:
    """Return a sentence about the people who are not shown individually, or None."""
    others = measures.people[~measures.people["shown"]]
    if others.empty:
        return None
    times = others["seen_s"]
    faces = ngettext("{count} face", "{count} faces", len(others)).format(count=len(others))
    return _(
        "Not listed: {faces}, seen for at most {longest} each, {all} together; "
        "they are in the tables beside this page."
    ).format(faces=faces, longest=duration(times.max()), all=duration(times.sum()))


def _timelines(log: Log, measures: m.Measures) -> list[dict[str, Any]]:
    """Return the timeline as it is and enlarged: for wide and narrow screens, and to scroll in."""
    if not measures.shown:
        return []

    def drawn(width_in: float, name: str) -> str:
        return plots.svg(lambda look: timeline(log, measures, look), width_in=width_in, name=name)

    whole = {
        "zoom": 1,
        "wide": drawn(plots.WIDE_IN, "wide"),
        "narrow": drawn(plots.NARROW_IN, "narrow"),
    }
    zooms = [zoom for zoom in ZOOMS if log.seconds >= zoom * MIN_VIEW_S]
    enlarged = [
        {
            "zoom": zoom,
            "svg": drawn(zoom * plots.WIDE_IN, f"zoom{zoom}"),
            "width_px": round(zoom * plots.WIDE_IN * plots.PAGE_DPI),
            "said": duration(log.seconds / zoom),
        }
        for zoom in zooms
    ]
    return [whole, *enlarged]


def _shares(log: Log, measures: m.Measures, seen: list[str]) -> Iterator[dict[str, Any]]:
    colors = plots.label_colors(log.labels)
    table = measures.shares.pivot(index="track", columns="label", values="share")
    for person in measures.people[measures.people["shown"]].itertuples():
        row = table.loc[person.track, seen]
        yield {
            "track": person.track,
            "cells": [
                {"text": percent(share), "tint": tint(colors[label], share)}
                for label, share in row.items()
            ],
            "believed": duration(person.believed_s),
        }


def _moments(
    moments: pd.DataFrame, pictures: Mapping[int, bytes], clips: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    for row in moments.itertuples():
        yield {
            "track": row.track,
            "label": row.label,
            "time": plots.moment(row.t),
            "probability": percent(row.confidence),
            "picture": jpeg_url(pictures.get(row.Index)),
            "clip": clips.get(row.Index),
        }


def _transitions(log: Log, measures: m.Measures) -> dict[str, Any] | None:
    table = plots.transition_table(log, measures)
    if table.empty:
        return None
    most = table.to_numpy().max()
    rows = [
        {
            "label": label,
            "cells": [
                {"text": count or "", "tint": tint("#0072b2", count / most)} for count in row
            ],
        }
        for label, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    return {"labels": list(table.columns), "rows": rows}


def _coverage(measures: m.Measures) -> Iterator[dict[str, Any]]:
    colors = plots.coverage_colors(measures)
    for part in measures.coverage[measures.coverage["seconds"] > 0].itertuples():
        yield {
            "state": word(_(part.state)),
            "color": colors[part.state],
            "width": round(100 * part.share, 2),
            "share": percent(part.share),
            "time": duration(part.seconds),
        }


def _rejections(measures: m.Measures) -> dict[str, Any] | None:
    rejections = measures.rejections[measures.rejections["track"].isin(measures.shown)]
    # For a single person, the coverage shows the same.
    if rejections.empty or len(measures.shown) == 1:
        return None
    table = rejections.pivot(index="track", columns="rejection", values="seconds").fillna(0)
    seen = measures.people.set_index("track")["seen_s"]
    rows = [
        {
            "track": track,
            "cells": [duration(seconds) if seconds else "" for seconds in row],
            "share": percent(row.sum() / seen[track]),
        }
        for track, row in table.iterrows()
    ]
    return {"reasons": [word(_(reason)) for reason in table.columns], "rows": rows}
