"""What RFC 4287 says a feed must be, as far as a document shows it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Element: how often it may stand in the one and in the other; None for any number.
FEED = {
    "id": (1, 1), "title": (1, 1), "updated": (1, 1), "rights": (0, 1), "subtitle": (0, 1), "generator": (0, 1),
    "icon": (0, 1), "logo": (0, 1), "author": (0, None), "contributor": (0, None), "category": (0, None),
    "link": (0, None), "entry": (0, None),
}  # fmt: skip
ENTRY = {
    "id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "rights": (0, 1), "source": (0, 1),
    "summary": (0, 1), "content": (0, 1), "author": (0, None), "contributor": (0, None), "category": (0, None),
    "link": (0, None),
}  # fmt: skip
PERSON = {"name": (1, 1), "uri": (0, 1), "email": (0, 1)}
TEXTS = ("title", "subtitle", "summary", "rights", "content")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(document: bytes) -> list[str]:
    """Everything that is wrong with it; a document that is not well-formed raises."""
    feed = etree.fromstring(document)
    if feed.tag != f"{ATOM}feed":
        return [f"the root is {feed.tag}"]
    found = [*_children(feed, FEED), *_links(feed), *_leaves(feed)]
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        found += [*_children(entry, ENTRY), *_links(entry)]
        if entry.find(f"{ATOM}author") is None and feed.find(f"{ATOM}author") is None:
            found.append("an entry without author, in a feed without author")
        if entry.find(f"{ATOM}content") is None and not entry.xpath("a:link[@rel='alternate']", namespaces=_NAMES):
            found.append("an entry with neither content nor alternate link")
    seen = Counter((each.findtext(f"{ATOM}id"), each.findtext(f"{ATOM}updated")) for each in entries)
    return found + [f"{key} is there {times} times" for key, times in seen.items() if times > 1]


_NAMES = {"a": ATOM[1:-1]}


def _children(element: etree._Element, allowed: dict[str, tuple[int, int | None]]) -> Iterator[str]:
    counts = Counter(etree.QName(child).localname for child in element if etree.QName(child).namespace == ATOM[1:-1])
    where = etree.QName(element).localname
    yield from (f"{name} in {where}" for name in counts if name not in allowed)
    for name, (least, most) in allowed.items():
        if counts[name] < least or (most is not None and counts[name] > most):
            yield f"{counts[name]} {name} in {where}"


def _links(element: etree._Element) -> Iterator[str]:
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(alternates) != len(set(alternates)):
        yield "two alternate links of one type and language"


def _leaves(feed: etree._Element) -> Iterator[str]:
    for element in feed.iter():
        name = etree.QName(element).localname
        if name not in {*FEED, *ENTRY, *PERSON, "feed"}:
            yield f"unknown element {name}"
        elif name in ("author", "contributor"):
            yield from _children(element, PERSON)
        elif name in TEXTS:
            yield from _text(element)
        elif (wrong := _wrong_value(name, element)) is not None:
            yield f"{name} {wrong!r}"


def _text(element: etree._Element) -> Iterator[str]:
    kind = element.get("type", "text")
    if kind not in ("text", "html", "xhtml"):
        yield f"text of type {kind}"
    if kind != "xhtml" and len(element):
        yield "text with elements in it"


def _wrong_value(name: str, element: etree._Element) -> str | None:
    """The value of a date, an id, a link or a category, where it is none."""
    text = element.text or ""
    if name in ("updated", "published"):
        return None if RFC_3339.fullmatch(text) and datetime.fromisoformat(text) else text
    if name == "id":
        return None if urlsplit(text).scheme else text
    if name == "link":
        return None if urlsplit(element.get("href", "")).scheme else element.get("href", "")
    return "" if name == "category" and not element.get("term") else None
