"""The spider that only looks."""

from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from harvester.boards import CABINET, SPEECH
from harvester.spiders.doctor import LIST, DoctorSpider


@pytest.fixture
def spider() -> DoctorSpider:
    crawler = get_crawler(DoctorSpider, {"SITE": "http://127.0.0.1:9", "RATE": 0, "CONCURRENCY": 1, "ESG_BOARD": ""})
    return DoctorSpider.from_crawler(crawler, boards=[CABINET, SPEECH], with_esg_board=False)


def answer(**headers: str) -> HtmlResponse:
    request = Request("http://127.0.0.1:9/x", cb_kwargs={"place": 0, "kind": LIST})
    return HtmlResponse(request.url, headers=headers, body=b"<html>", request=request)


def test_a_mistake_of_ours_is_told_and_the_next_board_is_asked(
    spider: DoctorSpider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Engine:
        crawl = staticmethod(asked.append)

    monkeypatch.setattr(spider.crawler, "_engine", Engine())
    spider.callback_failed(Failure(KeyError("rows")), answer())
    [seen] = spider.seen
    assert (seen.board, seen.wrong, seen.says) == ("cabinet", True, "a mistake of the program: KeyError('rows')")
    assert [request.url for request in asked] == [f"http://127.0.0.1:9{SPEECH.list_path}"]


def test_an_answer_from_a_cache_does_not_tell_the_time(spider: DoctorSpider) -> None:
    date = "Wed, 17 Jan 2024 03:00:00 GMT"
    spider._note_date(answer(Date=date, Age="3600"))
    assert spider.date is None
    spider._note_date(answer(Date=date))
    assert spider.date is not None
    assert spider.date[0] == date
