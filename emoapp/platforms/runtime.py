"""Libraries of the system that packages need and no wheel brings."""

from __future__ import annotations

import platform
from collections.abc import Iterable

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        "LiteRT needs MSVCP140.dll and VCRUNTIME140_THREADS.dll, which neither Python nor a wheel "
        "brings.",
        "ai-edge-litert 2",
        "the wheel's import table (.ci/wheel_libraries.py)",
    ),
    Fact(
        "windows",
        "OpenCV needs Media Foundation (MF.dll, MFPlat.dll, MFReadWrite.dll), which the editions "
        "N do not have until the Media Feature Pack is added.",
        "Windows 10",
        "the wheel's import table (.ci/wheel_libraries.py); Microsoft, Media Feature Pack",
    ),
    Fact("windows", "There is no LiteRT and no OpenCV for Windows on ARM.", "always", "PyPI"),
    Fact("macos", "There is no LiteRT for Macs with an Intel processor.", "always", "PyPI"),
)

REDISTRIBUTABLE = (
    "install Microsoft's Visual C++ Redistributable from "
    "https://aka.ms/vs/17/release/vc_redist.x64.exe and start again"
)

MEDIA_FOUNDATION = (
    "on Windows N, add the Media Feature Pack: Settings, System, Optional features, View features; "
    "then restart the computer"
)

LIBRARIES = {
    "msvcp140.dll": REDISTRIBUTABLE,
    "vcruntime140_1.dll": REDISTRIBUTABLE,
    "vcruntime140_threads.dll": REDISTRIBUTABLE,
    "mf.dll": MEDIA_FOUNDATION,
    "mfplat.dll": MEDIA_FOUNDATION,
    "mfreadwrite.dll": MEDIA_FOUNDATION,
}
"""Library of Windows that a wheel expects -> what to do where it is missing."""

_ADVICE = {"cv2": MEDIA_FOUNDATION, "litert": REDISTRIBUTABLE}
"""Part of a module's name -> what to do where it finds no library."""


def missing_libraries() -> dict[str, str]:
    """Return which of `LIBRARIES` are missing, with the advice; none on other systems."""
    if platforms.system() != "windows":
        return {}
    return {name: advice for name, advice in LIBRARIES.items() if not _loads(name)}


def explain_import(exc: ImportError) -> str | None:
    """Return what to do about a package that is installed and cannot be imported.

    Args:
        exc: Why.

    Returns:
        A message for the user; None where nothing is known.
    """
    if platforms.system() != "windows" or "DLL load failed" not in str(exc):
        return None
    name = (exc.name or str(exc)).lower()
    for part, advice in _ADVICE.items():
        if part in name or part in str(exc).lower():
            missing = missing_libraries()
            what = f" ({', '.join(missing)})" if missing else ""
            return f"{exc.name or part} finds no library of Windows that it needs{what}: {advice}."
    return None


def explain_missing(package: str) -> str:
    """Return why pip finds no wheel of a package here; "" where it should find one.

    Args:
        package: The package's name.
    """
    machine = platform.machine().lower()
    if package not in ("ai-edge-litert", "opencv-python"):
        return ""
    if platforms.system() == "windows" and machine in ("arm64", "aarch64"):
        return (
            f"there is no {package} for Windows on ARM; install Python for x86-64 (64-bit), which "
            "Windows runs as well, and emoapp with it"
        )
    if platforms.system() == "macos" and machine == "x86_64":
        return f"there is no {package} for Macs with an Intel processor: emoapp needs Apple silicon"
    return ""


def wheel_libraries(imported: Iterable[str], brought: Iterable[str]) -> set[str]:
    """Return the libraries that wheels import and none of them, Python or Windows itself brings.

    Args:
        imported: Names of DLLs in the wheels' import tables.
        brought: Names of DLLs and modules in the wheels.
    """
    own = {name.lower() for name in brought}
    names = {name.lower() for name in imported} - own - _WINDOWS - _PYTHON
    return {name for name in names if not name.startswith(("api-ms-win-", "python3"))}


_PYTHON = {"vcruntime140.dll", "vcruntime140_1.dll"}
_WINDOWS = {
    *("advapi32.dll", "avicap32.dll", "bcrypt.dll", "comdlg32.dll", "crypt32.dll", "d3d11.dll"),
    *("dbghelp.dll", "dxgi.dll", "gdi32.dll", "iphlpapi.dll", "kernel32.dll", "msvcrt.dll"),
    *("ncrypt.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "pdh.dll", "powrprof.dll"),
    *("psapi.dll", "secur32.dll", "shell32.dll", "shlwapi.dll", "user32.dll", "ws2_32.dll"),
    *("wsock32.dll", "version.dll", "winmm.dll", "setupapi.dll", "rpcrt4.dll", "userenv.dll"),
}
"""Libraries that every edition of Windows has."""


def _loads(name: str) -> bool:
    import ctypes

    try:
        ctypes.WinDLL(name)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
