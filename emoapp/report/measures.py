"""What a log says in numbers: durations, shares, changes, coverage, the strongest moments.

All durations are sums of the time from a frame to the next, so uneven frames count as long as they
stood.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emoapp.overlay.theme import known
from emoapp.report.reading import Log

BRIEF_S = 0.5
"""Who was seen for less is listed with all others of that kind, not as a person."""
MOST_PEOPLE = 24
"""So many are shown one by one: those seen longest."""
CHANGE_S = 2.0
"""Expressions further apart than this are not taken for a change from one to the other."""
APART_S = 2.0
"""Moments of one person are at least so many seconds apart."""
EACH = 3
"""So many moments at most are of the same expression of the same person."""

BELIEVED = "believed"
NO_FACE = "no face"
NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """people: one row each, in the order in which they came: track, first_s, last_s, seen_s,
        believed_s, main (the expression shown longest, None without any), shown (whether they are
        told of one by one).
    shares: track, label, seconds, share (of believed_s), probability (its mean while believed).
    segments: stretches of one expression or one rejection: track, start_s, end_s, label, rejection.
    transitions: track, before, after, count.
    rejections: track, rejection, seconds.
    coverage: state (believed, a rejection, no face, not recorded), seconds, share (of the whole).
    """

    people: pd.DataFrame
    shares: pd.DataFrame
    segments: pd.DataFrame
    transitions: pd.DataFrame
    rejections: pd.DataFrame
    coverage: pd.DataFrame

    @property
    def shown(self) -> list[int]:
        """The tracks that are told of one by one."""
        return self.people.loc[self.people["shown"], "track"].tolist()


def measure(log: Log) -> Measures:
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
    apart_s: float = APART_S,
    by_person: bool = True,
    each: int | None = EACH,
) -> pd.DataFrame:
    """The rows of `log.faces` where the expression shown is most probable, strongest first.

    Neutral faces are left out.

    tracks: of these people only.
    apart_s: seconds between any two moments; by_person: between two of the same person.
    each: how many at most are of one expression of a person; None for any number.
    """
    telling = [label for label in log.labels if known(label) != "neutral"]
    wanted = log.faces["label"].isin(telling)
    if tracks is not None:
        wanted &= log.faces["track"].isin(tracks)
    left = log.faces[wanted].sort_values(["confidence", "t"], ascending=[False, True])
    chosen: list[int] = []
    kinds: Counter[tuple[int, str]] = Counter()
    while len(chosen) < count and not left.empty:
        best = left.iloc[0]
        chosen.append(left.index[0])
        kinds[best["track"], best["label"]] += 1
        out = (left["t"] - best["t"]).abs() < apart_s
        if by_person:
            out &= left["track"] == best["track"]
        if kinds[best["track"], best["label"]] == each:
            out |= (left["track"] == best["track"]) & (left["label"] == best["label"])
        left = left[~out]
    return log.faces.loc[chosen]


def portraits(log: Log, tracks: list[int]) -> pd.DataFrame:
    """The row of `log.faces` in which each of these people is seen best."""
    faces = log.faces[log.faces["track"].isin(tracks)]
    area = (faces["x1"] - faces["x0"]) * (faces["y1"] - faces["y0"])
    # A believed face before any other; then a sure detector on a large face.
    clear = faces["label"].notna() * 10 + faces["detector_score"] * area**0.25 / area.max() ** 0.25
    return faces.loc[clear.groupby(faces["track"]).idxmax()]


def _segments(log: Log) -> pd.DataFrame:
    faces = log.faces.sort_values(["track", "position"], kind="stable")
    state = faces["label"].fillna("").astype(str) + "\n" + faces["rejection"].fillna("").astype(str)
    ends = faces["t"] + faces["lasts"]
    new = (
        (faces["track"] != faces["track"].shift())
        | (faces["position"] != faces["position"].shift() + 1)
        | (state != state.shift())
        | (faces["t"] > ends.shift() + 1e-6)  # a gap that was not recorded
    )
    groups = faces.assign(end=ends).groupby(new.cumsum().to_numpy())
    return pd.DataFrame(
        {
            "track": groups["track"].first(),
            "start_s": groups["t"].first(),
            "end_s": groups["end"].last(),
            "label": _firsts(faces["label"], new),
            "rejection": _firsts(faces["rejection"], new),
        }
    ).reset_index(drop=True)


def _firsts(values: pd.Series, new: pd.Series) -> np.ndarray:
    # groupby's `first` skips what is None.
    return values.to_numpy(object)[new.to_numpy()]


def _shares(log: Log) -> pd.DataFrame:
    faces = log.faces[log.faces["label"].notna()]
    rows = []
    for track in sorted(log.faces["track"].unique()):
        of_one = faces[faces["track"] == track]
        whole = of_one["lasts"].sum()
        by_label = of_one.groupby("label")["lasts"].sum()
        for label in log.labels:
            seconds = float(by_label.get(label, 0.0))
            mean = (of_one[f"smoothed_{label}"] * of_one["lasts"]).sum()
            rows.append(
                {
                    "track": track,
                    "label": label,
                    "seconds": seconds,
                    "share": seconds / whole if whole else np.nan,
                    "probability": mean / whole if whole else np.nan,
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
    long_enough = people["seen_s"] >= min(BRIEF_S, log.seconds / 2)
    most = people.loc[long_enough, "seen_s"].nlargest(MOST_PEOPLE).index
    people["shown"] = people.index.isin(most)
    return people.reset_index()


def _transitions(segments: pd.DataFrame) -> pd.DataFrame:
    believed = segments[segments["label"].notna()]
    before = believed.shift()
    changed = (
        (believed["track"] == before["track"])
        & (believed["label"] != before["label"])
        & (believed["start_s"] - before["end_s"] <= CHANGE_S)
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
