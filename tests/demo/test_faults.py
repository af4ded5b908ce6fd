"""Every fault really happens, to whom it should and when."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import logging
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from harvester.demo import KINDS, Fault, MiniSite
from harvester.demo.faults import Asked, choose
from tests.demo.conftest import UNTIL, WHOLE, Client

VIEWED = Asked(key="GET view 1", kind="view", news_id="1", since=date(2024, 1, 5), until=date(2024, 1, 5))
LISTED = Asked(key="POST list", kind="list", since=date(2024, 1, 2), until=date(2024, 1, 9), page=2)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Fault("418")  # type: ignore[arg-type]


def test_the_choice_by_try() -> None:
    fault = Fault("500", tries=(1, 3))
    assert [choose([fault], VIEWED, attempt) for attempt in (1, 2, 3, 4)] == [fault, None, fault, None]
    assert choose([Fault("500", tries=None)], VIEWED, 99)


def test_the_choice_by_place_day_and_id() -> None:
    assert not choose([Fault("500", where="list")], VIEWED, 1)
    assert choose([Fault("500", where="view")], VIEWED, 1)
    assert choose([Fault("500", days=frozenset({date(2024, 1, 5)}))], VIEWED, 1)
    assert choose([Fault("500", days=frozenset({date(2024, 1, 5)}))], LISTED, 1)
    assert not choose([Fault("500", days=frozenset({date(2024, 1, 6)}))], VIEWED, 1)
    assert choose([Fault("500", news_ids=frozenset({"1"}))], VIEWED, 1)
    assert not choose([Fault("500", news_ids=frozenset({"1"}))], LISTED, 1)


def test_a_fault_that_cannot_apply_leaves_the_choice_to_the_next() -> None:
    second = Fault("500")
    assert choose([Fault("emptied"), second], VIEWED, 1) is second
    assert choose([Fault("wrong-release"), second], LISTED, 1) is second
    assert choose([Fault("wrong-page"), second], replace(LISTED, page=1), 1) is second
    assert choose([Fault("emptied-tail"), second], LISTED, 1) is second
    assert choose([Fault("emptied-tail"), second], replace(LISTED, is_last_page=True), 1) != second
    assert choose([Fault("reset"), second], LISTED, 1) != second


def test_the_share_is_of_requests_and_always_the_same() -> None:
    asked = [replace(VIEWED, key=f"GET view {number}") for number in range(2000)]
    hit = [bool(choose([Fault("500", share=0.3)], one, 1)) for one in asked]
    assert 520 < sum(hit) < 680
    assert hit == [bool(choose([Fault("500", share=0.3)], one, 1)) for one in asked]
    assert hit != [bool(choose([Fault("500", share=0.3, seed=1)], one, 1)) for one in asked]
    assert hit != [bool(choose([Fault("503", share=0.3)], one, 1)) for one in asked]
    assert not choose([Fault("500", share=0.0)], VIEWED, 1)


# --- over the wire ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [
        ("429", 429, None),
        ("429-retry-after", 429, "7"),
        ("503", 503, None),
        ("503-retry-after", 503, "7"),
        ("500", 500, None),
        ("404", 404, None),
    ],
)
def test_refusals(site: MiniSite, client: Client, kind: Any, status: int, retry_after: str | None) -> None:
    site.faults = [Fault(kind, seconds=7)]
    page = client.page(**WHOLE)
    assert (page.status, page.headers["Retry-After"]) == (status, retry_after)
    assert client.page(**WHOLE).status == 200, "only the first try"
    assert [(seen.status, seen.fault) for seen in site.requests] == [(status, kind), (200, None)]


def test_reset(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("reset")]
    with pytest.raises(ConnectionResetError):
        client.page(**WHOLE)
    assert (site.requests[0].status, site.requests[0].fault) == (0, "reset")
    assert client.page(**WHOLE).status == 200


@pytest.mark.parametrize(
    ("kind", "error"), [("reset-midway", ConnectionResetError), ("truncated", http.client.IncompleteRead)]
)
def test_broken_off(site: MiniSite, client: Client, kind: Any, error: type[Exception]) -> None:
    site.faults = [Fault(kind)]
    with pytest.raises(error):
        client.page(**WHOLE)
    assert client.page(**WHOLE).status == 200


def test_stall_and_stop(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("stall", seconds=30)]
    with pytest.raises(TimeoutError):
        client.ask("GET", "/robots.txt", timeout=0.1)
    assert site.requests[0].status == 0
    start = time.monotonic()
    site.stop()
    assert time.monotonic() - start < 2, "a stalled request does not hold the site up"


def test_a_stall_ends_without_an_answer(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("stall", seconds=0.05)]
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.page(**WHOLE)


def test_slow(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("slow", seconds=0.3)]
    start = time.monotonic()
    page = client.page(**WHOLE)
    assert time.monotonic() - start > 0.25
    assert len(page.ids) == 20


def test_truncated_clean(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("truncated-clean")]
    page = client.page(**WHOLE)
    cut = page.body.decode(errors="replace")
    assert page.status == 200
    assert int(page.headers["Content-Length"]) == len(page.body)
    assert "</html>" not in cut
    assert 3 < cut.split('<div class="list_type">')[1].count("pressReleaseView.do?newsId=") < 18
    view = client.view(site.corpus.releases[0].news_id).body
    assert b'class="view_cont"' in view
    assert b"article_footer" not in view


def test_truncated_encoding(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("truncated-encoding")]
    page = client.page(**WHOLE)
    assert page.headers["Content-Encoding"] == "gzip"
    with pytest.raises(EOFError):
        gzip.decompress(page.body)


def test_pages_that_are_not_the_site(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("maintenance", where="list"), Fault("garbage", where="view")]
    assert "시스템 점검 중" in client.page(**WHOLE).text
    garbage = client.view("1")
    assert garbage.headers["Content-Type"] == "text/html;charset=UTF-8"
    with pytest.raises(UnicodeDecodeError):
        garbage.body.decode()


def test_redirects(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("login", where="list"), Fault("offsite", where="view")]
    page, view = client.page(**WHOLE), client.view("1")
    assert (page.status, page.headers["Location"]) == (302, "/login")
    assert (view.status, view.headers["Location"]) == (302, "http://127.0.0.2:9/")
    assert "loginForm" in client.get("/login").text


def test_emptied(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("emptied")]
    page = client.page(**WHOLE)
    assert (page.total, page.ids) == (0, [])
    assert "등록된 정보가 없습니다." in page.text
    assert client.page(**WHOLE).total == 273


@pytest.mark.parametrize("page", [1, 14])
def test_rows_missing_and_duplicate_row(site: MiniSite, client: Client, page: int) -> None:
    right = client.page(page, **WHOLE)
    site.faults = [Fault("rows-missing")]
    fewer = client.page(page, **WHOLE)
    assert fewer.total == right.total
    assert set(fewer.ids) < set(right.ids)
    site.faults = [Fault("duplicate-row")]
    twice = client.page(page, **WHOLE)
    assert len(twice.ids) == len(right.ids)
    assert len(set(twice.ids)) == len(right.ids) - 1


def test_redesigns(site: MiniSite, client: Client) -> None:
    news_id = site.corpus.releases[0].news_id
    site.faults = [Fault("redesign")]
    for page in (client.page(**WHOLE).text, client.view(news_id).text):
        assert not any(name in page for name in ("list_type", "view_title", "mainForm", "ld+json", "<h1>", "gotosite"))
        assert "대한민국 정책브리핑" in page
    site.faults = [Fault("view-redesign")]
    assert len(client.page(**WHOLE).ids) == 20
    assert "view_title" not in client.view(news_id).text


def test_wrong_page_and_ignored_form(site: MiniSite, client: Client) -> None:
    first = client.page(1, **WHOLE)
    everything = client.page(1)
    site.faults = [Fault("wrong-page", tries=None)]
    wrong = client.page(3, **WHOLE)
    assert wrong.ids == first.ids
    assert wrong.form["pageIndex"] == "1"
    site.faults = [Fault("ignores-dates")]
    assert client.page(1, startDate="2024-01-03", endDate="2024-01-03").ids == everything.ids
    site.faults = [Fault("ignores-filter")]
    assert client.page(1, repCode="A00015", **WHOLE).ids == first.ids


def test_wrong_release(site: MiniSite, client: Client) -> None:
    asked = site.corpus.releases[5]
    site.faults = [Fault("wrong-release")]
    page = client.view(asked.news_id).text
    assert "NewsArticle" in page
    assert f"newsId={asked.news_id}" not in page.split("area_page")[0]


def test_last_page_repeats_and_emptied_tail(site: MiniSite, client: Client) -> None:
    before, last = client.page(13, **WHOLE), client.page(14, **WHOLE)
    site.faults = [Fault("last-page-repeats")]
    repeated = client.page(14, **WHOLE)
    assert len(repeated.ids) == len(last.ids)
    assert set(repeated.ids) <= set(before.ids)
    assert client.page(13, **WHOLE).ids == before.ids
    site.faults = [Fault("emptied-tail")]
    emptied = client.page(14, **WHOLE)
    assert (emptied.ids, emptied.total) == ([], last.total)


@pytest.mark.parametrize("filters", [{}, {"repCode": "A00006,A00015", "srchWord": "의"}])
def test_shifting(site: MiniSite, client: Client, filters: dict[str, str]) -> None:
    form = {"startDate": "2023-06-01", "endDate": "2024-01-12"} | filters
    if filters:
        for number, release in enumerate(site.corpus.releases[:60]):
            site.corpus.edit(release.news_id, ministry="국토교통부", title=f"오늘의 소식 {number}")
    first = client.page(1, **form)
    site.faults = [Fault("shifting", tries=(1, 2))]
    for walk in (1, 2):
        top, second = client.page(1, **form), client.page(2, **form)
        assert top.ids[-1] == second.ids[0], "the rows moved over the border"
        assert second.total == top.total + 1 == first.total + walk
    assert client.page(2, **form).total == first.total + 2, "the third walk is quiet"
    added = client.page(1, **form).ids[:2]
    assert set(added) <= {release.news_id for release in site.truth(UNTIL, UNTIL)}


def test_several_at_once_and_replaced_while_running(site: MiniSite, client: Client) -> None:
    site.faults = [Fault("500", tries=(1,)), Fault("503", tries=(1, 2))]
    assert [client.page(**WHOLE).status for _ in range(3)] == [500, 503, 200]
    site.faults = [Fault("429")]
    assert [client.page(**WHOLE).status for _ in range(2)] == [429, 200]


def test_no_fault_upsets_the_server(site: MiniSite, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    news_id = site.corpus.releases[0].news_id
    for kind in KINDS:
        site.faults = [Fault(kind, seconds=0.01)]
        with contextlib.suppress(OSError, http.client.HTTPException):
            client.page(14, **WHOLE)
        with contextlib.suppress(OSError, http.client.HTTPException):
            client.view(news_id)
    site.faults = []
    assert client.page(**WHOLE).status == 200
    assert not caplog.records
