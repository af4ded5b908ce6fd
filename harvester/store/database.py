"""Opening the database: by one writer at a time, and by readers who can write nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from harvester.filesystems import network_kind
from harvester.room import explain
from harvester.store import faults, search
from harvester.store.faults import in_words
from harvester.store.migrations import migrations


class DatabaseProblem(Exception):
    """The file cannot be used as the harvester's database; the message says why and what to do."""


UNUSABLE = (DatabaseProblem, sqlite3.Error)
"""What reading or writing the database can end with, a damaged page in the middle of it included."""


def why_unusable(problem: BaseException, path: Path) -> str:
    """What one of UNUSABLE says of the database."""
    if isinstance(problem, sqlite3.Error):
        return f"{path} cannot be used: {in_words(problem, path)}"
    return str(problem)


def open_to_write(path: Path) -> Database:
    """Open or make the database, brought to this version's schema. Raises DatabaseProblem."""
    refuse_network(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_emptied(path)
        connection = faults.connect(path)
    except OSError as error:
        raise DatabaseProblem(f"{path} cannot be opened: {explain(error, path)}") from error
    except sqlite3.Error as error:
        raise DatabaseProblem(f"{path} cannot be opened: {in_words(error, path)}") from error
    try:
        db = Database(connection)
        _refuse_foreign(db, path)
        _refuse_cut(path)
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
        raise DatabaseProblem(f"{path} cannot be used: {in_words(error, path)}") from error
    except BaseException:
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
    refuse_emptied(path)
    try:
        # Reading in WAL mode writes beside the file; who may not, and finds nobody writing, reads it as it lies there.
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        still = not writable and not path.with_name(path.name + "-wal").exists()
        address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
        connection = faults.connect_to_read(address)
        db = Database(connection)
        _refuse_foreign(db, path)
        _refuse_cut(path)
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
        raise DatabaseProblem(f"{path} cannot be read: {in_words(error, path)}") from error
    return db


def refuse_network(path: Path) -> None:
    """DatabaseProblem for a file that other machines can write to as well: see docs/decisions/0022."""
    if kind := network_kind(path):
        raise DatabaseProblem(
            f"{path} is on a network file system ({kind}), where two machines can damage it: name a file on a disk of"
            " this machine with --db, and copy it there when it is written (docs/hard-cases.md)"
        )


def refuse_emptied(path: Path) -> None:
    """DatabaseProblem for a file of no bytes that had some: a run makes its archive after it wrote to the database."""
    try:
        emptied = all(
            file.stat().st_size == 0 if file == path else not file.exists() or file.stat().st_size == 0
            for file in (path, path.with_name(path.name + "-wal"))
        )
        archive = path.with_name(f"archive-{path.stem}.db")
        lost = emptied and archive.stat().st_size > 0
    except FileNotFoundError:
        return
    if lost:
        raise DatabaseProblem(
            f"{path} has lost all it held, and {archive} has not: docs/hard-cases.md says how to get it back from there"
        )


def refuse_emptied_archive(db: Database, archive: Path) -> None:
    """DatabaseProblem for an archive of no bytes where something was read from what it held."""
    if not archive.is_file() or archive.stat().st_size:
        return
    if db.conn.execute("SELECT 1 FROM briefings WHERE exchange_id IS NOT NULL LIMIT 1").fetchone():
        raise DatabaseProblem(
            f"the archive {archive} has lost all it held: bring it back, or move it away to begin anew"
        )


def _refuse_cut(path: Path) -> None:
    """DatabaseProblem for a file that lacks its end, which SQLite would only find out in the middle of a run."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        return  # a run is at work, or was killed while it wrote the end, which the log still has
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or head[24:28] != head[92:96]:
        return  # new, or written by a program that does not keep the number of pages
    size = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if path.stat().st_size < pages * (65536 if size == 1 else size):
        raise DatabaseProblem(f"{path} cannot be used: it is damaged (its end is missing): {faults.ADVICE}")


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
    connection = db.conn
    try:
        if isinstance(connection, faults.Connection):
            connection.begin()
        else:
            connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        path = getattr(connection, "path", None)
        raise DatabaseProblem(f"{path or 'the database'} cannot be written: {in_words(error, path)}") from error
    try:
        yield
        # Where the commit itself fails, as on a full disk, the transaction is still open.
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
