"""The run: holds the lock and the database, says which days to walk, and closes the books.

It is an extension so that `harvest crawl` and `scrapy crawl` do the very same.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from twisted.internet.error import ReactorNotRunning

from harvester.clock import korean_today, utc_now
from harvester.filesystems import itself
from harvester.items import Unknown
from harvester.korean import UnknownMinistry, find_ministry
from harvester.lock import lock
from harvester.pages.markup import clean
from harvester.plan import Plan
from harvester.room import DISK, explain
from harvester.settling import CATCH_UP, choose
from harvester.signals import day_closed
from harvester.spiders.walk import DayWalk
from harvester.store import UNUSABLE, DayRecord, Saved, Store, archive_path
from harvester.store.database import why_unusable
from harvester.texts import Attachments
from harvester.verdict import Exit, Verdict, judge, unfinished

logger = logging.getLogger(__name__)

AFTER_A_SIGNAL = 5.0
"""Seconds that what was asked for has to arrive: who stops a program kills it soon after, Docker after ten seconds."""
FLUSH_EVERY = 0.05
"""Seconds a read release may wait to be written: at a polite pace each is written by itself."""


class Run:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.database = itself(Path(crawler.settings["DATABASE"]))
        self.lock = lock(self.database)
        kept = crawler.settings.getbool("ARCHIVE")
        try:
            self.store = Store(self.database, archive_path(self.database) if kept else None)
        except BaseException as problem:
            self._leave_refused(crawler.spider, problem)
            self.lock.release()
            raise
        self.verdict: Verdict | None = None
        self.records: dict[date, DayRecord] = {}
        self.skipped = 0
        self.problem: Exception | None = None
        """Why the books could not be opened."""
        self.opened = False
        """Whether the run has its row."""
        self.broken: str | None = None
        """Why nothing more could be written: no other board would fare better."""
        self._closing = False
        self._stop_at: float | None = None
        self.plan: Plan
        """What is asked; without a range, from the first day to be looked at. Known once the spider is opened."""
        self._to_walk: list[date] = []
        self._known: dict[date, DayRecord] = {}
        """The ledger's rows of the days that are only looked at, as long as nothing differs."""
        self._site_codes: dict[str, str] = {}
        self._flushing = create_looping_call(self._flush)
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The run of a crawl."""
        run = crawler.get_extension(cls)
        if run is None:
            raise RuntimeError("the extension Run is not in EXTENSIONS")
        return run

    @property
    def saved(self) -> dict[str, int]:
        """How many releases were `new`, `changed` and `unchanged`."""
        return {kind.value: self.store.saved[kind] for kind in Saved}

    # What the spider asks

    def days_to_walk(self) -> list[date]:
        """The asked days that need a walk, newest first."""
        return self._to_walk

    def known_at_a_glance(self, day: date) -> DayRecord | None:
        """What the ledger says of a day that need not be walked where a page of its listing says the same."""
        return self._known.get(day)

    def page_to_look_at(self, day: date) -> int | None:
        """Which page of a day's listing to look at; None for a day to be walked.

        Another one each time, so that all are looked at within as many runs. A day of one page is walked: that costs no
        more.
        """
        known = self._known.get(day)
        if known is None:
            return None
        pages = ceil((known.declared or 0) / self.plan.board.rows_a_page)
        return None if pages == 1 else (known.glanced_page or 0) % max(pages, 1) + 1

    def met_ministries(self, table: Mapping[str, str]) -> None:
        """Take the site's own table of ministries, code to name of today; what we do not know is noted."""
        names = {name: code for code, name in table.items()}
        if names == self._site_codes or not names:
            return
        self._site_codes = names
        unknown = [
            Unknown("ministry", f"{name} ({code})")
            for name, code in names.items()
            if self._code_by_knowledge(name, korean_today()) is None
        ]
        if unknown:
            self.store.note_unknowns(unknown)

    @property
    def site_codes(self) -> Mapping[str, str]:
        """The site's own table of ministries, name of today to code."""
        return self._site_codes

    def site_code(self, name: str) -> str | None:
        """The code the site's own table has for a name of today."""
        return self._site_codes.get(clean(name))

    def ministry_code(self, name: str, day: date) -> str | None:
        return self.site_code(name) or self._code_by_knowledge(name, day)

    def close_day(self, walk: DayWalk) -> None:
        """Write a walked day into the ledger."""
        try:
            if walk.glanced_page:
                record = self.store.glance_at_day(self._known[walk.day], walk.glanced_page, walk.unchanged)
            else:
                record = self._close_walked_day(walk)
        except UNUSABLE as problem:
            # Raised into a signal's handler, nobody would hear it: the day counts as not reached, and the run ends.
            if self._end_for(problem) is None:
                raise
            return
        self.records[walk.day] = record
        glanced = walk.glanced_page is not None
        self.crawler.stats.inc_value("days/looked_at" if glanced else f"days/{record.state}")
        self.crawler.stats.inc_value("releases/failed", len(walk.lost | walk.gone))
        self.crawler.signals.send_catch_log(day_closed, record=record, glanced=glanced, spider=self.crawler.spider)

    def _close_walked_day(self, walk: DayWalk) -> DayRecord:
        plan = self.plan
        state, reason = walk.verdict()
        listed = walk.followed | walk.unchanged.keys() if plan.picks else walk.listed
        return self.store.close_day(
            board=plan.board.slug,
            day=walk.day,
            filter_=plan.filter,
            # An edit, or a move to another ministry, takes a release out of a filter: its absence proves nothing.
            can_withdraw=not plan.filter,
            accept_withdrawals=plan.accept_withdrawals,
            in_ledger=plan.picks is None,
            declared=walk.declared if walk.anything_read else None,
            listed=sorted(listed) if walk.anything_read else None,
            unchanged=walk.unchanged,
            state=state,
            reason=reason,
        )

    # Opening and closing the books

    def spider_opened(self, spider: Spider) -> None:
        plan = self._plan_of(spider)
        try:
            if plan.settling:
                to_walk = self._settle(plan)
                plan = spider.plan = replace(plan, since=min([plan.since, *to_walk]))  # type: ignore[attr-defined]
            else:
                to_walk = self._choose_days(plan)
                self.skipped = len(plan) - len(to_walk)
            self.plan = plan
            self.store.start_run(
                verb=plan.verb,
                arguments=plan.arguments,
                days_asked=len(to_walk) + len(self.records) + self.skipped,
                version=version("koreakr-harvester"),
                unwritten=self.lock.unwritten,
            )
        except Exception as problem:
            # Scrapy only logs what a signal's handler raises; without days to walk the spider ends by itself.
            self.problem = problem
            self._leave_refused(spider, problem)
            return
        if self.lock.unwritten:
            self.lock.leave_nothing()
        if ahead := self.store.time_ahead():
            logger.error("the clock says %s, and a run before this one says %s: one of them is wrong", utc_now(), ahead)
        self._to_walk = to_walk
        if self.skipped:
            logger.info("%d of %d days need no walk: settled, or done before an interruption", self.skipped, len(plan))
        self.opened = True
        self._flushing.start(FLUSH_EVERY, now=False)

    def close_if_stopped_early(self) -> bool:
        """Close the books of a run that a signal stopped before its engine ran, when Scrapy closes no spider."""
        if self.opened and not self._closing:
            self.spider_closed(self.crawler.spider, "shutdown")
            return True
        return False

    def spider_closed(self, spider: Any, reason: str) -> None:
        self._closing = True
        if not self.opened:
            self.store.close()
            self.lock.release()
            return
        if self._flushing.running:
            self._flushing.stop()
        if spider.stop_reason:
            for walk in list(spider.walks.values()):
                self.close_day(walk)
        verdict = judge(
            asked={*self._to_walk, *self.records},
            skipped=self.skipped,
            records=self.records,
            stopped=spider.stop_reason,
            interrupted=reason == "shutdown",
            done="looked through" if self.plan.picks else "complete",
        )
        try:
            self.store.finish_run(self._row(verdict))
        except UNUSABLE as problem:
            verdict = unfinished(verdict, self.store.trouble or str(problem))
            left = self.store.leave_run(self._row(verdict))
            if left is not None and not self.lock.leave(left):
                logger.error("the end of run %s could not be written anywhere", self.store.run_id)  # noqa: TRY400
        self.store.close()
        self.lock.release()
        # Last, so that no verdict is spoken that the database does not hold.
        self.verdict = verdict

    def _row(self, verdict: Verdict) -> dict[str, int | str | None]:
        """What this run writes into its row at its end."""
        stats = self.crawler.stats
        return {
            "days_closed": self.skipped + len(self.records),
            "requests": stats.get_value("downloader/request_count", 0),
            "bytes": stats.get_value("downloader/response_bytes", 0),
            "failed": stats.get_value("releases/failed", 0),
            "verdict": verdict.word,
            "reason": verdict.sentence,
            "exit_status": int(verdict.exit_status),
        }

    def _leave_refused(self, spider: Any, problem: BaseException) -> None:
        """Leave word of a run that its database kept from beginning: what tells of the last run is not to be the one
        before."""
        if not isinstance(problem, UNUSABLE):
            return
        plan = self._plan_of(spider)
        self.lock.leave(
            {
                "verb": plan.verb,
                "arguments": plan.arguments,
                "days_asked": len(plan),
                "started_at": utc_now(),
                "version": version("koreakr-harvester"),
                "verdict": "failure",
                "reason": why_unusable(problem, self.database),
                "exit_status": int(Exit.FAILURE),
            }
        )

    # When nothing can be written any more

    def _flush(self) -> None:
        self.store.flush()
        self.lock.give_sign()
        if trouble := self.store.trouble:
            self._end(trouble)
        if not self.crawler.crawling and not self._closing:
            self._hurry()

    def _hurry(self) -> None:
        """After a signal: wait for what the site is about to answer, and not for a site that hangs."""
        if self._stop_at is None:
            self._stop_at = monotonic() + AFTER_A_SIGNAL
        elif monotonic() >= self._stop_at:
            from twisted.internet import reactor  # noqa: PLC0415  (Scrapy has installed the one it wants by now)

            self._flushing.stop()
            with suppress(ReactorNotRunning):
                reactor.stop()  # type: ignore[misc]

    def _end_for(self, problem: BaseException | None) -> str | None:
        """End the run for trouble that lasts, and say which; None for what is none of the disk or the files."""
        why = self.store.trouble
        if why is None and isinstance(problem, OSError) and problem.errno in DISK:
            why = explain(problem, self.database)
        if why is not None:
            self._end(why)
        return why

    def _end(self, why: str) -> None:
        """Ask for no more of what cannot be kept."""
        self.broken = why
        spider: Any = self.crawler.spider
        if not self._closing:
            spider.end(why)
        elif spider.stop_reason is None:
            spider.stop_reason = why

    def why_lost(self, error: BaseException | None) -> str:
        """Why a page was lost on which this was raised; of trouble with the disk or the files the run ends."""
        return self._end_for(error) or f"a mistake of the program: {error!r}"

    @staticmethod
    def _plan_of(spider: Any) -> Plan:
        plan: Plan = spider.plan
        return plan

    def _settle(self, plan: Plan) -> list[date]:
        """The days to walk or to look at of a crawl without a range; of those left alone the ledger's word holds."""
        began = self.store.settling_since(plan.board.slug, plan.filter, plan.until - CATCH_UP)
        since = min(plan.since, began or plan.since)
        ledger = self.store.days(plan.board.slug, plan.filter, date.min, plan.until)
        choice = choose(ledger, since, plan.until, datetime.fromisoformat(utc_now()), plan.board.rows_a_page)
        wanting = self._days_wanting(plan)
        self._known = {day: ledger[day] for day in choice.looks if day not in wanting}
        self.records = {day: ledger[day] for day in choice.left}
        return choice.days

    def _choose_days(self, plan: Plan) -> list[date]:
        """All asked days; for a backfill, without those that are settled, or done since it was interrupted."""
        if plan.verb != "backfill":
            return list(plan.days())
        ledger = self.store.days(plan.board.slug, plan.filter, plan.since, plan.until)
        since = self.store.interrupted_since(plan.verb, plan.arguments_of_command)

        wanting = self._days_wanting(plan)

        def needs_walk(day: date, record: DayRecord | None) -> bool:
            if record is None or not record.confirmed or day in wanting:
                return True
            done_before_interruption = since is not None and record.checked_at >= since and record.checked_late
            return (record.settled_at is None or plan.again) and not done_before_interruption

        return [day for day in plan.days() if needs_walk(day, ledger.get(day))]

    def _days_wanting(self, plan: Plan) -> set[date]:
        """The days whose releases lack what this run fetches and a run before did not."""
        if plan.attachments is Attachments.NONE:
            return set()
        files = plan.attachments is Attachments.ALL
        return self.store.days_wanting(plan.board.slug, plan.since, plan.until, files=files)

    def _code_by_knowledge(self, name: str, day: date) -> str | None:
        try:
            return find_ministry(name, on=day).code
        except UnknownMinistry:
            return None
