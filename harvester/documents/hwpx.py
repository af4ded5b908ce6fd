"""The text of a hwpx file: OWPML (KS X 6101), XML parts in a zip archive.

Elements are known by their local names, since the same ones stand in the namespaces of 2011, 2016 and 2024.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument, row_lines

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 1
_SECTION = re.compile(r"(?:^|/)section(\d+)\.xml$", re.IGNORECASE)
_PICTURE = re.compile(r"^bindata/.*\.(?:jpe?g|png|bmp|gif|tiff?|wmf|emf)$", re.IGNORECASE)

_BROKEN_FILE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


def read_hwpx(content: bytes) -> Document:
    """The text of the sections in their order, with tables, text boxes, headers, footers and notes where they stand.

    Raises UnreadableDocument for what is encrypted, damaged, too large, or has no text.
    """
    archive = _Archive(content)
    if archive.is_encrypted():
        raise UnreadableDocument("encrypted")
    lines: list[str] = []
    length = 0
    for name in _sections(archive):
        found = _section_lines(archive.read(name), name)
        length += sum(map(len, found))
        if length > limits.LONGEST_TEXT:
            raise UnreadableDocument(f"too large: more than {limits.LONGEST_TEXT:,} characters of text")
        lines += found
    if not any(line.strip() for line in lines):
        raise UnreadableDocument("scanned images" if archive.has_pictures() else "empty: no text in its sections")
    return Document("\n".join(lines), "hwpx")


# --- the archive ------------------------------------------------------------------------------------------------------


class _Archive:
    """A zip archive of which nothing is believed: neither sizes, nor counts, nor names."""

    def __init__(self, content: bytes) -> None:
        # Counted before the archive is opened, because opening makes an object of each.
        if (parts := content.count(b"PK\x01\x02")) > limits.MOST_PARTS:
            raise UnreadableDocument(f"too large: {parts:,} parts")
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN_FILE as error:
            raise UnreadableDocument(f"damaged: {error}") from error
        self._archive = archive
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}
        self._left = limits.LARGEST_WHOLE

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def names(self) -> list[str]:
        return list(self._parts)

    def read(self, name: str) -> bytes:
        """An unpacked part."""
        info = self._parts.get(name.lower())
        if info is None:
            raise UnreadableDocument(f"damaged: {name} is missing")
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise UnreadableDocument("encrypted")
        if info.compress_type not in _READABLE:
            raise UnreadableDocument(f"damaged: {name} is compressed in a way that hwpx does not know")
        most = min(limits.LARGEST_PART, self._left)
        try:
            with self._archive.open(info) as part:
                data = part.read(most + 1)
        except _BROKEN_FILE as error:
            raise UnreadableDocument(f"damaged: {name}: {error}") from error
        if len(data) > most:
            raise UnreadableDocument(f"too large: {name} unpacks to more than {most:,} bytes")
        self._left -= len(data)
        return data

    def is_encrypted(self) -> bool:
        """Whether META-INF/manifest.xml tells how its parts are encrypted, as in the packages of OpenDocument."""
        return "META-INF/manifest.xml" in self and b"encryption-data" in self.read("META-INF/manifest.xml")

    def has_pictures(self) -> bool:
        return any(map(_PICTURE.search, self._parts))


def _sections(archive: _Archive) -> list[str]:
    """The names of the sections as the spine of the manifest orders them; without a manifest, by their numbers."""
    named = list(_spine(archive)) or sorted(filter(_SECTION.search, archive.names()), key=_number)
    if not named:
        raise UnreadableDocument("damaged: it has no sections")
    return named


def _number(name: str) -> int:
    found = _SECTION.search(name)
    return int(found[1]) if found else -1


def _spine(archive: _Archive) -> Iterator[str]:
    if "Contents/content.hpf" not in archive:
        return
    package = _parse(archive.read("Contents/content.hpf"), "content.hpf")
    places = {item.get("id"): item.get("href", "") for item in package.iter("{*}item")}
    # A spine that names a section a thousand times would make a small file a large one.
    for idref in dict.fromkeys(each.get("idref") for each in package.iter("{*}itemref")):
        href = places.get(idref, "")
        if _SECTION.search(href):
            # Most write it from the root of the archive, some from the folder of the manifest.
            beside = str(PurePosixPath("Contents") / href)
            yield href if href in archive or beside not in archive else beside


def _parse(data: bytes, name: str) -> Any:
    """The root of a part's XML. A DTD is refused: hwpx has none, and all tricks with entities begin in one."""
    if b"<!DOCTYPE" in data:
        raise UnreadableDocument(f"damaged: {name} has a document type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise UnreadableDocument(f"damaged: {name}: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument(f"damaged: {name} has a document type")
    return root


# --- the text ---------------------------------------------------------------------------------------------------------


class _LocalNames(dict[Any, str]):
    """From tags to local names, each worked out once: a document has a few dozen tags, a hundred thousand times."""

    def __missing__(self, tag: Any) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < 10_000:
            self[tag] = name
        return name


_LOCAL = _LocalNames()

_IN_TEXT = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-", "hypen": "-"}
"""What stands for the elements in a text; Hancom's own files write `hypen`."""
# Of the fields that begin, only a memo has text of its own.
_NOTES = frozenset({"footNote", "endNote", "fieldBegin"})
_UNSEEN = frozenset(
    {"linesegarray", "secPr", "parameters", "fieldEnd", "shapeComment", "hiddenComment", "colPr", "pageNum", "bookmark"}
)
_TRANSPARENT = frozenset({"run", "ctrl"})


def _section_lines(data: bytes, name: str) -> list[str]:
    root = _parse(data, name)
    # Where what is deleted has a beginning and no end, the rest of the document would be lost.
    tracked = data.count(b"deleteBegin") == data.count(b"deleteEnd")
    try:
        return _Section(tracked).lines(root)
    except RecursionError as error:
        raise UnreadableDocument(f"damaged: {name} is nested too deeply") from error


class _Paragraph:
    """The lines of a paragraph as they come to be: its text, and the lines of what is anchored in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._text: list[str] = []
        self._waiting: list[str] = []
        self._after: list[str] = []

    def write(self, text: str) -> None:
        if not text:
            return
        if self._waiting:
            self._place(text)
        self._text.append(text)

    def put(self, lines: list[str]) -> None:
        """Lines of a table or box, which stand where they are anchored, unless that is inside a word."""
        self._waiting += lines

    def put_after(self, lines: list[str]) -> None:
        """Lines of a note: they would tear the sentence apart."""
        self._after += lines

    def _place(self, text: str) -> None:
        before = self._text[-1] if self._text else " "
        if before[-1].isspace() or text[0].isspace():
            self._end_line()
            self.lines += self._waiting
        else:
            self._after += self._waiting
        self._waiting = []

    def _end_line(self) -> None:
        text = "".join(self._text)
        if text.strip():
            self.lines += text.split("\n")
        self._text = []

    def finish(self) -> list[str]:
        self._end_line()
        self.lines += self._waiting + self._after
        # A blank paragraph is a blank line.
        return self.lines or [""]


class _Section:
    """A walk over a section. What is deleted while changes are tracked may begin and end in different paragraphs."""

    def __init__(self, tracked: bool) -> None:
        self._tracked = tracked
        self._deleted = False

    def lines(self, element: Any) -> list[str]:
        """The lines of the paragraphs and tables in an element, however deep they stand."""
        found: list[str] = []
        for child in element:
            name = _LOCAL[child.tag]
            if name == "p":
                found += self._paragraph(child)
            elif name == "tbl":
                found += self._table(child)
            elif name == "switch":
                found += self._switch(child)
            elif name in ("script", "text"):
                found += (child.text or "").split("\n")
            elif len(child) and name not in _UNSEEN:
                found += self.lines(child)
        return found

    def _paragraph(self, element: Any) -> list[str]:
        paragraph = _Paragraph()
        self._inline(element, paragraph)
        return paragraph.finish()

    def _inline(self, element: Any, paragraph: _Paragraph) -> None:
        for child in element:
            name = _LOCAL[child.tag]
            if name == "t":
                paragraph.write(self._text(child))
            elif name in _TRANSPARENT:
                self._inline(child, paragraph)
            elif name in _UNSEEN:
                pass
            elif name == "tbl":
                paragraph.put(self._table(child))
            elif name in _NOTES:
                paragraph.put_after(self.lines(child))
            elif name == "equation":
                paragraph.write(f" {' '.join(' '.join(self.lines(child)).split())} ")
            elif name == "dutmal":
                paragraph.write(" ".join(filter(None, (part.text for part in child))))
            elif name == "compose":
                paragraph.write(child.get("composeText", ""))
            elif name == "autoNum":
                paragraph.write(_printed_number(child))
            elif len(child):
                paragraph.put(self._switch(child) if name == "switch" else self.lines(child))

    def _text(self, element: Any) -> str:
        if not len(element) and not self._deleted:
            return element.text or ""
        pieces = [] if self._deleted else [element.text or ""]
        for child in element:
            name = _LOCAL[child.tag]
            if name == "deleteBegin":
                self._deleted = self._tracked
            elif name == "deleteEnd":
                self._deleted = False
            if not self._deleted:
                pieces.append(_IN_TEXT.get(name, ""))
                pieces.append(child.tail or "")
        return "".join(pieces)

    def _table(self, element: Any) -> list[str]:
        above: list[str] = []
        rows: list[str] = []
        below: list[str] = []
        for child in element:
            name = _LOCAL[child.tag]
            if name == "tr":
                rows += row_lines([self.lines(cell) for cell in child if _LOCAL[cell.tag] == "tc"] or [[]])
            elif name == "caption":
                caption = below if child.get("side") in ("BOTTOM", "RIGHT") else above
                caption += self.lines(child)
        return above + rows + below

    def _switch(self, element: Any) -> list[str]:
        """The first of the ways to say the same that says anything."""
        return next((lines for branch in element if any(lines := self.lines(branch))), [])


def _printed_number(element: Any) -> str:
    """The number of a caption or a note, where it is printed in digits."""
    [shape] = [child for child in element if _LOCAL[child.tag] == "autoNumFormat"][:1] or [{}]
    if shape.get("type", "DIGIT") != "DIGIT":
        return ""
    return f"{shape.get('prefixChar', '')}{element.get('num', '')}{shape.get('suffixChar', '')}"
