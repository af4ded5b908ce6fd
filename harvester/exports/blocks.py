"""A release's text in its parts, as every page and document shows it: paragraphs, and tables."""

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the rows of a table, of as many cells each."""

    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str | None) -> list[Block]:
    """Lines are paragraphs; neighbouring lines with tabs between cells are one table."""
    found: list[Block] = []
    lines = [line for line in (text or "").split("\n") if line.strip()]
    for is_table, some in groupby(lines, key=lambda line: "\t" in line.strip()):
        if is_table:
            cells = [[cell.strip() for cell in line.split("\t")] for line in some]
            width = max(map(len, cells))
            found.append(Block(rows=tuple(tuple(row + [""] * (width - len(row))) for row in cells)))
        else:
            found += [Block(text=line.strip()) for line in some]
    return found
