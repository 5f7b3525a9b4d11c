"""Which libraries of Windows the installed wheels expect and none of them brings.

`PYTHON .ci/wheel_libraries.py [FOLDER]`, with pefile installed; FOLDER has wheels or what was
unpacked from them, and is the environment's packages where it is left out. Ends with exit status 1
where a library is not in `emoapp.platforms.runtime.LIBRARIES`, which the doctor looks for.
"""

from __future__ import annotations

import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pefile

from emoapp.platforms.runtime import LIBRARIES, wheel_libraries

PACKAGES = (
    "ai_edge_litert",
    "av",
    "cv2",
    "lap",
    "numpy",
    "PIL",
    "psutil",
    "opencv_python",
    "pillow",
)


def binaries(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the content of each library of the packages that emoapp needs."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(PACKAGES):
            continue
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                for name in wheel.namelist():
                    if name.endswith((".pyd", ".dll")):
                        yield name.rsplit("/", 1)[-1], wheel.read(name)
        elif path.is_dir():
            for found in sorted(path.rglob("*")):
                if found.suffix in (".pyd", ".dll"):
                    yield found.name, found.read_bytes()


def imports_of(content: bytes) -> Iterator[str]:
    library = pefile.PE(data=content, fast_load=True)
    library.parse_data_directories(
        directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]]
    )
    for entry in getattr(library, "DIRECTORY_ENTRY_IMPORT", ()):
        yield entry.dll.decode("ascii")


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("platlib"))
    needed: dict[str, set[str]] = {}
    brought = []
    for name, content in binaries(folder):
        brought.append(name)
        for library in imports_of(content):
            needed.setdefault(library.lower(), set()).add(name)
    # What only LiteRT's optional backends load, which emoapp does not use.
    optional = {"openvino.dll", "openvino_tensorflow_lite_frontend.dll"}
    missing = wheel_libraries(needed, brought) - optional
    for library in sorted(missing):
        known = "expected" if library in LIBRARIES else "NOT IN emoapp.platforms.runtime"
        print(f"{library}: {known}; needed by {', '.join(sorted(needed[library]))}")
    if not brought:
        print(f"{folder} holds no libraries of Windows")
    return 1 if missing - LIBRARIES.keys() else 0


if __name__ == "__main__":
    raise SystemExit(main())
