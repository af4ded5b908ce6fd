"""Posts of the ESG board in the store: what is new, what changed, what drifts, and what each re-posts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from harvester.items import EsgPost, Unknown
from harvester.originals import Reference
from harvester.store import Store, open_to_read
from harvester.store.database import open_to_write
from harvester.store.esg_posts import MEANING, counts, without_original

from .making import DAY, Books, briefing

BOARD = "esg-board"
TITLE = "바닷가 쓰레기 줄이는 새 길, 어촌 마을 열두 곳이 함께 연다"
POSTED = DAY + timedelta(days=2)
LATER = POSTED + timedelta(days=1)


def post(post_id: object = 10, **changes: Any) -> EsgPost:
    """A post as the pipelines hand it to the store: a release of DAY, re-posted two days later."""
    values: dict[str, Any] = {
        "post_id": str(post_id),
        "number": 7,
        "url": f"https://k-esg.org/post/{post_id}",
        "listed_on": POSTED,
        "row_signature": "signature",
        "title_raw": TITLE,
        "writer_raw": "관리자",
        "day_raw": "01-19",
        "department_raw": "자원순환과",
        "text_raw": "첫 줄",
        "source_line": "(2024.01.17 환경부)",
        "links_raw": (),
        "likes": 1,
        "hits": 30,
        "fetched_at": "2024-01-20T03:00:00Z",
        "title": TITLE,
        "writer": "관리자",
        "department": "자원순환과",
        "text": "첫 줄",
        "posted_on": POSTED,
        "source_ministry": "환경부",
        "source_day": DAY,
        "link": None,
        "link_news_id": None,
    }
    return EsgPost(**{**values, **changes})


def linked(news_id: int, **changes: Any) -> EsgPost:
    address = f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}"
    return post(link=address, link_news_id=news_id, **changes)


def put(books: Books, *items: EsgPost) -> None:
    for item in items:
        books.store.put(item)
    books.store.flush()


def stored(books: Books, post_id: int = 10) -> dict[str, Any]:
    return books.one(f"SELECT * FROM esg_posts WHERE post_id = {post_id}")


def revisions(books: Books) -> list[tuple[int, str, str | None, str | None, str]]:
    rows = books.rows("SELECT revision, field, old, new, cause FROM esg_revisions ORDER BY revision, field")
    return [(row["revision"], row["field"], row["old"], row["new"], row["cause"]) for row in rows]


def close(books: Books, *listed: object, **changes: Any) -> Any:
    """What a walk found of the day of the posts."""
    return books.close_day(*listed, **{"day": POSTED, "board": BOARD, **changes})


@contextmanager
def replaying(books: Books) -> Iterator[Store]:
    """A replay of the same database, an hour later; `books` goes on behind it."""
    books.finish()
    books.now += timedelta(hours=1)
    store = Store(books.path, cause="replay")
    store.start_run(verb="replay", arguments="{}", days_asked=1, version="0")
    yield store
    store.finish_run({"days_closed": 1, "verdict": "complete", "exit_status": 0})
    store.close()
    books.now += timedelta(hours=1)
    books.open()


# New, unchanged, changed


def test_a_new_post_is_stored_with_all_its_fields(books: Books) -> None:
    put(books, linked(156000001, exchange_id=5))
    row = stored(books)
    as_given = {
        "number": 7,
        "title": TITLE,
        "writer": "관리자",
        "posted_on": "2024-01-19",
        "day_raw": "01-19",
        "department": "자원순환과",
        "source_line": "(2024.01.17 환경부)",
        "source_ministry": "환경부",
        "source_day": "2024-01-17",
        "link": "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001",
        "link_news_id": 156000001,
        "likes": 1,
        "hits": 30,
        "text": "첫 줄",
        "url": "https://k-esg.org/post/10",
        "row_signature": "signature",
        "exchange_id": 5,
    }
    assert {name: row[name] for name in as_given} == as_given
    assert (row["first_seen_at"], row["last_seen_at"]) == ("2024-01-20T03:00:00Z",) * 2
    assert (row["revision"], row["changed_at"], row["withdrawn_at"], row["run_id"]) == (1, None, None, books.run_id)
    assert revisions(books) == []


def test_what_a_post_does_not_say_is_null(books: Books) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ["number", "department", "source_line", "source_ministry", "source_day", "link", "likes", "hits"]
    )
    put(books, post(**nothing))
    assert {name: stored(books)[name] for name in nothing} == nothing


def test_the_same_post_again_is_seen_and_unchanged(books: Books) -> None:
    put(books, post())
    books.next_run(days=1)
    put(books, post(fetched_at="2024-01-21T03:00:00Z"))
    assert {saved.name: number for saved, number in books.store.saved.items()} == {"UNCHANGED": 1}
    row = stored(books)
    assert (row["first_seen_at"], row["last_seen_at"]) == ("2024-01-20T03:00:00Z", books.utc())
    assert (row["revision"], row["changed_at"]) == (1, None)
    assert revisions(books) == []


CHANGES: dict[str, tuple[Any, str | None]] = {
    "title": ("고친 제목", "고친 제목"),
    "writer": ("홍길동", "홍길동"),
    "posted_on": (LATER, "2024-01-20"),
    "department": ("기후전략과", "기후전략과"),
    "source_line": (None, None),
    "link": ("https://www.korea.kr/", "https://www.korea.kr/"),
    "text": ("고친 글", "고친 글"),
}


def test_every_column_with_a_meaning_is_tried() -> None:
    assert set(CHANGES) == set(MEANING)


@pytest.mark.parametrize("field", CHANGES)
def test_each_change_is_a_revision_with_what_was_before(books: Books, field: str) -> None:
    given, written = CHANGES[field]
    put(books, post())
    before = stored(books)[field]
    books.next_run()
    put(books, post(**{field: given}))
    assert revisions(books) == [(2, field, before, written, "site")]
    row = stored(books)
    assert (row[field], row["revision"], row["changed_at"], row["run_id"]) == (written, 2, books.utc(), books.run_id)


def test_several_changes_at_once_are_one_revision(books: Books) -> None:
    put(books, post())
    put(books, post(title="둘째", text="둘째 글"))
    put(books, post(title="셋째", text="둘째 글"))
    assert [(revision, field) for revision, field, *_ in revisions(books)] == [(2, "text"), (2, "title"), (3, "title")]
    assert stored(books)["revision"] == 3


def test_what_drifts_is_no_revision(books: Books) -> None:
    put(books, post())
    put(books, post(number=6, hits=31, likes=2, day_raw="14:05", exchange_id=9, row_signature="another"))
    row = stored(books)
    assert (row["number"], row["hits"], row["likes"], row["exchange_id"]) == (6, 31, 2, 9)
    assert (row["row_signature"], row["revision"], row["changed_at"]) == ("another", 1, None)
    assert revisions(books) == []


def test_the_list_tells_what_drifts_of_posts_that_are_not_fetched(books: Books) -> None:
    put(books, post(10), post(11, number=8))
    books.next_run()
    books.store.drift_of_posts({10: (6, 99), 11: (None, 5), 12: (1, 1)})
    assert (stored(books, 10)["number"], stored(books, 10)["hits"]) == (6, 99)
    assert (stored(books, 11)["number"], stored(books, 11)["hits"]) == (None, 5)
    assert books.one("SELECT count(*) AS n FROM esg_posts")["n"] == 2
    assert (stored(books, 10)["revision"], stored(books, 10)["run_id"]) == (1, 1)
    assert revisions(books) == []


def test_a_post_that_was_not_read_to_its_day_is_not_stored(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    put(books, post(10, posted_on=None), post(11))
    assert [row["post_id"] for row in books.rows("SELECT post_id FROM esg_posts")] == [11]
    assert "before the pipelines read its day" in caplog.text
    record = close(books, 10, 11)
    assert record.state == "partial"
    assert "10" in str(record.reason)


def test_what_could_not_be_read_of_a_post_is_counted(books: Books) -> None:
    put(books, post(unknowns=[Unknown("source_line", "post 10: '(어제 환경부)' is no source line")]))
    row = books.one("SELECT kind, value, news_id FROM unknowns")
    assert row == {"kind": "source_line", "value": "post 10: '(어제 환경부)' is no source line", "news_id": None}


# Replay


def test_a_replay_that_reads_otherwise_is_a_revision_of_its_own_cause(books: Books) -> None:
    put(books, post())
    with replaying(books) as store:
        store.put(post(text="anders"))
    assert revisions(books) == [(2, "text", "첫 줄", "anders", "replay")]
    row = stored(books)
    assert row["last_seen_at"] == "2024-01-20T03:00:00Z", "a replay has seen nothing on the site"


def test_a_replay_brings_nothing_back_that_was_withdrawn(books: Books) -> None:
    put(books, post(10), post(11))
    close(books, 11)
    withdrawn = stored(books, 10)["withdrawn_at"]
    assert withdrawn
    with replaying(books) as store:
        store.put(post(10))
    assert stored(books, 10)["withdrawn_at"] == withdrawn
    assert revisions(books) == []


def test_a_replay_that_reads_the_same_changes_nothing(books: Books) -> None:
    put(books, linked(1))
    release(books, 1)
    books.next_run()
    before = stored(books)
    with replaying(books) as store:
        store.put(linked(1, fetched_at="2024-02-01T03:00:00Z"))
    assert stored(books) == before


def test_a_replay_takes_nothing_back_that_the_board_said_later(books: Books) -> None:
    """The page that is read again is of the day on which the post was fetched; what drifts was noted since."""
    put(books, post(likes=3))
    books.store.drift_of_posts({10: (5, 99)})
    with replaying(books) as store:
        store.put(post(text="anders", likes=1))
    row = stored(books)
    assert (row["number"], row["hits"], row["likes"], row["text"]) == (5, 99, 3, "anders")


def test_a_replay_brings_a_post_that_was_archived_and_not_stored(books: Books) -> None:
    with replaying(books) as store:
        store.put(post(10))
    row = stored(books)
    assert (row["revision"], row["first_seen_at"], row["hits"]) == (1, "2024-01-20T03:00:00Z", 30)
    assert revisions(books) == []


def test_where_each_post_was_read_from(books: Books) -> None:
    put(books, post(10, exchange_id=5), post(11), post(12, exchange_id=6, posted_on=LATER))
    found = books.store.origins(BOARD, POSTED, POSTED)
    assert {post_id: (origin.exchange_id, origin.kept_body) for post_id, origin in found.items()} == {
        10: (5, None),
        11: (None, None),
    }


# Known posts, days of the ledger, withdrawals


def test_what_the_next_walk_needs_to_know(books: Books) -> None:
    put(books, post(10), post(11, row_signature="other"))
    close(books, 11)
    known = books.store.known_posts(["10", "11", "12"])
    assert {key: (each.row_signature, each.withdrawn) for key, each in known.items()} == {
        "10": ("signature", True),
        "11": ("other", False),
    }


def test_posts_that_wait_to_be_written_are_known(books: Books) -> None:
    books.store.put(post(10))
    assert set(books.store.known_posts(["10"])) == {"10"}


def test_the_ledger_counts_posts_and_not_releases_of_the_same_number(books: Books) -> None:
    put(books, post(10))
    books.put(briefing(11, listed_on=POSTED, published_on=POSTED))
    record = close(books, 10, 11)
    assert (record.declared, record.listed, record.stored, record.state) == (2, 2, 1, "partial")
    assert close(books, 10).state == "complete"
    assert books.one("SELECT withdrawn_at FROM briefings")["withdrawn_at"] is None


def test_a_post_that_is_no_longer_listed_is_withdrawn_and_kept(books: Books) -> None:
    put(books, post(10), post(11), post(12, posted_on=LATER))
    books.next_run(days=1)
    assert close(books, 11, unchanged={"11": ""}).state == "complete"
    gone, kept, other_day = (stored(books, post_id) for post_id in (10, 11, 12))
    assert (gone["withdrawn_at"], gone["changed_at"], gone["title"]) == (books.utc(), books.utc(), TITLE)
    assert (kept["withdrawn_at"], kept["last_seen_at"]) == (None, books.utc())
    assert (other_day["withdrawn_at"], other_day["last_seen_at"]) == (None, "2024-01-20T03:00:00Z")
    db = open_to_read(books.path)
    assert counts(db, POSTED.isoformat(), LATER.isoformat()) == (3, 1)
    assert counts(db, "2024-02-01", "2024-02-29") == (0, 0)


def test_a_day_that_lost_most_of_its_posts_is_not_believed(books: Books) -> None:
    put(books, *(post(post_id) for post_id in range(10, 16)))
    record = close(books, 10)
    assert (record.state, "no longer lists 5 of the 6" in str(record.reason)) == ("partial", True)
    assert books.rows("SELECT 1 FROM esg_posts WHERE withdrawn_at IS NOT NULL") == []
    assert close(books, 10, accept_withdrawals=True).state == "complete"
    assert len(books.rows("SELECT 1 FROM esg_posts WHERE withdrawn_at IS NOT NULL")) == 5


def test_a_post_is_withdrawn_once(books: Books) -> None:
    put(books, post(10), post(11))
    close(books, 11)
    withdrawn = stored(books)["withdrawn_at"]
    books.next_run(days=1)
    assert close(books, 11, unchanged={"11": ""}).state == "complete"
    assert stored(books)["withdrawn_at"] == withdrawn != books.utc()


def test_a_post_that_comes_back_is_a_revision(books: Books) -> None:
    put(books, post(10), post(11))
    close(books, 11)
    withdrawn = stored(books)["withdrawn_at"]
    books.next_run(days=1)
    put(books, post(10))
    assert revisions(books) == [(2, "withdrawn_at", withdrawn, None, "site")]
    assert (stored(books)["withdrawn_at"], stored(books)["revision"]) == (None, 2)


# What each re-posts


def release(books: Books, news_id: int = 156000001, *, days: int = 0, **changes: Any) -> None:
    day = DAY + timedelta(days=days)
    books.put(briefing(news_id, listed_on=day, published_on=day, **{"title": TITLE, **changes}))


def match(books: Books, post_id: int = 10) -> tuple[int | None, str | None, str | None]:
    row = stored(books, post_id)
    return row["news_id"], row["matched_by"], row["match_reason"]


def test_a_post_is_matched_when_its_run_ends(books: Books) -> None:
    release(books)
    put(books, linked(156000001), post(11), post(12, title="다른 소식", text=""))
    books.finish()
    assert match(books, 10) == (156000001, "news_id", "")
    assert match(books, 11) == (156000001, "title", "")
    news_id, matched_by, reason = match(books, 12)
    assert (news_id, matched_by) == (None, None)
    assert "none has that title" in str(reason)


REFERENCES = {
    "by its link": linked(156000001),
    "by its title": post(),
    "by its title alone": post(source_line=None, source_ministry=None, source_day=None),
    "by a cut title": post(title=TITLE[:24]),
    "by its link, of the day before": linked(156000001, source_day=DAY - timedelta(days=1)),
    "by its link without a title of its own": linked(156000001, title=TITLE.replace("열두 곳이", "여러 곳이")),
    "by its link, without a source line": linked(156000001, source_line=None, source_ministry=None, source_day=None),
}
FAR_OFF = "by its link, of another month"
REFERENCES[FAR_OFF] = linked(156000001, source_day=DAY - timedelta(days=31), source_line="(2023.12.17 환경부)")


@pytest.mark.parametrize("kind", REFERENCES)
def test_whether_the_post_or_the_release_comes_first_makes_no_difference(
    books: Books, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    release(books)
    put(books, REFERENCES[kind])
    books.finish()
    expected = match(books)
    assert expected[0] == 156000001
    other = Books(books.path.with_name("other.db"), monkeypatch)
    put(other, REFERENCES[kind])
    other.next_run()
    assert match(other)[0] is None
    release(other)
    other.finish()
    assert match(other) == expected


def test_a_match_without_doubt_stays_whatever_comes_later(books: Books) -> None:
    release(books)
    put(books, post())
    books.next_run()
    release(books, 156000002)
    books.finish()
    assert match(books) == (156000001, "title", "")


def test_a_match_in_doubt_is_looked_at_again(books: Books) -> None:
    """Its day was off by one; then the release of that very day is stored."""
    release(books, 156000002, days=1)
    put(books, post())
    books.next_run()
    assert match(books)[0] == 156000002
    assert "is of 2024-01-18, not 2024-01-17" in str(match(books)[2])
    release(books)
    books.finish()
    assert match(books) == (156000001, "title", "")


def test_a_post_that_was_edited_is_matched_anew(books: Books) -> None:
    release(books)
    release(books, 156000002, title="고랭지 배추의 속이 차는 때를 위성 사진으로 미리 알아낸다")
    put(books, post())
    books.next_run()
    put(books, post(title="고랭지 배추의 속이 차는 때를 위성 사진으로 미리 알아낸다"))
    books.finish()
    assert match(books) == (156000002, "title", "")


def test_a_release_that_fits_no_longer_is_given_up(books: Books) -> None:
    release(books)
    put(books, post())
    books.next_run()
    put(books, post(title="고랭지 배추의 속이 차는 때를 위성 사진으로 미리 알아낸다", text=""))
    books.finish()
    assert match(books)[:2] == (None, None)
    assert match(books)[2]


def test_a_match_is_no_revision_of_the_post(books: Books) -> None:
    put(books, post())
    books.next_run()
    release(books)
    books.finish()
    row = stored(books)
    assert (row["news_id"], row["revision"], row["changed_at"]) == (156000001, 1, None)
    assert revisions(books) == []


def test_without_anything_new_nothing_is_looked_at(books: Books) -> None:
    """A match made by hand stays: a run that touched neither post nor release writes nothing."""
    put(books, post())
    release(books)
    books.finish()
    with open_to_write(books.path).conn as connection:
        connection.execute("UPDATE esg_posts SET match_reason = 'by hand'")
    books.open()
    books.finish()
    assert match(books) == (156000001, "title", "by hand")


# What is still missing


def missing(books: Books, since: date = POSTED, until: date = POSTED, before: str = "9999") -> list[int]:
    db = open_to_read(books.path)
    try:
        return [each.post_id for each in without_original(db, since.isoformat(), until.isoformat(), before)]
    finally:
        db.close()


def test_posts_without_an_original_are_told_with_what_they_refer_to(books: Books) -> None:
    release(books)
    put(books, post(10), linked(156999999, post_id=11, title="다른 글"), post(12, title="또 다른 글", posted_on=LATER))
    books.finish()
    assert missing(books) == [11]
    assert missing(books, until=LATER) == [11, 12]
    assert missing(books, since=LATER + timedelta(days=1), until=LATER + timedelta(days=9)) == []
    [found] = without_original(open_to_read(books.path), POSTED.isoformat(), POSTED.isoformat(), "9999")
    assert found.reference == Reference(156999999, "다른 글", "환경부", DAY, "첫 줄", POSTED)
    assert found.link == "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156999999"


def test_what_was_looked_for_a_moment_ago_is_not_looked_for_again(books: Books) -> None:
    put(books, post(10), post(11))
    books.store.note_sought([10])
    sought = stored(books, 10)["sought_at"]
    assert sought == books.utc()
    assert stored(books, 11)["sought_at"] is None
    assert missing(books, before=sought) == [11]
    assert missing(books, before=(books.now + timedelta(hours=21)).strftime("%Y-%m-%dT%H:%M:%SZ")) == [10, 11]
    assert revisions(books) == []


def test_what_was_found_after_it_was_looked_for_is_not_missing(books: Books) -> None:
    put(books, post(10))
    books.store.note_sought([10])
    books.next_run()
    release(books)
    books.finish()
    assert missing(books) == []
