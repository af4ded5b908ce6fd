"""CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel shows Korean as noise."""

import codecs
import csv
import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from harvester.exports.columns import Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""


def write(rows: Iterable[Row], columns: Sequence[str], stream: BinaryIO, title: str) -> list[str]:
    """Write a header and a line for each row; what should be told of it. Values are never altered."""
    stream.write(codecs.BOM_UTF8)
    formulas = 0
    # No TextIOWrapper, which would close the stream with itself. CRLF ends a record, as RFC 4180 and Excel have it; the
    # line breaks in a text stay as they are.
    writer = csv.writer(codecs.getwriter("utf-8")(stream), lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        cells = [cell(row[name]) for name in columns]
        formulas += sum(isinstance(each, str) and each.startswith(_FORMULA) for each in cells)
        writer.writerow(cells)
    if not formulas:
        return []
    return [f"{formulas} cells begin with = + - or @, which spreadsheets take for formulas: xlsx keeps them as text"]


def cell(value: Any) -> str | int | None:
    """A value for a cell; lists of records as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
