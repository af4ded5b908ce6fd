"""What both page readers share: cutting the interesting part out of a page, and text out of markup."""

import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

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
More = ParamSpec("More")

CELLS = frozenset({"td", "th"})
SILENT = frozenset({"script", "style", "iframe", "noscript", "template", "object", "button"})
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
"""Elements without content, and so without an end."""
ENDLESS = frozenset(["p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option"])
"""Elements whose end may be left out: the next of them, or the end of what they are in, ends them."""

# The elements of HTML, those of former days included.
_ELEMENTS = """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
    button canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div
    dl dt element em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header
    hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee
    math menu menuitem meta meter multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p
    param picture plaintext pre progress q rb rbc rp rt rtc ruby s samp script search section select shadow slot small
    source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time
    title tr track tt u ul var video wbr xmp
"""
_HANGUL = "가-힣ㄱ-ㆎ\u1100-\u11ff"
# `<홍길동 대변인>` is text by the rules of HTML: no letter of ASCII follows. `<KBS 홍길동 기자>` is a tag by them, but
# none that anybody means: no element's name, Hangul, and no attribute with a value.
_TEXT = (
    rf"<(?:(?![A-Za-z/!?])|(?=[A-Za-z][^<>={_HANGUL}]*+[{_HANGUL}][^<>=]*+(?:[<>]|\Z))"
    rf"(?!(?i:{'|'.join(_ELEMENTS.split())})[\s/>]))"
)
_LOOKS_LIKE_TEXT = re.compile(_TEXT)
_PIECE = re.compile(
    rf"(?P<text>{_TEXT})"
    r"|<!--.*?(?:-->|\Z)"
    r"|(?i:<(?P<raw>script|style)(?=[\s/>]).*?(?:</(?P=raw)(?=[\s/>])|\Z))"
    r"|<(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+(?:>|\Z)",
    re.DOTALL,
)
_ELEMENT = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|(?i:<(?P<raw>script|style)(?=[\s/>]).*?(?:</(?P=raw)\s*>|\Z))"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+|(?<=</)(?=[^>])|(?=!(?!--|(?i:doctype|\[if|\[endif))))"
    r"(?P<rest>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)(?:>|\Z)",
    re.DOTALL,
)
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_TAG_IN_QUOTES = re.compile(r"</[A-Za-z]|\n\s*<")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")


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
    """A parsed piece of a page; UnreadablePage where it is not the UTF-8 the site writes.

    Words in angle brackets that are no tag, such as a speaker's `<홍길동 대변인>` or `<KBS 홍길동 기자>`, are text.
    """
    return Selector(text=as_markup(fragment), type="html")


def as_markup(fragment: bytes) -> str:
    """A piece of a page as it is parsed."""
    try:
        text = fragment.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadablePage(f"not UTF-8 (byte {error.start} of the part that was read)") from None
    if "\x00" in text:
        raise UnreadablePage("holds NUL bytes")
    return _with_words_in_brackets(text)


def _with_words_in_brackets(markup: str) -> str:
    """The markup with `&lt;` for each `<` of its text; comments, scripts, styles and tags stay as they are."""
    if not _LOOKS_LIKE_TEXT.search(markup):
        return markup
    return _PIECE.sub(lambda piece: "&lt;" if piece["text"] else piece[0], markup)


def require_whole(body: bytes) -> None:
    """UnreadablePage for a page that opens <html> and never closes it: cut off on its way here."""
    page = body.strip()
    if not page:
        raise UnreadablePage("an empty answer")
    if re.search(rb"<html\b", page[:4096], re.IGNORECASE) and not re.search(
        rb"</html\s*>", page[-4096:], re.IGNORECASE
    ):
        raise UnreadablePage("cut off: the page has no end")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it is written, where no parser has mended anything yet."""

    name: str
    is_end: bool
    rest: str
    """What stands behind its name."""
    start: int
    end: int

    @property
    def swallows(self) -> bool:
        """Whether text of the page is taken for its attributes, since the `>` before that was lost."""
        return self.is_torn or not _QUOTED.sub("", self.rest).isascii()

    @property
    def is_torn(self) -> bool:
        """Whether another tag begins inside of it, or it has no name: `</` or `<!` before what is text."""
        if "<" not in self.rest:
            return not self.name or "<" in self.name
        return "<" in _QUOTED.sub("", self.rest) or bool(_TAG_IN_QUOTES.search(self.rest))


def tags(markup: str) -> list[Tag]:
    """Its tags in order, without those in comments, scripts and styles, and without elements that have no content."""
    return list(_tags(markup))


def _tags(markup: str) -> Iterator[Tag]:
    for found in _ELEMENT.finditer(markup):
        if found["name"] is None:
            continue
        name = found["name"].lower()
        tag = Tag(name, bool(found["end"]), found["rest"], found.start(), found.end())
        if tag.is_torn or (name not in VOID and not tag.rest.endswith("/")):
            yield tag


def closed_by(
    written: Sequence[Tag], start: int, endless: Collection[str] = (), only: Collection[str] = ()
) -> int | None:
    """Which tag ends the element that tag number `start` begins; None where the elements inside do not nest.

    A parser mends what does not nest by guessing, and what it guesses may be another row's or no part of the text at
    all. `only` these elements are looked at, where others may be as people wrote them.
    """
    inside: list[str] = []
    for number in range(start, len(written)):
        tag = written[number]
        if tag.is_torn or (tag.swallows and not only):
            return None
        if only and tag.name not in only and number != start:
            continue
        if not tag.is_end:
            if inside and inside[-1] == tag.name and tag.name in endless:
                inside.pop()
            inside.append(tag.name)
            continue
        while inside and inside[-1] != tag.name and inside[-1] in endless:
            inside.pop()
        if not inside or inside.pop() != tag.name:
            return None
        if not inside:
            return number
    return None


_NO_MORE_TEXT = re.compile(r"(?:\s|<!--.*?-->)*+(?:</|\Z)", re.DOTALL)


def ends_there(markup: str, last: Tag) -> bool:
    """Whether what stands behind an element's last tag is no text: an end tag too many would leave some of it there."""
    return _NO_MORE_TEXT.match(markup, last.end) is not None


def refusing_damage(reader: Callable[Concatenate[bytes, More], Page]) -> Callable[Concatenate[bytes, More], Page]:
    """A reader whose parsers' complaints about damaged bytes become UnreadablePage too."""

    @functools.wraps(reader)
    def read(body: bytes, /, *args: More.args, **kwargs: More.kwargs) -> Page:
        try:
            return reader(body, *args, **kwargs)
        except UnreadablePage:
            raise
        except (ValueError, RecursionError) as error:
            raise UnreadablePage(f"damaged markup: {error}"[:200]) from error

    return read


def inline_text(selector: Selector) -> str:
    """All text of an element on one line, as a browser would show it: without characters that steer a terminal."""
    return " ".join(_UNSHOWN.sub("", "".join(selector.xpath(".//text()").getall())).split())


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
