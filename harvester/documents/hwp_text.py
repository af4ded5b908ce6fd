"""From the records of a section of an HWP 5 document to its lines of text.

Records lie one after the other, each with its level, so they are a tree written from the top. It is folded while it is
read: a record whose children are over gives its text to its parent. Nothing is recursive, whatever the depth.

The format says many things twice (how long a text is, how many paragraphs a cell has, how many cells a row), and real
files are always consistent. So what is inconsistent is damaged, and text that is lost is missed.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harvester.documents import limits
from harvester.documents.document import UnreadableDocument, row_lines

# Tags of records, 4.3.
_PARA_HEADER, _PARA_TEXT, _PARA_CHAR_SHAPE, _PARA_LINE_SEG, _PARA_RANGE_TAG = range(0x42, 0x47)
_CTRL_HEADER, _LIST_HEADER = 0x47, 0x48
_TABLE, _EQEDIT, _TEXT_ART, _FORM_OBJECT, _MEMO_LIST = 0x4D, 0x58, 0x5A, 0x5B, 0x5D
_FIRST_TAG = 0x10
_LEAVES = frozenset({_PARA_TEXT, _PARA_CHAR_SHAPE, _PARA_LINE_SEG, _PARA_RANGE_TAG})
_READ = frozenset(
    {_PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE, _EQEDIT, _TEXT_ART, _FORM_OBJECT, _MEMO_LIST}
)
_SIZE_FOLLOWS = 0xFFF

MOST_PIECES = 1_000_000
"""Records, control characters and lines in tables of one document; a thousand pages have about a third."""


class Damage(Exception):
    """What is wrong with a section, as words that follow its name."""


class Budget:
    """What may still be taken from a document."""

    def __init__(self) -> None:
        self._pieces = MOST_PIECES
        self._characters = limits.LONGEST_TEXT

    def take_pieces(self, count: int) -> None:
        self._pieces -= count
        if self._pieces < 0:
            raise UnreadableDocument(f"too large: more than {MOST_PIECES:,} records and lines")

    def take_characters(self, count: int) -> None:
        self._characters -= count
        if self._characters < 0:
            raise UnreadableDocument(f"too large: more than {limits.LONGEST_TEXT:,} characters of text")


@dataclass(slots=True)
class _Paragraphs:
    """A list of paragraphs: a cell, a caption, a note, a text box …"""

    declared: int | None
    row: int = 0
    """Of a cell: the row it begins in."""
    below: bool = False
    """Of a caption: it stands below or to the right of what it is about."""
    found: int = 0
    last_is_last: bool = True
    """Whether the last of them says that it is."""
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Control:
    """What stands at a control character: words within the line, or lines of their own."""

    words: str
    lines: list[str]
    stands_apart: bool
    """It takes a place in the line as a character does, so what stands before and after it are different words."""
    is_note: bool


@dataclass(slots=True)
class _Record:
    """A record whose children are still being read."""

    tag: int
    level: int
    body: bytes
    depth: int
    """Paragraphs around it."""
    text: str = ""
    code_units: int = 0
    controls: list[_Control] = field(default_factory=list)
    lists: list[_Paragraphs] = field(default_factory=list)
    captions: int = 0
    """Of a table: lists before its cells."""
    row_sizes: tuple[int, ...] = ()
    words: str = ""


def is_paragraph(data: bytes) -> bool:
    """Whether bytes begin as a section does: with the header of a paragraph at the highest level."""
    return len(data) > 4 and int.from_bytes(data[:4], "little") & 0xFFFFF == _PARA_HEADER


def section_lines(data: bytes, budget: Budget, *, ends_known: bool) -> list[str]:
    """The lines of a section. Raises Damage, or UnreadableDocument where it takes more than the budget has.

    `ends_known` says whether the bytes are sure to be all of them; otherwise the last paragraph has to say so.
    """
    if not is_paragraph(data):
        raise Damage("does not begin with a paragraph")
    top = _Record(tag=-1, level=-1, body=b"", depth=0, lists=[_Paragraphs(declared=None)])
    open_records = [top]
    for tag, level, body in _records(data, budget):
        while open_records[-1].level >= level:
            _close(open_records.pop(), open_records[-1], budget)
        parent = open_records[-1]
        if parent.level != level - 1:
            raise Damage("has records without their parents")
        if tag not in _LEAVES:
            record = _Record(tag, level, body, parent.depth + (tag == _PARA_HEADER))
            if record.depth > limits.DEEPEST:
                raise UnreadableDocument(f"too large: nested deeper than {limits.DEEPEST}")
            open_records.append(record)
        if (read := _READERS.get(tag)) is not None:
            read(body, open_records[-1], parent, budget)
    while len(open_records) > 1:
        _close(open_records.pop(), open_records[-1], budget)
    if not ends_known and not top.lists[-1].last_is_last:
        raise Damage("ends early")
    return _all_lines(top)


def _records(data: bytes, budget: Budget) -> Iterator[tuple[int, int, bytes]]:
    """Tag, level and body of each record, 4.1; the body only of those that are read."""
    unpack = struct.Struct("<I").unpack_from
    at, end = 0, len(data)
    while at < end:
        budget.take_pieces(1)
        if at + 4 > end:
            if not any(data[at:]):
                return
            raise Damage("ends early")
        [header] = unpack(data, at)
        tag, level, size = header & 0x3FF, header >> 10 & 0x3FF, header >> 20
        if tag < _FIRST_TAG:
            # Some programs fill up the last block of a stream.
            if not any(data[at:]):
                return
            raise Damage("has bytes that are no records")
        at += 4
        if size == _SIZE_FOLLOWS:
            if at + 4 > end:
                raise Damage("ends early")
            [size] = unpack(data, at)
            at += 4
        if at + size > end:
            raise Damage("ends early")
        yield tag, level, data[at : at + size] if tag in _READ else b""
        at += size


# --- records as they begin --------------------------------------------------------------------------------------------


def _read_text(body: bytes, parent: _Record, _: _Record, budget: Budget) -> None:
    if parent.tag != _PARA_HEADER or parent.text or len(body) % 2:
        raise Damage("has text in a wrong place")
    budget.take_characters(len(body) // 2)
    parent.text = body.decode("utf-16-le", "replace")
    parent.code_units = len(body) // 2


def _read_list(body: bytes, record: _Record, parent: _Record, _: Budget) -> None:
    """4.3.7; of a caption, table 72; of a cell, table 80."""
    if len(body) < 8:
        raise Damage("has a cut list of paragraphs")
    paragraphs = _Paragraphs(declared=int.from_bytes(body[:2], "little"))
    if parent.row_sizes:
        if len(body) < 16:
            raise Damage("has a cut cell")
        paragraphs.row = int.from_bytes(body[10:12], "little")
    else:
        paragraphs.below = len(body) >= 12 and body[8] & 3 in (1, 3)
    parent.lists.append(paragraphs)
    # Its paragraphs are its siblings; they would be as welcome as its children.
    record.lists = [paragraphs]


def _read_table(body: bytes, _: _Record, parent: _Record, __: Budget) -> None:
    """4.3.9.1, table 75."""
    if len(body) < 18 or len(body) < 18 + 2 * (rows := int.from_bytes(body[4:6], "little")):
        raise Damage("has a cut table")
    parent.captions = len(parent.lists)
    parent.row_sizes = struct.unpack_from(f"<{rows}H", body, 18)


def _read_equation(body: bytes, _: _Record, parent: _Record, budget: Budget) -> None:
    """4.3.9.3: the script that an equation is written in."""
    parent.words = _apart(_string(body, 4, budget)[0])


def _read_text_art(body: bytes, _: _Record, parent: _Record, budget: Budget) -> None:
    """Four corners, then the text; the description does not say."""
    text, _end = _string(body, 32, budget)
    parent.lists.append(_Paragraphs(declared=0, lines=text.split("\n")))


_FORM_TEXT = re.compile(r"\b(?:Caption|Text):wstring:(\d{1,6}):")


def _read_form(body: bytes, _: _Record, parent: _Record, budget: Budget) -> None:
    """What is written on a button or in a field, among its properties; the description does not say."""
    properties, _end = _string(body, 12, budget)
    texts = (properties[match.end() : match.end() + int(match[1])] for match in _FORM_TEXT.finditer(properties))
    parent.words = _apart(" ".join(texts))


_READERS: dict[int, Callable[[bytes, _Record, _Record, Budget], None]] = {
    _PARA_TEXT: _read_text,
    _LIST_HEADER: _read_list,
    _TABLE: _read_table,
    _EQEDIT: _read_equation,
    _TEXT_ART: _read_text_art,
    _FORM_OBJECT: _read_form,
}


def _string(body: bytes, at: int, budget: Budget) -> tuple[str, int]:
    """The text whose length stands at a place of a record, and where it ends."""
    start = at + 2
    end = start + 2 * int.from_bytes(body[at:start], "little")
    if len(body) < max(start, end):
        raise Damage("has a cut text")
    budget.take_characters((end - start) // 2)
    return body[start:end].decode("utf-16-le", "replace"), end


def _apart(words: str) -> str:
    return f" {' '.join(words.split())} "


# --- records whose children are over ----------------------------------------------------------------------------------


def _close(record: _Record, parent: _Record, budget: Budget) -> None:
    if record.tag == _LIST_HEADER:
        return
    for each in record.lists:
        if each.declared is not None and each.declared != each.found & 0xFFFF:
            raise Damage("lacks paragraphs")
    if record.tag == _PARA_HEADER:
        _close_paragraph(record, parent, budget)
    elif record.tag == _CTRL_HEADER:
        if parent.tag != _PARA_HEADER:
            raise Damage("has a control in a wrong place")
        parent.controls.append(_control(record, budget))
    elif record.tag != _MEMO_LIST and (lines := _all_lines(record)):
        # Shapes, which hold their text and other shapes.
        parent.lists.append(_Paragraphs(declared=None, lines=lines))


def _all_lines(record: _Record) -> list[str]:
    lines = [line for each in record.lists for line in each.lines]
    return [*lines, record.words] if record.words else lines


def _close_paragraph(record: _Record, parent: _Record, budget: Budget) -> None:
    """4.3.1: the header says how long the text is, and by its highest bit whether the list ends here."""
    if not parent.lists or len(record.body) < 4:
        raise Damage("has a paragraph in a wrong place")
    length = int.from_bytes(record.body[:4], "little")
    # A paragraph of nothing but its end has no text record.
    if length & 0x7FFFFFFF != record.code_units and (length & 0x7FFFFFFF > 1 or record.text):
        raise Damage("lacks text")
    home = parent.lists[-1]
    home.found += 1
    home.last_is_last = bool(length >> 31)
    home.lines += _paragraph_lines(record.text, record.controls, budget)
    # Text of the page itself, behind that of the last section.
    home.lines += _all_lines(record)


_HIDDEN_COMMENT = b"tcmt"
_TEXT_ABOVE_TEXT, _OVERLAID, _NUMBER = b"tdut", b"tcps", b"atno"
_NOTES = frozenset({b"fn  ", b"en  ", b"head", b"foot", b"secd", _HIDDEN_COMMENT})
_OBJECTS = frozenset({b"tbl ", b"gso "})


def _control(record: _Record, budget: Budget) -> _Control:
    """4.3.6: the first four bytes say what it is, read from the last; of an object, bit 0 of the next, whether it
    stands in its line as a character does (table 70).
    """
    kind = record.body[3::-1]
    if kind == _HIDDEN_COMMENT:
        lines = []
    elif record.row_sizes:
        lines = _table_lines(record, budget)
    else:
        lines = [line for each in record.lists for line in each.lines]
    budget.take_pieces(len(lines))
    return _Control(
        words=record.words or _words(kind, record.body, budget),
        lines=lines if any(map(str.strip, lines)) else [],
        stands_apart=kind in _OBJECTS and len(record.body) > 4 and bool(record.body[4] & 1),
        is_note=kind in _NOTES,
    )


def _words(kind: bytes, body: bytes, budget: Budget) -> str:
    if kind == _OVERLAID:
        return _string(body, 4, budget)[0]
    if kind == _TEXT_ABOVE_TEXT:
        main, end = _string(body, 4, budget)
        return f"{main} {_string(body, end, budget)[0]}"
    if kind == _NUMBER:
        return _printed_number(body)
    return ""


def _printed_number(body: bytes) -> str:
    """The number of a caption or note where it is printed in digits, table 142; that of a page is left out."""
    if len(body) < 16:
        return ""
    shape, number, _, before, after = struct.unpack_from("<IHHHH", body, 4)
    is_page, is_digits = not shape & 0xF, not shape >> 4 & 0xFF
    return f"{_character(before)}{number}{_character(after)}" if is_digits and not is_page else ""


def _character(code: int) -> str:
    return chr(code) if code >= 0x20 else ""


def _table_lines(record: _Record, budget: Budget) -> list[str]:
    captions, cells = record.lists[: record.captions], record.lists[record.captions :]
    if len(cells) != sum(record.row_sizes):
        raise Damage("lacks cells of a table")
    rows: dict[int, list[list[str]]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell.lines)
    lines = [line for caption in captions if not caption.below for line in caption.lines]
    for row in rows.values():
        if len(row) > 1:
            # A row in a row in a row is made anew each time.
            budget.take_characters(sum(len(line) for cell in row for line in cell))
        lines += row_lines(row)
    return lines + [line for caption in captions if caption.below for line in caption.lines]


# --- the text of a paragraph ------------------------------------------------------------------------------------------

# Control characters, table 6: those of eight code units, of which some have a record, and those of one.
_HAS_RECORD = frozenset("\x01\x02\x03\x0b\x0c\x0e\x0f\x10\x11\x12\x15\x16\x17")
_ONE_UNIT = frozenset("\x00\n\r\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f")
_PRINTED = {"\t": "\t", "\n": "\n", "\x18": "-", "\x1e": " ", "\x1f": " "}
_MARK = re.compile(r"[\x00-\x1f]")


class _Line:
    """The lines of a paragraph as they come to be."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._text: list[str] = []
        self._waiting: list[str] = []
        self._after: list[str] = []

    def write(self, text: str) -> None:
        if not text:
            return
        if self._waiting:
            before = self._text[-1] if self._text else " "
            if before[-1].isspace() or text[0].isspace():
                self.break_here()
            else:
                # An object that is anchored inside a word must not split it.
                self._after += self._waiting
                self._waiting = []
        self._text.append(text)

    def put(self, control: _Control) -> None:
        self.write(control.words)
        if control.is_note:
            # In its place it would tear the sentence apart.
            self._after += control.lines
        elif control.lines:
            self._waiting += control.lines
            if control.stands_apart:
                self.break_here()

    def break_here(self) -> None:
        text = "".join(self._text)
        if text.strip():
            self.lines += text.split("\n")
        self.lines += self._waiting
        self._text, self._waiting = [], []

    def finish(self) -> list[str]:
        self.break_here()
        # A blank paragraph is a blank line.
        return self.lines + self._after or [""]


def _paragraph_lines(text: str, controls: list[_Control], budget: Budget) -> list[str]:
    if not text and not controls:
        return [""]
    line = _Line()
    waiting = iter(controls)
    at = anchored = 0
    while mark := _MARK.search(text, at):
        budget.take_pieces(1)
        line.write(text[at : mark.start()])
        kind = mark[0]
        at = mark.end() if kind in _ONE_UNIT else _end_of_control(text, mark.start())
        line.write(_PRINTED.get(kind, ""))
        if kind in _HAS_RECORD:
            anchored += 1
            if (control := next(waiting, None)) is not None:
                line.put(control)
    if anchored != len(controls):
        raise Damage("lacks what belongs to its control characters")
    line.write(text[at:])
    return line.finish()


def _end_of_control(text: str, start: int) -> int:
    """The place behind a control character of eight code units, of which the last repeats the first.

    What lies between may happen to look like a character of two units.
    """
    units, at = 0, start
    while units < 8 and at < len(text):
        units += 2 if text[at] > "\uffff" else 1
        at += 1
    if units != 8 or text[at - 1] != text[start]:
        raise Damage("has a cut control character")
    return at
