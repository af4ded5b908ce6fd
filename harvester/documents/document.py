"""What every reader of a document gives, and how it refuses one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a document: a line a paragraph, or a table row with its cells a tab apart."""

    text: str
    kind: str
    """What its bytes are, whatever its name says: `hwpx`, `hwp`, `pdf` or `viewer`."""
    pages: int | None = None
    """How many pages it has, where the format says so."""


class UnreadableDocument(Exception):
    """The document has no text for us; the message says why: encrypted, damaged, scanned images, unknown kind …"""

    @property
    def reason(self) -> str:
        return str(self)


_LINE_END = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Nothing of these is ever seen: control characters, soft hyphens, zero-width spaces, byte order marks, noncharacters.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff]")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[ \xa0]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """The text as it is kept: lines end in a line feed, spaces are single, no line begins or ends with one, at most
    one line in a row is blank, and nothing is in it that cannot be stored as UTF-8. A tab that begins a line stays:
    it says that a row's first cell is empty.
    """
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text))
    text = _SPACES.sub(" ", _HALF_A_CHARACTER.sub("\ufffd", text))
    lines = (line.rstrip().lstrip(" \u3000") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table row, given the lines of its cells.

    A row of several cells is one line, the cells a tab apart and each on one line. A row of one cell is a frame
    around text (many releases stand in one from beginning to end): its lines stay lines.
    """
    if len(cells) == 1:
        return list(cells[0])
    return ["\t".join(" ".join(" ".join(lines).split()) for lines in cells)]
