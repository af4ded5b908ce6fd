"""Citations in any text: a source line with the address that belongs to it, and the words that may be the title."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from harvester.korean.links import FoundLink, find_links
from harvester.korean.ministries import UnknownMinistry, ministries_named
from harvester.korean.source_lines import FoundSourceLine, FoundUnreadable, SourceLine, quoted_titles, scan_source_lines

LINES_BEFORE = 40
"""Lines with words that are kept of what stands before a citation: a release as re-posted, title included."""
LONGEST_LINE = 1000
"""Characters that are kept of each."""

_CELLS = re.compile(r"[\t|]|\",\"")
_SEVERAL = re.compile(r"\s?[,·ㆍ‧・/]\s?")
_MARKS = re.compile(r"[\s?※*\-–—·•○●□■▶▷◆◇☞()\[\]<>\"'“”.,:;=|]+")
# What may stand between a source line and its address: `[원문 보기](https://…)`.
_POINTER = re.compile(r"(?:원문|바로|가기|보기|링크|주소|출처|자세히|URL|link)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """A source line, an address, or both; `line` is that of the first.

    `before` are the lines before it, back to the citation before; `beside` the other words of its own line, a cell
    each, and what is quoted in them. Any of them may be the title, or none. A row of a table has nothing before it.
    `unreadable` is what stands there in place of a source line that can be read.
    """

    line: int
    source: FoundSourceLine | None
    link: FoundLink | None
    before: tuple[str, ...]
    beside: tuple[str, ...]
    unreadable: FoundUnreadable | None = None

    @property
    def raw(self) -> str:
        """As printed, on one line."""
        source = self.source.source.raw if self.source else self.unreadable.raw if self.unreadable else ""
        return " ".join(f"{source} {self.link.raw if self.link else ''}".split())


@dataclass(frozen=True, slots=True)
class _Pair:
    source: FoundSourceLine | FoundUnreadable | None
    link: FoundLink | None

    @property
    def start(self) -> int:
        return min(each.start for each in (self.source, self.link) if each is not None)

    @property
    def end(self) -> int:
        return max(each.end for each in (self.source, self.link) if each is not None)


def find_citations(text: str) -> list[Citation]:
    """Every citation in a text, in order.

    An address belongs to a source line on its line, on the next or, without a blank line between, on the one before;
    blank lines and marks between them do not part them, words do. One address printed twice on a line is one, and so
    is a row of a table whose cells name one ministry and day twice.
    """
    lines = _Lines(text)
    pairs = _pairs(text, scan_source_lines(text), _without_repetitions(find_links(text)))
    pairs = _one_a_row(lines, pairs)
    found = []
    last_line = ended = 0
    for pair, following in zip_longest(pairs, pairs[1:]):
        first, last = lines.number(pair.start), lines.number(pair.end - 1)
        source = pair.source if isinstance(pair.source, FoundSourceLine) else None
        unreadable = pair.source if isinstance(pair.source, FoundUnreadable) else None
        of_a_row = source is not None and source.row and bool(source.words)
        before = () if of_a_row else lines.with_words_before(first, after=last_line)
        end = min(lines.end(last), following.start if following else len(text))
        beside = _beside(text, pair, max(lines.begin(first), ended), end)
        found.append(Citation(first, source, pair.link, before, beside, unreadable))
        last_line, ended = last, pair.end
    return found


def _without_repetitions(links: Iterable[FoundLink]) -> list[FoundLink]:
    """An HTML link whose words are its address is one."""
    kept: list[FoundLink] = []
    for each in links:
        if not kept or (kept[-1].line, kept[-1].news_id) != (each.line, each.news_id):
            kept.append(each)
    return kept


def _one_a_row(lines: "_Lines", pairs: Sequence[_Pair]) -> list[_Pair]:
    """The citations; where a row names day and ministry in columns and once more in a source line, one of the two."""
    kept: list[_Pair] = []
    place: dict[tuple[int, date, frozenset[str]], int] = {}
    for each in pairs:
        if not isinstance(each.source, FoundSourceLine):
            kept.append(each)
            continue
        key = (lines.number(each.source.start), each.source.source.day, _named(each.source.source))
        first = kept[place[key]] if key in place else None
        if first is None or (first.link and each.link) or not (_is_in_columns(first) or _is_in_columns(each)):
            place[key] = len(kept)
            kept.append(each)
        else:
            kept[place[key]] = _as_one(first, each)
    return sorted(kept, key=_start)


def _named(source: SourceLine) -> frozenset[str]:
    """The ministries of a source line under their names of its day."""
    found: set[str] = set()
    for printed in _SEVERAL.split(source.ministry):
        try:
            found.update(each.name for each in ministries_named(printed, source.day, source.day))
        except UnknownMinistry:
            found.add(printed)
    return frozenset(found)


def _is_in_columns(pair: _Pair) -> bool:
    """Whether day and ministry stand in cells of their own."""
    return isinstance(pair.source, FoundSourceLine) and pair.source.row


def _as_one(first: _Pair, second: _Pair) -> _Pair:
    """Of two that say the same, the source line as it is printed in one, with what the row says."""
    in_one = sorted((first, second), key=_is_in_columns)
    sources = [each.source for each in in_one if isinstance(each.source, FoundSourceLine)]
    source = sources[0]
    row = next((each for each in sources if each.row), source)
    return _Pair(
        replace(source, title=source.title or row.title, words=row.words, row=row.row), first.link or second.link
    )


def _pairs(text: str, sources: Sequence[FoundSourceLine | FoundUnreadable], links: Sequence[FoundLink]) -> list[_Pair]:
    """Everything found, what belongs together as one; what stands in one place follows what stands before it."""
    pairs: list[_Pair] = []
    in_order = sorted([*(_Pair(each, None) for each in sources), *(_Pair(None, each) for each in links)], key=_start)
    for each in in_order:
        last = pairs[-1] if pairs else None
        if (
            last
            and last.source
            and not last.link
            and each.link
            and (_is_between(text, last.end, each.start, follows=True) or _are_of_a_row(text, last, each))
        ):
            pairs[-1] = replace(last, link=each.link)
        elif (
            last
            and last.link
            and not last.source
            and each.source
            and (_is_between(text, last.end, each.start) or _are_of_a_row(text, each, last))
        ):
            pairs[-1] = replace(last, source=each.source)
        else:
            pairs.append(each)
    return pairs


def _start(pair: _Pair) -> int:
    return pair.start


def _are_of_a_row(text: str, row: _Pair, other: _Pair) -> bool:
    if not (isinstance(row.source, FoundSourceLine) and row.source.row):
        return False
    return "\n" not in text[min(row.end, other.end) : max(row.start, other.start)]


def _is_between(text: str, end: int, start: int, *, follows: bool = False) -> bool:
    """Whether nothing between two places parts them: they are on one line or in cells of it, or on the next.

    Where the address `follows`, blank lines do not part them: boards end their posts so.
    """
    between = text[end : min(start, end + LONGEST_LINE)]
    if start - end > LONGEST_LINE:
        return False
    newlines = between.count("\n")
    if newlines == 0:
        # In a table the address may stand some cells behind; in a sentence it must follow at once.
        return "\t" in between or not _words(between)
    return not _words(between) and (follows or newlines == 1)


def _words(between: str) -> str:
    return _POINTER.sub("", _MARKS.sub("", between))


def _beside(text: str, pair: _Pair, begin: int, end: int) -> tuple[str, ...]:
    """What else its lines say, from the citation before to the one that follows: cells, without source and address."""
    spans = sorted((each.start, each.end) for each in (pair.source, pair.link) if each is not None)
    parts, at = [], max(begin, spans[0][0] - LONGEST_LINE)
    for start, stop in spans:
        parts.append(text[at:start])
        at = max(at, stop)
    parts.append(text[at : min(end, at + LONGEST_LINE)])
    cells = (
        " ".join(cell.split()).strip('"“” ').lstrip(".,:; ").rstrip(",:; ")
        for part in parts
        for cell in _CELLS.split(part)
    )
    with_words = [cell for cell in cells if _MARKS.sub("", cell)]
    quoted = [title for cell in with_words for title in quoted_titles(cell)]
    return tuple(dict.fromkeys([*with_words, *quoted]))


class _Lines:
    """The lines of a text by number, from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._begins = [0, *(newline.end() for newline in re.finditer("\n", text))]

    def number(self, place: int) -> int:
        return bisect_right(self._begins, place)

    def begin(self, number: int) -> int:
        return self._begins[number - 1]

    def end(self, number: int) -> int:
        return self._begins[number] - 1 if number < len(self._begins) else len(self._text)

    def with_words_before(self, number: int, *, after: int) -> tuple[str, ...]:
        """The last lines with words before that number, as far as they come after another."""
        kept: list[str] = []
        for earlier in range(number - 1, max(after, number - 1 - 4 * LINES_BEFORE), -1):
            begin = self.begin(earlier)
            line = " ".join(self._text[begin : min(self.end(earlier), begin + LONGEST_LINE)].split())
            if _MARKS.sub("", line):
                kept.append(line)
            if len(kept) == LINES_BEFORE:
                break
        return tuple(reversed(kept))
