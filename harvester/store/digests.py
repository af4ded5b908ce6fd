"""What a digest is made of: the releases of a topic, each once, and where they were posted already."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from harvester.boards import BOARDS, ESG_BOARD, PRESS_RELEASE
from harvester.clock import utc_at
from harvester.store import tagging
from harvester.store.completeness import Judged, judge, proving
from harvester.store.selection import Selection
from harvester.topics import Tag, Topic

COLUMNS = (
    "board", "title", "title_prefix", "lead", "body", "body_status", "ministry", "published_on", "source_line", "url",
    "withdrawn_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A release of a digest."""

    release: dict[str, Any]
    tags: list[Tag]
    siblings: list[int]
    """The newsIds under which it was issued as well."""
    posts: list[dict[str, Any]]
    """The posts of the ESG board that re-post it."""


def entries(db: Database, topic: Topic, selection: Selection) -> Iterator[Entry]:
    """The chosen releases of a topic, the newest first; of those that are one release the first."""
    told: set[int] = set()
    for release, tagged in tagging.matching(db, topic, selection, COLUMNS):
        if release["news_id"] in told:
            continue
        siblings = _siblings(db, release["news_id"])
        told.update(siblings)
        yield Entry(release, tagged, siblings, _posts(db, [release["news_id"], *siblings]))


def _siblings(db: Database, news_id: int) -> list[int]:
    found = db.conn.execute(
        "SELECT news_id FROM joint_releases WHERE news_id <> :news_id AND group_id ="
        " (SELECT group_id FROM joint_releases WHERE news_id = :news_id) ORDER BY news_id",
        {"news_id": news_id},
    )
    return [row[0] for row in found]


def _posts(db: Database, news_ids: list[int]) -> list[dict[str, Any]]:
    return [
        post
        for news_id in news_ids
        for post in db.query(
            "SELECT post_id, posted_on, url FROM esg_posts WHERE news_id = ? AND withdrawn_at IS NULL ORDER BY post_id",
            [news_id],
        )
    ]


def board_read_at(db: Database) -> str | None:
    """When the ESG board was last read whole (UTC); None where it never was."""
    found = db.conn.execute(
        "SELECT max(checked_at) FROM days WHERE board = ? AND state IN ('complete', 'empty')", [ESG_BOARD.slug]
    ).fetchone()[0]
    return None if found is None else str(found)


def coverage(db: Database, selection: Selection, since: date, until: date, today: date) -> list[Judged]:
    """What the ledger says of these days, for each board that is meant.

    A walk with a filter counts where it asked for all ministries that are meant. A day that was last looked at before
    it ended is not complete, but for today, which nobody can have more of. Without a board named, those are meant of
    which these days were ever asked for: what nobody wants is not missed.
    """
    return [
        judge(db, board, proving(db, board, selection.codes), since, until, open_since=utc_at(today))
        for board in selection.boards or _asked_for(db, since, until)
    ]


def _asked_for(db: Database, since: date, until: date) -> list[str]:
    asked = {
        row[0]
        for row in db.conn.execute(
            "SELECT DISTINCT board FROM days WHERE day BETWEEN ? AND ?", [since.isoformat(), until.isoformat()]
        )
    }
    return [slug for slug in BOARDS if slug in asked or slug == PRESS_RELEASE.slug]
