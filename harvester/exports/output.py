"""Writing a file so that it appears under its name only when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_DATABASE = b"SQLite format 3\0"
"""How the file of a database begins."""


class FileThere(FileExistsError):
    """There is something already that is not written over: a file, unless somebody said that it may go; a database."""


@contextmanager
def whole_file(path: Path, *, force: bool = False, forced_to_disk: bool = True) -> Iterator[BinaryIO]:
    """A stream to write to; the file is there when the block ends well, and as it was when it does not.

    Raises FileThere unless `force` says that it may be written over, and even then for a database, and for what is no
    file, such as a pipe: before anything is written; at the end for what came meanwhile.
    """
    # Of what is no file the resolved name would be one that is not there.
    if path.exists() and not path.is_file():
        raise FileThere(f"{path} is no file: name one, or leave it out and send standard output there")
    path = Path(os.path.realpath(path))
    if path.exists() and not force:
        raise _there(path)
    if _is_database(path):
        raise FileThere(f"{path} is an SQLite database, which is never written over: name another")
    # A name of its own, since two containers have the same process number; and short, since the other may be long.
    beside = path.with_name(f".{uuid4().hex}.part")
    try:
        with beside.open("xb") as stream:
            yield stream
            if forced_to_disk:
                stream.flush()
                os.fsync(stream.fileno())
        if force:
            beside.replace(path)
        else:
            _appear(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _there(path: Path) -> FileThere:
    return FileThere(f"{path} is there already: --force writes over it")


def _is_database(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_DATABASE)) == _DATABASE


def _appear(beside: Path, path: Path) -> None:
    """Give the file its name, which nobody else must have taken meanwhile."""
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise _there(path) from None
    except OSError:
        # Not every file system has links; those that have none leave a moment for another.
        if path.exists():
            raise _there(path) from None
        beside.replace(path)
