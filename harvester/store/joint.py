"""The table of joint releases: which newsIds are one release, by the rule of harvester/joint.py."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice

from sqlite_utils import Database

from harvester.joint import Candidate, Content, groups, matches, title_key

TABLE: tuple[str, ...] = (
    """
    CREATE TABLE joint_releases (
        news_id INTEGER PRIMARY KEY REFERENCES briefings(news_id),
        group_id INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('joint', 'repeated')),
        matched_by TEXT NOT NULL CHECK (matched_by IN ('document', 'text', 'title'))
    )
    """,
    "CREATE INDEX joint_releases_group_id ON joint_releases (group_id)",
    # Titles cannot be made comparable in SQL, and an index may not call Python: what they begin with stands here.
    """
    CREATE TABLE title_keys (
        news_id INTEGER PRIMARY KEY REFERENCES briefings(news_id),
        title_key TEXT NOT NULL
    )
    """,
    "CREATE INDEX title_keys_title_key ON title_keys (title_key)",
)

KEYS_AT_ONCE = 500
TEXT_READ = 3000
"""Characters of a body that are compared: several pages, and the shares hardly move beyond."""
DOCUMENTS = ("hwp", "hwpx", "pdf", "doc", "docx", "odt")
"""Kinds of attachments that hold a release's text. A shared picture proves nothing."""


def regroup(db: Database, days: Iterable[str] | None = None) -> int:
    """Bring `joint_releases` up to date for what was published on these days, or for everything; rows written.

    Groups lie among releases whose titles begin alike, so all of those are judged again, of whatever day; after that
    their rows are what a regrouping of everything would make them. A database that was never grouped is grouped as a
    whole. Belongs into a transaction of the caller.
    """
    never = db.conn.execute("SELECT NOT EXISTS (SELECT 1 FROM title_keys)").fetchone()[0]
    changed, touched = _refresh_title_keys(db, None if never else days)
    written = _forget(db, changed)
    keys = iter(touched)
    while some := list(islice(keys, KEYS_AT_ONCE)):
        written += _regroup(db, some)
    return written


def _refresh_title_keys(db: Database, days: Iterable[str] | None) -> tuple[list[int], list[str]]:
    """Make `title_keys` agree with the titles of these days: whose key changed, and every key there is or was."""
    of_days = "" if days is None else "WHERE published_on IN (SELECT value FROM json_each(?))"
    found = db.conn.execute(
        f"SELECT news_id, title, title_prefix, title_key FROM briefings LEFT JOIN title_keys USING (news_id) {of_days}",
        [] if days is None else [json.dumps(sorted(set(days)))],
    )
    keys: set[str] = set()
    changed: list[tuple[int, str]] = []
    for news_id, title, title_prefix, old in found:
        key = title_key(title, title_prefix)
        keys |= {key, old or ""}
        if key != old:
            changed.append((news_id, key))
    db.conn.executemany(
        "INSERT INTO title_keys VALUES (?, ?) ON CONFLICT (news_id) DO UPDATE SET title_key = excluded.title_key",
        changed,
    )
    return [news_id for news_id, _ in changed], sorted(keys - {""})


def _forget(db: Database, news_ids: Iterable[int]) -> int:
    """A release whose title begins otherwise now has left its group, and may be no candidate at all."""
    return db.conn.executemany("DELETE FROM joint_releases WHERE news_id = ?", ((each,) for each in news_ids)).rowcount


def _regroup(db: Database, keys: Collection[str]) -> int:
    found = matches(_candidates(db, keys))
    matched = {each.news_id for match in found for each in (match.first, match.second)}
    contents = _contents(db, matched)
    wanted = {each.news_id: (each.group_id, each.kind.value, each.matched_by.value) for each in groups(found, contents)}
    held = _held(db, keys)
    gone = [(news_id,) for news_id in held.keys() - wanted.keys()]
    db.conn.executemany("DELETE FROM joint_releases WHERE news_id = ?", gone)
    differing = [(news_id, *row) for news_id, row in wanted.items() if held.get(news_id) != row]
    db.conn.executemany("INSERT OR REPLACE INTO joint_releases VALUES (?, ?, ?, ?)", differing)
    return len(gone) + len(differing)


def _candidates(db: Database, keys: Collection[str]) -> Iterator[Candidate]:
    rows = db.conn.execute(
        "SELECT news_id, board, title, title_prefix, ministry, published_on"
        " FROM title_keys JOIN briefings USING (news_id)"
        " WHERE title_key IN (SELECT value FROM json_each(?))",
        [json.dumps(list(keys))],
    )
    for news_id, board, title, title_prefix, ministry, published_on in rows:
        yield Candidate(news_id, board, title, title_prefix, ministry, date.fromisoformat(published_on))


def _contents(db: Database, news_ids: Collection[int]) -> dict[int, Content]:
    wanted = json.dumps(list(news_ids))
    texts = db.conn.execute(
        f"SELECT news_id, coalesce(substr(body, 1, {TEXT_READ}), lead) FROM briefings"
        " WHERE news_id IN (SELECT value FROM json_each(?))",
        [wanted],
    ).fetchall()
    documents: defaultdict[int, set[str | None]] = defaultdict(set)
    for news_id, sha256 in db.conn.execute(
        "SELECT news_id, sha256 FROM attachments"
        " WHERE news_id IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?))",
        [wanted, json.dumps(DOCUMENTS)],
    ):
        documents[news_id].add(sha256)
    return {news_id: Content(text, _all_or_none(documents[news_id])) for news_id, text in texts}


def _all_or_none(digests: Collection[str | None]) -> frozenset[str]:
    """Of a release with files not fetched, those that are might be the annexes."""
    known = frozenset(each for each in digests if each is not None)
    return known if len(known) == len(digests) else frozenset()


def _held(db: Database, keys: Collection[str]) -> dict[int, tuple[int, str, str]]:
    rows = db.conn.execute(
        "SELECT news_id, group_id, kind, matched_by FROM title_keys JOIN joint_releases USING (news_id)"
        " WHERE title_key IN (SELECT value FROM json_each(?))",
        [json.dumps(list(keys))],
    )
    return {row[0]: row[1:] for row in rows}
