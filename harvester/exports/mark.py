"""What a reader was told: a small file that `harvest watch` keeps between two looks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from harvester.exports.output import whole_file
from harvester.store.news import UNCHANGED, State

VERSION = 1
_LARGEST = 2**63 - 1
"""What SQLite takes."""


class UnreadableMark(Exception):
    """The file is none of ours, or damaged; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Mark:
    filters: str
    """As typed."""
    looked_at: str
    told: Mapping[int, State]


def mark_path(database: Path, name: str | None, filters: str) -> Path:
    """Where the mark is kept: beside the database, under its name, or else under the filters."""
    file = name or f"filters-{sha256(filters.encode()).hexdigest()[:16]}"
    return database.parent / f"watch-{database.name}" / f"{file}.json"


def read_mark(path: Path) -> Mark | None:
    """The mark; None before the first look. Raises UnreadableMark, and OSError."""
    try:
        kept = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "is damaged") from error
    try:
        if kept["version"] != VERSION:
            raise _unreadable(path, "was written by another version of the harvester")
        told = dict.fromkeys(map(_number, kept["releases"]), UNCHANGED)
        for news_id, (revision, gone) in kept["changed"].items():
            told[_number(int(news_id))] = State(_number(revision), bool(gone))
        return Mark(kept["filters"], kept["looked_at"], told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, "is no mark of `harvest watch`") from error


def _number(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise ValueError(value)
    return value


def write_mark(path: Path, mark: Mark) -> None:
    """Keep the mark in place of the one before: whole, or not at all. Raises OSError."""
    kept = {
        "version": VERSION,
        "filters": mark.filters,
        "looked_at": mark.looked_at,
        "releases": sorted(news_id for news_id, state in mark.told.items() if state == UNCHANGED),
        "changed": {news_id: [*state] for news_id, state in mark.told.items() if state != UNCHANGED},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, force=True) as stream:
        stream.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode())


def _unreadable(path: Path, why: str) -> UnreadableMark:
    return UnreadableMark(f"{path} {why}: --restart begins anew from now")
