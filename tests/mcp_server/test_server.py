"""The tools as a language model meets them: through the SDK's own client, on a small database."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import Tool

from harvester.mcp_server.server import server
from harvester.store.database import open_to_write

from ..store.making import DAY, Books, briefing, files


class Refused(Exception):
    """What the model reads instead of an answer."""


Ask = Callable[..., dict[str, Any]]


def talk(path: Path, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    async def asked() -> dict[str, Any]:
        async with Client(server(path)) as client:
            result = await client.call_tool(name, arguments)
        [content] = result.content
        assert content.type == "text"
        if result.is_error:
            raise Refused(content.text)
        assert isinstance(result.structured_content, dict)
        return result.structured_content

    return asyncio.run(asked())


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Three days of press releases: two complete and long checked, one not complete."""
    made = Books(tmp_path / "briefings.db", monkeypatch, now=datetime(2024, 3, 1))
    made.put(
        briefing(
            1, title="희토류 공급망 점검", body="정부는 17일 희토류를 비축하기로 했다.", attachments=files("계획.hwpx")
        ),
        briefing(2, title="대기질 개선", body="미세먼지 대책. " * 2000, body_source="hwpx", body_status="read"),
        briefing(
            3,
            title="수출 동향",
            body="희토류 수출은 늘었다.",
            published_on=DAY.replace(day=16),
            ministry="산업통상자원부",
            ministry_code="A00015",
            source_line="(2024.01.16 산업통상자원부)",
        ),
    )
    made.put(briefing(2, title="대기질 고침", body="미세먼지 대책. " * 2000, body_source="hwpx", body_status="read"))
    made.close_day(1, 2)
    made.close_day(3, day=DAY.replace(day=16))
    made.close_day(day=DAY.replace(day=15), state="partial", reason="page 2 of the listing: reset")
    made.finish()
    return made


@pytest.fixture
def ask(books: Books) -> Ask:
    return lambda tool, **arguments: talk(books.path, tool, arguments)


def tools(path: Path) -> dict[str, Tool]:
    async def asked() -> dict[str, Tool]:
        async with Client(server(path)) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    return asyncio.run(asked())


def test_the_tools_say_that_they_only_read_and_what_they_answer(books: Books) -> None:
    found = tools(books.path)
    assert list(found) == ["search", "show", "list", "status"]
    for tool in found.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        assert all("description" in each for each in tool.input_schema["properties"].values())


# Search


def test_search_gives_what_to_cite_and_where_the_words_stand(ask: Ask) -> None:
    answer = ask("search", words="희토류")
    assert answer["total"] == 2
    first = answer["releases"][0]
    assert first["news_id"] == 1
    assert first["source_line"] == "(2024.01.17 환경부)"
    assert first["url"] == "https://www.korea.kr/briefing/pressReleaseView.do?newsId=1"
    assert "**희토류**를 비축" in first["excerpt"]


def test_the_filters_choose(ask: Ask) -> None:
    def ids(**filters: Any) -> list[int]:
        return [each["news_id"] for each in ask("search", words="희토류", **filters)["releases"]]

    assert ids(ministries=["산업부"]) == [3]
    assert ids(since="2024-01-17") == [1]
    assert ids(until="2024.1.16") == [3]
    assert ids(boards=["보도자료"]) == ids(boards=["press-release"]) == [1, 3]
    assert ids(boards=["speech"]) == []
    assert ids(order="day") == [1, 3]
    assert ids(ministries='["산업부"]') == [3], "lists come as JSON in a text from some clients"


def test_pages_of_an_answer(ask: Ask) -> None:
    first = ask("search", words="희토류", limit=1)
    assert (first["total"], first["next_offset"], len(first["releases"])) == (2, 1, 1)
    second = ask("search", words="희토류", limit=1, offset=first["next_offset"])
    assert (second["next_offset"], second["releases"][0]["news_id"]) == (None, 3)
    beyond = ask("search", words="희토류", offset=1_000_000)
    assert (beyond["total"], beyond["releases"], beyond["next_offset"]) == (2, [], None)
    assert "Nothing found" not in beyond["known"]


# Nothing found is not nothing published


def test_nothing_found_on_complete_days(ask: Ask) -> None:
    answer = ask("search", words="올림픽", since="2024-01-16", until="2024-01-17", boards=["press-release"])
    assert answer["total"] == 0
    assert answer["days_complete"] is True
    assert answer["known"].startswith("Nothing found, and the days asked are complete")


def test_nothing_found_where_a_day_is_not_complete(ask: Ask) -> None:
    answer = ask("search", words="올림픽", since="2024-01-15", until="2024-01-19")
    assert answer["days_complete"] is False
    assert answer["known"].startswith("Nothing found, but that does NOT mean that nothing was published")
    assert "2024-01-15 (partial: page 2 of the listing: reset)" in answer["known"]
    assert "2024-01-18 to 2024-01-19 (never asked for)" in answer["known"]


def test_nothing_found_where_texts_are_missing(ask: Ask, books: Books) -> None:
    books.open()
    books.put(briefing(4, title="다른 제목", body_status="not fetched"))
    books.close_day(1, 2, 4, day=DAY)
    books.finish()
    days = {"since": "2024-01-16", "until": "2024-01-17", "boards": ["press-release"]}
    answer = ask("search", words="올림픽", **days)
    assert answer["days_complete"] is True
    assert answer["known"].startswith("Nothing found, but that does NOT mean that nothing was published: some texts")
    assert "releases stored without their text, which words find by title only: 1" in answer["known"]
    assert "and the days asked are complete" in ask("list", ministries=["국방부"], **days)["known"]


def test_nothing_found_on_a_board_that_was_never_asked_for(ask: Ask) -> None:
    answer = ask("list", boards=["speech"], since="2024-01-16", until="2024-01-17")
    assert (answer["total"], answer["days_complete"]) == (0, False)
    assert "speech: 0 of 2 days" in answer["known"]
    without_days = ask("list", boards=["speech"])
    assert "speech: no day was ever asked for" in without_days["known"]
    assert without_days["days_complete"] is False


def test_boards_that_the_database_lacks_are_named(ask: Ask) -> None:
    known = ask("search", words="희토류")["known"]
    assert "Of these boards nothing is known: fact-check, ministry-briefing, cabinet, speech, policy-news." in known
    assert "Of days before and after these nothing is known." in known


# Show


def test_a_release_whole(ask: Ask) -> None:
    release = ask("show", news_id=1)
    assert release["text"] == "정부는 17일 희토류를 비축하기로 했다."
    assert (release["source_line"], release["text_left"]) == ("(2024.01.17 환경부)", 0)
    assert [each["name"] for each in release["attachments"]] == ["계획.hwpx"]
    assert not {"contacts", "phone"} & set(release)
    assert ask("show", news_id=release["url"]) == ask("show", news_id="1") == release


def test_a_long_text_comes_in_parts_that_add_up(ask: Ask) -> None:
    text, start = "", 0
    while True:
        part = ask("show", news_id=2, text_from=start, text_length=7_000)
        assert len(part["text"]) <= 7_000
        text += part["text"]
        start += len(part["text"])
        assert part["text_left"] == part["text_total"] - start
        if not part["text_left"]:
            break
    assert text == ("미세먼지 대책. " * 2000)
    assert len(ask("show", news_id=2)["text"]) == 6_000
    assert ask("show", news_id=2, text_from=100_000_000)["text"] == ""


def test_what_was_changed_is_shown_and_bounded(ask: Ask, books: Books) -> None:
    [revision] = ask("show", news_id=2)["revisions"]
    assert (revision["field"], revision["old"], revision["new"]) == ("title", "대기질 개선", "대기질 고침")
    books.open()
    for n in range(30):
        books.put(briefing(2, title=f"제목 {n} {'가' * 1000}"))
    books.finish()
    release = ask("show", news_id=2)
    assert len(release["revisions"]) == 20
    assert release["revisions"][-1]["new"].startswith("제목 29")
    assert all(len(each["new"] or "") < 600 for each in release["revisions"])
    assert any("older changes" in each for each in release["left_out"])


def test_a_release_that_is_not_here(ask: Ask) -> None:
    with pytest.raises(Refused, match="newsId 99 is not in this database; it may exist on the site"):
        ask("show", news_id=99)


# List and status


def test_the_newest_first(ask: Ask) -> None:
    answer = ask("list", limit=2)
    assert [each["news_id"] for each in answer["releases"]] == [2, 1]
    assert (answer["total"], answer["next_offset"]) == (3, 2)
    assert answer["releases"][0]["excerpt"] == "요약"


def test_what_the_site_withdrew(ask: Ask, books: Books) -> None:
    books.open()
    books.close_day(1)
    books.finish()
    assert ask("list")["total"] == 3
    assert ask("list", withdrawn=False)["total"] == 2
    assert ask("show", news_id=2)["withdrawn_at"] is not None


def test_status_names_the_days(ask: Ask) -> None:
    answer = ask("status", since="2024-01-14")
    assert answer["days_complete"] is False
    [board] = answer["boards"]
    assert (board["days"], board["complete_days"], board["releases"]) == (4, 2, 3)
    assert board["not_complete"] == [
        {"first_day": "2024-01-14", "last_day": "2024-01-14", "reason": "never asked for"},
        {"first_day": "2024-01-15", "last_day": "2024-01-15", "reason": "partial: page 2 of the listing: reset"},
    ]
    assert ask("status", since="2024-01-16")["days_complete"] is True
    assert answer["last_complete_run"] == "2024-03-01T00:00:00Z"


def test_a_long_list_of_gaps_is_bounded(ask: Ask, books: Books) -> None:
    books.open()
    for n in range(0, 80, 2):
        books.close_day(day=date(2024, 1, 18) + timedelta(days=n), state="partial", reason=f"r{n}")
    books.finish()
    [board] = ask("status")["boards"]
    assert len(board["not_complete"]) == 10
    assert board["more_not_complete"] > 60


# What models get wrong


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("search", {"words": "희토류", "ministry": "환경부"}, "no such argument: 'ministry'; did you mean ministries?"),
    ("list", {"xyz": 1}, "no such argument: 'xyz'; there are ministries, boards"),
    ("search", {}, "words: Field required"),
    ("search", {"words": ""}, "no word to look for: type one or more"),
    ("search", {"words": "-희토류"}, "only words to leave out"),
    ("search", {"words": "가" * 10_000}, "words: String should have at most 1000 characters"),
    ("search", {"words": "가 " * 50}, "50 words are too many"),
    ("search", {"words": "희토류", "limit": -5}, "limit: Input should be greater than or equal to 1"),
    ("search", {"words": "희토류", "limit": 1000}, "limit: Input should be less than or equal to 50"),
    ("search", {"words": "희토류", "offset": 10**30}, "offset: Input should be less than or equal to 1000000"),
    ("search", {"words": "희토류", "order": "newest"}, "order: Input should be 'relevance' or 'day'"),
    ("search", {"words": "희토류", "ministries": ["산업통산자원부"]}, "nearest: 산업통상자원부"),
    ("search", {"words": "희토류", "ministries": ["x" * 10_000]}, "is no ministry's name"),
    ("search", {"words": "희토류", "boards": ["보도"]}, "'보도' is no board; there are press-release"),
    ("list", {"boards": ["esg-board"]}, "'esg-board' is no board"),
    ("list", {"since": "2024-02-30"}, "did you mean 2024-02-29?"),
    ("list", {"since": "２０２４-01-17"}, "did you mean 2024-01-17?"),
    ("list", {"since": "last week"}, "write days as YYYY-MM-DD"),
    ("list", {"since": "9" * 10_000}, "are no day"),
    ("list", {"until": "2999-01-01"}, "is in the future"),
    ("list", {"since": "2024-01-17", "until": "2024-01-16"}, "give the earlier day as since"),
    ("show", {"news_id": "희토류"}, "is no newsId"),
    ("show", {"news_id": -1}, "is no newsId"),
    ("show", {"news_id": 10**40}, "is no newsId"),
    ("show", {"news_id": "https://example.org/?newsId=1"}, "is no newsId"),
    ("show", {"news_id": 1, "text_from": -1}, "text_from: Input should be greater than or equal to 0"),
    ("show", {"news_id": 1, "text_length": 10**9}, "text_length: Input should be less than or equal to 20000"),
    ("delete", {}, "Unknown tool: delete"),
]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mcp") / "briefings.db"
    open_to_write(path).close()
    return path


@pytest.mark.parametrize(("tool", "arguments", "hint"), WRONG, ids=[hint for _, _, hint in WRONG])
def test_what_is_wrong_is_said_shortly(empty: Path, tool: str, arguments: dict[str, Any], hint: str) -> None:
    with pytest.raises(Refused) as refused:
        talk(empty, tool, arguments)
    assert hint in str(refused.value)
    assert len(str(refused.value)) < 600
    assert "Traceback" not in str(refused.value)


HOSTILE = [
    "*희토류*",
    "NEAR(희토류 수출)",
    "title:희토류",
    "{희토류} : ^",
    "희토류 AND",
    '희토류 "',
    "희토류 ' OR 1=1 --",
    "🚀 희토류",
    "\x00\x07희토류",
    "ＡＢ１２",
    "희토류를",
]


def test_nothing_typed_breaks_the_search_or_writes(ask: Ask, books: Books) -> None:
    before = hashlib.sha256(books.path.read_bytes()).hexdigest()
    for words in HOSTILE:
        answer = ask("search", words=words)
        assert answer["total"] == len(answer["releases"])
    for nothing in ('"', '""', "*", "{", "🚀", "\x00"):
        with pytest.raises(Refused, match="no word to look for"):
            ask("search", words=nothing)
    assert hashlib.sha256(books.path.read_bytes()).hexdigest() == before


def test_a_database_that_nothing_was_crawled_into(empty: Path) -> None:
    answer = talk(empty, "list", {})
    assert (answer["total"], answer["days_complete"]) == (0, False)
    assert answer["known"].startswith("Nothing found, but that does NOT mean")
    assert talk(empty, "status", {})["last_complete_run"] is None


def test_a_database_that_went_away(ask: Ask, books: Books) -> None:
    books.path.unlink()
    with pytest.raises(Refused, match="the database: there is no database at"):
        ask("list")


def test_a_damaged_database(books: Books, ask: Ask) -> None:
    whole = books.path.read_bytes()
    books.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(Refused, match="the database: "):
        ask("search", words="희토류")
