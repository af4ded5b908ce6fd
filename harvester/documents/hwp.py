"""Text of HWP 5 documents, as Hangul word processors save them: records in deflated streams of a compound file.

Facts of the format are from its published description, "HWP 5.0 revision 1.3" (numbers below are its chapters), and
from files: the check sums after the streams, for one, are not in the description.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument
from harvester.documents.hwp_storage import Storage, decrypt, inflate
from harvester.documents.hwp_text import Budget, Damage, is_paragraph, section_lines

_SIGNATURE = b"HWP Document File"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_SECTION = re.compile(r"Section(\d{1,5})", re.IGNORECASE)
_DOCUMENT_PROPERTIES = 0x10

# FileHeader, 3.2.1: bits of the properties.
_COMPRESSED, _DISTRIBUTION = 1 << 0, 1 << 2
_LOCKS = {
    1 << 1: "a password is needed",
    1 << 4: "locked by rights management",
    1 << 8: "locked by a certificate",
    1 << 10: "locked by a certificate's rights management",
}


@dataclass(frozen=True, slots=True)
class _Section:
    records: bytes
    whole: bool
    """Whether its deflate stream had an end: without one, the records themselves must say that they are all there."""


def read_hwp(content: bytes) -> Document:
    """The text of an HWP 5 file, whatever its name, with what stands in tables, boxes, notes, headers and captions.

    A line a paragraph or table row. A row of one cell keeps the cell's paragraphs as lines, since many releases stand
    whole in a frame of one cell; in other rows each cell is one piece of text. Tables and boxes stand where they are
    anchored, notes and headers right after that paragraph.

    Raises `UnreadableDocument`, and nothing else, with a reason that begins with `encrypted`, `damaged`, `empty`,
    `too large` or `unknown kind`. A document of which any part is damaged has no text at all: half of a release must
    not pass for the whole.
    """
    try:
        lines = _lines(content)
    except UnreadableDocument:
        raise
    except Exception as error:  # whatever strange bytes make of the libraries below
        raise UnreadableDocument(f"damaged: {type(error).__name__} while reading the file") from error
    if not any(map(str.strip, lines)):
        raise UnreadableDocument("empty: no text in the document")
    return Document("\n".join(lines), kind="hwp")


def _lines(content: bytes) -> list[str]:
    _refuse_other_kinds(content)
    storage = Storage(content)
    properties = _properties(storage)
    budget = Budget()
    lines: list[str] = []
    for number, section in enumerate(_sections(storage, properties), start=1):
        try:
            lines += section_lines(section.records, budget, ends_known=section.whole)
        except Damage as damage:
            raise UnreadableDocument(f"damaged: section {number} {damage}") from damage
    if properties & _DISTRIBUTION and any(map(str.strip, lines)):
        lines += _stand_in(storage, budget)
    return lines


def _stand_in(storage: Storage, budget: Budget) -> list[str]:
    """What a distribution document has in the place of its text, for programs that know nothing of such documents."""
    try:
        section = _unpack(storage.read("BodyText/Section0"), 1)
        return section_lines(section.records, budget, ends_known=section.whole)
    except (UnreadableDocument, Damage):
        return []  # it is not what the document says


def _refuse_other_kinds(content: bytes) -> None:
    if not content:
        raise UnreadableDocument("empty: no bytes")
    if len(content) > limits.LARGEST_FILE:
        raise UnreadableDocument(f"too large: a file of more than {limits.LARGEST_FILE:,} bytes")
    if content.startswith(_SIGNATURE):
        raise UnreadableDocument("unknown kind: HWP 3, older than HWP 5")
    if content.startswith(b"PK"):
        raise UnreadableDocument("unknown kind: a zip file")
    if not content.startswith(_COMPOUND):
        raise UnreadableDocument("unknown kind: not a compound file")


def _properties(storage: Storage) -> int:
    if "fileheader" not in storage:
        raise UnreadableDocument("unknown kind: a compound file without a FileHeader")
    header = storage.read("FileHeader")
    if not header.startswith(_SIGNATURE):
        raise UnreadableDocument("unknown kind: a compound file that is not of HWP")
    if len(header) < 40:
        raise UnreadableDocument("damaged: FileHeader ends early")
    version, properties = struct.unpack_from("<II", header, 32)
    if version >> 24 != 5:
        raise UnreadableDocument(f"unknown kind: HWP version {version >> 24}")
    for bit, lock in _LOCKS.items():
        if properties & bit:
            raise UnreadableDocument(f"encrypted: {lock}")
    return int(properties)


def _sections(storage: Storage, properties: int) -> Iterator[_Section]:
    """The sections, one at a time: together they may be large.

    A distribution document has its text in ViewText, encrypted.
    """
    folder = "ViewText" if properties & _DISTRIBUTION else "BodyText"
    found = {int(match[1]): name for name in storage.names(folder) if (match := _SECTION.fullmatch(name))}
    unpacked = 0
    for number in range(max(_declared_sections(storage, properties), *(each + 1 for each in found), 1)):
        if number not in found:
            raise UnreadableDocument(f"damaged: section {number + 1} is missing")
        packed = storage.read(f"{folder}/{found[number]}")
        if properties & _DISTRIBUTION:
            packed = decrypt(packed, part=f"section {number + 1}")
        section = _unpack(packed, number + 1) if properties & _COMPRESSED else _Section(packed, whole=True)
        unpacked += len(section.records)
        if unpacked > limits.LARGEST_WHOLE:
            raise UnreadableDocument(f"too large: more than {limits.LARGEST_WHOLE:,} bytes unpacked")
        yield section


def _unpack(packed: bytes, number: int) -> _Section:
    """A section inflated; or as it is where its records lie there plainly, whatever the FileHeader says."""
    if is_paragraph(packed):
        return _Section(packed, whole=True)
    return _Section(*inflate(packed, part=f"section {number}"))


def _declared_sections(storage: Storage, properties: int) -> int:
    """How many sections the document says it has, 4.2.1: else nobody would miss one that is lost."""
    packed = storage.read("DocInfo")
    if properties & _COMPRESSED and _tag(packed) != _DOCUMENT_PROPERTIES:
        packed, _ = inflate(packed, part="DocInfo")
    if len(packed) < 6 or _tag(packed) != _DOCUMENT_PROPERTIES:
        raise UnreadableDocument("damaged: DocInfo has no document properties")
    return int.from_bytes(packed[4:6], "little")


def _tag(records: bytes) -> int:
    return int.from_bytes(records[:4], "little") & 0x3FF
