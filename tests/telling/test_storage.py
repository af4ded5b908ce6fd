"""What to do about a database that cannot be used: by what is wrong with it, and never more than is true."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from harvester.store import UNUSABLE, Store, archive_path
from harvester.store.faults import in_words
from harvester.store.telling import Gap
from harvester.telling import words
from harvester.telling.words import Question
from harvester.troubles import Trouble

HERE = Question(("press-release",), "", "www.korea.kr", "/srv/harvester/data/briefings.db", "quiet-corner")
BY_ITSELF = "goes on by itself"


def told(says: str, *gaps: Gap, grave: bool = True) -> Trouble:
    return words.trouble(HERE, "storage", gaps, f"harvest: failure (exit 1): {says}", grave=grave)


def damaged(database: Path) -> None:
    database.write_bytes(b"no database at all" * 1000)


def emptied(database: Path) -> None:
    with database.open("wb"), closing(sqlite3.connect(archive_path(database))) as archive:
        archive.execute("CREATE TABLE pages (a)")


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) SELECT migration_set, 'm999', ''"
            " FROM _sqlite_migrations LIMIT 1"
        )
        db.commit()


def foreign(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as db:
        db.execute("CREATE TABLE somebody_elses (a)")


def archive_damaged(database: Path) -> None:
    archive_path(database).write_bytes(b"no archive at all" * 1000)


@pytest.mark.parametrize(
    ("spoil", "title", "todo"),
    [
        (damaged, "the database is damaged", "docs/hard-cases.md"),
        (emptied, "the database is damaged", "docs/hard-cases.md"),
        (newer, "the database cannot be written", "Update this copy"),
        (foreign, "the database cannot be written", "--db"),
        (archive_damaged, "the archive of the pages is damaged", "docs/archive.md"),
    ],
)
def test_what_no_next_run_mends_is_not_said_to_mend_itself(
    tmp_path: Path, spoil: Callable[[Path], None], title: str, todo: str
) -> None:
    database = tmp_path / "briefings.db"
    Store(database, archive_path(database)).close()
    spoil(database)
    with pytest.raises(UNUSABLE) as refused:
        Store(database, archive_path(database))
    trouble = told(str(refused.value))
    assert trouble.title == title
    assert todo in trouble.todo
    assert BY_ITSELF not in trouble.todo
    assert "tried again" not in trouble.tried


@pytest.mark.parametrize(
    ("code", "todo"),
    [
        (sqlite3.SQLITE_FULL, "Make room"),
        (sqlite3.SQLITE_BUSY, "End the program"),
        (sqlite3.SQLITE_READONLY, "rights"),
        (sqlite3.SQLITE_CANTOPEN, "rights"),
        (sqlite3.SQLITE_IOERR, "the system's log"),
    ],
)
def test_what_passes_is_mended_by_its_own_cause(code: int, todo: str) -> None:
    error = sqlite3.OperationalError("so it says")
    error.sqlite_errorcode = code
    trouble = told(f"/d/briefings.db cannot be written: {in_words(error, None)}")
    assert trouble.title == "the database cannot be written"
    assert todo in trouble.todo
    assert BY_ITSELF in trouble.todo
    assert "docs/hard-cases.md" in trouble.todo


def test_of_a_disk_without_room_for_one_more_file_files_are_to_go() -> None:
    trouble = told("/d/briefings.db cannot be written: the disk is full: no more files can be made at /d, whatever …")
    assert "`df -i`" in trouble.todo
    assert "Make room" not in trouble.todo


def test_a_search_index_is_built_anew() -> None:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = 267
    trouble = told(f"the database: {in_words(error, None)}")
    assert "`harvest reindex`" in trouble.todo
    assert BY_ITSELF not in trouble.todo


def test_the_run_is_believed_before_a_day_of_long_ago() -> None:
    day = Gap("press-release", "2024-01-16", "release 7 could not be stored: the disk is full: make room")
    assert "Make room" in told("3 of 4 days complete", day, grave=False).todo
    both = told("/d/briefings.db cannot be used: it is damaged (database disk image is malformed): so", day)
    assert both.title == "the database is damaged"
    assert "Make room" not in both.todo
    assert "harvest backfill --board press-release --since 2024-01-16" in both.todo


def test_what_is_not_known_is_looked_up() -> None:
    trouble = told("the database: something that nobody met before")
    assert "docs/hard-cases.md" in trouble.todo
    assert BY_ITSELF not in trouble.todo
