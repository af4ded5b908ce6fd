"""The only place that holds SQL. :class:`~harvester.store.store.Store` is what the rest of the program uses."""

from sqlite_utils import Database

from harvester.store.archive import Archive, ArchiveReader, Exchange, archive_path
from harvester.store.database import UNUSABLE, DatabaseProblem, open_to_read
from harvester.store.ledger import DayRecord
from harvester.store.readings import Readings, readings_path
from harvester.store.store import KnownRelease, Origin, Saved, Store

__all__ = [
    "UNUSABLE",
    "Archive",
    "ArchiveReader",
    "Database",
    "DatabaseProblem",
    "DayRecord",
    "Exchange",
    "KnownRelease",
    "Origin",
    "Readings",
    "Saved",
    "Store",
    "archive_path",
    "open_to_read",
    "readings_path",
]
