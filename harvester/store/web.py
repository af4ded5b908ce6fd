"""What `harvest serve` asks of the database: a connection that can only read, and the questions of its own pages."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvester.boards import BOARDS, ESG_BOARD
from harvester.store import runs
from harvester.store.database import DatabaseProblem, open_to_read
from harvester.store.reports import Coverage, coverage, filters

NAMED_OFFICIALS = ("department", "role", "name", "phone")
"""Columns of `contacts` that are about people."""


NOT_SERVED = ("sqlite_dbpage", "sqlite_stmt")
"""Tables of SQLite, where it has them, that tell the pages of the file as they are, and what others asked."""

LONGEST = 20_000_000
"""Bytes of the longest text or blob that a query may make: above the longest text that is stored."""
ANSWER = 100_000_000
"""Of all texts of an answer, which is held in memory as a whole."""


def connection(path: Path, *, with_contacts: bool) -> sqlite3.Connection:
    """A connection that reads this file alone, without the named officials unless asked for. Raises DatabaseProblem."""
    connected: sqlite3.Connection = open_to_read(path).conn

    def is_allowed(action: int, first: str | None, second: str | None) -> bool:
        if action == sqlite3.SQLITE_PRAGMA:
            return first != "database_list"
        if action == sqlite3.SQLITE_READ:
            named = first == "contacts" and second in NAMED_OFFICIALS
            return first not in NOT_SERVED and (with_contacts or not named)
        return action != sqlite3.SQLITE_ATTACH

    def judge(action: int, first: str | None, second: str | None, *_where: str | None) -> int:
        return sqlite3.SQLITE_OK if is_allowed(action, first, second) else sqlite3.SQLITE_DENY

    connected.execute("PRAGMA query_only = ON")
    connected.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connected.set_authorizer(judge)
    return connected


def at_most(bytes_: int = ANSWER) -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """A row factory for one answer; it raises sqlite3.DataError once the texts of its rows are longer than this."""
    left = bytes_

    def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        nonlocal left
        left -= sum(len(value) for value in values if isinstance(value, str | bytes))
        if left < 0:
            raise sqlite3.DataError(f"the answer is too big: more than {bytes_:,} bytes")
        return sqlite3.Row(cursor, values)

    return row


def refuse_joined_officials(sql: str) -> None:
    """Raises sqlite3.DatabaseError for what may join the table of named officials by its names and numbers.

    SQLite asks no authorizer about columns that USING or NATURAL compare. Neither these words nor a table's name can be
    written otherwise than so, quoted or not, in either case.
    """
    text = sql.lower()
    if "contacts" in text and ("using" in text or "natural" in text):
        raise sqlite3.DatabaseError("access to contacts by USING or NATURAL is prohibited: use ON")


def reading(connected: sqlite3.Connection) -> Database:
    """A connection as the functions of the store take it."""
    return Database(connected)


@dataclass(frozen=True, slots=True)
class Overview:
    """What is inside, for a start page."""

    covered: tuple[Coverage, ...]
    """By board and filter of the ledger."""
    stored: dict[str, int]
    """Releases by board."""
    run: dict[str, Any] | None
    """The last one that asked the site."""


def overview(db: Database) -> Overview:
    boards = [*BOARDS, ESG_BOARD.slug]
    walked = sorted(
        filters(db), key=lambda each: (boards.index(each[0]) if each[0] in boards else len(boards), each[1])
    )
    stored = dict(tuple(row) for row in db.conn.execute("SELECT board, count(*) FROM briefings GROUP BY board"))
    # A replay asks the site for nothing, and so makes nothing fresher.
    last = [run for run in runs.last(db, 100) if run["verb"] != "replay"]
    return Overview(
        covered=tuple(coverage(db, board, filter_, None, None) for board, filter_ in walked),
        stored={slug: stored[slug] for slug in (*BOARDS, *stored) if slug in stored},
        run=last[0] if last else None,
    )


def ministries(db: Database) -> dict[str, tuple[str, ...]]:
    """All that have a release, as named on its day, with the site's codes of them where they are known."""
    found: dict[str, tuple[str, ...]] = {}
    for name, code in db.conn.execute("SELECT DISTINCT ministry, ministry_code FROM briefings ORDER BY 1, 2"):
        found[name] = (*found.get(name, ()), *([code] if code else []))
    return found


def tags(db: Database, news_id: int) -> list[dict[str, Any]]:
    """The topics a release belongs to."""
    return list(db.query("SELECT topic, area, words FROM tags WHERE news_id = ? ORDER BY topic, area", [news_id]))


def by_month(sql: str, column: str, limit: int) -> str:
    """A query for how many rows of another query each month has, newest first."""
    month = f"substr({column}, 1, 7)"
    return (
        f"SELECT {month} AS value, count(*) AS count FROM ({sql}) WHERE {column} IS NOT NULL"
        f" GROUP BY {month} ORDER BY value DESC LIMIT {limit}"
    )


UNREADABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_SCHEMA,
}
"""What is the file's fault, and not that of the question."""


def why_refused(error: DatabaseProblem | sqlite3.Error) -> str:
    """`slow`, `prohibited`, `unreadable` (the file) or `wrong` (the question): what a query can end with."""
    if isinstance(error, DatabaseProblem):
        return "unreadable"
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return "slow"
    if "prohibited" in str(error):
        return "prohibited"
    return "unreadable" if code in UNREADABLE else "wrong"
