"""The releases: what is known of them, what a newly read one changes, and what the site withdrew."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from sqlite_utils import Database

from harvester.fingerprint import fingerprint
from harvester.items import NO_TEXT, NOT_FETCHED, Briefing
from harvester.pages.listing import is_cut, same_lead
from harvester.pages.markup import clean
from harvester.store import search

MEANING = ("title", "lead", "body", "ministry", "presenter", "published_on", "published_at", "license")
"""The columns whose change is a revision; the others are derived from them, or are bookkeeping."""


NOT_READ = "body_status LIKE 'not fetched%'"
UNFETCHED_FILES = (
    "SELECT 1 FROM attachments WHERE attachments.news_id = briefings.news_id AND text_status LIKE 'not fetched%'"
)


class Saved(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """What the next walk needs to know of a stored release to see whether its row changed."""

    board: str
    row_signature: str
    title: str
    lead: str | None
    withdrawn: bool
    body_source: str
    body_read: bool
    """Whether its text needs nothing more from the site."""
    files_missing: bool
    """Whether there are files of it that were never fetched."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a replay needs to know of a stored release."""

    exchange_id: int | None
    """The page of the archive it was read from; None where that is not kept."""
    kept_body: tuple[str, str] | None
    """Its text and where that was found, where its page's own text could not be had."""


def known(db: Database, news_ids: Iterable[str]) -> dict[str, KnownRelease]:
    rows = db.conn.execute(
        "SELECT news_id, board, row_signature, title, lead, withdrawn_at IS NOT NULL,"
        f" body_source, NOT ({NOT_READ}), EXISTS ({UNFETCHED_FILES}) FROM briefings"
        " WHERE news_id IN (SELECT value FROM json_each(?))",
        [_as_json(news_ids)],
    )
    return {
        str(row[0]): KnownRelease(row[1], row[2], row[3], row[4], bool(row[5]), row[6], bool(row[7]), bool(row[8]))
        for row in rows
    }


def days_wanting(db: Database, board: str, since: str, until: str, *, files: bool) -> set[str]:
    """The days with releases whose text a run may still get; with `files`, also those with files never fetched."""
    wanting = f"{NOT_READ} OR EXISTS ({UNFETCHED_FILES})" if files else NOT_READ
    rows = db.conn.execute(
        "SELECT DISTINCT published_on FROM briefings WHERE board = ? AND published_on BETWEEN ? AND ?"
        f" AND withdrawn_at IS NULL AND ({wanting})",
        [board, since, until],
    )
    return {row[0] for row in rows}


def body(db: Database, news_id: str) -> tuple[str, str] | None:
    """The text that is stored, and where it was found; None where there is none."""
    row = db.conn.execute(
        "SELECT body, body_source FROM briefings WHERE news_id = ? AND body IS NOT NULL", [news_id]
    ).fetchone()
    return None if row is None else (row[0], row[1])


def fetched_files(db: Database, board: str, since: str, until: str) -> list[str]:
    """The digests of all files that were fetched of these days' releases."""
    rows = db.conn.execute(
        "SELECT DISTINCT sha256 FROM attachments JOIN briefings USING (news_id)"
        " WHERE board = ? AND published_on BETWEEN ? AND ? AND sha256 IS NOT NULL",
        [board, since, until],
    )
    return [row[0] for row in rows]


def origins(db: Database, board: str, since: str, until: str) -> dict[int, Origin]:
    """What each release of these days was read from, by newsId."""
    rows = db.conn.execute(
        f"SELECT news_id, exchange_id, CASE WHEN {NOT_READ} THEN body END, body_source FROM briefings"
        " WHERE board = ? AND published_on BETWEEN ? AND ?",
        [board, since, until],
    )
    return {row[0]: Origin(row[1], (row[2], row[3]) if row[2] is not None else None) for row in rows}


def save(db: Database, item: Briefing, *, run_id: int, now: str, cause: str) -> Saved:
    """Write one release with its attachments and, where it was there and differs, a revision a changed field.

    A replay (`cause`) has not seen the site: what it says of today's listing stays.
    """
    old = _stored(db, item.news_id)
    if old is None:
        _save_new(db, item, run_id)
        return Saved.NEW
    keeps_text = cause == "replay" and _archive_has_less(db, item, old)
    if keeps_text:
        item = replace(item, body=old["body"], body_source=old["body_source"], body_status=old["body_status"])
        item.fingerprint = fingerprint(item)
    new = _columns(item)
    stored = dict(old)
    if same_lead(old["lead"], new["lead"]):
        # The longer printing of the same text is kept, and is no change.
        new["lead"] = _fuller_lead(old["lead"], new["lead"])
        old["lead"] = new["lead"]
    changes = {name: (old[name], new[name]) for name in MEANING if old[name] != new[name]}
    if _text_was_due(old):
        changes.pop("body", None)
    changes |= _save_attachments(db, item)
    if cause == "replay":
        if not old["row_signature"]:
            del new["row_signature"]
    else:
        if old["withdrawn_at"] is not None:
            changes["withdrawn_at"] = (old["withdrawn_at"], None)
        new |= {"last_seen_at": now, "withdrawn_at": None}
    if changes:
        new |= {"revision": old["revision"] + 1, "changed_at": now, "run_id": run_id}
        common = {"news_id": item.news_id, "revision": new["revision"], "changed_at": now}
        for name, (before, after) in changes.items():
            revision = {"field": name, "old": before, "new": after, "cause": cause, "run_id": run_id}
            _insert(db, "revisions", common | revision)
    different = {name: value for name, value in new.items() if stored[name] != value}
    if different:
        assignments = ", ".join(f"{name} = :{name}" for name in different)
        db.conn.execute(f"UPDATE briefings SET {assignments} WHERE news_id = :news_id", new)
        search.update(db, int(item.news_id), _searched(stored), _searched(stored | different))
    if not keeps_text:
        _write_what_texts_hold(db, item)
    return Saved.CHANGED if changes else Saved.UNCHANGED


def _save_new(db: Database, item: Briefing, run_id: int) -> None:
    seen = {"first_seen_at": item.fetched_at, "last_seen_at": item.fetched_at}
    row = _columns(item) | seen | {"revision": 1, "run_id": run_id}
    _insert(db, "briefings", row)
    search.add(db, int(item.news_id), _searched(row))
    for attachment in _attachment_rows(item):
        _insert(db, "attachments", attachment)
    _write_what_texts_hold(db, item)


def _searched(row: Mapping[str, Any]) -> search.Searched:
    return search.Searched(row["title"], row["body"])


def _text_was_due(old: Mapping[str, Any]) -> bool:
    """Whether a release was stored before its text was fetched: that it comes is no change of the site's."""
    return old["body_status"].startswith(NOT_FETCHED) and (old["body"] is None or old["body_source"] == "lead")


def _archive_has_less(db: Database, item: Briefing, old: Mapping[str, Any]) -> bool:
    """Whether a replay found less of a text than the crawl did, which had answers that are not in the archive.

    A better parser may also want more than was ever asked for; then the next crawl has to fetch it.
    """
    if not item.body_status.startswith(NOT_FETCHED):
        return False
    if old["body"] is not None or old["body_status"].startswith(NOT_FETCHED):
        return True
    tried = db.conn.execute("SELECT file_id FROM attachments WHERE news_id = ?", [item.news_id]).fetchall()
    nothing_new = {each.file_id for each in item.attachments} <= {row[0] for row in tried}
    return nothing_new and old["body_status"] != NO_TEXT


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


def days_written_since(db: Database, since: str) -> set[str]:
    """The days of which releases were stored or seen since then (UTC)."""
    rows = db.conn.execute("SELECT DISTINCT published_on FROM briefings WHERE last_seen_at >= ?", [since])
    return {row[0] for row in rows}


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
        "body_status": item.body_status,
        "ministry": item.ministry,
        "ministry_raw": item.ministry_raw,
        "ministry_code": item.ministry_code,
        "presenter": item.presenter,
        "published_on": item.published_on.isoformat(),
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "source_line": item.source_line,
        "license": item.license,
        "url": item.url,
        "fingerprint": item.fingerprint,
        "row_signature": item.row_signature,
        "exchange_id": item.exchange_id,
    }


def _stored(db: Database, news_id: str) -> dict[str, Any] | None:
    cursor = db.conn.execute("SELECT * FROM briefings WHERE news_id = ?", [news_id])
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))


def _fuller_lead(old: str | None, new: str | None) -> str | None:
    """Of two printings of the same lead, the one to keep: the new one only where it is whole and the old one is cut."""
    return new if new is not None and (old is None or (is_cut(old) and not is_cut(new))) else old


FILE = ("bytes", "sha256", "text", "text_status")
"""The columns of an attachment that come from the file itself."""


def _attachment_rows(item: Briefing) -> list[dict[str, Any]]:
    return [
        {
            "news_id": int(item.news_id),
            "position": each.position,
            "file_id": each.file_id,
            "name": each.name,
            "kind": each.kind,
            "url": each.url,
            "bytes": each.bytes,
            "sha256": each.sha256,
            "text": each.text,
            "text_status": each.text_status,
        }
        for each in item.attachments
    ]


def _save_attachments(db: Database, item: Briefing) -> dict[str, tuple[str | None, str | None]]:
    """Bring a stored release's attachments up to date; what is a change of the release, as old and new by field.

    A file that was fetched once and not this time keeps what was read then.
    """
    cursor = db.conn.execute("SELECT * FROM attachments WHERE news_id = ? ORDER BY position", [item.news_id])
    names = [column[0] for column in cursor.description]
    old = [dict(zip(names, row, strict=True)) for row in cursor]
    new = _attachment_rows(item)
    files = {row["file_id"]: row for row in old}
    changes: dict[str, tuple[str | None, str | None]] = {}
    for row in new:
        before = files.get(row["file_id"])
        if before is None:
            continue
        again = row["text_status"].startswith(NOT_FETCHED)
        if row["text_status"] == NOT_FETCHED or (again and before["sha256"]):
            row |= {name: before[name] for name in FILE}
        elif before["sha256"] and row["sha256"] not in (None, before["sha256"]):
            changes[f"attachment {row['file_id']}"] = (before["sha256"], row["sha256"])
    if old != new:
        if _listing(old) != _listing(new):
            changes["attachments"] = _listing(old), _listing(new)
        db.conn.execute("DELETE FROM attachments WHERE news_id = ?", [item.news_id])
        for row in new:
            _insert(db, "attachments", row)
    return changes


def _listing(attachments: list[dict[str, Any]]) -> str | None:
    return "\n".join(f"{each['file_id']} {each['name']}" for each in attachments) or None


def _write_what_texts_hold(db: Database, item: Briefing) -> None:
    """Bring the tables of what was read out of a release's texts up to date."""
    contacts = [(each.department, each.role, each.name, each.phone) for each in item.contacts]
    statements = [(each.kind, each.speaker, each.text) for each in item.statements]
    agenda = [(each.title, ", ".join(each.ministries) or None, each.in_charge, each.text) for each in item.agenda]
    for table, columns, rows in (
        ("contacts", "department, role, name, phone", contacts),
        ("statements", "kind, speaker, text", statements),
        ("agenda_items", "title, ministries, in_charge, text", agenda),
    ):
        _write_parts(db, table, columns, int(item.news_id), rows)


def _write_parts(db: Database, table: str, columns: str, news_id: int, rows: Sequence[tuple[str | None, ...]]) -> None:
    """Make these the rows of a release in a table that numbers them; nothing is written where they already are."""
    stored = db.conn.execute(f"SELECT {columns} FROM {table} WHERE news_id = ? ORDER BY position", [news_id]).fetchall()
    if stored == list(rows):
        return
    db.conn.execute(f"DELETE FROM {table} WHERE news_id = ?", [news_id])
    marks = ", ".join("?" * (columns.count(",") + 3))
    db.conn.executemany(
        f"INSERT INTO {table} (news_id, position, {columns}) VALUES ({marks})",
        [(news_id, position, *row) for position, row in enumerate(rows, start=1)],
    )


def _insert(db: Database, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(f":{name}" for name in row)
    db.conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def _as_json(news_ids: Iterable[str]) -> str:
    return json.dumps([int(news_id) for news_id in news_ids])
