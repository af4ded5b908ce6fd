"""What a run writes through: releases in batches, the ledger's days when they are done, the run's own row."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlite_utils import Database

from harvester.boards import ESG_BOARD
from harvester.clock import utc_ago, utc_now
from harvester.items import Briefing, EsgPost, Unknown
from harvester.korean import all_ministries
from harvester.room import shortage_at
from harvester.store import briefings, esg_posts, joint, ledger, reference, runs, search, tagging
from harvester.store.archive import Archive
from harvester.store.briefings import KnownRelease, Origin, Saved
from harvester.store.database import (
    UNUSABLE,
    DatabaseProblem,
    open_to_write,
    refuse_emptied_archive,
    transaction,
)
from harvester.store.esg_posts import KnownPost
from harvester.store.faults import LASTING, code_of, trouble_of
from harvester.store.ledger import DayRecord
from harvester.store.readings import Readings, readings_path

__all__ = ["KnownRelease", "Origin", "Saved", "Store"]

logger = logging.getLogger(__name__)

BATCH = 5
"""Releases a transaction: few enough that a kill loses little and the reactor is never held for long."""
CLOCKS_DIFFER = timedelta(hours=1)
"""What is noted for later than this from now was noted by a clock that went wrong."""
BELIEVABLE_WITHDRAWALS = 3
"""More releases than this, and more than half of a day, gone at once are a fault of the site until proven otherwise.

So are all of a day's, where it had more than one.
"""


class Store:
    """The database of one run. Raises :class:`~harvester.store.database.DatabaseProblem` when it cannot be used."""

    def __init__(self, path: Path, archive: Path | None = None, *, cause: str = "site") -> None:
        self._path = path
        self._db = open_to_write(path)
        if archive:
            refuse_emptied_archive(self._db, archive)
        self.archive = Archive(archive) if archive else None
        """The evidence: written before what was read from it."""
        self.readings = Readings(readings_path(path), writable=True)
        self._batch: list[Briefing | EsgPost] = []
        self._run_id = 0
        self._started_at = ""
        self._shortage: str | None = None
        self._cause = cause
        self.saved: Counter[Saved] = Counter()
        self._found_on: Counter[date] = Counter()
        self._complained = False
        self._touched: set[str] = set()
        """The days of which something was written: what a grouping of joint releases has to look at."""
        self._posts_touched: set[int] = set()
        self._unwritten: defaultdict[date, set[str]] = defaultdict(set)

    def start_run(
        self, *, verb: str, arguments: str, days_asked: int, version: str, unwritten: Sequence[Mapping[str, Any]] = ()
    ) -> int:
        """Note that a run begins; its number. `unwritten` is what runs before it left beside the database."""
        if shortage := shortage_at(self._path):
            raise DatabaseProblem(f"{self._path} cannot be written: {shortage}")
        self._started_at = utc_now()
        with transaction(self._db):
            for row in unwritten:
                runs.complete(self._db, row)
            reference.load_ministries(self._db, all_ministries())
            if since := runs.killed_since(self._db):
                # A killed run came to no end, where what belongs together is found.
                self._touched |= briefings.days_written_since(self._db, since)
            self._run_id = runs.start(
                self._db, verb=verb, arguments=arguments, days_asked=days_asked, now=self._started_at, version=version
            )
        return self._run_id

    def time_ahead(self) -> str | None:
        """The newest time that a run before bears, where the clock has not come so far; None where it has."""
        return runs.ahead(self._db, utc_ago(-CLOCKS_DIFFER))

    @property
    def trouble(self) -> str | None:
        """Why nothing more can be written, or should be; None where nothing is wrong."""
        return trouble_of(self._db.conn) or (self.archive.trouble if self.archive else None) or self._shortage

    @property
    def run_id(self) -> int | None:
        """The run's number; None before it began."""
        return self._run_id or None

    def interrupted_since(self, verb: str, arguments: Sequence[str]) -> str | None:
        """When the command began whose runs have these arguments, if it was not done to its end."""
        return runs.interrupted_since(self._db, verb, arguments)

    def settling_since(self, board: str, filter_: str, reach: date) -> date | None:
        """The first day that crawls of this question without a range have looked at since `reach`; None for none."""
        found = runs.settling_since(self._db, board, filter_, reach=reach.isoformat(), now=utc_now())
        return date.fromisoformat(found) if found else None

    def days(self, board: str, filter_: str, since: date, until: date) -> dict[date, DayRecord]:
        found = ledger.read(self._db, board, filter_, since.isoformat(), until.isoformat())
        now = utc_ago(-CLOCKS_DIFFER)
        return {date.fromisoformat(day): ledger.believable(record, now) for day, record in found.items()}

    def known_posts(self, post_ids: Iterable[str]) -> dict[str, KnownPost]:
        """What is stored of these posts of the ESG board."""
        self.flush()
        return esg_posts.known(self._db, post_ids)

    def note_sought(self, post_ids: Collection[int]) -> None:
        """Note that the originals of these posts of the ESG board were looked for on the site, and decide without."""
        with transaction(self._db):
            esg_posts.note_sought(self._db, post_ids, utc_now())
            esg_posts.find_originals(self._db, post_ids, ())

    def drift_of_posts(self, rows: Mapping[int, tuple[int | None, int]]) -> None:
        """Note 번호 and hits of posts as the list has them today, by post_id."""
        with transaction(self._db):
            esg_posts.drift(self._db, rows)

    def known(self, news_ids: Iterable[str]) -> dict[str, KnownRelease]:
        """What is stored of these releases, also of those waiting to be written."""
        self.flush()
        return briefings.known(self._db, news_ids)

    def days_wanting(self, board: str, since: date, until: date, *, files: bool) -> set[date]:
        """The days with releases whose text, or with `files` whose files, a run may still get."""
        found = briefings.days_wanting(self._db, board, since.isoformat(), until.isoformat(), files=files)
        return set(map(date.fromisoformat, found))

    def body(self, news_id: str) -> tuple[str, str] | None:
        """The stored text of a release and where it was found."""
        return briefings.body(self._db, news_id)

    def fetched_files(self, board: str, since: date, until: date) -> list[str]:
        """The digests of all files that were fetched of these days' releases."""
        return briefings.fetched_files(self._db, board, since.isoformat(), until.isoformat())

    def origins(self, board: str, since: date, until: date) -> dict[int, Origin]:
        """What each release of these days was read from, by newsId; of the ESG board each post."""
        if board == ESG_BOARD.slug:
            return esg_posts.origins(self._db, since.isoformat(), until.isoformat())
        return briefings.origins(self._db, board, since.isoformat(), until.isoformat())

    def put(self, item: Briefing | EsgPost) -> None:
        """Take an item to be written with the next batch."""
        self._batch.append(item)
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction; where that fails, one by one, so that a bad one costs only itself.

        Never raises: what could not be written is logged, and found missing when its day is closed.
        """
        batch, self._batch = self._batch, []
        self._shortage = self._shortage or shortage_at(self._path)
        try:
            self._keep_evidence()
            if batch:
                self._write(batch)
        except Exception as error:
            lasting = code_of(error) in LASTING
            if lasting or len(batch) <= 1:
                # Held by somebody for minutes, each by itself would wait as long again.
                if self.trouble:
                    if not self._complained:
                        logger.error("%s could not be written: %s", _named(batch), self.trouble)  # noqa: TRY400
                elif batch or not self._complained:
                    logger.exception("%s could not be written", _named(batch))
                self._complained = True
                for item in batch:
                    self._unwritten[item.listed_on].add(item.key)
                return
            for item in batch:
                self._batch = [item]
                self.flush()

    def _keep_evidence(self) -> None:
        """Write the pages before what was read from them; a release without its evidence is not stored."""
        if self.archive is not None:
            self.archive.flush()
        self.readings.flush()

    def _write(self, batch: Sequence[Briefing | EsgPost]) -> None:
        now = utc_now()
        with transaction(self._db):
            saved = [self._save(item, now) for item in batch]
            for item in batch:
                news_id = item.news_id if isinstance(item, Briefing) else None
                for unknown in item.unknowns:
                    reference.note_unknown(self._db, unknown, news_id, now)
        for item, what in zip(batch, saved, strict=True):
            self.saved[what] += 1
            if what is not Saved.UNCHANGED:
                self._found_on[item.listed_on] += 1
            if isinstance(item, EsgPost):
                self._posts_touched.add(int(item.post_id))
            elif what is not Saved.UNCHANGED or self._cause == "site":
                # A text that comes later is no change, but may show that releases are one.
                self._touched.add(item.listed_on.isoformat())

    def _save(self, item: Briefing | EsgPost, now: str) -> Saved:
        if isinstance(item, EsgPost):
            return esg_posts.save(self._db, item, run_id=self._run_id, now=now, cause=self._cause)
        return briefings.save(self._db, item, run_id=self._run_id, now=now, cause=self._cause)

    @property
    def unwritten(self) -> int:
        """How many releases could not be written, of days that were not closed."""
        return sum(map(len, self._unwritten.values()))

    def note_unknowns(self, unknowns: Iterable[Unknown]) -> None:
        """Count things that could not be read and belong to no release."""
        with transaction(self._db):
            for unknown in unknowns:
                reference.note_unknown(self._db, unknown, None, utc_now())

    def close_day(
        self,
        *,
        board: str,
        day: date,
        filter_: str,
        can_withdraw: bool,
        accept_withdrawals: bool,
        declared: int | None,
        listed: Sequence[str] | None,
        unchanged: Mapping[str, str],
        state: str,
        reason: str | None,
        in_ledger: bool = True,
    ) -> DayRecord:
        """Write a day's row of the ledger from what its walk found and what is stored by now.

        `state` is the walk's own verdict; it is lowered to `partial` here where a listed release is not stored, or
        where so much of the day has vanished that the listing is not to be believed. `unchanged` maps the newsIds whose
        row is as stored to the lead printed there. `declared` and `listed` are None
        where the listing could not be read: the numbers of the check before then stay. Without `in_ledger` the row is
        made and not written: of a walk that was after single releases.
        """
        shelf = _shelf(board)
        self.flush()
        now = utc_now()
        previous = self.days(board, filter_, day, day).get(day)
        unwritten = self._unwritten.pop(day, set())
        self.saved[Saved.UNCHANGED] += len(unchanged)
        with transaction(self._db):
            shelf.seen(self._db, unchanged, now)
            record = DayRecord(
                board, day.isoformat(), filter_, declared, None, None, state, reason, now, None, self._run_id
            )
            if previous is not None:
                record = replace(record, glanced_at=previous.glanced_at)
            if listed is None:
                if previous is not None:
                    record = replace(record, declared=previous.declared, listed=previous.listed, stored=previous.stored)
            else:
                stored = shelf.count_stored(self._db, listed)
                record = replace(record, listed=len(listed), stored=stored)
                missing = sorted(unwritten) or [""] * (len(listed) - stored)
                if record.confirmed and missing:
                    what, number = ("posts", "post") if board == ESG_BOARD.slug else ("releases", "newsId")
                    named = f": {number} {', '.join(missing)}" if unwritten else ""
                    reason = f"{len(missing)} listed {what} not stored{named}"
                    record = replace(record, state="partial", reason=reason)
                if record.confirmed and can_withdraw:
                    record = self._withdraw_missing(record, listed, now, accept=accept_withdrawals)
            record = ledger.settle(previous, record, found_something=self._found_on.pop(day, 0) > 0)
            if in_ledger:
                ledger.write(self._db, record)
        return record

    def glance_at_day(self, known: DayRecord, page: int, unchanged: Mapping[str, str]) -> DayRecord:
        """Note in the ledger that this page of a day's listing says what the ledger says.

        `unchanged` maps the newsIds on it to the lead printed there.
        """
        now = utc_now()
        record = replace(known, glanced_at=now, glanced_page=page)
        self.flush()
        self.saved[Saved.UNCHANGED] += len(unchanged)
        with transaction(self._db):
            _shelf(known.board).seen(self._db, unchanged, now)
            ledger.write(self._db, record)
        return record

    def _withdraw_missing(self, record: DayRecord, listed: Sequence[str], now: str, *, accept: bool) -> DayRecord:
        """Mark what a complete walk of a day no longer lists; a day that lost most of its releases is not believed."""
        shelf = _shelf(record.board)
        gone, held = shelf.not_listed(self._db, record.board, record.day, listed)
        most = len(gone) > BELIEVABLE_WITHDRAWALS and 2 * len(gone) > held
        all_of_several = len(gone) == held > 1
        if (most or all_of_several) and not accept:
            reason = f"the site no longer lists {len(gone)} of the {held} releases stored for this day: not believed"
            reason += " (--accept-withdrawals where it is true)"
            return replace(record, state="partial", reason=reason)
        shelf.withdraw(self._db, gone, now)
        if gone:
            logger.info("%s: withdrawn by the site: %s", record.day, ", ".join(map(str, gone)))
            self._found_on[date.fromisoformat(record.day)] += len(gone)
        return record

    def finish_run(self, columns: dict[str, int | str | None]) -> None:
        self.flush()
        counted = {saved.value: self.saved[saved] for saved in Saved}
        with transaction(self._db):
            joint.regroup(self._db, self._touched)
            esg_posts.find_originals(self._db, self._posts_touched, self._touched)
            search.tidy(self._db, self.saved[Saved.NEW] + self.saved[Saved.CHANGED])
            runs.finish(self._db, self._run_id, {**counted, **columns, "finished_at": utc_now()})
        tagging.keep_up(self._db)

    def leave_run(self, columns: dict[str, int | str | None]) -> Mapping[str, Any] | None:
        """Write at least the row of a run that cannot be finished; where even that fails, what is to be kept of it.

        Without `finished_at`: the next run does what this one could not come to, as after one that was killed.
        """
        row = {**{saved.value: self.saved[saved] for saved in Saved}, **columns}
        try:
            with transaction(self._db):
                runs.finish(self._db, self._run_id, row)
        except UNUSABLE:
            return {"id": self._run_id, "started_at": self._started_at, **row}
        return None

    def close(self) -> None:
        """Close all files. Never raises: what could not be written was found missing before."""
        try:
            if self.archive:
                self.archive.close()
        except UNUSABLE as error:
            logger.error("%s could not be written: %s", "the archive", error)  # noqa: TRY400
        finally:
            self.readings.close()
            self._db.close()


def _named(batch: Sequence[Briefing | EsgPost]) -> str:
    if not batch:
        return "the archive"
    what = "post" if isinstance(batch[0], EsgPost) else "newsId"
    return f"{what} {', '.join(item.key for item in batch)}"


class _Shelf(Protocol):
    """What a table of items can do for the ledger; the modules `briefings` and `esg_posts` do."""

    def seen(self, db: Database, listed: Mapping[str, str], now: str, /) -> None: ...
    def count_stored(self, db: Database, keys: Iterable[str], /) -> int: ...
    def not_listed(self, db: Database, board: str, day: str, listed: Iterable[str], /) -> tuple[list[int], int]: ...
    def withdraw(self, db: Database, keys: Iterable[int], now: str, /) -> None: ...


def _shelf(board: str) -> _Shelf:
    return esg_posts if board == ESG_BOARD.slug else briefings
