"""Markdown, a document a release: for notes and for language models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from harvester.exports.columns import Row
from harvester.exports.licence import terms
from harvester.exports.markdown_text import line, paragraphs
from harvester.exports.output import whole_file

TEXT = ("title", "lead", "body", "source_line", "url", "license")
"""The columns that a document is made of, whatever its front matter has."""

_FENCE = "---\n"
_WIDE = 2**31 - 1
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write(rows: Iterable[Row], columns: Sequence[str], stream: BinaryIO, title: str) -> list[str]:
    """Write the documents one after the other; each begins with its front matter."""
    for number, row in enumerate(rows):
        stream.write(("\n" if number else "").encode() + document(row, columns).encode())
    return []


def place(news_id: int) -> Path:
    """Where in a folder a release's document is: the same whatever the release says, and a thousand a folder."""
    return Path(str(news_id // 1000)) / f"{news_id}.md"


def is_document_of(news_id: int, text: bytes) -> bool:
    """Whether this is what an export once wrote for this release."""
    return text.startswith(f"{_FENCE}news_id: {news_id}\n".encode())


@dataclass(slots=True)
class Filled:
    """What was done in a folder."""

    written: int = 0
    same: int = 0
    """There already, word for word."""
    left: list[Path] = field(default_factory=list)
    """There already with other words, and so left as they are."""


def fill(folder: Path, rows: Iterable[Row], columns: Sequence[str], *, force: bool) -> Filled:
    """Write a file for each release; with `force` also over those that an export wrote, but never over others."""
    filled = Filled()
    for row in rows:
        path, text = folder / place(row["news_id"]), document(row, columns).encode()
        there = path.read_bytes() if path.exists() else b""
        if there == text:
            filled.same += 1
        elif there and not (force and is_document_of(row["news_id"], there)):
            filled.left.append(path)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Not forced onto the disk, a hundred thousand times: what a power cut empties is written anew.
            with whole_file(path, force=True, forced_to_disk=False) as stream:
                stream.write(text)
            filled.written += 1
    return filled


def document(row: Row, columns: Sequence[str]) -> str:
    """A release: what is known of it as front matter, title, text, source and terms."""
    text = row["body"] or row["lead"] or ""
    source = f"{line(row['source_line'])}  \n<{row['url']}>  \n{terms(row['license'])}"
    parts = [f"# {line(row['title'])}", *paragraphs(text), source]
    return f"{_FENCE}{_front_matter(row, columns)}{_FENCE}\n" + "\n\n".join(parts) + "\n"


def _front_matter(row: Row, columns: Sequence[str]) -> str:
    known: dict[str, Any] = {"news_id": row["news_id"]}
    known |= {name: row[name] for name in columns if name != "body"}
    written: str = yaml.dump(known, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDE)
    return written
