"""Parquet with real types, for DuckDB, pandas, R and whatever else reads columns."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from harvester.exports.columns import KINDS, RECORDS, Kind, Row
from harvester.exports.licence import STATEMENT

GROUP_ROWS = 20_000
GROUP_CHARACTERS = 1_000_000
"""A group of rows is kept in memory until it is full: at most so many rows, and not much more text than this."""

_EACH_ITS_OWN = frozenset({"title", "lead", "body", "source_line", "url", "fingerprint", "row_signature"})
"""Texts that hardly ever come again."""

_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.DAY: pa.date32(),
    Kind.KOREAN_TIME: pa.timestamp("us", tz="Asia/Seoul"),
    Kind.UTC_TIME: pa.timestamp("us", tz="UTC"),
}


def schema(columns: Sequence[str], title: str) -> pa.Schema:
    return pa.schema([(name, _type(name)) for name in columns], metadata={"title": title, "rights": STATEMENT})


def _type(name: str) -> pa.DataType:
    if KINDS[name] is Kind.RECORDS:
        return pa.list_(pa.struct([(field, _TYPES[kind]) for field, kind in RECORDS[name].items()]))
    return _TYPES[KINDS[name]]


def write(rows: Iterable[Row], columns: Sequence[str], stream: BinaryIO, title: str) -> list[str]:
    """Write a table, a group of rows at a time."""
    table = schema(columns, title)
    # Neither a dictionary of texts that never come again, nor the smallest and the largest of them.
    simple = [name for name in columns if KINDS[name] is not Kind.RECORDS and name not in _EACH_ITS_OWN]
    options = {"compression": "zstd", "use_dictionary": simple, "write_statistics": simple}
    with _frugal(), pq.ParquetWriter(stream, table, **options) as writer:
        for group in _groups(rows):
            batch = _batch(group, table)
            # Of rows, arrays and pages only what the next step needs is kept.
            group.clear()
            writer.write_batch(batch, row_group_size=GROUP_ROWS)
            del batch
    return []


@contextmanager
def _frugal() -> Iterator[None]:
    """Memory by the system's own allocator: the usual one keeps for later what a group of rows no longer needs."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _batch(group: Sequence[Row], table: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array([_value(KINDS[each.name], row[each.name]) for row in group], type=each.type) for each in table]
    return pa.record_batch(arrays, schema=table)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(group) >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _value(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind is Kind.DAY:
        return date.fromisoformat(value)
    if kind in (Kind.KOREAN_TIME, Kind.UTC_TIME):
        return datetime.fromisoformat(value)
    return value
