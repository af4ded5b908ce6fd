"""A connection that writes remembers what lasts; what an error means is said in words."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from harvester.store.faults import connect, in_words, lockers, trouble_of

LOCKS = """1: POSIX  ADVISORY  WRITE 4711 fe:00:77 120 120
2: POSIX  ADVISORY  READ 4712 fe:00:77 123 123
2: -> POSIX  ADVISORY  WRITE 4713 fe:00:77 120 120
3: FLOCK  ADVISORY  WRITE 4714 fe:00:78 0 EOF
4: POSIX  ADVISORY  WRITE 4711 fe:00:76 0 EOF
"""


def test_who_writes_is_read_from_the_systems_table() -> None:
    assert lockers(LOCKS.splitlines(), {76, 77}) == [4711]


def test_a_mistake_in_a_statement_is_no_trouble(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "b.db")) as connection:
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("SELECT nothing FROM nowhere")
        assert trouble_of(connection) is None


def test_what_does_not_fit_is_trouble_in_words(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "b.db")) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("PRAGMA max_page_count = 3")
        for write in (connection.execute, connection.cursor().execute):
            with pytest.raises(sqlite3.OperationalError):
                write("INSERT INTO t VALUES (zeroblob(100000))")
        assert f"{tmp_path / 'b.db'} cannot be written: the disk is full" in (trouble_of(connection) or "")


READINGS: dict[str, Callable[[sqlite3.Cursor], object]] = {
    "all": lambda cursor: cursor.fetchall(),
    "one by one": lambda cursor: [cursor.fetchone() for _ in range(60)],
    "by iteration": list,
}


@pytest.mark.parametrize("how", READINGS)
def test_into_a_damaged_file_nothing_more_is_written(tmp_path: Path, how: str) -> None:
    path = tmp_path / "b.db"
    with closing(sqlite3.connect(path)) as making:
        making.execute("CREATE TABLE t (a)")
        making.executemany("INSERT INTO t VALUES (?)", [("가" * 500,) for _ in range(50)])
        making.commit()
    with path.open("r+b") as file:
        file.seek(6 * 4096)
        file.write(bytes(4096) + b"\xff" * 4096)
    before = path.read_bytes()
    with closing(connect(path)) as connection:
        with pytest.raises(sqlite3.DatabaseError):
            READINGS[how](connection.execute("SELECT a FROM t"))
        assert "is damaged" in (trouble_of(connection) or "")
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute("INSERT INTO t VALUES (1)")
    assert path.read_bytes() == before


def test_a_damaged_search_index_is_told_from_a_damaged_file(tmp_path: Path) -> None:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_VTAB  # type: ignore[misc]
    assert "harvest reindex" in in_words(error, tmp_path / "b.db")
