"""Was a page refused because it looks different, or because it was damaged on the way or is another page?"""

from parsel import Selector

from harvester.drift import Kind, Notice, key_of, printable

UNLIKE_ALL_KNOWN = (
    "not a listing",
    "a listing ",
    "an empty listing",
    "not a release's page",
    "a release's page ",
    "its NewsArticle ",
    "a row ",
    "the row of ",
    "not the board's list",
    "a list ",
    "not a post",
    "a post ",
    "a start page ",
)
"""How the readers' reasons begin for a page that came whole and is not as they know it."""
SAID = 120
"""Characters of a page's own words in a sentence."""
LOOKED_AT = 64 * 1024
"""Bytes of a page in which its first words are looked for, by a parser: nobody knows what it is."""


def is_layout(reason: str) -> bool:
    """Whether a page was refused for what it looks like."""
    return reason.startswith(UNLIKE_ALL_KNOWN)


def unknown_layout(board: str, kind: str, number: int, reason: str, page: bytes) -> Notice:
    """`number` pages of a kind that the readers do not know; the first was refused for this `reason`."""
    pages = f"{number} pages are" if number > 1 else "a page is"
    said = words_of(page)
    return Notice(
        key_of(board, Kind.LAYOUT, kind),
        Kind.LAYOUT,
        f"{pages} not as the reader of a {kind} knows it: {printable(reason)}"
        + (f"; it begins with {said!r}" if said else ""),
        "look at the saved page: maintenance passes by itself; where the site looks different from now on,"
        " harvester/pages needs work, and nothing wrong is stored until then",
        measure=kind,
    )


def words_of(page: bytes) -> str:
    """What a page says first, its title before all, for somebody who does not want to open it."""
    text = page[:LOOKED_AT].decode("utf-8", "replace").replace("\x00", "")
    if not text.strip():
        return ""
    read = Selector(text=text, type="html")
    pieces = read.xpath("//title/text() | //body//text()[not(parent::script or parent::style)]").getall()
    return printable(" ".join(pieces))[:SAID].strip()
