"""The ledger of one board and year as a calendar: what each day is, in words and by shape."""

import calendar
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from harvester.store.reports import Coverage

WEEKDAYS = ("월", "화", "수", "목", "금", "토", "일")


@dataclass(frozen=True, slots=True)
class State:
    name: str
    word: str
    mark: str
    """Told apart by shape, not by colour alone; as `harvest status` prints it."""


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


def years(covered: Coverage) -> list[int]:
    """The years the ledger has days of, newest first."""
    if covered.since is None or covered.until is None:
        return []
    return list(range(covered.until.year, covered.since.year - 1, -1))


def year(covered: Coverage, number: int) -> Year:
    days = {day: _day(covered, day) for day in covered.all_days if day.year == number}
    months = [
        Month(
            date(number, month, 1),
            [
                [days.get(day) if day.month == month else None for day in week]
                for week in calendar.Calendar().monthdatescalendar(number, month)
                if any(day in days and day.month == month for day in week)
            ],
        )
        for month in sorted({day.month for day in days})
    ]
    counted = Counter(each.state.name for each in days.values())
    return Year(
        months,
        [(state, counted[name]) for name, state in STATES.items() if counted[name]],
        _gaps([days[day] for day in covered.gaps if day in days]),
    )


def _gaps(days: list[Day]) -> list[Gap]:
    found: list[Gap] = []
    for day in days:
        before = found[-1] if found else None
        if before and (before.state, before.reason) == (day.state, day.reason) and (day.day - before.last).days == 1:
            found[-1] = replace(before, last=day.day)
        else:
            found.append(Gap(day.day, day.day, day.state, day.reason))
    return found


def _day(covered: Coverage, day: date) -> Day:
    record = covered.days.get(day)
    return Day(day, STATES[covered.state(day)], record.stored if record else None, (record and record.reason) or "")
