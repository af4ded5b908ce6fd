"""Full-text search: the index `briefings_fts`, which every tool for SQLite can use as it is.

What stands in it: harvester/korean/substrings.py. Why it is built so: docs/decisions/0014-search.md.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass

from sqlite_utils import Database

from harvester.clock import utc_now
from harvester.korean.queries import Query, Term, any_of, read_query, to_fts5, without_particles
from harvester.korean.snippets import Part, hits, snippet
from harvester.korean.substrings import VERSION, indexed

logger = logging.getLogger(__name__)

TABLES = (
    # The texts stand in `briefings` alone; the comment is how Datasette and sqlite-utils see which table is searched.
    # The long text goes first: entries of a table's first column are two bytes shorter than those of the others.
    """
    CREATE VIRTUAL TABLE briefings_fts USING fts5(
        body, title, content='', /* content="briefings" */ tokenize='unicode61'
    )
    """,
    # A word of a title weighs as much as ten of a text; said here, so that `ORDER BY rank` is the same everywhere.
    "INSERT INTO briefings_fts (briefings_fts, rank) VALUES ('rank', 'bm25(1.0, 10.0)')",
    """
    CREATE TABLE search_index (
        version INTEGER NOT NULL,
        built_at TEXT NOT NULL
    )
    """,
)


@dataclass(frozen=True, slots=True)
class Searched:
    """What of a release is searched."""

    title: str
    body: str | None

    @property
    def columns(self) -> tuple[str, str]:
        return indexed(self.body), indexed(self.title)


def add(db: Database, news_id: int, text: Searched) -> None:
    """Put a release into the index; belongs into the transaction that stores it."""
    db.conn.execute("INSERT INTO briefings_fts (rowid, body, title) VALUES (?, ?, ?)", [news_id, *text.columns])


def update(db: Database, news_id: int, old: Searched, new: Searched) -> None:
    """Bring the index to a release's new text; nothing is written where it is the old one."""
    if old == new:
        return
    # Without the texts of its own, the index has to be told what it was told.
    db.conn.execute(
        "INSERT INTO briefings_fts (briefings_fts, rowid, body, title) VALUES ('delete', ?, ?, ?)",
        [news_id, *old.columns],
    )
    add(db, news_id, new)


def is_current(db: Database) -> bool:
    return bool(db.conn.execute("SELECT max(version) = ? FROM search_index", [VERSION]).fetchone()[0])


def rebuild(db: Database) -> int:
    """Make the index anew from `briefings`; how many releases. Belongs into a transaction of the caller."""
    db.conn.execute("INSERT INTO briefings_fts (briefings_fts) VALUES ('delete-all')")
    stored = int(db.conn.execute("SELECT count(*) FROM briefings").fetchone()[0])
    if stored:
        logger.info("the search index is built anew, of %d releases", stored)
    for news_id, title, body in db.conn.execute("SELECT news_id, title, body FROM briefings"):
        add(db, news_id, Searched(title, body))
    db.conn.execute("INSERT INTO briefings_fts (briefings_fts) VALUES ('optimize')")
    db.conn.execute("DELETE FROM search_index")
    db.conn.execute("INSERT INTO search_index VALUES (?, ?)", [VERSION, utc_now()])
    return stored


MUCH = 10
"""A run that wrote a tenth of all releases has left the index in many pieces."""


def tidy(db: Database, written: int) -> None:
    """After a run that wrote so many releases: the index in one piece again, where that is worth its time.

    A backfill ends with it; the hours of a crawl leave the merging to FTS5, which does it as it writes.
    """
    stored = db.conn.execute("SELECT count(*) FROM briefings").fetchone()[0]
    if written and written * MUCH >= stored:
        db.conn.execute("INSERT INTO briefings_fts (briefings_fts) VALUES ('optimize')")


def sizes(db: Database) -> tuple[int, int]:
    """Bytes of the searched texts, and of the index."""
    text = db.conn.execute(
        "SELECT coalesce(sum(length(CAST(title AS BLOB)) + coalesce(length(CAST(body AS BLOB)), 0)), 0) FROM briefings"
    ).fetchone()[0]
    index = db.conn.execute(
        "SELECT (SELECT coalesce(sum(length(block)), 0) FROM briefings_fts_data)"
        " + (SELECT coalesce(sum(length(term)), 0) FROM briefings_fts_idx)"
        " + (SELECT coalesce(sum(length(sz)), 0) FROM briefings_fts_docsize)"
    ).fetchone()[0]
    return int(text), int(index)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for, as this database's words are used."""

    query: Query
    nouns: dict[Term, str]

    @property
    def match(self) -> str:
        """What to give to `briefings_fts MATCH ?`."""
        return to_fts5(self.query, self.nouns)

    @property
    def in_title(self) -> str:
        """The same of what has all of it in the title."""
        return to_fts5(self.query, self.nouns, "title")

    def snippet(self, text: str) -> list[Part]:
        """The place of a text where it stands."""
        return snippet(text, hits(self.query, self.nouns))


def read(db: Database, typed: str) -> Search:
    """What a person typed. Raises :class:`~harvester.korean.queries.WrongQuery`."""
    query = read_query(typed)

    def occur(words: Collection[str]) -> bool:
        found = db.conn.execute("SELECT 1 FROM briefings_fts WHERE briefings_fts MATCH ? LIMIT 1", [any_of(words)])
        return found.fetchone() is not None

    return Search(query, without_particles(query, occur))
