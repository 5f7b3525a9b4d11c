"""Measure a log: durations, shares, changes, coverage, the strongest moments.

All durations are sums of the time from each frame to the next, so uneven frames count for as long
as they lasted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emoapp.overlay.theme import known
from emoapp.report.reading import Log
from emoapp.utils.language import N_

MIN_SEEN_S = 0.5
"""Tracks that were seen for less are summed up and not shown as people."""

MAX_PEOPLE = 24
"""Number of people that are shown individually: those seen longest."""

MAX_CHANGE_GAP_S = 2.0
"""Expressions that are further apart are not counted as a change from one to the other."""

MIN_MOMENT_GAP_S = 2.0
"""Seconds between moments of one person."""

MAX_MOMENTS_PER_EXPRESSION = 3
"""Number of moments of the same expression of the same person."""

BELIEVED = N_("believed")
NO_FACE = N_("no face")
NOT_RECORDED = N_("not recorded")


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The numbers of a log, as tables.

    "Believed" is the time in which a track's label was accepted.

    Attributes:
        people: A row per track, in order of appearance: track, first_s, last_s, seen_s,
            believed_s, main (the expression shown longest, or None), lasting (seen for more
            than a moment), shown (individually).
        shares: track, label, seconds, share (of believed_s), probability (mean while believed).
        segments: Stretches of one expression or one rejection: track, start_s, end_s, label,
            rejection.
        transitions: track, before, after, count.
        rejections: track, rejection, seconds.
        coverage: state (believed, a rejection, no face, not recorded), seconds, share (of the
            whole duration).
    """

    people: pd.DataFrame
    shares: pd.DataFrame
    segments: pd.DataFrame
    transitions: pd.DataFrame
    rejections: pd.DataFrame
    coverage: pd.DataFrame

    @property
    def shown(self) -> list[int]:
        """The tracks that are shown individually."""
        return self.people.loc[self.people["shown"], "track"].tolist()


def measure(log: Log) -> Measures:
    """Return all measures of a log."""
    segments = _segments(log)
    shares = _shares(log)
    return Measures(
        people=_people(log, shares),
        shares=shares,
        segments=segments,
        transitions=_transitions(segments),
        rejections=_rejections(log),
        coverage=_coverage(log),
    )


def strongest(
    log: Log,
    count: int,
    *,
    tracks: list[int] | None = None,
    apart_s: float = MIN_MOMENT_GAP_S,
    by_person: bool = True,
    each: int | None = MAX_MOMENTS_PER_EXPRESSION,
) -> pd.DataFrame:
    """Return the rows of `log.faces` whose shown expression is most probable, strongest first.

    Neutral faces are left out.

    Args:
        log: The log.
        count: Maximum number of rows.
        tracks: Only these people; None for all.
        apart_s: Minimum seconds between two moments.
        by_person: Whether everyone's first moment comes before anyone's second, and `apart_s`
            applies only to moments of the same person.
        each: Maximum number of moments per person and expression; None for any number.
    """
    expressive = [label for label in log.labels if known(label) != "neutral"]
    wanted = log.faces["label"].isin(expressive)
    if tracks is not None:
        wanted &= log.faces["track"].isin(tracks)
    left = log.faces[wanted].sort_values(["confidence", "t"], ascending=[False, True])
    chosen: list[int] = []
    kinds: Counter[tuple[int, str]] = Counter()
    people: Counter[int] = Counter()
    while len(chosen) < count and not left.empty:
        taken = left["track"].map(lambda track: people[track])
        best = left[taken == taken.min()].iloc[0] if by_person else left.iloc[0]
        chosen.append(int(best.name))
        people[best["track"]] += 1
        kinds[best["track"], best["label"]] += 1
        out = (left["t"] - best["t"]).abs() < apart_s
        if by_person:
            out &= left["track"] == best["track"]
        if kinds[best["track"], best["label"]] == each:
            out |= (left["track"] == best["track"]) & (left["label"] == best["label"])
        left = left[~out]
    return log.faces.loc[chosen].sort_values(["confidence", "t"], ascending=[False, True])


def portraits(log: Log, tracks: list[int]) -> pd.DataFrame:
    """Return for each of these tracks the row of `log.faces` in which it is seen best."""
    faces = log.faces[log.faces["track"].isin(tracks)]
    area = (faces["x1"] - faces["x0"]) * (faces["y1"] - faces["y0"])
    # An accepted face before any other; then a high detector score and a large face.
    clarity = (
        faces["label"].notna() * 10 + faces["detector_score"] * area**0.25 / area.max() ** 0.25
    )
    return faces.loc[clarity.groupby(faces["track"]).idxmax()]


def _segments(log: Log) -> pd.DataFrame:
    faces = log.faces.sort_values(["track", "position"], kind="stable")
    state = faces["label"].fillna("").astype(str) + "\n" + faces["rejection"].fillna("").astype(str)
    ends = faces["t"] + faces["lasts"]
    is_first = (
        (faces["track"] != faces["track"].shift())
        | (faces["position"] != faces["position"].shift() + 1)
        | (state != state.shift())
        | (faces["t"] > ends.shift() + 1e-6)  # a gap that was not recorded
    )
    groups = faces.assign(end=ends).groupby(is_first.cumsum().to_numpy())
    return pd.DataFrame(
        {
            "track": groups["track"].first(),
            "start_s": groups["t"].first(),
            "end_s": groups["end"].last(),
            "label": _first_values(faces["label"], is_first),
            "rejection": _first_values(faces["rejection"], is_first),
        }
    ).reset_index(drop=True)


def _first_values(values: pd.Series, is_first: pd.Series) -> np.ndarray:
    # groupby's `first` skips None.
    return values.to_numpy(object)[is_first.to_numpy()]


def _shares(log: Log) -> pd.DataFrame:
    faces = log.faces[log.faces["label"].notna()]
    rows = []
    for track in sorted(log.faces["track"].unique()):
        own = faces[faces["track"] == track]
        whole_s = own["lasts"].sum()
        by_label = own.groupby("label")["lasts"].sum()
        for label in log.labels:
            seconds = float(by_label.get(label, 0.0))
            weighted = (own[f"smoothed_{label}"] * own["lasts"]).sum()
            rows.append(
                {
                    "track": track,
                    "label": label,
                    "seconds": seconds,
                    "share": seconds / whole_s if whole_s else np.nan,
                    "probability": weighted / whole_s if whole_s else np.nan,
                }
            )
    return pd.DataFrame(rows, columns=["track", "label", "seconds", "share", "probability"])


def _people(log: Log, shares: pd.DataFrame) -> pd.DataFrame:
    groups = log.faces.assign(
        end=log.faces["t"] + log.faces["lasts"],
        believed=log.faces["lasts"].where(log.faces["label"].notna(), 0.0),
    ).groupby("track")
    people = pd.DataFrame(
        {
            "first_s": groups["t"].first(),
            "last_s": groups["end"].last(),
            "seen_s": groups["lasts"].sum(),
            "believed_s": groups["believed"].sum(),
        }
    )
    longest = shares[shares["seconds"] > 0].sort_values("seconds", ascending=False, kind="stable")
    main = longest.drop_duplicates("track").set_index("track")["label"]
    people["main"] = [main.get(track) for track in people.index]
    people["lasting"] = people["seen_s"] >= min(MIN_SEEN_S, log.seconds / 2)
    longest_seen = people.loc[people["lasting"], "seen_s"].nlargest(MAX_PEOPLE).index
    people["shown"] = people.index.isin(longest_seen)
    return people.reset_index()


def _transitions(segments: pd.DataFrame) -> pd.DataFrame:
    believed = segments[segments["label"].notna()]
    before = believed.shift()
    changed = (
        (believed["track"] == before["track"])
        & (believed["label"] != before["label"])
        & (believed["start_s"] - before["end_s"] <= MAX_CHANGE_GAP_S)
    )
    pairs = pd.DataFrame(
        {"track": believed["track"], "before": before["label"], "after": believed["label"]}
    )[changed]
    return pairs.groupby(["track", "before", "after"]).size().rename("count").reset_index()


def _rejections(log: Log) -> pd.DataFrame:
    rejected = log.faces[log.faces["label"].isna()]
    reason = rejected["rejection"].fillna("unsure")
    seconds = rejected["lasts"].groupby([rejected["track"], reason]).sum()
    return seconds.rename("seconds").rename_axis(["track", "rejection"]).reset_index()


def _coverage(log: Log) -> pd.DataFrame:
    state = pd.Series(NO_FACE, index=log.frames.index, dtype=object)
    # The first face of a frame is its largest.
    largest = log.faces.drop_duplicates("position").set_index("position")
    state[largest.index] = largest["rejection"].fillna("unsure")
    state[log.faces.loc[log.faces["label"].notna(), "position"].unique()] = BELIEVED
    seconds = log.frames["lasts"].groupby(state).sum().sort_values(ascending=False).to_dict()
    seconds = {
        BELIEVED: seconds.pop(BELIEVED, 0.0),
        NO_FACE: seconds.pop(NO_FACE, 0.0),
        **seconds,
    }
    no_face = seconds.pop(NO_FACE)
    seconds[NO_FACE] = no_face
    if log.unrecorded_s > 0:
        seconds[NOT_RECORDED] = log.unrecorded_s
    table = pd.DataFrame({"state": list(seconds), "seconds": list(seconds.values())})
    return table.assign(share=table["seconds"] / log.seconds)
