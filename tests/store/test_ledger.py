"""The ledger and the runs: what is complete, what is settled, and what an interrupted run left to do."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from harvester.korean import all_ministries
from harvester.store import DayRecord
from harvester.store.ledger import LATE, settle

from .making import DAY, Books, briefing


def record(checked: str, state: str = "complete", settled: str | None = None, quiet: int = 0) -> DayRecord:
    return DayRecord("press-release", DAY.isoformat(), "", 1, 1, 1, state, None, checked, settled, 1, quiet=quiet)


def test_a_complete_day_is_written_down(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(1, 2)
    wanted = {"declared": 2, "listed": 2, "stored": 2, "state": "complete", "reason": None, "settled_at": None}
    row = books.day()
    assert {name: row[name] for name in wanted} == wanted
    assert (row["checked_at"], row["run_id"], row["day"]) == ("2024-01-18T03:00:00Z", books.run_id, "2024-01-17")


def test_a_day_with_nothing_is_empty(books: Books) -> None:
    books.close_day()
    row = books.day()
    assert (row["state"], row["declared"], row["listed"], row["stored"]) == ("empty", 0, 0, 0)


def test_a_listed_release_that_is_not_stored_makes_its_day_partial(books: Books) -> None:
    books.put(briefing(1))
    got = books.close_day(1, 2, 3)
    assert (got.state, got.listed, got.stored, got.reason) == ("partial", 3, 1, "2 listed releases not stored")


def test_the_walks_own_reason_is_kept(books: Books) -> None:
    got = books.close_day(1, 2, state="partial", reason="page 2 of the listing: reset")
    assert (got.state, got.reason) == ("partial", "page 2 of the listing: reset")


def test_a_failure_keeps_the_numbers_of_the_check_before(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(1, 2)
    books.next_run()
    books.close_day(declared=None, listed=None, state="failed", reason="HTTP status 503")
    row = books.day()
    assert (row["state"], row["reason"]) == ("failed", "HTTP status 503")
    assert (row["declared"], row["listed"], row["stored"]) == (2, 2, 2)
    assert row["checked_at"] == "2024-01-18T04:00:00Z"


def test_a_failure_without_a_check_before_has_no_numbers(books: Books) -> None:
    books.close_day(declared=None, listed=None, state="failed", reason="reset")
    row = books.day()
    assert (row["declared"], row["listed"], row["stored"]) == (None, None, None)


def test_filters_have_rows_of_their_own(books: Books) -> None:
    books.put(briefing(1))
    books.close_day(1)
    books.close_day(1, filter_="query=희토류", can_withdraw=False, state="partial", reason="x")
    assert books.day()["state"] == "complete"
    assert books.day("query=희토류")["state"] == "partial"
    assert books.store.days("press-release", "", DAY, DAY).keys() == {DAY}
    assert books.store.days("another", "", DAY, DAY) == {}
    assert books.store.days("press-release", "", DAY + timedelta(days=1), DAY + timedelta(days=9)) == {}


# --- settled ---


def check_on(books: Books, days_after: int, *listed: object, **changes: Any) -> str | None:
    books.next_run(seconds=0)
    books.now = datetime(2024, 1, 17, 3) + timedelta(days=days_after)
    return books.close_day(*listed, **changes).settled_at


def test_a_day_is_settled_by_two_checks_that_find_nothing_the_last_of_them_late(books: Books) -> None:
    books.put(briefing(1))
    late = LATE.days
    assert check_on(books, 1, 1) is None
    assert check_on(books, 2, 1) is None
    assert check_on(books, 3, 1) is None, "late releases may still come"
    assert check_on(books, late, 1) == f"2024-01-{17 + late}T03:00:00Z"
    assert check_on(books, late + 5, 1) == f"2024-01-{17 + late}T03:00:00Z", "settled once, settled since then"


def test_two_checks_of_one_late_day_settle_nothing(books: Books) -> None:
    books.put(briefing(1))
    assert check_on(books, 30, 1) is None
    assert check_on(books, 30, 1) is None
    assert check_on(books, 31, 1) is None, "one quiet check may be chance"
    assert check_on(books, 31, 1) is None
    assert check_on(books, 32, 1) is not None


@pytest.mark.parametrize("found", ["new", "changed", "withdrawn"])
def test_a_check_that_finds_something_settles_nothing_and_unsettles(books: Books, found: str) -> None:
    books.put(*(briefing(n) for n in (1, 2, 3)))
    check_on(books, 1, 1, 2, 3)
    check_on(books, 2, 1, 2, 3)
    assert check_on(books, 11, 1, 2, 3) is not None
    books.next_run(days=1)
    listed = {"new": [1, 2, 3, 4], "changed": [1, 2, 3], "withdrawn": [1, 2]}[found]
    if found != "withdrawn":
        books.put(briefing(listed[-1], title="새 제목"))
    assert books.close_day(*listed).settled_at is None
    assert check_on(books, 13, *listed) is None
    assert check_on(books, 14, *listed) is not None


@pytest.mark.parametrize("state", ["partial", "failed"])
def test_a_day_that_is_not_complete_is_not_settled(books: Books, state: str) -> None:
    books.put(briefing(1))
    check_on(books, 1, 1)
    assert check_on(books, 11, 1, state=state, reason="x") is None
    assert check_on(books, 12, 1) is None, "the check before was none"
    assert check_on(books, 13, 1) is None
    assert check_on(books, 14, 1) is not None


def test_an_empty_day_can_be_settled(books: Books) -> None:
    assert check_on(books, 1) is None
    assert check_on(books, 2) is None
    assert check_on(books, 11) is not None


@pytest.mark.parametrize(
    ("before", "now", "settled"),
    [
        (None, "2024-02-20T00:00:00Z", False),
        ("2024-01-20T00:00:00Z", "2024-01-26T14:59:59Z", False),  # 23:59:59 in Korea, nine days after
        ("2024-01-20T00:00:00Z", "2024-01-26T15:00:00Z", True),  # midnight in Korea: the tenth
        ("2024-02-20T14:00:00Z", "2024-02-20T14:59:59Z", False),  # one Korean day
        ("2024-02-20T14:59:59Z", "2024-02-20T15:00:00Z", True),  # two
    ],
)
def test_days_are_korean_days(before: str | None, now: str, settled: bool) -> None:
    previous = record(before, quiet=1) if before else None
    assert (settle(previous, record(now), found_something=False).settled_at is not None) == settled


def test_a_clock_that_was_set_back_settles_nothing() -> None:
    checked_in_the_future = record("2030-01-01T00:00:00Z", quiet=1)
    got = settle(checked_in_the_future, record("2024-02-20T00:00:00Z"), found_something=False)
    assert (got.settled_at, got.quiet) == (None, 1)


def test_a_glance_leaves_the_ledger_as_it_is(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    known = books.close_day(1, 2)
    books.next_run()
    got = books.store.glance_at_day(known, 2, {"1": "요약"})
    assert (got.checked_at, got.glanced_at) == ("2024-01-18T03:00:00Z", "2024-01-18T04:00:00Z")
    assert books.day() == {**books.day(), "state": "complete", "declared": 2, "glanced_at": "2024-01-18T04:00:00Z"}
    seen = {row["news_id"]: row["last_seen_at"] for row in books.rows("SELECT news_id, last_seen_at FROM briefings")}
    assert seen == {1: "2024-01-18T04:00:00Z", 2: "2024-01-18T03:00:00Z"}, "what was not on the page was not seen"
    assert books.day()["glanced_page"] == 2
    after = books.close_day(1, 2)
    assert (after.glanced_at, after.glanced_page) == ("2024-01-18T04:00:00Z", None)


# --- since when crawls look after a question ---


def settling(books: Books, since: str, until: str, at: str) -> None:
    books.store.close()
    books.now = datetime.fromisoformat(at)
    books.open(
        "crawl", json.dumps({"board": "press-release", "since": since, "until": until, "filter": "", "settling": 1})
    )


def test_crawls_look_after_a_question_since_the_first_day_they_looked_at_lately(books: Books) -> None:
    since = books.store.settling_since
    assert since("press-release", "", date(2024, 1, 1)) is None
    settling(books, "2024-01-08", "2024-01-18", "2024-01-18T03:00:00")
    settling(books, "2024-03-01", "2024-03-11", "2024-03-11T03:00:00")
    settling(books, "2023-06-01", "2023-06-11", "2023-06-11T03:00:00")  # its clock was behind
    settling(books, "2024-03-02", "2024-03-12", "2024-03-12T03:00:00")
    since = books.store.settling_since
    assert since("press-release", "", date(2023, 1, 1)) == date(2024, 1, 8)
    assert since("press-release", "", date(2024, 2, 1)) == date(2024, 3, 1), "the one before is long past"
    assert since("press-release", "query=희토류", date(2023, 1, 1)) is None


# --- runs ---


def test_a_run_is_written_when_it_starts_and_when_it_ends(books: Books) -> None:
    begun = books.one("SELECT * FROM runs")
    assert (begun["verb"], begun["started_at"], begun["finished_at"], begun["verdict"]) == (
        "crawl",
        "2024-01-18T03:00:00Z",
        None,
        None,
    )
    books.put(briefing(1), briefing(2))
    books.put(briefing(1, title="x"))
    books.close_day(1, 2, unchanged={"2": "요약"})
    books.now += timedelta(minutes=1)
    books.finish(requests=7, bytes=99, failed=0, reason="1 of 1 day complete")
    ended = books.one("SELECT * FROM runs")
    assert (ended["new"], ended["changed"], ended["unchanged"], ended["requests"]) == (2, 1, 1, 7)
    assert (ended["finished_at"], ended["verdict"], ended["exit_status"]) == ("2024-01-18T03:01:00Z", "complete", 0)


def test_a_run_that_never_ended_is_called_interrupted_by_the_next(books: Books) -> None:
    books.store.close()
    books.open()
    first, second = books.rows("SELECT verdict, reason FROM runs ORDER BY id")
    assert first["verdict"] == "interrupted"
    assert "killed" in first["reason"]
    assert second["verdict"] is None


def begin(books: Books, arguments: str = "a", verb: str = "backfill") -> str:
    books.now += timedelta(hours=1)
    books.open(verb, arguments, days_asked=3)
    return books.utc()


def test_the_work_of_interrupted_runs_began_with_the_first_of_them(books: Books) -> None:
    books.finish()
    assert books_since(books) is None
    begin(books)
    books.finish(days_closed=3)
    assert books_since(books) is None, "it left nothing"
    first = begin(books)
    books.store.close()  # killed
    assert books_since(books) == first
    begin(books)
    books.finish(days_closed=1, verdict="partial")
    begin(books)
    books.finish(days_closed=2, verdict="interrupted")
    assert books_since(books) == first
    assert books_since(books, "other arguments") is None
    assert books_since(books, verb="crawl") is None
    begin(books, "other arguments")
    books.finish(days_closed=3)
    assert books_since(books) == first, "another question changes nothing"
    begin(books)
    books.finish(days_closed=3, verdict="partial")
    assert books_since(books) is None, "all days had their walk"


def books_since(books: Books, arguments: str = "a", verb: str = "backfill") -> str | None:
    from harvester.store import Store  # noqa: PLC0415

    store = Store(books.path)
    try:
        return store.interrupted_since(verb, [arguments])
    finally:
        store.close()


# --- reference ---


def test_the_ministries_are_loaded_and_reloaded_only_when_they_changed(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> list[str]:
        return [row["name"] for row in books.rows("SELECT name FROM ministries ORDER BY rowid")]

    known = [ministry.name for ministry in all_ministries()]
    assert names() == known
    books.next_run()
    assert names() == known
    monkeypatch.setattr("harvester.store.store.all_ministries", lambda: all_ministries()[:5])
    books.next_run()
    assert names() == known[:5]


# --- what a killed run did not come to ---


def test_releases_of_a_killed_run_are_grouped_by_the_next(books: Books) -> None:
    """Joint releases are found when a run ends. One that was killed, or two in a row, came to no end."""
    books.put(briefing(1))
    books.finish()
    title = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
    for number, ministry in ((2, "환경부"), (3, "해양수산부")):
        books.now += timedelta(hours=1)
        books.open()
        books.put(briefing(number, title=title, title_raw=title, ministry=ministry, fetched_at=books.utc()))
        books.store.close()  # and nothing else: it was killed
    assert books.rows("SELECT * FROM joint_releases") == []
    books.now += timedelta(hours=1)
    books.open()
    books.finish()
    groups = books.rows("SELECT news_id, group_id FROM joint_releases ORDER BY news_id")
    assert groups == [{"news_id": 2, "group_id": 2}, {"news_id": 3, "group_id": 2}]
