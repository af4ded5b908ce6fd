"""`harvest status`."""

import json
import os
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

import click

from harvester.boards import Board
from harvester.cli.main import say
from harvester.cli.options import Day, bad, database_path, db_option, filter_options, json_option, ministry_codes
from harvester.cli.streams import STDOUT, check_file, file_at, wrong_output
from harvester.clock import utc_now
from harvester.korean.text import plain
from harvester.plan import filter_key
from harvester.spiders.arguments import WrongArgument
from harvester.store import UNUSABLE, DatabaseProblem, open_to_read, reports
from harvester.store.reports import FRESH_WITHIN
from harvester.verdict import Exit, Verdict
from harvester.wall.report import Question, Report, as_data, look, run_in_words, there_are, verdict
from harvester.wall.text import Terminal, as_text


@click.command("status", short_help="is the database complete and fresh?")
@click.option("--since", type=Day(), envvar="HARVEST_SINCE", help="The first day.  [default: the ledger's first]")
@click.option("--until", type=Day(), envvar="HARVEST_UNTIL", help="The last day.  [default: the ledger's last]")
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="How many runs and unknowns.")
@click.option(
    "--fresh-within",
    type=click.FloatRange(min=0),
    metavar="HOURS",
    help="How old the last look at the site may be; 0 for any age."
    f"  [default: {FRESH_WITHIN // timedelta(hours=1)} for what crawls keep up to date, any for what was filled once]",
)
@click.option(
    "--html",
    type=click.Path(allow_dash=True, path_type=Path),
    help="Write it as a page for a wall, over the one that is there; - for standard output.",
)
@filter_options
@db_option
@json_option
def command(  # noqa: PLR0917  (click passes them by name)
    since: date | None,
    until: date | None,
    limit: int,
    fresh_within: float | None,
    html: Path | None,
    boards: tuple[Board, ...],
    ministries: tuple[str, ...],
    query: str,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Say whether the database is complete and fresh: a calendar of days, the gaps with reasons, the last runs.

    \b
    harvest status
    harvest status --since 2024-01-01 --until 2024-12-31 --json
    harvest status --html status.html

    Without --since the calendar shows the last year. A database that crawls keep up to date is fresh while the last
    look at the site's newest day is not older than --fresh-within; of days long past nobody expects it.

    Exit status: 0 where all days are complete and it is fresh, 3 where not, 1 where there is nothing to tell of.
    """
    if since and until and since > until:
        raise bad(WrongArgument("since", f"{since} is after {until}"))
    if html is not None:
        _check_page(html, as_json=as_json)
    path = database_path(db, data)
    question = Question(
        boards=[board.slug for board in boards],
        filter=filter_key(ministry_codes(ministries), query.strip()),
        since=since,
        until=until,
        within=None if fresh_within is None else timedelta(hours=fresh_within),
    )
    report, said = _look(path, question, limit)
    if as_json:
        told = as_data(report, said) if report else _nothing_as_data(path, said)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    if report and not as_json and html is None:
        click.echo(as_text(report, _terminal(), whole=since is not None), color=True)
    if html is not None and (problem := _write_page(html, report, said)):
        return say(Exit.FAILURE, "failure", f"{html} cannot be written: {problem}")
    return say(said.exit_status, said.word, said.sentence)


def _look(path: Path, question: Question, limit: int) -> tuple[Report | None, Verdict]:
    """The report, None where there is nothing to tell of, and what it comes to."""
    try:
        database = open_to_read(path)
        report = look(database, path, question, limit)
        if any(each.covered.days for each in report.boards):
            return report, verdict(report, limit)
        ran = f"; the last run: {run_in_words(report.runs[0])}" if report.runs else ""
        why = f"{path} has no day of this board, filter and range{there_are(reports.filters(database))}{ran}"
    except DatabaseProblem as error:
        why = str(error)
    except UNUSABLE as error:
        why = f"the database: {error}"
    return None, Verdict("failure", Exit.FAILURE, plain(why))


def _nothing_as_data(path: Path, said: Verdict) -> dict[str, str | int]:
    """As `as_data` begins."""
    return {
        "database": str(path),
        "verdict": said.word,
        "exit_status": int(said.exit_status),
        "reason": said.sentence,
    }


def _terminal() -> Terminal:
    # As https://no-color.org asks.
    without = not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Terminal(width=shutil.get_terminal_size().columns, colours=not without)


def _check_page(html: Path, *, as_json: bool) -> None:
    """Complain before anything is read of a place where no page can be written, or something else lies."""
    from harvester.wall.page import is_page  # noqa: PLC0415  (what it needs takes a while to load)

    if html == STDOUT:
        if as_json:
            raise click.UsageError("--json and --html - would both write to standard output: name a file for the page")
        return
    try:
        check_file(html, "status.html")
        if html.exists() and not html.is_file():
            raise wrong_output(f"{html} is no file: name one, or - for standard output")
        if html.exists() and not is_page(html):
            raise wrong_output(f"{html} is there already, and is no page of this verb: name another")
    except click.BadParameter as error:
        error.param_hint = "'--html'"
        raise
    except OSError as error:
        raise click.BadParameter(f"{html} cannot be read: {error.strerror or error}", param_hint="'--html'") from None


def _write_page(html: Path, report: Report | None, said: Verdict) -> str | None:
    """Write the page; why it could not be written, None where it was."""
    from harvester.wall.page import as_html  # noqa: PLC0415  (what it needs takes a while to load)

    page = as_html(report, said, utc_now())
    if html == STDOUT:
        click.echo(page, nl=False)
        return None
    try:
        with file_at(html, force=True) as stream:
            stream.write(page.encode())
    except OSError as error:
        return error.strerror or str(error)
    return None
