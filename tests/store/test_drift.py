"""The books of drift: what is compared, what is thinned out, what is told once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from harvester.drift import Kind, Notice
from harvester.drift.measures import Measures
from harvester.store import drift, runs
from harvester.store.database import open_to_write, transaction

NOW = "2024-06-01T00:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_to_write(tmp_path / "briefings.db")
    for _ in range(20):
        runs.start(opened, verb="crawl", arguments="{}", days_asked=1, now=NOW, version="1")
    opened.conn.commit()
    yield opened
    opened.close()


def some(releases: int) -> Measures:
    return Measures(releases, {"license": (releases - 1, releases)}, {"body": (releases, 6.5, 42.25)}, ("A00001",))


def write(db: Database, run_id: int, month: str, releases: int, *, now: str = NOW, asked: str = "") -> None:
    with transaction(db):
        drift.write_measures(db, "press-release", asked, {month: some(releases)}, run_id=run_id, now=now)


def test_what_was_counted_comes_back_newest_last(db: Database) -> None:
    for run_id, releases in ((1, 5), (3, 7), (2, 6)):
        write(db, run_id, "2024-06", releases)
    assert drift.measured(db, "press-release", "") == [some(5), some(6), some(7)]
    assert drift.measured(db, "cabinet", "") == []


def test_only_the_newest_months_are_compared(db: Database) -> None:
    write(db, 1, "2024-01", 5)
    write(db, 2, "2023-12", 6)
    write(db, 3, "2023-11", 7)
    write(db, 4, "2023-10", 8)  # a backfill of former days
    assert [each.releases for each in drift.measured(db, "press-release", "")] == [5, 6, 7]


def test_another_question_is_compared_with_itself(db: Database) -> None:
    write(db, 1, "2024-06", 5)
    write(db, 2, "2024-06", 6, asked="ministry=A00019")
    assert drift.measured(db, "press-release", "ministry=A00019") == [some(6)]


def test_no_more_is_read_than_is_compared(db: Database) -> None:
    for run_id in range(1, 20):
        write(db, run_id, "2024-06", 1000)
    assert len(drift.measured(db, "press-release", "")) == 3


def test_old_counts_become_one_row_a_month(db: Database) -> None:
    for run_id in range(1, 6):
        write(db, run_id, "2024-01", run_id, now="2024-01-31T00:00:00Z")
    write(db, 6, "2024-02", 6, now="2024-02-28T00:00:00Z")
    write(db, 7, "2024-06", 7)
    with transaction(db):
        drift.thin(db, "2024-05-01T00:00:00Z")
    rows = list(db.query("SELECT run_id, month, releases, filled FROM measures ORDER BY month"))
    assert [(row["run_id"], row["month"], row["releases"]) for row in rows] == [
        (5, "2024-01", 15),
        (6, "2024-02", 6),
        (7, "2024-06", 7),
    ]
    assert rows[0]["filled"] == '{"license":[10,15]}'
    before = list(db.query("SELECT * FROM measures"))
    with transaction(db):
        drift.thin(db, "2024-05-01T00:00:00Z")
    assert list(db.query("SELECT * FROM measures")) == before


def notice(kind: Kind, key: str) -> Notice:
    return Notice(key, kind, f"{key} is strange", "look", measure=key)


def add(db: Database, found: Notice, run_id: int, *, told: bool = True) -> None:
    with transaction(db):
        drift.add(db, "press-release", found, evidence="drift/a", exchange_id=4, run_id=run_id, now=NOW, told=told)


def end(db: Database, key: str, run_id: int) -> None:
    with transaction(db):
        drift.end(db, [key], run_id, NOW)


@pytest.mark.parametrize(
    ("kind", "once"), [(Kind.LAYOUT, False), (Kind.FIELD, False), (Kind.DAY, True), (Kind.MINISTRY, True)]
)
def test_what_ended_may_come_again_unless_it_is_told_once(db: Database, kind: Kind, once: bool) -> None:
    found = notice(kind, "it")
    assert drift.is_new(db, found)
    add(db, found, 1)
    assert not drift.is_new(db, found)
    end(db, "it", 2)
    assert drift.is_new(db, found) is not once
    assert drift.open_findings(db) == []


def test_a_run_says_what_is_new_and_what_is_over(db: Database) -> None:
    add(db, notice(Kind.FIELD, "one"), 1)
    add(db, notice(Kind.MINISTRY, "two"), 2)
    add(db, notice(Kind.MINISTRY, "known from the first run on"), 2, told=False)
    assert drift.notes(db, [1]) == ["press-release: one is strange (see drift/a); look"]
    assert drift.notes(db, [2]) == ["press-release: two is strange (see drift/a); look"]
    end(db, "one", 3)
    end(db, "two", 3)
    assert drift.notes(db, [3]) == [f"press-release: over since {NOW}: one is strange"]
    assert drift.notes(db, []) == []


def test_findings_of_a_board_are_its_own_and_those_of_all_boards(db: Database) -> None:
    add(db, notice(Kind.FIELD, "one"), 1)
    add(db, notice(Kind.MINISTRY, "two"), 1)
    assert [each.key for each in drift.open_findings(db)] == ["one", "two"]
    assert [each.key for each in drift.open_findings(db, "cabinet")] == ["two"]
