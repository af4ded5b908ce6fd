"""Addresses of releases in any text: in all the forms in which they are copied, mailed and wrapped."""

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

LENGTH_OF_A_NEWS_ID = 9
"""Digits a newsId has on the site: a shorter one at the end of a line may go on in the next."""

# Found by the name of the host, which few texts are full of; the rest is looked at around it, at most so far.
_HOST = re.compile(r"korea(?:\.|%(?:25){0,2}2E)kr(?![\w-])", re.IGNORECASE)
_BEFORE = 60
_LONGEST = 4000
_SCHEME_AND_PREFIX = re.compile(r"(?:(?:https?:)?//)?(?:www\.|m\.)?$", re.IGNORECASE)
_ENCODED_SCHEME = re.compile(
    r"https?%(?:25){0,2}3A(?:%(?:25){0,2}2F){2}(?:(?:www|m)(?:\.|%(?:25){0,2}2E))?$", re.IGNORECASE
)
# What ends an address in a text, besides white space: marks that none of the site's addresses holds.
_ENDS = r"\s\"'<>()\[\]{}|\\^`“”‘’「」『』《》〈〉【】，。、…"
_PAGE = re.compile(
    rf"korea\.kr(?::\d{{1,5}})?(?:/[\w.-]{{1,60}}){{0,6}}?/(?P<page>\w{{1,60}}View\.do)(?:;jsessionid=[\w.!-]{{1,200}})?"
    rf"\?(?P<query>[^{_ENDS}]{{0,{_LONGEST}}})",
    re.IGNORECASE | re.ASCII,
)
_ENCODED = re.compile(rf"[^&;#{_ENDS}]{{0,{_LONGEST}}}")
_NEWS_ID = re.compile(r"(?:^|[?&;])newsId=(?P<news_id>[0-9]{1,15})(?![0-9A-Za-z_%])")
_LAST_WORD = re.compile(r"(?<=[0-9A-Za-z=/&])[가-힣]+$")
_MARKS = ".,;:!?~*&#·"
_NEXT_LINE = re.compile(rf"\r?\n(?P<more>[\w%&=.,#-][^{_ENDS}]{{0,{_LONGEST}}})")


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address in a text: `text[start:end]` is its `raw`, `line` counts from 1; `board_page` as in its path."""

    line: int
    start: int
    end: int
    raw: str
    news_id: int
    board_page: str


def find_links(text: str) -> list[FoundLink]:
    """Every address of a release of korea.kr in a text, in order.

    With or without scheme, `www.` or `m.`, under any path that ends in `…View.do`, with the newsId anywhere in its
    query, with `&amp;`, or encoded as a whole in the address of another site. What follows it in the sentence is not
    part of it. One that a mail program broke is put together only where its second line cannot be anything else.
    Look-alike hosts, and addresses with two newsIds, are none. The time it takes is that of the text's length.
    """
    found: list[FoundLink] = []
    line, counted, end = 1, 0, 0
    for host in _HOST.finditer(text):
        if host.start() < end:
            continue
        read = _plain(text, host.start()) or _encoded(text, host.start())
        if read is None:
            continue
        start, stop, news_id, page = read
        if news_id is None:
            end = stop
            continue
        line += text.count("\n", counted, start)
        counted, end = start, stop
        found.append(FoundLink(line, start, stop, text[start:stop], news_id, page))
    return found


def _plain(text: str, host: int) -> tuple[int, int, int | None, str] | None:
    """Start, end, newsId and page of an address; no newsId where it, and whatever address is in it, has none."""
    scheme = _SCHEME_AND_PREFIX.search(text[max(0, host - len("https://www.")) : host])
    start = host - len(scheme[0]) if scheme else host
    if not _begins(text, start, text[start:host]):
        return None
    page = _PAGE.match(text, host)
    if page is None:
        return None
    query, end = page["query"], page.end()
    if _one_news_id(query) is None or _is_cut_off(query):
        more = _NEXT_LINE.match(text, end)
        whole = query + more["more"] if more else query
        if more and _continues(query, more["more"]) and _one_news_id(whole) is not None:
            query, end = whole, more.end()
    news_id = _one_news_id(query)
    if news_id is None and "newsId" in query:
        return None
    return start, end - _trailing(query), news_id, page["page"]


def _begins(text: str, start: int, prefix: str) -> bool:
    """Whether an address begins here, and not in the middle of a host, a path or a query of another one."""
    before = text[start - 1 : start] if start else ""
    if ":" in prefix:
        return not (before.isascii() and before.isalnum())
    if prefix.startswith("//"):
        scheme = before == ":" and start > 1 and text[start - 2].isascii() and text[start - 2].isalnum()
        return not scheme and (not before or before in "\"'(=: \t\n")
    return not (before and ((before.isascii() and before.isalnum()) or before in "_.@/\\=&?%#+~-"))


def _encoded(text: str, host: int) -> tuple[int, int, int | None, str] | None:
    """An address that is a parameter of another one, encoded once, twice or three times."""
    before = text[max(0, host - _BEFORE) : host]
    scheme = _ENCODED_SCHEME.search(before) if "%" in before else None
    if scheme is None:
        return None
    start = host - len(scheme[0])
    token = _ENCODED.match(text, start)
    if token is None:
        return None
    address = token[0]
    for _ in range(3):
        if "://" in address:
            break
        address = unquote(address)
    found = _plain(address, len(address.split("korea.kr", 1)[0])) if "korea.kr" in address else None
    if found is None or found[0] != 0 or found[2] is None:
        return None
    return start, token.end() - _trailing(token[0]), found[2], found[3]


def _one_news_id(query: str) -> int | None:
    """The newsId of a query; None where there is none, or two of them differ."""
    found = {each["news_id"] for each in _NEWS_ID.finditer(html.unescape(query) if "&" in query else query)}
    return int(found.pop()) if len(found) == 1 else None


def _trailing(query: str) -> int:
    """How many of its last characters are of the sentence around it: a full stop, `를`, `에서`."""
    kept = query.rstrip(_MARKS)
    kept = _LAST_WORD.sub("", kept).rstrip(_MARKS)
    return len(query) - len(kept)


def _is_cut_off(query: str) -> bool:
    """Whether the query ends in a newsId shorter than they are."""
    last = re.search(r"newsId=([0-9]+)$", query)
    return last is not None and len(last[1]) < LENGTH_OF_A_NEWS_ID


def _continues(query: str, more: str) -> bool:
    """Whether the next line can only be the rest of the address."""
    if number := re.search(r"newsId=([0-9]*)$", query):
        rest = re.match(r"([0-9]+)(?![0-9A-Za-z_])", more)
        return rest is not None and len(number[1]) + len(rest[1]) == LENGTH_OF_A_NEWS_ID
    return bool(re.match(r"(?:[\w%.-]*[=&][^&]*&)*(?:amp;)?newsId=[0-9]", more[:500]))
