"""What a run writes through: releases in batches, the ledger's days when they are done, the run's own row."""

import logging
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from harvester.clock import utc_now
from harvester.items import Briefing, Unknown
from harvester.korean import all_ministries
from harvester.store import briefings, joint, ledger, reference, runs
from harvester.store.archive import Archive
from harvester.store.briefings import KnownRelease, Origin, Saved
from harvester.store.database import open_to_write, transaction
from harvester.store.ledger import DayRecord
from harvester.store.readings import Readings, readings_path

__all__ = ["KnownRelease", "Origin", "Saved", "Store"]

logger = logging.getLogger(__name__)

BATCH = 5
"""Releases a transaction: few enough that a kill loses little and the reactor is never held for long."""
BELIEVABLE_WITHDRAWALS = 3
"""More releases than this, and more than half of a day, gone at once are a fault of the site until proven otherwise.

So are all of a day's, where it had more than one.
"""


class Store:
    """The database of one run. Raises :class:`~harvester.store.database.DatabaseProblem` when it cannot be used."""

    def __init__(self, path: Path, archive: Path | None = None, *, cause: str = "site") -> None:
        self._db = open_to_write(path)
        self.archive = Archive(archive) if archive else None
        """The evidence: written before what was read from it."""
        self.readings = Readings(readings_path(path), writable=True)
        self._batch: list[Briefing] = []
        self._run_id = 0
        self._cause = cause
        self.saved: Counter[Saved] = Counter()
        self._found_on: Counter[date] = Counter()
        self._complained = False
        self._touched: set[str] = set()
        """The days of which something was written: what a grouping of joint releases has to look at."""
        self._unwritten: defaultdict[date, set[str]] = defaultdict(set)

    def start_run(self, *, verb: str, arguments: str, days_asked: int, version: str) -> int:
        with transaction(self._db):
            reference.load_ministries(self._db, all_ministries())
            self._run_id = runs.start(
                self._db, verb=verb, arguments=arguments, days_asked=days_asked, now=utc_now(), version=version
            )
        return self._run_id

    @property
    def run_id(self) -> int | None:
        """The run's number; None before it began."""
        return self._run_id or None

    def interrupted_since(self, verb: str, arguments: str) -> str | None:
        return runs.interrupted_since(self._db, verb, arguments)

    def days(self, board: str, filter_: str, since: date, until: date) -> dict[date, DayRecord]:
        found = ledger.read(self._db, board, filter_, since.isoformat(), until.isoformat())
        return {date.fromisoformat(day): record for day, record in found.items()}

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
        """What each release of these days was read from, by newsId."""
        return briefings.origins(self._db, board, since.isoformat(), until.isoformat())

    def put(self, item: Briefing) -> None:
        """Take a release to be written with the next batch."""
        self._batch.append(item)
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction; where that fails, one by one, so that a bad one costs only itself.

        Never raises: what could not be written is logged, and found missing when its day is closed.
        """
        batch, self._batch = self._batch, []
        try:
            self._keep_evidence()
            if batch:
                self._write(batch)
        except Exception as error:
            busy = getattr(error.__cause__ or error, "sqlite_errorcode", None) in (
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            )
            if busy or len(batch) <= 1:
                # Held by somebody for minutes, each by itself would wait as long again.
                if batch or not self._complained:
                    self._complained = True
                    logger.exception("%s could not be written", _named(batch))
                for item in batch:
                    self._unwritten[item.listed_on].add(item.news_id)
                return
            for item in batch:
                self._batch = [item]
                self.flush()

    def _keep_evidence(self) -> None:
        """Write the pages before what was read from them; a release without its evidence is not stored."""
        if self.archive is not None:
            self.archive.flush()
        self.readings.flush()

    def _write(self, batch: Sequence[Briefing]) -> None:
        now = utc_now()
        with transaction(self._db):
            saved = [briefings.save(self._db, item, run_id=self._run_id, now=now, cause=self._cause) for item in batch]
            for item in batch:
                for unknown in item.unknowns:
                    reference.note_unknown(self._db, unknown, item.news_id, now)
        for item, what in zip(batch, saved, strict=True):
            self.saved[what] += 1
            if what is not Saved.UNCHANGED:
                self._found_on[item.listed_on] += 1
            if what is not Saved.UNCHANGED or self._cause == "site":
                # A text that comes later is no change, but may show that releases are one.
                self._touched.add(item.listed_on.isoformat())

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
    ) -> DayRecord:
        """Write a day's row of the ledger from what its walk found and what is stored by now.

        `state` is the walk's own verdict; it is lowered to `partial` here where a listed release is not stored, or
        where so much of the day has vanished that the listing is not to be believed. `unchanged` maps the newsIds whose
        row is as stored to the lead printed there. `declared` and `listed` are None
        where the listing could not be read: the numbers of the check before then stay.
        """
        self.flush()
        now = utc_now()
        previous = self.days(board, filter_, day, day).get(day)
        unwritten = self._unwritten.pop(day, set())
        self.saved[Saved.UNCHANGED] += len(unchanged)
        with transaction(self._db):
            briefings.seen(self._db, unchanged, now)
            record = DayRecord(
                board, day.isoformat(), filter_, declared, None, None, state, reason, now, None, self._run_id
            )
            if listed is None:
                if previous is not None:
                    record = replace(record, declared=previous.declared, listed=previous.listed, stored=previous.stored)
            else:
                stored = briefings.count_stored(self._db, listed)
                record = replace(record, listed=len(listed), stored=stored)
                missing = sorted(unwritten) or [""] * (len(listed) - stored)
                if record.confirmed and missing:
                    named = f": newsId {', '.join(missing)}" if unwritten else ""
                    reason = f"{len(missing)} listed releases not stored{named}"
                    record = replace(record, state="partial", reason=reason)
                if record.confirmed and can_withdraw:
                    record = self._withdraw_missing(record, listed, now, accept=accept_withdrawals)
            settled = ledger.settled_at(previous, record, found_something=self._found_on.pop(day, 0) > 0)
            record = replace(record, settled_at=settled)
            ledger.write(self._db, record)
        return record

    def _withdraw_missing(self, record: DayRecord, listed: Sequence[str], now: str, *, accept: bool) -> DayRecord:
        """Mark what a complete walk of a day no longer lists; a day that lost most of its releases is not believed."""
        gone, held = briefings.not_listed(self._db, record.board, record.day, listed)
        most = len(gone) > BELIEVABLE_WITHDRAWALS and 2 * len(gone) > held
        all_of_several = len(gone) == held > 1
        if (most or all_of_several) and not accept:
            reason = f"the site no longer lists {len(gone)} of the {held} releases stored for this day: not believed"
            reason += " (--accept-withdrawals where it is true)"
            return replace(record, state="partial", reason=reason)
        briefings.withdraw(self._db, gone, now)
        if gone:
            logger.info("%s: withdrawn by the site: newsId %s", record.day, ", ".join(map(str, gone)))
            self._found_on[date.fromisoformat(record.day)] += len(gone)
        return record

    def finish_run(self, columns: dict[str, int | str | None]) -> None:
        self.flush()
        counted = {saved.value: self.saved[saved] for saved in Saved}
        with transaction(self._db):
            joint.regroup(self._db, self._touched)
            runs.finish(self._db, self._run_id, {**counted, **columns, "finished_at": utc_now()})

    def close(self) -> None:
        if self.archive:
            self.archive.close()
        self.readings.close()
        self._db.close()


def _named(batch: Sequence[Briefing]) -> str:
    return f"newsId {', '.join(item.news_id for item in batch)}" if batch else "the archive"
