"""Writing a file so that it appears under its name only when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class FileThere(Exception):
    """There is a file already, and nobody said that it may go."""


@contextmanager
def whole_file(path: Path, *, force: bool = False, forced_to_disk: bool = True) -> Iterator[BinaryIO]:
    """A stream to write to; the file is there when the block ends well, and as it was when it does not.

    Raises FileThere, before anything is written, unless `force` says that it may be written over; and for what is no
    file, such as /dev/stdout.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise FileThere(f"{path} is there already, and no file: name another")
    if path.exists() and not force:
        raise FileThere(f"{path} is there already: --force writes over it")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            yield stream
            if forced_to_disk:
                stream.flush()
                os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
