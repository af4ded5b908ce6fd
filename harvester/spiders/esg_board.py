"""The spider of the ESG board: walks its list from the newest post on, and reads the posts of the asked days.

The list cannot be asked for days, so it is walked once for all of them; each day then has its row in the ledger. Which
release a post re-posts is found when it is stored (store/esg_posts.py).
"""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from harvester.boards import ESG_BOARD, ESG_SITE, board_address
from harvester.derive import esg_post
from harvester.items import EsgPost
from harvester.manners import pace
from harvester.pages import UnreadablePage
from harvester.pages.esg_board import BoardPage, PostRow, read_board, read_post, read_start_page
from harvester.settings import ESG_ITEM_PIPELINES
from harvester.spiders.board_walk import BoardWalk
from harvester.spiders.ledger import LedgerSpider, explain
from harvester.spiders.walk import DayWalk

logger = logging.getLogger(__name__)

LISTING_PRIORITY = 10

Output = Iterator[Request]


class EsgBoardSpider(LedgerSpider):
    """ESG 정책뉴스."""

    name = ESG_BOARD.slug
    board = ESG_BOARD
    custom_settings = {"ITEM_PIPELINES": ESG_ITEM_PIPELINES}  # noqa: RUF012  (Scrapy's own form)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        settings = crawler.settings
        # The pace was set for korea.kr; a stand-in for that must not be the reason to hammer this board.
        pace(spider.site, settings.getfloat("RATE"), settings.getint("CONCURRENCY"))
        return spider

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.list_address: str | None = None
        self.list_walk: BoardWalk | None = None

    @property
    def site(self) -> str:
        return origin_of(self._address)

    @property
    def _address(self) -> str:
        return board_address(self.crawler.settings["ESG_BOARD"], self.crawler.settings["SITE"])

    async def start(self) -> AsyncIterator[Any]:
        days = self.run.days_to_walk()
        if not days:
            return
        self.walks = {day: DayWalk(day, things=("posts", "post")) for day in days}
        self.list_walk = BoardWalk(min(days))
        if urlsplit(self._address).path.strip("/"):
            self.list_address = self._address
            yield self._list_request(self.list_walk.begin())
        else:
            yield self._request(f"{self.site}/", self.parse_start_page, "other", {"page": 1}, LISTING_PRIORITY)

    def _request(
        self, url: str, callback: Any, kind: str, arguments: dict[str, Any], priority: int = 0, **about: Any
    ) -> Request:
        return Request(
            url,
            callback=callback,
            errback=self.request_lost,
            cb_kwargs=arguments,
            meta={"archive": {"kind": kind, "board": self.board.slug, **about}},
            priority=priority,
        )

    def _list_request(self, page: int) -> Request:
        assert self.list_address is not None
        address = f"{self.list_address.partition('?')[0]}?{urlencode({'page': page})}"
        return self._request(address, self.parse_list, "board", {"page": page}, LISTING_PRIORITY)

    def parse_start_page(self, response: Response, page: int) -> Output:
        """The site's start page says where the board is."""
        try:
            self.list_address = address_of_board(response, self.site)
        except ValueError as error:
            yield from self._again_or_lost(response, str(error))
            return
        assert self.list_walk is not None
        yield self._list_request(self.list_walk.begin())

    # The list

    def parse_list(self, response: Response, page: int) -> Output:
        assert self.list_walk is not None
        try:
            found = read_board(response.body)
            wrong = _contradiction(found, page)
        except UnreadablePage as error:
            found, wrong = None, str(error)
        if found is None or wrong:
            yield from self._again_or_lost(response, wrong or "unreadable")
            return
        if found.unreadable and (retry := self._retry(response, found.unreadable[0])):
            yield retry
            return
        yield from self._go_on(self.list_walk.take(found, response.meta.get("exchange")))

    def _again_or_lost(self, response: Response, reason: str) -> Output:
        retry = self._retry(response, reason)
        if retry:
            yield retry
        else:
            assert response.request is not None
            yield from self._lost(response.request.cb_kwargs, reason)

    def _go_on(self, page: int | None) -> Output:
        """Ask for the next page; where there is none, walk again or take the walk for done."""
        assert self.list_walk is not None
        if page is not None:
            yield self._list_request(page)
        elif self.list_walk.must_walk_again:
            logger.info("the list moved while it was walked; walking it again")
            self.crawler.stats.inc_value("listing/walked_again")
            yield self._list_request(self.list_walk.begin())
        else:
            yield from self._follow_all(self.list_walk)

    def _follow_all(self, listed: BoardWalk) -> Output:
        """Account for every asked day, and ask for the posts that are new or changed."""
        seen = {str(row.post_id): row for row in (*listed.notices.values(), *listed.rows.values())}
        known = self.run.store.known_posts(seen)
        self.run.store.drift_of_posts(
            {int(post_id): (row.number, row.hits) for post_id, row in seen.items() if post_id in known}
        )
        for walk in list(self.walks.values()):
            found = listed.found_on(walk.day)
            if found.reached:
                walk.declared, walk.vouched = len(found.rows), True
            else:
                walk.broken = dict(listed.broken) or {1: found.problem or "not reached"}
            walk.this_walk = {str(row.post_id) for row in found.rows}
            if found.problem and found.reached:
                walk.unreadable_rows[found.problem] = None
            follow = []
            for row in found.rows:
                was = known.get(str(row.post_id))
                if was is None or was.withdrawn or was.row_signature != row.signature:
                    follow.append(row)
                else:
                    walk.unchanged[str(row.post_id)] = ""
            walk.follow([str(row.post_id) for row in follow])
            for row in follow:
                yield self._request(
                    f"{self.site}/post/{row.post_id}",
                    self.parse_post,
                    "post",
                    {"walk": walk, "row": row},
                    day=walk.day.isoformat(),
                    news_id=row.post_id,
                    part_of=listed.listed_in.get(row.post_id),
                )
            yield from self._close_if_done(walk)

    # One post

    def parse_post(self, response: Response, walk: DayWalk, row: PostRow) -> Iterator[Request | EsgPost]:
        try:
            page = read_post(response.body)
            page.require_identity(row.post_id, row.title)
        except UnreadablePage as error:
            yield from self._again_or_lost(response, str(error))
            return
        if walk.closed:
            return
        walk.read += 1
        self.anything_read = True
        yield esg_post(
            page,
            row,
            listed_on=walk.day,
            fetched_at=response.meta["fetched_at"],
            exchange_id=response.meta.get("exchange"),
        )

    # What was lost

    def request_lost(self, failure: Failure) -> Output:
        request: Request = failure.request  # type: ignore[attr-defined]
        retry = self._retry_failure(failure, request)
        if retry:
            yield retry
        else:
            yield from self._lost(request.cb_kwargs, explain(failure))

    def _lost(self, arguments: dict[str, Any], reason: str) -> Output:
        if "row" in arguments:
            walk, post_id = arguments["walk"], str(arguments["row"].post_id)
            logger.info("%s: post %s could not be read: %s", walk.day, post_id, reason)
            walk.lost[post_id] = reason
            walk.waited_for.discard(post_id)
            if walk.hopeless:
                walk.give_up()
            yield from self._close_if_done(walk)
        else:
            logger.info("page %d of the list could not be read: %s", arguments["page"], reason)
            assert self.list_walk is not None
            if not self.list_walk.page:
                self.list_walk.begin()
            yield from self._go_on(self.list_walk.lose(reason))


def _contradiction(found: BoardPage, page: int) -> str | None:
    """How this is not the page that was asked for; None where it is."""
    if found.number not in (None, page) or (found.number is None and page > 1 and found.rows):
        return f"asked for page {page}, got page {found.number or 1}"
    return None


def address_of_board(response: Response, site: str) -> str:
    """Where the site's start page says that the board is. ValueError where it says nothing, or somewhere else."""
    address = urljoin(response.url, read_start_page(response.body, ESG_BOARD.name))
    # The board's own pages name it by its own address, with or without www, on a stand-in too.
    if (urlsplit(address).hostname or "").removeprefix("www.") == urlsplit(ESG_SITE).hostname:
        address = urljoin(site, urlsplit(address).path)
    if origin_of(address) != site:
        raise ValueError(f"the board is said to be off the site: {address[:200]}")
    return address


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
