"""What both page readers share: cutting the interesting part out of a page, and text out of markup."""

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

from parsel import Selector

from harvester.korean import decode_entities, squash, trim_cut_entity
from harvester.pages import UnreadablePage

BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "ul",
    ]
)
Page = TypeVar("Page")

CELLS = frozenset({"td", "th"})
SILENT = frozenset({"script", "style", "iframe", "noscript", "template", "object", "button"})


def cut(body: bytes, start: bytes, *ends: bytes) -> bytes | None:
    """The bytes from the tag that holds `start` to the first of `ends` behind it (or to the end of the page).

    Pages weigh 150 kB, of which the part that matters is a tenth: parsing only that part is what makes reading fast,
    and a stray byte in a sidebar cannot make a page unreadable. None when `start` does not occur.
    """
    found = body.find(start)
    if found < 0:
        return None
    opening = max(body.rfind(b"<", 0, found + 1), 0)
    stops = [at for end in ends if (at := body.find(end, found)) >= 0]
    return body[opening : min(stops, default=len(body))]


def parse(fragment: bytes) -> Selector:
    """A parsed piece of a page; UnreadablePage where it is not the UTF-8 the site writes."""
    try:
        text = fragment.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadablePage(f"not UTF-8 (byte {error.start} of the part that was read)") from None
    if "\x00" in text:
        raise UnreadablePage("holds NUL bytes")
    return Selector(text=text, type="html")


def require_whole(body: bytes) -> None:
    """UnreadablePage for a page that opens <html> and never closes it: cut off on its way here."""
    page = body.strip()
    if not page:
        raise UnreadablePage("an empty answer")
    if re.search(rb"<html\b", page[:4096], re.IGNORECASE) and not re.search(
        rb"</html\s*>", page[-4096:], re.IGNORECASE
    ):
        raise UnreadablePage("cut off: the page has no end")


def refusing_damage(reader: Callable[[bytes], Page]) -> Callable[[bytes], Page]:
    """A reader whose parsers' complaints about damaged bytes become UnreadablePage too."""

    @functools.wraps(reader)
    def read(body: bytes) -> Page:
        try:
            return reader(body)
        except UnreadablePage:
            raise
        except (ValueError, RecursionError) as error:
            raise UnreadablePage(f"damaged markup: {error}"[:200]) from error

    return read


def inline_text(selector: Selector) -> str:
    """All text of an element on one line, as a browser would show it."""
    return " ".join("".join(selector.xpath(".//text()").getall()).split())


def block_text(selector: Selector) -> str:
    """The text of an element, a line a paragraph or a table row, the cells of a row a tab apart."""
    pieces: list[str] = []
    _walk(selector.root, pieces)
    lines = (re.sub(r"[^\S\t\n]+", " ", line).strip() for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _walk(element: Any, pieces: list[str]) -> None:
    tag = element.tag
    if isinstance(tag, str) and tag not in SILENT:
        if tag == "br" or tag in BLOCKS:
            pieces.append("\n")
        if element.text:
            pieces.append(_as_space(element.text))
        for child in element:
            _walk(child, pieces)
        if tag in CELLS:
            pieces.append("\t")
        elif tag in BLOCKS:
            pieces.append("\n")
    if element.tail:
        pieces.append(_as_space(element.tail))


def _as_space(text: str) -> str:
    """White space in the source of a page is a space to its reader, line ends included."""
    return re.sub(r"\s+", " ", text)


def clean(raw: str) -> str:
    """Printed text as its author meant it: entities decoded however often they were encoded, white space in order."""
    return squash(decode_entities(trim_cut_entity(raw)))
