"""The miniature korea.kr: what it answers to what it is asked."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar, cast

from harvester.demo.beside import Beside
from harvester.demo.boards import BOARDS, PRESS_RELEASE, Board, board_of, listed_at, shown_at
from harvester.demo.clock import Clock
from harvester.demo.corpus import Attachment, Corpus, Release
from harvester.demo.faults import Asked, Fault, Place
from harvester.demo.files import made_up_file, spoiled_bytes, spoiled_file
from harvester.demo.listing import Listing, PastEnd, Query, last_year, matching, page_of, read_query
from harvester.demo.ministries import ministries_on
from harvester.demo.rendering import (
    Frame,
    make_padding,
    render_alert,
    render_list,
    render_side,
    render_view,
    viewer_folder,
)
from harvester.demo.rows import prints_lead
from harvester.demo.server import Answer, Reading, Server, spoiled_page
from harvester.demo.viewer import render_viewer_frame, render_viewer_page

DOWNLOAD = "/common/download.do"
VIEWER_OF_FILE = "/common/docViewer.do"
VIEWER_FRAME = "/docViewer/iframe_skin/doc.html"
_VIEWER_PAGE = re.compile(
    r"(?P<folder>/docViewer/result/[\d./]+/(?P<name>\w+))/(?P=name)\.files/(?P<page>\d{1,6})\.html"
)
ROBOTS = "User-agent: *\nDisallow: /totalSearch.do\n"
_NOT_FOUND = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>404</title></head>
<body><p>페이지를 찾을 수 없습니다.</p></body></html>
"""
_LOGIN = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>로그인</title></head>
<body><form id="loginForm" method="post">
<input name="userId"/><input name="userPw" type="password"/></form></body></html>
"""
_KEPT_PAGES = 256

_T = TypeVar("_T")


class MiniSite(Server):
    """Serves a corpus the way www.korea.kr does, and beside it what it is given of another site.

    `past_end` says what a page beyond the last answers, `order_seed` how a day's releases are ordered (see
    `reshuffle`). For `port` and how to start it, see `Server`.
    """

    def __init__(
        self,
        corpus: Corpus,
        clock: Clock | None = None,
        faults: Iterable[Fault] = (),
        port: int = 0,
        page_padding: int = 0,
        *,
        past_end: PastEnd = "empty",
        order_seed: int = 0,
        beside: Beside | None = None,
    ) -> None:
        super().__init__(faults, port)
        self.corpus = corpus
        self.clock = clock or Clock()
        self.past_end: PastEnd = past_end
        self.order_seed = order_seed
        self.beside = beside
        self.robots = ROBOTS
        self._padding = make_padding(page_padding)
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    # --- for the tests ---

    def reshuffle(self, seed: int | None = None) -> None:
        """Order the releases within each day differently from now on."""
        self.order_seed = self.order_seed + 1 if seed is None else seed

    def truth(
        self, since: date, until: date, codes: Iterable[str] | None = None, board: str = PRESS_RELEASE.slug
    ) -> list[Release]:
        """What a perfect crawl of these days would have now: by day descending, newsId ascending within the day.

        A board without ministries has all of it, whichever ministries are asked for.
        """
        now = self.clock.now()
        wanted = frozenset(codes) if codes is not None and board_of(board).shows_ministry else None
        found = [
            release
            for release in self.corpus.between(since, until)
            if release.board == board and release.is_visible(now) and (wanted is None or release.code in wanted)
        ]
        return sorted(found, key=lambda release: (-release.listed_on.toordinal(), release.news_id))

    # --- reading a request ---

    def read(self, method: str, path: str, form: Mapping[str, str]) -> Reading:
        if (board := listed_at(path)) is not None:
            return self._read_list(board, method, form)
        # A release is one request however it was linked to, so that pWise and the like do not start a new count.
        if (board := shown_at(path)) is not None:
            news_id = form.get("newsId")
            asked = _asked(f"{method} {path} {news_id}", "view", self._release(board, news_id), news_id=news_id)
            return Reading(replace(asked, board=board.slug), partial(self._view, board, news_id))
        if path == DOWNLOAD:
            return self._read_download(method, path, form)
        key = f"{method} {path} {sorted(form.items())}"
        if path == VIEWER_OF_FILE or path.startswith("/docViewer/"):
            release, page = self._viewed(path, form)
            return Reading(_asked(key, "viewer", release, page=page), partial(_viewer, path, release, page))
        return self._read_beside(path, form) or Reading(
            _asked(key, "robots" if path == "/robots.txt" else "other"), partial(self._other, path)
        )

    def _read_list(self, board: Board, method: str, form: Mapping[str, str]) -> Reading:
        query = read_query(form, posted=method == "POST", today=self.clock.today(), board=board)
        asked = Asked(
            key=f"{method} {board.list_path} {sorted((key, value) for key, value in form.items() if value)}",
            kind="list",
            since=query.since,
            until=query.until,
            page=query.page,
            is_last_page=query.page == page_of(self._found(query), query, "empty").pages,
            has_dates=bool(form.get("startDate") or form.get("endDate")),
            has_filter=query.is_search,
            board=board.slug,
        )
        return Reading(asked, partial(self._list, query))

    def _read_download(self, method: str, path: str, form: Mapping[str, str]) -> Reading:
        file_id = form.get("fileId", "")
        release, attachment = self._file(file_id)
        suffix = attachment.suffix if attachment else ""
        asked = _asked(f"{method} {path} {file_id}", "file", release, suffix=suffix)
        return Reading(asked, partial(_download, release, attachment))

    def _read_beside(self, path: str, form: Mapping[str, str]) -> Reading | None:
        beside = self.beside
        asked = beside.read(path, form, self.clock.now()) if beside else None
        if beside is None or asked is None:
            return None

        def answer(fault: Fault | None) -> Answer:
            page = beside.answer(path, form, self.clock.now())
            return _not_found() if page is None else spoiled_page(page, fault)

        return Reading(asked, answer)

    # --- answering it ---

    def _list(self, query: Query, fault: Fault | None) -> Answer:
        kind = fault.kind if fault else None
        now = self.clock.now()
        if kind == "shifting":
            self._publish_on_top(query, now)
        elif kind == "wrong-page":
            query = replace(query, page=1)
        elif kind == "ignores-dates":
            query = last_year(query, now.date())
        elif kind == "ignores-filter":
            query = replace(query, rep_code="", rep_code_type="", word="")
        key = ("list", self.corpus.epoch(now), now.date(), now.hour, self.order_seed, self.past_end, query)
        if kind in _SPOILED:
            page = self._render_list(_SPOILED[kind](self._listing(query), self._found(query)), now)
        else:
            page = self._keep(key, lambda: self._render_list(self._listing(query), now))
        return spoiled_page(page, fault)

    def _listing(self, query: Query) -> Listing:
        return page_of(self._found(query), query, self.past_end)

    def _found(self, query: Query) -> tuple[Release, ...]:
        now, seed = self.clock.now(), self.order_seed
        asked = replace(query, page=1, rep_code_type="", period="")
        key = ("found", self.corpus.epoch(now), seed, asked)
        return self._keep(key, lambda: matching(self.corpus, asked, now, seed))

    def _render_list(self, listing: Listing, now: datetime) -> bytes:
        return render_list(listing, self._frame(now), now.date())

    def _view(self, board: Board, news_id: str | None, fault: Fault | None) -> Answer:
        now = self.clock.now()
        release = self._release(board, news_id)
        if release is None:
            return spoiled_page(render_alert("해당 게시물이 존재하지 않습니다."), fault)
        newer, older = self._neighbours(release)
        if fault is not None and fault.kind == "wrong-release":
            release = older or newer or release
            newer = older = None
        return spoiled_page(render_view(release, newer, older, self._frame(now)), fault)

    def _release(self, board: Board, news_id: str | None) -> Release | None:
        """What the site has under this newsId on this board; on another board's page it is not found."""
        release = self.corpus.get(news_id) if news_id else None
        if release is None or release.board != board.slug:
            return None
        return release if release.is_visible(self.clock.now()) else None

    def _neighbours(self, release: Release) -> tuple[Release | None, Release | None]:
        now, day, board = self.clock.now(), release.listed_on, board_of(release.board)
        key = ("places", self.corpus.epoch(now), self.order_seed, day, board)
        # Where there is something every day, the days around are enough; the cabinet meets once a week.
        reach = timedelta(days=3 if sum(board.week) > 7 else 15)
        near = Query(since=day - reach, until=day + reach, board=board)
        places = self._keep(key, lambda: {r.news_id: place for place, r in enumerate(self._found(near))})
        found, place = self._found(near), places.get(release.news_id)
        if place is None:
            return None, None
        return found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None

    def _frame(self, now: datetime) -> Frame:
        key = ("frame", self.corpus.epoch(now), self.order_seed, now.date(), now.hour)
        return self._keep(key, lambda: Frame(render_side(self._latest(now), now), self._padding))

    def _latest(self, now: datetime) -> list[Release]:
        """What the sidebar links to on every page: the newest of each board, most of them press releases."""
        since, until = now.date() - timedelta(days=30), now.date()
        return [
            release
            for board in BOARDS.values()
            for release in self._found(Query(since, until, board=board))[: 6 if board is PRESS_RELEASE else 2]
        ]

    def _file(self, file_id: str) -> tuple[Release, Attachment] | tuple[None, None]:
        found = self.corpus.by_file_id(file_id)
        return found if found is not None and found[0].is_visible(self.clock.now()) else (None, None)

    def _viewed(self, path: str, form: Mapping[str, str]) -> tuple[Release | None, int]:
        """Whose viewer is asked for, and which page of it; 0 is the frame around the pages."""
        if path == VIEWER_OF_FILE:
            return self._file(form.get("fileId", ""))[0], 0
        place = _VIEWER_PAGE.fullmatch(path)
        name = place["name"] if place else form.get("fn", "")
        release = self.corpus.by_viewer_name(name)
        if release is None or not release.has_viewer or not release.is_visible(self.clock.now()):
            return None, 0
        if place is None:
            return release, 0
        return (release, int(place["page"])) if place["folder"] == viewer_folder(release) else (None, 0)

    def _other(self, path: str, fault: Fault | None) -> Answer:
        if path == "/robots.txt":
            return Answer(self.robots.encode(), content_type="text/plain;charset=UTF-8")
        return Answer(_LOGIN.encode()) if path == "/login" else _not_found()

    def _publish_on_top(self, query: Query, now: datetime) -> None:
        """A new item above all others of what was asked for: every row below moves down by one."""
        day = max(query.since, min(query.until, now.date()))
        # Of a ministry that the query asks for, or the new item would not be in the way.
        found = self._found(query)
        ministry = found[0].ministry if found else ministries_on(day)[0].name
        board = query.board
        says = f"목록을 넘기는 사이에 새로 등록된 {board.title}입니다."
        self.corpus.add(
            Release(
                news_id=self.corpus.next_id(),
                title=f"{query.word} 방금 등록된 {board.title} {len(self.corpus)}".strip(),
                ministry=ministry,
                published=datetime(day.year, day.month, day.day, 18, 0),
                lead=says if prints_lead(board) else "",
                body=says if board.is_inline else None,
                board=board.slug,
                presenter="홍길동 대변인" if board.shows_presenter else None,
            ),
            on_top=True,
        )

    def _keep(self, key: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """What was made under this key before, or made now. Only the server's thread comes here."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return cast(_T, self._kept[key])
        made = make()
        self._kept[key] = made
        if len(self._kept) > _KEPT_PAGES:
            self._kept.popitem(last=False)
        return made


def _asked(
    key: str,
    kind: Place,
    release: Release | None = None,
    *,
    news_id: str | None = None,
    page: int = 1,
    suffix: str = "",
) -> Asked:
    """What the faults choose by, for all that is no listing; a release's day is both ends of the range."""
    if release is None:
        return Asked(key, kind, news_id, page=page, suffix=suffix)
    day = release.listed_on
    return Asked(key, kind, release.news_id, day, day, page=page, suffix=suffix, board=release.board)


def _viewer(path: str, release: Release | None, number: int, fault: Fault | None) -> Answer:
    if path in (VIEWER_FRAME, VIEWER_OF_FILE):
        page: bytes | None = render_viewer_frame()
    else:
        page = None if release is None else render_viewer_page(release, number)
    if page is None:
        return _not_found()
    return Answer(spoiled_bytes(fault.kind, page, fault.seed) if fault else page)


def _download(release: Release | None, attachment: Attachment | None, fault: Fault | None) -> Answer:
    if release is None or attachment is None:
        return Answer(render_alert("파일이 존재하지 않습니다."))
    body = attachment.content if attachment.content is not None else made_up_file(release, attachment)
    if fault is not None:
        body = spoiled_file(fault.kind, release, attachment, body, fault.seed)
    # Raw UTF-8, as the site sends it, though no standard allows that.
    name = attachment.name.replace('"', "")
    headers = {"Content-Disposition": f'attachment; filename="{name}";'}
    return Answer(body, content_type="application/x-download", headers=headers)


def _not_found() -> Answer:
    return Answer(_NOT_FOUND.encode(), status=404)


# --- listings that are not what they seem -----------------------------------------------------------------------------


def _emptied(listing: Listing, found: Sequence[Release]) -> Listing:
    return replace(listing, total=0, pages=0, rows=())


def _rows_missing(listing: Listing, found: Sequence[Release]) -> Listing:
    """The total stays; the first row and every fourth after it are gone."""
    return replace(listing, rows=tuple(row for place, row in enumerate(listing.rows) if place % 4))


def _duplicate_row(listing: Listing, found: Sequence[Release]) -> Listing:
    """The first row stands where the last one should: the number of rows is right, their content is not."""
    return replace(listing, rows=(*(listing.rows[:-1] or listing.rows), *listing.rows[:1]))


def _repeats(listing: Listing, found: Sequence[Release]) -> Listing:
    """The last page's rows are those of the page before it."""
    size = listing.query.board.rows_a_page
    end = (listing.pages - 1) * size
    return replace(listing, rows=tuple(found[end - size : end][: len(listing.rows)]))


def _emptied_tail(listing: Listing, found: Sequence[Release]) -> Listing:
    return replace(listing, rows=())


_SPOILED: Mapping[str | None, Callable[[Listing, Sequence[Release]], Listing]] = {
    "emptied": _emptied,
    "rows-missing": _rows_missing,
    "duplicate-row": _duplicate_row,
    "last-page-repeats": _repeats,
    "emptied-tail": _emptied_tail,
}
