"""The ledger of one board as a calendar: what each day is, in words, by shape, and by how much it has."""

import calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from harvester.store.completeness import Judged

WEEKDAYS = ("월", "화", "수", "목", "금", "토", "일")
LEVELS = 4
"""Of how full a complete day is."""
USUAL = 0.95
"""The share of days that have at most what counts as full: a day with far more does not make the others pale."""


@dataclass(frozen=True, slots=True)
class State:
    name: str
    word: str
    mark: str
    """Told apart by shape, not by colour alone."""


STATES = {
    "complete": State("complete", "완전함", "■"),
    "empty": State("empty", "발표 없음", "·"),
    "partial": State("partial", "일부만 있음", "▲"),
    "failed": State("failed", "확인 실패", "✗"),
    "missing": State("missing", "확인한 적 없음", "□"),
}


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    state: State
    releases: int | None
    """Stored, of those the day's listing has."""
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Neighbouring days that are not complete for the same reason."""

    first: date
    last: date
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day | None]]
    """Monday to Sunday; None for days of other months or outside the report."""


@dataclass(frozen=True, slots=True)
class Year:
    months: list[Month]
    counts: list[tuple[State, int]]
    """How many days are in each state that occurs."""
    gaps: list[Gap]


def years(covered: Judged) -> list[int]:
    """The years the ledger has days of, newest first."""
    if covered.since is None or covered.until is None:
        return []
    return list(range(covered.until.year, covered.since.year - 1, -1))


def year(covered: Judged, number: int) -> Year:
    shown = [day for day in covered.all_days if day.year == number]
    return Year(
        months(covered, shown),
        counts(covered, shown),
        [
            Gap(max(gap.first, shown[0]), min(gap.last, shown[-1]), STATES[gap.state], gap.why or "")
            for gap in covered.stretches
            if gap.first.year <= number <= gap.last.year
        ],
    )


def months(covered: Judged, shown: Iterable[date]) -> list[Month]:
    """These days by month and week."""
    days = {day: _day(covered, day) for day in shown}
    return [
        Month(
            date(number, month, 1),
            [
                [days.get(day) if day.month == month else None for day in week]
                for week in calendar.Calendar().monthdatescalendar(number, month)
                if any(day in days and day.month == month for day in week)
            ],
        )
        for number, month in sorted({(day.year, day.month) for day in days})
    ]


def counts(covered: Judged, shown: Iterable[date]) -> list[tuple[State, int]]:
    """How many of these days are in each state that occurs."""
    counted = Counter(covered.state(day) for day in shown)
    return [(state, counted[name]) for name, state in STATES.items() if counted[name]]


def last_year(covered: Judged) -> list[date]:
    """The days of the report's last 53 weeks, which begin on a Monday."""
    if covered.until is None:
        return []
    monday = covered.until - timedelta(days=covered.until.weekday(), weeks=52)
    return [day for day in covered.all_days if day >= monday]


def last_months(covered: Judged, number: int = 12) -> list[date]:
    """The days of the report's last months, whole ones."""
    if covered.until is None:
        return []
    months_before = covered.until.year * 12 + covered.until.month - number
    first = date(months_before // 12, months_before % 12 + 1, 1)
    return [day for day in covered.all_days if day >= first]


def full_day(covered: Judged) -> int:
    """How many releases a full day of this board has."""
    stored = sorted(record.stored for record in covered.days.values() if record.confirmed and record.stored)
    return stored[ceil(USUAL * len(stored)) - 1] if stored else 1


def level(releases: int | None, full: int) -> int:
    """How full a day is, from 1 to LEVELS."""
    return max(1, min(LEVELS, ceil(LEVELS * (releases or 0) / full)))


def _day(covered: Judged, day: date) -> Day:
    record = covered.days.get(day)
    return Day(day, STATES[covered.state(day)], record.stored if record else None, (record and record.reason) or "")
