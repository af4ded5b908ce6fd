"""A release's text as a page shows it: paragraphs and tables; and addresses that are safe to follow."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from harvester.clock import KST


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the rows of a table."""

    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str | None) -> list[Block]:
    """The text in its parts: lines are paragraphs, neighbouring lines with tabs in them one table."""
    found: list[Block] = []
    lines = [line for line in (text or "").split("\n") if line.strip()]
    for is_table, some in groupby(lines, key=lambda line: "\t" in line):
        if is_table:
            cells = [line.split("\t") for line in some]
            width = max(map(len, cells))
            found.append(Block(rows=tuple(tuple(row + [""] * (width - len(row))) for row in cells)))
        else:
            found += [Block(text=line.strip()) for line in some]
    return found


def safe_address(url: str | None) -> str | None:
    """The address, if a browser that follows it can do nothing but ask a web site for a page."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def korean_time(utc: str) -> str:
    """A time of the database as people in Korea read it: `2024. 1. 18. 12:00`."""
    at = datetime.fromisoformat(utc).astimezone(KST)
    return f"{at.year}. {at.month}. {at.day}. {at:%H:%M}"
