"""docs/querying.md: every query is run on a small made-up database, and answers what it says it answers."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.cli.main import run
from harvester.clock import KST
from harvester.items import Briefing
from harvester.korean import AgendaItem, Contact, Statement

from .store.making import Books, briefing, files

PAGE = (Path(__file__).parents[1] / "docs" / "querying.md").read_text(encoding="utf-8")
QUESTION = re.compile(r"^### (\d+)\. (.+?)$(?:(?!^#).)*?^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUERIES = {int(number): sql for number, _, sql in QUESTION.findall(PAGE)}

ENVIRONMENT = {"ministry": "환경부", "ministry_code": "A00019"}
INDUSTRY = {"ministry": "산업통상자원부", "ministry_code": "A00015"}
CLIMATE = {"ministry": "기후에너지환경부", "ministry_code": "A00019"}
FINANCE = {"ministry": "기획재정부", "ministry_code": "A00007"}
READ = {"body_source": "hwpx", "body_status": "read"}

JOINT = (
    "희토류를 비축한다. 정부는 15일 공급망 점검 결과를 발표하고 비축 물량을 두 배로 늘리기로 했다."
    " 두 부처는 다음 달부터 전국 열두 곳의 창고를 함께 살피고, 그 결과를 해마다 국민에게 알릴 계획이라고 밝혔다."
)


def release(news_id: int, day: date, hour: int | None, **changes: Any) -> Briefing:
    at = None if hour is None else datetime(day.year, day.month, day.day, hour, 30, tzinfo=KST)
    line = f"({day:%Y.%m.%d} {changes['ministry']})"
    values = {"fetched_at": "2024-03-01T00:00:00Z", "published_at": at, "source_line": line}
    return briefing(news_id, listed_on=day, published_on=day, **values, **changes)


def in_january(day: int) -> date:
    return date(2024, 1, day)


MONDAY, TUESDAY, WEDNESDAY = in_january(15), in_january(16), in_january(17)

RELEASES = [
    release(
        1,
        MONDAY,
        9,
        **ENVIRONMENT,
        **READ,
        title="희토류 공급망 점검 결과",
        body=JOINT,
        license="KOGL-1",
        attachments=files("본문.hwpx", "본문.pdf"),
        contacts=[Contact("자원순환과", "과장", "홍길동", None), Contact("자원순환과", None, None, "044-000-0000")],
    ),
    release(2, MONDAY, 9, **INDUSTRY, **READ, title="희토류 공급망 점검 결과", body=JOINT, license="KOGL-1"),
    release(
        3,
        TUESDAY,
        14,
        **INDUSTRY,
        **READ,
        title="무역 동향",
        body="희토류 수출이 늘었다. 공급망 점검 회의. 그린워싱 방지.",
        license="KOGL-4",
        attachments=files("자료.hwpx"),
        contacts=[Contact("광물과", None, "이몽룡", None), Contact(None, None, "성춘향", None)],
    ),
    release(4, TUESDAY, None, **ENVIRONMENT, **READ, title="탄소중립 계획", body="탄소중립, 인공지능, 그린워싱."),
    release(5, date(2023, 11, 20), 10, **FINANCE, **READ, title="인공지능 예산", body="인공지능에 투자한다."),
    release(6, date(2023, 11, 21), 10, **FINANCE, **READ, title="예산 안내", body="예산 안내입니다."),
    release(
        7,
        date(2025, 10, 14),
        10,
        **CLIMATE,
        **READ,
        title="홍수 대비",
        body="홍수기 대책, 주택공급을 늘린다. 신재생에너지와 핵심광물.",
    ),
    release(8, WEDNESDAY, 9, **ENVIRONMENT, title="사진", lead=None, body_status="none: a scanned picture"),
    release(9, WEDNESDAY, 9, **ENVIRONMENT, title="늦은 글", body_status="not fetched"),
    release(10, WEDNESDAY, 11, **INDUSTRY, title="요약뿐", body="요약", body_source="lead", body_status="read"),
    release(
        20,
        TUESDAY,
        11,
        **INDUSTRY,
        **READ,
        board="ministry-briefing",
        title="자원 브리핑",
        body="희토류를 확보하겠습니다. 언제입니까? 희토류는 올해입니다.",
        statements=[
            Statement("statement", "홍길동 대변인", "희토류를 확보하겠습니다."),
            Statement("question", None, "언제입니까?"),
            Statement("answer", "홍길동 대변인", "희토류는 올해입니다."),
        ],
    ),
    release(
        21,
        TUESDAY,
        11,
        **{**ENVIRONMENT, "ministry": "국무회의", "ministry_code": None},
        **READ,
        board="cabinet",
        title="제3회 국무회의",
        body="물환경법, 기후법",
        agenda=[
            AgendaItem("물환경법", ("환경부",), "환경부 물정책과", ""),
            AgendaItem("기후법", ("산업통상자원부", "환경부"), "산업통상자원부·환경부", ""),
            AgendaItem("기후에너지법", ("기후에너지환경부",), "기후에너지환경부", ""),
        ],
    ),
]

ESG_POST = """
INSERT INTO esg_posts (post_id, title, writer, posted_on, day_raw, text, url, first_seen_at, last_seen_at, revision,
    row_signature, run_id, news_id, withdrawn_at)
VALUES (?, '제목', '글쓴이', ?, '', '', '', '', '', 1, '', 1, ?, ?)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days of January 2024 in every state, two of 2023, one of 2025; an edit, a withdrawal, a joint release."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        books = Books(tmp_path_factory.mktemp("querying") / "briefings.db", monkeypatch, now=datetime(2024, 3, 1))
        books.put(*RELEASES)
        books.close_day(5, day=date(2023, 11, 20))
        books.close_day(6, day=date(2023, 11, 21))
        books.close_day(day=in_january(13))
        books.close_day(day=in_january(14))
        books.close_day(1, 2, day=MONDAY)
        books.close_day(3, 4, day=TUESDAY)
        books.close_day(8, 9, 10, day=WEDNESDAY)
        books.close_day(day=in_january(18), state="partial", reason="page 2 of the listing: reset")
        books.close_day(7, day=in_january(19), filter_="ministry=A00019", can_withdraw=False)
        # Monday is checked twice more on days of its own, and so is settled; one release reads otherwise, one is gone.
        books.next_run(days=1)
        books.close_day(1, 2, day=MONDAY)
        books.next_run(days=1)
        books.put(release(6, date(2023, 11, 21), 10, **FINANCE, **READ, title="예산 고침", body="예산 안내입니다."))
        books.close_day(1, 2, day=MONDAY)
        books.close_day(8, 10, day=WEDNESDAY)
        books.finish()
        with sqlite3.connect(books.path) as db:
            posts = [(1, "2024-01-18", 1, None), (2, "2024-01-20", 3, None), (3, "2024-01-22", None, None)]
            db.executemany(ESG_POST, [*posts, (4, "2024-02-01", 1, "2024-03-01T00:00:00Z")])
        db.close()
    return books.path


@pytest.fixture(scope="module")
def database(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


def address(news_id: int) -> str:
    return f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}"


ANSWERS: dict[int, list[tuple[Any, ...]]] = {
    1: [
        ("2024-01-16", "산업통상자원부", "무역 동향", "(2024.01.16 산업통상자원부)", address(3)),
        ("2024-01-15", "산업통상자원부", "희토류 공급망 점검 결과", "(2024.01.15 산업통상자원부)", address(2)),
        ("2024-01-15", "환경부", "희토류 공급망 점검 결과", "(2024.01.15 환경부)", address(1)),
    ],
    2: [
        ("2024-01-15", "환경부", "희토류 공급망 점검 결과", address(1)),
        ("2024-01-15", "산업통상자원부", "희토류 공급망 점검 결과", address(2)),
    ],
    3: [("환경부", 4, 1, 25.0)],
    4: [("2023-11", 2, 1, 50.0, 2), ("2024-01", 7, 1, 14.3, 5)],
    5: [("2024-01-16", "산업통상자원부", "무역 동향", address(3), "2023-11-20")],
    6: [("공급망", 3, 3, 100.0), ("수출", 1, 1, 100.0), ("미세먼지", 0, 0, None)],
    7: [
        ("never asked for", 25, "2024-01-01", "2024-01-31", 0),
        ("complete", 3, "2024-01-15", "2024-01-17", 2),
        ("empty", 2, "2024-01-13", "2024-01-14", 2),
        ("partial", 1, "2024-01-18", "2024-01-18", 0),
    ],
    8: [
        ("2024-01-13", "토", 0),
        ("2024-01-14", "일", 0),
        ("2024-01-15", "월", 2),
        ("2024-01-16", "화", 2),
        ("2024-01-17", "수", 3),
        ("2024-01-18", "목", None),
        ("2024-01-19", "금", None),
    ],
    9: [("환경부", "2024-01-15", "2024-01-17", 4), ("기후에너지환경부", "2025-10-14", "2025-10-14", 1)],
    10: [(6, 5)],
    11: [
        ("월", "09", 2),
        ("화", None, 1),
        ("화", "14", 1),
        ("수", "09", 2),
        ("수", "11", 1),
    ],
    12: [("no mark", 4, 57.1), ("KOGL-1", 2, 28.6), ("KOGL-4", 1, 14.3)],
    13: [("hwpx", 2, 2, 0), ("pdf", 1, 1, 0)],
    14: [("whole", 6), ("excerpt only", 1), ("has none", 1), ("to be fetched", 1)],
    15: [("title", 1, 1, 2.0)],
    16: [("2024-01-17", "환경부", "늦은 글", "2024-03-03T00:00:00Z", "(2024.01.17 환경부)", address(9))],
    17: [
        ("2024-01-16", "홍길동 대변인", "statement", "희토류를 확보하겠습니다.", address(20)),
        ("2024-01-16", "홍길동 대변인", "answer", "희토류는 올해입니다.", address(20)),
    ],
    18: [
        ("2024-01-16", "물환경법", "환경부 물정책과", address(21)),
        ("2024-01-16", "기후법", "산업통상자원부·환경부", address(21)),
    ],
    19: [("2024-01", 3, 2, 3.5, 4.0)],
    20: [("산업통상자원부", "광물과", 1), ("환경부", "자원순환과", 1)],
}
UNORDERED = {14}
"""Whose answers have rows of equal rank."""


def test_there_are_twenty_each_with_an_answer() -> None:
    assert list(QUERIES) == list(range(1, 21))
    assert set(ANSWERS) == set(QUERIES)
    assert PAGE.count("```sql") == len(QUERIES), "a query that stands under no question is not tested"


@pytest.mark.parametrize("number", QUERIES)
def test_it_answers(database: sqlite3.Connection, number: int) -> None:
    rows = database.execute(QUERIES[number]).fetchall()
    if number in UNORDERED:
        assert sorted(rows) == sorted(ANSWERS[number])
    else:
        assert rows == ANSWERS[number]


@pytest.mark.parametrize("number", QUERIES)
def test_it_reads_no_more_releases_than_it_must(database: sqlite3.Connection, number: int) -> None:
    """The releases are the big table: no question looks through all of it."""
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {QUERIES[number]}")]
    assert [step for step in plan if re.match(r"SCAN briefings(?!_fts)", step) and "USING" not in step] == []


def test_what_the_page_says_of_words(database: sqlite3.Connection) -> None:
    def found(match: str) -> int:
        sql = "SELECT count(*) FROM briefings_fts WHERE briefings_fts MATCH ?"
        return int(database.execute(sql, [match]).fetchone()[0])

    assert found('"비축"') == found('title : "희토류"') == 2
    assert found('"수출" OR "예산"') == 3
    assert found('"희토류를"') < found('"희토류"'), "with a particle only what has that particle is found"
    assert found('"주택"') == 1, "in 주택공급을"
    assert found('"재생에너지"') == 0, "five syllables in the middle of a word"
    assert found('"재생에너" "생에너지"') == found('"신재생에너지"') == 1
    assert (found('"핵"'), found('"핵"*')) == (0, 1)


def test_the_python_of_the_page_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_pandas, with_duckdb = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "briefings.db").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARVEST_DATA", raising=False)
    monkeypatch.delenv("HARVEST_DB", raising=False)
    names: dict[str, Any] = {}
    exec(with_pandas, names)
    names["connection"].close()
    assert {str(month): int(number) for month, number in names["by_month"].items()} == {"2024-01": 7, "2025-10": 1}
    [export] = re.findall(r"^harvest (export .*)$", PAGE, re.MULTILINE)
    assert run(export.split()) == 0
    exec(with_duckdb, names)
    assert names["by_ministry"].fetchall()[:2] == [("산업통상자원부", 4), ("환경부", 4)]
