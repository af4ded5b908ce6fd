"""The spider: walks the listing of each asked day, accounts for it, and follows what is new or changed.

What it knows of a board is in `boards.py`; what a page says, `pages/` reads; whether a day's listing adds up,
`walk.py` judges. Here they meet Scrapy.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from harvester.boards import PRESS_RELEASE, Board
from harvester.clock import korean_today
from harvester.derive import briefing
from harvester.extensions.run import Run
from harvester.files import Files
from harvester.items import NOT_FETCHED, Briefing
from harvester.manners import check_site
from harvester.middlewares import SiteAsksToStayAway
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.listing import ListingPage, Row, same_lead
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.plan import Plan
from harvester.spiders.arguments import plan_from_arguments
from harvester.spiders.fetching import Fetching, keep_from_archive
from harvester.spiders.walk import CONTROL, DayWalk
from harvester.store import KnownRelease
from harvester.texts import Attachments, Texts, answer_async, find_text, or_stored, whole_lead

logger = logging.getLogger(__name__)

DAYS_UNDER_WAY = 3
DAYS_LOST_IN_A_ROW = 3
"""So many days in a row of which nothing can be had mean that the site is away, not that these days are odd."""
GONE = (404, 410)
CONTROL_REACH = timedelta(days=365)
LISTING_PRIORITY = 10
"""The pages of one listing are asked for close together: the longer the walk, the more it can move."""

ListingOutput = Iterator[Request]
ReleaseOutput = AsyncIterator[Request | Briefing]


class BriefingSpider(Spider):
    """One board; `start` yields the first listing page of each asked day, a few days under way at a time."""

    board: Board
    plan: Plan
    fetching: Fetching

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        plan = kwargs.pop("plan", None) or plan_from_arguments(cls.board, kwargs)
        spider = super().from_crawler(crawler, *args)
        spider.plan = plan
        files = Files(Path(crawler.settings["DATABASE"]).parent / "files")
        files.sweep()
        spider.fetching = Fetching(crawler, files if plan.attachments is Attachments.ALL else None)
        for handler, signal in (
            (spider.item_scraped, signals.item_scraped),
            (spider.item_dropped, signals.item_dropped),
            (spider.item_error, signals.item_error),
            (spider.callback_failed, signals.spider_error),
            (spider.closing, signals.spider_closed),
        ):
            crawler.signals.connect(handler, signal)
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.walks: dict[date, DayWalk] = {}
        self.stop_reason: str | None = None
        # One request first, and the others when it was answered: Scrapy 2.19 hands robots.txt to only one of the
        # requests that wait for it together, and lets the others pass unjudged.
        self._room = asyncio.Semaphore(1)
        self._knocked = False
        self._days_lost = 0
        self._listings_with_rows = 0

    @property
    def site(self) -> str:
        return check_site(self.crawler.settings["SITE"])

    @property
    def run(self) -> Run:
        return Run.of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        if self.fetching.files is not None:
            await keep_from_archive(self.run.store, self.fetching.files, self.plan)
        for day in self.run.days_to_walk():
            await self._room.acquire()
            if self.stop_reason:
                return
            walk = self.walks[day] = DayWalk(day, listings_before=self._listings_with_rows)
            yield self._listing_request(walk, walk.begin())

    def closing(self) -> None:
        self.fetching.close()

    # The listing

    def _listing_request(self, walk: DayWalk, number: int) -> Request:
        if number == CONTROL:
            until = min(walk.day + CONTROL_REACH, korean_today())
            form = self.plan.board.form(walk.day - CONTROL_REACH, until, 1)
        else:
            form = self.plan.board.form(walk.day, walk.day, number, self.plan.codes, self.plan.words)
        return Request(
            f"{self.site}{self.plan.board.list_path}",
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form),
            callback=self.parse_listing,
            errback=self.listing_lost,
            cb_kwargs={"walk": walk, "number": number, "form": form},
            meta={"archive": {"kind": "listing", "board": self.plan.board.slug, "day": walk.day.isoformat()}},
            priority=LISTING_PRIORITY,
        )

    def parse_listing(self, response: Response, walk: DayWalk, number: int, form: dict[str, str]) -> ListingOutput:
        page: ListingPage | None = None
        try:
            page = self.plan.board.read_listing(response.body)
            wrong = page.contradiction(form) or (self._foreign_row(page) if number != CONTROL else None)
        except UnreadablePage as error:
            wrong = str(error)
        missing = page.rows_expected(int(form["pageIndex"])) - len(page.rows) if page and not wrong else 0
        if wrong or missing > 0:
            reason = wrong or f"{missing} rows are missing from page {number}"
            retry = self._retry(response, reason)
            if retry:
                yield retry
                return
        if page is None or wrong:
            yield from self._page_lost(walk, number, wrong or "unreadable")
            return
        self._let_others_in()
        self._listings_with_rows += bool(page.rows)
        if number == CONTROL:
            yield from self._lists_work(walk, page, form)
            return
        if number == 1:
            self.run.met_ministries(page.ministries)
        walk.listed_in |= dict.fromkeys((row.news_id for row in page.rows), response.meta.get("exchange"))
        for next_number in walk.take(number, page):
            yield self._listing_request(walk, next_number)
        yield from self._after_listing(walk)

    def _lists_work(self, walk: DayWalk, page: ListingPage, form: dict[str, str]) -> ListingOutput:
        """The answer to the control question: an empty day is believed only of a site that lists something."""
        if page.rows:
            walk.vouch()
            yield from self._after_listing(walk)
        else:
            said = f"the site says that nothing at all was published from {form['startDate']} to {form['endDate']}"
            yield from self._page_lost(walk, CONTROL, said)

    def _let_others_in(self) -> None:
        if not self._knocked:
            self._knocked = True
            for _ in range(DAYS_UNDER_WAY - 1):
                self._room.release()

    def _foreign_row(self, page: ListingPage) -> str | None:
        """A filtered listing with a release of a ministry that was not asked for: the site ignored the filter."""
        if not self.plan.codes:
            return None
        for row in page.rows:
            code = self.run.ministry_code(row.ministry, row.day)
            if code is not None and code not in self.plan.codes:
                return f"asked for {', '.join(self.plan.codes)}, got newsId {row.news_id} of {row.ministry}"
        return None

    def listing_lost(self, failure: Failure) -> ListingOutput:
        request: Request = failure.request  # type: ignore[attr-defined]
        retry = self._retry_failure(failure, request)
        if retry:
            yield retry
        else:
            yield from self._page_lost(request.cb_kwargs["walk"], request.cb_kwargs["number"], explain(failure))

    def _page_lost(self, walk: DayWalk, number: int, reason: str) -> ListingOutput:
        logger.info("%s: page %d of the listing could not be read: %s", walk.day, number, reason)
        walk.lose_page(number, reason)
        self._let_others_in()
        yield from self._after_listing(walk)

    def _after_listing(self, walk: DayWalk) -> Iterator[Request]:
        """Once all pages of the listing are in: walk it again, or follow what is new or changed."""
        if not walk.listing_done:
            return
        if walk.must_walk_again:
            logger.info("%s: the listing moved while it was walked; walking it again", walk.day)
            self.crawler.stats.inc_value("listing/walked_again")
            yield self._listing_request(walk, walk.begin())
            return
        if walk.empty and not walk.vouched:
            if self._listings_with_rows > walk.listings_before:
                walk.vouch()
            else:
                yield self._listing_request(walk, walk.ask_whether_lists_work())
                return
        to_follow = self._to_follow(walk)
        # All at once: Scrapy takes the requests one by one, and the first may be done before the last was yielded.
        walk.follow(to_follow)
        for row, stored_title in to_follow.values():
            yield Request(
                self.plan.board.url(row.news_id, self.site),
                callback=self.parse_release,
                errback=self.release_lost,
                cb_kwargs={"walk": walk, "row": row, "stored_title": stored_title},
                meta={
                    "archive": {
                        "kind": "release",
                        "board": self.plan.board.slug,
                        "day": walk.day.isoformat(),
                        "news_id": int(row.news_id),
                        "part_of": walk.listed_in.get(row.news_id),
                    }
                },
            )
        yield from self._close_if_done(walk)

    def _to_follow(self, walk: DayWalk) -> dict[str, tuple[Row, str | None]]:
        """The rows not stored, different from last time, or withdrawn since; with the title stored, by newsId."""
        known = self.run.store.known(walk.rows)
        rows: dict[str, tuple[Row, str | None]] = {}
        for news_id, row in walk.rows.items():
            was = known.get(news_id)
            if news_id in walk.followed or news_id in walk.unchanged:
                continue
            if was is None or self._changed(was, row) or self._wanting(was, row):
                rows[news_id] = row, was.title if was else None
            else:
                walk.unchanged[news_id] = row.lead
        return rows

    @staticmethod
    def _changed(was: KnownRelease, row: Row) -> bool:
        return was.withdrawn or was.row_signature != row.signature or not same_lead(was.lead, row.lead)

    def _wanting(self, was: KnownRelease, row: Row) -> bool:
        """Whether there is more of it to be had than is stored: its text, its files, or a lead that is all its text."""
        asked = self.plan.attachments
        if asked is not Attachments.NONE and not was.body_read:
            return True
        if asked is Attachments.ALL and was.files_missing:
            return True
        return was.body_source == "none" and was.lead != clean(row.lead) and whole_lead(row.lead)

    # One release

    async def parse_release(
        self, response: Response, walk: DayWalk, row: Row, stored_title: str | None
    ) -> ReleaseOutput:
        try:
            page = self.plan.board.read_page(response.body)
            page.require_identity(row.news_id, row.title)
        except UnreadablePage as error:
            retry = self._retry(response, str(error))
            if retry:
                yield retry
            elif isinstance(error, NotARelease):
                for request in self._release_gone(walk, row.news_id, str(error)):
                    yield request
            else:
                for request in self._release_lost(walk, row.news_id, str(error)):
                    yield request
            return
        # The row was edited and the page still says what is stored: an old copy of it. Read again, now or next time.
        stale = clean(page.title) == stored_title != clean(row.title)
        if stale and (retry := self._retry(response, "the page is older than its row")):
            yield retry
            return
        walk.read += 1
        try:
            texts = await self._find_text(page, response, walk, row)
        except SiteAsksToStayAway as error:
            self._stop(str(error))
            return
        if walk.closed:
            return
        item = briefing(
            self.plan.board,
            page,
            row,
            texts,
            listed_on=walk.day,
            site=self.site,
            site_codes=self.run.site_codes,
            fetched_at=response.meta["fetched_at"],
            exchange_id=response.meta.get("exchange"),
        )
        yield replace(item, row_signature="") if stale else item

    async def _find_text(self, page: ReleasePage, response: Response, walk: DayWalk, row: Row) -> Texts:
        """The text of a release; where it could not be had this time, the one that is stored."""
        about = {"archive": _part_of(response), "walk": walk}
        asked = self.plan.attachments
        search = find_text(page, base=response.url, lead=row.lead, attachments=asked)
        texts = await answer_async(search, lambda wanted: self.fetching.get(wanted, about))
        if not texts.status.startswith(NOT_FETCHED):
            return texts
        if asked is not Attachments.NONE:
            walk.without_text[row.news_id] = texts.status
        return or_stored(texts, self.run.store.body(row.news_id))

    def release_lost(self, failure: Failure) -> ListingOutput:
        request: Request = failure.request  # type: ignore[attr-defined]
        walk, news_id = request.cb_kwargs["walk"], request.cb_kwargs["row"].news_id
        retry = self._retry_failure(failure, request)
        if walk.closed:
            return
        if retry:
            yield retry
        elif isinstance(failure.value, HttpError) and failure.value.response.status in GONE:
            yield from self._release_gone(walk, news_id, explain(failure))
        else:
            yield from self._release_lost(walk, news_id, explain(failure))

    def _release_gone(self, walk: DayWalk, news_id: str, reason: str) -> ListingOutput:
        """Listed, but no release: whether the site deleted it meanwhile, a look at the listing of now will tell."""
        walk.gone[news_id] = reason
        walk.waited_for.discard(news_id)
        if walk.hopeless:
            walk.give_up()
        yield from self._close_if_done(walk)

    def _release_lost(self, walk: DayWalk, news_id: str, reason: str) -> ListingOutput:
        logger.info("%s: newsId %s could not be read: %s", walk.day, news_id, reason)
        walk.lost[news_id] = reason
        walk.waited_for.discard(news_id)
        if walk.hopeless:
            walk.give_up()
        yield from self._close_if_done(walk)

    # What became of an item

    def item_scraped(self, item: Briefing) -> None:
        self._item_done(item, None)

    def item_dropped(self, item: Briefing, exception: BaseException) -> None:
        self._item_done(item, str(exception))

    def item_error(self, item: Briefing, failure: Failure) -> None:
        self._item_done(item, f"could not be stored: {failure.value}")

    def _item_done(self, item: Briefing, refused: str | None) -> None:
        walk = self.walks.get(item.listed_on)
        if walk is None:
            return
        walk.waited_for.discard(item.news_id)
        if refused:
            walk.lost[item.news_id] = refused
        for request in self._close_if_done(walk):
            self.crawler.engine.crawl(request)

    def callback_failed(self, failure: Failure, response: Response) -> None:
        """A mistake of ours: what was being read counts as lost, so that its day ends, and ends as not complete."""
        arguments = response.request.cb_kwargs if response is not None and response.request else {}
        walk, reason = arguments.get("walk"), f"a mistake of the program: {failure.value!r}"
        if walk is None:
            return
        try:
            if "row" in arguments:
                requests = list(self._release_lost(walk, arguments["row"].news_id, reason))
            else:
                requests = list(self._page_lost(walk, arguments["number"], reason))
        except Exception as error:
            # It is not the page, then. Whatever it is, no day may wait for it for ever.
            self._stop(f"a mistake of the program, or a damaged database: {error!r}")
            return
        for request in requests:
            self.crawler.engine.crawl(request)

    # The end of a day, and of the run

    def _close_if_done(self, walk: DayWalk) -> Iterator[Request]:
        if not walk.done or walk.day not in self.walks:
            return
        if walk.gone and not walk.looked_again:
            yield self._listing_request(walk, walk.look_again())
            return
        self._close(walk)

    def _close(self, walk: DayWalk) -> None:
        del self.walks[walk.day]
        walk.closed = True
        try:
            self.run.close_day(walk)
        finally:
            self._room.release()
        self._days_lost = self._days_lost + 1 if walk.verdict()[0] == "failed" else 0
        if self._days_lost and not self._site_answered():
            self._stop("the site gives no page at all")
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
        """Another try after what Scrapy takes for final: a redirect to a login, a page missing for a moment, bad gzip.

        Not by RETRY_HTTP_CODES, which would hold for robots.txt too, where 404 is an answer. What Scrapy did retry has
        no tries left.
        """
        if isinstance(failure.value, SiteAsksToStayAway):
            self._stop(str(failure.value))
        if isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, HttpError):
            return None
        return get_retry_request(request, spider=self, reason=explain(failure), logger=logger)

    def _stop(self, reason: str) -> None:
        """End the run: asking on would be rude, or pointless."""
        if self.stop_reason is None:
            self.stop_reason = reason
            self._room.release()
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))


class PressReleaseSpider(BriefingSpider):
    """보도자료."""

    name = PRESS_RELEASE.slug
    board = PRESS_RELEASE


def _part_of(response: Response) -> dict[str, Any]:
    """What the archive is told of a file or a viewer page: that it belongs to this release's page."""
    about: dict[str, Any] = response.meta["archive"]
    return about | {"part_of": response.meta.get("exchange")}


def explain(failure: Failure) -> str:
    """Why a request failed, in words for a report."""
    if isinstance(failure.value, HttpError):
        response = failure.value.response
        moved = response.headers.get("Location")
        where = f", moved to {moved.decode('latin-1')[:100]}" if moved else ""
        return f"HTTP status {response.status}{where}"
    return str(failure.value)[:200] or type(failure.value).__name__


SPIDERS: dict[str, type[BriefingSpider]] = {spider.name: spider for spider in (PressReleaseSpider,)}


def spider_of(board: Board) -> type[BriefingSpider]:
    return SPIDERS[board.slug]
