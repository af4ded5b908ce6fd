"""The runs: one row each, written when it starts and again when it ends."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

NOTHING_DONE = {
    **dict.fromkeys(("id", "finished_at")),
    **dict.fromkeys(("days_closed", "requests", "bytes", "new", "changed", "unchanged", "failed"), 0),
}
"""What the row of a run that could not begin says of what it did."""


def start(db: Database, *, verb: str, arguments: str, days_asked: int, now: str, version: str) -> int:
    """Note that a run begins; its number. Whoever calls this holds the lock, so an unfinished row is a dead run's."""
    db.conn.execute(
        "UPDATE runs SET verdict = 'interrupted', reason = 'it ended without closing its books: killed, or power lost'"
        " WHERE finished_at IS NULL AND verdict IS NULL"
    )
    cursor = db.conn.execute(
        "INSERT INTO runs (verb, arguments, days_asked, started_at, version) VALUES (?, ?, ?, ?, ?)",
        [verb, arguments, days_asked, now, version],
    )
    return int(cursor.lastrowid or 0)


def complete(db: Database, row: Mapping[str, Any]) -> None:
    """Write what a run could not write itself: its end, or, where it has no `id`, that it could not begin.

    It stays one that did not come to its own end.
    """
    if row.get("id") is None:
        _add(db, {name: value for name, value in row.items() if name not in ("id", "finished_at")})
        return
    known = {name: value for name, value in row.items() if name not in ("id", "started_at", "finished_at")}
    assignments = ", ".join(f"{name} = :{name}" for name in known)
    db.conn.execute(
        f"UPDATE runs SET {assignments} WHERE id = :id AND started_at = :started_at AND finished_at IS NULL",
        {**known, "id": row["id"], "started_at": row["started_at"]},
    )


def _add(db: Database, row: Mapping[str, Any]) -> None:
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.conn.execute(f"INSERT INTO runs ({names}) VALUES ({values})", row)


def with_left(found: Sequence[dict[str, Any]], left: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Runs, newest first, with what runs left that could not write it into the database."""
    ends = {(row.get("id"), row.get("started_at")): row for row in left}
    told = []
    for run in found:
        end = {} if run["verdict"] else ends.get((run["id"], run["started_at"]), {})
        told.append(run | {name: value for name, value in end.items() if name in run})
    return [NOTHING_DONE | dict(row) for row in left if row.get("id") is None] + told


def ahead(db: Database, now: str) -> str | None:
    """The newest time that any run bears, where that is still to come; None where none is."""
    row = db.conn.execute("SELECT max(max(started_at), max(coalesce(finished_at, ''))) FROM runs").fetchone()
    newest: str | None = row[0]
    return newest if newest is not None and newest > now else None


def settling_since(db: Database, board: str, filter_: str, *, reach: str, now: str) -> str | None:
    """The first day that crawls without a range, of this board and filter, have looked at since `reach`.

    A run whose clock was behind that of a run before it says nothing: nobody asked for the days it took for the last.
    """
    row = db.conn.execute(
        "WITH timed AS"
        " (SELECT *, max(started_at) FILTER (WHERE started_at <= ?) OVER (ORDER BY id) AS newest FROM runs)"
        " SELECT min(json_extract(arguments, '$.since')) FROM timed WHERE verb = 'crawl' AND started_at = newest"
        " AND json_extract(arguments, '$.settling') AND json_extract(arguments, '$.board') = ?"
        " AND json_extract(arguments, '$.filter') = ? AND json_extract(arguments, '$.until') >= ?",
        [now, board, filter_, reach],
    ).fetchone()
    first: str | None = row[0]
    return first


def killed_since(db: Database) -> str | None:
    """When the first of the last runs began that were killed, none having ended since; None where one did."""
    row = db.conn.execute(
        "SELECT min(started_at) FROM runs"
        " WHERE id > (SELECT coalesce(max(id), 0) FROM runs WHERE finished_at IS NOT NULL)"
    ).fetchone()
    began: str | None = row[0]
    return began


def finish(db: Database, run_id: int, columns: dict[str, int | str | None]) -> None:
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    db.conn.execute(f"UPDATE runs SET {assignments} WHERE id = :run_id", columns | {"run_id": run_id})


def interrupted_since(db: Database, verb: str, arguments: Sequence[str]) -> str | None:
    """When the work began that was not done to its end; None where it was, or there was none.

    `arguments` are those of the command's runs, one after the other: it is done when the last of them is.
    """
    rows = db.conn.execute(
        "SELECT started_at, arguments, days_closed < days_asked OR verdict IS 'interrupted' FROM runs"
        " WHERE verb = ? AND arguments IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
        [verb, json.dumps(list(arguments))],
    )
    began = None
    for started_at, of_run, unfinished in rows:
        if of_run == arguments[-1] and not unfinished:
            break
        began = started_at
    return began


def last(db: Database, limit: int, left: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The last runs, newest first, with what runs `left` that could not write it into the database."""
    return with_left(list(db.query("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit])), left)[:limit]
