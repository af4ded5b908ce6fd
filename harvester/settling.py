"""Which days a crawl that nobody gave a range looks at: enough to miss nothing, and no more than that.

Releases appear back-dated by up to nine days, so each of the last ten is looked at on every run: each page of its
listing says how many releases the site has for it. Where that differs from the ledger, the day is walked. What one page
does not show, a walk in full does; that is done at distances that grow with the day's age, until it is settled.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from harvester.clock import KST
from harvester.store import DayRecord
from harvester.store.ledger import LATE

REQUESTS_AN_HOUR = 20
"""What an hourly run may ask where nothing is new: robots.txt, a look at each day, and the walks that are due."""
ROBOTS = 1
SHORTEST = timedelta(minutes=50)
"""Between two full walks of a day: just below cron's own rhythm, which is not exact to the minute."""
SHARE_OF_AGE = 8
"""A day is walked in full again when an eighth of its age has passed: today every hour to three, nine days on daily."""
PRESSING = 2.0
"""So overdue is a day with hundreds of releases that it is walked although it costs more than there is."""
EMPTY = 4
"""Requests that it takes to believe that a day has nothing: three answers, and the question whether lists work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run asks of a ledger; each newest first."""

    walks: tuple[date, ...]
    """Days to be walked in full: new, not complete, or due."""
    looks: tuple[date, ...]
    """Days of which one page is enough, as long as it says what the ledger says."""
    left: tuple[date, ...]
    """Days that are not asked for this time: not complete, long past and not due; or looked at an hour ago."""

    @property
    def days(self) -> list[date]:
        return sorted((*self.walks, *self.looks), reverse=True)


def choose(ledger: Mapping[date, DayRecord], since: date, today: date, now: datetime, rows_a_page: int) -> Choice:
    """The days to walk and those to look at.

    `ledger` holds what is known of the days from `since`, where this database's crawls began, until `today`.
    """
    window = {today - timedelta(days=back) for back in range(LATE.days)}
    known = {day: ledger.get(day) for day in window | set(_days(since, today))}
    missing = {day for day, record in known.items() if record is None}
    confirmed = {day: record for day, record in known.items() if record is not None and record.confirmed}
    incomplete = {day: record for day, record in known.items() if record is not None and not record.confirmed}
    # Long past, a day that cannot be completed is not worth its requests every hour.
    urgent = {day for day, record in incomplete.items() if day in window or _overdue(record, now) >= 1}
    looks = window & confirmed.keys()
    due = {day: _overdue(record, now) for day, record in confirmed.items() if day in looks or not record.settled_at}
    walks = missing | urgent
    skipped: set[date] = set()
    affordable = _affordable(ledger.values(), now) - ROBOTS - len(looks)
    for day in sorted((day for day in due if due[day] >= 1), key=lambda day: (due[day], day), reverse=True):
        costs = _requests(confirmed[day], rows_a_page) - (day in looks)
        if costs > affordable and due[day] >= PRESSING and not due.keys() & walks:
            # For once, others are not looked at: those last looked at, so that none goes without for two hours.
            others = sorted(looks - walks - {day}, key=lambda other: (_last_look(confirmed[other]), -other.toordinal()))
            skipped = set(others[len(others) // 2 :][-max(costs - max(affordable, 0), 0) :])
            affordable = max(affordable + len(skipped), costs)
        if costs <= affordable:
            walks.add(day)
            affordable -= costs
    return Choice(
        walks=tuple(sorted(walks, reverse=True)),
        looks=tuple(sorted(looks - walks - skipped, reverse=True)),
        left=tuple(sorted((incomplete.keys() - urgent) | (skipped - walks), reverse=True)),
    )


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))


def _affordable(records: Collection[DayRecord], now: datetime) -> int:
    """What a run may ask: of one that comes once a day, a day's worth."""
    last = max((_last_look(record) for record in records), default=None)
    hours = (now - datetime.fromisoformat(last)) / timedelta(hours=1) if last else 1
    return REQUESTS_AN_HOUR * max(1, round(hours))


def _last_look(record: DayRecord) -> str:
    return max(record.checked_at, record.glanced_at or "")


def _overdue(record: DayRecord, now: datetime) -> float:
    """How much of the time until its next full walk has passed; 1 or more where it is due."""
    began = datetime.combine(date.fromisoformat(record.day), datetime.min.time(), KST)
    since_check = now - datetime.fromisoformat(record.checked_at)
    if since_check < timedelta():
        return 1.0  # the clock was set back: when it was checked, nobody knows
    return since_check / max(SHORTEST, (now - began) / SHARE_OF_AGE)


def _requests(record: DayRecord, rows_a_page: int) -> int:
    """How many listing pages a full walk of the day takes."""
    return ceil((record.declared or 0) / rows_a_page) or EMPTY
