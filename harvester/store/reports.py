"""What readers ask: is it complete and fresh, and what does one release say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvester.boards import ESG_BOARD
from harvester.clock import utc_ago
from harvester.store import esg_posts, runs
from harvester.store.archive import archive_path
from harvester.store.completeness import SKEW, Judged, judge
from harvester.store.esg_posts import Referring
from harvester.store.readings import readings_path

FRESH_WITHIN = timedelta(hours=26)
"""How old the last look at a board may be that a crawl keeps up to date: a daily one, and two hours for its work."""


@dataclass(frozen=True, slots=True)
class Coverage(Judged):
    """The ledger of one board and filter over a range of days, and what is stored."""

    briefings: int
    """Stored releases of the range, withdrawn ones included; under a filter, those its last walks listed."""
    withdrawn: int | None
    """Of them, those the site withdrew; None under a filter."""
    texts: Mapping[str, int] = field(default_factory=dict)
    """Of them, how many texts are `read`, `none` and `not fetched`; empty under a filter."""


def coverage(
    db: Database, board: str, filter_: str, since: date | None, until: date | None, *, open_since: str | None = None
) -> Coverage:
    """The report for a range; without its ends, for all days from the first to the last in the ledger.

    Days that were last looked at before they ended, and before `open_since`, are not complete: a day ago, where it is
    not said.
    """
    open_since = utc_ago(FRESH_WITHIN) if open_since is None else open_since
    judged = judge(db, board, [filter_], since, until, open_since=open_since)
    since, until, days, known_until = judged.since, judged.until, judged.days, judged.known_until
    if since is None or until is None:
        return Coverage(board, filter_, None, None, {}, None, 0, 0)
    if filter_:
        # What a filter matched is known to the ledger alone: a release does not say which words find it.
        matched = sum(record.stored or 0 for record in days.values())
        return Coverage(board, filter_, since, until, days, known_until, matched, None)
    if board == ESG_BOARD.slug:
        stored, withdrawn = esg_posts.counts(db, since.isoformat(), until.isoformat())
        return Coverage(board, filter_, since, until, days, known_until, stored, withdrawn)
    stored, withdrawn = db.conn.execute(
        "SELECT count(*), count(withdrawn_at) FROM briefings WHERE board = ? AND published_on BETWEEN ? AND ?",
        [board, since.isoformat(), until.isoformat()],
    ).fetchone()
    texts = db.conn.execute(
        "SELECT CASE WHEN body_status LIKE 'not fetched%' THEN 'not fetched' WHEN body_source = 'none' THEN 'none'"
        " ELSE 'read' END AS state, count(*) FROM briefings"
        " WHERE board = ? AND published_on BETWEEN ? AND ? GROUP BY state",
        [board, since.isoformat(), until.isoformat()],
    ).fetchall()
    return Coverage(board, filter_, since, until, days, known_until, stored, withdrawn, dict(texts))


def filters(db: Database) -> list[tuple[str, str]]:
    """The boards and filters the ledger has days of."""
    return list(db.conn.execute("SELECT DISTINCT board, filter FROM days ORDER BY board, filter"))


def unknowns(db: Database, limit: int) -> list[dict[str, Any]]:
    """What could not be read, most often first."""
    return list(db.query("SELECT * FROM unknowns ORDER BY seen DESC, kind, value LIMIT ?", [limit]))


def last_runs(db: Database, limit: int, left: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The last runs, newest first, with what runs `left` that could not write it into the database."""
    return runs.last(db, limit, left)


def time_to_come(db: Database) -> str | None:
    """The newest time (UTC) that a run noted and that is still to come, its clock having been wrong; None for none."""
    return runs.ahead(db, utc_ago(-SKEW))


def last_run_of(db: Database, board: str, filter_: str, left: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The last run that asked the site about this board with this filter."""
    found = db.query(
        "SELECT * FROM runs WHERE verb IN ('crawl', 'backfill') AND json_extract(arguments, '$.board') = ?"
        " AND json_extract(arguments, '$.filter') = ? ORDER BY id DESC LIMIT 1",
        [board, filter_],
    )
    return next(iter(runs.with_left(list(found), [row for row in left if _asks(row, board, filter_)])), None)


def _asks(left: Mapping[str, Any], board: str, filter_: str) -> bool:
    """Whether a row that was left is of a run that asked about this board with this filter; so do all of its command,
    since the first that cannot begin is the last that is tried."""
    if left.get("id") is not None:
        return True
    asked = json.loads(left["arguments"])
    return board in asked.get("boards", [asked["board"]]) and asked["filter"] == filter_


def is_kept_up(db: Database, board: str, filter_: str) -> bool:
    """Whether crawls ever followed this board: such a one asks for its own day, as cron does, and a backfill does not.

    Of a database that was filled once, nobody expects more than was asked for.
    """
    found = db.conn.execute(
        "SELECT 1 FROM runs WHERE verb = 'crawl' AND json_extract(arguments, '$.board') = ?"
        " AND json_extract(arguments, '$.filter') = ?"
        " AND json_extract(arguments, '$.until') >= date(started_at, '+9 hours') LIMIT 1",
        [board, filter_],
    )
    return found.fetchone() is not None


def sizes(database: Path) -> dict[str, int]:
    """Bytes of the files that belong to a database, by name; of those that are there."""
    beside = database.with_name(f"{database.name}-wal")
    found = {path.name: _bytes(path) for path in (database, beside, archive_path(database), readings_path(database))}
    return {name: size for name, size in found.items() if size is not None}


def _bytes(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def release(db: Database, news_id: int, *, with_contacts: bool = False) -> dict[str, Any] | None:
    """One release with its attachments, revisions and siblings; None where it is not stored."""
    rows = list(db.query("SELECT * FROM briefings WHERE news_id = ?", [news_id]))
    if not rows:
        return None
    attachments = list(db.query("SELECT * FROM attachments WHERE news_id = ? ORDER BY position", [news_id]))
    revisions = list(db.query("SELECT * FROM revisions WHERE news_id = ? ORDER BY revision, field", [news_id]))
    siblings = list(
        db.query(
            "SELECT news_id, kind, ministry, published_on FROM joint_releases JOIN briefings USING (news_id)"
            " WHERE group_id = (SELECT group_id FROM joint_releases WHERE news_id = :id) AND news_id <> :id"
            " ORDER BY news_id",
            {"id": news_id},
        )
    )
    found = rows[0] | {"attachments": attachments, "revisions": revisions, "joint_releases": siblings}
    for table, columns in (
        ("statements", "kind, speaker, text"),
        ("agenda_items", "title, ministries, in_charge, text"),
    ):
        parts = db.query(f"SELECT {columns} FROM {table} WHERE news_id = ? ORDER BY position", [news_id])
        found[table] = list(parts)
    posts = db.query("SELECT post_id, posted_on, url FROM esg_posts WHERE news_id = ? ORDER BY post_id", [news_id])
    found["esg_posts"] = list(posts)
    if with_contacts:
        columns = "department, role, name, phone"
        found["contacts"] = list(
            db.query(f"SELECT {columns} FROM contacts WHERE news_id = ? ORDER BY position", [news_id])
        )
    return found


def newest(db: Database, limit: int) -> list[dict[str, Any]]:
    """The latest releases that the site has not withdrawn."""
    return list(
        db.query(
            "SELECT * FROM briefings WHERE withdrawn_at IS NULL"
            " ORDER BY published_on DESC, published_at DESC, news_id DESC LIMIT ?",
            [limit],
        )
    )


def posts_without_original(db: Database, since: date, until: date, sought_before: str) -> list[Referring]:
    """The posts of the ESG board of these days whose original is not stored, nor was looked for since then (UTC)."""
    return esg_posts.without_original(db, since.isoformat(), until.isoformat(), sought_before)
