"""Counts what a run reads, compares it with the runs before, and notes what a person should look at.

It says nothing of whether days are complete, and changes no verdict. What is counted and how it is judged: drift/.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from harvester.clock import korean_day, korean_today, utc_ago, utc_now
from harvester.drift import Kind, Notice, days, shares
from harvester.drift.ends import Seen, is_over
from harvester.drift.evidence import keep_page
from harvester.drift.layouts import is_layout, unknown_layout
from harvester.drift.measures import Measures, landmarks
from harvester.drift.names import unknown_ministry
from harvester.extensions.run import Run
from harvester.items import Briefing, EsgPost
from harvester.korean import UnknownMinistry, find_ministry
from harvester.plan import Plan
from harvester.store import UNUSABLE, Database, drift
from harvester.store.database import open_to_write, transaction
from harvester.texts import Attachments

logger = logging.getLogger(__name__)

PAGES = {"listing": "listing", "board": "listing", "release": "release", "post": "post"}
"""By what the archive calls a page, what is counted of it."""
THIN_AFTER = timedelta(days=100)
LISTINGS_HELD = 12
"""First pages of listings that are held as evidence: of the working days that declare the fewest releases."""
RECENT = timedelta(days=30)
"""Before the newest day of the ledger; a name met on older days is old, and no news."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that may be evidence."""

    body: bytes
    exchange_id: int | None


class Drift:
    """What a run read of its board."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._by_month: defaultdict[str, Measures] = defaultdict(Measures)
        self._without: dict[str, Page] = {}
        """By what was missing, the last page where it was."""
        self._last: dict[str, Page] = {}
        """The last page of each kind that was read."""
        self._read: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._strange: dict[str, tuple[str, Page]] = {}
        """By kind of page, the first that was refused for what it looks like, and the reader's reason."""
        self._rows_refused: set[str] = set()
        self._listings: dict[date, tuple[int, Page]] = {}
        """By day, how many releases it declares, and its first page."""
        self._names: dict[str, tuple[Briefing, Page]] = {}
        crawler.signals.connect(self.item_scraped, signals.item_scraped)
        # Before Run, which stands behind this in EXTENSIONS, closes the books and gives up the lock.
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    # What is read

    def item_scraped(self, item: Any, response: Response) -> None:
        if not isinstance(item, Briefing | EsgPost):
            return
        page = _page(response)
        there = self._measures_of(item.listed_on).take(item)
        self._without |= dict.fromkeys((name for name, is_there in there.items() if not is_there), page)
        if isinstance(item, Briefing):
            for unknown in item.unknowns:
                if unknown.kind == "ministry":
                    self._names.setdefault(unknown.value, (item, page))

    def page_came(self, response: Response, spider: Any) -> None:
        """Count a page that the spider is done with: it was read, or refused after all its tries."""
        request = response.request
        kind = PAGES.get(request.meta.get("archive", {}).get("kind", "")) if request else None
        if request is None or kind is None:
            return
        page, asked = _page(response), request.cb_kwargs
        reason = self._why_refused(spider, asked)
        if reason is None:
            self._read[kind] += 1
            self._last[kind] = page
            self._measure_page(kind, page, asked)
        elif is_layout(reason):
            self._refused[kind] += 1
            self._strange.setdefault(kind, (reason, page))

    def _why_refused(self, spider: Any, asked: dict[str, Any]) -> str | None:
        """The reason that the walk gives for what this page brought; None where it was read."""
        walk = asked.get("walk")
        if "row" in asked and walk is not None:
            row = asked["row"]
            key = str(row.news_id if hasattr(row, "news_id") else row.post_id)
            lost: str | None = walk.lost.get(key) or walk.gone.get(key)
            return lost
        if walk is not None:
            rows = walk.unreadable_rows.keys() - self._rows_refused
            self._rows_refused |= rows
            broken: str | None = walk.broken.get(asked.get("number"))
            return broken or next(iter(sorted(rows)), None)
        reason: str | None = spider.list_walk.broken.get(asked.get("page")) if hasattr(spider, "list_walk") else None
        return reason

    def _measure_page(self, kind: str, page: Page, asked: dict[str, Any]) -> None:
        walk = asked.get("walk")
        if walk is None:
            return
        measures = self._measures_of(walk.day)
        measures.count(landmarks(kind, page.body))
        if kind != "listing":
            measures.weigh("release page", len(page.body))
            return
        number, size = asked.get("number", 0), walk.page_size
        if number == 1 and days.kind_of(walk.day) in (days.DayKind.WORKDAY, days.DayKind.BESIDE_HOLIDAY):
            self._listings[walk.day] = (walk.declared or 0, page)
            if len(self._listings) > LISTINGS_HELD:
                del self._listings[max(self._listings, key=lambda day: self._listings[day][0])]
        if number and size and walk.declared and walk.declared >= number * size:
            measures.weigh("listing page", len(page.body))

    def _measures_of(self, day: date) -> Measures:
        return self._by_month[f"{day:%Y-%m}"]

    # What is made of it

    def spider_closed(self, spider: Spider) -> None:
        run, plan = self.crawler.get_extension(Run), getattr(spider, "plan", None)
        # After what somebody picked, nothing can be said of the board.
        if run is None or not run.opened or plan is None or plan.picks:
            return
        # Where nothing can be written, the run wants to come to its end.
        if run.store.trouble:
            return
        try:
            db = open_to_write(run.database)
            try:
                with transaction(db):
                    _Judging(self, db, run, plan).judge()
            finally:
                db.close()
        except (*UNUSABLE, OSError) as error:
            logger.warning("what this run noticed could not be written: %s", error)


class _Judging:
    """The end of one run, in one transaction."""

    def __init__(self, seen: Drift, db: Database, run: Run, plan: Plan) -> None:
        self.seen, self.db, self.run, self.plan = seen, db, run, plan
        self.board = plan.board.slug
        self.now = utc_now()
        self.today = korean_today()
        self.run_id = run.store.run_id or 0
        self.first_ever = not drift.has_measured(db, self.board)

    def judge(self) -> None:
        measured = self._write_measures()
        open_before = drift.open_findings(self.db, self.board)
        ledger = self._ledger({date.fromisoformat(each.about) for each in open_before if each.kind == Kind.DAY})
        noticed = [
            *((notice, page) for notice, page in self._layouts()),
            *((notice, self._evidence_of(notice)) for notice in shares.judge(self.board, measured)),
            *((notice, self._evidence_of(notice)) for notice in days.judge(self.board, self.run.records, ledger)),
        ]
        for notice, page in noticed:
            self._note(notice, page)
        for notice, page in self._ministries():
            self._note(notice, page, told=not self.first_ever)
        state = Seen(self.today, self.board, measured, ledger, _is_known, self.seen._read, self.seen._refused)
        again = {notice.key for notice, _ in noticed}
        over = [
            each.key
            for each in open_before
            if each.key not in again
            and is_over(Kind(each.kind), each.about, each.expected, korean_day(each.since), state)
        ]
        drift.end(self.db, over, self.run_id, self.now)
        lasting = {each.key for each in open_before if each.kind in (Kind.DAY, Kind.MINISTRY) or measured}
        drift.see_again(self.db, (again | lasting) - set(over), self.now)

    def _write_measures(self) -> list[Measures]:
        """Write what was counted; all that is to be compared, none where this run adds nothing to it."""
        asked = asked_for(self.plan)
        counted = {month: measures for month, measures in self.seen._by_month.items() if measures.releases}
        if not counted:
            return []
        drift.write_measures(self.db, self.board, asked, counted, run_id=self.run_id, now=self.now)
        drift.thin(self.db, utc_ago(THIN_AFTER))
        return drift.measured(self.db, self.board, asked)

    def _ledger(self, also: Collection[date]) -> dict[date, int]:
        about = {*self.run.records, *also}
        if not about:
            return {}
        ends = min(about) - days.REACH, max(about) + days.REACH
        return drift.releases_of_days(self.db, self.board, self.plan.filter, *ends)

    def _layouts(self) -> Iterator[tuple[Notice, Page]]:
        for kind, (reason, page) in self.seen._strange.items():
            yield unknown_layout(self.board, kind, self.seen._refused[kind], reason, page.body), page

    def _ministries(self) -> Iterator[tuple[Notice, Page | None]]:
        listing = self.seen._last.get("listing")
        codes = self.run.site_codes
        for name, code in codes.items():
            if not _is_known(name):
                yield unknown_ministry(name, code, None), listing
        newest = drift.newest_day(self.db, self.board)
        for name, (item, page) in self.seen._names.items():
            if name not in codes and newest and item.listed_on >= newest - RECENT:
                yield unknown_ministry(name, item.ministry_code, item.news_id), page

    def _evidence_of(self, notice: Notice) -> Page | None:
        if notice.kind is Kind.DAY:
            held = self.seen._listings.get(date.fromisoformat(notice.measure))
            return held[1] if held else None
        kind = "listing" if "listing" in notice.measure else "release"
        return self.seen._without.get(notice.measure) or self.seen._last.get(kind) or self.seen._last.get("post")

    def _note(self, notice: Notice, page: Page | None, *, told: bool = True) -> None:
        if not drift.is_new(self.db, notice):
            return
        drift.add(
            self.db,
            self.board,
            notice,
            evidence=self._keep(notice, page) if told else None,
            exchange_id=page.exchange_id if page else None,
            run_id=self.run_id,
            now=self.now,
            told=told,
        )

    def _keep(self, notice: Notice, page: Page | None) -> str | None:
        """Save the page that shows it; where it is, in words."""
        if page is None:
            return None
        number = f"page {page.exchange_id} of the archive" if page.exchange_id else None
        spare = {(each.evidence or "").partition(",")[0] for each in drift.open_findings(self.db)}
        try:
            saved = keep_page(self.run.database.parent, self.today, self.board, notice, page.body, spare=spare)
        except OSError as error:
            logger.warning("the page that shows it could not be saved: %s", error)
            return number
        return ", ".join(filter(None, (saved, number)))


class PagesRead:
    """Spider middleware: tells :class:`Drift` of each page whose callback is done, unless it asked for it again."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        tries = response.meta.get("retry_times", 0)
        again = False
        async for each in result:
            again = again or (isinstance(each, Request) and each.meta.get("retry_times", 0) > tries)
            yield each
        drift_of_run = self.crawler.get_extension(Drift)
        if drift_of_run is not None and not again:
            drift_of_run.page_came(response, self.crawler.spider)


def asked_for(plan: Plan) -> str:
    """What a plan asks for where it is not everything: releases are compared with those of the same question."""
    files = "" if plan.attachments is not Attachments.NONE else f"attachments={plan.attachments}"
    return "&".join(filter(None, (plan.filter, files)))


def _page(response: Response) -> Page:
    return Page(response.body, response.meta.get("exchange"))


def _is_known(name: str) -> bool:
    try:
        find_ministry(name)
    except UnknownMinistry:
        return False
    return True
