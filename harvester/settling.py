"""Which days a crawl that nobody gave a range looks at: enough to miss nothing, and no more than that.

Releases appear back-dated by up to nine days, so each of the last eleven is looked at on every run: each page of its
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
WINDOW = LATE.days + 1
"""Days to look at: what is listed nine days back may appear until midnight, and is seen by the run after that."""
CATCH_UP = timedelta(days=62)
"""Days that crawls missed are made good for so long: two months of sleep are an accident, more is a decision."""
SHORTEST = timedelta(minutes=50)
"""Between two full walks of a day: just below cron's own rhythm, which is not exact to the minute."""
SHARE_OF_AGE = 8
"""A day is walked in full again when an eighth of its age has passed: today every hour to three, nine days on daily."""
PRESSING = 2.0
"""So overdue is a day with hundreds of releases that it is walked although it costs more than there is."""
DESPERATE = 8.0
"""So overdue is only a day that never fits: it is walked, and costs more than an idle hour may."""
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

    `ledger` is all of this question's; from `since` on, crawls like this one have looked after every day.
    """
    window = {today - timedelta(days=back) for back in range(WINDOW)}
    missing = (window | set(_days(since, today))) - ledger.keys()
    confirmed = {day: record for day, record in ledger.items() if record.confirmed and day <= today}
    incomplete = {day: record for day, record in ledger.items() if not record.confirmed and day <= today}
    # Long past, a day that cannot be completed is not worth its requests every hour.
    urgent = {day for day, record in incomplete.items() if day in window or _overdue(record, now) >= 1}
    looks = window & confirmed.keys()
    due = {
        day: overdue
        for day, record in confirmed.items()
        if (day in looks or (day >= since and not record.settled_at)) and (overdue := _overdue(record, now)) >= 1
    }
    chosen: set[date] = set()
    skipped: set[date] = set()
    affordable = _affordable(ledger.values(), now) - ROBOTS - len(looks) - EMPTY * len(missing & window)
    for day in sorted(due, key=lambda day: (due[day], day), reverse=True):
        costs = _requests(confirmed[day], rows_a_page) - (day in looks - skipped)
        if costs > affordable and due[day] >= PRESSING and not chosen:
            # For once, others are not looked at: those last looked at, so that none goes without for two hours.
            others = sorted(looks - {day}, key=lambda other: (_last_look(confirmed[other]), -other.toordinal()))
            may_wait = others[len(others) // 2 :]
            lacking = costs - affordable
            if lacking <= len(may_wait) or due[day] >= DESPERATE:
                skipped = set(may_wait[-lacking:])
                affordable = costs
        if costs <= affordable:
            chosen.add(day)
            affordable -= costs
    walks = missing | urgent | chosen
    return Choice(
        walks=tuple(sorted(walks, reverse=True)),
        looks=tuple(sorted(looks - walks - skipped, reverse=True)),
        left=tuple(sorted(((incomplete.keys() - urgent) | skipped) - walks, reverse=True)),
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
