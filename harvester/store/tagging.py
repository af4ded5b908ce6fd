"""Tagging: which releases belong to which topic, by the rules of `harvester/topics`.

A release is judged once by the rules of a topic, and again when its title, text or ministry changes, or the rules do.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvester.clock import utc_now
from harvester.store.database import UNUSABLE, open_to_write, transaction
from harvester.store.selection import AT_ONCE, Selection, rows
from harvester.topics import Tag, Topic, built_in, judge, load

logger = logging.getLogger(__name__)

BATCH = 500
"""Releases a transaction."""
BETWEEN_WORDS = ", "


def is_current(db: Database, topic: Topic, since: date | None = None, until: date | None = None) -> bool:
    """Whether every release of these days, or of all, is judged by these very rules."""
    return _has_these_rules(db, topic) and not _due(db, topic, since, until, limit=1)


def tag(path: Path, topic: Topic, since: date | None = None, until: date | None = None) -> int:
    """Judge what is due of these days, or of all, in an existing database; how many. Raises DatabaseProblem."""
    db = open_to_write(path)
    try:
        return apply(db, topic, since, until)
    finally:
        db.close()


def keep_up(db: Database) -> None:
    """Bring the tags of the topics that come with the program up to date, at the end of a run.

    Never raises: what could not be judged now is still due, and the run has closed its books without it.
    """
    try:
        for name in built_in():
            apply(db, load(name))
    except UNUSABLE:
        logger.warning("tags could not be stored: the next run does it", exc_info=True)


def apply(db: Database, topic: Topic, since: date | None = None, until: date | None = None) -> int:
    """Judge what is due, some releases a transaction: what a killed run did not come to stays due. How many."""
    if is_current(db, topic, since, until):
        return 0
    judged = after = 0
    while some := _apply_some(db, topic, since, until, after):
        judged += len(some)
        after = some[-1]
    if judged:
        logger.info("topic %s, version %d: %d releases judged", topic.name, topic.version, judged)
    return judged


def _apply_some(db: Database, topic: Topic, since: date | None, until: date | None, after: int) -> list[int]:
    with transaction(db):
        if not _has_these_rules(db, topic):
            # The old tags stay until their releases are judged anew, but for those that bear the new version.
            db.conn.execute("DELETE FROM judged WHERE topic = ?", [topic.name])
            db.conn.execute("DELETE FROM tags WHERE topic = ? AND version = ?", [topic.name, topic.version])
        due = _due(db, topic, since, until, limit=BATCH, after=after)
        db.conn.execute(
            "INSERT OR REPLACE INTO topics (topic, title, version, rules, tagged_at) VALUES (?, ?, ?, ?, ?)",
            [topic.name, topic.title, topic.version, topic.digest, utc_now()],
        )
        chosen = json.dumps(due)
        db.conn.execute(
            "DELETE FROM tags WHERE topic = ? AND news_id IN (SELECT value FROM json_each(?))", [topic.name, chosen]
        )
        db.conn.executemany(
            "INSERT INTO tags (news_id, topic, area, words, version) VALUES (?, ?, ?, ?, ?)",
            (
                (news_id, topic.name, tag.area, BETWEEN_WORDS.join(tag.words), topic.version)
                for news_id, title, text, ministry in db.conn.execute(
                    "SELECT news_id, title, substr(coalesce(body, lead), 1, ?), ministry FROM briefings"
                    " WHERE news_id IN (SELECT value FROM json_each(?))",
                    [topic.points.beginning, chosen],
                ).fetchall()
                for tag in judge(topic, title, text, ministry)
            ),
        )
        db.conn.executemany("INSERT INTO judged (news_id, topic) VALUES (?, ?)", ((each, topic.name) for each in due))
    return due


def _has_these_rules(db: Database, topic: Topic) -> bool:
    found = db.conn.execute("SELECT rules FROM topics WHERE topic = ?", [topic.name]).fetchone()
    return found is not None and found[0] == topic.digest


def _due(
    db: Database, topic: Topic, since: date | None, until: date | None, *, limit: int, after: int = 0
) -> list[int]:
    """The releases of these days that are not judged, of those after a newsId, in order."""
    days: list[str] = []
    of_days, news_id = "", "news_id"
    if since or until:
        days = [(since or date.min).isoformat(), (until or date.max).isoformat()]
        # With the plus, SQLite looks for the days by their index and not through all newsIds in order.
        of_days, news_id = "published_on BETWEEN ? AND ? AND", "+news_id"
    found = db.conn.execute(
        f"SELECT news_id FROM briefings WHERE {of_days} {news_id} > ? AND NOT EXISTS ("
        "SELECT 1 FROM judged WHERE judged.news_id = briefings.news_id AND topic = ?)"
        f" ORDER BY {news_id} LIMIT ?",
        [*days, after, topic.name, limit],
    )
    return [row[0] for row in found]


def matching(
    db: Database, topic: Topic, selection: Selection, columns: Sequence[str]
) -> Iterator[tuple[dict[str, Any], list[Tag]]]:
    """The chosen releases of a topic, the newest first, with their tags; `areas` of the selection are the topic's.

    From the table where it is up to date for these days, else by judging anew: the same either way.
    """
    areas = set(selection.areas) or topic.area_names.keys()
    if is_current(db, topic, selection.since, selection.until):
        found = rows(db, replace(selection, topic=topic.name), columns)
        while some := list(islice(found, AT_ONCE)):
            tags = _stored(db, topic, (row["news_id"] for row in some))
            yield from ((row, tags[row["news_id"]]) for row in some)
        return
    judged_by = ("title", "lead", "body", "ministry")
    for row in rows(db, replace(selection, topic="", areas=()), list(dict.fromkeys((*columns, *judged_by)))):
        # As SQL's coalesce: an empty text is a text.
        text = row["lead"] if row["body"] is None else row["body"]
        tagged = judge(topic, row["title"], text, row["ministry"])
        if any(tag.area in areas for tag in tagged):
            yield {name: row[name] for name in ("news_id", *columns)}, tagged


def _stored(db: Database, topic: Topic, news_ids: Iterable[int]) -> dict[int, list[Tag]]:
    order = list(topic.area_names)
    tags: dict[int, list[Tag]] = {}
    for news_id, area, words in db.conn.execute(
        "SELECT news_id, area, words FROM tags WHERE topic = ? AND news_id IN (SELECT value FROM json_each(?))",
        [topic.name, json.dumps(list(news_ids))],
    ):
        tags.setdefault(news_id, []).append(Tag(area, tuple(words.split(BETWEEN_WORDS))))
    return {news_id: sorted(some, key=lambda tag: order.index(tag.area)) for news_id, some in tags.items()}
