"""`harvest status`."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from harvester.boards import Board
from harvester.cli.main import say
from harvester.cli.options import Day, bad, database_path, db_option, filter_options, json_option, ministry_codes
from harvester.clock import korean_today
from harvester.plan import filter_key
from harvester.spiders.arguments import WrongArgument
from harvester.store import DatabaseProblem, open_to_read, reports
from harvester.store.reports import Coverage
from harvester.verdict import Exit

MARKS = {"complete": "■", "empty": "·", "partial": "▲", "failed": "✗", "missing": " "}


@click.command("status", short_help="is the database complete and fresh?")
@click.option("--since", type=Day(), envvar="HARVEST_SINCE", help="The first day.  [default: the ledger's first]")
@click.option("--until", type=Day(), envvar="HARVEST_UNTIL", help="The last day.  [default: the ledger's last]")
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, help="How many runs and unknowns.")
@filter_options
@db_option
@json_option
def command(  # noqa: PLR0917  (click passes them by name)
    since: date | None,
    until: date | None,
    limit: int,
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

    Exit status: 0 where all days are complete, 3 where some are not, 1 where there is nothing to tell of.
    """
    if since and until and since > until:
        raise bad(WrongArgument("since", f"{since} is after {until}"))
    path = database_path(db, data)
    try:
        database = open_to_read(path)
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    filter_ = filter_key(ministry_codes(ministries), query.strip())
    reported = [reports.coverage(database, board.slug, filter_, since, until) for board in boards]
    kept = reports.filters(database)
    if not any(covered.days for covered in reported):
        return say(Exit.FAILURE, "failure", f"{path} has no day of this board, filter and range{there_are(kept)}")
    runs, unknowns = reports.last_runs(database, limit), reports.unknowns(database, limit)
    if as_json:
        told = [as_data(covered) for covered in reported]
        boards_ = told[0] if len(told) == 1 else {"complete": all(each["complete"] for each in told), "boards": told}
        everything = {"database": str(path), **boards_, "runs": runs, "unknowns": unknowns}
        click.echo(json.dumps(everything, ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(reported, runs, unknowns, path))
        others = there_are([each for each in kept if each[0] not in {board.slug for board in boards}])
        if others and not filter_:
            click.echo(f"\nNot told of here{others}")
    return judge(reported, path, limit)


def judge(reported: list[Coverage], path: Path, limit: int) -> int:
    """The last line, and the status that goes with it."""
    told, gaps = [], []
    for covered in reported:
        name = f"{covered.board}: " if len(reported) > 1 else ""
        total = len(covered.all_days)
        told.append(f"{name}{total - len(covered.gaps)} of {total} days complete, {covered.briefings} releases")
        gaps += [f"{name}{line}" for line in gap_lines(covered)]
        if not covered.days:
            gaps.append(f"{name}no day was ever asked for")
    sentence = f"{'; '.join(told)} in {path}"
    if gaps:
        return say(Exit.PARTIAL, "partial", f"{sentence}; not complete: {'; '.join(gaps[:limit])}")
    return say(Exit.COMPLETE, "complete", sentence)


def there_are(kept: list[tuple[str, str]]) -> str:
    """Of which boards and filters there are days in the ledger."""
    told = [f"{slug}{f' ({filter_})' if filter_ else ''}" for slug, filter_ in kept]
    return f"; there are days of: {', '.join(told)}" if told else ""


def as_data(covered: Coverage) -> dict[str, Any]:
    """One board's part, for a machine."""
    states = Counter(covered.state(day) for day in covered.all_days)
    return {
        "board": covered.board,
        "filter": covered.filter,
        "since": covered.since.isoformat() if covered.since else None,
        "until": covered.until.isoformat() if covered.until else None,
        "complete": not covered.gaps,
        "states": {state: states[state] for state in MARKS},
        "gaps": [
            {
                "day": day.isoformat(),
                "state": covered.state(day),
                "reason": covered.days[day].reason if day in covered.days else "never walked",
            }
            for day in covered.gaps
        ],
        "briefings": covered.briefings,
        "withdrawn": covered.withdrawn,
        "texts": dict(covered.texts),
        "days_since_last_day": (korean_today() - max(covered.days)).days if covered.days else None,
        "days": [asdict(covered.days[day]) for day in covered.all_days if day in covered.days],
    }


def as_text(reported: list[Coverage], runs: list[dict[str, Any]], unknowns: list[dict[str, Any]], path: Path) -> str:
    parts = [part for covered in reported for part in board_parts(covered, runs, path)]
    parts.append("Last runs:\n" + "\n".join(f"  {run_line(run)}" for run in runs))
    if unknowns:
        told = (f"  {each['kind']}: {each['value']}  (seen {each['seen']} times)" for each in unknowns)
        parts.append("Not understood, kept as printed:\n" + "\n".join(told))
    return "\n\n".join(parts)


def board_parts(covered: Coverage, runs: list[dict[str, Any]], path: Path) -> list[str]:
    """One board's part, for a person."""
    if not covered.days:
        return [f"{path}: {covered.board}: no day was ever asked for"]
    states = Counter(covered.state(day) for day in covered.all_days)
    counted = ", ".join(f"{states[state]} {state}" for state in MARKS if states[state])
    filter_ = f" ({covered.filter})" if covered.filter else ""
    withdrawn = f" ({covered.withdrawn} withdrawn by the site)" if covered.withdrawn is not None else ""
    parts = [
        f"{path}: {covered.board}{filter_}, {covered.since} … {covered.until}\n"
        f"{covered.briefings} releases{withdrawn}; days: {counted}{texts_line(covered)}\n"
        f"The last day covered is {ago(max(covered.days))}; the last complete run ended {last_complete(runs)}.",
        calendar(covered),
    ]
    if covered.gaps:
        parts.append("Not complete:\n" + "\n".join(f"  {line}" for line in gap_lines(covered)))
    return parts


def texts_line(covered: Coverage) -> str:
    """How many of the releases have their text; nothing under a filter, where that is not known."""
    words = {"read": "read", "none": "have none", "not fetched": "not fetched yet"}
    told = [f"{covered.texts[name]} {word}" for name, word in words.items() if covered.texts.get(name)]
    return f"; texts: {', '.join(told)}" if told else ""


def ago(day: date) -> str:
    """A Korean day, and how long ago it was: a database is fresh when its last day is today or yesterday."""
    days = (korean_today() - day).days
    return f"{day}, {'today' if days == 0 else 'yesterday' if days == 1 else f'{days} days ago'}"


def last_complete(runs: list[dict[str, Any]]) -> str:
    # A replay asks the site for nothing, and so makes nothing fresher.
    asked = (run for run in runs if run["verb"] != "replay")
    return next((str(run["finished_at"]) for run in asked if run["verdict"] == "complete"), "before these")


def calendar(covered: Coverage) -> str:
    """A line a month, a mark a day, as in MARKS; blank for a day that was never walked."""
    lines = []
    for month, days in groupby(covered.all_days, key=lambda day: day.strftime("%Y-%m")):
        row = [" "] * 31
        for day in days:
            row[day.day - 1] = MARKS[covered.state(day)]
        lines.append(f"{month}  {''.join(row).rstrip()}")
    legend = "  ".join(f"{mark} {state}" for state, mark in MARKS.items() if mark.strip())
    return "\n".join(["         1    5    10   15   20   25   30", *lines, f"         {legend}"])


def gap_lines(covered: Coverage) -> list[str]:
    """The days that are not complete, neighbours with the same reason on one line."""

    def why(day: date) -> tuple[str, int]:
        record = covered.days.get(day)
        # Neighbouring days have the same distance to their place in the list.
        return f"{record.state}: {record.reason}" if record else "never walked", day.toordinal() - place[day]

    place = {day: n for n, day in enumerate(covered.gaps)}
    lines = []
    for (reason, _), neighbours in groupby(covered.gaps, key=why):
        days = list(neighbours)
        lines.append(f"{days[0]}{f' … {days[-1]}' if len(days) > 1 else ''} {reason}")
    return lines


def run_line(run: dict[str, Any]) -> str:
    counts = f"{run['new']} new, {run['changed']} changed, {run['unchanged']} unchanged, {run['failed']} failed"
    verdict = run["verdict"] or "under way, or killed"
    return f"{run['started_at']}  {run['verb']:8}  {verdict}: {counts}; {run['requests']} requests"
