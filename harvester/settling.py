"""Which days a crawl that nobody gave a range looks at: enough to miss nothing, and no more than that.

Releases appear back-dated by up to nine days, so each of the last ten is looked at on every run: the first page of its
listing says how many releases the site has for it. Where that differs from the ledger, the day is walked. An edit on a
later page shows only when a day is walked in full; that is done at distances that grow with the day's age, until it is
settled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from harvester.clock import KST
from harvester.store import DayRecord
from harvester.store.ledger import LATE

IDLE_REQUESTS = 20
"""What a run may ask where nothing is new: robots.txt, a look at each day, and the walks that are due."""
ROBOTS = 1
SHORTEST = timedelta(minutes=50)
"""Between two full walks of a day: just below cron's own rhythm, which is not exact to the minute."""
SHARE_OF_AGE = 8
"""A day is walked in full again when an eighth of its age has passed: today every hour to three, nine days on daily."""
EMPTY = 4
"""Requests that it takes to believe that a day has nothing: three answers, and the question whether lists work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run asks of a ledger; each newest first."""

    walks: tuple[date, ...]
    """Days to be walked in full: new, not complete, or due."""
    looks: tuple[date, ...]
    """Days whose first page is enough, as long as it says what the ledger says."""
    waiting: tuple[date, ...]
    """Days that are not complete, long past, and not due: they are not complete still."""

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
    incomplete = {day: record for day, record in known.items() if record is not None and not record.confirmed}
    # Long past, a day that cannot be completed is not worth its requests every hour.
    urgent = {day for day, record in incomplete.items() if day in window or _overdue(record, now) >= 1}
    looks = {day for day in window if day not in missing and day not in incomplete}
    due = sorted(
        (
            (_overdue(record, now), day, record)
            for day, record in known.items()
            if record is not None and record.confirmed and (day in window or record.settled_at is None)
        ),
        reverse=True,
        key=lambda each: each[:2],
    )
    left = IDLE_REQUESTS - ROBOTS - len(looks)
    walks = missing | urgent
    for overdue, day, record in due:
        costs = _requests(record, rows_a_page) - (day in looks)
        if overdue >= 1 and costs <= left:
            walks.add(day)
            left -= costs
    return Choice(
        walks=tuple(sorted(walks, reverse=True)),
        looks=tuple(sorted(looks - walks, reverse=True)),
        waiting=tuple(sorted(incomplete.keys() - urgent, reverse=True)),
    )


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))


def _overdue(record: DayRecord, now: datetime) -> float:
    """How much of the time until its next full walk has passed; 1 or more where it is due."""
    began = datetime.combine(date.fromisoformat(record.day), datetime.min.time(), KST)
    since_check = now - datetime.fromisoformat(record.checked_at).astimezone(UTC)
    if since_check < timedelta():
        return 1.0  # the clock was set back: when it was checked, nobody knows
    return since_check / max(SHORTEST, (now - began) / SHARE_OF_AGE)


def _requests(record: DayRecord, rows_a_page: int) -> int:
    """How many listing pages a full walk of the day takes."""
    return ceil((record.declared or 0) / rows_a_page) or EMPTY
