"""A text, and what it is made of: a line is a paragraph, lines with tabs are the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

Table = list[list[str]]


def blocks(text: str) -> Iterator[str | Table]:
    """Paragraphs and tables in their order; rows that follow one another are one table."""
    for is_table, lines in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if is_table:
            yield [line.split("\t") for line in lines]
        else:
            yield from lines
