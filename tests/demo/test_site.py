"""The site behaves as the real one was seen to behave."""

from __future__ import annotations

import json
import re
import socket
import time
from datetime import date, datetime
from urllib.parse import urlencode

import pytest

from harvester.demo import Clock, Corpus, MiniSite
from tests.demo.conftest import LIST, UNTIL, WHOLE, Client, make_corpus, release


def test_all_pages_together_are_the_truth(site: MiniSite, client: Client) -> None:
    ids = client.walk(**WHOLE)
    truth = [r.news_id for r in site.truth(date(2024, 1, 2), UNTIL)]
    assert len(ids) == len(set(ids)) == len(truth) == client.page(**WHOLE).total
    assert set(ids) == set(truth)
    days = [site.corpus[key].listed_on for key in ids]
    assert days == sorted(days, reverse=True)
    assert ids != truth, "within a day the order is the site's own"


def test_the_order_within_a_day_changes_when_told(site: MiniSite, client: Client) -> None:
    before = client.walk(**WHOLE)
    assert client.walk(**WHOLE) == before
    site.reshuffle()
    after = client.walk(**WHOLE)
    assert before != after
    assert set(before) == set(after)


def test_the_paging_markup(client: Client) -> None:
    page = client.page(12, **WHOLE).text
    assert 'class="on" title="현재페이지" >12</a>' in page
    assert '<a class="prev" href="#pageLink" onclick="pageLink(10); return false;">' in page
    assert re.search(r'<a class="last" href="#pageLink" onclick="pageLink\(14\); return false;">', page)
    few = client.page(1, startDate="2024-01-10", endDate="2024-01-10").text
    assert '<div class="paging">' in few
    assert 'class="last"' not in few
    assert 'class="first"' not in few


def test_an_empty_result(client: Client) -> None:
    page = client.page(startDate="2024-01-02", endDate="2024-01-02", repCode="A99999")
    assert (page.status, page.total, page.ids) == (200, 0, [])
    assert '<li class="no_data"><span>등록된 정보가 없습니다.</span></li>' in page.text
    assert '<div class="paging">' not in page.text
    assert "pressReleaseView.do?newsId=" in page.text, "the sidebar still links to releases"


def test_the_form_is_echoed(client: Client) -> None:
    form = WHOLE | {"repCode": "A00015,A00006", "repCodeType": "정부부처", "srchWord": '"<&', "period": "direct"}
    assert client.page(1, **form).form == {"pageIndex": "1"} | form
    assert client.page(3).form | {} == {
        "pageIndex": "3",
        "repCodeType": "",
        "repCode": "",
        "startDate": "2023-01-12",
        "endDate": "2024-01-12",
        "srchWord": "",
        "period": "",
    }


def test_no_dates_mean_the_last_year(site: MiniSite, client: Client, clock: Clock) -> None:
    site.corpus.add(release("156000001", published=datetime(2022, 12, 1, 9)))
    assert client.page().total == len(site.corpus) - 1
    clock.set(datetime(2025, 1, 8))
    assert client.page().total == len(site.truth(date(2024, 1, 8), date(2025, 1, 8)))


def test_a_get_ignores_the_page_unless_it_has_dates(client: Client) -> None:
    first = client.page(1)
    assert client.get(LIST, pageIndex="2").ids == first.ids
    assert client.get(LIST, pageIndex="2", **WHOLE).ids == client.page(2, **WHOLE).ids != first.ids
    assert client.ask("POST", f"{LIST}?pageIndex=5&startDate=2024-01-02&endDate=2024-01-12", "pageIndex=2").ids == (
        client.page(2, **WHOLE).ids
    )


def test_two_renderings(site: MiniSite, client: Client) -> None:
    lead = "가·ㅇ" + "나" * 157 + "·" + "다" * 200
    site.corpus.add(release("156000001", title='음주·약물 <R&D> "속보"  끝？', lead=lead), on_top=True)
    plain = client.page(startDate="2024-01-05", endDate="2024-01-05")
    found = client.page(startDate="2024-01-05", endDate="2024-01-05", repCode="A00015")
    assert '<div class="result"> 총 <strong>' in plain.text
    assert '<div class="result">검색결과 총 <strong>' in found.text
    assert "<span>2024.01.05</span>" in plain.listing
    assert "<span>2024-01-05</span>" in found.listing
    assert plain.leads[0] == lead
    assert found.leads[0].startswith("가&middot;&#x3147;나나")
    assert found.leads[0].endswith("나&middo...")
    assert len(found.leads[0]) == 183
    for page in (plain, found):
        assert "<strong>음주&middot;약물 &lt;R&amp;D&gt; &quot;속보&quot;  끝？</strong>" in page.text
        assert page.titles[0] == '음주·약물 <R&D> "속보"  끝？'


def test_filtering_by_ministries(site: MiniSite, client: Client) -> None:
    codes = ("A00006", "B00005")
    ids = client.walk(repCode=",".join(codes), **WHOLE)
    assert set(ids) == {r.news_id for r in site.truth(date(2024, 1, 2), UNTIL, codes)}
    assert ids


def test_hits_are_highlighted_but_not_within_entities(site: MiniSite, client: Client) -> None:
    site.corpus.add(release("156000001", title="amp R&D 희토류", lead="희토류 앞과 뒤"), on_top=True)
    page = client.page(srchWord="희토류", startDate="2024-01-05", endDate="2024-01-05")
    assert 'R&amp;D <span class="highlight">희토류</span></strong>' in page.text
    assert page.leads[0] == '<span class="highlight">희토류</span> 앞과 뒤'
    page = client.page(srchWord="amp", startDate="2024-01-05", endDate="2024-01-05")
    assert '<span class="highlight">amp</span> R&amp;D' in page.text


@pytest.mark.parametrize("past_end", ["empty", "last", "first"])
def test_a_page_past_the_end(site: MiniSite, client: Client, past_end: str) -> None:
    last = client.page(14, **WHOLE)
    site.past_end = past_end  # type: ignore[assignment]
    page = client.page(99, **WHOLE)
    expected = {"empty": [], "last": last.ids, "first": client.page(1, **WHOLE).ids}
    assert page.ids == expected[past_end]
    assert page.total == last.total
    assert ("no_data" in page.listing) == (past_end == "empty")


def test_the_table_of_ministries_is_on_the_page(client: Client) -> None:
    boxes = re.findall(
        r'name="chkRepCode" type="checkbox" value="(\w+)" id="\1" />\s*<label for="\1">(.*?)<', client.page().text
    )
    assert ("A00015", "산업통상자원부") in boxes
    assert len(boxes) >= 45


def test_a_release_of_the_usual_kind(site: MiniSite, client: Client) -> None:
    site.corpus.add(release("156000001", title="음주·약물 R&D"))
    page = client.view("156000001").text
    scripts = [json.loads(text) for text in re.findall(r'ld\+json">(.*?)</script>', page, re.S)]
    assert [script["@type"] for script in scripts] == ["NewsArticle", "Organization"]
    assert scripts[0]["headline"] == "음주&amp;middot;약물 R&amp;amp;D"
    assert scripts[0]["datePublished"] == "2024-01-05T09:00:00+09:00"
    assert scripts[0]["author"]["name"] == "산업통상자원부"
    assert 'rel="canonical" href="https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001"' in page
    assert "<h1>음주&middot;약물 R&amp;D</h1>" in page
    assert re.search(r'repCode=A00015">\s*산업통상자원부<i class="tooltip">부처별 뉴스 이동</i>', page)
    assert "“이 자료는 산업통상자원부의 보도자료를 전재하여 제공함을 알려드립니다.”" in page
    assert "1유형 출처표시" in page
    assert re.search(r"goView\('/news/pressReleaseView\.do\?newsId=\d+&pWise", page)
    assert client.get("/news/pressReleaseView.do", newsId="156000001").text == page


def test_a_release_with_its_text_in_the_page(site: MiniSite, client: Client) -> None:
    site.corpus.add(release("156000001", body="첫째 <줄>\n둘째 줄", licence=None, published=datetime(2024, 1, 5)))
    page = client.view("156000001").text
    assert "첫째 &lt;줄&gt;<br/>\r\n둘째 줄" in page
    assert "content_press" not in page
    assert "kogl_wrap" not in page
    assert "2024-01-05T00:00:00+09:00" in page


def test_unknown_and_withdrawn_releases(site: MiniSite, client: Client) -> None:
    gone = site.corpus.releases[3]
    assert client.view(gone.news_id).text.count(gone.news_id) > 1
    site.corpus.delete(gone.news_id)
    for news_id in (gone.news_id, "1", ""):
        page = client.view(news_id)
        assert page.status == 200
        assert re.search(r"<script.*>alert\('.*'\);history\.back\(\);</script>", page.text)
    assert gone.news_id not in client.walk(**WHOLE)


def test_edits_show_at_once(site: MiniSite, client: Client) -> None:
    first = client.page(**WHOLE)
    site.corpus.edit(first.ids[0], title="과근무", lead="바뀐 내용")
    again = client.page(**WHOLE)
    assert (again.titles[0], again.leads[0], again.ids) == ("과근무", "바뀐 내용", first.ids)
    assert "<h1>과근무</h1>" in client.view(first.ids[0]).text


def test_releases_appear_when_the_clock_passes_them(site: MiniSite, client: Client, clock: Clock) -> None:
    site.corpus.add(release("156000001", day=12, visible_from=datetime(2024, 1, 12, 21)))
    before = client.page(**WHOLE).total
    assert "alert(" in client.view("156000001").text
    clock.advance(hours=2)
    assert client.page(**WHOLE).total == before + 1 == len(site.truth(date(2024, 1, 2), UNTIL))
    assert "<h1>제목 156000001</h1>" in client.view("156000001").text


def test_the_other_addresses(client: Client) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /totalSearch.do\n"
    assert client.get("/rss/pressrelease.xml").status == 404
    assert client.get("/docViewer/result/2024.01/05/abc/abc.files/1.html").status == 404


@pytest.mark.parametrize(
    "form",
    [
        {"startDate": "2024-01-12", "endDate": "2024-01-02"},
        {"startDate": "0001-01-01", "endDate": "9999-12-31", "pageIndex": "9" * 5000},
        {"endDate": "0001-01-01"},
        {"endDate": "2024-02-29", "pageIndex": "-1"},
        {"startDate": "2024-02-30", "endDate": "soon", "pageIndex": "둘", "repCode": ",,"},
    ],
)
def test_odd_forms_get_a_page_too(client: Client, form: dict[str, str]) -> None:
    page = client.ask("POST", LIST, urlencode(form))
    assert page.status == 200
    assert "</html>" in page.text
    assert page.form["pageIndex"] == "1"


def test_the_log_says_what_was_asked(site: MiniSite, client: Client) -> None:
    client.page(2, repCode="A00015", **WHOLE)
    client.view("156000001")
    client.page()
    listed, viewed, undated = site.requests
    assert (listed.method, listed.path, listed.page, listed.status) == ("POST", LIST, 2, 200)
    assert listed.days == (date(2024, 1, 2), UNTIL)
    assert (listed.form["repCode"], listed.user_agent, listed.fault) == ("A00015", "test", None)
    assert (viewed.news_id, viewed.page, viewed.days) == ("156000001", None, None)
    assert undated.days is None
    assert listed.at <= viewed.at <= undated.at <= time.monotonic()
    site.clear_log()
    assert site.requests == []


def test_padding_makes_pages_weigh_what_real_ones_do() -> None:
    with MiniSite(make_corpus(), clock=Clock(datetime(2024, 1, 12, 20)), page_padding=100_000) as site:
        client = Client(site)
        assert 100_000 < len(client.view(site.corpus.releases[0].news_id).body) < 130_000
        page = client.page(**WHOLE)
        assert len(page.body) > 100_000
        assert len(page.ids) == 20


def test_stopping_frees_the_port_and_starting_takes_it_again(clock: Clock) -> None:
    site = MiniSite(Corpus(), clock=clock)
    with pytest.raises(RuntimeError, match="before it is started"):
        site.url  # noqa: B018
    for _ in range(3):
        with site:
            port = site.port
            assert Client(site).page().total == 0
            with pytest.raises(RuntimeError, match="running already"):
                site.start()
        site.stop()
        with pytest.raises(ConnectionRefusedError):
            Client(site).page()
        assert site.port == port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            site.start()
    with site:
        site.restart()
        assert Client(site).page().total == 0


def test_it_is_fast_enough(site: MiniSite, client: Client) -> None:
    import http.client  # noqa: PLC0415

    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    ids = [r.news_id for r in site.corpus]
    start = time.perf_counter()
    for number in range(300):
        connection.request("GET", f"/briefing/pressReleaseView.do?newsId={ids[number % len(ids)]}")
        assert connection.getresponse().read()
    assert 300 / (time.perf_counter() - start) > 300  # 1,500 on an idle machine; tests may share it
