"""What a crawl would store of pages, and what these pages truly show: the first by our readers, the second not.

What a page shows is looked up by patterns that fit the miniature's own templates to the letter. Where damage makes a
pattern fit no more, nothing but the truth counts as read rightly.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from scrapy.exceptions import DropItem

from harvester import settings
from harvester.boards import BOARDS, BriefingBoard
from harvester.demo import KST, Corpus
from harvester.demo.boards import board_of
from harvester.demo.esg_board import EsgBoard
from harvester.demo.listing import Query, matching, page_of
from harvester.demo.rendering import Frame, render_list, render_side, render_view
from harvester.derive import briefing, esg_post
from harvester.items import Briefing, EsgPost
from harvester.korean import squash
from harvester.pages import UnreadablePage
from harvester.pages.esg_board import PostPage, PostRow, read_board, read_post
from harvester.pages.listing import ListingPage, Row
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.replay import steps_of
from harvester.spiders.board_walk import BoardWalk
from harvester.spiders.walk import DayWalk
from harvester.texts import Attachments, Got, Wanted, answer, find_text

NOW = datetime(2024, 1, 19, 12)
SITE = "https://www.korea.kr"
FETCHED_AT = "2024-01-19T03:00:00.000Z"
Values = dict[str, Any]

_T = r"((?:[^<]|<(?![A-Za-z/!?]))*)"
_ITEM = re.compile(
    rf"""<li>\s*<a\ [^<>]*?newsId=(?P<id>\d+)[^<>]*>\s*<span\ class="text">\s*<strong>{_T}</strong>
    (?:\s*<span\ class="lead">(?P<lead>{_T})</span>)?\s*<span\ class="source">\s*<span>{_T}</span>
    (?:\s*<span>(?P<ministry>{_T})</span>)?\s*</span>\s*</span>\s*</a>\s*</li>""",
    re.VERBOSE | re.IGNORECASE,
)
_LINE = re.compile(
    rf"""<tr>\s*(?:<td>(?P<ministry>{_T})</td>\s*)?<td\ class="subject"><a\ [^<>]*newsId=(?P<id>\d+)[^<>]*>
    <strong>{_T}</strong></a></td>\s*<td>{_T}</td>(?:\s*<td>(?P<presenter>{_T})</td>)?\s*</tr>""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFICE = re.compile(
    rf'<input name="chkRepCode" type="checkbox" value="([^"]*)" id="\1" />\s*<label for="\1">{_T}</label>', re.I
)
_TITLE = re.compile(rf'<div class="view_title">\s*<h1>{_T}</h1>\s*</div>', re.IGNORECASE)
_PUBLISHED = re.compile(r'"datePublished": "([^"\\]*)"')
_MINISTRY = re.compile(rf'<a class="gotosite"[^<>]*>\s*{_T}<i class="tooltip">', re.IGNORECASE)
_AUTHOR = re.compile(r'"author": \{\s*"@type": "Organization",\s*"name": "([^"\\]*)"')
_PRESENTER = re.compile(rf'<div class="info">\s*<span>[^<]*</span>\s*<span>\s*{_T}</span>\s*</div>', re.IGNORECASE)
_LICENCE = re.compile(r'<div class="type">.{0,200}?<img [^<>]*alt="([^"]*)">', re.DOTALL | re.IGNORECASE)
_FILE = re.compile(
    rf'<p>\s*<span><a href="(/common/download\.do\?fileId=([^"&]*)[^"]*)">\s*<img src="[^"<>]*" alt="[^"<>]*">{_T}</a>'
    rf'</span>\s*<span>[^<]*<a [^<>]*>{_T}</a>\s*(?:<a class="down" href="([^"<>]*)">{_T}</a>\s*)?'
    r"</span>\s*</p>",
    re.IGNORECASE,
)
_FILES = re.compile(r'<div class="filedown">\s*<dl>\s*<dt>[^<]*</dt>\s*<dd>(.*?)</dd>\s*</dl>\s*</div>', re.S | re.I)
_BODY = re.compile(r'<div class="view_cont">(.*?)</div>\s*</div>\s*<div class="article_footer">', re.DOTALL | re.I)
_UNSEEN = re.compile(r'<button[^<>]*>.*?</button>|<div class="docConversion".*?</iframe>\s*</div>', re.DOTALL | re.I)
_OTHER_BODY = re.compile(r'<div class="view_cont">((?:(?!</?div).)*)</div>\s*</div>', re.DOTALL | re.I)
_REMARK_ITSELF = re.compile(r'<p class="remark">[^<]*</p>')
_REMARK = re.compile(r"“이 자료는[^“”<>]*알려드립니다.”")
_KNOWN_TAG = re.compile(r"<a [^<>]*>|</?[a-z]\w*(?:\s+[\w-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(?:script|style|iframe|noscript|template|object|button|title|textarea|plaintext|xmp)", re.I)
# What is text by its look: see parse() in pages/markup.py.
_WORDS = re.compile(r"<[가-힣][^<>]*>|<(?=[A-Za-z][^<>=가-힣]*[가-힣])(?![A-Za-z]+[\s/>])")
_ANY_TAG = re.compile(r"<[A-Za-z/!?]")


def squeezed(text: str | None) -> str:
    return "".join((text or "").split())


def _shown(markup: str) -> str:
    return clean(html.unescape(markup))


def _in_attribute(markup: str) -> str:
    """In attributes a reference without its `;` is text where letters follow."""
    return clean(re.sub(r"&(?![#\w]+;)", "&amp;", markup))


# --- korea.kr -------------------------------------------------------------------------------------------------------


def values_of(item: Briefing) -> Values:
    """All of a release that is stored and that people read."""
    return {
        "news_id": item.news_id,
        "title": item.title,
        "ministry": item.ministry,
        "lead": item.lead,
        "published_on": item.published_on,
        "published_at": item.published_at,
        "license": item.license,
        "presenter": item.presenter,
        "body": (item.body_source, squeezed(item.body)) if item.body_source == "page" else item.body_source,
        "files": tuple((each.file_id, each.name, each.url) for each in item.attachments),
        "noted": frozenset(each.kind for each in item.unknowns),
    }


@dataclass
class Day:
    """A day of a board: every page of its list, and the pages of its releases and of those of other days."""

    board: BriefingBoard
    day: date
    lists: list[bytes]
    others: list[bytes]
    """Pages of lists of other days."""
    views: dict[str, bytes]
    rows: dict[str, Row] = field(default_factory=dict)
    truth: dict[str, Values] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        state, stored = self.crawl({})
        assert state == "complete"
        self.truth = stored
        self.rows = self._walk({}).rows
        self.offices = self.board.read_listing(self.lists[0]).ministries

    def form(self, page: int) -> dict[str, str]:
        return self.board.form(self.day, self.day, page)

    def page(self, number: int, changed: Mapping[int, bytes]) -> bytes:
        return changed.get(number) or self.lists[min(number, len(self.lists)) - 1]

    def crawl(self, changed: Mapping[int, bytes]) -> tuple[str, dict[str, Values]]:
        """The day's state and what would be stored, where these pages of its list are what the site gives."""
        walk = self._walk(changed)
        stored: dict[str, Values] = {}
        for news_id, row in walk.rows.items():
            read = self.read(self.views.get(news_id), row)
            if isinstance(read, str):
                walk.lost[news_id] = read
            else:
                stored[news_id] = read
        walk.follow(stored)
        walk.waited_for.clear()
        return walk.verdict()[0], stored

    def _walk(self, changed: Mapping[int, bytes]) -> DayWalk:
        walk = DayWalk(self.day, vouched=True)
        ask = [walk.begin()]
        while ask:
            number = ask.pop(0)
            read = self._listing(self.page(number, changed), number)
            if isinstance(read, str):
                walk.lose_page(number, read)
            else:
                ask += walk.take(number, read)
            if walk.listing_done and walk.must_walk_again:
                ask = [walk.begin()]
        return walk

    def _listing(self, body: bytes, number: int) -> ListingPage | str:
        page = _list_read(self.board, body)
        return page if isinstance(page, str) else page.contradiction(self.form(number)) or page

    def read(self, body: bytes | None, row: Row) -> Values | str:
        """What would be stored of a release; the reason where nothing would be."""
        return "no such release" if body is None else _release_read(self.board, body, row, self.day)


@lru_cache(maxsize=64)
def _list_read(board: BriefingBoard, body: bytes) -> ListingPage | str:
    try:
        return board.read_listing(body)
    except UnreadablePage as reason:
        return str(reason)


_STEPS = steps_of(settings.ITEM_PIPELINES)


@lru_cache(maxsize=2048)
def _release_read(board: BriefingBoard, body: bytes, row: Row, day: date) -> Values | str:
    try:
        page: ReleasePage = board.read_page(body)
        page.require_identity(row.news_id, row.title, row.day)
        texts = answer(find_text(page, base=board.url(row.news_id), lead=row.lead, attachments=Attachments.NONE), _none)
        item = briefing(
            board,
            page,
            row,
            texts,
            listed_on=day,
            site=SITE,
            site_codes={},
            fetched_at=FETCHED_AT,
            exchange_id=None,
        )
        for step in _STEPS:
            item = step.process_item(item)
    except (UnreadablePage, DropItem) as reason:
        return str(reason) or type(reason).__name__
    return values_of(item)


def _none(wanted: Wanted) -> Got:
    raise AssertionError("nothing is fetched")


def days() -> Iterator[Day]:
    """A full day of each board, and quiet ones."""
    first, last = date(2024, 1, 15), date(2024, 1, 18)
    for slug, board in BOARDS.items():
        corpus = Corpus.generated(first, last, per_day=26, seed=5, boards=(slug,))
        by_day = {day: corpus.between(day, day) for day in (first + timedelta(n) for n in range(4))}
        side = Frame(render_side(corpus.releases[:4], NOW))
        views = {release.news_id: render_view(release, None, corpus.releases[0], side) for release in corpus.releases}
        rendered = {
            day: [_list(slug, corpus, day, page, side) for page in (1, 2) if page == 1 or len(found) > 20]
            for day, found in by_day.items()
            if found
        }
        for day in [day for day in rendered if rendered[day]][:2]:
            pages = rendered[day]
            if len(by_day[day]) <= 30 and slug in ("ministry-briefing", "speech"):
                pages = pages[:1]
            others = [page for other, found in rendered.items() if other != day for page in found]
            yield Day(board, day, pages, others or pages, views)


def _list(slug: str, corpus: Corpus, day: date, page: int, side: Frame) -> bytes:
    query = Query(day, day, page=page, board=board_of(slug))
    return render_list(page_of(matching(corpus, query, NOW, 0), query, "empty"), side, NOW.date())


def judge_list(day: Day, body: bytes, number: int) -> tuple[str | None, bool]:
    """What is false of what is stored where page `number` of the day's list is this one; and whether it is complete."""
    state, stored = day.crawl({number: body})
    shown = _rows_shown(body)
    for news_id, values in stored.items():
        if news_id not in day.truth:
            return f"newsId {news_id} stored under another day than its own: {values['title']}", False
        if wrong := _false(values, day.truth[news_id], shown.get(news_id, {})):
            return wrong, False
    read = day._listing(body, number)
    if not isinstance(read, str):
        seen = {code: _shown(name) for code, name in _OFFICE.findall(_text(body))}
        for code, name in read.ministries.items():
            if name not in (day.offices.get(code), seen.get(code)):
                return f"ministry {code} is called {name!r}", False
    complete = state in ("complete", "empty")
    if complete and stored.keys() != day.truth.keys():
        return f"{state} with {len(stored)} of {len(day.truth)}", False
    return None, complete


def judge_view(day: Day, body: bytes, news_id: str) -> tuple[str | None, bool]:
    """What is false of what is stored where this is the page of the release; and whether it is stored."""
    read = day.read(body, day.rows[news_id])
    if isinstance(read, str):
        return None, False
    return _false(read, day.truth[news_id], _view_shown(body)), True


def _false(values: Values, truth: Values, shown: Mapping[str, list[Any]]) -> str | None:
    for name, value in values.items():
        if name == "noted" or value == truth[name] or value in shown.get(name, ()):
            continue
        # What could not be read and is noted as such claims nothing.
        if value is None and {"published_at": "published_at", "license": "license"}.get(name) in values["noted"]:
            continue
        return f"{name} is {value!r:.300} and not {truth[name]!r:.300}; shown {shown.get(name, ())!r:.300}"
    return None


def _text(body: bytes) -> str:
    return re.sub(r"<!--.*?(?:-->|\Z)", "", body.decode("utf-8", "replace"), flags=re.DOTALL)


def _rows_shown(body: bytes) -> dict[str, dict[str, list[Any]]]:
    shown: dict[str, dict[str, list[Any]]] = {}
    for pattern in (_ITEM, _LINE):
        for row in pattern.finditer(_text(body)):
            found = row.groupdict()
            lead, ministry = found.get("lead"), found.get("ministry")
            texts = shown.setdefault(row["id"], {"lead": [], "ministry": [], "presenter": [], "body": ["lead", "none"]})
            texts["lead"].append(_shown(lead or "") or None)
            texts["ministry"].append(_shown(ministry or ""))
            texts["presenter"].append(_shown(found.get("presenter") or "") or None)
    return shown


def _view_shown(body: bytes) -> dict[str, list[Any]]:
    text = _text(body)
    listed = [_FILE.findall(files) for files in _FILES.findall(text)] or [[]]
    listed.append(list(dict.fromkeys(each for files in listed for each in files)))
    kinds = [re.search(r"(?<!\d)([0-4])\s*유형", html.unescape(each)) for each in _LICENCE.findall(text)]
    return {
        "title": [_shown(each) for each in _TITLE.findall(text)],
        "published_at": [_moment(each) for each in _PUBLISHED.findall(text)],
        "ministry": [_shown(each) for each in (*_MINISTRY.findall(text), *_AUTHOR.findall(text))],
        "presenter": [_shown(each) or None for each in _PRESENTER.findall(text)],
        "license": [f"KOGL-{kind[1]}" if kind else None for kind in kinds] or [None] * ("공공누리 공공" not in text),
        "files": [
            tuple((each[1], _shown(each[2]), f"{SITE}{html.unescape(each[4] or each[0])}") for each in files)
            for files in listed
        ],
        "body": [made for each in (*_BODY.findall(text), *_OTHER_BODY.findall(text)) for made in _body_shown(each)],
    }


def _moment(printed: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(printed)
    except ValueError:
        return None
    return None if at.time() == datetime.min.time() else at


def _body_shown(markup: str) -> list[Any]:
    visible = _UNSEEN.sub("", markup)
    text = _KNOWN_TAG.sub(" ", _REMARK_ITSELF.sub("", visible))
    if _HIDDEN.search(visible) or _ANY_TAG.search(_WORDS.sub("", text)):
        return []
    return [("page", squeezed(_shown(each))) for each in (text, _REMARK.sub("", text))] + ["lead", "none"]


# --- the ESG board ----------------------------------------------------------------------------------------------------

_POST_ROW = re.compile(
    rf"""<tr>\s*<td>(?P<number>\d+|<span\ class="label\ label-primary">공지</span>)</td>\s*<td>\s*
    (?:<a\ href="[^"]*"><span\ class="label\ label-default">[^<]*</span></a>\s*)?
    <a\ href="[^"]*/post/(?P<id>\d+)[^"]*"\ style="[^"]*"\ title="(?P<title>[^"]*)">{_T}</a>
    (?:\s*<span\ class="label\ label-\w+">[^<]*</span>)*\s*<td><a\ [^<>]*>{_T}</a></td>\s*<td>(?P<day>{_T})</td>
    \s*<td>(?P<hits>[\d,]+)</td>\s*</tr>""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD = re.compile(r'<div class="board">\s*<h3>\s*([^<]*)</h3>')
_DEPARTMENT = re.compile(r"</h3>\s*<p>담당부서 : ([^<]*)</p>")
_WRITER = re.compile(r'<ul class="info">\s*<li>((?:(?!</li>).)*)</li>', re.DOTALL)
_LIKES = re.compile(r'<li><i class="[^"<>]*\bfa-thumbs-up"></i> <span class="post-like">([\d,]+)</span></li>')
_HITS = re.compile(r'<li><i class="[^"<>]*\bfa-eye"></i> ([\d,]+)</li>')
_POST = re.compile(r'<div id="post-content">(.*?)</div>\s*</div>', re.DOTALL)


def post_values(item: EsgPost) -> Values:
    return {
        "post_id": item.post_id,
        "title": item.title,
        "writer": item.writer,
        "department": item.department,
        "posted_on": item.posted_on,
        "hits": item.hits,
        "likes": item.likes,
        "text": squeezed(item.text),
        "link": item.link,
        "source": (item.source_ministry, item.source_day),
        "noted": frozenset(each.kind for each in item.unknowns),
    }


_POST_STEPS = steps_of(settings.ESG_ITEM_PIPELINES)


@lru_cache(maxsize=2048)
def _post_read(body: bytes, row: PostRow, listed_on: date) -> Values | str:
    try:
        page: PostPage = read_post(body)
        page.require_identity(row.post_id, row.title)
    except UnreadablePage as reason:
        return str(reason)
    item = esg_post(page, row, listed_on=listed_on, fetched_at=FETCHED_AT, exchange_id=None)
    for step in _POST_STEPS:
        item = step.process_item(item)
    return post_values(item)


class Board:
    """The ESG board with all of its posts asked for."""

    def __init__(self) -> None:
        since, until = date(2024, 1, 3), date(2024, 1, 18)
        corpus = Corpus.generated(since, until, per_day=20, seed=5)
        board = EsgBoard.reposting(corpus, since=since, until=until, a_day=4, seed=2)
        self.days = [since + timedelta(n) for n in range(25)]
        now = NOW.replace(tzinfo=KST)
        count = len(board.numbered(now))
        self.lists = [self._page(board, number, now) for number in range(1, -(-count // 20) + 1)]
        self.views = {post.post_id: self._post(board, post.post_id, now) for post in board.posts if post.is_listed(now)}
        found = self._walk({})
        self.rows = {row.post_id: (row, day) for day in self.days for row in found.found_on(day).rows}
        states, self.truth = self.crawl({})
        assert not any(states.values())
        assert len(self.truth) == len(self.views)

    @staticmethod
    def _page(board: EsgBoard, number: int, now: datetime) -> bytes:
        page = board.answer(f"/board/{board.key}", {"page": str(number)}, now)
        assert page is not None
        return page

    @staticmethod
    def _post(board: EsgBoard, post_id: int, now: datetime) -> bytes:
        page = board.answer(f"/post/{post_id}", {}, now)
        assert page is not None
        return page

    def _walk(self, changed: Mapping[int, bytes]) -> BoardWalk:
        walk = BoardWalk(self.days[0])
        number: int | None = walk.begin()
        while number is not None:
            body = changed.get(number) or self.lists[min(number, len(self.lists)) - 1]
            try:
                page = read_board(body)
                wrong = (
                    f"got page {page.number}"
                    if page.number not in (None, number) or (page.number is None and number > 1 and page.rows)
                    else ""
                )
            except UnreadablePage as reason:
                wrong = str(reason)
            number = walk.lose(wrong) if wrong else walk.take(page, None)
            if number is None and walk.must_walk_again:
                number = walk.begin()
        return walk

    def crawl(self, changed: Mapping[int, bytes]) -> tuple[dict[date, str | None], dict[int, Values]]:
        """What keeps each day from being complete, and the posts that would be stored."""
        walk = self._walk(changed)
        states: dict[date, str | None] = {}
        stored: dict[int, Values] = {}
        for day in self.days:
            found = walk.found_on(day)
            states[day] = found.problem
            for row in found.rows:
                read = _post_read(self.views[row.post_id], row, day) if row.post_id in self.views else "no such post"
                if isinstance(read, str):
                    states[day] = read
                else:
                    stored[row.post_id] = read
        return states, stored

    def judge_list(self, body: bytes, number: int) -> tuple[str | None, bool]:
        states, stored = self.crawl({number: body})
        shown = self._rows_shown(body)
        for post_id, values in stored.items():
            if post_id not in self.truth:
                return f"post {post_id} is no post", False
            if wrong := _false(values, self.truth[post_id], shown.get(post_id, {})):
                return wrong, False
        for day, problem in states.items():
            wanted = {
                post_id
                for post_id, (_, of_day) in self.rows.items()
                if of_day == day and all(each == day for each in shown.get(post_id, {}).get("posted_on", ()))
            }
            got = {post_id for post_id, values in stored.items() if values["posted_on"] == day}
            if problem is None and not wanted <= stored.keys():
                return f"{day} complete with {len(got)} of {len(wanted)}", False
        return None, not any(states.values())

    def judge_view(self, body: bytes, post_id: int) -> tuple[str | None, bool]:
        row, day = self.rows[post_id]
        read = _post_read(body, row, day)
        if isinstance(read, str):
            return None, False
        shown = self._view_shown(body)
        truth = self.truth[post_id]
        if shown["contents"] and shown["contents"][0] not in _POST.findall(_text(self.views[post_id])):
            # The source line is a line of the text: where that is another, and rightly read, so is this.
            truth = truth | {"source": read["source"]}
            shown["link"].append(None)
        return _false(read, truth, shown), True

    @staticmethod
    def _rows_shown(body: bytes) -> dict[int, dict[str, list[Any]]]:
        shown: dict[int, dict[str, list[Any]]] = {}
        for row in _POST_ROW.finditer(body.decode("utf-8", "replace")):
            texts = shown.setdefault(int(row["id"]), {"title": [], "posted_on": [], "hits": []})
            texts["title"] += [_shown(row["title"]), _in_attribute(row["title"])]
            texts["hits"].append(int(row["hits"].replace(",", "")))
            texts["posted_on"].append(_day(row["day"]))
        return shown

    @staticmethod
    def _view_shown(body: bytes) -> dict[str, list[Any]]:
        text = _text(body)
        contents = [
            each
            for each in _POST.findall(text)
            if not (_ANY_TAG.search(_KNOWN_TAG.sub("", each)) or _HIDDEN.search(each))
        ]
        return {
            "writer": [_shown(_KNOWN_TAG.sub("", each)) for each in _WRITER.findall(text)],
            "department": [_shown(each) or None for each in _DEPARTMENT.findall(text)] or [None],
            "likes": [int(each.replace(",", "")) for each in _LIKES.findall(text)] or [None],
            "hits": [int(each.replace(",", "")) for each in _HITS.findall(text)],
            "text": [squeezed(squash(html.unescape(_KNOWN_TAG.sub(" ", each)))) for each in contents],
            "link": [
                decoded(link)
                for each in contents
                for link in re.findall(r"https?://[^\s<>\"]+", each)
                for decoded in (html.unescape, _in_attribute)
            ],
            "contents": contents,
        }


def _day(printed: str) -> date | None:
    try:
        return date.fromisoformat(printed.strip().replace(".", "-"))
    except ValueError:
        return None
