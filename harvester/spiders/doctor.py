"""Asks one page of each kind, and says whether the site still looks as expected. Writes nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from harvester import settings
from harvester.boards import BOARDS, ESG_BOARD, BriefingBoard, board_address
from harvester.clock import korean_today, utc_now
from harvester.documents import Readers
from harvester.korean import UnknownMinistry, find_ministry
from harvester.manners import check_site, pace
from harvester.pages import UnreadablePage
from harvester.pages.esg_board import BoardPage, read_board, read_post
from harvester.pages.listing import ListingPage, Row
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.spiders.briefings import listing_request
from harvester.spiders.esg_board import address_of_board, origin_of
from harvester.spiders.fetching import HEADERS, LARGEST_TO_READ
from harvester.spiders.ledger import explain
from harvester.texts import KINDS, UNREADABLE, Wanted, kind_of, read_answer, viewer_folder

ROBOTS, LIST, PAGE, FILE, VIEWER = "robots.txt", "list", "page", "file", "viewer"
NOT_TO_BE_HAD = "robots.txt could not be read"
"""How the middleware RobotsTxt begins to say why it lets nothing pass."""
WITHOUT_BOOKS: dict[str, Any] = {
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    # All but those that belong to a run.
    "DOWNLOADER_MIDDLEWARES": settings.DOWNLOADER_MIDDLEWARES
    | dict.fromkeys(
        [
            "harvester.middlewares.DocumentsFirst",
            "harvester.middlewares.Evidence",
            "harvester.middlewares.Moot",
        ]
    ),
}
"""Settings of a spider that only looks: no run, no database, no archive; the same manners."""
IN_A_HURRY: dict[str, Any] = {"RETRY_TIMES": 1, "DOWNLOAD_TIMEOUT": 10}
"""Somebody waits for the answer; a site that is away is to be known for that within half a minute."""
REACH = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one page of a board is like: `says` in words, `wrong` where it is not as expected."""

    board: str
    kind: str
    url: str
    says: str
    wrong: bool = False
    body: bytes = b""
    """The page that is not as expected, to be looked at."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What a robots.txt says to us."""

    forbidden: tuple[str, ...]
    """Of the addresses we would ask for, those it forbids."""
    delay: float | None
    """Seconds between two requests, where it asks for so many."""


class DoctorSpider(Spider):
    """For each board the first page of its list, of a year, and the release listed first; one file, one viewer page."""

    name = "doctor"
    custom_settings = WITHOUT_BOOKS | IN_A_HURRY

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args)
        spider.with_esg_board = bool(kwargs.get("with_esg_board"))
        spider.boards = kwargs.get("boards", tuple(BOARDS.values()))
        crawler.signals.connect(spider.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(spider.callback_failed, signals.spider_error)
        if spider.with_esg_board:
            # The pace was set for korea.kr; a stand-in for that must not be the reason to hammer this board.
            rate, at_once = crawler.settings.getfloat("RATE"), crawler.settings.getint("CONCURRENCY")
            pace(origin_of(spider.esg_address), rate, at_once)
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.boards: Sequence[BriefingBoard] = ()
        self.with_esg_board = False
        self.seen: list[Seen] = []
        self.robots: dict[str, Robots] = {}
        """By the host it is of."""
        self.date: tuple[str, str] | None = None
        """What the site takes for the time, as its answer says it, and what we did then (UTC)."""
        self.finished = False
        """Whether it came to its end: nobody stopped it."""
        self._documents_wanted = {FILE, VIEWER}

    def closed(self, reason: str) -> None:
        self.finished = reason == "finished"

    @property
    def site(self) -> str:
        return check_site(self.crawler.settings["SITE"])

    @property
    def esg_address(self) -> str:
        return board_address(self.crawler.settings["ESG_BOARD"], self.crawler.settings["SITE"])

    async def start(self) -> AsyncIterator[Any]:
        # The others follow the first, one by one: it is robots.txt that is asked before all.
        for request in self._next(-1):
            yield request

    def _next(self, place: int) -> Iterator[Request]:
        """The first request of what comes after this place in the boards."""
        if place + 1 < len(self.boards):
            yield self._list_request(place + 1)
        elif place + 1 == len(self.boards) and self.with_esg_board:
            yield self._esg_request()

    # Before all

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        host, agent = urlsplit(request.url).netloc, self.crawler.settings["USER_AGENT"]
        asked = [request.url]
        if host == urlsplit(self.site).netloc:
            for board in self.boards:
                asked += [f"{self.site}{board.list_path}", board.url("1", self.site)]
        forbidden = tuple(dict.fromkeys(url for url in asked if not robotparser.allowed(url, agent)))
        self.robots[host] = Robots(forbidden, robotparser.crawl_delay(agent))

    def _note_date(self, response: Response) -> None:
        said = response.headers.get("Date")
        # What waited in a cache tells what time it was then.
        if self.date is None and said and response.headers.get("Age", b"0") == b"0":
            self.date = said.decode("latin-1"), utc_now()

    # korea.kr

    def _list_request(self, place: int) -> Request:
        board, today = self.boards[place], korean_today()
        form = board.form(today - REACH, today, 1)
        return listing_request(
            self.site,
            board,
            form,
            callback=self.parse_list,
            errback=self.lost,
            cb_kwargs={"place": place, "kind": LIST},
            meta={"form": form},
        )

    def parse_list(self, response: Response, place: int, kind: str) -> Iterator[Request]:
        board = self.boards[place]
        self._note_date(response)
        try:
            page = board.read_listing(response.body)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        wrong = _wrong_with(page, response.meta["form"])
        if page.rows:
            yield Request(
                board.url(page.rows[0].news_id, self.site),
                callback=self.parse_page,
                errback=self.lost,
                cb_kwargs={"place": place, "kind": PAGE, "row": page.rows[0]},
            )
        yield from self._found(response, place, kind, wrong or _list_says(page), wrong=wrong is not None)

    def parse_page(self, response: Response, place: int, kind: str, row: Row) -> Iterator[Request]:
        try:
            page = self.boards[place].read_page(response.body)
            page.require_identity(row.news_id, row.title)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        wrong = _wrong_with_page(page, row)
        yield from self._found(response, place, kind, wrong or _page_says(page), wrong=wrong is not None)
        for wanted in _documents(page, response.url):
            if wanted.kind in self._documents_wanted:
                # One of each is enough to know whether documents can be had, and read.
                self._documents_wanted.discard(wanted.kind)
                yield Request(
                    wanted.url,
                    headers=HEADERS[wanted.kind],
                    callback=self.parse_document,
                    errback=self.lost,
                    cb_kwargs={"place": place, "kind": wanted.kind, "wanted": wanted},
                    meta={"download_maxsize": LARGEST_TO_READ},
                )

    async def parse_document(self, response: Response, place: int, kind: str, wanted: Wanted) -> None:
        with closing(Readers(1)) as readers:
            reading = asyncio.get_running_loop().run_in_executor(
                None, read_answer, wanted, response.status, response.body, readers
            )
            got = await reading
        said = wanted.suffix if kind == FILE else "a page of the viewer"
        if got.document is not None:
            self._note(response, place, kind, f"{said}, {len(got.document.text):,} characters of text")
        elif got.status.startswith(HAS_NO_TEXT):
            self._note(response, place, kind, f"{said}, and no text in it: {got.status}")
        else:
            self._note(response, place, kind, f"{said}: {got.status}", wrong=True)

    # The ESG board

    def _esg_request(self, address: str = "") -> Request:
        place = len(self.boards)
        if not address and urlsplit(self.esg_address).path.strip("/"):
            address = self.esg_address
        if address:
            url = f"{address.partition('?')[0]}?{urlencode({'page': 1})}"
            return self._esg(url, self.parse_board, {"place": place, "kind": LIST})
        url = f"{origin_of(self.esg_address)}/"
        return self._esg(url, self.parse_start_page, {"place": place, "kind": LIST})

    def _esg(self, url: str, callback: Any, arguments: Mapping[str, Any]) -> Request:
        return Request(url, callback=callback, errback=self.lost, cb_kwargs=dict(arguments))

    def parse_start_page(self, response: Response, place: int, kind: str) -> Iterator[Request]:
        """The site's start page says where the board is; it says nothing else that matters."""
        origin = origin_of(self.esg_address)
        try:
            address = address_of_board(response, origin)
        except ValueError as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        yield self._esg_request(address)

    def parse_board(self, response: Response, place: int, kind: str) -> Iterator[Request]:
        try:
            page = read_board(response.body)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        wrong = _wrong_with_board(page)
        yield from self._found(response, place, kind, wrong or _board_says(page), wrong=wrong is not None)
        if page.rows:
            row = page.rows[0]
            url = f"{origin_of(self.esg_address)}/post/{row.post_id}"
            yield self._esg(url, self.parse_post, {"place": place, "kind": PAGE, "row": row})

    def parse_post(self, response: Response, place: int, kind: str, row: Any) -> Iterator[Request]:
        try:
            page = read_post(response.body)
            page.require_identity(row.post_id, row.title)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        source = page.source_line or "no source line"
        yield from self._found(response, place, kind, f"post {row.post_id}, {row.day_raw}, {source}", wrong=False)

    # What came

    def lost(self, failure: Failure) -> Iterator[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]
        place, kind = request.cb_kwargs["place"], request.cb_kwargs["kind"]
        why = explain(failure)
        if isinstance(failure.value, HttpError):
            self._note_date(failure.value.response)
        if isinstance(failure.value, IgnoreRequest) and why.startswith(NOT_TO_BE_HAD):
            # So it will be for every page of this site: nothing else is asked there.
            robots = f"{origin_of(request.url)}/robots.txt"
            self.seen.append(Seen(self._slug(place), ROBOTS, robots, why, wrong=True))
            place = len(self.boards) - 1 if place < len(self.boards) else place
        else:
            self.seen.append(Seen(self._slug(place), kind, request.url, why, wrong=True))
        if kind == LIST:
            yield from self._next(place)

    def callback_failed(self, failure: Failure, response: Response) -> None:
        """A mistake of ours: the page is not as expected, at the least, and the others are asked for all the same."""
        place, kind = response.cb_kwargs["place"], response.cb_kwargs["kind"]
        self._note(response, place, kind, f"a mistake of the program: {failure.value!r}", wrong=True)
        if kind == LIST:
            for request in self._next(place):
                self.crawler.engine.crawl(request)

    def _found(self, response: Response, place: int, kind: str, says: str, *, wrong: bool) -> Iterator[Request]:
        self._note(response, place, kind, says, wrong=wrong)
        if kind == LIST:
            yield from self._next(place)

    def _note(self, response: Response, place: int, kind: str, says: str, *, wrong: bool = False) -> None:
        body = response.body if wrong else b""
        self.seen.append(Seen(self._slug(place), kind, response.url, says, wrong, body))

    def _slug(self, place: int) -> str:
        return self.boards[place].slug if place < len(self.boards) else ESG_BOARD.slug


HAS_NO_TEXT = tuple(f"{UNREADABLE}: {why}" for why in ("scanned", "encrypted", "empty"))
"""Such documents there are, and they say nothing against the site."""


def _documents(page: ReleasePage, base: str) -> Iterator[Wanted]:
    """The files and the page of the viewer that a release has, as a crawl would ask for them."""
    for link in page.attachments:
        url = urljoin(base, link.path)
        if kind_of(link.name) in KINDS and origin_of(url) == origin_of(base):
            yield Wanted("file", url, link.name)
    if page.viewer and (folder := viewer_folder(page.viewer, base)):
        yield Wanted("viewer", f"{folder}/1.html", "1.html", expected=page.title)


def _wrong_with_board(page: BoardPage) -> str | None:
    if page.unreadable:
        return f"{len(page.unreadable)} rows cannot be read: {page.unreadable[0]}"
    if page.number not in (None, 1):
        return f"asked for page 1, got page {page.number}"
    return None if page.rows else "it lists nothing at all"


def _board_says(page: BoardPage) -> str:
    newest = page.rows[0]
    return f"{len(page.rows)} posts a page, the newest number {newest.number}, of {newest.day_raw}"


def _wrong_with(page: ListingPage, form: dict[str, str]) -> str | None:
    """What is not as expected of a list that can be read; None where nothing is."""
    if contradiction := page.contradiction(form):
        return contradiction
    if page.unreadable:
        return f"{len(page.unreadable)} rows cannot be read: {page.unreadable[0]}"
    if not page.rows:
        return "it lists nothing at all of the last year"
    if missing := page.rows_expected(1) - len(page.rows):
        return f"it declares {page.declared} releases, and its first page lacks {missing} rows"
    if not page.ministries:
        return "its filter names no ministries (input[name=chkRepCode])"
    return None


def _list_says(page: ListingPage) -> str:
    newest = max(row.day for row in page.rows)
    unknown = [name for name in page.ministries.values() if not _known(name)]
    told = [f"{page.declared} releases in a year, {page.page_size} a page, newest {newest}"]
    told.append(f"{len(page.ministries)} ministries in its filter")
    if unknown:
        told.append(f"unknown to this version: {', '.join(unknown)}")
    return "; ".join(told)


def _known(name: str) -> bool:
    try:
        find_ministry(name, on=korean_today())
    except UnknownMinistry:
        return False
    return True


def _wrong_with_page(page: ReleasePage, row: Row) -> str | None:
    if clean(page.title) != clean(row.title):
        return f"newsId {row.news_id}: listed as {clean(row.title)!r}, its page says {clean(page.title)!r}"
    if not page.published:
        return f"newsId {row.news_id}: its NewsArticle has no datePublished"
    if not page.body and not page.viewer and not page.attachments:
        return f"newsId {row.news_id}: no text on the page, no viewer, no file"
    return None


def _page_says(page: ReleasePage) -> str:
    where = [
        *(["text on the page"] if page.body else []),
        *(["a viewer"] if page.viewer else []),
        *([f"{len(page.attachments)} files"] if page.attachments else []),
    ]
    return f"newsId {page.news_id}, {page.day}, {page.ministry or 'no ministry named'}: {', '.join(where)}"
