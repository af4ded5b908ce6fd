"""What the ledger proves of a range of days: whether what is not found there was not published.

The one place that judges days, for `status`, digests, the pages and language models: they differ in what they hand to
:func:`judge`, and in nothing else.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from harvester.clock import korean_day, utc_ago, utc_at, utc_now
from harvester.store import ledger
from harvester.store.ledger import DayRecord

NEVER_ASKED = "never asked for"
EVER = ""
"""Before every time that the database writes."""
SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may be apart, or one that was set right meanwhile."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row that are not proven complete, all for the same reason."""

    first: date
    last: date
    state: str
    """`partial`, `failed`, or `missing` for days never walked."""
    why: str | None = None

    @property
    def reason(self) -> str:
        if self.state == "missing":
            return NEVER_ASKED
        return f"{self.state}: {self.why}" if self.why else self.state

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Judged:
    """The days of one board, each by the best walk that counts for it."""

    board: str
    filter: str
    """What the site was asked for; empty for everything, and where the walks of several filters count."""
    since: date | None
    """The range judged: as asked for, else from the ledger's first day to its last that is not to come; or None."""
    until: date | None
    days: Mapping[date, DayRecord]
    """Those that were ever walked; of one that is not to be believed by now, state and reason say so."""
    known_until: str | None
    """Until when (UTC) what was published is known, gaps apart: the last look at a day, or that day's end.

    A look that is still to come is not believed: its run had a clock that was ahead.
    """

    def state(self, day: date) -> str:
        """`complete`, `empty`, `partial`, `failed`, or `missing` for a day never walked."""
        return self.days[day].state if day in self.days else "missing"

    @property
    def all_days(self) -> list[date]:
        if self.since is None or self.until is None:
            return []
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]

    @property
    def gaps(self) -> list[date]:
        """The days that are not proven complete."""
        return [day for day in self.all_days if self.state(day) not in ("complete", "empty")]

    @property
    def stretches(self) -> tuple[Gap, ...]:
        """The same, neighbours with one reason together."""
        found: list[Gap] = []
        for day in self.gaps:
            state, why = self.state(day), self.days[day].reason if day in self.days else None
            before = found[-1] if found else None
            if before and (before.state, before.why) == (state, why) and (day - before.last).days == 1:
                found[-1] = replace(before, last=day)
            else:
                found.append(Gap(day, day, state, why))
        return tuple(found)

    @property
    def complete_days(self) -> int:
        return len(self.all_days) - len(self.gaps)

    @property
    def is_proven(self) -> bool:
        return bool(self.all_days) and not self.gaps

    @property
    def may_grow(self) -> int:
        """Of the complete days, those last checked so early that a late release may be missing."""
        return sum(record.confirmed and not record.checked_late for record in self.days.values())


@dataclass(frozen=True, slots=True)
class Completeness(Judged):
    """The days, and what else keeps a word from being found."""

    not_fetched: int
    """Stored releases of the range whose text is still to be fetched: words are found in their titles only."""


def judge(
    db: Database,
    board: str,
    filters: Collection[str],
    since: date | None,
    until: date | None,
    *,
    open_since: str = EVER,
) -> Judged:
    """What is proven of a board by walks with these filters, any of which is enough.

    A day that was last looked at before it ended has all that it had then. That is enough where the look was not before
    `open_since` (UTC); else nobody knows how the day went on, and it is not complete.
    """
    walks = [
        walked
        for filter_ in filters
        for walked in ledger.read(db, board, filter_, str(since or ""), str(until or "9999")).values()
    ]
    [of_all] = filters if len(filters) == 1 else [""]
    return judge_walks(board, of_all, walks, since, until, open_since=open_since, now=utc_now())


def judge_walks(
    board: str,
    filter_: str,
    walks: Iterable[DayRecord],
    since: date | None,
    until: date | None,
    *,
    open_since: str,
    now: str,
) -> Judged:
    """The same of rows of the ledger that somebody has read."""
    today = korean_day(now)
    best: dict[date, DayRecord] = {}
    known_until = EVER
    for walked in walks:
        day = date.fromisoformat(walked.day)
        # A run whose clock was ahead looked at days that are still to come.
        if day > today:
            continue
        record = _judged(walked, open_since)
        known_until = max(known_until, _known_until(walked, now))
        known = best.get(day)
        if known is None or _worth(record) > _worth(known):
            best[day] = record
    first, last = since or min(best, default=until), until or max(best, default=since)
    if first is None or last is None:
        first = last = None
    return Judged(board, filter_, first, last, best, known_until or None)


def completeness(
    db: Database, board: str, codes: Collection[str], since: date | None, until: date | None
) -> Completeness:
    """What is proven of a board for all ministries, or for those with these codes: all that they ever had."""
    found = judge(db, board, proving(db, board, codes), since, until)
    without_text = _not_fetched(db, board, found.since, found.until) if found.since and found.until else 0
    return Completeness(board, "", found.since, found.until, found.days, found.known_until, without_text)


def proving(db: Database, board: str, codes: Collection[str]) -> list[str]:
    """The filters of the ledger whose walks list all that these ministries published, or everything for none."""
    filters = [row[0] for row in db.conn.execute("SELECT DISTINCT filter FROM days WHERE board = ?", [board])]
    return [each for each in filters if _proves(each, codes)]


def looked_at(record: DayRecord) -> str:
    """When the site was last asked about a day and said what the ledger says (UTC)."""
    return max(record.checked_at, record.glanced_at or EVER)


def is_to_come(utc: str, now: str) -> bool:
    """Whether a time that a run noted is not yet: one of their clocks is wrong."""
    return datetime.fromisoformat(utc) - datetime.fromisoformat(now) > SKEW


def boards(db: Database) -> tuple[str, ...]:
    """The boards that the ledger has any day of."""
    return tuple(row[0] for row in db.conn.execute("SELECT DISTINCT board FROM days ORDER BY board"))


def last_complete_run(db: Database) -> str | None:
    """When the last run ended that had all it asked the site for (UTC)."""
    # A replay asks the site for nothing, and so makes nothing fresher.
    found = db.conn.execute(
        "SELECT max(finished_at) FROM runs WHERE verdict = 'complete' AND verb <> 'replay' AND finished_at <= ?",
        [utc_ago(-SKEW)],
    )
    [ended] = found.fetchone()
    return str(ended) if ended else None


def _judged(record: DayRecord, open_since: str) -> DayRecord:
    looked = looked_at(record)
    if not record.confirmed or korean_day(looked) > date.fromisoformat(record.day) or looked >= open_since:
        return record
    return replace(record, state="partial", reason=f"last walked before it ended, {looked}")


def _known_until(record: DayRecord, now: str) -> str:
    looks = [look for look in (record.checked_at, record.glanced_at) if look and not is_to_come(look, now)]
    end = utc_at(date.fromisoformat(record.day) + timedelta(days=1))
    return min(max(looks), end) if record.confirmed and looks else EVER


def _worth(record: DayRecord) -> tuple[bool, bool, bool, str]:
    """Of several walks of a day the one that counts; where none is good, that of everything says why."""
    return record.confirmed, record.confirmed and record.checked_late, not record.filter, looked_at(record)


def _proves(filter_: str, codes: Collection[str]) -> bool:
    """Whether a walk with this filter lists all that these ministries published."""
    if not filter_:
        return True
    only_ministries = re.fullmatch(r"ministry=([^&=]+)", filter_)
    return bool(codes) and only_ministries is not None and set(codes) <= set(only_ministries[1].split(","))


def _not_fetched(db: Database, board: str, since: date, until: date) -> int:
    [count] = db.conn.execute(
        "SELECT count(*) FROM briefings WHERE board = ? AND published_on BETWEEN ? AND ?"
        " AND body_status LIKE 'not fetched%'",
        [board, since.isoformat(), until.isoformat()],
    ).fetchone()
    return int(count)
