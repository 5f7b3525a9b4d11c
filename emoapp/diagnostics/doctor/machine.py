"""Check the program's surroundings: packages, cameras, the screen, the GPU."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from packaging.requirements import Requirement

from emoapp.diagnostics.doctor.findings import OK, PROBLEM, WARNING, Finding, finding_from_error
from emoapp.errors import DeviceError, NoScreenError
from emoapp.platforms.gpu import why_no_gpu
from emoapp.platforms.runtime import explain_missing, missing_libraries

REPORTED_PACKAGES = ("opencv-python", "ai-edge-litert", "av", "numpy", "tensorflow", "mediapipe")
"""Packages whose versions a bug report should contain."""

HEADLESS_PACKAGES = ("opencv-python-headless", "opencv-contrib-python-headless")


def check_packages() -> Finding:
    """Check whether all packages are installed in versions that the program works with."""
    versions = {"Python": platform.python_version()}
    versions |= {name: installed for name in REPORTED_PACKAGES if (installed := _version(name))}
    found = ", ".join(f"{name} {number}" for name, number in versions.items())
    try:
        needed = [Requirement(text) for text in requires("emoapp") or ()]
    except PackageNotFoundError:
        return Finding(WARNING, f"{found}; emoapp itself is not installed", "pip install .")
    wrong = []
    for package in needed:
        if package.marker is not None and not package.marker.evaluate({"extra": ""}):
            continue
        installed = _version(package.name)
        if installed is None or not package.specifier.contains(installed, prereleases=True):
            wrong.append((f"{package.name} {installed or 'is missing'}", package))
    if missing := missing_libraries():
        return Finding(PROBLEM, f"missing: {', '.join(missing)}", "; ".join({*missing.values()}))
    for _, package in wrong:
        if reason := explain_missing(package.name):
            return Finding(PROBLEM, reason)
    if wrong:
        install = " ".join(f'"{package.name}{package.specifier}"' for _, package in wrong)
        return Finding(PROBLEM, "; ".join(text for text, _ in wrong), f"pip install {install}")
    opencv, contrib = _version("opencv-python"), _version("opencv-contrib-python")
    if contrib not in (None, opencv):
        said = f"opencv-python {opencv} and opencv-contrib-python {contrib} are in one folder"
        return Finding(
            PROBLEM, said, f'pip install --force-reinstall "opencv-python=={contrib}", or only one'
        )
    headless = [name for name in HEADLESS_PACKAGES if _version(name)]
    if headless:
        advice = f"pip uninstall {' '.join(headless)}, then install emoapp again"
        return Finding(WARNING, f"{headless[0]} keeps OpenCV from opening windows", advice)
    return Finding(OK, found)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def check_cameras() -> Finding:
    """List the cameras and check whether the first one delivers an image."""
    from emoapp.platforms.cameras import default_of
    from emoapp.sources import open_source
    from emoapp.sources.listing import NONE_HINT, list_cameras

    cameras = list_cameras()
    if not cameras:
        return Finding(WARNING, "there is none", NONE_HINT)
    names = ", ".join(f"{camera.number}: {camera.name}" for camera in cameras)
    with open_source(default_of([(c.number, c.name) for c in cameras])) as camera:
        width, height = next(iter(camera)).size_wh
    return Finding(OK, f"{names}; {camera.name} gives {width}x{height}")


def check_screen() -> Finding:
    """Check whether a window can be opened; opens one for a moment."""
    from emoapp.sinks import open_window

    try:
        window = open_window("emoapp doctor")
        with window:
            window.stand()
    except NoScreenError as exc:
        return finding_from_error(exc, WARNING)
    return Finding(OK, "a window can be opened")


def check_gpu() -> Finding:
    """Check whether TensorFlow can use a GPU; it is optional, as the CPU is fast enough."""
    if reason := why_no_gpu():
        return Finding(OK, f"not used: {reason.partition('; ')[0]}; the CPU is enough")
    if find_spec("tensorflow") is None:
        return Finding(OK, "not used: TensorFlow is not installed, and the CPU is enough")
    from emoapp.classifiers import open_classifier

    try:
        open_classifier(device="gpu").close()
    except DeviceError as exc:
        return Finding(OK, f"not used: {str(exc).partition('; ')[0]}; the CPU is enough")
    return Finding(OK, "TensorFlow can use it: --device gpu")
