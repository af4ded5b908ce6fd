"""The releases: what is known of them, what a newly read one changes, and what the site withdrew."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlite_utils import Database

from harvester.items import Attachment, Briefing
from harvester.pages.listing import is_cut, same_lead
from harvester.pages.markup import clean

MEANING = ("title", "lead", "body", "ministry", "published_on", "published_at", "license")
"""The columns whose change is a revision; the others are derived from them, or are bookkeeping."""


class Saved(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """What the next walk needs to know of a stored release to see whether its row changed."""

    row_signature: str
    title: str
    lead: str | None
    withdrawn: bool


def known(db: Database, news_ids: Iterable[str]) -> dict[str, KnownRelease]:
    rows = db.conn.execute(
        "SELECT news_id, row_signature, title, lead, withdrawn_at IS NOT NULL FROM briefings"
        " WHERE news_id IN (SELECT value FROM json_each(?))",
        [_as_json(news_ids)],
    )
    return {str(row[0]): KnownRelease(row[1], row[2], row[3], bool(row[4])) for row in rows}


def save(db: Database, item: Briefing, *, run_id: int, now: str, cause: str) -> Saved:
    """Write one release with its attachments and, where it was there and differs, a revision a changed field."""
    new = _columns(item)
    old = _stored(db, item.news_id)
    if old is None:
        _insert(db, "briefings", new | {"first_seen_at": now, "last_seen_at": now, "revision": 1, "run_id": run_id})
        _write_attachments(db, item)
        return Saved.NEW
    if same_lead(old["lead"], new["lead"]):
        # The longer printing of the same text is kept, and is no change.
        new["lead"] = _fuller_lead(old["lead"], new["lead"])
        old["lead"] = new["lead"]
    changes = {name: (old[name], new[name]) for name in MEANING if old[name] != new[name]}
    attached = _attached(db, item.news_id), _attachment_list(item.attachments)
    if attached[0] != attached[1]:
        changes["attachments"] = attached
    if old["withdrawn_at"] is not None:
        changes["withdrawn_at"] = (old["withdrawn_at"], None)
    new |= {"last_seen_at": now, "withdrawn_at": None}
    if changes:
        new |= {"revision": old["revision"] + 1, "changed_at": now, "run_id": run_id}
        for name, (before, after) in changes.items():
            revision = {"news_id": item.news_id, "revision": new["revision"], "changed_at": now, "field": name}
            _insert(db, "revisions", revision | {"old": before, "new": after, "cause": cause, "run_id": run_id})
        if "attachments" in changes:
            db.conn.execute("DELETE FROM attachments WHERE news_id = ?", [item.news_id])
            _write_attachments(db, item)
    assignments = ", ".join(f"{name} = :{name}" for name in new)
    db.conn.execute(f"UPDATE briefings SET {assignments} WHERE news_id = :news_id", new)
    return Saved.CHANGED if changes else Saved.UNCHANGED


def seen(db: Database, leads: Mapping[str, str], now: str) -> None:
    """Note that the site still lists these; a lead stored cut is replaced by the whole of it, which is no change."""
    stored = {news_id: release.lead for news_id, release in known(db, leads).items()}
    fuller = [
        (lead, int(news_id))
        for news_id, printed in leads.items()
        if (lead := _fuller_lead(stored.get(news_id), clean(printed) or None)) != stored.get(news_id)
    ]
    db.conn.executemany("UPDATE briefings SET lead = ? WHERE news_id = ?", fuller)
    db.conn.execute(
        "UPDATE briefings SET last_seen_at = ? WHERE news_id IN (SELECT value FROM json_each(?))",
        [now, _as_json(leads)],
    )


def count_stored(db: Database, news_ids: Iterable[str]) -> int:
    found = db.conn.execute(
        "SELECT count(*) FROM briefings WHERE news_id IN (SELECT value FROM json_each(?))", [_as_json(news_ids)]
    ).fetchone()
    return int(found[0])


def not_listed(db: Database, board: str, day: str, listed: Iterable[str]) -> tuple[list[int], int]:
    """The stored releases of a day that the site no longer lists, and how many of that day we hold in all."""
    rows = db.conn.execute(
        "SELECT news_id, news_id IN (SELECT value FROM json_each(?)) FROM briefings"
        " WHERE board = ? AND published_on = ? AND withdrawn_at IS NULL",
        [_as_json(listed), board, day],
    ).fetchall()
    return [row[0] for row in rows if not row[1]], len(rows)


def withdraw(db: Database, news_ids: Iterable[int], now: str) -> None:
    """Mark releases as no longer listed. Nothing is overwritten, so this is a change without a revision."""
    db.conn.executemany(
        "UPDATE briefings SET withdrawn_at = ?, changed_at = ? WHERE news_id = ?",
        [(now, now, each) for each in news_ids],
    )


def _columns(item: Briefing) -> dict[str, Any]:
    if item.published_on is None or item.source_line is None:
        raise ValueError(f"newsId {item.news_id} reached the store before the pipelines read its day and ministry")
    return {
        "news_id": int(item.news_id),
        "board": item.board,
        "title": item.title,
        "title_prefix": item.title_prefix,
        "lead": item.lead,
        "body": item.body,
        "body_source": item.body_source,
        "ministry": item.ministry,
        "ministry_raw": item.ministry_raw,
        "ministry_code": item.ministry_code,
        "published_on": item.published_on.isoformat(),
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "source_line": item.source_line,
        "license": item.license,
        "url": item.url,
        "fingerprint": item.fingerprint,
        "row_signature": item.row_signature,
    }


def _stored(db: Database, news_id: str) -> dict[str, Any] | None:
    cursor = db.conn.execute(
        f"SELECT {', '.join(MEANING)}, withdrawn_at, revision FROM briefings WHERE news_id = ?", [news_id]
    )
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))


def _fuller_lead(old: str | None, new: str | None) -> str | None:
    """Of two printings of the same lead, the one to keep: the new one only where it is whole and the old one is cut."""
    return new if new is not None and (old is None or (is_cut(old) and not is_cut(new))) else old


def _write_attachments(db: Database, item: Briefing) -> None:
    for each in item.attachments:
        _insert(
            db,
            "attachments",
            {
                "news_id": int(item.news_id),
                "position": each.position,
                "file_id": each.file_id,
                "name": each.name,
                "kind": each.kind,
                "url": each.url,
                "text_status": "not fetched",
            },
        )


def _attached(db: Database, news_id: str) -> str | None:
    rows = db.conn.execute("SELECT file_id, name FROM attachments WHERE news_id = ? ORDER BY position", [news_id])
    return _listing(rows.fetchall())


def _attachment_list(attachments: list[Attachment]) -> str | None:
    return _listing([(each.file_id, each.name) for each in attachments])


def _listing(files: list[Any]) -> str | None:
    return "\n".join(f"{file_id} {name}" for file_id, name in files) or None


def _insert(db: Database, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(f":{name}" for name in row)
    db.conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def _as_json(news_ids: Iterable[str]) -> str:
    return json.dumps([int(news_id) for news_id in news_ids])
