"""What the doctor asks of the files: whatever state they are in, without writing, migrating or waiting for long."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvester.store import archive_schema, database, drift, runs, search
from harvester.store.ledger import DayRecord
from harvester.store.migrations import migrations

PATIENCE = 5.0
"""Seconds to wait for somebody else's lock: whoever asks how things are wants to know that it is locked."""
AT_ONCE = 20_000
"""Releases asked for at a time."""
STEPS = 20_000
"""Steps of SQLite between two looks at the clock: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Library:
    """The SQLite that Python was built with."""

    version: tuple[int, ...]
    fts5: bool
    json: bool


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much there is, and how fast it grows."""

    releases: int
    with_evidence: int
    """Of them, those that were read from a page in the archive."""
    of_last_month: int
    """Of them, those of the 30 days before the newest."""


@dataclass(frozen=True, slots=True)
class LastRun:
    id: int | None
    """None for one that could not begin."""
    verb: str
    board: str
    started_at: str
    finished_at: str | None
    verdict: str | None
    reason: str | None


def library() -> Library:
    """What the SQLite of this Python can do."""
    with closing(sqlite3.connect(":memory:")) as db:
        return Library(
            sqlite3.sqlite_version_info,
            _works(db, "CREATE VIRTUAL TABLE words USING fts5(word, content='', tokenize='unicode61')"),
            _works(db, "SELECT value FROM json_each('[1]')"),
        )


def _works(db: sqlite3.Connection, sql: str) -> bool:
    try:
        db.execute(sql)
    except sqlite3.Error:
        return False
    return True


# Opening


def signature(path: Path) -> tuple[tuple[int, int] | None, ...]:
    """Changes when somebody writes to the database."""
    return tuple(_stamp(path.with_name(path.name + suffix)) for suffix in ("", "-wal", "-journal"))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def lies_still(path: Path) -> bool:
    """Whether all of it is in the one file: nobody is writing, and nobody was killed while writing."""
    _, log, journal = signature(path)
    return (log is None or log[1] == 0) and journal is None


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Open a file for reading only, as it is. Raises sqlite3.Error.

    One that lies still is opened as if nobody could write to it: else SQLite leaves files beside it, and those of a
    doctor who is root would keep everybody else from it. Whether it did lie still, `signature` tells afterwards.
    """
    still = "&immutable=1" if lies_still(path) else ""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{still}", uri=True, timeout=PATIENCE)
    try:
        yield Database(connection)
    finally:
        connection.close()


def refuse_foreign(db: Database, path: Path) -> None:
    """DatabaseProblem for a file that a run would refuse: newer, of another program, cut off. Raises sqlite3.Error."""
    database.refuse_emptied(path)
    database._refuse_foreign(db, path)
    database._refuse_cut(path)


def refuse_foreign_archive(db: Database, path: Path) -> None:
    """The same of an archive, and of one whose end is missing."""
    archive_schema._refuse_foreign(db, path)
    archive_schema._refuse_cut(db, path)


def is_empty(db: Database) -> bool:
    return not db.table_names()


def pending(db: Database) -> list[str]:
    """The migrations that the next run will apply."""
    return [migration.name for migration in migrations.pending(db)]


def index_is_current(db: Database) -> bool:
    return search.is_current(db)


def journal_mode(path: Path) -> str:
    """`wal`, or `delete` for any other, by the file itself: a connection that takes it for read-only does not say."""
    with path.open("rb") as file:
        head = file.read(20)
    return "wal" if head[18:20] == b"\x02\x02" else "delete"


# Damage


def damage(db: Database, *, thorough: bool, seconds: float) -> list[str] | None:
    """What SQLite finds wrong with the file, nothing for a sound one; None where it was not done in time."""
    check = "integrity_check" if thorough else "quick_check"
    try:
        with _bounded(db, seconds):
            found = [str(row[0]) for row in db.conn.execute(f"PRAGMA {check}(5)")]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return None
        return [str(error)]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def dangling(db: Database, *, seconds: float) -> list[str] | None:
    """The tables with rows that belong to none, and how many; None where it was not done in time."""
    try:
        with _bounded(db, seconds):
            found = [str(row[0]) for row in db.conn.execute("PRAGMA foreign_key_check")]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    return [f"{found.count(table)} of {table}" for table in dict.fromkeys(found)]


@contextmanager
def _bounded(db: Database, seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds
    db.conn.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
    try:
        yield
    finally:
        db.conn.set_progress_handler(None, 0)


# What it holds


def ledger_days(db: Database) -> list[DayRecord]:
    """The whole ledger, by board, filter and day."""
    # One of an older version has no column for what was not noted then.
    columns = [field.name for field in fields(DayRecord) if _has(db, "days", field.name)]
    rows = db.query(f"SELECT {', '.join(columns)} FROM days ORDER BY board, filter, day")
    return [DayRecord(**row) for row in rows]


def noticed(db: Database) -> list[drift.Finding]:
    """What runs noticed of the site changing its ways, and is not over."""
    return drift.open_findings(db) if _has(db, "findings", "key") else []


def _has(db: Database, table: str, column: str) -> bool:
    return any(row[1] == column for row in db.conn.execute(f"PRAGMA table_info({table})"))


def holdings(db: Database) -> Holdings:
    row = db.conn.execute(
        "SELECT count(*), count(exchange_id), coalesce(sum(published_on > (SELECT date(max(published_on), '-30 days')"
        " FROM briefings)), 0) FROM briefings"
    ).fetchone()
    return Holdings(*row)


def last_runs(db: Database, limit: int, left: Sequence[Mapping[str, Any]]) -> list[LastRun]:
    """The last runs, newest first, with what runs `left` that could not write it into the database."""
    return [
        LastRun(
            run["id"],
            run["verb"],
            _board_of(run["arguments"]),
            run["started_at"],
            run["finished_at"],
            run["verdict"],
            run["reason"],
        )
        for run in runs.last(db, limit, left)
    ]


def _board_of(arguments: str) -> str:
    try:
        asked = json.loads(arguments)
    except ValueError:
        return ""
    return str(asked.get("board", "")) if isinstance(asked, dict) else ""


def latest_time(db: Database) -> str | None:
    """The latest time that any run wrote (UTC)."""
    row = db.conn.execute("SELECT max(max(started_at), max(coalesce(finished_at, ''))) FROM runs").fetchone()
    return str(row[0]) if row[0] else None


# The archive


def evidence_of(db: Database) -> list[tuple[int, int]]:
    """Of each release and each post that was read from a page in the archive: its number, and the page's."""
    return [
        (int(key), int(exchange))
        for sql in (
            "SELECT news_id, exchange_id FROM briefings WHERE exchange_id IS NOT NULL",
            "SELECT post_id, exchange_id FROM esg_posts WHERE exchange_id IS NOT NULL",
        )
        for key, exchange in db.conn.execute(sql)
    ]


def without_evidence(archive: Database, evidence: Sequence[tuple[int, int]]) -> list[int]:
    """Of these, the numbers of those whose page the archive does not have."""
    missing = []
    for start in range(0, len(evidence), AT_ONCE):
        asked = json.dumps(evidence[start : start + AT_ONCE])
        missing += [
            int(row[0])
            for row in archive.conn.execute(
                "SELECT json_extract(value, '$[0]') FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM exchanges"
                " WHERE exchanges.id = json_extract(value, '$[1]') AND news_id = json_extract(value, '$[0]'))",
                [asked],
            )
        ]
    return missing


def readings_problem(path: Path) -> str | None:
    """Why the readings cannot be used; None where they can."""
    try:
        with opened(path) as db:
            db.conn.execute("SELECT 1 FROM readings LIMIT 1").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None


def not_writable(path: Path) -> list[Path]:
    """Of the database and the files SQLite keeps beside it, those that are there and cannot be written."""
    files = [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", ".lock", ".run"))]
    return [file for file in files if file.exists() and not os.access(file, os.W_OK)]
