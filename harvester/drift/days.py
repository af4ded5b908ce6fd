"""Does a day that is over have far fewer releases than days of its kind around it?"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import Enum, auto
from functools import cache, lru_cache
from pathlib import Path
from statistics import median

from harvester.drift import Kind, Notice, key_of

HOLIDAYS = Path(__file__).with_name("holidays.txt")
"""Public holidays on Mondays to Fridays, a line each; docs/drift.md says how it was made and when to add to it."""
OUTAGES = ((date(2025, 9, 26), date(2025, 10, 15)),)
"""When the site was away, as is known (docs/source-notes.md): days of which too little can be expected."""

REACH = timedelta(days=60)
"""How far around a day its kind is looked for: volumes change over the years."""
NEAREST = 30
ENOUGH_DAYS = 10
ENOUGH_RELEASES = 20
"""Releases that such a day has by the median: of fewer, a day may have next to none by chance."""
FAR_TOO_SMALL = 4
"""A day is far too small with less than the median over this, and less than half of what four in five of them have."""
BESIDE_HOLIDAYS = 10
"""The same for days that touch a public holiday, when many are on leave; compared with working days."""
MOST_AT_ONCE = 10
"""Days a run tells of: of more, the site's archive has a hole, and one sentence says so."""


class DayKind(Enum):
    WORKDAY = auto()
    BESIDE_HOLIDAY = auto()
    """A working day before, after or between public holidays, and the days around the turn of the year."""
    WEEKEND = auto()
    HOLIDAY = auto()
    """Nothing is expected of it."""


@cache
def holidays() -> Mapping[date, str]:
    """Public holidays of Korea on Mondays to Fridays, by day."""
    lines = HOLIDAYS.read_text(encoding="utf-8").splitlines()
    return {date.fromisoformat(day): name for day, _, name in (line.partition("\t") for line in lines if line)}


@lru_cache(maxsize=20_000)
def kind_of(day: date) -> DayKind:
    if day in holidays():
        return DayKind.HOLIDAY
    beside = any(_rests(day, step) for step in (-1, 1)) or (day.month, day.day) in ((12, 31), (1, 2))
    if day.weekday() >= 5:
        return DayKind.HOLIDAY if beside else DayKind.WEEKEND
    return DayKind.BESIDE_HOLIDAY if beside else DayKind.WORKDAY


def _rests(day: date, step: int) -> bool:
    """Whether the days off next to a day, in one direction, hold a public holiday."""
    other = day + timedelta(days=step)
    while other.weekday() >= 5 and other not in holidays():
        other += timedelta(days=step)
    # A weekend alone leads on to the next working week, which is no neighbour.
    return other in holidays()


def known_outage(day: date) -> bool:
    return any(since <= day <= until for since, until in OUTAGES)


def judge(board: str, ask: Iterable[date], ledger: Mapping[date, int]) -> Iterator[Notice]:
    """Those of the days asked about that are far too small; `ledger` has how many complete days have."""
    small = sorted((found for day in ask if (found := too_small(board, day, ledger))), key=lambda each: each.key)
    yield from small[:MOST_AT_ONCE]
    if len(small) > MOST_AT_ONCE:
        first, last = (small[n].measure for n in (MOST_AT_ONCE, -1))
        number = len(small) - MOST_AT_ONCE
        yield Notice(
            key_of(board, Kind.DAY, f"{first}…{last}"),
            Kind.DAY,
            f"{number} more days from {first} to {last} have far fewer releases than others of their kind",
            "look at the site's list of these days: it seems to have a hole",
            measure=first,
        )


def too_small(board: str, day: date, ledger: Mapping[date, int]) -> Notice | None:
    kind, count = kind_of(day), ledger.get(day)
    if count is None or kind is DayKind.HOLIDAY or known_outage(day):
        return None
    usual = _usual(day, DayKind.WEEKEND if kind is DayKind.WEEKEND else DayKind.WORKDAY, ledger)
    if len(usual) < ENOUGH_DAYS or median(usual) < ENOUGH_RELEASES:
        return None
    factor = BESIDE_HOLIDAYS if kind is DayKind.BESIDE_HOLIDAY else FAR_TOO_SMALL
    # Not of the smallest: a hole of several days must not hide behind itself.
    if count * factor >= median(usual) or 2 * count >= sorted(usual)[len(usual) // 5]:
        return None
    days = "weekend days" if kind is DayKind.WEEKEND else "working days"
    number = f"{count} release{'' if count == 1 else 's'}"
    return Notice(
        key_of(board, Kind.DAY, day.isoformat()),
        Kind.DAY,
        f"{day} has {number}; the {len(usual)} {days} around it have {min(usual)} to {max(usual)},"
        f" {median(usual):.0f} by the median",
        f"look at the site's list of that day; where it shows more: harvest backfill --since {day} --until {day}"
        f" --again --board {board}; where it was a holiday proclaimed lately, nothing is to be done",
        measure=day.isoformat(),
    )


def _usual(day: date, kind: DayKind, ledger: Mapping[date, int]) -> list[int]:
    """The releases of the nearest days of a kind."""
    found: list[int] = []
    for apart in range(1, REACH.days + 1):
        for other in (day - timedelta(days=apart), day + timedelta(days=apart)):
            if other in ledger and kind_of(other) is kind and not known_outage(other):
                found.append(ledger[other])
        if len(found) >= NEAREST:
            return found[:NEAREST]
    return found
