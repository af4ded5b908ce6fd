"""The pages that show what was noticed, kept beside the database for whoever has to look."""

import re
from collections.abc import Collection
from datetime import date
from hashlib import sha256
from pathlib import Path

from harvester.drift import Notice

FOLDER = "drift"
ENDING = ".html.txt"
"""Text to whatever opens it: as HTML from the own disk, a page's scripts could run, and read files."""
MOST_FILES = 50
LARGEST = 2 * 1024 * 1024
"""Bytes of a page; it weighs a tenth of that."""


def keep_page(folder: Path, day: date, board: str, notice: Notice, page: bytes, *, spare: Collection[str] = ()) -> str:
    """Write a page and forget the oldest ones, but those to `spare`; its path below the database's folder.

    Raises OSError. Nothing of the site's own words is in the name.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    name = f"{day}-{board}-{notice.kind}-{_plain(notice.measure)}{ENDING}"
    (place / name).write_bytes(page[:LARGEST])
    kept = sorted((path for path in place.glob(f"*{ENDING}") if path.name != name), key=lambda path: path.name)
    removable = [path for path in kept if f"{FOLDER}/{path.name}" not in spare]
    for path in removable[: max(0, len(kept) + 1 - MOST_FILES)]:
        path.unlink(missing_ok=True)
    return f"{FOLDER}/{name}"


def _plain(about: str) -> str:
    """What a notice is about, of letters that every file system knows."""
    plain = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-")[:40]
    return plain if about.isascii() and plain else sha256(about.encode()).hexdigest()[:8]
