"""Room on the disk: a run ends while there is still enough of it to close its books."""

import errno
import os
import shutil
from pathlib import Path

RESERVE = 32 * 1024 * 1024
"""Bytes. What is written between two looks, and to close the books, fits in: the archive lets 8 MB wait, and all of it
is twice on the disk until SQLite has moved it from the log into the file."""
FILES = 10
"""Files that can be made: SQLite keeps a log and an index beside each of the three files while they are open."""
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""What an OSError has as its number when the disk is the trouble, not the file asked for."""


def free_at(path: Path) -> int | None:
    """Bytes that are free where this file is, or would be; None where nobody knows."""
    for place in (path, *path.absolute().parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def files_free_at(path: Path) -> int | None:
    """How many more files can be made there; None where nobody knows, or where they are not counted."""
    for place in (path, *path.absolute().parents):
        try:
            found = os.statvfs(place)
        except FileNotFoundError:
            continue
        except (OSError, AttributeError):
            return None
        return found.f_favail if found.f_files else None
    return None


def no_files_at(path: Path) -> str | None:
    """Why no file can be made there; None where there is room for one, whatever its size."""
    if files_free_at(path) != 0:
        return None
    return f"the disk is full: no more files can be made at {path.parent}, whatever their size"


def shortage_at(path: Path) -> str | None:
    """Why nothing more should be written where this file is; None where there is room."""
    free = free_at(path)
    if free is None or free >= RESERVE:
        return no_files_at(path)
    return f"the disk is full: {megabytes(free)} free at {path.parent}, where {RESERVE >> 20} MB are kept to end well"


def explain(error: OSError, path: Path) -> str:
    """What the disk says, in words."""
    if error.errno == errno.ENOSPC and (full := no_files_at(path)):
        return full
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = free_at(path)
        return f"the disk is full: {'?' if free is None else megabytes(free)} free at {path.parent}"
    return f"the disk does not take it: {error}"


def megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
