"""Pages to read: rendered by the miniature site's pure functions, or written by hand where a page must be odd."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from harvester.demo import Corpus, Release
from harvester.demo.listing import Query, page_of
from harvester.demo.rendering import Frame, render_list, render_side, render_view

DAY = date(2024, 1, 17)
NOW = datetime(2024, 1, 18, 12)


def releases(number: int, seed: int = 3) -> list[Release]:
    """So many releases of one day."""
    made = Corpus.generated(DAY, DAY, per_day=max(2 * number, 10), seed=seed).releases
    assert len(made) >= number
    return list(made[:number])


def frame(around: Sequence[Release] = ()) -> Frame:
    """What stands around the content: a sidebar that links to these press releases."""
    return Frame(render_side(around, NOW))


def asked(page: int = 1, codes: str = "", words: str = "", day: date = DAY) -> dict[str, str]:
    """The form that was sent."""
    return {
        "pageIndex": str(page),
        "repCodeType": "",
        "repCode": codes,
        "startDate": day.isoformat(),
        "endDate": day.isoformat(),
        "srchWord": words,
        "period": "",
    }


def listing(
    found: Iterable[Release], page: int = 1, *, codes: str = "", words: str = "", side: Sequence[Release] = ()
) -> bytes:
    query = Query(DAY, DAY, page=page, rep_code=codes, word=words)
    return render_list(page_of(tuple(found), query, "empty"), frame(side), NOW.date())


def view(release: Release, side: Sequence[Release] = ()) -> bytes:
    return render_view(release, None, None, frame(side))


def hand_row(
    news_id: object = "156000001",
    title: str = "제목",
    lead: str = "요약",
    day: str = "2024.01.17",
    ministry: str = "환경부",
) -> str:
    return (
        f'<li><a href="/briefing/pressReleaseView.do?newsId={news_id}"><span class="text"><strong>{title}</strong>'
        f'<span class="lead">{lead}</span><span class="source"><span>{day}</span><span>{ministry}</span></span>'
        "</span></a></li>"
    )


def hand_listing(rows: str, total: object = 1, paging: str = "", form: str = "", filters: str = "") -> bytes:
    """A listing page with nothing around it that it does not need."""
    return (
        "<!DOCTYPE html><html><head><title>보도자료</title></head><body>"
        f'<form id="mainForm" method="post">{form}</form>'
        f'<div class="result">총 <strong>{total}</strong>건</div>{filters}'
        f'<div class="list_type"><ul>{rows}</ul></div>{paging}</body></html>'
    ).encode()


NOTHING = '<li class="no_data"><span>등록된 정보가 없습니다.</span></li>'


def hand_view(
    content: str = "",
    *,
    news_id: str = "156000001",
    canonical: str | None = None,
    title: str = "<h1>제목</h1>",
    files: str = "",
    licence: str = "",
    ministry: str = '<a class="gotosite">환경부<i class="tooltip">부처별 뉴스 이동</i></a>',
    script: str | None = None,
    head: str = "",
) -> bytes:
    """A release's page with nothing around it that it does not need."""
    address = f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={news_id}"
    article = (
        f'{{"@type": "NewsArticle", "mainEntityOfPage": {{"@id": "{address}"}}, '
        '"datePublished": "2024-01-17T09:30:05+09:00", "author": {"name": "환경부"}}'
        if script is None
        else script
    )
    return (
        f'<!DOCTYPE html><html><head><link rel="canonical" href="{canonical or address}"/>{head}'
        f'<script type="application/ld+json">{article}</script></head><body>'
        f'<div class="view_title">{title}</div><div class="article_head"><div class="info"><span>2024.01.17</span>'
        f'<span>{ministry}</span></div>{files}</div><div class="article_body">'
        f'<div class="view_cont">{content}</div></div>{licence}</body></html>'
    ).encode()
