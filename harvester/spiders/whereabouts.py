"""Asks single releases of which day and ministry they are, so that it is known which listing has them.

Writes nothing.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from harvester.boards import BriefingBoard
from harvester.korean import UnreadableDate, read_date
from harvester.manners import check_site
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.markup import clean
from harvester.plan import Place
from harvester.spiders.doctor import WITHOUT_BOOKS
from harvester.spiders.ledger import GONE


class WhereaboutsSpider(Spider):
    """`boards` maps newsIds to the board that is said to show them; `found` those that are there to their place."""

    name = "whereabouts"
    custom_settings = WITHOUT_BOOKS

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args)
        spider.boards = kwargs.get("boards", {})
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.boards: Mapping[int, BriefingBoard] = {}
        self.found: dict[int, Place] = {}
        self.finished = False
        """Whether all were asked for: nobody stopped it."""
        self.troubled = False
        """Whether some could not be asked, or not understood: what they are may come out another time."""

    async def start(self) -> AsyncIterator[Any]:
        # One by one: of several that wait for robots.txt together, Scrapy 2.19 hands it to only one.
        self._left = iter(self.boards.items())
        for request in self._next():
            yield request

    def _next(self) -> Iterator[Request]:
        for news_id, board in self._left:
            url = board.url(str(news_id), check_site(self.crawler.settings["SITE"]))
            yield Request(url, callback=self.parse_page, errback=self.lost, cb_kwargs={"news_id": news_id})
            return
        self.finished = True

    def parse_page(self, response: Response, news_id: int) -> Iterator[Request]:
        """A page that says there is no such release is passed over: what it would have told stays unknown."""
        try:
            page = self.boards[news_id].read_page(response.body)
            page.require_identity(str(news_id), page.title)
            self.found[news_id] = Place(read_date(page.day).day, clean(page.ministry or page.author))
        except (UnreadablePage, UnreadableDate) as error:
            yield from self._again_or_next(response.request, error)
            return
        yield from self._next()

    def lost(self, failure: Failure) -> Iterator[Request]:
        yield from self._again_or_next(failure.request, failure.value)  # type: ignore[attr-defined]

    def _again_or_next(self, request: Request | None, error: BaseException | None) -> Iterator[Request]:
        assert request is not None
        gone = isinstance(error, NotARelease) or (isinstance(error, HttpError) and error.response.status in GONE)
        retry = None if gone else get_retry_request(request, spider=self, reason=str(error)[:80])
        self.troubled |= not gone and retry is None
        yield from self._next() if retry is None else [retry]
