"""The database as Datasette holds it: opened by the store for reading only, and asked by our pages."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Generic, TypeVar

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit

from harvester.store import web as store

NAME = "briefings"
"""Its name in addresses, whatever the file is called."""

LIMIT = 10_000
"""Milliseconds that one of our pages may ask; somebody's own SQL has less: application.py."""

FRESH = 60
"""Seconds for which an answer is good enough while the database changes."""

T = TypeVar("T")
Question = Callable[[Any], T]
"""What is asked of the store, given the database as it wants it."""


class Held(threading.local):
    """A thread's connection, and to which file."""

    connection: Any = None
    identity: tuple[int, int] | None = None


class ReadOnly(Database):
    def __init__(self, datasette: Datasette, path: Path, *, with_contacts: bool) -> None:
        super().__init__(datasette, str(path), is_mutable=True)
        self.file = path
        self.with_contacts = with_contacts
        self._held = Held()
        self.overview = Remembered(self, store.overview)
        self.ministries = Remembered(self, store.ministries)

    def connect(self, write: bool = False) -> Any:
        if write:
            raise PermissionError("this database is served for reading only")
        return store.connection(self.file, with_contacts=self.with_contacts)

    async def execute_fn(self, fn: Callable[[Any], T]) -> T:
        """What this answers of the file that lies there now; in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, lambda: fn(self._connected()))

    def _connected(self) -> Any:
        """This thread's connection; another one once another file lies there, of which the first would never tell."""
        held, lies = self._held, self.identity()
        if held.connection is None or held.identity != lies:
            if held.connection is not None:
                held.connection.close()
                held.connection = None
            connection = self.connect()
            self.ds._prepare_connection(connection, self.name)
            held.connection, held.identity = connection, lies
        held.connection.row_factory = store.at_most()
        return held.connection

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:
        if not self.with_contacts:
            store.refuse_joined_officials(sql)
        return await super().execute(sql, *arguments, **options)

    async def attached_databases(self) -> list[Any]:
        """None ever; to look, Datasette asks for what tells where the file lies."""
        return []

    async def ask(self, question: Question[T]) -> T:
        """What the store answers, in a thread of its own."""

        def answer(connection: Any) -> T:
            with sqlite_timelimit(connection, LIMIT):
                return question(store.reading(connection))

        answered: T = await self.execute_fn(answer)
        return answered

    def identity(self) -> tuple[int, int] | None:
        """Which file lies there; None where none does."""
        try:
            read = self.file.stat()
        except OSError:
            return None
        return read.st_dev, read.st_ino

    def state(self) -> tuple[tuple[int, ...], ...]:
        """What differs after any write: size and time of the file and of its log, and which file it is."""
        found = []
        for path in (self.file, self.file.with_name(f"{self.file.name}-wal")):
            with suppress(OSError):
                read = path.stat()
                found.append((read.st_dev, read.st_ino, read.st_size, read.st_mtime_ns))
        return tuple(found)


class Remembered(Generic[T]):
    """An answer that takes seconds of a large database: asked for again once the file has changed, at most once a
    minute unless it is another file, and by one visitor for all."""

    def __init__(self, db: ReadOnly, question: Question[T]) -> None:
        self._db, self._question = db, question
        self._lock = asyncio.Lock()
        self._answer: tuple[T] | None = None
        self._identity: tuple[int, int] | None = None
        self._state: tuple[tuple[int, ...], ...] = ()
        self._at = 0.0

    async def __call__(self) -> T:
        async with self._lock:
            identity, state = self._db.identity(), self._db.state()
            stale = state != self._state and monotonic() - self._at >= FRESH
            if self._answer is None or identity != self._identity or stale:
                self._answer = (await self._db.ask(self._question),)
                self._identity, self._state, self._at = identity, state, monotonic()
            return self._answer[0]


def database(datasette: Datasette) -> ReadOnly:
    found: ReadOnly = datasette.get_database(NAME)
    return found
