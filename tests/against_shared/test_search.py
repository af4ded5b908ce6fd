"""Real leads: what is searched for is what LIKE finds, also by a tool that knows nothing of us."""

import json
import sqlite3
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from datasette.utils import escape_fts

from harvester.korean.substrings import indexed
from harvester.store import open_to_read, search, selection
from harvester.store.selection import Selection

from ..store.conftest import books as books  # noqa: PLC0414  (a fixture)
from ..store.making import Books, briefing

RELEASES = Path(__file__).parents[3] / "shared" / "koreakr" / "releases.2026-07-02_2026-07-12.jsonl"
WORDS = (
    "환경", "탄소", "주택", "안전", "청년", "농업", "수출", "기후", "희토류", "반도체", "공급망", "에너지", "일자리",
    "전기차", "재난안전", "인공지능", "온실가스", "중소기업", "해양수산", "국토교통", "업무협약", "재생에너지",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not RELEASES.exists(), reason="needs the real releases beside the project")


@pytest.fixture(scope="module")
def releases() -> list[dict[str, str]]:
    return [json.loads(line) for line in RELEASES.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def stored(books: Books, releases: list[dict[str, str]]) -> sqlite3.Connection:
    books.put(*(briefing(each["newsId"], title=each["title"], body=each["lead"] or None) for each in releases))
    return open_to_read(books.path).conn


def test_words_and_pairs(books: Books, stored: sqlite3.Connection, releases: list[dict[str, str]]) -> None:
    texts = {int(each["newsId"]): f"{each['title']}\n{each['lead']}" for each in releases}
    db = open_to_read(books.path)
    nothing = []
    for words in [*combinations(WORDS, 1), *combinations(WORDS, 2)]:
        typed = " ".join(words)
        expected = {news_id for news_id, text in texts.items() if all(word in text for word in words)}
        assert set(selection.news_ids(db, Selection(words=typed))) == expected, typed
        if max(map(len, words)) <= 4:
            asked = escape_fts(typed)
            rows = stored.execute("SELECT rowid FROM briefings_fts WHERE briefings_fts MATCH ?", [asked])
            assert {row[0] for row in rows} == expected, typed
        nothing += [typed] if not expected and len(words) == 1 else []
    assert len(nothing) < len(WORDS) / 3


def test_a_noun_that_is_often_used_is_never_cut(stored: sqlite3.Connection, books: Books) -> None:
    """Words that stand alone in many texts are nouns, whatever they end in."""
    db = open_to_read(books.path)
    for word in ("어린이", "전문가", "국제회의", "간담회", "기획재정부", "고속도로", "소비자가격"):
        assert not search.read(db, word).nouns, word


def test_the_index_is_not_much_larger_than_the_text(releases: list[dict[str, str]]) -> None:
    """As many words as this and no more: a change of the rule that makes the index larger shows here."""
    texts = [each["lead"] for each in releases]
    words = Counter({"text": sum(len(text.split()) for text in texts)})
    words["index"] = sum(len(indexed(text).split()) for text in texts)
    assert words["index"] < 5 * words["text"]
