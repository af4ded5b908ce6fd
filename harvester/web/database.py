"""The database as Datasette holds it: opened by the store for reading only, and asked by our pages."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit

from harvester.store import web as store
from harvester.store.web import Overview

NAME = "briefings"
"""Its name in addresses, whatever the file is called."""

LIMIT = 10_000
"""Milliseconds that one of our pages may ask; somebody's own SQL has less: application.py."""

FRESH = 60
"""Seconds for which an overview is good enough while the database changes."""

T = TypeVar("T")


class ReadOnly(Database):
    def __init__(self, datasette: Datasette, path: Path, *, with_contacts: bool) -> None:
        super().__init__(datasette, str(path), is_mutable=True)
        self.file = path
        self.with_contacts = with_contacts
        self._overview: Overview | None = None
        self._overview_of: tuple[Any, ...] = ()
        self._overview_at = 0.0

    def connect(self, write: bool = False) -> Any:
        if write:
            raise PermissionError("this database is served for reading only")
        return store.connection(self.file, with_contacts=self.with_contacts)

    async def ask(self, question: Callable[[Any], T]) -> T:
        """What the store answers, in a thread of its own."""

        def answer(connection: Any) -> T:
            with sqlite_timelimit(connection, LIMIT):
                return question(store.reading(connection))

        answered: T = await self.execute_fn(answer)
        return answered

    async def overview(self) -> Overview:
        """What is inside: counted again when the file has changed, though not more often than once a minute."""
        state = self._state()
        if self._overview is None or (state != self._overview_of and monotonic() - self._overview_at >= FRESH):
            self._overview = await self.ask(store.overview)
            self._overview_of, self._overview_at = state, monotonic()
        return self._overview

    def _state(self) -> tuple[Any, ...]:
        """What differs after any write: size and time of the file and of its log."""
        found = []
        for path in (self.file, self.file.with_name(f"{self.file.name}-wal")):
            with suppress(OSError):
                read = path.stat()
                found.append((read.st_size, read.st_mtime_ns))
        return tuple(found)


def database(datasette: Datasette) -> ReadOnly:
    found: ReadOnly = datasette.get_database(NAME)
    return found
