"""Put the parts of a report together and write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from emoapp.errors import SourceError
from emoapp.report import chapters, clips, measures, pictures, plots
from emoapp.report.config import ReportConfig, WrittenReport
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
CLIPS_FOLDER = "clips"

MAX_LABEL_CHARS = 40
"""Length of the label in a clip's name."""

MAX_MOMENTS = 12
"""Number of moments that the page shows."""

SHOT_WH, SHOT_AROUND = (480, 360), 2.4
PORTRAIT_WH, PORTRAIT_AROUND = (200, 200), 1.7
"""Maximum size of an image in pixels, and its height as a multiple of the face's height."""


def write_report(config: ReportConfig) -> WrittenReport:
    """Write a report.

    If anything fails, the folder keeps its previous content.

    Args:
        config: What to write, and where.

    Raises:
        DataError: The log is damaged.
        SourceError: A video that is needed is missing or cannot be read.
        SinkError: The folder is not empty or cannot be written, or a file that no report wrote
            has a name that is needed.
        UsageError: The settings do not fit the log.
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
) -> WrittenReport:
    measured = measures.measure(log)
    moments = measures.strongest(log, MAX_MOMENTS, tracks=measured.shown)
    logger.info("report of %s in %s", config.log, target.folder)
    chosen = _choose_clips(log, config.clips, measured)
    contents = _data_files(config, log, measured, moments)
    beside = [*contents, *chosen.values()]
    # Before the video is decoded, which may take minutes.
    target.claim([PAGE, *beside])
    written = WrittenReport(target.folder, [PAGE, *beside])
    shots, portraits = _images(config, log, video, moments, measured, written.notes)
    if video is not None:
        _cut_clips(video, log, chosen, target)
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
        write_file(target.stage / name, content)
    return written


def _data_files(
    config: ReportConfig, log: Log, measured: measures.Measures, moments: pd.DataFrame
) -> dict[str, bytes]:
    """Return the tables, plots and chapters: file name -> content."""
    contents = {name: text.encode() for name, text in tables(measured, moments).items()}
    contents |= _plots(log, measured)
    if config.chapters:
        contents["chapters.vtt"] = chapters.webvtt(chapters.chapters(log, measured)).encode()
    return contents


def _images(
    config: ReportConfig,
    log: Log,
    video: Path | None,
    moments: pd.DataFrame,
    measured: measures.Measures,
    notes: list[str],
) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Return the moments' images by row and the portraits by track; add gaps to `notes`."""
    if not config.pictures:
        return {}, {}
    if video is None:
        notes.append(f"{_no_video(log)}: the report has no pictures")
        return {}, {}
    best = measures.portraits(log, measured.shown)
    shots, shots_note = pictures.faces_as_jpeg(
        video, _with_frames(log, moments), around=SHOT_AROUND, size_wh=SHOT_WH
    )
    faces, faces_note = pictures.faces_as_jpeg(
        video, _with_frames(log, best), around=PORTRAIT_AROUND, size_wh=PORTRAIT_WH
    )
    note = shots_note or faces_note
    if note:
        notes.append(note)
    return shots, {int(best.loc[row, "track"]): jpeg for row, jpeg in faces.items()}


def _cut_clips(video: Path, log: Log, chosen: dict[float, str], target: ReportFolder) -> None:
    for t, name in chosen.items():
        _make_folder(target.stage / CLIPS_FOLDER)
        clips.cut(video, t - log.start_s, target.stage / name)


def _with_frames(log: Log, faces: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their frame numbers, and times since the first frame."""
    numbers = log.frames["frame"].to_numpy()[faces["position"].to_numpy(int)]
    return faces.assign(frame=numbers, t=faces["t"] - log.start_s)


def _plots(log: Log, measured: measures.Measures) -> dict[str, bytes]:
    drawn: dict[str, Callable[[plots.Look], Figure]] = {
        "coverage.png": lambda look: plots.coverage(measured, look)
    }
    if measured.shown:
        drawn["timeline.png"] = lambda look: timeline(log, measured, look)
        drawn["shares.png"] = lambda look: plots.shares(log, measured, look)
    if not measured.transitions.empty:
        drawn["transitions.png"] = lambda look: plots.transitions(log, measured, look)
    return {name: plots.png(draw) for name, draw in drawn.items()}


def _choose_clips(log: Log, count: int, measured: measures.Measures) -> dict[float, str]:
    """Choose the strongest moments: time -> name of the clip in the report's folder."""
    chosen = measures.strongest(
        log,
        count,
        tracks=measured.shown,
        apart_s=2 * clips.AROUND_S,  # no two clips overlap
        by_person=False,
        each=None,
    )
    names = {}
    for number, row in enumerate(chosen.itertuples(), 1):
        label = "".join(c if c.isalnum() else "-" for c in row.label[:MAX_LABEL_CHARS])
        at = plots.moment(row.t).replace(":", "-")
        names[row.t] = f"{CLIPS_FOLDER}/{number:02}_{label}_person{row.track}_{at}.mp4"
    return names


def _links(moments: pd.DataFrame, cut: dict[float, str]) -> dict[int, str]:
    """Return the clip's name for each moment that a clip shows, by index."""
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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise cannot_write(folder, exc) from exc


def write_file(path: Path, content: bytes) -> None:
    """Write a file of a report.

    Raises:
        SinkError: It cannot be written.
    """
    try:
        write_whole(path, lambda half: half.write_bytes(content))
    except OSError as exc:
        raise cannot_write(path, exc) from exc
