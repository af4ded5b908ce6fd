"""Which newsIds are one release: issued by several ministries, or registered again. Grouped, never merged.

Seen on the site (2026): a joint release appears once for each ministry under a newsId of its own, with the same title,
mostly on one day, at times three days apart; and after the data-centre fire of 2025-09-26 releases were registered
again weeks later. Titles find who may belong together, contents decide. A wrong group is worse than a missed one.
Why the numbers below are what they are: docs/decisions/0010-joint-releases.md.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from itertools import combinations, groupby, pairwise, product

WINDOW = 90
"""Days within which a release may be registered again."""
NEAR = 3
"""Days within which ministries issue a joint release; uses of a title further apart are separate occasions."""
SERIES = 3
"""A title used on so many separate occasions is that of a series: only its documents tell two issues apart."""
MANY = 12
"""A title used more often than this within WINDOW is a notice, whatever it says. It also bounds the comparisons."""

LOOSE, FIRM, STRICT = 0.3, 0.6, 0.9
"""Shares of common text asked for: of the same title by several ministries; of a title alike; of anything else."""

KEY = 9
"""Letters with which the titles of a group begin alike. Fewer make crowds of `영암국유림관리소, …`."""
CUT = 12
"""Characters from which on the beginning of a title can stand for the whole of it."""
ALIKE = 0.8
"""Share of common bigrams from which on two titles say the same."""
TELLING = 14
"""Letters from which on a title can be evidence by itself."""
ENOUGH = 60
"""Characters from which on a text is content."""
SHINGLE = 6

_NOTICE = re.compile(
    "(?:인사|전보|부고|부음|일정|동정)$|인사발령|인사이동|보도계획|배포계획|행사계획|(?:주간|주요|월간)(?:업무|행사)?일정"
)
_NOTICE_PREFIX = re.compile("인사|부고|부음|일정|보도계획")
_SERIES = re.compile("(?:동향|현황|날씨|예보|기름값|시황|지수|통계|실적|추이|전망)$|주간|월간|일일")
# `… 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다.`: 9 % of the leads say nothing else.
_POINTER = re.compile(
    r"관련\s*보도\w{0,2}자료(?:\s*내용)?입니다|(?:자세한|상세한|첨부|붙임|별첨).{0,150}?(?:참고|참조|확인)[\w\s]{0,20}"
)
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release as its title shows it; `title` with its prefix, which is also given by itself."""

    news_id: int
    board: str
    title: str
    title_prefix: str | None
    ministry: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Content:
    """What a release says: its text (the beginning is enough), and the SHA-256 of its documents, all or none."""

    text: str | None = None
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Two releases whose titles fit, `first` with the smaller newsId; what must be added to make them one."""

    first: Candidate
    second: Candidate
    share: float
    title_suffices: bool
    text_suffices: bool

    @property
    def same_day(self) -> bool:
        return self.first.published_on == self.second.published_on

    @property
    def same_ministry(self) -> bool:
        return self.first.ministry == self.second.ministry


class MatchedBy(StrEnum):
    """The evidence, strongest first."""

    DOCUMENT = "document"
    TEXT = "text"
    TITLE = "title"


class Kind(StrEnum):
    JOINT = "joint"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Member:
    """A release in a group; `group_id` is the group's smallest newsId, `matched_by` the release's best evidence."""

    news_id: int
    group_id: int
    kind: Kind
    matched_by: MatchedBy


# Titles: who may belong together


def title_key(title: str, title_prefix: str | None) -> str:
    """What all titles of a group begin with: nine letters without prefix, digits and marks; `''` for what never groups.

    Never grouped are notices (인사, 부고, 주간 일정 …) and titles of fewer letters.
    """
    stem = _without_digits(title_letters(title, title_prefix))
    notice = _NOTICE.search(stem) or _NOTICE_PREFIX.search(title_prefix or "")
    return "" if notice or len(stem) < KEY else stem[:KEY]


def is_telling(title: str, title_prefix: str | None) -> bool:
    """Whether a title can be evidence by itself: it is long enough, and no notice's and no series'."""
    stem = _without_digits(title_letters(title, title_prefix))
    return bool(title_key(title, title_prefix)) and len(stem) >= TELLING and _SERIES.search(stem) is None


def matches(candidates: Iterable[Candidate]) -> list[Match]:
    """The pairs whose titles fit. For a right answer every release with the `title_key` of a candidate must be given.

    Compared are neighbours in the order of titles and releases of one day, never all with all.
    """
    blocks: defaultdict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for each in candidates:
        if key := title_key(each.title, each.title_prefix):
            blocks[each.board, key].append(each)
    return [match for block in blocks.values() if len(block) > 1 for match in _matches_of_block(block)]


def _matches_of_block(block: Sequence[Candidate]) -> Iterator[Match]:
    named: defaultdict[str, list[Candidate]] = defaultdict(list)
    days_of_stem: defaultdict[str, list[date]] = defaultdict(list)
    for each in sorted(block, key=lambda each: (each.published_on, each.news_id)):
        name = title_letters(each.title, each.title_prefix)
        named[name].append(each)
        days_of_stem[_without_digits(name)].append(each.published_on)
    named = defaultdict(list, {name: uses for name, uses in named.items() if not _crowded(uses)})
    occasions = {name: _occasions(uses) for name, uses in named.items()}

    def match(one: Candidate, other: Candidate, name: str, longer: str, share: float) -> Match:
        stem = _without_digits(name)
        different = one.ministry != other.ministry
        near = _days_apart(one, other) <= NEAR
        series = max(occasions[name], occasions[longer]) >= SERIES or _SERIES.search(stem) is not None
        only_once = (days_of_stem[stem][-1] - days_of_stem[stem][0]).days <= NEAR
        same_prefix = letters(one.title_prefix or "") == letters(other.title_prefix or "")
        first, second = sorted((one, other), key=lambda each: each.news_id)
        return Match(
            first,
            second,
            share if different and near else STRICT,
            title_suffices=name == longer
            and one.published_on == other.published_on
            # A ministry adds a 보도참고 of the same title to its own release: two texts.
            and (different or same_prefix)
            and len(stem) >= TELLING
            and only_once
            and not series,
            text_suffices=near or not series,
        )

    for name, uses in named.items():
        yield from (match(one, other, name, name, LOOSE) for one, other in _within_window(uses))
    for name, longer in _beginnings(named):
        for one, other in product(named[name], named[longer]):
            if _days_apart(one, other) <= WINDOW:
                yield match(one, other, name, longer, FIRM)
    for name, other_name, one, other in _on_one_day(named):
        if one.ministry != other.ministry and likeness(name, other_name) >= ALIKE:
            yield match(one, other, name, other_name, FIRM)


def title_letters(title: str, title_prefix: str | None) -> str:
    """The letters and digits of a title without its prefix: what two printings of one title have in common."""
    return letters(title.removeprefix(title_prefix or ""))


def letters(text: str) -> str:
    """The letters and digits of a text, in one width and case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))


def _without_digits(name: str) -> str:
    return "".join(each for each in name if not each.isdecimal())


def _days_apart(one: Candidate, other: Candidate) -> int:
    return abs((one.published_on - other.published_on).days)


def _crowded(uses: Sequence[Candidate]) -> bool:
    return any(_days_apart(first, last) <= WINDOW for first, last in zip(uses, uses[MANY:], strict=False))


def _occasions(uses: Sequence[Candidate]) -> int:
    return 1 + sum(_days_apart(one, other) > NEAR for one, other in pairwise(uses))


def _within_window(uses: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    for place, one in enumerate(uses):
        for other in uses[place + 1 :]:
            if _days_apart(one, other) > WINDOW:
                break
            yield one, other


def _beginnings(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that others begin with, each with those others: in the order of names they follow it at once."""
    ordered = sorted(names)
    for place, name in enumerate(ordered):
        if len(name) >= CUT:
            for longer in ordered[place + 1 :]:
                if not longer.startswith(name):
                    break
                yield name, longer


def _on_one_day(named: Mapping[str, Sequence[Candidate]]) -> Iterator[tuple[str, str, Candidate, Candidate]]:
    """Pairs of one day whose names differ, and neither begins the other."""
    uses = sorted(
        ((use.published_on, name, use) for name, uses in named.items() for use in uses),
        key=lambda each: (each[0], each[1], each[2].news_id),
    )
    for _, of_day in groupby(uses, key=lambda each: each[0]):
        for (_, name, one), (_, other_name, other) in combinations(of_day, 2):
            if not other_name.startswith(name):
                yield name, other_name, one, other


def likeness(name: str, other_name: str) -> float:
    """The share of bigrams that two titles, as letters, have in common, 0 to 1; from ALIKE on they say the same."""
    one, other = _shingles(name, 2), _shingles(other_name, 2)
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


# Contents: who does belong together


class _Bond(IntEnum):
    """What the contents make of a match: steps, in the order in which groups grow by them."""

    DOCUMENT = 0
    TEXT_OF_ONE_DAY = 1
    TEXT = 2
    TITLE = 3
    UNDECIDED = 4
    APART = 5


_EVIDENCE = {
    _Bond.DOCUMENT: MatchedBy.DOCUMENT,
    _Bond.TEXT_OF_ONE_DAY: MatchedBy.TEXT,
    _Bond.TEXT: MatchedBy.TEXT,
    _Bond.TITLE: MatchedBy.TITLE,
}


def groups(found: Iterable[Match], contents: Mapping[int, Content]) -> list[Member]:
    """The members of all groups, by newsId; `contents` of every release of the matches, as far as there is any.

    A step of evidence that would put two releases into one group whose contents are known to differ is not taken,
    for none of that group: nobody knows which of its links is the wrong one.
    """
    found = list(found)
    texts = _Texts(found, contents)
    bonds = {(match.first.news_id, match.second.news_id): _bond(match, contents, texts) for match in found}
    apart = [pair for pair, bond in bonds.items() if bond is _Bond.APART]
    group_of = {news_id: news_id for pair in bonds for news_id in pair}
    matched_by: dict[int, MatchedBy] = {}
    for step, evidence in _EVIDENCE.items():
        links = [pair for pair, bond in bonds.items() if bond is step]
        joined = _components((group_of[one], group_of[other]) for one, other in links)
        torn = {
            joined[group_of[one]]
            for one, other in apart
            if group_of[one] != group_of[other]
            and group_of[one] in joined
            and joined[group_of[one]] == joined.get(group_of[other])
        }
        kept = {group: to for group, to in joined.items() if to not in torn}
        for news_id in (news_id for pair in links for news_id in pair if group_of[news_id] in kept):
            matched_by.setdefault(news_id, evidence)
        group_of = {news_id: kept.get(group, group) for news_id, group in group_of.items()}
    return _members(found, group_of, matched_by)


def _members(found: Iterable[Match], group_of: Mapping[int, int], matched_by: Mapping[int, MatchedBy]) -> list[Member]:
    ministries: defaultdict[int, set[str]] = defaultdict(set)
    for each in (each for match in found for each in (match.first, match.second)):
        ministries[group_of[each.news_id]].add(each.ministry)
    return [
        Member(
            news_id,
            group_of[news_id],
            Kind.JOINT if len(ministries[group_of[news_id]]) > 1 else Kind.REPEATED,
            evidence,
        )
        for news_id, evidence in sorted(matched_by.items())
    ]


def _bond(match: Match, contents: Mapping[int, Content], texts: "_Texts") -> _Bond:
    first, second = match.first.news_id, match.second.news_id
    if _same_documents(contents.get(first), contents.get(second)):
        return _Bond.DOCUMENT
    if not match.text_suffices:
        return _Bond.APART if match.same_ministry else _Bond.UNDECIDED
    share = common_share(texts[first], texts[second], figures=match.share == STRICT)
    if share is None:
        return _Bond.TITLE if match.title_suffices else _Bond.UNDECIDED
    if share >= match.share:
        return _Bond.TEXT_OF_ONE_DAY if match.same_day else _Bond.TEXT
    # Between ministries a middling share says nothing: one may have put its own summary before the common text.
    return _Bond.APART if match.same_ministry or share < LOOSE else _Bond.UNDECIDED


def _same_documents(one: Content | None, other: Content | None) -> bool:
    """All documents of one among those of the other: a leaflet that several issues share is not the release."""
    if one is None or other is None or not one.documents or not other.documents:
        return False
    return one.documents <= other.documents or other.documents <= one.documents


class _Texts:
    """The text of each release that has content, as its characters without its title; made when first asked for."""

    def __init__(self, found: Iterable[Match], contents: Mapping[int, Content]) -> None:
        self._candidates = {each.news_id: each for match in found for each in (match.first, match.second)}
        self._contents = contents
        self._made: dict[int, str] = {}

    def __getitem__(self, news_id: int) -> str:
        if news_id not in self._made:
            candidate, content = self._candidates[news_id], self._contents.get(news_id, Content())
            self._made[news_id] = content_letters(content.text or "", candidate.title, candidate.title_prefix)
        return self._made[news_id]


def content_letters(text: str, title: str, title_prefix: str | None) -> str:
    """The letters of what a text says beside its title; `''` where that is too little to compare."""
    # Leads often begin with the title, which is known to be the same.
    content = letters(_POINTER.sub(" ", text)).replace(title_letters(title, title_prefix), "").rstrip("0123456789")
    return content if len(content) >= ENOUGH else ""


def common_share(one: str, other: str, *, figures: bool) -> float | None:
    """How much of the shorter text stands in the longer, 0 to 1; None where one has no content.

    With `figures` their share, where it is smaller: issues of a series differ in little else.
    """
    if not one or not other:
        return None
    short, long = sorted((one, other), key=lambda text: (len(text), text))
    share = _share(_shingles(short, SHINGLE), _shingles(long, SHINGLE))
    if figures and (numbers := set(_DIGITS.findall(short))):
        share = min(share, _share(numbers, set(_DIGITS.findall(long))))
    return share


def _share(of: set[str], among: set[str]) -> float:
    return len(of & among) / len(of)


def _shingles(text: str, length: int) -> set[str]:
    return {text[place : place + length] for place in range(len(text) - length + 1)}


def _components(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For every number in the links the smallest number it is connected with."""
    parent: dict[int, int] = {}

    def root(of: int) -> int:
        while parent.setdefault(of, of) != of:
            parent[of] = of = parent[parent[of]]
        return of

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {each: root(each) for each in parent}
