"""Libraries of Windows that are missing, and packages that are not made for a machine."""

from __future__ import annotations

import builtins
import ctypes
import platform
import sys

import pytest
from support.desks import pretend

from emoapp.cli import main
from emoapp.diagnostics.doctor import PROBLEM, checks, examine
from emoapp.diagnostics.doctor.machine import check_packages
from emoapp.errors import NotInstalledError
from emoapp.platforms import runtime
from emoapp.utils.litert import open_network
from emoapp.utils.resources import DETECTION


@pytest.fixture
def without(monkeypatch):
    """without(*names): Windows on which these libraries are missing."""

    def arrange(*names: str) -> None:
        pretend(monkeypatch, "windows")

        def load(name: str):
            if name in names:
                raise FileNotFoundError(f"Could not find module {name!r}")

        monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)

    return arrange


@pytest.fixture
def broken(monkeypatch):
    """broken(name): a package whose native part finds no library."""

    def arrange(name: str) -> None:
        real = builtins.__import__

        def load(wanted, *rest, **more):
            if wanted == name or wanted.startswith(f"{name}."):
                said = f"DLL load failed while importing {name}: The specified module was not found"
                raise ImportError(said, name=name)
            return real(wanted, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", load)

    return arrange


def test_litert_without_its_runtime_names_what_to_install(without, broken):
    without("msvcp140.dll", "vcruntime140_threads.dll")
    broken("ai_edge_litert")
    with pytest.raises(NotInstalledError, match="vcruntime140_threads.dll.*aka.ms/vs/17"):
        open_network(DETECTION / "face_detection_short_range.tflite")


@pytest.mark.logs_errors
def test_opencv_without_media_foundation_is_a_message(without, broken, monkeypatch, capsys):
    without("mf.dll", "mfplat.dll")
    monkeypatch.delitem(sys.modules, "emoapp.cli.cameras", raising=False)
    monkeypatch.setattr("emoapp.sources.listing.list_cameras", _imports_opencv)
    broken("cv2")
    assert main(["cameras"]) == 1
    said = capsys.readouterr().err
    assert "mfplat.dll" in said and "Media Feature Pack" in said and said.count("\n") == 1
    finding = examine(_imports_opencv)
    assert finding.level == PROBLEM and "Media Feature Pack" in finding.advice


def _imports_opencv():
    import cv2.nothing  # noqa: F401


def test_the_doctor_looks_for_the_libraries(without):
    without("vcruntime140_threads.dll")
    finding = examine(checks()["packages"])
    assert finding.level == PROBLEM and "vcruntime140_threads.dll" in finding.found
    assert "vc_redist.x64.exe" in finding.advice
    without()
    assert "missing" not in check_packages().found


@pytest.mark.parametrize(
    ("system", "machine", "says"),
    [
        ("windows", "ARM64", "x86-64"),
        ("macos", "x86_64", "Apple silicon"),
        ("linux", "aarch64", ""),
    ],
)
def test_a_machine_for_which_nothing_is_made_is_named(monkeypatch, system, machine, says):
    pretend(monkeypatch, system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert says in runtime.explain_missing("ai-edge-litert")
    assert bool(says) == bool(runtime.explain_missing("ai-edge-litert"))


def test_a_scan_of_wheels_tells_what_none_of_them_brings():
    """As in the wheels of OpenCV 4.14, LiteRT 2.3 and PyAV 18."""
    imported = ["KERNEL32.dll", "MSVCP140.dll", "MF.dll", "python3.dll", "VCRUNTIME140.dll"]
    imported += ["api-ms-win-crt-math-l1-1-0.dll", "avcodec-62.dll", "new.dll"]
    found = runtime.wheel_libraries(imported, ["avcodec-62.dll"])
    assert found == {"msvcp140.dll", "mf.dll", "new.dll"}
    assert found - runtime.LIBRARIES.keys() == {"new.dll"}
