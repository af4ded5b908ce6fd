"""What the ledger proves: by which walks, of which ministries, and how long a day has been watched."""

from datetime import date, datetime

import pytest

from harvester.store import DayRecord, open_to_read
from harvester.store.completeness import EVER, Completeness, Gap, completeness, judge_walks

from .making import BOARD, DAY, Books, briefing

MOTIE, ENVIRONMENT = "A00015", "A00019"


@pytest.fixture
def books(books: Books) -> Books:
    """The database with the release that the walks of these tests list."""
    books.put(briefing(1))
    return books


def judged(books: Books, *codes: str, since: date | None = DAY, until: date | None = DAY) -> Completeness:
    db = open_to_read(books.path)
    try:
        return completeness(db, BOARD, codes, since, until)
    finally:
        db.close()


def test_a_walk_for_all_ministries_proves_each(books: Books) -> None:
    books.close_day(1)
    assert judged(books).is_proven
    assert judged(books, MOTIE).is_proven


def test_a_walk_for_some_ministries_proves_those_alone(books: Books) -> None:
    books.close_day(1, filter_=f"ministry={MOTIE},{ENVIRONMENT}", can_withdraw=False)
    assert judged(books, MOTIE).is_proven
    assert judged(books, MOTIE, ENVIRONMENT).is_proven
    assert not judged(books, MOTIE, "A00007").is_proven
    assert not judged(books).is_proven


def test_a_walk_for_words_proves_nothing(books: Books) -> None:
    books.close_day(1, filter_="query=희토류", can_withdraw=False)
    books.close_day(1, filter_=f"ministry={MOTIE}&query=희토류", can_withdraw=False)
    assert not judged(books).is_proven
    assert not judged(books, MOTIE).is_proven


def test_one_good_walk_of_several_is_enough(books: Books) -> None:
    books.now = datetime(2024, 3, 1)
    books.close_day(1, filter_=f"ministry={MOTIE}", can_withdraw=False, state="failed", reason="away")
    books.now = datetime(2024, 1, 18)
    books.close_day(1)
    assert judged(books, MOTIE).is_proven
    assert judged(books, MOTIE).may_grow == 1


def test_neighbouring_days_with_one_reason_are_one_gap(books: Books) -> None:
    for day in (15, 16):
        books.close_day(day=DAY.replace(day=day), state="failed", reason="away")
    books.close_day(1)
    found = judged(books, since=date(2024, 1, 12), until=date(2024, 1, 18))
    assert found.stretches == (
        Gap(date(2024, 1, 12), date(2024, 1, 14), "missing"),
        Gap(date(2024, 1, 15), date(2024, 1, 16), "failed", "away"),
        Gap(date(2024, 1, 18), date(2024, 1, 18), "missing"),
    )
    assert [gap.reason for gap in found.stretches] == ["never asked for", "failed: away", "never asked for"]
    assert (len(found.all_days), found.complete_days) == (7, 1)


def test_without_a_range_it_is_that_of_the_ledger(books: Books) -> None:
    assert judged(books, since=None, until=None).all_days == []
    books.close_day(1)
    books.close_day(day=DAY.replace(day=15))
    found = judged(books, since=None, until=None)
    assert (found.since, found.until, found.complete_days) == (DAY.replace(day=15), DAY, 2)
    later = judged(books, since=date(2024, 2, 1), until=None)
    assert (len(later.all_days), later.is_proven) == (1, False)


def test_a_day_checked_soon_may_grow(books: Books) -> None:
    books.close_day(1)
    assert judged(books).may_grow == 1
    books.next_run(days=10)
    books.close_day(1)
    assert judged(books).may_grow == 0


NOW = "2024-01-17T03:00:00Z"


def walk(day: str, checked_at: str, glanced_at: str | None = None) -> DayRecord:
    return DayRecord(BOARD, day, "", 1, 1, 1, "complete", None, checked_at, None, 1, glanced_at)


@pytest.mark.parametrize(
    ("walks", "known_until"),
    [
        ([walk("2024-01-17", NOW)], NOW),
        ([walk("2024-01-17", "2024-01-17T03:04:59Z")], "2024-01-17T03:04:59Z"),
        ([walk("2024-01-17", "2024-01-17T03:05:01Z")], None),
        ([walk("2024-01-17", "2024-01-17T01:00:00Z", "2024-02-27T03:00:00Z")], "2024-01-17T01:00:00Z"),
        ([walk("2024-01-17", "2024-02-27T03:00:00Z", "2024-01-17T02:00:00Z")], "2024-01-17T02:00:00Z"),
        ([walk("2024-01-16", NOW), walk("2024-01-17", "2024-02-27T03:00:00Z")], "2024-01-16T15:00:00Z"),
    ],
)
def test_a_look_that_is_still_to_come_is_not_believed(walks: list[DayRecord], known_until: str | None) -> None:
    assert judge_walks(BOARD, "", walks, None, None, open_since=EVER, now=NOW).known_until == known_until


def test_days_to_come_are_not_judged() -> None:
    walks = [walk(day, "2024-02-27T03:00:00Z") for day in ("2024-01-16", "2024-01-17", "2024-01-18", "2024-02-27")]
    found = judge_walks(BOARD, "", walks, None, None, open_since=EVER, now=NOW)
    assert (found.since, found.until, len(found.days), found.is_proven) == (DAY.replace(day=16), DAY, 2, True)
    found = judge_walks(BOARD, "", walks[2:], None, None, open_since=EVER, now=NOW)
    assert (found.since, found.until, found.days, found.is_proven) == (None, None, {}, False)


def test_texts_that_were_not_fetched(books: Books) -> None:
    books.put(briefing(1, body_status="not fetched"), briefing(2, body_status="read", body="글", body_source="page"))
    books.close_day(1, 2)
    assert judged(books).not_fetched == 1
