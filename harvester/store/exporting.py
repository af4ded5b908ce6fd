"""What an export reads besides the columns of the releases: one moment of the database, and what belongs to each."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlite_utils import Database

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


def with_records(
    db: Database, rows: Iterable[dict[str, Any]], fields: Mapping[str, Collection[str]]
) -> Iterator[dict[str, Any]]:
    """The rows, each with the records that these tables have of it, as lists under the table's name."""
    if not fields:
        yield from rows
        return
    remaining = iter(rows)
    while some := list(islice(remaining, AT_ONCE)):
        for table, names in fields.items():
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
