"""What an export reads besides the columns of the releases: one moment of the database, and what belongs to each."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlite_utils import Database

from harvester.store import selection as selecting
from harvester.store.selection import Order, Selection

AT_ONCE = 50
"""Releases whose records are read at once."""


@contextmanager
def one_moment(db: Database) -> Iterator[None]:
    """All that is read inside is of one moment, however long it takes and whatever a crawl writes meanwhile."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.rollback()


def rows(
    db: Database,
    selection: Selection,
    columns: Sequence[str],
    records: Mapping[str, Collection[str]] | None = None,
    *,
    limit: int = 0,
) -> Iterator[dict[str, Any]]:
    """The chosen releases, newest first, at most `limit` where it is not 0.

    Each with these columns, and for each table in `records` with the list of what that has of it, these fields of each.
    """
    chosen = selecting.rows(db, selection, columns, Order.DAY, limit=limit or -1)
    return _with_records(db, chosen, records) if records else chosen


def _with_records(
    db: Database, rows: Iterator[dict[str, Any]], records: Mapping[str, Collection[str]]
) -> Iterator[dict[str, Any]]:
    while some := list(islice(rows, AT_ONCE)):
        for table, names in records.items():
            lists: dict[int, list[dict[str, Any]]] = {row["news_id"]: [] for row in some}
            found = db.conn.execute(
                f"SELECT news_id, {', '.join(names)} FROM {table}"
                " WHERE news_id IN (SELECT value FROM json_each(?)) ORDER BY news_id, position",
                [json.dumps(list(lists))],
            )
            for news_id, *values in found:
                lists[news_id].append(dict(zip(names, values, strict=True)))
            for row in some:
                row[table] = lists[row["news_id"]]
        yield from some
