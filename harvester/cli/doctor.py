"""`harvest doctor`."""

import json
from pathlib import Path
from typing import Any

import click
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from harvester.boards import BOARDS, ESG_BOARD, Board, BriefingBoard
from harvester.cli.logs import log_to_stderr
from harvester.cli.main import say
from harvester.cli.options import board_option, db_option, json_option, pace_options, site_option
from harvester.manners import pace
from harvester.spiders.doctor import LIST, DoctorSpider, Finding
from harvester.verdict import Exit

FOLDER = "doctor"
"""In the data folder: pages that are not as expected."""


@click.command("doctor", short_help="does the site still look as expected?")
@board_option
@site_option
@pace_options
@click.option("--verbose", "-v", is_flag=True, envvar="HARVEST_VERBOSE", help="Log every request and every retry.")
@db_option
@json_option
@click.pass_context
def command(  # noqa: PLR0917  (click passes them by name)
    ctx: click.Context,
    /,
    boards: tuple[Board, ...],
    site: str,
    rate: float,
    concurrency: int,
    verbose: bool,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Ask the site for one page of each kind, and say whether it still looks as this version expects.

    For each board (all of korea.kr where none is named) the first page of its list and the release listed first. A page
    that is not as expected is kept in the folder doctor of the data folder, for whoever mends the reader.

    \b
    harvest doctor
    harvest doctor --board speech --json

    Exit status: 0 where all is as expected, 3 where something is not, 1 where the site gave no page.
    """
    if ctx.get_parameter_source("boards") is click.core.ParameterSource.DEFAULT:
        boards = tuple(BOARDS.values())
    if ESG_BOARD in boards:
        raise click.BadParameter(f"{ESG_BOARD.slug} is not looked at by this verb", param_hint="'--board'")
    try:
        pace(site, rate, concurrency)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--rate'") from None
    findings = examine(
        [board for board in boards if isinstance(board, BriefingBoard)],
        {"SITE": site, "RATE": rate, "CONCURRENCY": concurrency},
        verbose=verbose,
    )
    saved = save_pages(findings, data / FOLDER)
    if as_json:
        told = [as_data(each, saved.get(each)) for each in findings]
        click.echo(json.dumps({"site": site, "findings": told}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(as_text(each, saved.get(each)) for each in findings))
    return judge(findings, site, len(boards))


def examine(boards: list[BriefingBoard], settings: dict[str, Any], *, verbose: bool) -> list[Finding]:
    """What the pages of these boards are like, in the order they were asked for."""
    project = Settings()
    project.setmodule("harvester.settings", priority="project")
    project.setdict({**settings, "LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline")
    process = AsyncCrawlerProcess(project)
    log_to_stderr(verbose=verbose, quiet=not verbose)
    crawler = Crawler(DoctorSpider, project)
    process.crawl(crawler, boards=boards)
    process.start()
    spider = crawler.spider
    assert isinstance(spider, DoctorSpider)
    places = {board.slug: place for place, board in enumerate(boards)}
    return sorted(spider.findings, key=lambda each: (places[each.board], each.kind))


def save_pages(findings: list[Finding], folder: Path) -> dict[Finding, Path]:
    """Keep the pages that are not as expected."""
    saved = {}
    for each in findings:
        if each.wrong and each.body:
            folder.mkdir(parents=True, exist_ok=True)
            saved[each] = folder / f"{each.board}-{each.kind}.html"
            saved[each].write_bytes(each.body)
    return saved


def as_data(finding: Finding, saved: Path | None) -> dict[str, Any]:
    return {
        "board": finding.board,
        "page": finding.kind,
        "url": finding.url,
        "as_expected": not finding.wrong,
        "says": finding.says,
        "saved": str(saved) if saved else None,
    }


def as_text(finding: Finding, saved: Path | None) -> str:
    verdict = "NOT AS EXPECTED" if finding.wrong else "as expected"
    kept = f"\n    the page is kept in {saved}; what is expected: docs/source-notes.md" if saved else ""
    return f"{finding.board} {finding.kind}: {verdict}: {finding.says}{kept}"


def judge(findings: list[Finding], site: str, boards: int) -> int:
    """The last line, on so many boards."""
    wrong = [each for each in findings if each.wrong]
    not_seen = boards - sum(each.kind == LIST for each in findings)
    if not findings:
        return say(Exit.FAILURE, "failure", f"no page of {site} was seen")
    if not_seen:
        return say(Exit.PARTIAL, "interrupted", f"stopped before {not_seen} of {boards} boards were looked at")
    if not wrong:
        return say(Exit.COMPLETE, "complete", f"{len(findings)} pages of {site} look as expected")
    sentence = f"{len(wrong)} of {len(findings)} pages of {site} are not as expected"
    named = ", ".join(f"{each.board} {each.kind}" for each in wrong)
    if len(wrong) == len(findings):
        return say(Exit.FAILURE, "failure", f"{sentence}: {wrong[0].says}")
    return say(Exit.PARTIAL, "partial", f"{sentence}: {named}")
