"""Read and write the manifest: the list of the files that a report consists of."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePosixPath

import emoapp
from emoapp.errors import SinkError

MANIFEST = "emoapp-report.json"
"""Name of the manifest: lists the files of the report in its folder, with their SHA-256."""

_FILES, _PENDING = "files", "pending"

Hashes = dict[str, set[str]]
"""File name in the folder, with "/" -> SHA-256 of its written content (two, if interrupted)."""


def own_files(folder: Path) -> Hashes:
    """Return the files in a folder that a report wrote and nobody changed.

    Raises:
        SinkError: The folder's manifest is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        listed = [*content.get(_FILES, {}).items(), *content.get(_PENDING, {}).items()]
        known: Hashes = {}
        for name, digest in listed:
            if _is_inside(name):
                known.setdefault(name, set()).add(digest)
    except (ValueError, AttributeError, TypeError) as exc:
        raise SinkError(
            f"{path} does not list a report's files, so none can be replaced. "
            "Move it away, or choose another folder with -o."
        ) from exc
    files = {name: folder / name for name in known}
    return {
        name: known[name]
        for name, file in files.items()
        if file.is_file() and not file.is_symlink() and sha256_of(file) in known[name]
    }


def _is_inside(name: str) -> bool:
    """Return whether a listed name stays within the folder, as a report's own names do."""
    parts = PurePosixPath(name).parts
    return len(parts) in (1, 2) and all(
        Path(part).name == part and part not in ("..", MANIFEST) for part in parts
    )


def manifest_text(files: Hashes, pending: Hashes | None = None) -> str:
    """Return the text of a manifest.

    Args:
        files: The files of the report.
        pending: Files that are about to be written.
    """
    content: dict[str, object] = {"emoapp": emoapp.__version__}
    for key, hashes in ((_FILES, files), (_PENDING, pending or {})):
        content[key] = {name: min(digests) for name, digests in hashes.items()}
    return json.dumps(content, indent=1) + "\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
