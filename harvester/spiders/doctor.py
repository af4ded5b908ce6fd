"""Asks one page of each kind, and says whether the site still looks as expected. Writes nothing."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from harvester.boards import BOARDS, BriefingBoard
from harvester.clock import korean_today
from harvester.korean import UnknownMinistry, find_ministry
from harvester.manners import check_site
from harvester.pages import UnreadablePage
from harvester.pages.listing import ListingPage, Row
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.spiders.briefings import listing_request
from harvester.spiders.ledger import explain

LIST, PAGE = "list", "page"
WITHOUT_BOOKS: dict[str, Any] = {
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    "DOWNLOADER_MIDDLEWARES": {
        "harvester.middlewares.Patience": 560,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "harvester.middlewares.RobotsTxt": 100,
    },
}
"""Settings of a spider that only looks: no run, no database, no archive; the same manners."""
REACH = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one page of a board is like: `says` in words, `wrong` where it is not as expected."""

    board: str
    kind: str
    url: str
    says: str
    wrong: bool = False
    body: bytes = b""
    """The page that is not as expected, to be looked at."""


class DoctorSpider(Spider):
    """For each board the first page of its list, of a year, and the release listed first."""

    name = "doctor"
    custom_settings = WITHOUT_BOOKS

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args)
        spider.boards = kwargs.get("boards") or tuple(BOARDS.values())
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.boards: Sequence[BriefingBoard] = ()
        self.findings: list[Finding] = []

    @property
    def site(self) -> str:
        return check_site(self.crawler.settings["SITE"])

    async def start(self) -> AsyncIterator[Any]:
        # The others follow the first, one by one: it is robots.txt that is asked before all.
        yield self._list_request(0)

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
        try:
            page = board.read_listing(response.body)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        wrong = _wrong_with(page, response.meta["form"])
        yield from self._found(response, place, kind, wrong or _list_says(page), wrong=wrong is not None)
        if page.rows:
            yield Request(
                board.url(page.rows[0].news_id, self.site),
                callback=self.parse_page,
                errback=self.lost,
                cb_kwargs={"place": place, "kind": PAGE, "row": page.rows[0]},
            )

    def parse_page(self, response: Response, place: int, kind: str, row: Row) -> Iterator[Request]:
        try:
            page = self.boards[place].read_page(response.body)
            page.require_identity(row.news_id, row.title)
        except UnreadablePage as error:
            yield from self._found(response, place, kind, str(error), wrong=True)
            return
        wrong = _wrong_with_page(page, row)
        yield from self._found(response, place, kind, wrong or _page_says(page), wrong=wrong is not None)

    def lost(self, failure: Failure) -> Iterator[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]
        place, kind = request.cb_kwargs["place"], request.cb_kwargs["kind"]
        self.findings.append(Finding(self.boards[place].slug, kind, request.url, explain(failure), wrong=True))
        yield from self._next(place, kind)

    def _found(self, response: Response, place: int, kind: str, says: str, *, wrong: bool) -> Iterator[Request]:
        body = response.body if wrong else b""
        self.findings.append(Finding(self.boards[place].slug, kind, response.url, says, wrong, body))
        yield from self._next(place, kind)

    def _next(self, place: int, kind: str) -> Iterator[Request]:
        if kind == LIST and place + 1 < len(self.boards):
            yield self._list_request(place + 1)


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
