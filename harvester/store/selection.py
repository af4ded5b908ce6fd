"""The releases that filters choose, for every verb that reads: which they are, how many, and each with its columns."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlite_utils import Database

from harvester.store import search


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    DAY = "day"
    """The newest."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters on releases; each that is empty lets everything through."""

    boards: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """Codes of ministries."""
    names: tuple[str, ...] = ()
    """Names of ministries, for releases whose code is not known."""
    since: date | None = None
    until: date | None = None
    words: str = ""
    """As typed: see harvester/korean/queries.py."""
    topic: str = ""
    areas: tuple[str, ...] = ()
    """Areas of the topic, any of them."""
    withdrawn: bool = True
    """Whether releases that the site withdrew are among them."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A WHERE clause over `briefings`."""

    sql: str
    parameters: list[Any]


def condition(db: Database, selection: Selection) -> Condition:
    """The selection as SQL. Raises WrongQuery for words that cannot be looked for."""
    clauses: list[str] = []
    parameters: list[Any] = []

    def add(clause: str, *values: Any) -> None:
        clauses.append(clause)
        parameters.extend(values)

    if selection.words:
        matching = search.read(db, selection.words).match
        add("briefings.news_id IN (SELECT rowid FROM briefings_fts WHERE briefings_fts MATCH ?)", matching)
    if selection.boards:
        add("board IN (SELECT value FROM json_each(?))", _as_json(selection.boards))
    if selection.codes or selection.names:
        add(
            "(ministry_code IN (SELECT value FROM json_each(?)) OR ministry IN (SELECT value FROM json_each(?)))",
            _as_json(selection.codes),
            _as_json(selection.names),
        )
    if selection.since:
        add("published_on >= ?", selection.since.isoformat())
    if selection.until:
        add("published_on <= ?", selection.until.isoformat())
    if selection.topic:
        of_areas = " AND area IN (SELECT value FROM json_each(?))" if selection.areas else ""
        add(
            f"briefings.news_id IN (SELECT news_id FROM tags WHERE topic = ?{of_areas})",
            selection.topic,
            *([_as_json(selection.areas)] if selection.areas else []),
        )
    if not selection.withdrawn:
        clauses.append("withdrawn_at IS NULL")
    return Condition(" AND ".join(clauses) or "1", parameters)


FREQUENT = 1000
"""Hits, from where looking them up one by one takes longer than looking through the newest releases for them."""


def news_ids(
    db: Database, selection: Selection, order: Order = Order.DAY, *, limit: int = -1, offset: int = 0
) -> Iterator[int]:
    """The chosen releases in order, as they are found; without words there is no relevance, and the newest go first."""
    if not selection.words:
        yield from _newest_first(db, condition(db, selection), limit, offset)
        return
    looked_for = search.read(db, selection.words)
    match = looked_for.match
    rest = condition(db, replace(selection, words=""))
    if order is Order.RELEVANCE:
        yield from _by_relevance(db, looked_for, rest, limit, offset)
        return
    # The plus keeps SQLite from looking every hit up: it walks the releases in order until it has seen enough of them.
    frequent = 0 <= limit + offset < FREQUENT <= _hits(db, match, FREQUENT)
    matching = f"{'+' if frequent else ''}news_id IN (SELECT rowid FROM briefings_fts WHERE briefings_fts MATCH ?)"
    yield from _newest_first(db, Condition(f"{matching} AND {rest.sql}", [match, *rest.parameters]), limit, offset)


def _newest_first(db: Database, where: Condition, limit: int, offset: int) -> Iterator[int]:
    found = db.conn.execute(
        f"SELECT news_id FROM briefings WHERE {where.sql}"
        " ORDER BY published_on DESC, published_at DESC, news_id DESC LIMIT ? OFFSET ?",
        [*where.parameters, limit, offset],
    )
    return (row[0] for row in found)


def _hits(db: Database, match: str, most: int) -> int:
    counted = "SELECT count(*) FROM (SELECT 1 FROM briefings_fts WHERE briefings_fts MATCH ? LIMIT ?)"
    return int(db.conn.execute(counted, [match, most]).fetchone()[0])


def _by_relevance(db: Database, looked_for: search.Search, rest: Condition, limit: int, offset: int) -> Iterator[int]:
    """First what has all of it in the title, then the others; both by FTS5's rank.

    Words that half of the texts hold are so ranked among the few titles that have them.
    """
    # Asked of the index alone where nothing else is asked: it keeps the best ones while it looks.
    joined = " JOIN briefings ON news_id = briefings_fts.rowid" if rest.sql != "1" else ""
    asked = f"FROM briefings_fts{joined} WHERE briefings_fts MATCH ? AND {rest.sql}"

    def best(match: str, limit: int, offset: int) -> list[int]:
        sql = f"SELECT briefings_fts.rowid {asked} ORDER BY rank LIMIT ? OFFSET ?"
        return [row[0] for row in db.conn.execute(sql, [match, *rest.parameters, limit, offset])]

    in_title = best(looked_for.in_title, limit, offset)
    yield from in_title
    if len(in_title) == limit:
        return
    left = limit - len(in_title) if limit >= 0 else -1
    if not offset:
        # As many of all as were asked for are enough, whichever of them the titles have had.
        titles = set(in_title)
        others = [each for each in best(looked_for.match, limit, 0) if each not in titles]
        yield from others[:left] if left >= 0 else others
        return
    elsewhere = f"({looked_for.match}) NOT ({looked_for.in_title})"
    [titles_in_all] = db.conn.execute(f"SELECT count(*) {asked}", [looked_for.in_title, *rest.parameters]).fetchone()
    yield from best(elsewhere, left, max(0, offset - titles_in_all))


def count(db: Database, selection: Selection) -> int:
    """How many releases are chosen."""
    where = condition(db, selection)
    if selection.words and selection == Selection(words=selection.words):
        sql = "SELECT count(*) FROM briefings_fts WHERE briefings_fts MATCH ?"
    else:
        sql = f"SELECT count(*) FROM briefings WHERE {where.sql}"
    return int(db.conn.execute(sql, where.parameters).fetchone()[0])


def has_ministry(db: Database, name: str) -> bool:
    """Whether a release names this ministry: such a name can be chosen though nothing else is known of it."""
    return db.conn.execute("SELECT 1 FROM briefings WHERE ministry = ? LIMIT 1", [name]).fetchone() is not None


AT_ONCE = 200
"""Releases that are read at once: their texts are all that a long answer keeps in memory."""


def rows(
    db: Database,
    selection: Selection,
    columns: Sequence[str],
    order: Order = Order.DAY,
    *,
    limit: int = -1,
    offset: int = 0,
) -> Iterator[dict[str, Any]]:
    """The chosen releases with these columns of `briefings`, in order, in constant memory however many they are."""
    # Ordered by number first and read some at a time: sorting whole rows would carry every text along.
    chosen = news_ids(db, selection, order, limit=limit, offset=offset)
    while some := list(islice(chosen, AT_ONCE)):
        yield from by_ids(db, some, columns)


def by_ids(db: Database, news_ids: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
    """These releases with these columns, in the order of the numbers; those that are not stored are left out."""
    names = ("news_id", *columns)
    wanted = ", ".join(f'"{name}"' for name in names)
    found = db.conn.execute(
        f"SELECT {wanted} FROM briefings WHERE news_id IN (SELECT value FROM json_each(?))", [json.dumps(news_ids)]
    )
    by_id = {row[0]: dict(zip(names, row, strict=True)) for row in found}
    return [by_id[news_id] for news_id in news_ids if news_id in by_id]


def _as_json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)
