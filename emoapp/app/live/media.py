"""Find the folders for snapshots and recordings that the user makes by a key."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from emoapp.sinks.files import cannot_write


class MediaFolders:
    """The folders for snapshots and recordings, created if they are missing.

    Args:
        folder: For both; None for the platform's own for pictures and for videos.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def pictures(self) -> Path:
        """Return the folder for snapshots.

        Raises:
            SinkError: It can't be made.
        """
        return self._made(self._folder or platformdirs.user_pictures_path())

    def videos(self) -> Path:
        """Return the folder for recordings.

        Raises:
            SinkError: It can't be made.
        """
        return self._made(self._folder or platformdirs.user_videos_path())

    def _made(self, folder: Path) -> Path:
        folder = folder.absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise cannot_write(folder, exc) from exc
        return folder
