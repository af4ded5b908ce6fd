"""Opening the database: by one writer at a time, and by readers who can write nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from harvester.store import search
from harvester.store.migrations import migrations

PATIENCE = 120.0
"""Seconds to wait for somebody else's lock on the file: an analyst's long query in another program."""


class DatabaseProblem(Exception):
    """The file cannot be used as the harvester's database; the message says why and what to do."""


UNUSABLE = (DatabaseProblem, sqlite3.Error)
"""What reading or writing the database can end with, a damaged page in the middle of it included."""


def open_to_write(path: Path) -> Database:
    """Open or make the database, brought to this version's schema. Raises DatabaseProblem."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=PATIENCE)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseProblem(f"{path} cannot be opened: {error}") from error
    try:
        db = Database(connection)
        _refuse_foreign(db, path)
        # WAL lets readers read while we write; NORMAL survives a killed process without an fsync a transaction.
        db.enable_wal()
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        migrations.apply(db)
        if not search.is_current(db):
            with transaction(db):
                search.rebuild(db)
    except sqlite3.Error as error:
        connection.close()
        raise DatabaseProblem(f"{path} cannot be used: {error}") from error
    except DatabaseProblem:
        connection.close()
        raise
    return db


def existing(path: Path) -> None:
    """DatabaseProblem where there is no database."""
    if not path.is_file():
        raise DatabaseProblem(f"there is no database at {path}: `harvest crawl` or `harvest backfill` makes one")


def open_to_read(path: Path) -> Database:
    """Open an existing database for reading only. Raises DatabaseProblem, also where there is none."""
    existing(path)
    try:
        # Reading in WAL mode writes beside the file; who may not, and finds nobody writing, reads it as it lies there.
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        still = not writable and not path.with_name(path.name + "-wal").exists()
        address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
        connection = sqlite3.connect(address, uri=True, timeout=PATIENCE)
        db = Database(connection)
        _refuse_foreign(db, path)
        if not db.table_names():
            raise DatabaseProblem(f"{path} is empty: no run has written to it yet")
        if migrations.pending(db):
            raise DatabaseProblem(f"{path} is of an older version: the next `harvest crawl` brings it up to date")
        if not search.is_current(db):
            # Searched now, it would have nothing to say, which is not the same as nothing to find.
            raise DatabaseProblem(
                f"the search index of {path} is not built: a run is at it, or `harvest reindex` does it"
            )
    except sqlite3.Error as error:
        raise DatabaseProblem(f"{path} cannot be read: {error}") from error
    return db


def _refuse_foreign(db: Database, path: Path) -> None:
    """DatabaseProblem for a file of a newer program, or of another program altogether."""
    ours = {migration.name for migration in migrations._migrations}
    newer = [migration.name for migration in migrations.applied(db) if migration.name not in ours]
    if newer:
        raise DatabaseProblem(f"{path} was written by a newer version of the harvester ({newer[-1]}): update this one")
    # Our own file may hold the empty list of migrations alone: of a first run that was killed at once.
    if set(db.table_names()) - {migrations.migrations_table} and not migrations.applied(db):
        raise DatabaseProblem(f"{path} is the database of another program: name another file with --db")


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All or nothing. Takes the write lock at once, so that nobody can come between reading and writing."""
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        raise DatabaseProblem(f"the database cannot be written: {error}") from error
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()
