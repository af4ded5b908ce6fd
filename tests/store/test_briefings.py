"""Releases in the database: new, changed, unchanged, withdrawn; nothing overwritten without a revision."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.clock import KST
from harvester.items import Briefing
from harvester.store import Saved
from harvester.store.store import BATCH, BELIEVABLE_WITHDRAWALS

from .making import DAY, Books, briefing, files, unknown


def revisions(books: Books) -> list[tuple[str, Any, Any]]:
    rows = books.rows("SELECT field, old, new FROM revisions ORDER BY revision, field")
    return [(row["field"], row["old"], row["new"]) for row in rows]


def saved(books: Books) -> tuple[int, int, int]:
    counted = books.store.saved
    return counted[Saved.NEW], counted[Saved.CHANGED], counted[Saved.UNCHANGED]


def test_a_new_release_is_stored_as_it_is(books: Books) -> None:
    books.put(
        briefing(attachments=files("가.hwpx", "나.pdf"), body="첫 줄\n둘째 줄", body_source="page", license="KOGL-1")
    )
    row = books.one("SELECT * FROM briefings")
    wanted = {
        "news_id": 156000001,
        "board": "press-release",
        "title": "제목",
        "lead": "요약",
        "body": "첫 줄\n둘째 줄",
        "body_source": "page",
        "ministry": "환경부",
        "ministry_code": "A00019",
        "published_on": "2024-01-17",
        "published_at": "2024-01-17T09:30:05+09:00",
        "source_line": "(2024.01.17 환경부)",
        "license": "KOGL-1",
        "first_seen_at": "2024-01-18T03:00:00Z",
        "last_seen_at": "2024-01-18T03:00:00Z",
        "changed_at": None,
        "withdrawn_at": None,
        "revision": 1,
        "run_id": books.run_id,
    }
    assert {name: row[name] for name in wanted} == wanted
    attached = books.rows("SELECT position, file_id, name, kind FROM attachments ORDER BY position")
    assert [(each["position"], each["name"], each["kind"]) for each in attached] == [
        (1, "가.hwpx", "hwpx"),
        (2, "나.pdf", "pdf"),
    ]
    assert (saved(books), revisions(books)) == ((1, 0, 0), [])


def test_the_same_again_is_no_change(books: Books) -> None:
    books.put(briefing(attachments=files("가.hwpx")))
    before = books.one("SELECT * FROM briefings")
    books.next_run()
    books.put(briefing(attachments=files("가.hwpx")))
    assert saved(books) == (0, 0, 1)
    after = books.one("SELECT * FROM briefings")
    assert after["last_seen_at"] == "2024-01-18T04:00:00Z"
    assert after | {"last_seen_at": before["last_seen_at"]} == before
    assert revisions(books) == []


CHANGES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("title", {"title": "초과근무 개선"}, "제목", "초과근무 개선"),
    ("lead", {"lead": "다른 요약"}, "요약", "다른 요약"),
    ("body", {"body": "글", "body_source": "page"}, None, "글"),
    ("ministry", {"ministry": "기후에너지환경부"}, "환경부", "기후에너지환경부"),
    ("published_on", {"published_on": date(2024, 1, 18)}, "2024-01-17", "2024-01-18"),
    ("published_at", {"published_at": None}, "2024-01-17T09:30:05+09:00", None),
    (
        "published_at",
        {"published_at": datetime(2024, 1, 17, 9, 30, 6, tzinfo=KST)},
        "2024-01-17T09:30:05+09:00",
        "2024-01-17T09:30:06+09:00",
    ),
    ("license", {"license": "KOGL-4"}, None, "KOGL-4"),
]


@pytest.mark.parametrize(("field", "change", "old", "new"), CHANGES)
def test_each_changed_field_is_a_revision(
    books: Books, field: str, change: dict[str, Any], old: object, new: object
) -> None:
    books.put(briefing())
    books.next_run()
    books.put(briefing(**change))
    assert revisions(books) == [(field, old, new)]
    row = books.one("SELECT * FROM briefings")
    assert (row[field], row["revision"], row["changed_at"]) == (new, 2, "2024-01-18T04:00:00Z")
    assert (row["first_seen_at"], row["run_id"]) == ("2024-01-18T03:00:00Z", books.run_id)
    assert saved(books) == (0, 1, 0)


def test_revisions_can_be_read_back_to_the_beginning(books: Books) -> None:
    titles = ["하나", "둘", "셋", "하나"]
    for title in titles:
        books.put(briefing(title=title, lead=f"{title} 요약"))
        books.next_run()
    row = books.one("SELECT title, revision FROM briefings")
    assert row == {"title": "하나", "revision": 4}
    changed = books.rows("SELECT revision, old, new FROM revisions WHERE field = 'title' ORDER BY revision")
    assert [(each["revision"], each["old"], each["new"]) for each in changed] == [
        (2, "하나", "둘"),
        (3, "둘", "셋"),
        (4, "셋", "하나"),
    ]


WHOLE = "가나다라 마바사 " * 30 + "끝"
CUT = WHOLE[:180] + "..."


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (CUT, WHOLE, WHOLE),
        (WHOLE, CUT, WHOLE),
        (CUT, WHOLE[:150] + "…", CUT),
        ("가 나\n다", "가 나 다", "가 나\n다"),
        (WHOLE, None, None),
        (None, CUT, CUT),
    ],
)
def test_another_printing_of_a_lead_is_no_revision(
    books: Books, first: str | None, then: str | None, kept: str | None
) -> None:
    books.put(briefing(lead=first))
    books.put(briefing(lead=then))
    assert books.one("SELECT lead FROM briefings")["lead"] == kept
    printing_only = first is not None and then is not None
    assert (revisions(books) == []) == printing_only


def test_an_unchanged_row_completes_a_lead_that_was_stored_cut(books: Books) -> None:
    books.put(briefing(lead=CUT))
    books.next_run()
    books.close_day(156000001, unchanged={"156000001": WHOLE.replace(" ", "&nbsp; ")})
    row = books.one("SELECT lead, last_seen_at, revision FROM briefings")
    assert (row["lead"], row["last_seen_at"], row["revision"]) == (WHOLE, "2024-01-18T04:00:00Z", 1)
    books.close_day(156000001, unchanged={"156000001": CUT})
    assert books.one("SELECT lead FROM briefings")["lead"] == WHOLE
    assert saved(books) == (0, 0, 2)


def test_a_changed_file_list_is_a_revision_and_replaces_the_files(books: Books) -> None:
    books.put(briefing(attachments=files("가.hwpx", "나.pdf")))
    books.put(briefing(attachments=files("가.hwpx", "나(수정).pdf", "다.zip")))
    [(field, old, new)] = revisions(books)
    assert field == "attachments"
    assert old == "198000001 가.hwpx\n198000002 나.pdf"
    assert new == "198000001 가.hwpx\n198000002 나(수정).pdf\n198000003 다.zip"
    names = [row["name"] for row in books.rows("SELECT name FROM attachments ORDER BY position")]
    assert names == ["가.hwpx", "나(수정).pdf", "다.zip"]
    books.put(briefing(attachments=[]))
    assert books.rows("SELECT * FROM attachments") == []
    assert revisions(books)[-1][2] is None


def test_the_same_release_twice_in_a_batch_is_one(books: Books) -> None:
    books.put(briefing(), briefing(title="나중"))
    assert books.one("SELECT title, revision FROM briefings") == {"title": "나중", "revision": 2}
    assert saved(books) == (1, 1, 0)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(min_size=1), lead=st.none() | st.text(), body=st.none() | st.text())
def test_any_text_comes_back_as_it_was(books: Books, title: str, lead: str | None, body: str | None) -> None:
    storable = [None if text is None else text.encode("utf-8", "ignore").decode() for text in (title, lead, body)]
    news_id = 1 + books.one("SELECT count(*) AS n FROM briefings")["n"]
    books.put(briefing(news_id, title=storable[0], lead=storable[1], body=storable[2]))
    row = books.one(f"SELECT title, lead, body FROM briefings WHERE news_id = {news_id}")
    assert [row["title"], row["lead"], row["body"]] == storable


# --- what the next walk needs to know ---


def test_what_is_known_includes_what_waits_to_be_written(books: Books) -> None:
    books.store.put(briefing(1, row_signature="s1", lead=None))
    known = books.store.known(["1", "2"])
    assert known.keys() == {"1"}
    assert (known["1"].row_signature, known["1"].lead, known["1"].withdrawn) == ("s1", None, False)


def test_thousands_can_be_asked_for_at_once(books: Books) -> None:
    books.put(*(briefing(n) for n in range(1, 41)))
    assert len(books.store.known(str(n) for n in range(1, 5001))) == 40


# --- withdrawn ---


def test_what_a_whole_day_no_longer_lists_is_marked_and_kept(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(1, 2)
    books.next_run()
    books.close_day(2, unchanged={"2": "요약"})
    row = books.one("SELECT withdrawn_at, last_seen_at, title FROM briefings WHERE news_id = 1")
    assert row == {"withdrawn_at": "2024-01-18T04:00:00Z", "last_seen_at": "2024-01-18T03:00:00Z", "title": "제목"}
    assert books.one("SELECT withdrawn_at FROM briefings WHERE news_id = 2")["withdrawn_at"] is None
    assert books.store.known(["1"])["1"].withdrawn


def test_a_release_listed_again_is_no_longer_withdrawn(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(2)
    books.next_run()
    books.put(briefing(1))
    assert revisions(books) == [("withdrawn_at", "2024-01-18T03:00:00Z", None)]
    assert books.one("SELECT withdrawn_at FROM briefings WHERE news_id = 1")["withdrawn_at"] is None
    assert saved(books) == (0, 1, 0)


def test_a_withdrawal_is_a_change_but_no_revision_because_nothing_is_overwritten(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.next_run()
    books.close_day(2)
    assert books.one("SELECT withdrawn_at, changed_at, revision FROM briefings WHERE news_id = 1") == {
        "withdrawn_at": "2024-01-18T04:00:00Z",
        "changed_at": "2024-01-18T04:00:00Z",
        "revision": 1,
    }
    assert books.one("SELECT changed_at FROM briefings WHERE news_id = 2")["changed_at"] is None
    assert revisions(books) == []


@pytest.mark.parametrize(
    "how",
    [
        {"state": "partial", "reason": "page 2 lost"},
        {"state": "failed", "reason": "reset", "listed": None, "declared": None},
        {"can_withdraw": False},
        {"board": "another-board"},
        {"day": date(2024, 1, 16)},
    ],
)
def test_no_other_day_withdraws_anything(books: Books, how: dict[str, Any]) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(**{"state": "complete", **how})
    assert books.rows("SELECT * FROM briefings WHERE withdrawn_at IS NOT NULL") == []


def test_a_day_that_lost_most_of_its_releases_is_not_believed(books: Books) -> None:
    many = range(1, 2 * BELIEVABLE_WITHDRAWALS + 5)
    books.put(*(briefing(n) for n in many))
    books.close_day(*many)
    record = books.close_day()
    assert (record.state, record.confirmed) == ("partial", False)
    assert f"no longer lists {len(many)} of the {len(many)}" in str(record.reason)
    assert "not believed" in str(record.reason)
    assert books.rows("SELECT * FROM briefings WHERE withdrawn_at IS NOT NULL") == []


@pytest.mark.parametrize(
    ("held", "gone", "believed"),
    [(1, 1, True), (2, 2, False), (4, 3, True), (4, 4, False), (8, 4, True), (7, 4, False)],
)
def test_how_much_may_vanish(books: Books, held: int, gone: int, believed: bool) -> None:
    books.put(*(briefing(n) for n in range(held)))
    assert books.close_day(*range(gone, held)).confirmed == believed
    withdrawn = books.rows("SELECT * FROM briefings WHERE withdrawn_at IS NOT NULL")
    assert len(withdrawn) == (gone if believed else 0)


def test_a_release_that_moved_to_another_day_is_not_withdrawn(books: Books) -> None:
    books.put(briefing(1), briefing(2))
    books.close_day(1, 2)
    books.put(briefing(1, listed_on=date(2024, 1, 18), published_on=date(2024, 1, 18)))
    books.close_day(1, day=date(2024, 1, 18))
    books.close_day(2)
    assert books.rows("SELECT * FROM briefings WHERE withdrawn_at IS NOT NULL") == []


# --- all or nothing ---


def bad(news_id: object, **changes: Any) -> Briefing:
    """A release that a pipeline forgot to complete."""
    return briefing(news_id, **{"published_on": None, **changes})


def stored(books: Books) -> list[int]:
    return [row["news_id"] for row in books.rows("SELECT news_id FROM briefings ORDER BY news_id")]


def test_a_bad_release_leaves_nothing_half_written_and_is_logged(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    twice = files("가.hwpx") + files("나.pdf")  # position 1 twice: refused by the table, after the release's own row
    books.put(briefing(1, unknowns=[unknown()]), briefing(2, attachments=twice, unknowns=[unknown("둘")]), briefing(3))
    for table in ("briefings", "attachments", "unknowns", "revisions"):
        assert books.rows(f"SELECT * FROM {table} WHERE news_id = 2") == []
    assert books.one("SELECT seen FROM unknowns") == {"seen": 1}
    [logged] = caplog.records
    assert (logged.levelname, logged.getMessage()) == ("ERROR", "newsId 2 could not be written")
    assert logged.exc_info


def test_a_change_that_fails_leaves_the_old_release(books: Books) -> None:
    books.put(briefing(1, attachments=files("가.hwpx")))
    before = books.one("SELECT * FROM briefings")
    twice = files("나.pdf") + files("다.pdf")  # position 1 twice: refused by the table
    books.put(briefing(1, title="새 제목", attachments=twice), briefing(2))
    assert books.one("SELECT * FROM briefings WHERE news_id = 1") == before
    assert revisions(books) == []
    assert [row["name"] for row in books.rows("SELECT name FROM attachments")] == ["가.hwpx"]


def test_a_day_with_a_release_that_failed_is_partial(books: Books) -> None:
    books.put(bad(1), briefing(2))
    record = books.close_day(1, 2)
    assert (record.state, record.stored, record.reason) == ("partial", 1, "1 listed releases not stored: newsId 1")


def test_one_bad_release_does_not_take_its_neighbours_with_it(books: Books) -> None:
    assert BATCH > 3
    books.put(briefing(3))
    books.put(briefing(1), bad(2), briefing(3), briefing(3, title="새 제목"))
    assert stored(books) == [1, 3]
    assert saved(books) == (2, 1, 1), "each counted once, though the batch was written twice"


def test_a_commit_that_fails_is_not_counted(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    books.put(briefing(1))
    disk_full = [sqlite3.OperationalError("database or disk is full")] * 2
    write = books.store._write

    def fail(batch: Sequence[Briefing]) -> None:
        if disk_full:
            raise disk_full.pop()
        write(batch)

    monkeypatch.setattr(books.store, "_write", fail)
    books.put(briefing(2), briefing(3))  # the batch, then newsId 2 by itself
    assert (stored(books), saved(books)) == ([1, 3], (2, 0, 0))


def test_a_full_database_costs_only_what_does_not_fit(books: Books) -> None:
    db = books.store._db
    books.put(briefing(1))
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    books.put(briefing(2, body="가" * 100_000), briefing(3))
    assert (stored(books), saved(books)) == ([1, 3], (2, 0, 0))
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    books.put(briefing(2, body="가" * 100_000))
    assert (stored(books), saved(books)) == ([1, 2, 3], (3, 0, 0))


def test_a_day_whose_change_failed_is_not_one_that_found_something(books: Books) -> None:
    books.put(bad(1))
    assert books.store._found_on == {}


# --- unknowns ---


def test_unknowns_are_counted_and_keep_the_first_release(books: Books) -> None:
    books.put(briefing(1, unknowns=[unknown(), unknown("다른부처")]))
    books.next_run()
    books.put(briefing(2, unknowns=[unknown()]))
    books.store.note_unknowns([unknown()])
    rows = {row["value"]: row for row in books.rows("SELECT * FROM unknowns")}
    assert (rows["새부처"]["seen"], rows["새부처"]["news_id"]) == (3, 1)
    assert rows["새부처"]["first_seen_at"] == "2024-01-18T03:00:00Z"
    assert rows["다른부처"]["seen"] == 1
    assert DAY.year == 2024


def test_a_changed_release_that_could_not_be_written_makes_its_day_partial(books: Books) -> None:
    """Its old text is stored, so counting alone would not tell."""
    books.put(briefing(1), briefing(2))
    assert books.close_day(1, 2).confirmed
    books.put(briefing(1, title="새 제목", source_line=None))
    record = books.close_day(1, 2)
    assert record.state == "partial"
    assert "newsId 1" in str(record.reason)
    assert record.settled_at is None
    assert books.close_day(1, 2).confirmed
