"""From a listing or a release to HTML, with the structure and the quirks of the real pages. Pure: no clock, no network.

Titles and searched leads are printed as the site has them stored, that is with entities; the plain list prints the
leads' real characters; JSON-LD encodes what is stored once more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape

from harvester.demo.boards import Board, board_of
from harvester.demo.body import render_body
from harvester.demo.corpus import Attachment, Release
from harvester.demo.listing import Listing, Query
from harvester.demo.markup import readable, stored
from harvester.demo.ministries import GROUPS, ministries_on
from harvester.demo.rows import LIST_ENDS, Row, render_rows

REAL = "https://www.korea.kr"
SITE_NAME = "대한민국 정책브리핑"
SEARCHED_LEAD = 180
_KEYWORDS = "대한민국 정책브리핑,KOREA.KR,정책브리핑,정책포털,대한민국정책,대한민국,정부정책,정책,정책코리아"
_LOGO = f"{REAL}/images/event/korea_logo_2024.jpg"

_LICENCES = {
    0: "0유형 자유이용",
    1: "1유형 출처표시",
    2: "2유형 출처표시 상업적이용금지",
    3: "3유형 출처표시 변경금지",
    4: "4유형 출처표시 변경금지",
}
_ICONS = {
    "hwp": ("icon_ihangul.gif", "한글파일"),
    "hwpx": ("icon_ihangul.gif", "한글파일"),
    "pdf": ("icon_pdf.gif", "PDF파일"),
    "jpg": ("icon_jpg.gif", "이미지"),
    "png": ("icon_png.gif", "이미지"),
    "zip": ("icon_zip.gif", "압축파일"),
    "xlsx": ("icon_xls.gif", "엑셀파일"),
}


@dataclass(frozen=True)
class Frame:
    """What stands around the content of every page: the sidebar, and template lines that only weigh."""

    side: str
    padding: str = ""


def make_padding(size: int) -> str:
    """Template of about this many bytes, half of it blank lines, as the real pages are."""
    if size <= 0:
        return ""
    item = '\t\t\t<li class="gnb_item"><a href="/policy/mainList.do?menu={n}"><span>정책 메뉴 {n}</span></a></li>\n'
    blank = "\t" * 20 + "\n"
    lines: list[str] = ['\t\t<ul class="gnb_list">\n']
    weight = 0
    while weight < size:
        line = item.format(n=len(lines))
        lines += (line, blank * 4)
        weight += len(line.encode()) + len(blank) * 4
    return "".join((*lines, "\t\t</ul>\n"))


def render_side(latest: Sequence[Release], now: datetime) -> str:
    """The sidebar of every page. It links to releases too, which are not part of the listing."""
    popular = "".join(
        f"""
							<li>
								<a href="/news/policyNewsView.do?newsId={148_900_000 + n}&pWise=sub&pWiseSub=R{n}" >
									<span class="text">
										<span>많이 본 정책뉴스 {n}</span>
									</span>
									<span class="info"><span><i>순위동일</i></span></span>
								</a>
							</li>"""
        for n in range(1, 6)
    )
    newest = "".join(
        f"""
						<li>
							<a href='{_address(release)}&pWise=sub&pWiseSub=C{n}' >
								<span class="text"><span>{stored(release.title)}</span></span>
							</a>
						</li>"""
        for n, release in enumerate(latest, start=1)
    )
    return f"""
			<!-- S: article_side -->
		<aside class="as_side">
			<div class="article box">
				<div class="side_row trend">
					<h2 class="title">실시간 인기뉴스 <i>{now:%m.%d. %H:%M} 기준</i></h2>
					<ol>{popular}
					</ol>
				</div>
				<div class="as_tab">
					<ul>
						<li class="active">
							<button type="button">인기뉴스</button>
							<div class="cont">
								<ul class="lst">
						<li>
							<a href="/briefing/actuallyView.do?newsId=148900101&pWise=mostViewNewsSub&pWiseSub=B1"
							>
								<span class="text"><span>사실은 이렇습니다: 예시 기사</span></span>
							</a>
						</li>
								</ul>
							</div>
						</li>
						<li>
							<button type="button">최신뉴스</button>
							<div class="cont">
								<ul class="lst">
						<li>
							<a href='/briefing/stateCouncilView.do?newsId=148900102&pWise=sub&pWiseSub=C0' >
								<span class="text"><span>국무회의 브리핑</span></span>
							</a>
						</li>{newest}
								</ul>
							</div>
						</li>
					</ul>
				</div>
			</div>
		</aside>"""


def _address(release: Release) -> str:
    """Where its page is, without all that links add to it."""
    return f"{board_of(release.board).view_path}?newsId={release.news_id}"


# --- the listing ------------------------------------------------------------------------------------------------------


def render_list(listing: Listing, frame: Frame, today: date) -> bytes:
    """A page of the listing, in one of its two renderings."""
    query, board = listing.query, listing.query.board
    heading = "검색결과 총" if query.is_search else " 총"
    rows = [_row(release, query) for release in listing.rows]
    nothing = listing.total == 0 or query.page > listing.pages
    return "".join(
        (
            _list_head(board),
            frame.padding,
            _list_top(board),
            _main_form(board, query),
            _list_search(query, heading, listing.total),
            _filters(today),
            """
						<!--// E: Search result -->
						<!--// E: 출처별 뉴스 검색 -->""",
            render_rows(board, rows, nothing=nothing),
            f"""
						{LIST_ENDS}
						<!-- S: paging -->
""",
            render_paging(query.page, listing.pages),
            """
					</div>
					<!--//article-content-->
				</div>
			</div>""",
            frame.side,
            "\n\t\t</section>\n\t</main>\n</body>\n</html>\n",
        )
    ).encode()


def _list_head(board: Board) -> str:
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
	<title>{board.title} | {board.room} | {SITE_NAME}</title>
<meta charset="UTF-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<link rel="canonical" href="{REAL}{board.list_path}"/>
<script>
    function pageLink(pageNo){{
		$('#pageIndex').val(pageNo);
		$('#mainForm').submit();
    }}
</script>
</head>
<body class="full_banner_yes">
	<div class="eg_info">
		<p><img src="../images/v5/common/eg_flag.png" alt="태극기">시험용으로 만든 작은 누리집입니다.</p>
	</div>
"""


def _list_top(board: Board) -> str:
    return f"""
	<main id="main" class="sub list">
		<div class="content_title">
			<div class="container">
				<h2 class="title">{board.title}</h2>
			</div>
		</div>
		<section class="area_contents" id="container">
			<h2 class="sr-only">콘텐츠 영역</h2>
			<div class="article_wrap">
				<div class="container">
"""


def _main_form(board: Board, query: Query | None) -> str:
    """The hidden form with everything that was asked; on a release's page it is mostly empty."""
    since = f"{query.since}" if query else ""
    until = f"{query.until}" if query else ""
    values = (
        ("pageIndex", "pageIndex", str(query.page) if query else "1"),
        ("repCodeType", "repCodeType", query.rep_code_type if query else ""),
        ("repCode", "repCode", query.rep_code if query else ""),
        ("startDate", "startDate", since),
        ("endDate", "endDate", until),
        ("srchWord", "srchWord", query.word if query else ""),
        ("formPeriod", "period", query.period if query else ""),
        *((name, name, value) for name, value in (query.more if query else ())),
    )
    inputs = "".join(
        f'\t\t                <input type="hidden" id="{key}"  name="{name}"  value="{escape(value)}"/>\n'
        for key, name, value in values
    )
    return (
        '\t\t\t\t\t<form id="mainForm" name="mainForm" method="post"'
        f' action="{board.list_path}" onsubmit="">\n{inputs}\t\t            </form>\n'
    )


def _list_search(query: Query, heading: str, total: int) -> str:
    return f"""
					<input type="hidden" id="srchRepCodeType" name="srchRepCodeType" value="{escape(query.rep_code_type)}"/>
					<div class="article_body">
						<h2><strong>{query.board.title}</strong></h2>
						<!-- S: Search result -->
						<div class="sch_brief">
							<div class="result">{heading} <strong>{total}</strong>건</div>
							<div class="inquire">
								<div class="sch_post_inp">
									<fieldset>
										<legend>검색폼</legend>
										<label for="srchKeyword">검색어</label>
										<input class="input_keyword" id="srchKeyword" type="text" name="popkeyword1" value="{escape(query.word)}" title="검색어" />
									</fieldset>
									<button class="btn_search" onclick="srchMain();"><span>검색</span></button>
								</div>
								<button class="btn_detail">상세검색</button>
							</div>
							<div class="sch_detail">
								<div class="row_item">
									<strong class="tit">검색기간</strong>
									<div class="row_detail date_direct">
										<div class="period">
											<label for="srchStartDate">검색시작년월일입력</label>
											<span>
												<input id="srchStartDate" name="srchStartDate" value="{query.since}" type="text" readonly="readonly" />
											</span>
											<em>~</em>
											<label for="srchEndDate">검색마지막년월일입력</label>
											<span>
												<input id="srchEndDate" name="srchEndDate" value="{query.until}" type="text" readonly="readonly" />
											</span>
										</div>
									</div>
								</div>"""  # noqa: E501


@lru_cache(maxsize=64)
def _filters(today: date) -> str:
    """The checkboxes of the ministries: the only place where the site prints its code table."""
    groups = "".join(
        f"""
			<li class="sort">
				<button type="button"><i></i>{group}</button>
				<div class="bx">
					<ul>{_boxes(group, today)}
					</ul>
				</div>
			</li>"""
        for group in GROUPS
    )
    return f"""
<div class="row_item">
	<strong class="tit">검색범위</strong>
		<ul class="sort_wrap">{groups}
		</ul>
</div>
								<div class="select_opt cont3 active">
									<strong>선택한 항목</strong>
									<ul>
										<li></li>
									</ul>
								</div>
							</div>
						</div>"""


def _boxes(group: str, today: date) -> str:
    return "".join(
        f"""
						<li>
							<span class="custom-input">
								<input name="chkRepCode" type="checkbox" value="{office.code}" id="{office.code}" />
								<label for="{office.code}">{office.name}</label>
							</span>
						</li>"""
        for office in ministries_on(today)
        if office.group == group
    )


def _row(release: Release, query: Query) -> Row:
    if query.is_search:
        title = highlighted(stored(release.title), query.word)
        lead = highlighted(searched_lead(release.lead), query.word)
        day = f"{release.listed_on:%Y-%m-%d}"
    else:
        title, lead = stored(release.title), readable(release.lead)
        day = f"{release.listed_on:%Y-%m-%d}" if query.board.hyphens else f"{release.listed_on:%Y.%m.%d}"
    address = (
        f"{query.board.view_path}?newsId={release.news_id}&amp;pageIndex={query.page}"
        f"&amp;repCodeType={escape(query.rep_code_type)}&amp;repCode={escape(query.rep_code)}"
        f"&amp;startDate={query.since}&amp;endDate={query.until}"
        # The real site forgets to escape this one ampersand.
        f"&srchWord={escape(query.word)}&amp;period={escape(query.period)}"
    )
    ministry, presenter = readable(release.ministry), readable(release.presenter or "")
    return Row(release.news_id, address, title, lead, day, ministry, presenter)


@lru_cache(maxsize=16384)
def searched_lead(lead: str) -> str:
    """The lead as a search prints it: what is stored, cut without regard for entities."""
    text = stored(lead)
    return text if len(text) <= SEARCHED_LEAD else text[:SEARCHED_LEAD] + "..."


def highlighted(markup: str, word: str) -> str:
    """Hits of the word wrapped in a span, but never inside an entity."""
    if not word:
        return markup
    # At an entity's & the whole entity is consumed, so no hit can begin inside it.
    hit = re.compile(rf"({re.escape(stored(word))})|&#?\w+;", re.IGNORECASE)
    return hit.sub(lambda found: f'<span class="highlight">{found[1]}</span>' if found[1] else found[0], markup)


def render_paging(page: int, pages: int) -> str:
    """The page numbers, ten at a time; first, previous, next and last only where there are more than ten."""
    if pages == 0 or page > pages:
        return ""
    first = (page - 1) // 10 * 10 + 1
    last = min(first + 9, pages)
    numbers = "".join(_number(number, page) for number in range(first, last + 1))
    before = after = ""
    if pages > 10:
        # As the site's template engine does it: one back to the block before (or to 1), one on to the block after.
        before = _arrow("first", 1, "left", 2, "첫 페이지로 이동")
        before += _arrow("prev", max(first - 1, 1), "left", 1, "이전페이지로 이동")
        after = _arrow("next", min(first + 10, pages), "right", 1, "다음페이지로 이동")
        after += _arrow("last", pages, "right", 2, "마지막 페이지로 이동")
    return (
        '\t\t\t\t\t\t\t<div class="paging">\n'
        f"\t\t                \t\t{before}{numbers}{after}\n"
        "\n\t\t\t\t\t\t\t</div>\n"
    )


def _number(number: int, page: int) -> str:
    if number == page:
        link = f'<a href="#pageLink" onclick="return false;" class="on" title="현재페이지" >{number}</a>'
        return f'<span class="num on">{link}</span>'
    link = f'<a href="#pageLink" onclick="pageLink({number}); return false;" title="{number}페이지" >{number}</a>'
    return f'<span class="num">{link}</span>'


def _arrow(kind: str, to: int, side: str, icons: int, label: str) -> str:
    icon = f'<i class="xi-angle-{side}"></i>' * icons
    return (
        f'<a class="{kind}" href="#pageLink" onclick="pageLink({to}); return false;">'
        f'{icon}<span class="sr-only">{label}</span></a>'
    )


# --- one release ------------------------------------------------------------------------------------------------------


def render_view(release: Release, newer: Release | None, older: Release | None, frame: Frame) -> bytes:
    """A release's page."""
    board = board_of(release.board)
    title = stored(release.title)
    about = f"{stored(_beginning(release)[:120])} - 정책브리핑 | {board.room} | {board.title}"
    address = f"{REAL}{_address(release)}"
    return f"""<!DOCTYPE html>
<html lang="ko">
<head>
<title>{title} - {board.title} | {board.room} | {SITE_NAME}</title>
<meta charset="UTF-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<meta name="keywords" content="{_KEYWORDS}">
	<meta name="description" content="{about}" >
<link rel="alternate" href="https://m.korea.kr{_address(release)}" media="only screen and (max-width: 640px)">
<link rel="canonical" href="{address}"/>
<meta property="og:image" content="{_LOGO}" >
<meta property="og:title" content="{title}" >
<meta property="og:description" content="{about}" >
<meta name="twitter:title" content="{title}" >
			<script type="application/ld+json">
{_news_article(release, address)}
		</script>
<script type="application/ld+json">
{_organization()}
</script>
<script>
//<![CDATA[
	function goView(url){{
        $('#mainForm').attr('action', url);
		$('#mainForm').submit();
    }}
//]]>
</script>
</head>
<body>
{_main_form(board, None)}
{frame.padding}
				<div class="view_title">
					<h1>{title}</h1>
				</div>
				<div class="article_wrap">
					<div class="container">
						<div class="article_head">
							<input type="hidden" id="titleText" name="titleText" value="{title}" />
							<!--
							정책포커스만 추가
							<strong class="head">정책뉴스</strong> -->
								<div class="variety">
								<div class="info">
									<span>{release.listed_on:%Y.%m.%d}</span>{_issuer(board, release)}
								</div>
								<div class="tool">
		<button class="tts" type="button"><i class="tooltip">본문듣기</i><span>시작</span></button>
<a class="print" href="javascript:;" onclick="viewPrint(); return false;" target="_blank"><i class="tooltip">인쇄하기</i></a>
									<a href="#goList" onclick="goList()" class="lst"><span>목록</span></a>
								</div>
							</div>
							<!-- S: file Down -->{_files(board, release.attachments)}
							<!--// E: file Down -->
						</div>

						<div class="article_body">

							<div class="view_cont">
{_content(release)}
								<p class="remark">{_remark(board, release)}</p>
							</div>
						</div>

						<div class="article_footer">
							<!-- S: kogl -->{_licence(board, release.licence)}
							<!--// E: kogl -->
							<!-- S: area page -->
	<section class="area_page">
		<h2 class="sr-only">이전다음기사 영역</h2>{_neighbour("prev", "이전기사", older)}{_neighbour("next", "다음기사", newer)}
	</section>
							<!--// E: area page -->
						</div>
					</div>
				</div>{frame.side}
</body>
</html>
""".encode()  # noqa: E501


def _beginning(release: Release) -> str:
    """What a page says of itself in its head: the lead, or how the text begins where no list prints a lead."""
    return release.lead or " ".join((release.body or "").split("\n"))


def _issuer(board: Board, release: Release) -> str:
    """Whose release it is: a ministry with a link to its news, for every second briefing who spoke, or nobody."""
    if not board.shows_ministry:
        return ""
    if release.presenter and int(release.viewer_hash[:2], 16) % 2:
        return f"""
				<span>{readable(release.presenter)}</span>"""
    return f"""
				<span>
					<a class="gotosite" href="/news/ministryNewsList.do?repCode={release.code}">
						{readable(release.ministry)}<i class="tooltip">부처별 뉴스 이동</i>
					</a>
				</span>"""


def _remark(board: Board, release: Release) -> str:
    return f"“이 자료는 {readable(release.ministry or '정부')}의 {board.remark}를 전재하여 제공함을 알려드립니다.”"


def _news_article(release: Release, address: str) -> str:
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "headline": escape(stored(release.title), quote=False),
        "keyword": _KEYWORDS,
        "datePublished": f"{release.published:%Y-%m-%dT%H:%M:%S}+09:00",
        "author": {"@type": "Organization", "name": release.ministry},
        "publisher": {
            "@type": "Organization",
            "@id": REAL,
            "name": SITE_NAME,
            "logo": {"@type": "ImageObject", "url": _LOGO, "width": 300, "height": 300},
        },
        "description": escape(_beginning(release)[:220], quote=False),
    }
    return json.dumps(article, ensure_ascii=False, indent=2)


def _organization() -> str:
    return json.dumps(
        {"@context": "https://schema.org", "@type": "Organization", "name": SITE_NAME, "url": REAL},
        ensure_ascii=False,
        indent=1,
    )


def _files(board: Board, attachments: Sequence[Attachment]) -> str:
    if not attachments:
        return ""
    return f"""
			<div class="filedown">
				<dl>
					<dt>첨부파일</dt>
					<dd>
{"".join(_file(board, attachment) for attachment in attachments)}
					</dd>
				</dl>
			</div>"""


def _file(board: Board, attachment: Attachment) -> str:
    icon, label = _ICONS.get(attachment.name.rpartition(".")[2].lower(), ("icon_etc.gif", "첨부파일"))
    asked = f"fileId={attachment.file_id}" + ("&amp;tblKey=GMN" if board.tbl_key else "")
    return f"""
							<p>
								<span><a href="/common/download.do?{asked}">
									<img src="/images/icon/{icon}" alt="{label}">{stored(attachment.name)}
									</a></span>
								<span>

										<a class="view" href="/common/docViewer.do?{asked}" target="_Blank">바로보기</a>

									<a class="down" href="/common/download.do?{asked}">내려받기</a>
								</span>
							</p>
"""


def viewer_folder(release: Release) -> str:
    """Where the pages of a release's viewer are kept (`rs` in the viewer's address)."""
    return f"/docViewer/result/{release.listed_on:%Y.%m/%d}/{release.viewer_name}"


def _content(release: Release) -> str:
    if release.body is not None:
        return render_body(release)
    if not release.has_viewer:
        return ""
    address = f"/docViewer/iframe_skin/doc.html?fn={release.viewer_name}&amp;rs={viewer_folder(release)}"
    return f"""
										<div class="docConversion" id="content" style="">
											<iframe title="content" id="content_press" src="{address}" style="width:800px;margin-left:-40px;height:1200px;border:0px"></iframe>
										</div>
"""  # noqa: E501


def _licence(board: Board, kind: int | None) -> str:
    if kind is None:
        return ""
    if board.older_licence:
        return _older_licence(kind)
    return f"""
	<div class="kogl_wrap">
		<div class="kogl">
			<div class="guide">
							<!-- 유형{kind} -->
									<div class="type">
					<a href="https://www.kogl.or.kr/info/license.do" target="_blank" title="새창으로 열림">
						<img src="/images/v5/common/open_type_0{kind}.png"
							alt="공공누리 공공저작물 자유이용허락 {_LICENCES[kind]}">
					</a>
					<span>이 자료는 <strong>공공누리 제{kind}유형의 조건</strong>에 따라 이용할 수 있습니다.</span>
									</div>
								<div class="info">
									<p>단, 사진·이미지·동영상 등은 해당 저작권자의 허락을 받으셔야 합니다.</p>
								</div>
			</div>
		</div>
	</div>"""


def _older_licence(kind: int) -> str:
    return f"""
	<div class="law_copy_wrap">
		<div class="type">
			<img src="/images/v5/common/open_type_0{kind}.png" alt="공공누리 공공저작물 자유이용허락 {_LICENCES[kind]}">
			<strong>글은 공공누리 제{kind}유형의 조건에 따라 이용할 수 있으며, 사진은 그렇지 않습니다.</strong>
		</div>
	</div>"""


def _neighbour(kind: str, label: str, release: Release | None) -> str:
    if release is None:
        return ""
    path = board_of(release.board).view_paths[-1]
    address = f"{path}?newsId={release.news_id}&pWise=sub&pWiseSub=J{1 if kind == 'prev' else 2}"
    return f"""
				<a class="{kind}" href="javascript:;" onclick="goView('{address}')"><span><i class="xe-icon"></i>{label}</span><strong>{stored(release.title)}</strong></a>"""  # noqa: E501


# --- the rest ---------------------------------------------------------------------------------------------------------


def render_alert(message: str) -> bytes:
    """What the site answers when there is no such release: HTTP 200 and a script."""
    return f"<script type=\"text/javascript\">alert('{message}');history.back();</script>\n".encode()
