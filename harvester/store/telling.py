"""What somebody is told of: the days that are not complete, and what runs brought since a moment."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Gap:
    """A day that is not proven complete."""

    board: str
    day: str
    reason: str | None
    """None where no run ever asked for it."""


@dataclass(frozen=True, slots=True)
class Since:
    """What the runs did that ended after a moment."""

    verdicts: dict[str, int]
    killed: int
    new: int
    changed: int
    requests: int


def gaps(db: Database, board: str, filter_: str) -> list[Gap]:
    """The days of the ledger that are not complete, by day."""
    rows = db.conn.execute(
        "SELECT board, day, coalesce(reason, state) FROM days"
        " WHERE board = ? AND filter = ? AND state NOT IN ('complete', 'empty') ORDER BY day",
        [board, filter_],
    )
    return [Gap(*row) for row in rows]


def holes(db: Database, board: str, filter_: str, *, since: date) -> list[Gap]:
    """The days since then that have no row, though days before and after them have: no run asked for them.

    Before the first crawl that went with the days, as cron's do, nobody was to ask for them.
    """
    [first] = db.conn.execute(
        "SELECT min(json_extract(arguments, '$.since')) FROM runs WHERE verb = 'crawl' AND verdict <> 'failure'"
        " AND json_extract(arguments, '$.board') = ? AND json_extract(arguments, '$.filter') = ?"
        " AND json_extract(arguments, '$.until') >= max(?, date(started_at, '+9 hours'))",
        [board, filter_, since.isoformat()],
    ).fetchone()
    rows = db.conn.execute(
        "SELECT day FROM days WHERE board = ? AND filter = ? AND day >= max(?, ?) ORDER BY day",
        [board, filter_, since.isoformat(), first or "9999"],
    )
    asked = [date.fromisoformat(day) for (day,) in rows]
    if not asked:
        return []
    every = (asked[0] + timedelta(days=n) for n in range((asked[-1] - asked[0]).days))
    known = set(asked)
    return [Gap(board, day.isoformat(), None) for day in every if day not in known]


def since(db: Database, at: str) -> Since:
    """What the runs did that ended, or were killed and began, after a moment (UTC)."""
    rows = db.conn.execute(
        "SELECT verdict, count(*), sum(new), sum(changed), sum(requests) FROM runs"
        " WHERE finished_at > ? AND verdict IS NOT NULL AND verb IN ('crawl', 'backfill') GROUP BY verdict ORDER BY 1",
        [at],
    ).fetchall()
    killed = db.conn.execute(
        "SELECT count(*) FROM runs WHERE finished_at IS NULL AND verdict IS 'interrupted' AND started_at > ?", [at]
    ).fetchone()[0]
    new, changed, requests = (sum(row[column] for row in rows) for column in (2, 3, 4))
    return Since({row[0]: row[1] for row in rows}, killed, new, changed, requests)
