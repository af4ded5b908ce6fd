"""What runs counted, and what was noticed: the tables `measures` and `findings`."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from harvester.drift import Kind, Notice
from harvester.drift.measures import Measures, together

TABLES = (
    """
    CREATE TABLE measures (
        run_id INTEGER NOT NULL REFERENCES runs(id),
        board TEXT NOT NULL,
        asked TEXT NOT NULL,
        month TEXT NOT NULL,
        measured_at TEXT NOT NULL,
        releases INTEGER NOT NULL,
        filled TEXT NOT NULL,
        sizes TEXT NOT NULL,
        ministries TEXT NOT NULL,
        PRIMARY KEY (board, asked, month, run_id)
    )
    """,
    """
    CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        board TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('layout', 'field', 'size', 'ministry', 'day')),
        about TEXT NOT NULL,
        says TEXT NOT NULL,
        todo TEXT NOT NULL,
        evidence TEXT,
        exchange_id INTEGER,
        expected REAL,
        since TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        ended_at TEXT,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        ended_by INTEGER REFERENCES runs(id)
    )
    """,
    # Nothing is open twice.
    "CREATE UNIQUE INDEX findings_open ON findings (key) WHERE ended_at IS NULL",
)
ENOUGH = 2400
"""Releases of the last runs: all that is compared, and some more."""
MONTHS = 3
"""The newest months of listed days whose releases are compared: what a backfill reads of former years is no change."""
ONCE = (Kind.DAY, Kind.MINISTRY)
"""What is told once and never again, even where it is so again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was noticed."""

    key: str
    board: str
    kind: str
    says: str
    todo: str
    since: str
    """UTC."""
    evidence: str | None
    """The saved page, a path below the database's folder, and its number in the archive, as far as there are any."""
    about: str
    expected: float | None
    ended_at: str | None


_FINDING = "SELECT key, board, kind, says, todo, since, evidence, about, expected, ended_at FROM findings"


def open_findings(db: Database, board: str | None = None) -> list[Finding]:
    """What was noticed and is not over, the oldest first; of one board, with what concerns all of them."""
    rows = db.conn.execute(
        f"{_FINDING} WHERE ended_at IS NULL AND (? IS NULL OR board = ? OR kind = 'ministry') ORDER BY since, id",
        [board, board],
    )
    return [Finding(*row) for row in rows]


def notes(db: Database, run_ids: Collection[int]) -> list[str]:
    """A sentence for all that these runs noticed first, and for what they saw end."""
    found = [
        f"{finding.board}: {finding.says}{f' (see {finding.evidence})' if finding.evidence else ''}; {finding.todo}"
        for finding in new_findings(db, run_ids)
    ]
    ended = db.conn.execute(
        # What is over because it was told long enough is no news.
        f"{_FINDING} WHERE ended_by IN (SELECT value FROM json_each(?)) AND run_id <> ended_by"
        " AND kind IN ('layout', 'field', 'size') ORDER BY id",
        [json.dumps(list(run_ids))],
    )
    over = (Finding(*row) for row in ended)
    return found + [f"{each.board}: over since {each.ended_at}: {each.says}" for each in over]


def new_findings(db: Database, run_ids: Collection[int]) -> list[Finding]:
    """What these runs noticed first, unless it was over at once."""
    rows = db.conn.execute(
        f"{_FINDING} WHERE run_id IN (SELECT value FROM json_each(?)) AND ended_by IS NOT run_id ORDER BY id",
        [json.dumps(list(run_ids))],
    )
    return [Finding(*row) for row in rows]


def is_new(db: Database, notice: Notice) -> bool:
    """Whether a notice is not known yet: not open, or for what is told once, never told."""
    known = db.conn.execute(
        "SELECT 1 FROM findings WHERE key = ? AND (ended_at IS NULL OR ?)", [notice.key, notice.kind in ONCE]
    ).fetchone()
    return known is None


def add(
    db: Database,
    board: str,
    notice: Notice,
    *,
    evidence: str | None,
    exchange_id: int | None,
    run_id: int,
    now: str,
    told: bool = True,
) -> None:
    """Write what was noticed; not `told`, it is known from now on, and nobody hears of it."""
    db.conn.execute(
        "INSERT INTO findings (key, board, kind, about, says, todo, evidence, exchange_id, expected, since, last_seen,"
        " run_id, ended_at, ended_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            notice.key,
            board,
            str(notice.kind),
            notice.measure,
            notice.says,
            notice.todo,
            evidence,
            exchange_id,
            notice.expected,
            now,
            now,
            run_id,
            None if told else now,
            None if told else run_id,
        ],
    )


def see_again(db: Database, keys: Iterable[str], now: str) -> None:
    db.conn.executemany(
        "UPDATE findings SET last_seen = ? WHERE key = ? AND ended_at IS NULL", [(now, key) for key in keys]
    )


def end(db: Database, keys: Iterable[str], run_id: int, now: str) -> None:
    db.conn.executemany(
        "UPDATE findings SET ended_at = ?, ended_by = ? WHERE key = ? AND ended_at IS NULL",
        [(now, run_id, key) for key in keys],
    )


# What is counted


def has_measured(db: Database, board: str) -> bool:
    """Whether a run before this one counted anything of the board: else everything is new, and nothing is news."""
    return db.conn.execute("SELECT 1 FROM measures WHERE board = ? LIMIT 1", [board]).fetchone() is not None


def write_measures(
    db: Database, board: str, asked: str, by_month: Mapping[str, Measures], *, run_id: int, now: str
) -> None:
    db.conn.executemany(
        "INSERT OR REPLACE INTO measures (run_id, board, asked, month, measured_at, releases, filled, sizes,"
        " ministries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(run_id, board, asked, month, now, *_written(measures)) for month, measures in by_month.items()],
    )


def measured(db: Database, board: str, asked: str) -> list[Measures]:
    """What was counted of the board's last releases, the newest last; of the newest months only."""
    where, values = "WHERE board = ? AND asked = ?", [board, asked]
    newest = db.conn.execute(f"SELECT max(month) FROM measures {where}", values).fetchone()[0]
    if newest is None:
        return []
    year, month = map(int, newest.split("-"))
    first = year * 12 + month - MONTHS  # of months from 0, the first that counts
    rows = db.conn.execute(
        f"SELECT releases, filled, sizes, ministries FROM measures {where} AND month >= ?"
        " ORDER BY run_id DESC, month DESC",
        [*values, f"{first // 12:04}-{first % 12 + 1:02}"],
    )
    found: list[Measures] = []
    releases = 0
    for row in rows:
        found.append(_read(row))
        releases += found[-1].releases
        if releases >= ENOUGH:
            break
    return found[::-1]


def thin(db: Database, before: str) -> None:
    """Make one row of all that were counted before then of a board and month: enough to look back at years."""
    rows = db.conn.execute(
        "SELECT releases, filled, sizes, ministries, board, asked, month, run_id, measured_at FROM measures AS old"
        " WHERE measured_at < ? AND EXISTS (SELECT 1 FROM measures AS other WHERE other.board = old.board"
        " AND other.asked = old.asked AND other.month = old.month AND other.run_id <> old.run_id"
        " AND other.measured_at < ?) ORDER BY run_id",
        [before, before],
    ).fetchall()
    groups: defaultdict[tuple[str, str, str], list[Sequence[str | int]]] = defaultdict(list)
    for row in rows:
        groups[row[4:7]].append(row)
    for (board, asked, month), several in groups.items():
        whole = together(map(_read, several))
        db.conn.execute(
            "DELETE FROM measures WHERE board = ? AND asked = ? AND month = ? AND measured_at < ?",
            [board, asked, month, before],
        )
        run_id, now = several[-1][7:9]
        write_measures(db, board, asked, {month: whole}, run_id=int(run_id), now=str(now))


def releases_of_days(db: Database, board: str, filter_: str, since: date, until: date) -> dict[date, int]:
    """How many releases the days of a range have that are complete and were looked at when they were over."""
    rows = db.conn.execute(
        "SELECT day, listed FROM days WHERE board = ? AND filter = ? AND day BETWEEN ? AND ?"
        " AND state IN ('complete', 'empty')"
        # A Korean day is over at 15:00 UTC.
        " AND max(checked_at, coalesce(glanced_at, '')) >= day || 'T15:00:00Z'",
        [board, filter_, since.isoformat(), until.isoformat()],
    )
    return {date.fromisoformat(day): listed or 0 for day, listed in rows}


def newest_day(db: Database, board: str) -> date | None:
    """The newest day of a board in the ledger."""
    day = db.conn.execute("SELECT max(day) FROM days WHERE board = ?", [board]).fetchone()[0]
    return date.fromisoformat(day) if day else None


def _written(measures: Measures) -> tuple[int, str, str, str]:
    sizes = {
        name: [number, round(total, 3), round(squares, 3)] for name, (number, total, squares) in measures.sizes.items()
    }
    return measures.releases, _json(measures.filled), _json(sizes), _json(measures.ministries)


def _read(row: Sequence[str | int]) -> Measures:
    releases, filled, sizes, ministries = row[:4]
    return Measures(
        int(releases),
        {name: (there, of) for name, (there, of) in json.loads(str(filled)).items()},
        {name: (number, total, squares) for name, (number, total, squares) in json.loads(str(sizes)).items()},
        tuple(json.loads(str(ministries))),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
