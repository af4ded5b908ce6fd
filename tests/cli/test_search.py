import json

import pytest

from ..store.making import Books, briefing
from .conftest import Harvest

HOSTILE = (
    "'",
    '"',
    "*",
    "NEAR(",
    "a AND",
    "가" * 10_000,
    "😀",
    "\x00\x07",
    "２０２４",
    "); DROP TABLE briefings; --",
    "^",
    "{}",
)


@pytest.fixture
def searched(books: Books, harvest: Harvest) -> Harvest:
    books.open("crawl")
    books.put(
        briefing(
            11,
            title="희토류 공급망 점검",
            body="정부는 희토류를 비축한다.",
            ministry_code="A00015",
            ministry="산업통상자원부",
        ),
        briefing(12, title="주택공급 확대", body="희토류와 무관한 소식", board="speech"),
    )
    books.finish()
    return harvest


def test_hits_carry_what_is_needed_to_cite_them(searched: Harvest) -> None:
    ended = searched("search", "희토류")
    assert ended.status == 0
    assert "희토류 공급망 점검\n  (2024.01.17 환경부)  https://www.korea.kr/" in ended.stdout
    assert "정부는 **희토류**를 비축한다." in ended.stdout
    assert ended.last_line.startswith("harvest: complete (exit 0): 2 releases with 희토류 in ")


def test_a_word_tried_without_its_particle_is_told(searched: Harvest) -> None:
    assert "2 releases with 희토류를 (also 희토류) in " in searched("search", "희토류를").last_line


def test_json(searched: Harvest) -> None:
    first, second = searched("search", "희토류를", "--json").json
    assert (first["news_id"], second["news_id"]) == (11, 12)
    assert set(first) >= {"title", "ministry", "board", "published_on", "source_line", "url", "withdrawn_at", "snippet"}
    assert searched("search", "희토류", "--limit", "1", "--offset", "1", "--json").json[0]["news_id"] == 12
    assert len(searched("search", "희토류", "--limit", "0", "--json").json) == 2


def test_words_to_leave_out_are_no_options(searched: Harvest) -> None:
    assert [hit["news_id"] for hit in searched("search", "희토류", "-비축", "--json").json] == [12]


def test_the_newest_first(searched: Harvest) -> None:
    assert [hit["news_id"] for hit in searched("search", "희토류", "--order", "day", "--json").json] == [12, 11]


def test_filters(searched: Harvest) -> None:
    assert [hit["news_id"] for hit in searched("search", "희토류", "--board", "speech", "--json").json] == [12]
    assert [hit["news_id"] for hit in searched("search", "희토류", "--ministry", "산업부", "--json").json] == [11]
    assert searched("search", "희토류", "--until", "2024-01-16", "--json").json == []


def test_a_ministry_that_only_the_database_knows(books: Books, harvest: Harvest) -> None:
    books.open("crawl")
    books.put(briefing(21, title="희토류", ministry="새로생긴부", ministry_code="Z00001"))
    books.finish()
    assert [hit["news_id"] for hit in harvest("search", "희토류", "--ministry", "새로생긴부", "--json").json] == [21]


def test_nothing_found_is_no_failure_and_is_said(searched: Harvest) -> None:
    ended = searched("search", "없는낱말")
    assert (ended.status, ended.stdout) == (0, "")
    assert "no release with 없는낱말" in ended.last_line
    assert searched("search", "없는낱말", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-환경",), "only words to leave out"),
        (("희토류", "--bord", "speech"), "Did you mean --board?"),
        (("--", "희토류", "--json"), "Options go before --"),
        (("희토류", "--board", "esg-board"), "esg_posts"),
        (("희토류", "--ministry", "없는부"), "없는부"),
        (("희토류", "--since", "2024-02-30"), "2024-02-29"),
        (("희토류", "--since", "2024-02-01", "--until", "2024-01-01"), "2024-02-01 is after 2024-01-01"),
        (("희토류", "--limit", "-1"), "-1"),
        (("희토류", "--limit", "9" * 30), "9" * 30),
        ((), "WORDS"),
    ],
)
def test_wrong_usage_is_named(searched: Harvest, arguments: tuple[str, ...], told: str) -> None:
    ended = searched("search", *arguments)
    assert ended.status == 2
    assert told in ended.stderr


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_breaks_it(searched: Harvest, typed: str) -> None:
    ended = searched("search", typed, "--json")
    assert ended.status in (0, 2)
    assert ended.last_line.startswith("harvest: ")
    assert json.loads(ended.stdout or "[]") == []


def test_without_a_database(harvest: Harvest) -> None:
    ended = harvest("search", "희토류")
    assert ended.status == 1
    assert "there is no database" in ended.last_line


def test_reindex(searched: Harvest) -> None:
    ended = searched("reindex")
    assert ended.status == 0
    assert "the index of 5 releases" in ended.last_line
    assert len(searched("search", "희토류", "--json").json) == 2


def test_reindex_makes_no_database(harvest: Harvest) -> None:
    ended = harvest("reindex")
    assert ended.status == 1
    assert "there is no database" in ended.last_line
