"""The pages for people: they say what is stored, and never otherwise than `harvest status`."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from parsel import Selector

from harvester.clock import korean_today
from harvester.store import open_to_read, reports
from harvester.web.database import database
from harvester.web.filters import ledger_filter

from ..exports.rfc4287 import faults
from ..store.making import BOARD, DAY, Books, briefing
from .conftest import HOSTILE, Site, text

ATOM = "{http://www.w3.org/2005/Atom}"


def hits(site: Site, address: str) -> list[str]:
    return [text(each) for each in site.page(address).css("ol.hits h2")]


def test_the_start_page_says_what_status_says(site: Site, made: Books) -> None:
    page = site.page("/")
    with closing(open_to_read(made.path)) as db:
        covered = reports.coverage(db, BOARD, "", None, None)
    rows = {text(row.css("th")): text(row) for row in page.css("table.figures tbody tr")}
    told = rows["보도자료"]
    total, gaps = len(covered.all_days), len(covered.gaps)
    assert f"{total - gaps} / {total}일" in told
    assert f"빈틈 {gaps}일" in told
    assert f"일 {covered.briefings} 2024. 1. 15. ~ 2024. 1. 17." in told
    assert f"({(korean_today() - DAY).days:,}일 전)" in told
    assert f"2024. 1. 17. ({(korean_today() - DAY).days:,}일 전)" in text(site.page("/calendar"))
    assert page.css("html::attr(lang)").get() == "ko"
    assert page.css("form[role=search] label[for=q]")
    assert page.css("input#q[autofocus]")


def test_what_is_stored_meanwhile_is_seen(site: Site, made: Books) -> None:
    assert "새로 온 글" not in text(site.page("/"))
    made.open()
    made.put(briefing(7, title="새로 온 글"))
    assert "새로 온 글" in text(site.page("/"))
    assert hits(site, "/search?q=새로") == ["새로 온 글"]
    made.finish()


def test_figures_are_counted_once_a_minute_and_only_if_something_was_written(
    site: Site, made: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "글 6건" in text(site.page("/"))
    made.open()
    made.put(briefing(7))
    made.finish()
    assert "글 6건" in text(site.page("/"))
    monkeypatch.setattr("harvester.web.database.FRESH", 0)
    assert "글 7건" in text(site.page("/"))
    monkeypatch.setattr(database(site.datasette).overview, "_question", lambda _: pytest.fail("nothing was written"))
    assert "글 7건" in text(site.page("/"))


def test_search_finds_words_in_words_and_before_particles(site: Site) -> None:
    assert hits(site, "/search?q=희토류를") == ["희토류 공급망 점검", HOSTILE]
    assert hits(site, "/search?q=주택") == ["희토류 공급망 점검"]
    assert hits(site, "/search?q=희토류+-주택") == [HOSTILE]
    found = site.page("/search?q=주택").css("ol.hits li .snippet")
    assert found.css("mark::text").getall() == ["주택"]


def test_filters_choose(site: Site) -> None:
    assert hits(site, "/search?board=cabinet") == ["제목"]
    assert hits(site, "/search?ministry=국토부") == ["제목"]
    assert len(hits(site, "/search?ministry=환경부&since=2024-01-17&until=2024-01-17")) == 5
    assert len(hits(site, "/search?ministry=환경부&withdrawn=no")) == 4
    assert hits(site, "/search?since=2024-01-18") == []
    # As a form leaves them that was not filled in; and full-width, as some keyboards write.
    assert len(hits(site, "/search?q=&board=&ministry=&since=&until=&order=relevance")) == 6
    assert hits(site, "/search?board=cabinet&since=２０２４-０１-１７") == ["제목"]


def test_every_ministry_that_a_release_names_can_be_asked_for(site: Site, made: Books) -> None:
    made.open()
    made.put(
        briefing(20, title="담화문", ministry="국무총리", ministry_code=None),
        briefing(21, title="모르는 곳의 글", ministry="Ｘ 새로운 기관", ministry_code=None),
        briefing(22, title="새 부처의 글", ministry="새로운부", ministry_code="A09999"),
    )
    made.finish()
    feeds = site.page("/feeds").css("h2:contains(부처) + ul a")
    assert len(feeds) == 5
    for each in feeds:
        assert [entry.findtext(f"{ATOM}title") for entry in feed(site, each.attrib["href"]).iter(f"{ATOM}entry")]
    assert hits(site, "/search?ministry=국무총리") == ["담화문"]
    assert len(hits(site, "/search?ministry=국무총리&ministry=국토부")) == 2
    assert hits(site, site.page("/release/21").css("p.meta a::attr(href)").get()) == ["모르는 곳의 글"]
    assert "없는부" in text(site.page("/search?ministry=국무총리&ministry=없는부", 400))


def test_results_lead_on_from_page_to_page(site: Site, made: Books) -> None:
    made.open()
    made.put(*(briefing(100 + n, title=f"여러 글 {n}") for n in range(45)))
    made.finish()
    seen, address = [], "/search?q=여러&order=day"
    while address:
        page = site.page(address)
        seen += [text(each) for each in page.css("ol.hits h2")]
        address = page.css("nav.pages a[rel=next]::attr(href)").get()
    assert seen == [f"여러 글 {n}" for n in reversed(range(45))]


def test_a_release_is_readable(site: Site) -> None:
    page = site.page("/release/1")
    assert text(page.css("h1")) == "희토류 공급망 점검"
    assert [text(each) for each in page.css("section.text p")] == ["정부는 희토류를 비축한다.", "주택공급도 늘린다."]
    assert [[text(cell) for cell in row.css("td")] for row in page.css("section.text tr")] == [
        ["구분", "2023년", "2024년"],
        ["비축량", "100톤", "200톤"],
    ]
    source = text(page.css("#source"))
    assert source.startswith("(2024.01.17 환경부) https://www.korea.kr/")
    assert page.css("button[data-copy=source]")
    assert page.css("[data-copied=source][aria-live=polite]")
    assert "공공누리 제1유형" in text(page)
    assert "계획.hwpx" in text(page.css("section[aria-labelledby=files]"))
    assert "홍길동" not in text(page)


def test_a_release_tells_its_history_and_its_parts(site: Site) -> None:
    changed = site.page("/release/2")
    assert text(changed.css("del")) == "[참고] 다른 소식"
    assert text(changed.css("ins")) == "[참고] 고친 소식"
    assert "철회된 글" in text(site.page("/release/4").css(".notice"))
    assert not site.page("/release/1").css(".notice")
    assert [text(each) for each in site.page("/release/5").css("section[aria-labelledby=statements] h3")] == [
        "발표: 홍길동 대변인",
        "질문",
    ]
    assert "시행령안" in text(site.page("/release/6").css("section[aria-labelledby=agenda]"))


def test_joint_releases_lead_to_each_other(site: Site, made: Books) -> None:
    made.open()
    made.store._db.conn.executemany(
        "INSERT INTO joint_releases VALUES (?, 1, 'joint', 'text')", [[1], [2]]
    )  # as store/joint.py finds them
    made.store._db.conn.commit()
    made.finish()
    assert site.page("/release/1").css("section[aria-labelledby=joint] a::attr(href)").get() == "/release/2"


def test_a_release_tells_its_topics_and_where_it_was_posted_again(site: Site, made: Books) -> None:
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("DELETE FROM tags")  # of what the rules of topics find in these texts today
        connection.execute("INSERT INTO tags VALUES (1, 'esg', 'E', '희토류', 1)")
        connection.execute(
            "INSERT INTO esg_posts (post_id, title, writer, posted_on, day_raw, text, url, news_id, first_seen_at,"
            " last_seen_at, revision, row_signature, run_id)"
            " VALUES (2144, '', '', '2024-01-19', '', '', 'https://k-esg.org/post/2144', 1, '', '', 1, '', 1)"
        )
        connection.commit()
    page = site.page("/release/1")
    assert "주제: ESG E" in text(page.css(".source"))
    assert page.css("section[aria-labelledby=esg] a::attr(href)").get() == "https://k-esg.org/post/2144"
    assert [row["제목"] for row in site.get("/briefings/esg.json?_shape=array&area=e").json()] == ["희토류 공급망 점검"]


@pytest.mark.parametrize("address", ["/release/999", "/release/abc", "/release/", "/release/99999999999999999999"])
def test_a_release_that_is_not_there_is_said_to_be_not_there(site: Site, address: str) -> None:
    assert text(site.page(address, 404).css("[role=alert]"))


def test_the_calendar_tells_states_by_shape_and_gaps_with_their_reasons(site: Site) -> None:
    page = site.page("/calendar")
    days = {text(day.css(".unseen")): text(day.css(".mark")) for day in page.css("table.month td a")}
    assert days == {
        "1월 15일 일부만 있음, 2건": "▲",
        "1월 16일 발표 없음, 0건": "·",
        "1월 17일 완전함, 3건": "■",
    }
    [gap] = page.css("#gaps + * tbody tr")
    assert text(gap).startswith("2024. 1. 15. ▲ 일부만 있음")
    assert "reset" in text(gap)
    of_a_day = page.css("table.month td a::attr(href)").getall()[-1]
    assert len(hits(site, of_a_day)) == 4


def test_the_calendar_tells_of_days_never_walked_and_of_other_years(site: Site, made: Books) -> None:
    made.open()
    made.close_day(day=date(2023, 12, 30))
    made.close_day(day=date(2024, 1, 1), filter_="query=희토류", can_withdraw=False)
    made.finish()
    page = site.page("/calendar?year=2023")
    assert "확인한 적 없음 1일" in text(page.css(".legend"))
    in_2024 = [text(gap) for gap in site.page("/calendar?year=2024").css("#gaps + * tbody tr")]
    assert in_2024[0].startswith("2024. 1. 1. ~ 2024. 1. 14. □ 확인한 적 없음")
    assert len(in_2024) == 2
    assert {"2024", "2023"} <= {text(each) for each in page.css("nav.choices a")}
    assert "보도자료 (‘희토류’)" in text(page)
    assert "발표 없음 1일" in text(site.page("/calendar?filter=query%3D희토류").css(".legend"))


def test_what_was_walked_with_a_filter_is_named_and_found_again(site: Site, made: Books) -> None:
    made.open()
    made.close_day(1, filter_="ministry=A00019,A00006&query=희토류", can_withdraw=False)
    made.close_day(5, filter_="ministry=A00006", board="ministry-briefing", day=DAY.replace(day=16), can_withdraw=False)
    made.finish()
    start = site.page("/")
    named = "보도자료 (기후에너지환경부, 국토교통부, ‘희토류’)"
    rows = {text(row.css("th")): row for row in start.css("table.figures tbody tr")}
    assert {named, "부처 브리핑 (국토교통부)"} <= set(rows)
    assert hits(site, rows[named].css("th a::attr(href)").get("")) == ["희토류 공급망 점검", HOSTILE]
    page = site.page(rows[named].css("td a::attr(href)").get(""))
    assert named in text(page.css("h1"))
    of_a_day = page.css("table.month td a::attr(href)").get("")
    assert "since=2024-01-17" in of_a_day
    assert hits(site, of_a_day) == ["희토류 공급망 점검", HOSTILE]


@pytest.mark.parametrize(
    ("written", "title", "address"),
    [
        ("", "", ""),
        ("query=a&b=c", "‘a&b=c’", "q=a%26b%3Dc"),
        ("ministry=A00015", "산업통상부", "ministry=" + quote("산업통상부")),
        ("ministry=X1&query=-", "X1, ‘-’", "ministry=X1&q=-"),
        ("ministry=" + ",".join(f"X{n}" for n in range(9)), "X0, X1, X2 외 6곳", None),
        ("something else", "something else", ""),
    ],
)
def test_filters_of_the_ledger_are_told_in_words(written: str, title: str, address: str | None) -> None:
    read = ledger_filter(written)
    assert read.title == title
    assert address is None or read.address() == address


@pytest.mark.parametrize("title", ["", " \u3000"])
def test_a_release_without_title_can_be_followed(site: Site, made: Books, title: str) -> None:
    made.open()
    made.put(briefing(30, title=title, body="제목이 없는 글"))
    made.finish()
    assert text(site.page("/release/30").css("h1")) == "newsId 30"
    assert hits(site, "/search?q=없는") == hits(site, "/search?since=2024-01-17&q=없는") == ["newsId 30"]
    assert "newsId 30" in hits(site, "/search")
    assert "newsId 30" in text(site.page("/").css("ul.hits a"))


def feed(site: Site, address: str) -> ElementTree.Element:
    answer = site.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert faults(answer.content) == []
    return ElementTree.fromstring(answer.content)


def test_a_feed_has_what_the_same_filters_find(site: Site) -> None:
    for asked in ("", "?q=희토류", "?ministry=국토교통부", "?board=cabinet", "?since=2024-01-17&withdrawn=no&limit=50"):
        page = site.page(f"/search{asked}")
        address = page.css('head link[type="application/atom+xml"]::attr(href)').getall()[-1]
        told = {entry.findtext(f"{ATOM}title") for entry in feed(site, address).iter(f"{ATOM}entry")}
        assert told == {text(each) for each in page.css("ol.hits h2")}


def test_a_feed_is_sent_once(site: Site, made: Books) -> None:
    first = site.get("/feed.atom?q=희토류")
    again = site.get("/feed.atom?q=희토류", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    made.open()
    made.put(briefing(8, title="희토류 새 소식"))
    made.finish()
    later = site.get("/feed.atom?q=희토류", headers={"if-none-match": first.headers["etag"]})
    assert later.status_code == 200
    assert "희토류 새 소식" in later.text


def test_a_feed_without_entries_is_one(site: Site) -> None:
    assert feed(site, "/feed.atom?q=없는말").findtext(f"{ATOM}updated")


def test_datasettes_own_search_finds_too(site: Site) -> None:
    found = site.get("/briefings/briefings.json?_search=주택&_shape=array").json()
    assert [row["news_id"] for row in found] == [1]
    assert site.page("/briefings/briefings").css("input[name=_search]")


def test_the_table_has_facets_by_month_too(site: Site) -> None:
    found = site.get("/briefings/briefings.json").json()["facet_results"]
    assert set(found) == {"ministry", "board", "license", "published_on"}
    [month] = found["published_on"]["results"]
    assert (month["value"], month["count"], month["selected"]) == ("2024-01", 6, False)
    chosen = site.get(month["toggle_url"].removeprefix("http://localhost")).json()
    assert chosen["facet_results"]["published_on"]["results"][0]["selected"]


def test_what_takes_too_long_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.web.database.LIMIT", 0)
    assert "너무 걸려" in text(site.page("/search?q=희토류", 503).css("[role=alert]"))
    monkeypatch.undo()
    assert hits(site, "/search?q=주택")


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_database_that_is_gone_is_said(made: Books, asked_before: bool) -> None:
    served = Site(made.path)
    addresses = ("/", "/search", "/release/1", "/calendar", "/feeds", "/briefings/briefings", "/briefings/by_day")
    for _ in range(3 if asked_before else 0):  # by every thread
        assert {served.get(address).status_code for address in addresses} == {200}
    made.path.unlink()
    for address in addresses:
        assert "읽을 수 없습니다" in text(served.page(address, 503).css("[role=alert]")), address
    served.close()


def test_a_database_that_is_replaced_is_served_anew(
    site: Site, made: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert "글 6건" in text(site.page("/"))
    other = Books(tmp_path / "other.db", monkeypatch)
    other.put(briefing(77, title="다른 파일의 글"))
    other.finish()
    other.path.replace(made.path)
    for _ in range(3):
        assert "글 1건" in text(site.page("/"))
        assert hits(site, "/search") == ["다른 파일의 글"]
        assert site.get("/briefings/briefings/77").status_code == 200


def test_an_empty_database_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books = Books(tmp_path / "empty.db", monkeypatch)
    books.finish(days_closed=0)
    served = Site(books.path)
    for address in ("/", "/search", "/search?q=희토류", "/calendar", "/feeds", "/feed.atom", "/-/dashboards/releases"):
        assert served.get(address).status_code == 200, address
    assert "아직" in text(served.page("/"))
    served.close()


BELOW = (
    "",
    "search?q=희토류",
    "release/1",
    "calendar",
    "feeds",
    "briefings",
    "briefings?sql=SELECT+news_id,+url+FROM+briefings",
    "briefings/briefings?_size=2&_sort=news_id",
    "briefings/briefings?_size=2&_facet_size=1&ministry=환경부&_where=1",
    "briefings/briefings?_facet=board&_facet_month=published_on",
    "briefings/briefings/1",
    "briefings/by_day",
    "briefings/search?words=희토류&_hide_sql=1",
    "-/dashboards",
    "-/dashboards/releases",
)


def test_below_another_address_all_links_stay_below_it_and_answer(made: Books) -> None:
    """Through a proxy that hands on the whole path, as docs/serve.md asks for."""
    served = Site(made.path, base_url="/archive/")
    links: set[str] = set()
    for address in BELOW:
        answer = served.below(f"/archive/{address}")
        assert answer.status_code == 200, address
        found = Selector(answer.text).css("::attr(href), ::attr(src), ::attr(action)").getall()
        here = [each.removeprefix("http://localhost") for each in found]
        assert [each for each in here if each[:1] == "/" and not each.startswith("/archive/")] == []
        links.update(each.partition("#")[0] for each in here if each[:1] == "/")
    asked_of_datasette = (
        "_next=",
        "_sort_desc=",
        "_facet_size=max",
        "by_day.json",
        "by_day.csv",
        "_hide_sql=1",
        ".json?",
    )
    for part in asked_of_datasette:
        assert any(part in link for link in links), part
    links.remove("/archive/briefings/contacts?news_id=1")  # refused: tests/web/test_safety.py
    assert {link: status for link in links if (status := served.below(link).status_code) != 200} == {}
    next_one = served.below("/archive/briefings/briefings.json?_size=2").json()["next_url"]
    assert next_one.startswith("http://localhost/archive/briefings/briefings.json?")
    served.close()


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/archive", "/archive/"),
        ("/archive?a=b", "/archive/?a=b"),
        ("/archive/search/?q=x", "/archive/search?q=x"),
        ("/archive/-/config", "/archive/-/settings"),
        ("/archive/briefings/briefings?_filter_column=board&_filter_op=exact&_filter_value=x", "/archive/briefings/"),
    ],
)
def test_below_another_address_redirects_stay_below_it(made: Books, asked: str, leads_to: str) -> None:
    served = Site(made.path, base_url="/archive/")
    answer = served.below(asked)
    assert answer.status_code in (301, 302)
    assert answer.headers["location"].startswith(leads_to)
    assert "/archive/archive" not in answer.headers["location"]
    served.close()
