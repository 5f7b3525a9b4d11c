"""Take the network out of MediaPipe's wheel again: `python models/detection/extract.py`.

Downloads the wheel with pip, or reads the one that is given, and writes what SHA256SUMS lists into
this folder. Fails, and writes nothing, unless it has the checksum that is given there.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
RELEASE = "mediapipe==0.10.21"
INSIDE = "mediapipe/modules/face_detection"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help=f"a wheel of {RELEASE} (default: download it)")
    parser.add_argument("--output", type=Path, default=FOLDER, metavar="FOLDER")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        networks = extract(args.wheel or download(Path(folder)))
    for name, data in networks.items():
        (args.output / name).write_bytes(data)
        print(f"wrote {args.output / name}")


def download(folder: Path) -> Path:
    """The release's wheel for one platform: all of them carry the same network."""
    platform = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *platform]
    subprocess.run([*command, "--only-binary=:all:", "--dest", folder, RELEASE], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def extract(wheel: Path) -> dict[str, bytes]:
    """Name -> content of the networks that SHA256SUMS lists; exits where one is another."""
    networks = {}
    with zipfile.ZipFile(wheel) as archive:
        for line in (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines():
            expected, name = line.split()
            networks[name] = archive.read(f"{INSIDE}/{name}")
            found = hashlib.sha256(networks[name]).hexdigest()
            if found != expected:
                sys.exit(f"{wheel}: {name} has SHA-256 {found}, expected {expected}")
    return networks


if __name__ == "__main__":
    main()
