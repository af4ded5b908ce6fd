"""Derives releases again from the archive, on all cores and without one request: after a parser was improved.

The processes read pages and documents and run the pipelines; this one compares with what is stored, and writes.
"""

import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harvester import settings, texts
from harvester.boards import BOARDS, BriefingBoard
from harvester.derive import briefing, esg_post
from harvester.documents import Readers
from harvester.items import NOT_FETCHED, Briefing, EsgPost
from harvester.pages import UnreadablePage
from harvester.pages.esg_board import read_board, read_post
from harvester.pages.listing import ListingPage
from harvester.store import ArchiveReader, DatabaseProblem, Exchange, Origin, Readings, archive_path, readings_path
from harvester.texts import OK, Attachments, Got, Wanted, answer, find_text, got_from, or_stored, read_body

CHUNK = 20
"""Releases a process takes at a time."""
WAITING = 3
"""Chunks a process that are under way: enough that none waits, few enough to hold in memory."""
LISTINGS_AT_HAND = 64


@dataclass(frozen=True, slots=True)
class Task:
    """A release to derive: its pages that may be read, the newest first, and its text where the archive has none."""

    news_id: int
    pages: tuple[int, ...]
    kept_body: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Derived:
    news_id: int
    item: Briefing | EsgPost | None
    reason: str = ""
    """Why there is no item."""
    readings: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    """Documents that had to be read, by digest and suffix, with what was read."""


def tasks(stored: Mapping[int, Origin], archived: Mapping[int, list[int]]) -> Iterator[Task]:
    """What can be derived: releases whose page is kept, in the order in which they came.

    A release is read from the page it was read from, or from a later one that could not be read then. What was read
    from a page that is not kept stays as it is: the archive's pages are older.
    """
    order = sorted(archived, key=lambda news_id: archived[news_id][0])
    for news_id in order:
        origin = stored.get(news_id)
        if origin is None:
            yield Task(news_id, tuple(archived[news_id]), None)
        elif origin.exchange_id in archived[news_id]:
            known = origin.exchange_id
            yield Task(news_id, tuple(page for page in archived[news_id] if page >= known), origin.kept_body)


def derive_all(database: Path, board: BriefingBoard, todo: Iterable[Task], jobs: int) -> Iterator[Derived]:
    """Every release derived, in no certain order; memory does not grow with their number."""
    left = iter(todo)
    chunks = iter(lambda: list(islice(left, CHUNK)), [])
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (database, board.slug)) as pool:
        under_way: set[Future[list[Derived]]] = set()
        for chunk in chunks:
            under_way.add(pool.submit(_derive_chunk, chunk))
            if len(under_way) >= WAITING * jobs:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield from future.result()
        for future in under_way:
            yield from future.result()


class Deriver:
    """What one process needs: the archive, readers of documents, and the pipelines' steps."""

    def __init__(self, database: Path, board: BriefingBoard) -> None:
        self.archive = ArchiveReader(archive_path(database))
        self.readings = Readings(readings_path(database), writable=False)
        self._read: list[tuple[str, str, dict[str, Any]]] = []
        self.board = board
        self.readers = Readers(1)
        self._listings: OrderedDict[int, ListingPage] = OrderedDict()

    def derive(self, task: Task) -> Derived:
        reason = ""
        self._read = []
        for page in task.pages:
            try:
                item = self._item(task, self.archive.get(page))
                for step in self.steps:
                    item = step.process_item(item)
            except (UnreadablePage, DatabaseProblem, self._refused) as error:
                reason = reason or str(error)
            else:
                return Derived(task.news_id, item, "", tuple(self._read))
        return Derived(task.news_id, None, reason, tuple(self._read))

    @cached_property
    def steps(self) -> list[Any]:
        return steps_of(settings.ITEM_PIPELINES)

    @cached_property
    def _refused(self) -> type[Exception]:
        refused: type[Exception] = import_module("scrapy.exceptions").DropItem
        return refused

    def _item(self, task: Task, exchange: Exchange) -> Briefing:
        if exchange.part_of is None or exchange.body is None:
            raise UnreadablePage("its listing or its page is not in the archive")
        listing = self._listing(exchange.part_of)
        row = next((row for row in listing.rows if row.news_id == str(task.news_id)), None)
        if row is None or exchange.day is None:
            raise UnreadablePage(f"the archive's listing {exchange.part_of} does not list it")
        page = self.board.read_page(exchange.body)
        page.require_identity(row.news_id, row.title, row.day)
        answers = {part.url: part for part in self.archive.parts(exchange.id or 0, bodies=False)}
        search = find_text(page, base=exchange.url, lead=row.lead, attachments=Attachments.ALL)
        found = answer(search, lambda wanted: self._got(wanted, answers.get(wanted.url)))
        address = urlsplit(exchange.url)
        return briefing(
            self.board,
            page,
            row,
            or_stored(found, task.kept_body),
            listed_on=date.fromisoformat(exchange.day),
            site=f"{address.scheme}://{address.netloc}",
            site_codes={name: code for code, name in listing.ministries.items()},
            fetched_at=exchange.fetched_at,
            exchange_id=exchange.id,
        )

    def _got(self, wanted: Wanted, exchange: Exchange | None) -> Got:
        """What the archive answers a search with."""
        if exchange is None:
            return Got(status=NOT_FETCHED)
        size, digest = exchange.size or 0, exchange.sha256 or ""
        reading = self._reading(wanted, exchange) if wanted.read and exchange.status == OK else None
        return got_from(wanted, exchange.status, size, digest, reading)

    def _reading(self, wanted: Wanted, exchange: Exchange) -> texts.Reading | None:
        """What the readers made of a document in the crawl, or make of it now if they are others."""
        digest = exchange.sha256 or ""
        known = self.readings.get(digest, wanted.suffix)
        if known is not None:
            return texts.Reading.from_json(known)
        body = self.archive.get(exchange.id or 0).body
        if body is None:
            return None
        reading = read_body(wanted, body, self.readers)
        if reading.lasts:
            self._read.append((digest, wanted.suffix, reading.as_json()))
        return reading

    def _listing(self, exchange_id: int) -> ListingPage:
        if exchange_id not in self._listings:
            self._listings[exchange_id] = self.board.read_listing(self.archive.get(exchange_id).body or b"")
            if len(self._listings) > LISTINGS_AT_HAND:
                self._listings.popitem(last=False)
        self._listings.move_to_end(exchange_id)
        return self._listings[exchange_id]


def steps_of(pipelines: Mapping[str, int]) -> list[Any]:
    """The pipelines in order, without those that belong to a crawl: the range it was asked for, and its store."""
    paths = sorted(pipelines, key=lambda path: pipelines[path])
    classes = [getattr(import_module(path.rpartition(".")[0]), path.rpartition(".")[2]) for path in paths]
    return [step() for step in classes if not hasattr(step, "from_crawler")]


def derive_posts(database: Path, todo: Iterable[Task]) -> Iterator[Derived]:
    """Posts of the ESG board derived, in this process: they are few, and have no documents."""
    steps = steps_of(settings.ESG_ITEM_PIPELINES)
    with closing(ArchiveReader(archive_path(database))) as archive:
        for task in todo:
            reason = ""
            for page in task.pages:
                try:
                    item = _post(archive, archive.get(page), task.news_id)
                    for step in steps:
                        item = step.process_item(item)
                except (UnreadablePage, DatabaseProblem) as error:
                    reason = reason or str(error)
                else:
                    yield Derived(task.news_id, item)
                    break
            else:
                yield Derived(task.news_id, None, reason)


def _post(archive: ArchiveReader, exchange: Exchange, post_id: int) -> EsgPost:
    if exchange.part_of is None or exchange.body is None or exchange.day is None:
        raise UnreadablePage("its list or its page is not in the archive")
    listed = read_board(archive.get(exchange.part_of).body or b"")
    rows = (*listed.rows, *listed.notices)
    row = next((row for row in rows if row.post_id == post_id), None)
    if row is None:
        raise UnreadablePage(f"the archive's list {exchange.part_of} does not list it")
    page = read_post(exchange.body)
    page.require_identity(row.post_id, row.title)
    day = date.fromisoformat(exchange.day)
    return esg_post(page, row, listed_on=day, fetched_at=exchange.fetched_at, exchange_id=exchange.id)


_deriver: Deriver


def _begin(database: Path, board: str) -> None:
    # Whoever is stopped is the one process that writes; it stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _deriver  # noqa: PLW0603  (what a process pool's processes have is theirs alone)
    _deriver = Deriver(database, BOARDS[board])


def _end_with_parent() -> None:
    """A pool's processes would wait for work for ever when the one that gives it was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _derive_chunk(chunk: list[Task]) -> list[Derived]:
    return [_deriver.derive(task) for task in chunk]
