"""The text of a pdf, by pdfium.

A pdf knows no paragraphs, only lines as they were printed. Where it shows how its lines were wrapped, they are put
together again; where it does not, they stay as they are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

import pypdfium2
import pypdfium2.raw

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument

_HYPHEN = "\ufffe"
"""What pdfium writes for a hyphen at the end of a line, whose end it leaves out."""
_BROKEN_ENGLISH = re.compile(f"(?<=[a-z]){_HYPHEN}(?=[a-z])")
_WORD_GOES_ON = re.compile(r"[^\W_]|[.,)\]%’”」』]")
_BULLET = re.compile(r"[^\w\s(\[‘“「『<《'\"]")
_SEVERAL = 3
_TELLING = 0.2
"""Of the lines that are full, how many must end with a space to show that the writer of the file keeps such spaces.

Text that is wrapped between syllables, as much Korean text is, ends a line between words about every third time; where
the spaces were thrown away, one is left in a hundred lines.
"""


def read_pdf(content: bytes) -> Document:
    """The text of all pages, a line a paragraph where that can be told, else a line as printed.

    Raises UnreadableDocument for what needs a password, is damaged, or has pages without any text.
    """
    if content.rfind(b"startxref") < content.rfind(b"endobj"):
        # It may open all the same, without its last pages: one made to be shown while it comes has a trailer in front.
        raise UnreadableDocument("damaged: cut off: nothing stands behind its last object")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        # A file that opens without a password may still forbid printing; that is no obstacle here.
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            raise UnreadableDocument("encrypted") from error
        raise UnreadableDocument(f"damaged: {error}") from error
    try:
        count = len(document)
        if count == 0:
            raise UnreadableDocument("damaged: no pages")
        pages = list(_pages(document))
    finally:
        document.close()
    text = "\n".join(_paragraphs(pages))
    if not text.strip():
        raise UnreadableDocument("scanned images")
    return Document(text, "pdf", count)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as printed; places in points, from the left and from the bottom of the page."""

    text: str
    left: float
    right: float
    """Where its last character ends that is not a space."""
    end: float
    """Where its last character ends."""
    first_word: float
    """How wide its first word is."""
    top: float
    bottom: float

    def reaches(self, margin: float, below: "_Line") -> bool:
        """Whether the first word of the line below had no place left in this one."""
        return self.end + below.first_word > margin - 0.5

    def goes_on_in(self, below: "_Line") -> bool:
        """Whether the other stands under it, as the next line of the same paragraph does."""
        height, other = self.top - self.bottom, below.top - below.bottom
        alike = abs(height - other) <= 0.2 * max(height, other)
        return alike and below.top < self.top and self.bottom - below.top < 2 * height


def _pages(document: Any) -> Iterator[list[_Line]]:
    """The lines of the pages; one that is broken is reason enough to refuse all: half a text would pass for a whole."""
    length = 0
    for index in range(len(document)):
        try:
            page = document[index]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(f"damaged: page {index + 1} cannot be read") from error
        lines = list(_lines(text_page))
        text_page.close()
        page.close()
        length += sum(len(line.text) for line in lines)
        if length > limits.LONGEST_TEXT:
            raise UnreadableDocument(f"too large: more than {limits.LONGEST_TEXT:,} characters of text")
        yield lines


def _lines(page: Any) -> Iterator[_Line]:
    text = page.get_text_range()
    # Places are asked for by the number of the UTF-16 unit, which is the character's own unless there are wide ones.
    wide = bool(text) and max(text) > "\uffff"
    placed = page.count_chars() == (len(text.encode("utf-16-le", "surrogatepass")) // 2 if wide else len(text))
    start = 0
    for part in text.split("\n"):
        line = part.removesuffix("\r")
        if line.strip():
            yield _line(page, line, start, wide) if placed else _Line(line, 0, 0, 0, 0, 0, 0)
        start += _units(part, wide) + 1


def _units(text: str, wide: bool) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if wide else len(text)


def _line(page: Any, text: str, start: int, wide: bool) -> _Line:
    def box(characters: str) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the last of the characters with which the line begins."""
        found: tuple[float, float, float, float] = page.get_charbox(start + _units(characters, wide) - 1, loose=True)
        return found

    indent = len(text) - len(text.lstrip())
    word = text.split(maxsplit=1)[0]
    left, bottom, _, top = box(text[: indent + 1])
    first_word = box(text[: indent + len(word)])[2] - left
    right = box(text.rstrip())[2]
    end = right if text[-1:].strip() else box(text)[2]
    return _Line(text, left, right, max(right, end), first_word, top, bottom)


# --- from lines to paragraphs -----------------------------------------------------------------------------------------


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> Iterator[str]:
    margin = _margin(line.right for page in pages for line in page)
    glues = _keeps_spaces(pages, margin)
    for page in pages:
        paragraph = ""
        for line, below in zip_longest(page, page[1:]):
            paragraph += _without_hyphens(line.text)
            if glues and below is not None and _is_wrapped(line, below, margin):
                continue
            yield paragraph
            paragraph = ""


def _margin(ends: Iterable[float]) -> float:
    """Where full lines end: the rightmost place at which several do. A page number may stand further right."""
    ordered = sorted(ends, reverse=True)
    columns = zip(ordered, ordered[_SEVERAL - 1 :], strict=False)
    return next((first for first, last in columns if first - last < 1), max(ordered, default=0.0))


def _keeps_spaces(pages: Sequence[Sequence[_Line]], margin: float) -> bool:
    """Whether lines that are full end with a space where they were wrapped between words.

    Then a full line without one was wrapped inside a word; without this evidence nobody can tell.
    """
    full = [
        line
        for page in pages
        for line, below in pairwise(page)
        if line.reaches(margin, below) and line.goes_on_in(below)
    ]
    spaced = sum(line.text.endswith(" ") for line in full)
    return spaced > 0 and spaced >= _TELLING * len(full)


def _is_wrapped(line: _Line, below: _Line, margin: float) -> bool:
    if not (line.reaches(margin, below) and line.goes_on_in(below)):
        return False
    start = below.text.lstrip()[0]
    if line.text.endswith(" "):
        return not _BULLET.match(start)
    return line.text[-1].isalnum() and below.text[0] == start and bool(_WORD_GOES_ON.match(start))


def _without_hyphens(text: str) -> str:
    """English words whole again; a hyphen between anything else is one that was written: 2024-2025."""
    return _BROKEN_ENGLISH.sub("", text).replace(_HYPHEN, "-")
