"""The file itself: made once, brought up to date, refused where it is not ours, and safe from readers."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from harvester.store import DatabaseProblem, Store, open_to_read, reports, search
from harvester.store.migrations import migrations

from .making import BOARD, DAY, Books, briefing


def sql(path: Path, *statements: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        found = [connection.execute(statement).fetchall() for statement in statements]
        connection.commit()
    finally:
        connection.close()
    return found[-1] if found else []


def test_migrations_are_applied_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "b.db"
    for _ in range(3):
        Store(path).close()
    applied = sql(path, "SELECT name FROM _sqlite_migrations ORDER BY id")
    assert [name for (name,) in applied] == [migration.name for migration in migrations._migrations]


def test_readers_can_read_while_a_run_writes(books: Books) -> None:
    books.put(briefing(1))
    reader = open_to_read(books.path)
    books.put(briefing(2))
    assert reader.execute("SELECT count(*) FROM briefings").fetchone() == (2,)
    reader.close()


def test_a_reader_can_write_nothing(books: Books) -> None:
    reader = open_to_read(books.path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM briefings")
    reader.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    Store(path).close()
    sql(path, "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('harvester', 'm999_later', '')")
    before = path.read_bytes()
    for opening in (Store, open_to_read):
        with pytest.raises(DatabaseProblem, match=r"newer version.*m999_later"):
            opening(path)
    assert path.read_bytes() == before


def test_tables_of_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    sql(path, "CREATE TABLE briefings (id)", "INSERT INTO briefings VALUES (7)")
    for opening in (Store, open_to_read):
        with pytest.raises(DatabaseProblem, match="is the database of another program: name another"):
            opening(path)
    assert sql(path, "SELECT * FROM briefings") == [(7,)]
    assert sql(path, "SELECT count(*) FROM sqlite_master") == [(1,)]


def test_a_refused_file_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    sql(path, "CREATE TABLE briefings (id)")
    before = path.read_bytes()
    with pytest.raises(DatabaseProblem):
        Store(path)
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_no_database_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    sql(path, "CREATE TABLE bookmarks (id)")
    for opening in (Store, open_to_read):
        with pytest.raises(DatabaseProblem, match="is the database of another program: name another"):
            opening(path)
    assert sql(path, "SELECT name FROM sqlite_master") == [("bookmarks",)]


def test_a_first_run_killed_before_its_first_migration_is_no_other_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.db"
    with monkeypatch.context() as killed:
        killed.setattr(migrations, "pending", lambda db: [])
        killed.setattr(search, "is_current", lambda db: True)
        Store(path).close()
    assert sql(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("_sqlite_migrations",)]
    Store(path).close()
    open_to_read(path).close()


def test_a_file_without_tables_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    path.touch()
    Store(path).close()
    open_to_read(path).close()


@pytest.mark.parametrize("content", [b"not a database, but a text that is longer than a header" * 10, b"\x00" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.db"
    path.write_bytes(content)
    for opening in (Store, open_to_read):
        with pytest.raises(DatabaseProblem, match=r"b\.db"):
            opening(path)
    assert path.read_bytes() == content


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem):
        Store(tmp_path)
    with pytest.raises(DatabaseProblem, match="there is no database"):
        open_to_read(tmp_path)


def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="harvest crawl"):
        open_to_read(tmp_path / "b.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_database_is_for_the_next_crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.db"
    Store(path).close()

    @migrations(name="m998_one_more")
    def one_more(db: Database) -> None:
        db.execute("ALTER TABLE briefings ADD COLUMN more TEXT")

    added = migrations._migrations[-1]
    monkeypatch.setattr(migrations, "_migrations", migrations._migrations[:-1])
    try:
        open_to_read(path).close()
        monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations, added])
        with pytest.raises(DatabaseProblem, match="older version"):
            open_to_read(path)
        Store(path).close()
        open_to_read(path).close()
    finally:
        monkeypatch.undo()
        migrations._migrations[:] = [each for each in migrations._migrations if each is not added]
    with pytest.raises(DatabaseProblem, match="newer"):
        open_to_read(path)


def test_a_migration_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.db"
    Store(path).close()
    before = sql(path, "SELECT sql FROM sqlite_master")

    @migrations(name="m998_broken")
    def broken(db: Database) -> None:
        db.execute("CREATE TABLE half (id)")
        db.execute("CREATE TABLE half (id)")

    try:
        with pytest.raises(DatabaseProblem, match="half"):
            Store(path)
    finally:
        migrations._migrations[:] = [each for each in migrations._migrations if each.name != "m998_broken"]
    assert sql(path, "SELECT sql FROM sqlite_master") == before
    Store(path).close()


def test_the_tables_and_columns_promised_downstream_are_there(books: Books) -> None:
    promised = {
        "briefings": "news_id board title title_prefix subtitle lead body body_source ministry ministry_raw"
        " ministry_code published_on published_at source_line license url"
        " first_seen_at last_seen_at changed_at withdrawn_at revision"
        " fingerprint run_id",
        "attachments": "news_id position file_id name kind url bytes sha256 text text_status",
        "revisions": "news_id revision changed_at field old new cause run_id",
        "days": "board day filter declared listed stored state reason checked_at settled_at run_id",
        "runs": "id verb arguments started_at finished_at requests bytes new changed unchanged failed verdict"
        " exit_status version",
        "unknowns": "kind value news_id seen first_seen_at",
        "ministries": "code name short_name english_name since until successor",
    }
    for table, columns in promised.items():
        found = {row["name"] for row in books.rows(f"SELECT name FROM pragma_table_info('{table}')")}
        assert set(columns.split()) <= found, table


# --- what readers ask ---


def test_the_report_of_a_range(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(1, 2)
    books.close_day(2)
    db = open_to_read(books.path)
    covered = reports.coverage(db, BOARD, "", None, None)
    assert (covered.since, covered.until, covered.gaps) == (DAY, DAY, [])
    assert (covered.briefings, covered.withdrawn) == (2, 1)
    wider = reports.coverage(db, BOARD, "", DAY.replace(day=15), DAY.replace(day=18))
    assert [day.day for day in wider.gaps] == [15, 16, 18]
    assert [wider.state(day) for day in wider.all_days] == ["missing", "missing", "complete", "missing"]
    nothing = reports.coverage(db, "another", "", None, None)
    assert (nothing.all_days, nothing.gaps, nothing.since) == ([], [], None)
    assert reports.filters(db) == [(BOARD, "")]
    db.close()


def test_the_report_of_a_filter_counts_its_releases(books: Books) -> None:
    books.put(briefing(1, ministry_code="A00015"), briefing(2), briefing(3))
    books.close_day(1, filter_="ministry=A00015")
    db = open_to_read(books.path)
    assert reports.coverage(db, BOARD, "ministry=A00015", None, None).briefings == 1


def test_one_release_with_all_that_belongs_to_it(books: Books) -> None:
    books.put(briefing(1))
    books.put(briefing(1, title="새 제목"))
    db = open_to_read(books.path)
    found = reports.release(db, 1)
    assert found is not None
    assert (found["title"], found["attachments"], [each["old"] for each in found["revisions"]]) == (
        "새 제목",
        [],
        ["제목"],
    )
    assert reports.release(db, 2) is None
    assert [each["news_id"] for each in reports.newest(db, 5)] == [1]
    db.close()
