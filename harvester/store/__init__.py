"""The only place that holds SQL. :class:`~harvester.store.store.Store` is what the rest of the program uses."""

from harvester.store.database import UNUSABLE, DatabaseProblem, open_to_read
from harvester.store.ledger import DayRecord
from harvester.store.store import KnownRelease, Saved, Store

__all__ = ["UNUSABLE", "DatabaseProblem", "DayRecord", "KnownRelease", "Saved", "Store", "open_to_read"]
