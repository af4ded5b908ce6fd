"""The miniature korea.kr: an aiohttp server on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
import socket
import struct
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from types import TracebackType
from typing import Literal, TypeVar, cast

from aiohttp import web

from harvester.demo.clock import Clock
from harvester.demo.corpus import Attachment, Corpus, Release
from harvester.demo.faults import Asked, Fault, Place, choose, cut_point, redesigned
from harvester.demo.files import made_up_file, spoiled_bytes, spoiled_file
from harvester.demo.listing import (
    ROWS_A_PAGE,
    Listing,
    PastEnd,
    Query,
    last_year,
    matching,
    page_of,
    read_query,
)
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
from harvester.demo.viewer import render_viewer_frame, render_viewer_page

LIST = "/briefing/pressReleaseList.do"
VIEWS = ("/briefing/pressReleaseView.do", "/news/pressReleaseView.do")
DOWNLOAD = "/common/download.do"
VIEWER_OF_FILE = "/common/docViewer.do"
VIEWER_FRAME = "/docViewer/iframe_skin/doc.html"
_VIEWER_PAGE = re.compile(
    r"(?P<folder>/docViewer/result/[\d./]+/(?P<name>\w+))/(?P=name)\.files/(?P<page>\d{1,6})\.html"
)
_HTML = "text/html;charset=UTF-8"
ROBOTS = "User-agent: *\nDisallow: /totalSearch.do\n"
_NOT_FOUND = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>404</title></head>
<body><p>페이지를 찾을 수 없습니다.</p></body></html>
"""
_MAINTENANCE = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>시스템 점검 중</title></head>
<body><div class="error_wrap"><h1>시스템 점검 중입니다</h1>
<p>보다 나은 서비스를 위하여 시스템 점검 중입니다.</p></div></body></html>
"""
_LOGIN = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>로그인</title></head>
<body><form id="loginForm" method="post">
<input name="userId"/><input name="userPw" type="password"/></form></body></html>
"""
_STATUSES = {"429": 429, "503": 503, "500": 500, "404": 404}
# The address of "offsite" is loopback too, and nothing listens there: whoever follows it fails, and harms nobody.
_REDIRECTS: Mapping[str, str] = {"login": "/login", "offsite": "http://127.0.0.2:9/"}
_KEPT_PAGES = 256
_TRICKLES = 20
_FLOOD = 64 * 1024  # bytes at a time

_T = TypeVar("_T")

Asking = Literal["listing", "release", "viewer", "file", "robots", "other"]
_ASKING: Mapping[Place, Asking] = {
    "list": "listing",
    "view": "release",
    "viewer": "viewer",
    "file": "file",
    "robots": "robots",
    "other": "other",
}


@dataclass(frozen=True)
class Seen:
    """One request the site got, and what became of it. `status` is 0 where no answer was given at all.

    `news_id` is the release a page, a file or a viewer belongs to, `page` that of a listing or of a viewer.
    """

    method: str
    kind: Asking
    path: str
    form: Mapping[str, str]
    news_id: str | None
    since: date | None
    until: date | None
    page: int | None
    status: int
    fault: str | None
    at: float
    user_agent: str

    @property
    def days(self) -> tuple[date, date] | None:
        """The days a listing request asked for, both included; None where it sent no dates or is no listing."""
        return None if self.since is None or self.until is None else (self.since, self.until)


@dataclass(frozen=True)
class _Answer:
    """An HTTP answer before it goes out."""

    body: bytes
    status: int = 200
    content_type: str = _HTML
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Request:
    """A request, read: what the faults choose by, and for a listing the query."""

    method: str
    path: str
    form: Mapping[str, str]
    asked: Asked
    query: Query | None = None
    release: Release | None = None
    attachment: Attachment | None = None


class MiniSite:
    """Serves a corpus the way www.korea.kr does. Use as a context manager, or with start() and stop().

    `port=0` takes a free port at the first start; later starts take the same one again. `past_end` says what a page
    beyond the last answers, `order_seed` how a day's releases are ordered (see `reshuffle`).
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
    ) -> None:
        self.corpus = corpus
        self.clock = clock or Clock()
        self.port = port
        self.past_end: PastEnd = past_end
        self.order_seed = order_seed
        self._padding = make_padding(page_padding)
        self._lock = threading.Lock()
        self._log: list[Seen] = []
        self._attempts: Counter[str] = Counter()
        self._faults: tuple[Fault, ...] = tuple(faults)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self.robots = ROBOTS
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    # --- for the tests ---

    @property
    def url(self) -> str:
        if self.port == 0:
            raise RuntimeError("the site has no address before it is started")
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, oldest first (a copy: it does not grow)."""
        with self._lock:
            return list(self._log)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults

    @faults.setter
    def faults(self, faults: Iterable[Fault]) -> None:
        """Replace the faults; the counting of tries starts anew."""
        with self._lock:
            self._faults = tuple(faults)
            self._attempts.clear()

    def clear_log(self) -> None:
        """Forget the requests seen. Tries go on being counted: use `faults` to start them anew."""
        with self._lock:
            self._log.clear()

    def reshuffle(self, seed: int | None = None) -> None:
        """Order the releases within each day differently from now on."""
        self.order_seed = self.order_seed + 1 if seed is None else seed

    def truth(self, since: date, until: date, codes: Iterable[str] | None = None) -> list[Release]:
        """What a perfect crawl of these days would have now: by day descending, newsId ascending within the day."""
        now = self.clock.now()
        wanted = None if codes is None else frozenset(codes)
        found = [
            release
            for release in self.corpus.between(since, until)
            if release.is_visible(now) and (wanted is None or release.code in wanted)
        ]
        return sorted(found, key=lambda release: (-release.listed_on.toordinal(), release.news_id))

    def start(self) -> MiniSite:
        """Serve, in a thread of its own; returns when the port answers."""
        if self._thread is not None:
            raise RuntimeError("the site is running already")
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="mini-korea.kr", daemon=True)
        self._thread.start()
        try:
            self.port = ready.result(timeout=10)
        except BaseException:
            self._thread.join(timeout=5)
            self._thread = None
            raise
        return self

    def stop(self) -> None:
        """Stop serving, drop what is open, and free the port. Stopping twice is no mistake."""
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is None:
            return
        if loop is not None and stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have closed by itself
                loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=10)
        self._thread = self._loop = self._stopping = None

    def restart(self) -> MiniSite:
        """Stop, and serve again on the same port."""
        self.stop()
        return self.start()

    def __enter__(self) -> MiniSite:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- the server ---

    def _run(self, ready: Future[int]) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: Future[int]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        try:
            await runner.setup()
            # Loopback only, always: this site is for nobody else.
            site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True, backlog=512)
            await site.start()
        except BaseException as error:
            await runner.cleanup()
            ready.set_exception(error)
            return
        ready.set_result(int(runner.addresses[0][1]))
        await self._stopping.wait()
        await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        form = {key: str(value) for key, value in request.query.items()}
        posted = request.method == "POST"
        if posted:
            form |= {key: str(value) for key, value in (await request.post()).items()}
        asked = self._read(request.method, request.path, form)
        with self._lock:
            self._attempts[asked.asked.key] += 1
            attempt = self._attempts[asked.asked.key]
            fault = choose(self._faults, asked.asked, attempt)
        answer = self._answer(asked, fault)
        self._note(request, asked, answer, fault)
        return await self._send(request, answer, fault)

    def _note(self, request: web.BaseRequest, read: _Request, answer: _Answer, fault: Fault | None) -> None:
        # Before anything is sent, so that whoever has an answer finds the request in the log.
        silent = fault is not None and fault.kind in ("reset", "stall")
        has_dates = read.query is not None and read.asked.has_dates
        seen = Seen(
            method=read.method,
            kind=_ASKING[read.asked.kind],
            path=read.path,
            form=read.form,
            news_id=read.asked.news_id,
            since=read.query.since if read.query and has_dates else None,
            until=read.query.until if read.query and has_dates else None,
            page=read.asked.page if read.asked.kind in ("list", "viewer") else None,
            status=0 if silent else answer.status,
            fault=fault.kind if fault else None,
            at=time.monotonic(),
            user_agent=request.headers.get("User-Agent", ""),
        )
        with self._lock:
            self._log.append(seen)

    # --- reading the request ---

    def _read(self, method: str, path: str, form: dict[str, str]) -> _Request:
        if path == LIST:
            return self._read_list(method, path, form)
        # A release is one request however it was linked to, so that pWise and the like do not start a new count.
        if path in VIEWS:
            news_id = form.get("newsId")
            release = self._release(news_id)
            return _Request(method, path, form, _asked(f"{method} {path} {news_id}", "view", release, news_id=news_id))
        if path == DOWNLOAD:
            file_id = form.get("fileId", "")
            release, attachment = self._file(file_id)
            asked = _asked(
                f"{method} {path} {file_id}", "file", release, suffix=attachment.suffix if attachment else ""
            )
            return _Request(method, path, form, asked, release=release, attachment=attachment)
        key = f"{method} {path} {sorted(form.items())}"
        if path == VIEWER_OF_FILE or path.startswith("/docViewer/"):
            release, page = self._viewed(path, form)
            return _Request(method, path, form, _asked(key, "viewer", release, page=page), release=release)
        return _Request(method, path, form, _asked(key, "robots" if path == "/robots.txt" else "other"))

    def _read_list(self, method: str, path: str, form: dict[str, str]) -> _Request:
        query = read_query(form, posted=method == "POST", today=self.clock.today())
        asked = Asked(
            key=f"{method} {path} {sorted((key, value) for key, value in form.items() if value)}",
            kind="list",
            since=query.since,
            until=query.until,
            page=query.page,
            is_last_page=query.page == page_of(self._found(query), query, "empty").pages,
            has_dates=bool(form.get("startDate") or form.get("endDate")),
            has_filter=query.is_search,
        )
        return _Request(method, path, form, asked, query)

    # --- answering it ---

    def _answer(self, read: _Request, fault: Fault | None) -> _Answer:
        instead = _instead_of_answer(fault, read.asked.key)
        if instead is not None:
            return instead
        if read.query is not None:
            page = self._list(read.query, fault)
        elif read.asked.kind == "view":
            page = self._view(read.asked.news_id, fault)
        elif read.asked.kind == "file":
            return self._download(read, fault)
        elif read.asked.kind == "viewer":
            return _viewer(read, fault)
        else:
            return self._other(read.path)
        if fault is not None and fault.kind in ("redesign", "view-redesign"):
            page = redesigned(page)
        elif fault is not None and fault.kind == "truncated-clean":
            page = page[: cut_point(page)]
        return _Answer(page)

    def _list(self, query: Query, fault: Fault | None) -> bytes:
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
            return self._render_list(_SPOILED[kind](self._listing(query), self._found(query)), now)
        return self._keep(key, lambda: self._render_list(self._listing(query), now))

    def _listing(self, query: Query) -> Listing:
        return page_of(self._found(query), query, self.past_end)

    def _found(self, query: Query) -> tuple[Release, ...]:
        now, seed = self.clock.now(), self.order_seed
        asked = replace(query, page=1, rep_code_type="", period="")
        key = ("found", self.corpus.epoch(now), seed, asked)
        return self._keep(key, lambda: matching(self.corpus, asked, now, seed))

    def _render_list(self, listing: Listing, now: datetime) -> bytes:
        return render_list(listing, self._frame(now), now.date())

    def _view(self, news_id: str | None, fault: Fault | None) -> bytes:
        now = self.clock.now()
        release = self._release(news_id)
        if release is None:
            return render_alert("해당 게시물이 존재하지 않습니다.")
        newer, older = self._neighbours(release)
        if fault is not None and fault.kind == "wrong-release":
            release = older or newer or release
            newer = older = None
        return render_view(release, newer, older, self._frame(now))

    def _release(self, news_id: str | None) -> Release | None:
        release = self.corpus.get(news_id) if news_id else None
        return release if release is not None and release.is_visible(self.clock.now()) else None

    def _neighbours(self, release: Release) -> tuple[Release | None, Release | None]:
        now, day = self.clock.now(), release.listed_on
        key = ("places", self.corpus.epoch(now), self.order_seed, day)
        near = Query(since=day - timedelta(days=3), until=day + timedelta(days=3))
        places = self._keep(key, lambda: {r.news_id: place for place, r in enumerate(self._found(near))})
        found, place = self._found(near), places.get(release.news_id)
        if place is None:
            return None, None
        return found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None

    def _frame(self, now: datetime) -> Frame:
        key = ("frame", self.corpus.epoch(now), self.order_seed, now.date(), now.hour)
        latest = Query(since=now.date() - timedelta(days=30), until=now.date())
        return self._keep(key, lambda: Frame(render_side(self._found(latest)[:6], now), self._padding))

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

    def _other(self, path: str) -> _Answer:
        if path == "/robots.txt":
            return _Answer(self.robots.encode(), content_type="text/plain;charset=UTF-8")
        return _Answer(_LOGIN.encode()) if path == "/login" else _not_found()

    def _download(self, read: _Request, fault: Fault | None) -> _Answer:
        release, attachment = read.release, read.attachment
        if release is None or attachment is None:
            return _Answer(render_alert("파일이 존재하지 않습니다."))
        body = attachment.content if attachment.content is not None else made_up_file(release, attachment)
        if fault is not None:
            body = spoiled_file(fault.kind, release, attachment, body, fault.seed)
        # Raw UTF-8, as the site sends it, though no standard allows that.
        name = attachment.name.replace('"', "")
        headers = {"Content-Disposition": f'attachment; filename="{name}";'}
        return _Answer(body, content_type="application/x-download", headers=headers)

    def _publish_on_top(self, query: Query, now: datetime) -> None:
        """A new item above all others of what was asked for: every row below moves down by one."""
        day = max(query.since, min(query.until, now.date()))
        # Of a ministry that the query asks for, or the new item would not be in the way.
        found = self._found(query)
        ministry = found[0].ministry if found else ministries_on(day)[0].name
        self.corpus.add(
            Release(
                news_id=self.corpus.next_id(),
                title=f"{query.word} 방금 등록된 보도자료 {len(self.corpus)}".strip(),
                ministry=ministry,
                published=datetime(day.year, day.month, day.day, 18, 0),
                lead="목록을 넘기는 사이에 새로 등록된 보도자료입니다.",
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

    # --- sending it ---

    async def _send(self, request: web.BaseRequest, answer: _Answer, fault: Fault | None) -> web.StreamResponse:
        kind = fault.kind if fault else None
        seconds = fault.seconds if fault else 0.0
        if kind == "stall":
            await self._wait(seconds)
        if kind in ("reset", "stall"):
            _drop(request, hard=kind == "reset")
            return web.Response()  # goes nowhere: the connection is gone
        headers = {"Content-Type": answer.content_type, **answer.headers}
        body = answer.body
        if kind == "truncated-encoding":
            body = gzip.compress(body, compresslevel=1)
            body, headers["Content-Encoding"] = body[: len(body) // 2], "gzip"
        if kind == "damaged-encoding":
            body, headers["Content-Encoding"] = gzip.compress(body)[:10] + body[:1000], "gzip"
        if kind in ("endless", "trickle"):
            return await self._send_for_ever(request, replace(answer, body=body, headers=headers), kind, seconds)
        if kind not in ("slow", "truncated", "reset-midway"):
            return web.Response(body=body, status=answer.status, headers=headers)
        return await self._send_in_pieces(request, replace(answer, body=body, headers=headers), kind, seconds)

    async def _send_in_pieces(
        self, request: web.BaseRequest, answer: _Answer, kind: str, seconds: float
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = len(answer.body)
        await response.prepare(request)
        if kind != "slow":
            await response.write(answer.body[: len(answer.body) // 2])
            # What was written has to leave before the connection is dropped, or there is no "midway".
            await self._wait(0.02)
            _drop(request, hard=kind == "reset-midway")
            return response
        step = max(len(answer.body) // _TRICKLES, 1)
        with contextlib.suppress(ConnectionError):  # the other side may lose patience
            for start in range(0, len(answer.body), step):
                await response.write(answer.body[start : start + step])
                await self._wait(seconds / _TRICKLES)
            await response.write_eof()
        return response

    async def _send_for_ever(
        self, request: web.BaseRequest, answer: _Answer, kind: str, seconds: float
    ) -> web.StreamResponse:
        """The answer over and over: as a flood, or a byte at a time."""
        assert self._stopping is not None
        body = answer.body or b" "
        pieces = (body * (_FLOOD // len(body) + 1),) if kind == "endless" else tuple(bytes([byte]) for byte in body)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # nobody can hold out
            for piece in cycle(pieces):
                if self._stopping.is_set():
                    break
                await response.write(piece)
                # Even a flood leaves the site time for others.
                await self._wait(seconds / _TRICKLES if kind == "trickle" else 0.001)
        _drop(request, hard=False)
        return response

    async def _wait(self, seconds: float) -> None:
        """Wait, but not longer than the site runs."""
        assert self._stopping is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


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
    day = release.listed_on if release else None
    of = release.news_id if release else news_id
    return Asked(key, kind, of, day, day, page=page, suffix=suffix)


def _viewer(read: _Request, fault: Fault | None) -> _Answer:
    if read.path in (VIEWER_FRAME, VIEWER_OF_FILE):
        page: bytes | None = render_viewer_frame()
    else:
        page = None if read.release is None else render_viewer_page(read.release, read.asked.page)
    if page is None:
        return _not_found()
    return _Answer(spoiled_bytes(fault.kind, page, fault.seed) if fault else page)


def _not_found() -> _Answer:
    return _Answer(_NOT_FOUND.encode(), status=404)


def _instead_of_answer(fault: Fault | None, key: str) -> _Answer | None:
    """The answer of a fault that does not care what was asked."""
    if fault is None:
        return None
    name, _, retry = fault.kind.partition("-")
    if name in _STATUSES:
        headers = {"Retry-After": str(round(fault.seconds))} if retry else {}
        status = _STATUSES[name]
        return _Answer(f"<html><body><h1>{status}</h1></body></html>\n".encode(), status=status, headers=headers)
    if fault.kind in _REDIRECTS:
        return _Answer(b"", status=302, headers={"Location": _REDIRECTS[fault.kind]})
    if fault.kind == "garbage":
        return _Answer(Random(f"{fault.seed}{key}").randbytes(3000))
    return _Answer(_MAINTENANCE.encode()) if fault.kind == "maintenance" else None


def _drop(request: web.BaseRequest, *, hard: bool) -> None:
    """End the connection: hard with a reset, as firewalls do, else with a mere close."""
    transport = request.transport
    if transport is None:
        return
    if not hard:
        transport.close()
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # Lingering for no time turns the close into a reset.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


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
    end = (listing.pages - 1) * ROWS_A_PAGE
    return replace(listing, rows=tuple(found[end - ROWS_A_PAGE : end][: len(listing.rows)]))


def _emptied_tail(listing: Listing, found: Sequence[Release]) -> Listing:
    return replace(listing, rows=())


_SPOILED: Mapping[str | None, Callable[[Listing, Sequence[Release]], Listing]] = {
    "emptied": _emptied,
    "rows-missing": _rows_missing,
    "duplicate-row": _duplicate_row,
    "last-page-repeats": _repeats,
    "emptied-tail": _emptied_tail,
}
