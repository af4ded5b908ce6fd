"""What somebody is told of, as the ledger and the runs say it."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from harvester.store import telling
from harvester.store.database import open_to_write
from harvester.store.telling import Gap


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_to_write(tmp_path / "briefings.db")
    yield database
    database.close()


def run(
    db: Database,
    number: int,
    verdict: str | None,
    finished: str | None,
    *,
    verb: str = "crawl",
    new: int = 0,
    asked: tuple[str, str] | None = None,
) -> None:
    columns = {"id": number, "verb": verb, "arguments": "{}", "started_at": "2024-01-17T00:00:00Z", "new": new}
    if asked:
        arguments = {"board": "press-release", "filter": "", "since": asked[0], "until": asked[1]}
        columns |= {"arguments": json.dumps(arguments), "started_at": f"{asked[1]}T00:00:00Z"}
    columns |= {"finished_at": finished, "verdict": verdict, "days_asked": 3, "version": "0", "requests": 10}
    db["runs"].insert(columns)


def day(db: Database, on: str, state: str, reason: str | None = None, filter_: str = "") -> None:
    row = {"board": "press-release", "day": on, "filter": filter_, "state": state, "reason": reason, "run_id": 1}
    db["days"].insert(row | {"checked_at": "2024-01-18T00:00:00Z", "quiet": 0})


def test_gaps_and_holes(db: Database) -> None:
    run(db, 1, "complete", "2024-01-11T01:00:00Z", asked=("2024-01-10", "2024-01-11"))
    for on, state, reason in (
        ("2024-01-10", "complete", None),
        ("2024-01-11", "partial", "the site declares 3 releases and lists 2"),
        ("2024-01-14", "empty", None),
        ("2024-01-15", "failed", "HTTP status 503"),
    ):
        day(db, on, state, reason)
    day(db, "2024-01-10", "failed", "of another question", "ministry=A00015")
    assert telling.gaps(db, "press-release", "") == [
        Gap("press-release", "2024-01-11", "the site declares 3 releases and lists 2"),
        Gap("press-release", "2024-01-15", "HTTP status 503"),
    ]
    holes = telling.holes(db, "press-release", "", since=date(2024, 1, 1))
    assert [hole.day for hole in holes] == ["2024-01-12", "2024-01-13"]
    assert telling.holes(db, "press-release", "", since=date(2024, 1, 14)) == []
    assert telling.holes(db, "speech", "", since=date(2024, 1, 1)) == []


def test_days_between_a_backfill_and_the_first_crawl_are_no_holes(db: Database) -> None:
    run(db, 1, "complete", "2024-01-17T01:00:00Z", verb="backfill", asked=("2024-01-02", "2024-01-03"))
    run(db, 2, "complete", "2024-01-17T01:00:00Z", asked=("2024-01-04", "2024-01-05"))  # a trial, of no day to come
    db.execute("UPDATE runs SET started_at = '2024-01-17T00:00:00Z'")
    run(db, 3, "complete", "2024-01-17T01:00:00Z", asked=("2024-01-16", "2024-01-17"))
    for on in ("2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-16", "2024-01-17", "2024-01-19"):
        day(db, on, "complete")
    assert [hole.day for hole in telling.holes(db, "press-release", "", since=date(2024, 1, 1))] == ["2024-01-18"]


def test_what_runs_did_since_a_moment(db: Database) -> None:
    run(db, 1, "complete", "2024-01-17T01:00:00Z", new=5)
    run(db, 2, "complete", "2024-01-17T03:00:00Z", new=7)
    run(db, 3, "partial", "2024-01-17T04:00:00Z", new=1)
    run(db, 4, "interrupted", None)
    run(db, 5, None, None)
    run(db, 6, "complete", "2024-01-17T05:00:00Z", verb="replay", new=9)
    done = telling.since(db, "2024-01-17T02:00:00Z")
    assert (done.verdicts, done.new, done.requests) == ({"complete": 1, "partial": 1}, 8, 20)
    assert telling.since(db, "2024-01-16T23:00:00Z").killed == 1
