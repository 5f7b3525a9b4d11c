"""Puts the parts of a report together and writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from emoapp.errors import SourceError
from emoapp.report import chapters, clips, measures, pictures, plots
from emoapp.report.folder import ReportFolder, report_folder
from emoapp.report.page import page
from emoapp.report.reading import Log, read_log
from emoapp.report.tables import tables
from emoapp.report.timeline import timeline
from emoapp.sinks.files import cannot_write
from emoapp.utils.files import write_whole
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

PAGE = "report.html"
CLIPS = "clips"
LONGEST_LABEL = 40
"""Letters of an expression in a clip's name."""
MOMENTS = 12
SHOT_WH, SHOT_AROUND = (480, 360), 2.4
PORTRAIT_WH, PORTRAIT_AROUND = (200, 200), 1.7
"""Largest size of a picture in pixels, and its height in heights of the face."""


@dataclass(frozen=True, slots=True)
class ReportConfig:
    """What `emoapp report` is asked to do.

    log: what `emoapp video --log` wrote.
    output: the folder; None for "<log>_report" beside the log.
    source: which video, in a log that holds several.
    video: the video; None for the one that the log names.
    pictures: show faces out of the video.
    chapters: write them as WebVTT.
    clips: cut so many moments out of the video.
    overwrite: write into a folder that is not empty: an earlier report is replaced, what no report
        wrote stays.
    """

    log: Path
    output: Path | None = None
    source: str | None = None
    video: Path | None = None
    pictures: bool = True
    chapters: bool = False
    clips: int = 0
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """folder: where the report is. files: names in it, the page first. notes: what was missed."""

    folder: Path
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_report(config: ReportConfig) -> Written:
    """Write the report; gives what was written.

    The folder has all of the report or, where anything goes wrong, what it had before.

    Raises DataError for a log that is none, SourceError where a video that is needed is missing,
    SinkError where the folder is not empty or can't be written, or where a file in it that no
    report wrote has a name that is needed; UsageError.
    """
    log = read_log(config.log, source=config.source)
    folder = config.output or config.log.with_name(f"{config.log.stem}_report")
    video = pictures.find_video(log, config.video)
    if config.clips and video is None:
        raise SourceError(f"{_no_video(log)}, so no clips can be cut.")
    inputs = [config.log, *([video] if video else [])]
    with report_folder(folder, overwrite=config.overwrite, inputs=inputs) as target:
        return _write_parts(config, log, video, target)


def _write_parts(
    config: ReportConfig, log: Log, video: Path | None, target: ReportFolder
) -> Written:
    measured = measures.measure(log)
    moments = measures.strongest(log, MOMENTS, tracks=measured.shown)
    logger.info("report of %s in %s", config.log, target.folder)
    chosen = _choose_clips(log, config.clips, measured)
    contents: dict[str, bytes] = {
        name: text.encode() for name, text in tables(measured, moments).items()
    }
    contents |= _plots(log, measured)
    if config.chapters:
        contents["chapters.vtt"] = chapters.webvtt(chapters.chapters(log, measured)).encode()
    beside = [*contents, *chosen.values()]
    # Before the video is decoded, which may take minutes.
    target.claim([PAGE, *beside])
    written = Written(target.folder, [PAGE, *beside])
    shots: dict[int, bytes] = {}
    portraits: dict[int, bytes] = {}
    if config.pictures and video is None:
        written.notes.append(f"{_no_video(log)}: the report has no pictures")
    elif config.pictures:
        shots, portraits = _pictures(log, video, moments, measured, written)
    for t, name in chosen.items():
        _make(target.stage / CLIPS)
        clips.cut(video, t - log.start_s, target.stage / name)
    if len(chosen) < config.clips:
        written.notes.append(f"only {len(chosen)} moments are far enough apart for a clip")
    html = page(
        log,
        measured,
        moments,
        title=_title(log, video),
        pictures=shots,
        portraits=portraits,
        clips=_links(moments, chosen),
        notes=written.notes,
        files=beside,
    )
    for name, content in {PAGE: html.encode(), **contents}.items():
        _write(target.stage / name, content)
    return written


def _pictures(
    log: Log, video: Path, moments: pd.DataFrame, measured: measures.Measures, written: Written
) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """The moments' pictures by row, the portraits by track."""
    best = measures.portraits(log, measured.shown)
    shots, note = pictures.faces_as_jpeg(
        video, _with_frames(log, moments), around=SHOT_AROUND, size_wh=SHOT_WH
    )
    faces, other = pictures.faces_as_jpeg(
        video, _with_frames(log, best), around=PORTRAIT_AROUND, size_wh=PORTRAIT_WH
    )
    if note or other:
        written.notes.append(note or other)
    return shots, {int(best.loc[row, "track"]): jpeg for row, jpeg in faces.items()}


def _with_frames(log: Log, faces: pd.DataFrame) -> pd.DataFrame:
    """With the number of each row's frame, and its time since the first frame."""
    numbers = log.frames["frame"].to_numpy()[faces["position"].to_numpy(int)]
    return faces.assign(frame=numbers, t=faces["t"] - log.start_s)


def _plots(log: Log, measured: measures.Measures) -> dict[str, bytes]:
    drawn = {"coverage.png": lambda look: plots.coverage(measured, look)}
    if measured.shown:
        drawn["timeline.png"] = lambda look: timeline(log, measured, look)
        drawn["shares.png"] = lambda look: plots.shares(log, measured, look)
    if not measured.transitions.empty:
        drawn["transitions.png"] = lambda look: plots.transitions(log, measured, look)
    return {name: plots.png(draw) for name, draw in drawn.items()}


def _choose_clips(log: Log, count: int, measured: measures.Measures) -> dict[float, str]:
    """The strongest moments: times and the clips' names in the report's folder."""
    chosen = measures.strongest(
        log,
        count,
        tracks=measured.shown,
        apart_s=2 * clips.AROUND_S,  # none shows what another shows
        by_person=False,
        each=None,
    )
    names = {}
    for number, row in enumerate(chosen.itertuples(), 1):
        label = "".join(c if c.isalnum() else "-" for c in row.label[:LONGEST_LABEL])
        at = plots.moment(row.t).replace(":", "-")
        names[row.t] = f"{CLIPS}/{number:02}_{label}_person{row.track}_{at}.mp4"
    return names


def _links(moments: pd.DataFrame, cut: dict[float, str]) -> dict[int, str]:
    """For each moment that a clip shows, the clip's name."""
    links = {}
    for row in moments.itertuples():
        nearest = min(cut, key=lambda t: abs(t - row.t), default=None)
        if nearest is not None and abs(nearest - row.t) < clips.AROUND_S:
            links[row.Index] = cut[nearest]
    return links


def _title(log: Log, video: Path | None) -> str:
    if video is not None:
        return video.name
    return Path(log.source).name if log.source else log.path.name


def _no_video(log: Log) -> str:
    if log.source:
        return f"The video {log.source} was not found here or beside the log (--video names it)"
    return f"{log.path} does not say which video it is of (--video names it)"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise cannot_write(folder, exc) from exc


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, lambda half: half.write_bytes(content))
    except OSError as exc:
        raise cannot_write(path, exc) from exc
