"""Which releases the store offers for a reference, and that it reads few of them."""

import sqlite3
from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from harvester.originals import Reference, find_original
from harvester.store import open_to_read
from harvester.store.database import open_to_write
from harvester.store.originals import MANY, candidates, day_states

from .making import DAY, Books, briefing

TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"


def put(
    books: Books,
    news_id: int,
    *,
    days: int = 0,
    ministry: str = "환경부",
    code: str | None = "A00019",
    **changes: object,
) -> None:
    day = DAY + timedelta(days=days)
    books.put(briefing(news_id, published_on=day, listed_on=day, ministry=ministry, ministry_code=code, **changes))


def offered(books: Books, reference: Reference) -> list[int]:
    db = open_to_read(books.path)
    try:
        return [each.news_id for each in candidates(db, [reference])[reference]]
    finally:
        db.close()


def test_those_of_the_ministry_around_the_day(books: Books) -> None:
    for news_id, days in enumerate(range(-5, 6), start=1):
        put(books, news_id, days=days)
    put(books, 20, ministry="국방부", code="A00005")
    around = list(range(3, 10))
    for ministry in ("환경부", "기후에너지환경부", "A00019", "환경부 국립환경과학원"):
        assert offered(books, Reference(ministry=ministry, day=DAY)) == around
    assert offered(books, Reference(ministry="환경부·국방부", day=DAY)) == [*around, 20]
    assert offered(books, Reference(ministry="통상교섭본부", day=DAY)) == [*around, 20]
    assert offered(books, Reference(day=DAY)) == [*around, 20]
    assert offered(books, Reference()) == []


def test_a_ministry_without_a_code_is_found_by_its_names(books: Books) -> None:
    put(books, 1, ministry="통계청", code=None)
    assert offered(books, Reference(ministry="국가데이터처", day=DAY)) == [1]


def test_that_of_the_link_whenever_it_was(books: Books) -> None:
    put(books, 1, days=-1000, title="옛 소식", body="본문", lead="요약")
    reference = Reference(news_id=1, ministry="국방부", day=DAY)
    assert offered(books, reference) == [1]
    assert offered(books, Reference(news_id=2)) == []
    db = open_to_read(books.path)
    [found] = candidates(db, [reference])[reference]
    assert (found.title, found.board, found.published_on, found.text) == (
        "옛 소식",
        "press-release",
        DAY - timedelta(days=1000),
        "본문",
    )


def test_titles_that_begin_alike(books: Books) -> None:
    put(books, 1, title=f"[보도참고] {TITLE}", title_prefix="[보도참고]")
    put(books, 2, title=TITLE, ministry="국방부", code="A00005", days=2)
    put(books, 3, title=TITLE, days=-200)
    put(books, 4, title="다른 소식을 전하는 긴 제목", days=-200)
    books.finish()
    cut = TITLE[:20] + "…"
    assert offered(books, Reference(title=cut)) == [1, 2, 3]
    assert offered(books, Reference(title=cut, posted=DAY + timedelta(days=3))) == [1, 2]
    assert offered(books, Reference(title=cut, ministry="경찰청", day=DAY)) == [1, 2]
    assert offered(books, Reference(title="바닷가")) == []


def test_a_crowd_of_titles_is_no_candidate_without_a_day(books: Books) -> None:
    for news_id in range(1, MANY + 2):
        put(books, news_id, title=f"{TITLE} {news_id}")
    books.finish()
    assert offered(books, Reference(title=TITLE)) == []
    assert len(offered(books, Reference(title=TITLE, ministry="환경부", day=DAY))) == MANY + 1


def test_withdrawn_releases_are_offered(books: Books) -> None:
    for news_id in range(1, 4):
        put(books, news_id)
    books.close_day(1, 2)
    assert books.one("SELECT withdrawn_at FROM briefings WHERE news_id = 3")["withdrawn_at"]
    assert offered(books, Reference(ministry="환경부", day=DAY)) == [1, 2, 3]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_time(books: Books, day: date) -> None:
    assert offered(books, Reference(title=TITLE, ministry="환경부", day=day)) == []
    assert offered(books, Reference(title=TITLE, posted=day)) == []


def test_each_reference_gets_its_own(books: Books) -> None:
    put(books, 1)
    put(books, 2, days=30)
    one, other = Reference(ministry="환경부", day=DAY), Reference(ministry="환경부", day=DAY + timedelta(days=30))
    found = candidates(open_to_read(books.path), [one, other, one])
    assert {key: [each.news_id for each in value] for key, value in found.items()} == {one: [1], other: [2]}


def many(db: Database, count: int) -> None:
    """Releases of years, ten a day, straight into the tables."""
    db.conn.execute(
        "INSERT INTO runs (id, verb, arguments, started_at, days_asked, version) VALUES (1, '', '', '', 1, '')"
    )
    db.conn.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
        " INSERT INTO briefings (news_id, board, title, body_source, ministry, ministry_raw, ministry_code,"
        " published_on, source_line, url, first_seen_at, last_seen_at, revision, fingerprint, row_signature, run_id)"
        " SELECT n, 'press-release', 'title ' || n, 'none', 'm' || (n % 10), '', 'c' || (n % 10),"
        " date('2000-01-01', '+' || (n / 10) || ' days'), '', '', '', '', 1, '', '', 1 FROM numbers",
        {"count": count},
    )
    db.conn.execute("INSERT INTO title_keys SELECT news_id, 'key' || (news_id % 1000) FROM briefings")


def steps(db: Database, reference: Reference) -> int:
    """How much work the database does for a reference, in hundreds of its instructions."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection: sqlite3.Connection = db.conn
    connection.set_progress_handler(count, 100)
    candidates(db, [reference])
    connection.set_progress_handler(None, 100)
    return taken


@pytest.mark.parametrize(
    "reference",
    [
        Reference(news_id=77),
        Reference(ministry="환경부", day=date(2001, 1, 1)),
        Reference(ministry="모르는기관", day=date(2001, 1, 1)),
        Reference(title=TITLE),
        Reference(title=TITLE, ministry="환경부", day=date(2001, 1, 1)),
    ],
    ids=repr,
)
def test_the_work_does_not_grow_with_the_database(books: Books, reference: Reference) -> None:
    books.finish()
    small, large = (open_to_write(books.path.with_name(f"{count}.db")) for count in (4_000, 40_000))
    many(small, 4_000)
    many(large, 40_000)
    assert steps(large, reference) <= 2 * steps(small, reference) + 2


def test_a_post_is_matched_through_the_store(books: Books) -> None:
    put(books, 1, title=TITLE)
    put(books, 2, title=TITLE, ministry="국방부", code="A00005")
    books.finish()
    reference = Reference(title=TITLE, ministry="기후에너지환경부", day=DAY)
    found = candidates(open_to_read(books.path), [reference])
    assert find_original(reference, found[reference]).news_id == 1


def test_what_the_ledger_says_of_days(books: Books) -> None:
    put(books, 1)
    books.close_day(1)
    books.close_day(day=DAY + timedelta(days=1), state="partial", reason="page 2: reset")
    books.close_day(day=DAY + timedelta(days=2), filter_="ministry=A00019")
    days = [DAY + timedelta(days=n) for n in range(3)]
    db = open_to_read(books.path)
    assert day_states(db, "press-release", days) == dict(
        zip(days, ["complete", "partial", "never crawled"], strict=True)
    )
    assert set(day_states(db, "speech", days).values()) == {"never crawled"}
