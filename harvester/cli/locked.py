"""Writing to a database while nobody else does."""

from collections.abc import Callable
from pathlib import Path

from harvester.cli.main import say
from harvester.lock import AnotherRun, lock
from harvester.room import explain
from harvester.store import UNUSABLE
from harvester.store.database import why_unusable
from harvester.verdict import Exit


def with_lock(database: Path, work: Callable[[], int]) -> int:
    """Do it under the database's lock; its exit status, or the one that says why it could not be done."""
    try:
        held = lock(database)
    except AnotherRun as error:
        return say(Exit.LOCKED, "locked", str(error))
    except OSError as error:
        return say(Exit.FAILURE, "failure", f"{database} cannot be locked: {explain(error, database)}")
    try:
        return work()
    except UNUSABLE as error:
        why = why_unusable(error, database)
    finally:
        held.release()
    # Without the lock: somebody may want to be told first, and that may take a minute.
    return say(Exit.FAILURE, "failure", why)
