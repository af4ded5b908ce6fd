"""`harvest doctor`."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from harvester.boards import BOARDS, ESG_BOARD, Board, BriefingBoard, board_address
from harvester.cli.logs import log_to_stderr
from harvester.cli.main import say
from harvester.cli.options import (
    BoardAddress,
    board_option,
    database_path,
    db_option,
    json_option,
    pace_options,
    site_option,
)
from harvester.examination import Area, Finding, Mark, database, machine
from harvester.manners import pace
from harvester.verdict import Exit

TITLES = {Area.MACHINE: "This machine", Area.DATABASE: "The database", Area.SITE: "The site"}
NAMED = 4
"""Findings that the last line names."""


@click.command("doctor", short_help="this machine, the database and the site: is anything the matter?")
@click.option(
    "--only",
    "areas",
    type=click.Choice([area.value for area in Area]),
    multiple=True,
    help="Look at nothing else; can be given again.",
)
@click.option("--thorough", is_flag=True, help="Read the whole database and its archive, however long it takes.")
@board_option
@site_option
@click.option(
    "--esg-board",
    type=BoardAddress(),
    envvar="HARVEST_ESG_BOARD",
    help="Where the ESG board is, if not at its own site.",
)
@pace_options
@click.option("--verbose", "-v", is_flag=True, envvar="HARVEST_VERBOSE", help="Log every request and every retry.")
@db_option
@json_option
@click.pass_context
def command(  # noqa: PLR0917  (click passes them by name)
    ctx: click.Context,
    /,
    areas: tuple[str, ...],
    thorough: bool,
    boards: tuple[Board, ...],
    site: str,
    esg_board: str | None,
    rate: float,
    concurrency: int,
    verbose: bool,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Look at this machine, the database and the site, and say of each thing whether it is as it should be, and what to
    do where it is not.

    The site is asked for robots.txt and one page of each kind: for each board (all of korea.kr where none is named) the
    first page of its list and the release listed first, and one of its files. A page that is not as expected is kept
    in the folder doctor of the data folder. The database is only read, also while a run is under way.

    \b
    harvest doctor
    harvest doctor --only database --thorough
    harvest doctor --only site --board speech --json

    Exit status: 0 where all is as it should be, 3 where something is not, 1 where no run can work until it is put
    right.
    """
    if ctx.get_parameter_source("boards") is click.core.ParameterSource.DEFAULT:
        boards = tuple(BOARDS.values())
    for option, at_once in (("--rate", 1), ("--concurrency", concurrency)):
        try:
            pace(site, rate, at_once)
            if ESG_BOARD in boards:
                pace(board_address(esg_board, site), rate, at_once)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"'{option}'") from None
    wanted = [area for area in Area if area.value in areas or not areas]
    path = database_path(db, data)
    found: list[Finding] = []
    finished = True
    if Area.MACHINE in wanted:
        found += machine.examine(path, data, getattr(sys.stdout, "encoding", None) or "")
    if Area.DATABASE in wanted:
        found += database.examine(path, thorough=thorough)
    if Area.SITE in wanted:
        of_site, finished = look_at_site(
            [board for board in boards if isinstance(board, BriefingBoard)],
            {"SITE": site, "ESG_BOARD": esg_board or "", "RATE": rate, "CONCURRENCY": concurrency},
            data,
            with_esg=ESG_BOARD in boards,
            verbose=verbose,
        )
        found += of_site
    status, word, sentence = judge(found, site, finished=finished)
    if as_json:
        told = {
            "verdict": word,
            "exit_status": int(status),
            "reason": sentence,
            "database": str(path),
            "site": site,
            "findings": [as_data(each) for each in found],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(found))
    return say(status, word, sentence)


def look_at_site(
    boards: Sequence[BriefingBoard], settings: dict[str, Any], data: Path, *, with_esg: bool, verbose: bool
) -> tuple[list[Finding], bool]:
    """What there is to say of the site, and whether all of it was looked at."""
    from harvester.examination import site  # noqa: PLC0415  (Scrapy takes a second to load)

    looked = site.look(boards, settings, partial(log_to_stderr, verbose=verbose, quiet=not verbose), with_esg=with_esg)
    return site.findings(looked, settings["RATE"], data / site.FOLDER), looked.finished


def judge(found: Sequence[Finding], site: str, *, finished: bool) -> tuple[Exit, str, str]:
    """The exit status, and what the last line says."""
    troubled = [each for each in found if each.troubled]
    stopping = [each for each in troubled if each.stops]
    if stopping:
        first = stopping[0]
        named = ", ".join(dict.fromkeys(f"{each.area} {each.name}" for each in stopping[:NAMED]))
        return Exit.FAILURE, "failure", f"no run can work until this is put right: {named}: {first.says}"
    if not finished:
        return Exit.PARTIAL, "interrupted", f"stopped before all of {site} was looked at"
    if not troubled:
        notes = sum(each.mark is Mark.NOTE for each in found)
        noted = f", {notes} of them with a note" if notes else ""
        return Exit.COMPLETE, "complete", f"{len(found)} things looked at, all as they should be{noted}"
    named = ", ".join(f"{each.area} {each.name}" for each in troubled[:NAMED])
    more = f" and {len(troubled) - NAMED} more" if len(troubled) > NAMED else ""
    sentence = f"{len(troubled)} of {len(found)} things are not as they should be: {named}{more}"
    return Exit.PARTIAL, "partial", sentence


def as_data(finding: Finding) -> dict[str, Any]:
    return {
        "area": finding.area.value,
        "name": finding.name,
        "mark": finding.mark.value,
        "says": finding.says,
        "todo": finding.todo or None,
        "stops_runs": finding.stops,
        "evidence": str(finding.evidence) if finding.evidence else None,
    }


def as_text(found: Sequence[Finding]) -> str:
    """By area; what is not as it should be stands out, with what to do beneath it."""
    parts = []
    for area, findings in groupby(found, key=lambda each: each.area):
        parts.append("\n".join([TITLES[area], *(line for each in findings for line in lines_of(each))]))
    return "\n\n".join(parts)


def lines_of(finding: Finding) -> list[str]:
    mark = finding.mark.value.upper() if finding.troubled else finding.mark.value
    lines = [f"  {mark:5}  {finding.name}: {finding.says}"]
    if finding.todo:
        lines.append(f"         → {finding.todo}")
    if finding.evidence:
        lines.append(f"         the page is kept in {finding.evidence}")
    return lines
