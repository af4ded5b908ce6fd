"""What SQLite's errors mean to whoever runs this, and a connection that knows when to write no more."""

import logging
import os
import signal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self, TypeVar

from harvester.room import free_at, megabytes, no_files_at

T = TypeVar("T")
logger = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds to wait for somebody else's lock on the file: an analyst's long query in another program."""
SHORT_PATIENCE = 1.0
"""The same, once somebody held it for longer than that, or a signal came: the run must come to its end."""
READERS_PATIENCE = 5.0
"""The same, for somebody who sits before the screen: only who opened the file for itself alone keeps readers out."""
AT_A_TIME = 0.5
"""Seconds that SQLite itself waits: while it does, Python hears no signal."""
A_MOMENT = 0.02
"""Seconds between two attempts: there are locks that SQLite does not wait for."""
BEHIND = sqlite3.SQLITE_BUSY_SNAPSHOT
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
LASTING = (*DAMAGED, *HELD, *READ_ONLY, sqlite3.SQLITE_IOERR)
"""Errors that the next statement would meet again, however little it writes."""
ADVICE = "nothing more is written to it; docs/hard-cases.md says how to get its content back"
LITTLE = 1024 * 1024
"""Bytes. Where less is free, an error of the disk is for want of room."""


def code_of(error: BaseException | None) -> int:
    """SQLite's primary code of an error, or of the one behind it; 0 for what has none."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and error is not None:
        return code_of(error.__cause__)
    return (code or 0) & 0xFF


def in_words(error: Exception, path: Path | None, *, advice: str = ADVICE) -> str:
    """What an error means, and what to do. `path` is the file it is about."""
    code = code_of(error)
    free = free_at(path) if path else None
    if code == sqlite3.SQLITE_IOERR and free is not None and free < LITTLE:
        code = sqlite3.SQLITE_FULL
    words = str(error)
    if code == sqlite3.SQLITE_CANTOPEN and path and (full := no_files_at(path)):
        words = f"{full}: remove some, then run the same again"
    elif code == sqlite3.SQLITE_FULL:
        there = "" if free is None or path is None else f", {megabytes(free)} free at {path.parent}"
        words = f"the disk is full{there}: make room, then run the same again"
    elif code == sqlite3.SQLITE_IOERR:
        words = f"the disk does not take it ({error}): a quota, a limit or a failing disk; the system's log says more"
    elif getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CORRUPT_VTAB:
        words = f"its search index is damaged ({error}): `harvest reindex` builds it anew"
    elif code in DAMAGED:
        words = f"it is damaged ({error}): {advice}"
    elif code in READ_ONLY:
        words = f"it may not be written to ({error}): its rights, its folder's, or a file system that is read-only"
    elif code in HELD:
        words = f"it is locked by another program{_named_holders(path)}: close that, then run the same again"
    return words


def _named_holders(path: Path | None) -> str:
    if path is None:
        return ""
    return f" ({', '.join(holders(path)) or f'`lsof {path}` says which'})"


def holders(path: Path) -> list[str]:
    """The other processes that hold a write lock on a database or its log, where the system tells."""
    inodes = set()
    for suffix in ("", "-wal", "-shm"):
        try:
            inodes.add(path.with_name(path.name + suffix).stat().st_ino)
        except OSError:
            continue
    try:
        table = Path("/proc/locks").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return [_named(pid) for pid in lockers(table.splitlines(), inodes) if pid != os.getpid()]


def lockers(table: Iterable[str], inodes: set[int]) -> list[int]:
    """Who holds write locks on these inodes, by Linux' table of locks; each once."""
    found: dict[int, None] = {}
    for line in table:
        fields = line.split()
        if "->" in fields or len(fields) < 6 or fields[3] != "WRITE":
            continue  # one that only waits, or only reads
        inode = fields[5].rpartition(":")[2]
        if inode.isdigit() and int(inode) in inodes and fields[4].isdigit() and int(fields[4]):
            found[int(fields[4])] = None
    return list(found)


def _named(pid: int) -> str:
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return f"process {pid}"
    return f"{name}, process {pid}"


class Connection(sqlite3.Connection):
    """Remembers the first error that lasts. In a file that is damaged nothing is written any more."""

    def __init__(self, database: Path, *args: Any, **more: Any) -> None:
        super().__init__(database, *args, **more)
        self.path = Path(database)
        self.trouble: sqlite3.Error | None = None
        self._handler = signal.getsignal(signal.SIGTERM)

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or Cursor)

    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def commit(self) -> None:
        with self.watched():
            super().commit()

    def begin(self) -> None:
        """Take the write lock, waiting for whoever holds it. Raises sqlite3.Error."""
        plain = super().cursor()
        self.patiently(lambda: plain.execute("BEGIN IMMEDIATE"))

    def patiently(self, attempt: Callable[[], T]) -> T:
        """What comes of a statement, after waiting for whoever holds the file."""
        with self.watched():
            return patiently(attempt, lambda: self._patience, self._say_whom_we_wait_for)

    @property
    def _patience(self) -> float:
        # Scrapy only queues what its handlers are to do, for a loop that stands still while we wait; but the first
        # signal puts other handlers in their place.
        stopped = signal.getsignal(signal.SIGTERM) != self._handler
        return PATIENCE if self.trouble is None and not stopped else SHORT_PATIENCE

    def _say_whom_we_wait_for(self) -> None:
        who = ", ".join(holders(self.path)) or "another program"
        logger.warning("%s is held by %s: waiting, for %d seconds at most", self.path, who, self._patience)

    @contextmanager
    def watched(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.note(error)
            raise

    def note(self, error: sqlite3.Error) -> None:
        index_alone = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CORRUPT_VTAB
        if self.trouble is None and code_of(error) in (*LASTING, sqlite3.SQLITE_FULL) and not index_alone:
            self.trouble = error


class Cursor(sqlite3.Cursor):
    """Hands what goes wrong to its connection."""

    connection: Connection

    def execute(self, *args: Any) -> Self:
        self._refuse_if_damaged(args[0])
        return self.connection.patiently(partial(super().execute, *args))

    def executemany(self, *args: Any) -> Self:
        self._refuse_if_damaged(args[0])
        with self.connection.watched():
            return super().executemany(*args)

    def fetchone(self) -> Any:
        with self.connection.watched():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with self.connection.watched():
            return super().fetchall()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.Error as error:
            self.connection.note(error)
            raise

    def _refuse_if_damaged(self, sql: str) -> None:
        trouble = self.connection.trouble
        if trouble is not None and code_of(trouble) in DAMAGED and sql != "ROLLBACK":
            raise trouble


def connect(path: Path) -> Connection:
    """A connection for writing."""
    return sqlite3.connect(path, timeout=AT_A_TIME, factory=Connection)


def connect_to_read(address: str) -> sqlite3.Connection:
    """A connection to an address of SQLite's, once whoever has opened the file for itself alone lets others read."""
    connection = sqlite3.connect(address, uri=True, timeout=AT_A_TIME)
    try:
        patiently(lambda: connection.execute("SELECT 1 FROM sqlite_master").fetchone(), lambda: READERS_PATIENCE)
        connection.execute(f"PRAGMA busy_timeout = {READERS_PATIENCE * 1000:.0f}")
    except BaseException:
        connection.close()
        raise
    return connection


def patiently(
    attempt: Callable[[], T], patience: Callable[[], float], waiting: Callable[[], object] = lambda: None
) -> T:
    """What comes of an attempt, made again while another program holds the file. `waiting` is called once."""
    since, told = monotonic(), False
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            # Of a snapshot that is behind, waiting makes none that is not.
            if code_of(error) != sqlite3.SQLITE_BUSY or error.sqlite_errorcode == BEHIND:
                raise
            if monotonic() - since >= patience():
                raise
        if not told:
            waiting()
            told = True
        sleep(A_MOMENT)


def trouble_of(connection: Any) -> str | None:
    """Why nothing more can be written through a connection; None where nothing is wrong."""
    if not isinstance(connection, Connection) or connection.trouble is None:
        return None
    cannot = "used" if code_of(connection.trouble) in DAMAGED else "written"
    return f"{connection.path} cannot be {cannot}: {in_words(connection.trouble, connection.path)}"
