"""JSON Lines: an object a line, in UTF-8."""

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from harvester.exports.columns import Row


def write(rows: Iterable[Row], columns: Sequence[str], stream: BinaryIO, title: str) -> list[str]:
    """Write a line for each row. What is null in the database is null here."""
    for row in rows:
        stream.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False).encode() + b"\n")
    return []
