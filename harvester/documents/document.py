"""What every reader of a document gives, and how it refuses one."""

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
