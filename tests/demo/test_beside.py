"""Another site's pages are served beside korea.kr, and misbehave as its own do."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest

from harvester.demo import KST, Clock, Corpus, Fault, MiniSite
from harvester.demo.faults import Asked
from tests.demo.conftest import WHOLE, Client, release

_LIST = '<form id="fboardlist"><table><tr><td><a href="/post/7">글</a></td></tr></table></form>'
_POST = '<div class="board"><h3>글</h3><div id="post-content">첫째 줄 둘째 줄</div>' + _LIST + "</div>"


class Board:
    """A site of one list and one post."""

    def read(self, path: str, form: Mapping[str, str], now: datetime) -> Asked | None:
        if path == "/board/news":
            return Asked(f"{path} {form.get('page')}", "board", page=int(form.get("page", "1")), board="made-up")
        if path.startswith("/post/"):
            return Asked(path, "post", path.removeprefix("/post/"), date(2024, 1, 8), date(2024, 1, 8), board="made-up")
        return None

    def answer(self, path: str, form: Mapping[str, str], now: datetime) -> bytes | None:
        pages = {"/board/news": _LIST, "/post/7": _POST}
        return f"<html><body>{pages[path]}{now:%Y-%m-%d}</body></html>".encode() if path in pages else None


@pytest.fixture
def site(clock: Clock) -> Iterator[MiniSite]:
    with MiniSite(Corpus([release("156000001")]), clock=clock, beside=Board()) as running:
        yield running


def test_both_sites_answer_on_one_address(site: MiniSite, client: Client, clock: Clock) -> None:
    assert "/post/7" in client.get("/board/news").text
    assert client.get("/post/7").text.endswith("2024-01-12</body></html>")
    clock.set(datetime(2024, 3, 1, tzinfo=KST))
    assert client.get("/post/7").text.endswith("2024-03-01</body></html>")
    assert client.page(**WHOLE).ids == ["156000001"]
    assert (client.get("/post/8").status, client.get("/elsewhere").status) == (404, 404)
    assert client.get("/robots.txt").status == 200


def test_the_log_says_what_was_asked(site: MiniSite, client: Client) -> None:
    client.get("/board/news", page="2")
    client.get("/post/7")
    client.get("/elsewhere")
    listed, post, other = site.requests
    assert (listed.kind, listed.page, listed.news_id, listed.days) == ("board", 2, None, None)
    assert (post.kind, post.page, post.news_id, post.status) == ("post", None, "7", 200)
    assert other.kind == "other"


def test_faults_choose_by_place_page_and_number(site: MiniSite, client: Client) -> None:
    def statuses(fault: Fault) -> list[int]:
        site.faults = [fault]
        return [
            client.get("/board/news").status,
            client.get("/board/news", page="2").status,
            client.get("/post/7").status,
            client.page(**WHOLE).status,
        ]

    assert statuses(Fault("503")) == [503, 503, 503, 503]
    assert statuses(Fault("503", where="board")) == [503, 503, 200, 200]
    assert statuses(Fault("503", where="post")) == [200, 200, 503, 200]
    assert statuses(Fault("503", where="list")) == [200, 200, 200, 503]
    assert statuses(Fault("503", pages=frozenset({2}))) == [200, 503, 200, 200]
    assert statuses(Fault("503", news_ids=frozenset({"7"}))) == [200, 200, 503, 200]
    assert statuses(Fault("503", where="post", days=frozenset({date(2024, 1, 8)}))) == [200, 200, 503, 200]


@pytest.mark.parametrize("kind", ["reset", "stall", "truncated", "reset-midway"])
def test_a_connection_is_lost(site: MiniSite, client: Client, kind: Any) -> None:
    site.faults = [Fault(kind, seconds=0.01)]
    for path in ("/board/news", "/post/7"):
        with pytest.raises((OSError, http.client.HTTPException)):
            client.get(path)
        assert client.get(path).status == 200


def test_pages_that_are_not_the_site_and_pages_that_are_cut(site: MiniSite, client: Client) -> None:
    whole = {path: client.get(path).text for path in ("/board/news", "/post/7")}
    site.faults = [Fault("maintenance")]
    assert all("시스템 점검 중" in client.get(path).text for path in whole)
    site.faults = [Fault("redesign")]
    for path in whole:
        page = client.get(path).text
        assert "글" in page
        assert not any(name in page for name in ("fboardlist", "post-content", "<h3>", "/post/"))
    site.faults = [Fault("truncated-clean")]
    for path, text in whole.items():
        cut = client.get(path).body
        assert text.encode().startswith(cut)
        assert len(cut) < len(text.encode()) - 10
    site.faults = [Fault("view-redesign")]
    assert client.get("/board/news").text == whole["/board/news"]
    assert "post-content" not in client.get("/post/7").text


def test_faults_of_listings_and_releases_leave_the_other_site_alone(site: MiniSite, client: Client) -> None:
    whole = {path: client.get(path).text for path in ("/board/news", "/post/7")}
    for kind in ("emptied", "rows-missing", "wrong-page", "wrong-release", "shifting", "damaged"):
        site.faults = [Fault(kind, tries=None)]  # type: ignore[arg-type]
        assert {path: client.get(path).text for path in whole} == whole
