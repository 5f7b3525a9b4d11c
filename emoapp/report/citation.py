"""Say how numbers were made, in a table and in a sentence to cite."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import emoapp
from emoapp.provenance import Provenance
from emoapp.utils.language import N_, _


class HasProvenance(Protocol):
    """Something of which is known how it was made, or not."""

    @property
    def about(self) -> Provenance | None:
        """How it was made; None if unknown."""


UNKNOWN = N_("not known: no file beside the log says so")


def today() -> str:
    """Return the day, as ISO 8601 has it."""
    return time.strftime("%Y-%m-%d")


def facts(log: Path, source: str | None, about: Provenance | None) -> Iterator[tuple[str, str]]:
    """Yield what must be known to repeat the analysis: name and value.

    Args:
        log: The log.
        source: What was read; None if unknown.
        about: How the log was made; None if unknown.
    """
    yield _("Report"), made_on(today(), emoapp.__version__)
    yield _("Recording"), source or _("not named in the log")
    yield _("Log"), log.name
    if about is None:
        for name in (_("Analyzed"), _("Model"), _("Detector"), _("Smoothing"), _("Limits")):
            yield name, _(UNKNOWN)
        return
    yield _("Analyzed"), made_on(_moment(about.created), about.version)
    yield _("Model"), about.model or "–"
    yield "SHA-256", about.model_sha256 or "–"
    yield _("Detector"), about.detector
    yield _("Network run by"), about.device
    yield _("Smoothing"), smoothing(about)
    yield _("Limits"), limits(about)
    if about.profile:
        yield _("Profile"), about.profile
    if about.live:
        yield _("Settings"), _("as the window began; they can be changed in it")


def made_on(when: str, version: str) -> str:
    """Return when something was made, and by which version."""
    return _("{day}, by emoapp {version}").format(day=when, version=version)


def citation(about: Provenance | None) -> str:
    """Return a sentence that says with what the expressions were estimated.

    Args:
        about: How the log was made; None if unknown.
    """
    if about is None:
        return (
            f"Reported with emoapp {emoapp.__version__} on {today()}; the version, model, detector "
            "and settings of the analysis are not known."
        )
    return (
        f"Facial expressions were estimated with emoapp {about.version} on "
        f"{about.created[:10]} (model {model(about)}; face detector {about.detector}; smoothing "
        f"{smoothing(about)}; limits {limits(about)}) and summarized with emoapp "
        f"{emoapp.__version__} on {today()}."
    )


def citation_of_several(count: int) -> str:
    """Return the sentence for recordings that were not all analyzed alike.

    Args:
        count: How many recordings.
    """
    return (
        f"Facial expressions in {count} recordings were summarized with emoapp "
        f"{emoapp.__version__} on {today()}; they were not all analyzed with the same settings, or "
        "not all settings are known: the table above lists them."
    )


def model(about: Provenance) -> str:
    """Return the model's file with the beginning of its SHA-256."""
    digest = f" (SHA-256 {about.model_sha256[:16]}…)" if about.model_sha256 else ""
    return f"{about.model or '–'}{digest}"


def smoothing(about: Provenance) -> str:
    """Return the time constant of the average over time."""
    return f"{about.smoothing_s:g} s"


def limits(about: Provenance) -> str:
    """Return the thresholds that a face had to meet."""
    return ", ".join(f"{name} {value:g}" for name, value in about.limits.items())


def differing(recordings: Iterable[HasProvenance]) -> dict[str, Counter[str]]:
    """Return which settings differ between recordings: name -> value -> how many have it.

    Args:
        recordings: Each with an attribute `about`; those of which nothing is known are left out.
    """
    known = [one for one in recordings if one.about is not None]
    return {name: values for name, values in settings(known).items() if len(values) > 1}


def settings(recordings: Iterable[HasProvenance]) -> dict[str, Counter[str]]:
    """Return with which settings recordings were analyzed: name -> value -> how many have it.

    Args:
        recordings: Each with an attribute `about`.
    """
    counts: dict[str, Counter[str]] = {}
    for one in recordings:
        about = one.about
        said = {
            _("Version"): about and f"emoapp {about.version}",
            _("Model"): about and model(about),
            _("Detector"): about and about.detector,
            _("Smoothing"): about and smoothing(about),
            _("Limits"): about and limits(about),
            _("Profile"): about and (about.profile or "–"),
        }
        for name, value in said.items():
            counts.setdefault(name, Counter())[value or _(UNKNOWN)] += 1
    return counts


def _moment(created: str) -> str:
    try:
        return datetime.fromisoformat(created).strftime("%Y-%m-%d %H:%M")
    except ValueError:  # Python 3.10 reads no offset without a colon
        return created.replace("T", " ")[:16]
