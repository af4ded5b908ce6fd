"""What our readers made of documents, kept so that a replay need not read them again. A cache: it may be deleted."""

import json
import logging
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvester.documents import readers_version
from harvester.store.faults import DAMAGED, code_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

logger = logging.getLogger(__name__)

TABLE = """
    CREATE TABLE IF NOT EXISTS readings (
        sha256 TEXT NOT NULL,
        suffix TEXT NOT NULL,
        readers TEXT NOT NULL,
        reading BLOB NOT NULL,
        PRIMARY KEY (sha256, suffix)
    ) WITHOUT ROWID
"""


def readings_path(db: Path) -> Path:
    """Where the readings that belong to a database are."""
    return db.with_name(f"readings-{db.stem}.db")


class Readings:
    """Readings by the document's digest and the suffix of its name; other readers' are as good as none.

    Never raises: without it a document is read again, which takes longer and changes nothing.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._waiting: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._db: sqlite3.Connection | None = None
        try:
            self._open(path, writable=writable)
        except sqlite3.Error as error:
            self._give_up(error, quiet=not writable)
            if writable and code_of(error) in DAMAGED:
                self._begin_anew(path)

    def _open(self, path: Path, *, writable: bool) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'rwc' if writable else 'ro'}", uri=True)
        if writable:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(TABLE)

    def _begin_anew(self, path: Path) -> None:
        """Put an empty cache in the place of one that is damaged: it holds nothing that is nowhere else."""
        try:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._open(path, writable=True)
        except (OSError, sqlite3.Error) as error:
            self._give_up(error, quiet=True)

    def note(self, sha256: str, suffix: str, reading: Mapping[str, Any]) -> None:
        self._waiting[sha256, suffix] = reading

    def get(self, sha256: str, suffix: str) -> dict[str, Any] | None:
        if self._db is None:
            return None
        try:
            found = self._db.execute(
                "SELECT reading FROM readings WHERE sha256 = ? AND suffix = ? AND readers = ?",
                [sha256, suffix, readers_version()],
            ).fetchone()
            reading: dict[str, Any] | None = None if found is None else json.loads(zstd.decompress(found[0]))
        except (sqlite3.Error, zstd.ZstdError, ValueError) as error:
            self._give_up(error, quiet=True)
            return None
        return reading

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, {}
        if self._db is None or not waiting:
            return
        rows = [
            (*key, readers_version(), zstd.compress(json.dumps(reading, ensure_ascii=False).encode()))
            for key, reading in waiting.items()
        ]
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._give_up(error, quiet=False)

    def close(self) -> None:
        self.flush()
        if self._db is not None:
            self._db.close()
            self._db = None

    def _give_up(self, error: Exception, *, quiet: bool) -> None:
        if not quiet:
            logger.warning("readings are not remembered, a replay will take longer: %s", error)
        if self._db is not None:
            self._db.close()
            self._db = None
