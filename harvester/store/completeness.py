"""What the ledger proves of a range of days: whether what is not found there was not published."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from harvester.store.ledger import LATE

NEVER_ASKED = "never asked for"


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row that are not proven complete, all for the same reason."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the ledger says of one board and range."""

    board: str
    since: date | None
    """The range judged: as asked for, else from the first to the last day of the ledger; None where that has none."""
    until: date | None
    gaps: tuple[Gap, ...]
    may_grow: int
    """Of the complete days, those last checked so early that a late release may be missing."""
    not_fetched: int
    """Stored releases of the range whose text is still to be fetched: words are found in their titles only."""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1 if self.since and self.until else 0

    @property
    def complete_days(self) -> int:
        return self.days - sum((gap.last - gap.first).days + 1 for gap in self.gaps)

    @property
    def is_proven(self) -> bool:
        return self.days > 0 and not self.gaps


def completeness(
    db: Database, board: str, codes: Collection[str], since: date | None, until: date | None
) -> Completeness:
    """What is proven of a board for all ministries, or for those with these codes: all that they ever had."""
    proving = json.dumps([filter_ for filter_ in _filters(db, board) if _proves(filter_, codes)])
    found = db.conn.execute(
        # Of several filters that prove a day one is enough: the other columns are those of the best row of each day.
        "SELECT day, max(2 * (state IN ('complete', 'empty')) + (date(checked_at, '+9 hours') >= date(day, ?))), state,"
        " reason FROM days WHERE board = ? AND day BETWEEN ? AND ? AND filter IN (SELECT value FROM json_each(?))"
        " GROUP BY day",
        [f"+{LATE.days} days", board, str(since or ""), str(until or "9999"), proving],
    ).fetchall()
    confirmed = {date.fromisoformat(day): rank >= 2 for day, rank, _, _ in found}
    why = {date.fromisoformat(day): f"{state}: {reason}" if reason else state for day, _, state, reason in found}
    may_grow = sum(rank == 2 for _, rank, _, _ in found)
    first, last = since or min(confirmed, default=until), until or max(confirmed, default=since)
    if first is None or last is None:
        return Completeness(board, None, None, (), 0, 0)
    gaps: list[Gap] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if confirmed.get(day):
            continue
        reason = why.get(day, NEVER_ASKED)
        if gaps and gaps[-1].reason == reason and gaps[-1].last == day - timedelta(days=1):
            gaps[-1] = Gap(gaps[-1].first, day, reason)
        else:
            gaps.append(Gap(day, day, reason))
    return Completeness(board, first, last, tuple(gaps), may_grow, _not_fetched(db, board, first, last))


def boards(db: Database) -> tuple[str, ...]:
    """The boards that the ledger has any day of."""
    return tuple(row[0] for row in db.conn.execute("SELECT DISTINCT board FROM days ORDER BY board"))


def last_complete_run(db: Database) -> str | None:
    """When the last run ended that had all it asked the site for (UTC)."""
    # A replay asks the site for nothing, and so makes nothing fresher.
    found = db.conn.execute("SELECT max(finished_at) FROM runs WHERE verdict = 'complete' AND verb <> 'replay'")
    [ended] = found.fetchone()
    return str(ended) if ended else None


def _filters(db: Database, board: str) -> list[str]:
    return [row[0] for row in db.conn.execute("SELECT DISTINCT filter FROM days WHERE board = ?", [board])]


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
