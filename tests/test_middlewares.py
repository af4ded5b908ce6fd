"""Waiting before a page is asked for again; packed answers that lack their end."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import HtmlResponse, Response
from scrapy.spiders import Spider
from scrapy.utils.test import get_crawler

from harvester.middlewares import Patience, SiteAsksToStayAway, WholeGzip, is_whole_gzip, retry_after

NOW = datetime(2024, 1, 17, 12, tzinfo=UTC)
URL = "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        (b"", 0),
        (b"120", 120),
        (b" 7 ", 7),
        (b"0", 0),
        (b"Wed, 17 Jan 2024 12:01:30 GMT", 90),
        (b"Wed, 17 Jan 2024 21:01:30 +0900", 90),
        (b"Wed, 17 Jan 2024 12:01:30 -0000", 90),
        (b"Wed, 17 Jan 2024 11:00:00 GMT", 0),
        (b"soon", 0),
        (b"-5", 0),
        (b"1.5", 0),
        (b"\xec\x9d\xbc\xeb\xb6\x84", 0),
        (b"Wed, 99 Jan 2024 12:01:30 GMT", 0),
    ],
)
def test_forms_of_the_header(header: bytes | None, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


def test_a_very_long_number_is_a_very_long_wait() -> None:
    assert retry_after(b"9" * 5000, NOW) > 86_400


@given(st.integers(0, 10**6))
def test_dates_are_read_back(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True).encode()
    assert retry_after(header, NOW) == seconds


@given(
    st.binary(max_size=40) | st.from_regex(rb"\A[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d .{0,8}\Z")
)
def test_no_header_raises(header: bytes) -> None:
    assert retry_after(header, NOW) >= 0


def test_an_absurd_zone_is_no_wait() -> None:
    assert retry_after(b"Wed, 17 Jan 2024 12:01:30 +99999999999999999999", NOW) == 0


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr("harvester.middlewares.asyncio.sleep", sleep)
    return seconds


def patience(first: float = 0.5, most: float = 60) -> Patience:
    crawler = get_crawler(settings_dict={"RETRY_FIRST_WAIT": first, "RETRY_AFTER_MAX": most})
    crawler.stats = crawler.stats or type("Stats", (), {"inc_value": lambda self, key: None})()
    return Patience.from_crawler(crawler)


def ask(middleware: Patience, request: Request) -> None:
    asyncio.run(middleware.process_request(request))


def answer(middleware: Patience, request: Request, status: int, retry_after: str | None = None) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    response = HtmlResponse(URL, status=status, headers=headers, request=request)
    assert middleware.process_response(request, response) is response


def test_a_first_request_waits_for_nothing(slept: list[float]) -> None:
    ask(patience(), Request(URL))
    assert slept == []


def test_each_try_waits_twice_as_long(slept: list[float]) -> None:
    for tries in (1, 2, 3):
        ask(patience(), Request(URL, meta={"retry_times": tries}))
    assert slept == [0.5, 1, 2]


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_site_says_goes_before_our_own_wait_and_counts_once(slept: list[float], status: int) -> None:
    middleware, request = patience(), Request(URL)
    answer(middleware, request, status, "30")
    again = get_retry_request(request, spider=spider())
    assert again is not None
    ask(middleware, again)
    third = get_retry_request(again, spider=spider())
    assert third is not None
    ask(middleware, third)
    assert slept == [30, 1]


def test_our_own_wait_is_never_undercut(slept: list[float]) -> None:
    middleware, request = patience(first=4), Request(URL, meta={"retry_times": 1})
    answer(middleware, request, 503, "1")
    ask(middleware, request)
    assert slept == [4]


def test_a_site_that_asks_for_longer_than_a_run_can_wait_is_left_alone() -> None:
    with pytest.raises(SiteAsksToStayAway, match="503 and asks to wait 61 seconds"):
        answer(patience(), Request(URL), 503, "61")
    answer(patience(), Request(URL), 503, "60")


def test_other_answers_pass_untouched() -> None:
    request = Request(URL)
    for status in (200, 404, 500):
        answer(patience(), request, status, "3600")
    assert request.meta == {}


def spider() -> Spider:
    made = Spider("x")
    made.crawler = get_crawler(settings_dict={"RETRY_TIMES": 3})
    if made.crawler.stats is None:
        made.crawler.stats = type("Stats", (), {"inc_value": lambda self, key: None})()
    return made


MOST = 200_000


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=1_000), st.data())
def test_gzip_is_whole_or_refused_wherever_it_is_cut_or_changed(piece: bytes, times: int, data: st.DataObject) -> None:
    packed = gzip.compress(piece * times)
    assert is_whole_gzip(packed, MOST)
    cut = data.draw(st.integers(min_value=0, max_value=len(packed) - 1))
    assert not is_whole_gzip(packed[:cut], MOST)
    check_sum = len(packed) - data.draw(st.integers(min_value=1, max_value=8))
    assert not is_whole_gzip(packed[:check_sum] + bytes([packed[check_sum] ^ 1]) + packed[check_sum + 1 :], MOST)


def test_what_is_no_gzip_is_refused_and_what_grows_too_large_is_left_to_the_limit() -> None:
    assert not is_whole_gzip(b"<html></html>", MOST)
    assert is_whole_gzip(gzip.compress(bytes(10 * MOST))[:-20], 10)


@pytest.mark.parametrize(("status", "body"), [(404, b""), (200, b""), (503, b"\x1f\x8b"), (429, b"<html>")])
def test_an_answer_without_a_body_and_one_that_only_says_wait_need_no_whole_gzip(status: int, body: bytes) -> None:
    answer = Response(URL, status=status, headers={"Content-Encoding": "gzip"}, body=body)
    assert WholeGzip.from_crawler(get_crawler(Spider)).process_response(Request(URL), answer) is answer
