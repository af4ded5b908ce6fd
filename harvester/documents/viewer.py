"""The text of a page of the site's document viewer: `{rs}/{fn}.files/1.html`, `2.html` … (docs/source-notes.md)."""

import codecs
import re
from typing import Any

from lxml import etree

from harvester.documents.document import Document, UnreadableDocument, row_lines

_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,40})""", re.IGNORECASE)
_SILENT = frozenset(
    [
        "script",
        "style",
        "title",
        "head",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "nav",
        "button",
        "select",
        "input",
        "textarea",
        "option",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_ROW_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_WHITE = re.compile(r"[ \t\r\n\f\v]+")
_ABSOLUTE = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.IGNORECASE)
_TOP = re.compile(r"(?<![\w-])top\s*:\s*(-?[\d.]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSHOWN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)(?![^\s/>])(?:[^<>]*/>|.*?(?:</\1\s*>|\Z))", re.IGNORECASE | re.DOTALL
)
"""Comments and programs, to the end of the page where they do not end: tags in them are none of the page's.

What closes itself, as XHTML has it, and the comments `<!-->` and `<!--->` are empty to the parser too.
"""
_FRAME = re.compile(r"<(/?)(?:html|body)(?![^\s/>])", re.IGNORECASE)
_HALF = re.compile(r"(?:<(?:[/!?a-z][^<>]*)?|&(?:#?[a-z0-9]+|#))\Z", re.IGNORECASE)
"""A tag, or an entity, that the page ends in the middle of."""
_SAME_LINE = 5.0
"""How far apart, in whatever unit the page uses, two pieces of one line may stand: a raised 2 is still in its line."""


def read_viewer_page(content: bytes) -> Document:
    """The text of one page: a line a paragraph, or a table row with its cells a tab apart.

    Words are split over many spans, so nothing is put between those but what the page itself has there. Raises
    UnreadableDocument where there is no text, its characters cannot be told, or the page was cut off on its way: the
    parser would close what is open and say nothing.
    """
    # Of itself the parser stops at a NUL, which HTML says to leave out.
    text = _decoded(content).replace("\x00", "")
    if cut := _where_cut(text):
        raise UnreadableDocument(f"damaged: cut off: {cut}")
    source = text.encode("utf-8", "replace")
    # Without huge_tree the rest of a page is lost in silence where tags that nobody closed lie 256 deep.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise UnreadableDocument(f"damaged: {error}") from error
    if root is None:
        raise UnreadableDocument("empty: no elements")
    try:
        lines = _Block().read(root)
    except RecursionError as error:
        raise UnreadableDocument("damaged: nested too deeply") from error
    found = "\n".join(lines)
    if not found.strip():
        is_picture = next(root.iter("img", "image"), None) is not None
        raise UnreadableDocument("scanned images" if is_picture else "empty: a page without text")
    return Document(found, "viewer")


def _decoded(content: bytes) -> str:
    """The characters of a page: in the charset it declares, or in one of those that Korean pages are in."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _as(content, name) or _refuse()
    if _ends_inside_a_character(content):
        # In another charset its last bytes would be other characters.
        raise UnreadableDocument("damaged: cut off: it ends inside a character")
    declared = _DECLARED.search(content[:4096])
    names = [declared[1].decode("ascii")] if declared else []
    # Pages that say euc-kr mean Microsoft's superset of it; and what a page declares is not always what it is.
    names = ["cp949" if name.lower() in ("euc-kr", "ks_c_5601-1987", "ksc5601") else name for name in names]
    for name in [*names, "utf-8", "cp949"]:
        if (text := _as(content, name)) is not None:
            return text
    return _refuse()


def _ends_inside_a_character(content: bytes) -> bool:
    """Whether these are bytes of UTF-8, of whose last character some are missing."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _where_cut(text: str) -> str | None:
    """What shows that the end of a page is missing; None of a whole page, and of a piece of HTML without a frame.

    HTML lets a page leave its end tags out, but no converter was heard of that writes `<html>` and not `</html>`.
    """
    shown = _UNSHOWN.sub("", text)
    frame = list(_FRAME.finditer(shown))
    # One of the two ends will do: between them there is no text to be lost.
    if frame and frame[-1][1]:
        return None
    if _HALF.search(shown):
        return "it ends inside a tag or an entity"
    return "what it opens as a page is never closed" if frame else None


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None


def _refuse() -> str:
    raise UnreadableDocument("damaged: neither UTF-8 nor Korean")


class _Block:
    """The lines of a block as they come to be."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._text: list[str] = []
        self._top: float | None = None

    def read(self, element: Any) -> list[str]:
        self._inside(element)
        self._end_line()
        return self._lines

    def _end_line(self) -> None:
        # One white space is as good as ten; a no-break space is one that was meant.
        line = _WHITE.sub(" ", "".join(self._text)).strip(" ")
        if line:
            self._lines.append(line)
        self._text = []
        self._top = None

    def _inside(self, element: Any) -> None:
        placed = False
        self._text.append(element.text or "")
        for child in element:
            before, placed = placed, self._child(child)
            tail = child.tail or ""
            if (placed or before) and not tail.strip(" \t\r\n"):
                # Between pieces that are placed one by one, the line ends of the source are nowhere on the page.
                continue
            self._text.append(tail)

    def _child(self, element: Any) -> bool:
        """Take in an element; whether it has a place of its own instead of one in the flow."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return False
        style = element.get("style") or ""
        if _HIDDEN.search(style) or "hidden" in element.attrib:
            return False
        if tag == "br":
            self._end_line()
        elif tag == "table":
            self._end_line()
            self._lines += _table_lines(element)
        elif tag in _INLINE:
            placed = bool(_ABSOLUTE.search(style))
            if placed:
                self._move_to(style)
            self._inside(element)
            return placed
        else:
            self._end_line()
            self._lines += _Block().read(element)
        return False

    def _move_to(self, style: str) -> None:
        """A piece that stands lower than the one before is in another line."""
        found = _TOP.search(style)
        try:
            top = float(found[1]) if found else None
        except ValueError:
            top = None
        if top is not None and self._top is not None and abs(top - self._top) > _SAME_LINE:
            self._end_line()
        self._top = top


def _table_lines(element: Any) -> list[str]:
    lines: list[str] = []
    for child in element:
        if child.tag in _ROW_GROUPS:
            lines += _table_lines(child)
        elif child.tag == "tr":
            lines += row_lines([_Block().read(cell) for cell in child if cell.tag in ("td", "th")] or [[]])
        elif child.tag == "caption" or (
            isinstance(child.tag, str) and child.tag not in ("colgroup", "col") and child.tag not in _SILENT
        ):
            lines += _Block().read(child)
    return lines
