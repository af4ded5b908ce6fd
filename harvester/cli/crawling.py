"""Runs a plan as a Scrapy crawl in this process and turns its outcome into an exit status."""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvester.boards import PRESS_RELEASE, Board
from harvester.cli.locked import with_lock
from harvester.cli.logs import log_to_stderr
from harvester.cli.main import say
from harvester.cli.options import bad, database_path, ministry_codes
from harvester.cli.progress import ProgressLine
from harvester.extensions.run import Run
from harvester.manners import pace
from harvester.plan import Plan
from harvester.spiders.arguments import WrongArgument, read_range
from harvester.spiders.briefings import spider_of
from harvester.texts import Attachments
from harvester.verdict import Exit


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says, as click read it."""

    db: Path | None
    data: Path
    boards: tuple[Board, ...]
    ministries: tuple[str, ...]
    query: str
    site: str
    rate: float
    concurrency: int
    attachments: str
    archive: bool
    accept_withdrawals: bool
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
    if len(asked.boards) > 1:
        raise click.BadParameter("one board a run for now", param_hint="'--board'")
    codes = ministry_codes(asked.ministries, first, last)
    plan = Plan(
        board=asked.boards[0] if asked.boards else PRESS_RELEASE,
        since=first,
        until=last,
        codes=codes,
        all_codes=tuple(sorted({*codes, *ministry_codes(asked.ministries)})),
        words=asked.query.strip(),
        verb=verb,
        again=again,
        attachments=Attachments(asked.attachments),
        accept_withdrawals=asked.accept_withdrawals,
    )
    for option, concurrency in (("--rate", 1), ("--concurrency", asked.concurrency)):
        try:
            pace(asked.site, asked.rate, concurrency)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"'{option}'") from None
    database = database_path(asked.db, asked.data)
    settings = {
        "SITE": asked.site,
        "RATE": asked.rate,
        "CONCURRENCY": asked.concurrency,
        "DATABASE": str(database),
        "ARCHIVE": asked.archive,
    }

    def work() -> int:
        return report(plan, crawl(plan, settings, verbose=asked.verbose), database, as_json=asked.as_json)

    return with_lock(database, work)


def crawl(plan: Plan, settings: dict[str, Any], *, verbose: bool) -> Run:
    """Run the spider of the plan's board to its end. Raises what kept it from starting."""
    on_terminal = sys.stderr.isatty() and not verbose
    project = Settings()
    project.setmodule("harvester.settings", priority="project")
    project.setdict(settings | {"LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline")
    process = AsyncCrawlerProcess(project)
    log_to_stderr(verbose=verbose, quiet=on_terminal)
    crawler = process.create_crawler(spider_of(plan.board))
    line = ProgressLine(crawler) if on_terminal else None
    task = process.crawl(crawler, plan=plan)
    process.start()
    if line:
        line.clear()
    error = task.exception() if task.done() and not task.cancelled() else None
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


def report(plan: Plan, run: Run, database: Path, *, as_json: bool) -> int:
    """What came of it: in full for a machine, what is incomplete for a person, and the last line."""
    verdict = run.verdict
    if verdict is None:
        return say(Exit.FAILURE, "failure", "the run ended without closing its books; see the lines above")
    records = [run.records[day] for day in sorted(run.records)]
    if as_json:
        days = [asdict(record) for record in records]
        summary = {
            "verdict": verdict.word,
            "exit_status": int(verdict.exit_status),
            "reason": verdict.sentence,
            "database": str(database),
            "board": plan.board.slug,
            "since": plan.since.isoformat(),
            "until": plan.until.isoformat(),
            "filter": plan.filter,
            "skipped": run.skipped,
            **run.saved,
            "days": days,
        }
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    for record in records:
        if not record.confirmed:
            click.echo(f"{record.day} {record.state}: {record.reason}", err=True)
    saved = run.saved
    counts = f"{saved['new']} new, {saved['changed']} changed, {saved['unchanged']} unchanged releases"
    return say(verdict.exit_status, verdict.word, f"{verdict.sentence}; {counts} in {database}")
