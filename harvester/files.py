"""Files kept under the sha256 of what is in them: each once, whole or not at all, and no name chosen by others."""

import contextlib
import hashlib
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from harvester.clock import utc_now

ABANDONED = timedelta(days=1)
"""A partial file nobody has written to for so long belongs to a process that is no more."""


def new_part(folder: Path) -> Path:
    """Where in this folder to write a file that is not whole yet; nobody else is given the same."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid4().hex}.part"


class Files:
    """A folder of files. Content is found by its sha256, so that a file damaged on disk is known to be: it is absent.

    A file gets its name in one step, when it is whole and on the disk. After a power cut that step may be undone; then
    the file is absent, and can be fetched again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def temporary(self) -> Path:
        """The folder for partial files: inside, since files move in one step only within a file system."""
        return self.folder / ".part"

    def path(self, sha256: str) -> Path:
        """Where the file with this content is, or would be. ValueError for what is no sha256, so for any other path."""
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError(f"{sha256!r:.100} is not a sha256 in lower case")
        return self.folder / sha256[:2] / sha256

    def keep(self, content: bytes) -> str:
        """Keep content that is in memory; its sha256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self.read(sha256) is None:
            part = new_part(self.temporary)
            try:
                part.write_bytes(content)
                self.adopt(part, sha256)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return sha256

    def adopt(self, path: Path, sha256: str) -> None:
        """Move in a file written to `temporary`, whose writer worked out its sha256 on the way."""
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        # In place of one that is there already: that one holds the same, or is damaged.
        path.replace(target)

    def read(self, sha256: str) -> bytes | None:
        """The content, or None where it is not there, or no longer what it was."""
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def sweep(self) -> None:
        """Remove what killed processes left behind. Younger files may be those of a process at work."""
        oldest = (datetime.fromisoformat(utc_now()) - ABANDONED).timestamp()
        for part in self.temporary.glob("*.part"):
            with contextlib.suppress(FileNotFoundError):  # its owner lives, and was done with it just now
                if part.stat().st_mtime < oldest:
                    part.unlink()
