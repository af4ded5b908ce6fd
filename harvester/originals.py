"""To which stored release something refers: a re-posting with title, source line and link, or a citation in a text.

What people copy by hand goes wrong: links of another release, titles cut or edited by a word, days off by one, names a
ministry took later. Every statement is a witness, none is believed alone against the others, and where they leave two
releases, or none, there is no original. A wrong one is worse than a missed one.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from functools import cache, cached_property

from harvester.joint import (
    ALIKE,
    CUT,
    FIRM,
    LOOSE,
    NEAR,
    common_share,
    content_letters,
    is_telling,
    letters,
    likeness,
    title_letters,
)
from harvester.korean import UnknownMinistry, ministries_named, read_prefix

AKIN = 0.5
"""Share of common bigrams from which on a short title may be the other with a word changed, if all else agrees."""
LAG = timedelta(days=90)
"""Days within which boards re-post a release: mostly 1 to 6, rarely weeks."""
NAMED = 3
"""Releases named in a reason; the rest are counted."""

_VISIBLY_CUT = re.compile(r"(?:\.{2,}|…|‥)\s*$")
_ADDRESS = re.compile(r"https?://\S+")
_NUMBERING = re.compile(r"^\s*(?:제목\s*[:：]|\d{1,3}\s?[.)]|[①-⑳])\s*")
_SEVERAL = re.compile(r"\s*[,·ㆍ‧・/&]\s*|\s및\s")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a re-posting says of its original, None for what it does not; `posted` is the day of the re-posting."""

    news_id: int | None = None
    title: str | None = None
    ministry: str | None = None
    day: date | None = None
    text: str = ""
    posted: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored release; `title` with its prefix, which is also given by itself; `text` is how its text begins."""

    news_id: int
    board: str
    title: str
    title_prefix: str | None
    ministry: str
    ministry_code: str | None
    published_on: date
    text: str


class MatchedBy(StrEnum):
    """The evidence that decided, when all of it was heard."""

    NEWS_ID = "news_id"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Original:
    """`reason` says why there is no original, or which doubts there are about it; `""` for a plain match."""

    news_id: int | None
    matched_by: MatchedBy | None
    reason: str = ""


def plausible_day(day: date, posted: date) -> date:
    """The day a source line means: with another year, where only that one lies in the weeks before the re-posting."""
    if _just_before(day, posted):
        return day
    if (day.month, day.day) == (2, 29) or not date.min.year < day.year < date.max.year:
        return day
    others = [day.replace(year=day.year + years) for years in (-1, 1)]
    return next((other for other in others if _just_before(other, posted)), day)


def _just_before(day: date, posted: date) -> bool:
    return -timedelta(days=1) <= posted - day <= LAG


def find_original(reference: Reference, candidates: Iterable[Candidate]) -> Original:
    """The release that is meant. Candidates must include what fits the reference's newsId, and its day and ministry.

    The link decides where nothing contradicts it. One whose release has another title, and another day or ministry, is
    a wrong link; so is one beside which another release has the very title, day and ministry. Without a link a whole
    title decides, with day and ministry; then a cut title, or a text, of that day and ministry.
    """
    seen = [_Evidence(reference, each) for each in {each.news_id: each for each in candidates}.values()]
    linked = next((each for each in seen if each.candidate.news_id == reference.news_id), None)
    if linked is not None:
        return _by_link(linked, [each for each in seen if each is not linked])
    found = _by_name(reference, seen)
    if reference.news_id is None:
        return found
    why = f"newsId {reference.news_id}, to which its link leads, is not in the database"
    surely = next(
        (each for each in seen if each.candidate.news_id == found.news_id and each.plain and each.telling), None
    )
    return _join(found, why) if surely else Original(None, None, why)


def which_may_be_meant(reference: Reference, candidates: Sequence[Candidate]) -> set[int]:
    """The newsIds worth having, of a listing, so that `find_original` can decide: without their texts it often cannot.

    That of the link; the one that title, day and ministry tell whatever the link says; and, where none of these has the
    very title, all with a title akin.
    """
    without_link = replace(reference, news_id=None)
    found = {find_original(each, candidates).news_id for each in (reference, without_link)} - {None}
    found |= {each.news_id for each in candidates if each.news_id == reference.news_id}
    fits = {each.news_id: _fit(reference.title or "", each) for each in candidates}
    if not any(fits.get(news_id or 0) is _Title.WHOLE for news_id in found):
        found |= {news_id for news_id, fit in fits.items() if fit > _Title.OTHER}
    return {news_id for news_id in found if news_id is not None}


def find_cited(
    reference: Reference, lines: Iterable[str], candidates: Sequence[Candidate], nearest: Iterable[str] = ()
) -> Original:
    """As `find_original`, for a citation in a running text, of which any of `lines` may be the title, or none.

    A title among the `nearest`, which stand within the citation, goes before all others; where the reference itself
    has a title, no line is another.
    """
    alone = find_original(reference, candidates)
    if reference.title or (alone.matched_by is MatchedBy.NEWS_ID and not alone.reason):
        return alone
    names = {title_letters(each.title, each.title_prefix) for each in candidates}
    for some in (nearest, lines):
        titles = [line for line in (_NUMBERING.sub("", each) for each in some) if _may_be_a_title(line, names)]
        found = [find_original(replace(reference, title=title), candidates) for title in titles]
        originals = {each.news_id: each for each in found if each.news_id is not None}
        if len(originals) > 1:
            return Original(None, None, f"the titles of newsIds {_listed(originals)} stand there")
        if originals:
            return next(iter(originals.values()))
    return alone


def _may_be_a_title(line: str, names: Iterable[str]) -> bool:
    name = title_letters(line, read_prefix(line))
    return any(name == other or (len(name) >= CUT and other.startswith(name)) for other in names if name)


# What each candidate has for it and against it


class _Title(IntEnum):
    """How a candidate's title fits the one that is said."""

    OTHER = 0
    AKIN = 1
    ALIKE = 2
    BEGINNING = 3
    WHOLE = 4


class _Evidence:
    """A candidate against a reference; what costs time is found out when first asked for."""

    def __init__(self, reference: Reference, candidate: Candidate) -> None:
        self.reference = reference
        self.candidate = candidate

    @cached_property
    def title(self) -> _Title | None:
        """None where no title is said."""
        return None if not self.reference.title else _fit(self.reference.title, self.candidate)

    @cached_property
    def ministry(self) -> bool | None:
        """Whether it is of the ministry that is said; None where none is, or nobody knows which that is."""
        return _is_of(self.candidate, self.reference.ministry or "")

    @cached_property
    def apart(self) -> int | None:
        """Days between the day that is said and its own; None where none is said."""
        day = self.reference.day
        return None if day is None else abs((self.candidate.published_on - day).days)

    @property
    def near(self) -> bool:
        """Whether it is of about that time; without a day, whether it was there, and new, when it was re-posted."""
        if self.apart is not None:
            return self.apart <= NEAR
        posted = self.reference.posted
        return posted is None or _just_before(self.candidate.published_on, posted)

    @cached_property
    def telling(self) -> bool:
        return is_telling(self.candidate.title, self.candidate.title_prefix)

    @cached_property
    def _shares(self) -> tuple[float | None, float | None]:
        title, prefix = self.candidate.title, self.candidate.title_prefix
        said = content_letters(_ADDRESS.sub(" ", self.reference.text), title, prefix)
        held = content_letters(self.candidate.text, title, prefix)
        return common_share(said, held, figures=False), common_share(said, held, figures=True)

    @property
    def confirmed(self) -> bool:
        """The texts are one, figures included."""
        share = self._shares[1]
        return share is not None and share >= FIRM

    @property
    def denied(self) -> bool:
        """Both have a text, and they are two."""
        share = self._shares[0]
        return share is not None and share < LOOSE

    @property
    def plain(self) -> bool:
        """Nothing is missing: title, day and ministry."""
        return self.title is _Title.WHOLE and self.apart == 0 and self.ministry is True

    @property
    def contradicted(self) -> bool:
        """By the source line: a ministry that is another, or a day so far off that no slip explains it."""
        return self.ministry is False or not self.near

    def doubts(self) -> str:
        """What the reference says otherwise, in words."""
        candidate, told = self.candidate, []
        if self.title is not None and self.title < _Title.BEGINNING:
            told.append(f"has the title {candidate.title!r}")
        if self.ministry is False:
            told.append(f"is by {candidate.ministry}, not {self.reference.ministry}")
        if self.apart:
            told.append(f"is of {candidate.published_on}, not {self.reference.day}")
        elif not self.near:
            told.append(f"is of {candidate.published_on}, and was re-posted on {self.reference.posted}")
        return f"newsId {candidate.news_id} {' and '.join(told)}" if told else ""


def _fit(title: str, candidate: Candidate) -> _Title:
    said, own = title_letters(title.strip(), read_prefix(title)), title_letters(candidate.title, candidate.title_prefix)
    if not said or not own:
        return _Title.OTHER
    cut = _VISIBLY_CUT.search(title) and not _VISIBLY_CUT.search(candidate.title)
    if said == own and not cut:
        return _Title.WHOLE
    if min(len(said), len(own)) >= CUT and (own.startswith(said) or said.startswith(own)):
        return _Title.BEGINNING
    like = likeness(said, own)
    return _Title.ALIKE if like >= ALIKE else _Title.AKIN if like >= AKIN else _Title.OTHER


def _is_of(candidate: Candidate, printed: str) -> bool | None:
    if letters(printed) and letters(printed) == letters(candidate.ministry):
        return True
    said = ministry_names(printed)
    if {candidate.ministry, candidate.ministry_code} & said:
        return True
    # Of several that are named, one that nobody knows may be the one.
    known = bool(said) and all(ministry_names(part) for part in _SEVERAL.split(printed))
    return False if known and ministry_names(candidate.ministry) else None


@cache
def ministry_names(printed: str) -> frozenset[str]:
    """Names and codes of all that the printed name may stand for at any time: former, later and short names, several
    joined by `·`, and a ministry with its office (`환경부 국립환경과학원`). Empty where nobody knows it.
    """
    for parts in (
        [printed],
        _SEVERAL.split(printed),
        [part.split()[0] for part in _SEVERAL.split(printed) if part.split()],
    ):
        found = frozenset[str]().union(*(_names_of_one(part) for part in parts))
        if found:
            return found
    return frozenset()


def _names_of_one(printed: str) -> frozenset[str]:
    try:
        found = ministries_named(printed)
    except UnknownMinistry:
        return frozenset()
    return frozenset(name for each in found for name in (each.name, each.code) if name is not None)


# The verdict


def _by_link(linked: _Evidence, others: Sequence[_Evidence]) -> Original:
    by_link = _match(linked, MatchedBy.NEWS_ID)
    if linked.title is None or linked.plain:
        return by_link
    rivals = [each for each in others if each.plain]
    if rivals:
        return _between(linked, rivals)
    if linked.title is _Title.WHOLE:
        believed = linked.telling or not (linked.contradicted and linked.ministry is not True)
    elif linked.contradicted:
        believed = linked.confirmed and linked.title > _Title.OTHER
    elif linked.title is _Title.OTHER:
        believed = linked.confirmed
    elif linked.title is _Title.AKIN:
        believed = linked.confirmed or (linked.ministry is True and linked.apart == 0 and not linked.denied)
    elif linked.denied:
        # Their texts differ where the editor wrote his own, or the link is that of another release much like it.
        if twins := [each for each in others if each.apart == 0 and each.ministry and each.title and each.confirmed]:
            return _join(_decide(twins, MatchedBy.TEXT), _elsewhere(linked))
        believed = linked.ministry is True and linked.apart == 0
        by_link = _join(by_link, _another_text(linked))
    else:
        believed = True
    if believed:
        return by_link
    found = _by_name(linked.reference, others)
    return _join(found if found.news_id else Original(None, None), _elsewhere(linked))


def _elsewhere(linked: _Evidence) -> str:
    return f"its link leads elsewhere: {linked.doubts() or _another_text(linked)}"


def _another_text(linked: _Evidence) -> str:
    return f"newsId {linked.candidate.news_id} has another text"


def _between(linked: _Evidence, rivals: Sequence[_Evidence]) -> Original:
    """The link leads to one release, and title, day and ministry to others."""
    found = _decide(rivals, MatchedBy.TITLE)
    confirmed = [each for each in rivals if each.confirmed]
    less = linked.title is None or linked.title < _Title.BEGINNING
    beginning = linked.title is _Title.BEGINNING
    surely_wrong = less or (beginning and (linked.contradicted or linked.denied or bool(confirmed)))
    if linked.confirmed and not confirmed:
        # The text is that of the link's release, and nothing else says so of the others.
        return _match(linked, MatchedBy.NEWS_ID) if linked.title is _Title.WHOLE else _conflict(linked, rivals)
    if surely_wrong or (confirmed and not linked.confirmed):
        return _join(found, _elsewhere(linked))
    return _conflict(linked, rivals)


def _conflict(linked: _Evidence, rivals: Sequence[_Evidence]) -> Original:
    named = _listed(each.candidate.news_id for each in rivals)
    link = linked.candidate.news_id
    return Original(None, None, f"its link leads to newsId {link}, its title, day and ministry to newsId {named}")


def _by_name(reference: Reference, seen: Sequence[_Evidence]) -> Original:
    if found := [each for each in seen if _has_the_title(each)]:
        rivals = [each for each in seen if each not in found and _title_begins(each) and each.confirmed]
        # A title may have been cut where another title ends: then only the text tells.
        if not (rivals and all(each.denied for each in found)):
            return _decide(found, MatchedBy.TITLE)
    if found := [each for each in seen if _has_the_title_of_a_day_nearby(each)]:
        return _decide(found, MatchedBy.TITLE)
    if found := [each for each in seen if _title_begins(each) and not each.denied]:
        return _decide(found, MatchedBy.TITLE)
    if found := [each for each in seen if _has_the_text(each)]:
        return _decide(found, MatchedBy.TEXT)
    return Original(None, None, _why_none(reference, seen))


def _has_the_title(each: _Evidence) -> bool:
    if each.title is not _Title.WHOLE or each.ministry is False:
        return False
    if each.apart is None:
        return each.telling and each.near and not each.denied
    return each.apart == 0 and (each.ministry is True or each.telling)


def _has_the_title_of_a_day_nearby(each: _Evidence) -> bool:
    return (
        each.title is _Title.WHOLE
        and each.apart is not None
        and each.near
        and each.ministry is True
        and each.telling
        and not each.denied
    )


def _title_begins(each: _Evidence) -> bool:
    return each.title is _Title.BEGINNING and each.apart == 0 and each.ministry is True


def _has_the_text(each: _Evidence) -> bool:
    if each.ministry is False or not each.near:
        return False
    of_that_day = each.apart == 0 and each.ministry is True
    return (of_that_day or bool(each.title)) and each.confirmed


def _decide(found: Sequence[_Evidence], by: MatchedBy) -> Original:
    """The one of several that fit alike, where anything tells them apart."""
    prefix = letters(read_prefix(found[0].reference.title or "") or "")
    nearest = min(each.apart or 0 for each in found)
    better: tuple[Callable[[_Evidence], bool], ...] = (
        lambda each: each.ministry is True,
        lambda each: (each.apart or 0) == nearest,
        lambda each: bool(prefix) and letters(each.candidate.title_prefix or "") == prefix,
        lambda each: each.confirmed,
    )
    for is_better in better:
        if len(found) > 1:
            found = [each for each in found if is_better(each)] or found
    if len(found) == 1:
        return _match(found[0], by)
    told = [f"{each.candidate.news_id} ({each.candidate.ministry}, {each.candidate.published_on})" for each in found]
    return Original(None, None, f"these fit equally well: newsId {_listed(told)}")


def _match(evidence: _Evidence, by: MatchedBy) -> Original:
    return Original(evidence.candidate.news_id, by, evidence.doubts())


def _join(found: Original, doubt: str) -> Original:
    return replace(found, reason="; ".join(filter(None, (doubt, found.reason))))


def _why_none(reference: Reference, seen: Sequence[_Evidence]) -> str:
    if same := [each for each in seen if each.title is _Title.WHOLE and each.doubts()]:
        return f"the release of that title is another: {same[0].doubts()}"
    of_that_day = [each.candidate.news_id for each in seen if each.apart == 0 and each.ministry is True]
    if not of_that_day:
        return "no release of that day and ministry is in the database" if reference.day else "no release fits"
    lacking = "none has that title" if reference.title else "nothing tells which is meant"
    return f"of that day and ministry there is newsId {_listed(of_that_day)}: {lacking}"


def _listed(named: Iterable[object]) -> str:
    told = [str(each) for each in named]
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return f"{', '.join(told[:NAMED])}{more}"
