"""One run at a time on a database. The system frees the lock of a killed process."""

from pathlib import Path

from filelock import FileLock, Timeout


class AnotherRun(Exception):
    """Another run holds the lock."""


def lock(database: Path) -> FileLock:
    """Take the lock of a database, beside its file. Raises AnotherRun at once where it is held.

    The lock is one object a process and file, so that the command and the run inside it may both take it.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(database.with_name(database.name + ".lock"), is_singleton=True)
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise AnotherRun(f"another run holds {held.lock_file}") from None
    return held
