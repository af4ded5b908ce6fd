"""The archive's file: its schema, a migration a change, and how it is opened. docs/archive.md explains each column."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from harvester.room import explain
from harvester.store import faults
from harvester.store.database import DatabaseProblem, refuse_network
from harvester.store.faults import in_words

migrations = Migrations("harvester-archive")

PAGE_SIZE = 2048
"""Most bodies take 1 to 5 kB: of larger pages more would be empty, of smaller ones more would be bookkeeping."""
ADVICE = "docs/archive.md says how to save what is readable"

FIRST = (
    """
    CREATE TABLE bodies (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        size INTEGER,
        codec TEXT NOT NULL CHECK (codec IN ('zstd', 'none', 'file')),
        dictionary INTEGER REFERENCES bodies(id),
        data BLOB,
        CHECK ((data IS NULL) = (codec = 'file'))
    )
    """,
    """
    CREATE TABLE dictionaries (
        body_id INTEGER PRIMARY KEY REFERENCES bodies(id),
        kind TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        form TEXT,
        fetched_at TEXT NOT NULL,
        status INTEGER NOT NULL,
        headers TEXT NOT NULL,
        body_id INTEGER REFERENCES bodies(id),
        size INTEGER,
        board TEXT,
        day TEXT,
        news_id INTEGER,
        part_of INTEGER REFERENCES exchanges(id),
        run_id INTEGER
    )
    """,
    # Holds all that `ArchiveReader.pages` asks for, so that it never touches the rows themselves.
    "CREATE INDEX exchanges_answered ON exchanges (kind, day, board, news_id, status)"
    " WHERE status = 200 AND news_id IS NOT NULL",
    "CREATE INDEX exchanges_part_of ON exchanges (part_of) WHERE part_of IS NOT NULL",
    """
    CREATE VIEW contents AS
    SELECT asked.kind, exchanges, bytes, outside, coalesce(bodies, 0) AS bodies, coalesce(kept, 0) AS kept,
        first_at, last_at
    FROM (
        SELECT exchanges.kind, count(*) AS exchanges,
            coalesce(sum(CASE WHEN codec <> 'file' THEN exchanges.size END), 0) AS bytes,
            coalesce(sum(CASE WHEN codec = 'file' THEN exchanges.size END), 0) AS outside,
            min(fetched_at) AS first_at, max(fetched_at) AS last_at
        FROM exchanges LEFT JOIN bodies ON bodies.id = body_id GROUP BY exchanges.kind
    ) AS asked
    LEFT JOIN (
        SELECT kind, count(data) AS bodies, sum(length(data)) AS kept FROM bodies GROUP BY kind
    ) AS held ON held.kind = asked.kind
    ORDER BY asked.kind
    """,
)


@migrations()
def m001_first_tables(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


class ArchiveProblem(DatabaseProblem):
    """The archive cannot be used, or one of its records; the message says which, why and what to do."""


@contextmanager
def problems_of(path: Path) -> Iterator[None]:
    """What SQLite says within, as an ArchiveProblem that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise ArchiveProblem(f"the archive {path} cannot be used: {in_words(error, path, advice=ADVICE)}") from error
    except OSError as error:
        raise ArchiveProblem(f"the archive {path} cannot be used: {explain(error, path)}") from error
    except DatabaseProblem as error:
        if isinstance(error, ArchiveProblem):
            raise
        words = in_words(cause, path, advice=ADVICE) if isinstance(cause := error.__cause__, sqlite3.Error) else error
        raise ArchiveProblem(f"the archive {path} cannot be used: {words}") from error


def open_to_write(path: Path) -> Database:
    """Open or make the archive, brought to this version's schema. Raises ArchiveProblem."""
    with problems_of(path):
        refuse_network(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = faults.connect(path)
        try:
            db = Database(connection)
            _refuse_foreign(db, path)
            _refuse_cut(db, path)
            # Before anything is written: afterwards SQLite ignores it.
            db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            # WAL lets readers read while we write; NORMAL survives a killed process without an fsync a transaction.
            db.enable_wal()
            db.execute("PRAGMA synchronous = NORMAL")
            migrations.apply(db)
        except BaseException:
            connection.close()
            raise
    return db


def open_to_read(path: Path) -> Database:
    """Open an existing archive for reading only. Raises ArchiveProblem, also where there is none."""
    if not path.is_file():
        raise ArchiveProblem(f"there is no archive at {path}: `harvest crawl` or `harvest backfill` makes one")
    with problems_of(path):
        # As in database.py: who may not write beside the file, and finds nobody writing, reads it as it lies there.
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        still = not writable and not path.with_name(path.name + "-wal").exists()
        address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
        connection = faults.connect_to_read(address)
        try:
            db = Database(connection)
            _refuse_foreign(db, path)
            _refuse_cut(db, path)
            _refuse_unfinished(db, path)
        except BaseException:
            connection.close()
            raise
    return db


def _refuse_foreign(db: Database, path: Path) -> None:
    """ArchiveProblem for a file of a newer program, or of another program altogether."""
    ours = {migration.name for migration in migrations._migrations}
    applied = [migration.name for migration in migrations.applied(db)]
    newer = [name for name in applied if name not in ours]
    if newer:
        raise ArchiveProblem(f"the archive {path} was written by a newer version of the harvester ({newer[-1]})")
    # Our own file may hold the empty list of migrations alone: of a first run that was killed at once.
    if set(db.table_names()) - {migrations.migrations_table} and not applied:
        raise ArchiveProblem(f"{path} is the database of another program, not an archive of pages")


def _refuse_cut(db: Database, path: Path) -> None:
    """ArchiveProblem for a file that ends within a page: SQLite itself only misses whole ones."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        return  # a run is at work, or was killed while it wrote the end, which the log still has
    [(page_size,)] = db.execute("PRAGMA page_size").fetchall()
    if path.stat().st_size % page_size:
        raise ArchiveProblem(f"the archive {path} is damaged: its end is missing; {ADVICE}")


def _refuse_unfinished(db: Database, path: Path) -> None:
    """ArchiveProblem for a file that the next run has to complete before it can be read."""
    if not db.table_names():
        raise ArchiveProblem(f"the archive {path} is empty: no run has written to it yet")
    if migrations.pending(db):
        raise ArchiveProblem(f"the archive {path} is of an older version: the next run brings it up to date")
