"""The pages in this process, over a made-up database."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from datasette.utils import PrefixedUrlString
from parsel import Selector

from harvester.korean import AgendaItem, Contact, Statement
from harvester.web import application

from ..store.making import DAY, Books, briefing, files

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
BODY = "정부는 희토류를 비축한다.\n구분\t2023년\t2024년\n비축량\t100톤\t200톤\n주택공급도 늘린다."


class Site:
    """What a browser gets of the served database."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.datasette = application(path, **options)
        self.loop = asyncio.Runner()
        self.loop.run(self.datasette.invoke_startup())

    def get(self, address: str, **options: Any) -> Any:
        return self.loop.run(self.datasette.client.get(address, **options))

    def below(self, address: str) -> Any:
        """As a proxy asks that hands on the whole path."""
        return self.get(PrefixedUrlString(address))

    def ask(self, method: str, address: str, **options: Any) -> Any:
        return self.loop.run(self.datasette.client.request(method, address, **options))

    def page(self, address: str, status: int = 200) -> Selector:
        answer = self.get(address)
        assert answer.status_code == status, answer.text
        return Selector(answer.text)

    def close(self) -> None:
        self.loop.close()
        self.datasette.executor.shutdown()


def text(found: Selector) -> str:
    return " ".join(" ".join(found.css("::text").getall()).split())


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Releases of every kind, some of them hostile; three days, one of them not complete."""
    books = Books(tmp_path / "briefings.db", monkeypatch)
    evil = replace(files("계획.hwpx")[0], name=f"{HOSTILE}.hwpx", url="javascript:alert(3)")
    books.put(
        briefing(
            1,
            title="희토류 공급망 점검",
            body=BODY,
            license="KOGL-1",
            attachments=files("계획.hwpx"),
            contacts=[Contact("공급망과", "과장", "홍길동", "044-000-0000")],
        ),
        briefing(2, title="[참고] 다른 소식", body="환경 이야기"),
        briefing(3, title=HOSTILE, body=f"{HOSTILE}\n{HOSTILE}\t희토류", url="javascript:alert(4)", attachments=[evil]),
        briefing(4, title="사라질 글"),
        briefing(
            5,
            board="ministry-briefing",
            ministry="국토교통부",
            ministry_code="A00006",
            published_on=date(2024, 1, 16),
            source_line="(2024.01.16 국토교통부)",
            presenter="홍길동 대변인",
            statements=[Statement("statement", "홍길동 대변인", "발표합니다"), Statement("question", None, "왜요?")],
        ),
        briefing(6, board="cabinet", agenda=[AgendaItem("시행령안", ("환경부",), "환경부", "고친다")]),
    )
    books.put(briefing(2, title="[참고] 고친 소식", body="환경 이야기"))
    books.close_day(1, 2, 3, 4)
    books.close_day(day=DAY.replace(day=16))
    books.close_day(1, 2, day=DAY.replace(day=15), state="partial", reason="page 2 of the listing: reset")
    books.next_run()
    books.close_day(1, 2, 3)
    books.finish(reason="fine")
    return books


@pytest.fixture
def site(made: Books) -> Iterator[Site]:
    served = Site(made.path)
    yield served
    served.close()
