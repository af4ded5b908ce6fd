"""The ledger `days`: for each board, day and filter what the site declared, what it listed, and what we hold."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from sqlite_utils import Database

from harvester.clock import korean_day

LATE = timedelta(days=10)
"""Releases appear back-dated by up to 9 days (seen): a day checked sooner than this after it may still grow."""
QUIET = 2
"""So many checks in a row that found nothing new, on days of their own, settle a day."""


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One row of the ledger."""

    board: str
    day: str
    filter: str
    declared: int | None
    listed: int | None
    stored: int | None
    state: str
    reason: str | None
    checked_at: str
    settled_at: str | None
    run_id: int
    glanced_at: str | None = None
    """When a page of the listing last said what this row says, without a full walk."""
    glanced_page: int | None = None
    """Which page that was; None after a full walk."""
    quiet: int = 0
    """How many checks in a row found nothing new, each on a later Korean day than the one before it."""

    @property
    def confirmed(self) -> bool:
        return self.state in ("complete", "empty")

    @property
    def checked_late(self) -> bool:
        """Whether the last check came after the days in which late releases appear."""
        return korean_day(self.checked_at) >= date.fromisoformat(self.day) + LATE


def believable(record: DayRecord, now: str) -> DayRecord:
    """The record without times that are still to come: when the day was checked, nobody knows then.

    As if it had been checked on the day itself, so that nothing follows from it but what is stored.
    """
    if max(record.checked_at, record.settled_at or "", record.glanced_at or "") <= now:
        return record
    checked = record.checked_at if record.checked_at <= now else min(f"{record.day}T00:00:00Z", now)
    return replace(record, checked_at=checked, settled_at=None, glanced_at=None, quiet=0)


def write(db: Database, record: DayRecord) -> None:
    columns = asdict(record)
    marks = ", ".join(f":{name}" for name in columns)
    db.conn.execute(f"INSERT OR REPLACE INTO days ({', '.join(columns)}) VALUES ({marks})", columns)


def read(db: Database, board: str, filter_: str, since: str, until: str) -> dict[str, DayRecord]:
    """The ledger's rows of a range, by day."""
    rows = db.conn.execute(
        "SELECT board, day, filter, declared, listed, stored, state, reason, checked_at, settled_at, run_id,"
        " glanced_at, glanced_page, quiet FROM days"
        " WHERE board = ? AND filter = ? AND day BETWEEN ? AND ? ORDER BY day",
        [board, filter_, since, until],
    )
    return {row[1]: DayRecord(*row) for row in rows}


def settle(previous: DayRecord | None, record: DayRecord, *, found_something: bool) -> DayRecord:
    """The record of a check with what it means for the day: how quiet it is by now, and whether it is settled.

    A day is settled by two checks, each on a later day than the one before it, that found nothing new, the last of them
    after the days in which late releases appear.
    """
    if not record.confirmed or found_something or previous is None or not previous.confirmed:
        return replace(record, quiet=0, settled_at=None)
    later = korean_day(record.checked_at) > korean_day(previous.checked_at)
    quiet = previous.quiet + later
    settled = previous.settled_at or (record.checked_at if later and quiet >= QUIET and record.checked_late else None)
    return replace(record, quiet=quiet, settled_at=settled)
