"""The index as runs leave it: what is found is what stands in the texts, with whatever tool it is asked."""

import sqlite3

import pytest
import sqlite_utils
from datasette.utils import detect_fts, escape_fts

from harvester.store import DatabaseProblem, Store, maintenance, open_to_read, search, selection
from harvester.store.selection import Order, Selection

from .making import DAY, Books, briefing

WORDS = (
    "주택",
    "공급",
    "희토류",
    "공급망",
    "환경",
    "반도체",
    "탄소중립",
    "온실가스",
    "재생에너지",
    "어린이",
    "주택공급",
)
TEXTS = (
    "주택공급을 늘리고 희토류를 비축한다",
    "어린이집 환경을 고치는 탄소중립 사업\n온실가스를 줄인다",
    "신재생에너지와 반도체공급망, K-푸드를 알린다",
    "주택도시 환경정책 R&D 예산 2,050억 원",
    "어린 나무를 심고 AI반도체를 지원하는 산업ㆍ통상 회의",
    "희토류 공급망 점검, 반도체는 물론 쌀값까지",
    "\uf09f국가R&D사업 10만 명, 제1차관은 🤖인공지능을 말했다",
)


@pytest.fixture
def stored(books: Books) -> Books:
    books.put(*(briefing(n, title=f"{n}번째 소식", body=text) for n, text in enumerate(TEXTS, start=1)))
    return books


def found(books: Books, typed: str, **filters: object) -> set[int]:
    db = open_to_read(books.path)
    return set(selection.news_ids(db, Selection(words=typed, **filters)))  # type: ignore[arg-type]


def like(books: Books, *words: str) -> set[int]:
    return {
        row["news_id"]
        for row in books.rows("SELECT news_id, title, body FROM briefings")
        if all(word in row["title"] or word in (row["body"] or "") for word in words)
    }


def stock(books: Books, typed: str) -> set[int]:
    """As Datasette asks: the table it finds by itself, each word quoted."""
    connection = sqlite3.connect(books.path)
    table = detect_fts(connection, "briefings")
    rows = connection.execute(f"SELECT rowid FROM [{table}] WHERE [{table}] MATCH ?", [escape_fts(typed)])
    return {row[0] for row in rows}


@pytest.mark.parametrize("one", WORDS)
def test_search_finds_what_like_finds(stored: Books, one: str) -> None:
    assert like(stored, one), "a word that stands nowhere proves nothing"
    assert found(stored, one) == like(stored, one)
    for other in WORDS:
        assert found(stored, f"{one} {other}") == like(stored, one, other)


@pytest.mark.parametrize("one", [word for word in WORDS if len(word) <= 4])
def test_so_does_a_tool_that_knows_nothing_of_us(stored: Books, one: str) -> None:
    assert stock(stored, one) == like(stored, one)
    assert stock(stored, f"{one} 공급") == like(stored, one, "공급")


def test_sqlite_utils_searches_it_too(stored: Books) -> None:
    table = sqlite_utils.Database(stored.path)["briefings"]
    assert {row["news_id"] for row in table.search("주택")} == like(stored, "주택")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("희토류를", {1, 6}),
        ("희토류의", {1, 6}),
        ("반도체가", {3, 5, 6}),
        ("K-푸드", {3}),
        ("k-푸드", {3}),
        ("R&D", {4, 7}),
        ("R&D를", {4, 7}),
        ("K-푸드를", {3}),
        ("AI반도체를", {5}),
        ("10만", {7}),
        ("1차관", {7}),
        ("국가", {7}),
        ("인공지능", {7}),
        ("AI", {5}),
        ("AI를", {5}),
        ("2,050", {4}),
        ("산업·통상", {5}),
        ("산업ㆍ통상", {5}),
        ("쌀", {6}),
        ('"공급망 점검"', {6}),
        ('"점검 공급망"', set()),
        ("희토류 -비축", {6}),
        ("탄소중립 OR 희토류", {1, 2, 6}),
        ("주택 환경 -예산", set()),
    ],
)
def test_ways_to_ask(stored: Books, typed: str, expected: set[int]) -> None:
    assert found(stored, typed) == expected


def test_phrases_and_words_with_signs_in_stock_tools(stored: Books) -> None:
    assert stock(stored, '"희토류 공급망"') == {6}
    assert stock(stored, "K-푸드") == {3}
    assert stock(stored, "R&D") == {4, 7}


def test_a_title_weighs_more_than_a_text(books: Books) -> None:
    books.put(
        briefing(1, title="소식", body="희토류 이야기와 그 밖의 일"),
        briefing(2, title="희토류 소식", body="다른 이야기와 그 밖의 일"),
        briefing(3, title="소식", body="아무것도 없다"),
    )
    db = open_to_read(books.path)
    assert list(selection.news_ids(db, Selection(words="희토류"), Order.RELEVANCE)) == [2, 1]
    assert [row[0] for row in db.execute("SELECT rowid FROM briefings_fts('희토류') ORDER BY rank")] == [2, 1]


def test_pages_of_hits_lie_one_behind_the_other(books: Books) -> None:
    """Titles first, then the others: none twice, none left out, wherever a page begins."""
    for first in range(0, 60, 20):
        books.put(
            *(
                briefing(n, title="희토류" if n % 3 else "소식", body="희토류 " * (n % 7 + 1))
                for n in range(first + 1, first + 21)
            )
        )
    db = open_to_read(books.path)
    chosen = Selection(words="희토류 -없는말", boards=("press-release",))
    for order in (Order.RELEVANCE, Order.DAY):
        whole = list(selection.news_ids(db, chosen, order))
        assert sorted(whole) == list(range(1, 61))
        for size in (1, 7, 19, 20, 40, 41):
            pages = [
                n for at in range(0, 60, size) for n in selection.news_ids(db, chosen, order, limit=size, offset=at)
            ]
            assert pages == whole
        assert list(selection.news_ids(db, chosen, order, limit=5, offset=60)) == []


def test_frequent_words_are_found_the_same_way(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(1, 41):
        books.put(briefing(n, body="희토류", published_on=DAY.replace(day=1 + n % 28)))
    db = open_to_read(books.path)
    one_by_one = list(selection.news_ids(db, Selection(words="희토류"), Order.DAY, limit=10, offset=3))
    monkeypatch.setattr(selection, "FREQUENT", 20)
    assert list(selection.news_ids(db, Selection(words="희토류"), Order.DAY, limit=10, offset=3)) == one_by_one


def test_an_edited_release_is_found_under_its_new_words_only(books: Books) -> None:
    books.put(briefing(1, title="희토류 소식", body="주택공급"))
    books.put(briefing(1, title="반도체 소식", body="탄소중립"))
    assert (found(books, "희토류"), found(books, "주택")) == (set(), set())
    assert (found(books, "반도체"), found(books, "탄소")) == ({1}, {1})


def test_a_text_that_comes_later_is_found(books: Books) -> None:
    books.put(briefing(1, body=None, body_status="not fetched"))
    books.put(briefing(1, body="주택공급"))
    assert found(books, "공급") == {1}


def test_an_unchanged_release_writes_nothing_into_the_index(books: Books) -> None:
    books.put(briefing(1, body="주택공급"))
    size = search.sizes(open_to_read(books.path))
    for _ in range(3):
        books.put(briefing(1, body="주택공급"))
    assert search.sizes(open_to_read(books.path)) == size


def test_many_edits_leave_an_index_that_is_as_if_built_anew(books: Books) -> None:
    for n in range(40):
        books.put(*(briefing(m, title=f"소식 {n}", body=TEXTS[(m + n) % len(TEXTS)]) for m in range(1, 6)))
    before = {word: found(books, word) for word in WORDS}
    assert before == {word: like(books, word) for word in WORDS}
    books.finish()
    maintenance.reindex(books.path)
    assert {word: found(books, word) for word in WORDS} == before


def test_an_index_of_another_version_is_built_anew_by_the_next_run(stored: Books) -> None:
    stored.store._db.execute("INSERT INTO briefings_fts (briefings_fts) VALUES ('delete-all')")
    stored.store._db.execute("UPDATE search_index SET version = 0")
    stored.store._db.conn.commit()
    stored.finish()
    Store(stored.path).close()
    assert found(stored, "주택") == like(stored, "주택")


def test_an_index_that_is_not_built_answers_nothing(stored: Books) -> None:
    """Nothing found would be a lie."""
    stored.store._db.execute("DELETE FROM search_index")
    stored.store._db.conn.commit()
    with pytest.raises(DatabaseProblem, match=r"the search index of .* is not built"):
        open_to_read(stored.path)


def test_a_killed_transaction_leaves_release_and_index_together(books: Books) -> None:
    books.put(briefing(1, title="희토류"))
    db = books.store._db
    db.execute("BEGIN")
    db.execute("UPDATE briefings SET title = '반도체' WHERE news_id = 1")
    search.update(db, 1, search.Searched("희토류", None), search.Searched("반도체", None))
    db.rollback()
    assert (found(books, "희토류"), found(books, "반도체")) == ({1}, set())


# Selections


def test_filters_narrow_a_search(books: Books) -> None:
    books.put(
        briefing(1, body="희토류"),
        briefing(2, body="희토류", ministry="국방부", ministry_code="A00010"),
        briefing(3, body="희토류", published_on=DAY.replace(day=10), board="speech"),
        briefing(4, body="반도체", ministry="이름없는부", ministry_code=None),
    )
    assert found(books, "희토류", codes=("A00010",)) == {2}
    assert found(books, "희토류", boards=("speech",)) == {3}
    assert found(books, "희토류", since=DAY) == {1, 2}
    assert found(books, "", names=("이름없는부",)) == {4}
    db = open_to_read(books.path)
    assert selection.count(db, Selection(words="희토류")) == 3
    assert selection.count(db, Selection(words="희토류", boards=("speech",))) == 1
    newest_first = list(selection.news_ids(db, Selection(words="희토류"), Order.DAY))
    assert newest_first[-1] == 3
    assert set(newest_first) == {1, 2, 3}
    assert list(selection.news_ids(db, Selection(words="희토류"), Order.DAY, limit=1, offset=2)) == [3]


def test_rows_come_in_order_however_many(books: Books) -> None:
    for first in range(0, 500, 100):
        books.put(*(briefing(n, published_on=DAY.replace(day=1 + n % 28)) for n in range(first + 1, first + 101)))
    db = open_to_read(books.path)
    rows = list(selection.rows(db, Selection(), ("published_on", "title"), Order.DAY))
    assert len({row["news_id"] for row in rows}) == 500
    assert [row["published_on"] for row in rows] == sorted((row["published_on"] for row in rows), reverse=True)
    assert set(rows[0]) == {"news_id", "published_on", "title"}
