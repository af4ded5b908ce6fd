"""Crawls what was asked, board by board, in this process, and turns the outcome into an exit status."""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.error import ReactorNotRunning

from harvester.boards import BOARDS, ESG_BOARD, K_ESG, KOREA_KR, Board, BriefingBoard, board_address
from harvester.cli.locked import with_lock
from harvester.cli.logs import log_to_stderr
from harvester.cli.main import say
from harvester.cli.noticed import say_what_was_noticed
from harvester.cli.options import bad, database_path, ministry_codes
from harvester.cli.originals import Originals
from harvester.cli.progress import ProgressLine
from harvester.cli.telling import Telling
from harvester.extensions.run import Run
from harvester.manners import pace
from harvester.plan import Place, Plan
from harvester.spiders.arguments import WrongArgument, check_filter, read_range
from harvester.spiders.boards import spider_of
from harvester.spiders.whereabouts import WhereaboutsSpider
from harvester.telling.teller import Address
from harvester.texts import Attachments
from harvester.verdict import NOT_BEGUN, Exit, Verdict, together


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says, as click read it."""

    db: Path | None
    data: Path
    boards: tuple[Board, ...]
    ministries: tuple[str, ...]
    query: str
    site: str
    esg_board: str | None
    rate: float
    concurrency: int
    attachments: str
    archive: bool
    accept_withdrawals: bool
    notify: tuple[str, ...]
    ping: str | None
    heartbeat: bool
    verbose: bool
    as_json: bool


def run_verb(
    verb: str, asked: Asked, *, since: date | None, until: date | None, days: int | None = None, again: bool = False
) -> int:
    """Check what was asked, crawl it, print the report; the exit status."""
    try:
        first, last = read_range(since, until, days)
    except WrongArgument as error:
        raise bad(error) from None
    settling = verb == "crawl" and (since, until, days) == (None, None, None)
    plans = list(plans_of(verb, asked, first, last, again=again, settling=settling))
    sites = {board_address(asked.esg_board, asked.site) if board == ESG_BOARD else asked.site for board in asked.boards}
    for option, concurrency in (("--rate", 1), ("--concurrency", asked.concurrency)):
        try:
            for site in sites:
                pace(site, asked.rate, concurrency)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"'{option}'") from None
    database = database_path(asked.db, asked.data)
    settings = {
        "SITE": asked.site,
        "ESG_BOARD": asked.esg_board or "",
        "RATE": asked.rate,
        "CONCURRENCY": asked.concurrency,
        "DATABASE": str(database),
        "ARCHIVE": asked.archive,
    }

    telling = Telling(Address(asked.notify, asked.ping, asked.heartbeat), plans, sites, database)

    def work() -> int:
        with telling.of_what_breaks():
            telling.runs = Crawls(settings, verbose=asked.verbose).crawl(plans)
        return 0

    status = with_lock(database, work)
    if telling.runs is None:
        return status
    # After the lock, which the next run may want while somebody reads the report of this one, and is told of it.
    with telling.of_what_breaks():
        verdict = report(telling.runs, database, as_json=asked.as_json)
    return say(verdict.exit_status, verdict.word, verdict.sentence)


def plans_of(
    verb: str, asked: Asked, since: date, until: date, *, again: bool, settling: bool = False
) -> Iterable[Plan]:
    """A plan for each board asked for. Raises click.BadParameter."""
    codes = ministry_codes(asked.ministries, since, until)
    words = asked.query.strip()
    boards = [board for board in asked.boards if can_be_asked(board, codes, words, asked.boards)]
    for board in boards:
        yield Plan(
            board=board,
            since=since,
            until=until,
            codes=codes,
            all_codes=ministry_codes(asked.ministries),
            words=words,
            verb=verb,
            again=again,
            settling=settling,
            attachments=Attachments(asked.attachments),
            accept_withdrawals=asked.accept_withdrawals,
            boards=tuple(each.slug for each in boards) if len(boards) > 1 else (),
        )


def can_be_asked(board: Board, codes: tuple[str, ...], words: str, boards: tuple[Board, ...]) -> bool:
    """Whether a board can be filtered so; where all are asked for, one that cannot is left out, and said to be."""
    try:
        check_filter(board, codes, words)
    except WrongArgument as error:
        if not set(BOARDS.values()) <= set(boards):
            raise bad(error) from None
        click.echo(f"{board.slug} is left out: {error.message}", err=True)
        return False
    return True


class Crawls:
    """Crawls in this process, one after the other: a site is never asked by two at once."""

    def __init__(self, settings: Mapping[str, Any], *, verbose: bool) -> None:
        self._on_terminal = sys.stderr.isatty() and not verbose
        self._settings = Settings()
        self._settings.setmodule("harvester.settings", priority="project")
        self._settings.setdict({**settings, "LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline")
        self._process = AsyncCrawlerProcess(self._settings)
        log_to_stderr(verbose=verbose, quiet=self._on_terminal)
        self._begun: list[tuple[Plan, Crawler]] = []
        self._left_alone: set[str] = set()
        """Hosts that are away, or want nobody; all of them, where somebody stopped us."""

    def crawl(self, plans: Sequence[Plan]) -> list[tuple[Plan, Run | None]]:
        """What came of each plan, None for one that was not begun. Raises what kept one from starting."""
        from twisted.internet import reactor  # noqa: PLC0415  (Scrapy has installed the one it wants by now)

        def stop(_: object) -> None:
            with suppress(ReactorNotRunning):
                reactor.stop()  # type: ignore[misc]

        task = asyncio.get_event_loop().create_task(self._one_by_one(plans))
        task.add_done_callback(stop)
        self._process.start(stop_after_crawl=False)
        error = task.exception() if task.done() and not task.cancelled() else None
        ended: dict[int, Run] = {id(plan): self._ended(crawler, error) for plan, crawler in self._begun}
        if error:
            raise error
        not_begun = [plan for plan in plans if id(plan) not in ended]
        return [(plan, ended[id(plan)]) for plan, _ in self._begun] + [(plan, None) for plan in not_begun]

    async def _one_by_one(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            await self._crawl(plan)
            if plan.board == ESG_BOARD and plan.board.host not in self._left_alone:
                await self._fetch_originals(plan)

    async def _crawl(self, plan: Plan) -> bool:
        """Crawl one plan, unless its site is to be left alone; whether all of it is complete."""
        if plan.board.host in self._left_alone:
            return False
        crawler = Crawler(spider_of(plan.board), self._settings.copy())
        self._begun.append((plan, crawler))
        line = ProgressLine(crawler) if self._on_terminal else None
        await self._process.crawl(crawler, plan=plan)
        if line:
            line.clear()
        run = crawler.get_extension(Run)
        if run is None or run.verdict is None or run.broken or run.verdict.word == "interrupted":
            self._left_alone |= {KOREA_KR, K_ESG}
            return False
        if getattr(crawler.spider, "site_is_away", False):
            self._left_alone.add(plan.board.host)
        return run.verdict.exit_status is Exit.COMPLETE

    async def _fetch_originals(self, plan: Plan) -> None:
        """What posts of the ESG board re-post, and the database has not, is fetched from korea.kr at once."""
        originals = Originals(plan, Path(self._settings["DATABASE"]))
        complete = [await self._crawl(each) for each in originals.plans()]
        if KOREA_KR in self._left_alone:
            return
        places, all_told = await self._look_up(originals.links())
        complete += [await self._crawl(each) for each in originals.plans(places)]
        if all_told and all(complete):
            originals.finish()

    async def _look_up(self, links: dict[int, BriefingBoard]) -> tuple[dict[int, Place], bool]:
        """Where these releases are listed, and whether the site told it of all that are there."""
        if not links:
            return {}, True
        crawler = Crawler(WhereaboutsSpider, self._settings.copy())
        await self._process.crawl(crawler, boards=links)
        spider = crawler.spider
        assert isinstance(spider, WhereaboutsSpider)
        return spider.found, spider.finished and not spider.troubled

    @staticmethod
    def _ended(crawler: Crawler, error: BaseException | None) -> Run:
        """The run of a crawl that is over. Raises what kept it from starting."""
        try:
            run = crawler.get_extension(Run)
        except RuntimeError:
            run = None  # Scrapy did not come so far as to have extensions
        if run is not None and run.close_if_stopped_early():
            return run
        error = error or (run.problem if run else None)
        if error:
            raise error
        if run is None or not run.opened:
            raise KeyboardInterrupt  # nothing went wrong, and nothing was begun: somebody stopped us
        return run


def report(runs: list[tuple[Plan, Run | None]], database: Path, *, as_json: bool) -> Verdict:
    """What came of it: in full for a machine, what is incomplete for a person; and what the last line is to say."""
    if any(run is not None and run.verdict is None for _, run in runs):
        return Verdict("failure", Exit.FAILURE, "the run ended without closing its books; see the lines above")
    summaries = [summary(plan, run, database) for plan, run in runs]
    for told in summaries:
        name = f"{told['board']} " if len(summaries) > 1 else ""
        for day in told["days"]:
            if day["state"] not in ("complete", "empty"):
                click.echo(f"{name}{day['day']} {day['state']}: {day['reason']}", err=True)
    say_what_was_noticed((run.store.run_id for _, run in runs if run), database)
    verdict = together(
        [
            (f"{plan.board.slug}{f' ({plan.filter})' if plan.picks else ''}", run.verdict if run else None)
            for plan, run in runs
        ]
    )
    counts = {kind: sum(told[kind] for told in summaries) for kind in ("new", "changed", "unchanged")}
    if as_json:
        whole = {
            "verdict": verdict.word,
            "exit_status": int(verdict.exit_status),
            "reason": verdict.sentence,
            "database": str(database),
        }
        told = summaries[0] if len(summaries) == 1 else {**whole, **counts, "boards": summaries}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    counted = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return replace(verdict, sentence=f"{verdict.sentence}; {counted} releases in {database}")


def summary(plan: Plan, run: Run | None, database: Path) -> dict[str, Any]:
    """One board's part of the report, for a machine."""
    verdict = run.verdict if run and run.verdict else NOT_BEGUN
    plan = run.plan if run else plan
    return {
        "verdict": verdict.word,
        "exit_status": int(verdict.exit_status),
        "reason": verdict.sentence,
        "database": str(database),
        "board": plan.board.slug,
        "since": plan.since.isoformat(),
        "until": plan.until.isoformat(),
        "filter": plan.filter,
        "skipped": run.skipped if run else 0,
        **(run.saved if run else {"new": 0, "changed": 0, "unchanged": 0}),
        "days": [asdict(run.records[day]) for day in sorted(run.records)] if run else [],
    }
