"""Atom feeds (RFC 4287) of releases: what korea.kr's RSS was, for any filter."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_DNS, uuid5
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from harvester.boards import BOARDS
from harvester.exports.addresses import quoted, safe_address
from harvester.exports.licence import LICENCES_PAGE, STATEMENT, attribution

COLUMNS = (
    "news_id",
    "board",
    "title",
    "lead",
    "body",
    "ministry",
    "published_on",
    "published_at",
    "changed_at",
    "withdrawn_at",
    "source_line",
    "license",
    "url",
)
"""The columns of `briefings` that an entry is made of."""

TIMES = ("published_on", "published_at", "changed_at")
"""Those of them that say when an entry was updated."""

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
LONG_AGO = "1995-01-01T00:00:00Z"
"""When something was updated that says no time; Atom wants one. Nothing on the site is older."""
_KOREA_KR = uuid5(NAMESPACE_DNS, "korea.kr")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def entry_id(news_id: int) -> str:
    """The same for ever, whatever becomes of the release's title, its address or ours.

    A name made of the newsId alone. Not the address, which the site has changed before; not a `tag:` URI, which only
    the owner of korea.kr may give out.
    """
    return uuid5(_KOREA_KR, f"newsId {news_id}").urn


def feed_id(*parts: str) -> str:
    """An id for a feed that has no address of its own: the same for the same parts."""
    return uuid5(_KOREA_KR, "\0".join(("feed", *parts))).urn


def title_of(row: Mapping[str, Any]) -> str:
    """The title; the newsId of a release that has none, for nobody can follow a link without a name."""
    title: str = row["title"]
    return title if title.strip() else f"newsId {row['news_id']}"


def published(row: Mapping[str, Any]) -> str:
    """When it was published; the beginning of its day where no more is known."""
    return _first_time(row["published_at"], f"{row['published_on']}T00:00:00+09:00")


def updated(row: Mapping[str, Any]) -> str:
    """Another time whenever the release has another revision, or was withdrawn."""
    return _first_time(row["changed_at"], published(row))


def _first_time(*texts: str | None) -> str:
    """The first that is a time; a reader stumbles over anything else."""
    for text in texts:
        if text and _RFC_3339.fullmatch(text):
            with suppress(ValueError):
                datetime.fromisoformat(text)
                return text
    return LONG_AGO


def last_updated(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """When the latest of these was; None of none."""
    return max(map(updated, rows), key=datetime.fromisoformat, default=None)


def feed(
    rows: Iterable[Mapping[str, Any]], *, title: str, id: str, self_url: str | None, alternate_url: str, updated: str
) -> Iterator[bytes]:
    """A feed, an entry at a time; `rows` hold COLUMNS. `self_url` is None for a file whose address nobody knows yet."""
    written = BytesIO()
    xml = XMLGenerator(written, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("feed", AttributesImpl({"xmlns": NAMESPACE, "xml:lang": "ko"}))
    _element(xml, "id", id)
    _element(xml, "title", title)
    _element(xml, "updated", updated)
    if self_url is not None:
        _element(xml, "link", rel="self", type=MEDIA_TYPE, href=quoted(self_url))
    _element(xml, "link", rel="alternate", type="text/html", href=quoted(alternate_url))
    _element(xml, "rights", STATEMENT)
    for row in rows:
        xml.characters("\n")
        _entry(xml, row)
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    xml.characters("\n")
    xml.endElement("feed")
    yield written.getvalue()


def _entry(xml: XMLGenerator, row: Mapping[str, Any]) -> None:
    board = BOARDS.get(row["board"])
    xml.startElement("entry", AttributesImpl({}))
    _element(xml, "id", entry_id(row["news_id"]))
    _element(xml, "title", title_of(row))
    _element(xml, "published", published(row))
    _element(xml, "updated", updated(row))
    xml.startElement("author", AttributesImpl({}))
    _element(xml, "name", row["ministry"] or "korea.kr")
    xml.endElement("author")
    _element(xml, "category", scheme="urn:korea.kr:board", term=row["board"], label=board.name if board else "")
    if row["ministry"]:
        _element(xml, "category", scheme="urn:korea.kr:ministry", term=row["ministry"], label=row["ministry"])
    if row["withdrawn_at"]:
        _element(xml, "category", scheme="urn:korea.kr:state", term="withdrawn", label="누리집에서 내려간 글")
    if address := safe_address(row["url"]):
        _element(xml, "link", rel="alternate", type="text/html", hreflang="ko", href=quoted(address))
    _element(xml, "link", rel="license", type="text/html", href=LICENCES_PAGE)
    _element(xml, "rights", attribution(row["source_line"], row["url"], row["license"]))
    if row["lead"]:
        _element(xml, "summary", row["lead"])
    _element(xml, "content", _as_html(row), type="html")
    xml.endElement("entry")


def _as_html(row: Mapping[str, Any]) -> str:
    """The text with its source: as HTML, since readers run the lines of plain text together."""
    text = row["body"] or row["lead"] or ""
    lines = [f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip()]
    shown = escape(row["url"])
    if address := safe_address(row["url"]):
        shown = f'<a href="{escape(quoted(address))}">{shown}</a>'
    return "\n".join([*lines, f"<p>{escape(row['source_line'])}<br>{shown}</p>"])


def _element(xml: XMLGenerator, name: str, text: str = "", **attributes: str) -> None:
    xml.startElement(name, AttributesImpl({key: _clean(value) for key, value in attributes.items() if value}))
    if text:
        xml.characters(_clean(text))
    xml.endElement(name)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
