"""The report as a terminal shows it: in as many columns as there are, in colours where it has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from harvester.korean.text import plain
from harvester.store.completeness import Judged
from harvester.store.drift import Finding
from harvester.wall.calendar import STATES, counts, full_day, last_year, level
from harvester.wall.report import (
    BoardReport,
    Report,
    ago,
    clock_in_words,
    freshness_in_words,
    in_korea,
    run_board,
    run_took,
    run_verdict,
    span,
    there_are,
)

SHADES = "░▒▓█"
"""Of a complete day, the fuller the more releases it has."""
COLOURS = {"complete": "32", "empty": "2", "partial": "33", "failed": "31", "missing": "35"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MARGIN = 5
"""Columns before the first week."""
MOST_SPANS = 6
"""Stretches of days named for one reason."""

Weeks = Sequence[Sequence[date | None]]


@dataclass(frozen=True, slots=True)
class Terminal:
    width: int = 80
    colours: bool = False

    def ink(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colours and colour else text

    @property
    def column(self) -> int:
        """Columns for a week: two, which makes the days squares, where a year has room so."""
        return 2 if self.width >= MARGIN + 2 * 53 else 1


def as_text(report: Report, terminal: Terminal, *, whole: bool) -> str:
    """The report for a person; with `whole` the calendar of all its days, else that of its last year."""
    parts = [part for each in report.boards for part in _board(each, report, terminal, whole=whole)]
    parts.append("Last runs, in Korean time:\n" + "\n".join(_runs(report.runs)))
    if report.to_come:
        parts.append(f"Note: {clock_in_words(report.to_come)}")
    if report.findings:
        parts.append("Looks different than before:\n" + "\n".join(f"  {_finding(each)}" for each in report.findings))
    if report.unknowns:
        parts.append("Not understood, kept as printed:\n" + "\n".join(map(_unknown, report.unknowns)))
    parts.append(f"Files: {', '.join(f'{name} {size_in_words(size)}' for name, size in report.sizes.items())}")
    if others := there_are(report.others):
        parts.append(f"Not told of here{others}")
    return "\n\n".join(parts)


def _board(each: BoardReport, report: Report, terminal: Terminal, *, whole: bool) -> Iterator[str]:
    covered = each.covered
    if not covered.days:
        yield f"{report.database}: {covered.board}: no day was ever asked for"
        return
    filter_ = f" ({plain(covered.filter)})" if covered.filter else ""
    withdrawn = f" ({covered.withdrawn} withdrawn by the site)" if covered.withdrawn is not None else ""
    counted = ", ".join(f"{number} {state.name}" for state, number in counts(covered, covered.all_days))
    last, ended = max(covered.days), report.last_complete
    ended_in_words = f"{in_korea(ended)} Korean time, {ago(ended, report.now)}" if ended else "never"
    yield "\n".join(
        [
            f"{report.database}: {covered.board}{filter_}, {covered.since} … {covered.until}",
            _state(each, terminal),
            f"{covered.briefings} releases{withdrawn}; days: {counted}{_texts(covered.texts)}",
            f"The last day covered is {last}; the last complete run ended {ended_in_words}.",
        ]
    )
    yield "\n".join(calendar(covered, terminal, whole=whole))
    if each.reasons:
        yield "Not complete, by reason:\n" + "\n".join(_reasons(each))


def _state(each: BoardReport, terminal: Terminal) -> str:
    """Complete and fresh, in one line."""
    gaps = len(each.covered.gaps)
    complete = f"Not complete: {gaps} of {len(each.covered.all_days)} days" if gaps else "Complete"
    line = f"{complete}; {freshness_in_words(each.fresh)}" if each.fresh else complete
    failed = each.fresh is not None and each.fresh.is_stale
    return terminal.ink(line, "1;31" if failed else "1;33" if gaps else "1;32")


def _texts(texts: Any) -> str:
    """How many of the releases have their text; nothing under a filter, where that is not known."""
    words = {"read": "read", "none": "have none", "not fetched": "not fetched yet"}
    told = [f"{texts[name]} {word}" for name, word in words.items() if texts.get(name)]
    return f"; texts: {', '.join(told)}" if told else ""


# The calendar


def calendar(covered: Judged, terminal: Terminal, *, whole: bool) -> Iterator[str]:
    """A column a week, a row a weekday: a year of one, or all years; those that are not shown in a line each."""
    shown = covered.all_days if whole else last_year(covered)
    blocks = [list(days) for _, days in groupby(shown, key=lambda day: day.year)] if whole else [shown]
    for _, days in groupby(covered.all_days[: len(covered.all_days) - len(shown)], key=lambda day: day.year):
        yield _sum(covered, list(days))
    full = full_day(covered)
    for block in blocks:
        yield _sum(covered, block)
        weeks, at_once = _weeks(block), max(1, (terminal.width - MARGIN) // terminal.column)
        for n in range(0, len(weeks), at_once):
            yield from _grid(covered, weeks[n : n + at_once], full, terminal)
    yield " " * MARGIN + _legend(covered, shown, terminal)


def _sum(covered: Judged, days: list[date]) -> str:
    """A line on some days."""
    stored = sum((covered.days[day].stored or 0) for day in days if day in covered.days)
    gaps = sum(covered.state(day) not in ("complete", "empty") for day in days)
    not_complete = f", {gaps} not complete" if gaps else ""
    return f"{days[0]} … {days[-1]}: {len(days)} days, {stored:,} releases{not_complete}"


def _weeks(days: list[date]) -> list[list[date | None]]:
    """Weeks from Monday to Sunday; None for what is before the first day or after the last."""
    monday = days[0] - timedelta(days=days[0].weekday())
    number = (days[-1] - monday).days // 7 + 1
    wanted = set(days)
    all_weeks = [[monday + timedelta(weeks=week, days=day) for day in range(7)] for week in range(number)]
    return [[day if day in wanted else None for day in week] for week in all_weeks]


def _grid(covered: Judged, weeks: Weeks, full: int, terminal: Terminal) -> Iterator[str]:
    yield " " * MARGIN + _months(weeks, terminal.column)
    for number, weekday in enumerate(WEEKDAYS):
        cells = [_mark(covered, week[number], full, terminal.column) for week in weeks]
        inked = (
            terminal.ink("".join(mark for mark, _ in same), colour)
            for colour, same in groupby(cells, key=lambda cell: cell[1])
        )
        yield f"{weekday:{MARGIN}}{''.join(inked)}".rstrip()


def _months(weeks: Weeks, column: int) -> str:
    """The names of months, above the week that has their first day, where there is room."""
    line = ""
    for number, week in enumerate(weeks):
        begins = next((day for day in week if day and (day.day == 1 or number == 0)), None)
        place = number * column
        if begins and place >= len(line) + bool(line):
            line = f"{line:{place}}{MONTHS[begins.month - 1]}"
    return line


def _mark(covered: Judged, day: date | None, full: int, columns: int) -> tuple[str, str]:
    """A day in so many columns, and its colour."""
    if day is None:
        return " " * columns, ""
    state = covered.state(day)
    if state == "complete":
        return SHADES[level(covered.days[day].stored, full) - 1] * columns, COLOURS[state]
    return f"{STATES[state].mark:{columns}}", COLOURS[state]


def _legend(covered: Judged, shown: list[date], terminal: Terminal) -> str:
    words = {"complete": "complete, by releases", "missing": "never walked"}
    return "   ".join(
        f"{terminal.ink(SHADES if state.name == 'complete' else state.mark, COLOURS[state.name])} "
        f"{words.get(state.name, state.name)}"
        for state, _ in counts(covered, shown)
    )


# Gaps, runs, findings


def _reasons(each: BoardReport) -> Iterator[str]:
    for reason in each.reasons:
        yield f"  {reason.days} day{'' if reason.days == 1 else 's'}: {plain(reason.reason)}"
        named = [span(gap) for gap in reason.gaps[-MOST_SPANS:]]
        before = len(reason.gaps) - len(named)
        yield f"      {f'{before} earlier, ' if before else ''}{', '.join(named)}"


def _runs(runs: list[dict[str, Any]]) -> Iterator[str]:
    what = [f"{run['verb']} {run_board(run)}".strip() for run in runs]
    took = [duration(run_took(run)) for run in runs]
    widest, longest = max(map(len, what), default=0), max(map(len, took), default=0)
    for run, verb, time in zip(runs, what, took, strict=True):
        counted = ", ".join(f"{run[kind]} {kind}" for kind in ("new", "changed", "unchanged", "failed"))
        # What a run counted is written at its end.
        counts_ = f": {counted}; {run['requests']} requests" if run["finished_at"] else ""
        yield f"  {in_korea(run['started_at'])}  {verb:{widest}}  {time:>{longest}}  {run_verdict(run)}{counts_}"
        if run["reason"]:
            yield f"      {plain(run['reason'])}"


def _unknown(each: dict[str, Any]) -> str:
    return f"  {plain(each['kind'])}: {plain(each['value'])}  (seen {each['seen']} times)"


def _finding(finding: Finding) -> str:
    seen = f" (see {plain(finding.evidence)})" if finding.evidence else ""
    return (
        f"{plain(finding.board)}: {plain(finding.says)}{seen}, since {in_korea(finding.since)}; {plain(finding.todo)}"
    )


def duration(took: timedelta | None) -> str:
    if took is None:
        return "?"
    seconds = int(took.total_seconds())
    if seconds < 100:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 100 * 60 else f"{seconds // 3600} h {seconds // 60 % 60:02} min"


def size_in_words(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
