"""The spider: walks the listing of each asked day, accounts for it, and follows what is new or changed.

What it knows of a board is in `boards.py`; what a page says, `pages/` reads; whether a day's listing adds up,
`walk.py` judges. Here they meet Scrapy.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from harvester.boards import BriefingBoard
from harvester.clock import korean_today
from harvester.derive import briefing
from harvester.files import Files
from harvester.items import NOT_FETCHED, Briefing
from harvester.korean import read_prefix
from harvester.middlewares import SiteAsksToStayAway
from harvester.originals import Candidate, which_may_be_meant
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.listing import ListingPage, Row, same_lead
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage
from harvester.spiders.fetching import Fetching, keep_from_archive
from harvester.spiders.ledger import GONE, LedgerSpider, explain
from harvester.spiders.walk import CONTROL, DayWalk
from harvester.store import KnownRelease
from harvester.texts import Attachments, Texts, answer_async, find_text, or_stored, whole_lead

logger = logging.getLogger(__name__)

DAYS_UNDER_WAY = 3
CONTROL_REACH = timedelta(days=365)
LISTING_PRIORITY = 10
"""The pages of one listing are asked for close together: the longer the walk, the more it can move."""

ListingOutput = Iterator[Request]
ReleaseOutput = AsyncIterator[Request | Briefing]


class BriefingSpider(LedgerSpider):
    """One board; `start` yields the first listing page of each asked day, a few days under way at a time."""

    board: BriefingBoard
    fetching: Fetching

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        files = Files(Path(crawler.settings["DATABASE"]).parent / "files")
        files.sweep()
        spider.fetching = Fetching(crawler, files if spider.plan.attachments is Attachments.ALL else None)
        crawler.signals.connect(spider.closing, signals.spider_closed)
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        # One request first, and the others when it was answered: Scrapy 2.19 hands robots.txt to only one of the
        # requests that wait for it together, and lets the others pass unjudged.
        self._room = asyncio.Semaphore(1)
        self._knocked = False
        self._listings_with_rows = 0

    async def start(self) -> AsyncIterator[Any]:
        if self.fetching.files is not None:
            await keep_from_archive(self.run.store, self.fetching.files, self.plan)
        for day in self.run.days_to_walk():
            await self._room.acquire()
            if self.stop_reason:
                return
            walk = self.walks[day] = DayWalk(day, listings_before=self._listings_with_rows)
            if self.plan.picks:
                walk.vouched = True  # nothing will be claimed of this day
            page = self.run.page_to_look_at(day)
            yield self._listing_request(walk, walk.look(page) if page else walk.begin())

    def closing(self) -> None:
        self.fetching.close()

    # The listing

    def _listing_request(self, walk: DayWalk, number: int) -> Request:
        if number == CONTROL:
            until = min(walk.day + CONTROL_REACH, korean_today())
            form = self.board.form(walk.day - CONTROL_REACH, until, 1)
        else:
            form = self.board.form(walk.day, walk.day, number, self.plan.codes_of(walk.day), self.plan.words)
        return listing_request(
            self.site,
            self.board,
            form,
            callback=self.parse_listing,
            errback=self.listing_lost,
            cb_kwargs={"walk": walk, "number": number, "form": form},
            meta={"archive": {"kind": "listing", "board": self.board.slug, "day": walk.day.isoformat()}},
            priority=LISTING_PRIORITY,
        )

    def parse_listing(self, response: Response, walk: DayWalk, number: int, form: dict[str, str]) -> ListingOutput:
        page: ListingPage | None = None
        try:
            page = self.board.read_listing(response.body)
            codes = self.plan.codes_of(walk.day) if number != CONTROL else ()
            wrong = page.contradiction(form) or self._foreign_row(page, codes)
        except UnreadablePage as error:
            wrong = str(error)
        missing = _rows_missing(page, walk, number, form) if page and not wrong else 0
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
            yield from self._lists_work(walk, page, response)
            return
        if number == 1:
            self.run.met_ministries(page.ministries)
        walk.listed_in |= dict.fromkeys((row.news_id for row in page.rows), response.meta.get("exchange"))
        if walk.is_look:
            if self._says_what_is_known(walk, page):
                walk.leave_at_a_glance(number)
                self._close(walk)
                return
            first = walk.begin()
            if number != first:
                yield self._listing_request(walk, first)
                return
        for next_number in walk.take(number, page):
            yield self._listing_request(walk, next_number)
        yield from self._after_listing(walk)

    def _says_what_is_known(self, walk: DayWalk, page: ListingPage) -> bool:
        """Whether a day has as many releases as in the ledger, and those of this page are stored as they are."""
        known = self.run.known_at_a_glance(walk.day)
        if known is None or page.declared != known.declared or page.unreadable:
            return False
        walk.rows |= {row.news_id: row for row in page.rows}
        return not self._to_follow(walk) and not walk.lost

    def _lists_work(self, walk: DayWalk, page: ListingPage, response: Response) -> ListingOutput:
        """The answer to the control question: an empty day is believed only of a site that lists something."""
        if page.rows:
            walk.vouch()
            yield from self._after_listing(walk)
            return
        since, until = page.form.get("startDate", "?"), page.form.get("endDate", "?")
        said = f"the site says that nothing at all was published from {since} to {until}"
        if retry := self._retry(response, said):
            yield retry
        else:
            yield from self._page_lost(walk, CONTROL, said)

    def _let_others_in(self) -> None:
        if not self._knocked:
            self._knocked = True
            for _ in range(DAYS_UNDER_WAY - 1):
                self._room.release()

    def _foreign_row(self, page: ListingPage, codes: tuple[str, ...]) -> str | None:
        """A filtered listing with a release of a ministry that was not asked for: the site ignored the filter."""
        for row in page.rows if codes else ():
            code = self.run.ministry_code(row.ministry, row.day)
            if not row.ministry:
                return f"asked for {', '.join(codes)}, got newsId {row.news_id} that names no ministry"
            if code is not None and code not in codes:
                return f"asked for {', '.join(codes)}, got newsId {row.news_id} of {row.ministry}"
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
        if walk.is_look:
            first = walk.begin()
            if number != first:
                yield self._listing_request(walk, first)
                return
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
                self.board.url(row.news_id, self.site),
                callback=self.parse_release,
                errback=self.release_lost,
                cb_kwargs={"walk": walk, "row": row, "stored_title": stored_title},
                meta={
                    "archive": {
                        "kind": "release",
                        "board": self.board.slug,
                        "day": walk.day.isoformat(),
                        "news_id": int(row.news_id),
                        "part_of": walk.listed_in.get(row.news_id),
                    }
                },
            )
        yield from self._close_if_done(walk)

    def _to_follow(self, walk: DayWalk) -> dict[str, tuple[Row, str | None]]:
        """The rows not stored, different from last time, or withdrawn since; with the title stored, by newsId."""
        wanted = self._picked(walk) if self.plan.picks else walk.rows
        known = self.run.store.known(wanted)
        rows: dict[str, tuple[Row, str | None]] = {}
        for news_id, row in wanted.items():
            was = known.get(news_id)
            if news_id in walk.followed or news_id in walk.unchanged:
                continue
            if was is not None and was.board != self.board.slug:
                # newsIds are one number space over all boards (seen).
                walk.lost[news_id] = f"it is stored as a release of the board {was.board}"
            elif was is None or self._changed(was, row) or self._wanting(was, row):
                rows[news_id] = row, was.title if was else None
            else:
                walk.unchanged[news_id] = row.lead
        return rows

    def _picked(self, walk: DayWalk) -> dict[str, Row]:
        """The rows of the releases that are meant, where the plan picks some."""
        assert self.plan.picks is not None
        candidates = [
            Candidate(
                int(row.news_id),
                self.board.slug,
                clean(row.title),
                read_prefix(clean(row.title)),
                clean(row.ministry),
                self.run.ministry_code(row.ministry, row.day),
                row.day,
                clean(row.lead),
            )
            for row in walk.rows.values()
        ]
        meant = {
            found for each in self.plan.picks[walk.day].references for found in which_may_be_meant(each, candidates)
        }
        return {news_id: row for news_id, row in walk.rows.items() if int(news_id) in meant}

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
            page = self.board.read_page(response.body)
            page.require_identity(row.news_id, row.title, row.day)
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
        self.anything_read = True
        try:
            texts = await self._find_text(page, response, walk, row)
        except SiteAsksToStayAway as error:
            self._stop_for_good(str(error))
            return
        if walk.closed:
            return
        item = briefing(
            self.board,
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

    def _lost(self, arguments: dict[str, Any], reason: str) -> ListingOutput:
        if "row" in arguments:
            return self._release_lost(arguments["walk"], arguments["row"].news_id, reason)
        return self._page_lost(arguments["walk"], arguments["number"], reason)

    # The end of a day, and of the run

    def _close_if_done(self, walk: DayWalk) -> Iterator[Request]:
        if walk.done and walk.day in self.walks and walk.gone and not walk.looked_again:
            yield self._listing_request(walk, walk.look_again())
        else:
            yield from super()._close_if_done(walk)

    def _close(self, walk: DayWalk) -> None:
        try:
            super()._close(walk)
        finally:
            self._room.release()

    def _stop(self, reason: str) -> None:
        if self.stop_reason is None:
            self._room.release()
        super()._stop(reason)


def listing_request(site: str, board: BriefingBoard, form: dict[str, str], **more: Any) -> Request:
    """The request for a page of a board's list; `more` are arguments of Request."""
    return Request(
        f"{site}{board.list_path}",
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form),
        **more,
    )


def _rows_missing(page: ListingPage, walk: DayWalk, number: int, form: dict[str, str]) -> int:
    """How many rows a page lacks of those that its number and the total demand."""
    size = walk.page_size if number > 1 else None
    return page.rows_expected(int(form["pageIndex"]), size) - len(page.rows)


def _part_of(response: Response) -> dict[str, Any]:
    """What the archive is told of a file or a viewer page: that it belongs to this release's page."""
    about: dict[str, Any] = response.meta["archive"]
    return about | {"part_of": response.meta.get("exchange")}
