"""Take the frames of a source through the pipeline to the sinks, and count them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from time import perf_counter
from typing import Any

from emoapp.app.controller import Controller
from emoapp.config import LiveConfig, RunConfig, VideoConfig
from emoapp.errors import SinkError
from emoapp.pipeline import Detected, Pipeline
from emoapp.platforms import clock
from emoapp.provenance import Provenance
from emoapp.sinks import FileSink, Sink, open_log
from emoapp.sinks.described import DescribedLog
from emoapp.sources import Source, Waiting
from emoapp.tracking import MainPersonSelector
from emoapp.types import Frame, Result
from emoapp.utils.addresses import redact_url
from emoapp.utils.escape import encodable
from emoapp.utils.logs import get_logger
from emoapp.utils.stats import Stats, write_json
from emoapp.utils.terminal import complain

logger = get_logger(__name__)

Progress = Callable[[int, "int | None"], None]
"""Called with (frames done, frames in all or None) after each frame."""

Item = Frame | Detected
Analyze = Callable[[Pipeline, Any], Result]
"""How the pipeline makes a result of an item: `Pipeline.process`, `Pipeline.classify`, ..."""


class Run:
    """One run of one source.

    Args:
        config: Its limits, and where its statistics go.
        source: What is read; its name, size and rate go into the statistics.
        pipeline: Analyzes the items, or will once it is loaded.
        sinks: Take the results, in this order, after those of the controller.
        items: What the source yields: frames, and Waiting of a live source; None to read them from
            `source`.
        analyze: How the pipeline makes a result of an item.
        controller: Steers the run; None to go on to the source's end.
        stats: Counts; None for new ones.
        progress: Called after each frame.
    """

    def __init__(
        self,
        config: RunConfig,
        source: Source,
        pipeline: Pipeline | Future[Pipeline],
        sinks: Sequence[Sink],
        *,
        items: Iterable[Item | Waiting] | None = None,
        analyze: Analyze = Pipeline.process,
        controller: Controller | None = None,
        stats: Stats | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.stats = stats or Stats()
        self._config = config
        self._source = source
        self._loading = pipeline if isinstance(pipeline, Future) else None
        self._pipeline = None if isinstance(pipeline, Future) else pipeline
        self._controller_sinks: list[Sink] = []
        self._sinks = list(sinks)
        self._items = iter(_read(source) if items is None else items)
        self._analyze = analyze
        self._controller = controller or Controller(source)
        self._controller.limit_reached = self.limit_reached
        self._progress = progress
        self._began = clock.now()

    def to_the_end(self) -> dict:
        """Run until the source, the user or a limit ends it, and return the statistics.

        Where an error ends it, the statistics are written all the same, and the error is raised.
        """
        self._began = clock.now()
        try:
            while not self._controller.ended and not self.limit_reached():
                item = next(self._items, None)
                if item is None:
                    break
                self._take(item)
        except BaseException:
            try:
                self._summarize()
            except SinkError as exc:  # said, and not raised: it would hide why the run ended
                complain(exc)
            raise
        return self._summarize()

    def limit_reached(self) -> bool:
        """Whether a live run has lasted as long as it was asked to.

        Recorded video is ended by its items, by its own seconds and not by the clock's.
        """
        frames, seconds = self._config.max_frames, self._config.max_seconds
        return isinstance(self._config, LiveConfig) and (
            (frames is not None and self.stats.analyzed >= frames)
            or (seconds is not None and clock.now() - self._began >= seconds)
        )

    def _take(self, item: Item | Waiting) -> None:
        if isinstance(item, Waiting):
            self._controller.wait(item)
            return
        self.stats.read += 1
        accepted = self._controller.accept(item) if isinstance(item, Frame) else item
        if accepted is None:
            return
        if self._loaded() is None and isinstance(accepted, Frame):
            self._controller.preview(accepted)
        pipeline = self._loaded()
        if pipeline is not None and not self._controller.ended:
            self._analyze_and_write(pipeline, accepted)

    def _loaded(self) -> Pipeline | None:
        if self._pipeline is None and self._loading is not None and self._loading.done():
            self._pipeline = self._loading.result()
            self._controller_sinks = list(self._controller.begin(self._pipeline))
        return self._pipeline

    def _analyze_and_write(self, pipeline: Pipeline, item: Item) -> None:
        began = perf_counter()
        result = self._analyze(pipeline, item)
        ms = dict(result.ms)
        _write(result, self._controller_sinks, ms)
        serving = perf_counter()
        shown_at, latency_ms = self._controller.serve(result), None
        if shown_at is not None:
            ms["show"] = ms.get("show", 0.0) + (perf_counter() - serving) * 1e3
            self.stats.shown += 1
            if result.frame.arrived is not None:
                latency_ms = (shown_at - result.frame.arrived) * 1e3
        # After the window is served: the threads that outputs wake would slow its drawing down.
        _write(result, self._sinks, ms)
        ms["total"] = (perf_counter() - began) * 1e3
        self.stats.add(ms, faces=len(result.tracks), latency_ms=latency_ms)
        if self._progress is not None:
            self._progress(self.stats.analyzed, self._source.frame_count)
        self._controller.rest(result)

    def _summarize(self) -> dict:
        """Return the statistics, also written where that was asked for."""
        numbers = self.stats.as_dict(
            source=self._source.name,
            size_wh=self._source.size_wh,
            source_fps=self._source.fps,
            missed=self._controller.missed,
        )
        logger.info("run over: %s", numbers)
        if self._config.stats is not None:
            write_json(self._config.stats, numbers, overwrite=self._config.overwrite)
        return numbers


def open_results_log(config: LiveConfig | VideoConfig, pipeline: Pipeline) -> FileSink:
    """Open the log of a run; the caller closes it.

    Raises:
        UsageError: The suffix names no log.
        SinkError: It can't be written.
    """
    assert config.log is not None
    log = open_log(
        config.log,
        pipeline.labels,
        source=config.source,
        overwrite=config.overwrite,
        profile=config.profile is not None,
    )
    return DescribedLog(log, config.log, _provenance(config, pipeline))


def _provenance(config: LiveConfig | VideoConfig, pipeline: Pipeline) -> Provenance:
    classifier = pipeline.classifier
    model = classifier.path.name if classifier.path else ""
    return Provenance(
        source=encodable(redact_url(config.source)),
        labels=tuple(map(encodable, pipeline.labels)),
        model=encodable(model),
        model_sha256=classifier.description.sha256.get(model, ""),
        detector=pipeline.detector.name,
        device=classifier.name,
        smoothing_s=config.smoothing_s,
        limits=asdict(pipeline.limits),
        profile=config.profile and encodable(config.profile),
        live=isinstance(config, LiveConfig),
    )


def open_pipeline(
    config: RunConfig, *, frames: int | None = None, classify_interval: int = 1
) -> Pipeline:
    """Open the pipeline of a run; the caller closes it.

    Args:
        config: Detector, device, model, smoothing, limits.
        frames: How many will come, where that is known: decides whether a GPU is worth its start.
        classify_interval: Classify each of several faces in one of so many frames (see `Pipeline`).
    """
    from emoapp.classifiers import open_classifier
    from emoapp.detectors import open_detector

    classifier = open_classifier(
        config.model, device=config.device, frames=frames, contempt=config.contempt
    )
    try:
        corrector = None
        if config.profile is not None:
            from emoapp.profiles.use import open_corrector

            corrector = open_corrector(config.profile, classifier)
        detector = open_detector(config.detector)
    except BaseException:
        classifier.close()
        raise
    spare_main = isinstance(config, VideoConfig) and config.blur == "others"
    return Pipeline(
        detector,
        classifier,
        smoothing_s=config.smoothing_s,
        limits=config.limits,
        classify_interval=classify_interval,
        selector=MainPersonSelector() if spare_main else None,
        corrector=corrector,
    )


def _write(result: Result, sinks: Sequence[Sink], ms: dict[str, float]) -> None:
    """Hand a result to sinks, and add the time of their stages to `ms`."""
    for sink in sinks:
        sink.write(result)
        for stage, value in sink.ms.items():
            ms[stage] = ms.get(stage, 0.0) + value


def _read(source: Source) -> Iterator[Frame | Waiting]:
    while (item := source.read()) is not None:
        yield item
