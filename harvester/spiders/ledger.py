"""What all spiders share: days under way, each closed when all of it is back; trying again; ending a run.

A spider asks; whether what came back adds up to a day is the walk's to say (walk.py), and the books are the run's.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from harvester.boards import Board
from harvester.extensions.run import Run
from harvester.items import Item
from harvester.korean.text import plain
from harvester.manners import check_site
from harvester.middlewares import SiteAsksToStayAway
from harvester.plan import Plan
from harvester.spiders.arguments import plan_from_arguments
from harvester.spiders.walk import DayWalk

logger = logging.getLogger(__name__)

DAYS_LOST_IN_A_ROW = 3
"""So many days in a row of which nothing can be had mean that the site is away, not that these days are odd."""
UNANSWERED = 5
"""So many pages that got no answer, each after all its tries, in a run that has read none: the site is not there."""
GONE = (404, 410)


class LedgerSpider(Spider):
    """A spider that accounts for every asked day of its board."""

    board: Board
    plan: Plan

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        plan = kwargs.pop("plan", None) or plan_from_arguments(cls.board, kwargs)
        spider = super().from_crawler(crawler, *args)
        spider.plan = plan
        for handler, signal in (
            (spider.item_scraped, signals.item_scraped),
            (spider.item_dropped, signals.item_dropped),
            (spider.item_error, signals.item_error),
            (spider.callback_failed, signals.spider_error),
        ):
            crawler.signals.connect(handler, signal)
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.walks: dict[date, DayWalk] = {}
        self.stop_reason: str | None = None
        self.site_is_away = False
        """Whether the run ended because the site gives nothing, or wants to be left alone: no board of it will do."""
        self._days_lost = 0
        self._unanswered = 0
        self.anything_read = False
        """Whether one page of a release or a post was read."""

    @property
    def site(self) -> str:
        return check_site(self.crawler.settings["SITE"])

    @property
    def run(self) -> Run:
        return Run.of(self.crawler)

    def _lost(self, arguments: dict[str, Any], reason: str) -> Iterator[Request]:
        """Count what a request with these `cb_kwargs` asked for as lost; what to ask for next."""
        raise NotImplementedError

    # What became of an item

    def item_scraped(self, item: Item) -> None:
        self._item_done(item, None)

    def item_dropped(self, item: Item, exception: BaseException) -> None:
        self._item_done(item, str(exception))

    def item_error(self, item: Item, failure: Failure) -> None:
        self._item_done(item, f"could not be stored: {failure.value}")

    def _item_done(self, item: Item, refused: str | None) -> None:
        walk = self.walks.get(item.listed_on)
        if walk is None:
            return
        walk.waited_for.discard(item.key)
        if refused:
            walk.lost[item.key] = refused
        self._ask(self._close_if_done(walk))

    def callback_failed(self, failure: Failure, response: Response) -> None:
        """A mistake of ours: what was being read counts as lost, so that its day ends, and ends as not complete."""
        arguments = response.request.cb_kwargs if response is not None and response.request else {}
        if not arguments:
            return
        try:
            requests = list(self._lost(arguments, self.run.why_lost(failure.value)))
        except Exception as error:
            # It is not the page, then. Whatever it is, no day may wait for it for ever.
            self._stop(f"a mistake of the program, or a damaged database: {error!r}")
            return
        self._ask(requests)

    def _ask(self, requests: Iterable[Request]) -> None:
        for request in requests:
            self.crawler.engine.crawl(request)

    # The end of a day, and of the run

    def _close_if_done(self, walk: DayWalk) -> Iterator[Request]:
        """Close a day of which all is back; what there is to ask before that can be done."""
        if walk.done and walk.day in self.walks:
            self._close(walk)
        return iter(())

    def _close(self, walk: DayWalk) -> None:
        del self.walks[walk.day]
        walk.closed = True
        self.run.close_day(walk)
        self._days_lost = self._days_lost + 1 if walk.verdict()[0] == "failed" and not walk.glanced_page else 0
        if self._days_lost and not self._site_answered():
            self._stop_for_good("the site gives no page at all")
        elif self._days_lost >= DAYS_LOST_IN_A_ROW:
            self._stop(f"nothing of {self._days_lost} days in a row could be read")

    def _site_answered(self) -> bool:
        """Whether anything came back but errors of the site's own making; a robots.txt that is not there did."""
        counted = self.crawler.stats.get_stats()
        statuses = (name.rpartition("/")[2] for name in counted if name.startswith("downloader/response_status_count/"))
        return any(int(status) < 500 and int(status) != 429 for status in statuses)

    def _retry(self, response: Response, reason: str) -> Request | None:
        assert response.request is not None
        return get_retry_request(response.request, spider=self, reason=reason.split(":", maxsplit=1)[0], logger=logger)

    def _retry_failure(self, failure: Failure, request: Request) -> Request | None:
        """Another try after what Scrapy takes for final: a redirect to a login, a page missing for a moment.

        Not by RETRY_HTTP_CODES, which would hold for robots.txt too, where 404 is an answer. What Scrapy did retry has
        no tries left.
        """
        if isinstance(failure.value, SiteAsksToStayAway):
            self._stop_for_good(str(failure.value))
        if isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, HttpError):
            return None
        retry = get_retry_request(request, spider=self, reason=explain(failure), logger=logger)
        if retry is None and not isinstance(failure.value, HttpError):
            self._note_unanswered()
        return retry

    def _note_unanswered(self) -> None:
        """End a run whose pages all hang: each takes more than a minute to be given up."""
        self._unanswered += 1
        if self._unanswered >= UNANSWERED and not self.anything_read:
            self._stop(f"{self._unanswered} pages got no answer, and none was read")

    def end(self, reason: str) -> None:
        """End the run: nothing that is asked for can be kept."""
        self._stop_for_good(reason)

    def _stop_for_good(self, reason: str) -> None:
        """End the run, and let nobody ask this site for anything else."""
        self.site_is_away = True
        self._stop(reason)

    def _stop(self, reason: str) -> None:
        """End the run: asking on would be rude, or pointless."""
        if self.stop_reason is None:
            self.stop_reason = reason
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))


def explain(failure: Failure) -> str:
    """Why a request failed, in words for a report."""
    if isinstance(failure.value, HttpError):
        response = failure.value.response
        moved = response.headers.get("Location")
        where = f", moved to {plain(moved.decode('latin-1')[:100])}" if moved else ""
        return f"HTTP status {response.status}{where}"
    return plain(str(failure.value)[:200]) or type(failure.value).__name__
