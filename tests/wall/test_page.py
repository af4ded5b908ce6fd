"""What the page says from afar, and that nothing of the site's becomes part of it."""

import base64
import hashlib
import re
from datetime import date

from parsel import Selector, SelectorList

from harvester.verdict import Exit, Verdict
from harvester.wall.calendar import full_day, last_months, last_year, level, months
from harvester.wall.page import SIGN, as_html, headline
from harvester.wall.report import Report, verdict

from ..store.making import BOARD, Books
from .conftest import TODAY, arguments, report

NOW = "2024-01-18T03:12:00Z"


def html(told: Report) -> str:
    return as_html(told, verdict(told, 5), NOW)


def text(selected: SelectorList[Selector]) -> str:
    return " ".join("".join(selected.css("::text").getall()).split())


def test_the_headline(kept: Books) -> None:
    assert headline(report(kept)) == ("good", "■", "완전하고 최신입니다")
    assert headline(report(kept, until=date(2024, 1, 17))) == ("good", "■", "완전합니다")
    assert headline(report(kept, BOARD, "speech")) == ("part", "▲", "확인한 적 없는 게시판이 있습니다")
    kept.open("crawl", arguments())
    kept.close_day(day=date(2024, 1, 17), state="failed", reason="away")
    kept.finish()
    assert headline(report(kept)) == ("part", "▲", "빈틈 1일")
    assert headline(None) == ("bad", "✗", "상태를 알 수 없습니다")


def test_the_page_says_when_it_was_made_and_until_when_it_knows(kept: Books) -> None:
    page = Selector(html(report(kept)))
    assert page.css("#made::attr(datetime)").get() == NOW
    assert text(page.css("#made")) == "2024. 1. 18. 12:12"
    assert "최신: 2024. 1. 18. 12:00까지" in text(page.css(".facts"))
    assert page.css("html::attr(lang)").get() == "ko"
    assert page.css("meta[http-equiv=refresh]::attr(content)").get() == "300"


def test_every_day_says_what_it_is(kept: Books) -> None:
    kept.open("crawl", arguments())
    kept.close_day(1, day=date(2024, 1, 16), state="partial", reason="page 2 of the listing: reset")
    kept.finish()
    days = Selector(html(report(kept))).css(".days li[title]::attr(title)").getall()
    assert days == [
        "2024-01-16 일부만 있음, 1건: page 2 of the listing: reset",
        "2024-01-17 완전함, 1건",
        "2024-01-18 발표 없음, 0건",
    ]


def test_only_its_own_style_and_script_may_run(kept: Books) -> None:
    page = html(report(kept))
    policy = Selector(page).css("meta[http-equiv=Content-Security-Policy]::attr(content)").get() or ""
    assert policy.startswith("default-src 'none'; ")
    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        [inside] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "style=" not in page
    assert not re.search(r"""(?:src|href)=|url\(|@import|https?:""", page)


def test_a_page_without_a_report_tells_why() -> None:
    page = as_html(None, Verdict("failure", Exit.FAILURE, "there is no <b>database</b>"), NOW)
    assert page.startswith(SIGN)
    assert "there is no &lt;b&gt;database&lt;/b&gt;" in page
    assert "<b>" not in page


def test_how_full_a_day_is() -> None:
    assert [level(number, 100) for number in (None, 0, 1, 25, 26, 50, 75, 76, 100, 500)] == [
        1,
        1,
        1,
        1,
        2,
        2,
        3,
        4,
        4,
        4,
    ]


def test_a_day_with_far_more_does_not_make_the_others_pale(kept: Books) -> None:
    kept.open()
    for day in range(1, 31):
        kept.close_day(*([1] if day < 30 else range(1, 9)), day=date(2023, 11, day), state="complete")
    kept.finish()
    assert full_day(report(kept).boards[0].covered) == 1


def test_the_months_and_weeks_that_are_shown(kept: Books) -> None:
    kept.open()
    kept.close_day(1, day=date(2022, 1, 1))
    kept.finish()
    covered = report(kept).boards[0].covered
    assert (last_year(covered)[0], last_year(covered)[-1]) == (date(2023, 1, 16), TODAY)
    shown = last_months(covered)
    assert (shown[0], shown[-1]) == (date(2023, 2, 1), TODAY)
    assert [month.first.month for month in months(covered, shown)] == [*range(2, 13), 1]
