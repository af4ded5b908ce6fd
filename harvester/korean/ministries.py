"""Ministries through time: one name can mean several of them, and one of them can have had several names.

The facts stand in `ministries.tsv`, whose head says which of them are not verified.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from harvester.korean.text import squash

GROUPS = ("부", "처", "청", "위원회")
"""The groups people filter by. What is in none of them, 국무조정실, 감사원 and 청와대, is asked for by its name."""

_LONGEST_NAME = 100


@dataclass(frozen=True)
class Ministry:
    """A ministry under one name: a rename makes a new `Ministry`, usually with the same `code`.

    `since` and `until` are Korean days, both included; None is open or not known. `code` is the site's `repCode`.
    `successors` took over everything (one: renamed or merged; several: split up); transfers of a part are not listed.
    """

    name: str
    short_name: str
    code: str | None
    english_name: str | None
    group: str
    since: date | None
    until: date | None
    successors: tuple[str, ...]
    aliases: tuple[str, ...]

    def existed_on(self, day: date) -> bool:
        return self.existed_between(day, day)

    def existed_between(self, since: date | None, until: date | None) -> bool:
        """Whether any of its days lies within `since` and `until`, both included; None is open."""
        return _begin(self.since) <= _end(until) and _begin(since) <= _end(self.until)


class UnknownMinistry(LookupError):
    """No ministry bears this name; `suggestions` are the nearest names that some ministry does bear."""

    def __init__(self, text: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(text, suggestions)
        self.text = text
        self.suggestions = suggestions

    def __str__(self) -> str:
        hint = f"; nearest: {', '.join(self.suggestions)}" if self.suggestions else ""
        return f"{_shown(self.text)} is no ministry's name, short name, English name or code{hint}"


class AmbiguousMinistry(UnknownMinistry):
    """Several ministries bear this name at once; `suggestions` are their full names."""

    def __str__(self) -> str:
        return f"{_shown(self.text)} may be any of {', '.join(self.suggestions)}: write the full name"


@cache
def all_ministries() -> tuple[Ministry, ...]:
    """Every ministry under every name known, the current ones and the former."""
    table = files(__package__).joinpath("ministries.tsv").read_text(encoding="utf-8")
    header, *rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(_ministry(dict(zip(header, row, strict=True))) for row in rows)


def is_ministry_name(text: str) -> bool:
    """Whether some ministry bears or bore this name, short name, English name or code."""
    return _key(text) in _bearers()


def find_ministry(text: str, *, on: date | None = None) -> Ministry:
    """The ministry that `text` names, as it was named on that Korean day; without a day, the latest of that name.

    `text` is a name, a former or later name, a short name, an alias, an English name or abbreviation (in any case),
    or the site's code. A former name leads to its one successor, a later name back to its one predecessor; where a
    ministry was split up, the former ministry itself is the answer. A name nobody bore that day, and that leads
    nowhere, gives its nearest bearer in time. Raises UnknownMinistry, or AmbiguousMinistry where two bore it at once.
    """
    bearers = _find_bearers(text)
    if on is None:
        latest = max(_begin(bearer.since) for bearer in bearers)
        return _only([bearer for bearer in bearers if _begin(bearer.since) == latest], text)
    if of_the_day := [bearer for bearer in bearers if bearer.existed_on(on)]:
        return _only(of_the_day, text)
    bearer = _only(_nearest(bearers, on, on), text)
    return _renamed(bearer, on) or bearer


def ministries_named(text: str, since: date | None = None, until: date | None = None) -> tuple[Ministry, ...]:
    """What a filter by `text` means for the days from `since` to `until`, both included; None is open.

    Every ministry that bore the name within those days (or else its nearest former bearer), those of which it is a
    plain rename, and those that took over all of it, each only if it existed within those days. So 기획재정부 over 2025
    and 2026 is also 재정경제부 and 기획예산처. Sorted by code. Never empty: if none existed then, it is the bearer
    itself; and if none has a known code, those with a later name of the same ministry are there too, whose code is.
    Raises UnknownMinistry, and ValueError where `since` is after `until`.
    """
    _require_days(since, until)
    everyone = _find_bearers(text)
    bearers = [bearer for bearer in everyone if bearer.existed_between(since, until)]
    if not bearers:
        former = [bearer for bearer in everyone if _end(bearer.until) < _begin(since)]
        bearers = _nearest(former or everyone, since, until)
    latest = max(bearers, key=lambda bearer: _begin(bearer.since))
    family = set().union(*(_relatives(bearer, latest) for bearer in bearers))
    found = {member for member in family if member.existed_between(since, until)} or set(bearers)
    if not any(member.code for member in found):
        # What ended before the code table was read has no known code; its later name has the one to ask the site with.
        found |= {later for member in found for later in _later_names(member) if later.code}
    return _by_code(found)


def ministries_of_group(group: str, since: date | None = None, until: date | None = None) -> tuple[Ministry, ...]:
    """Every ministry of one of `GROUPS`, under every name it bore from `since` to `until`, both included; None is open.

    One that changed its group is there only for the days it was of this one: 통계청 is of 청, 국가데이터처 of 처.
    Sorted by code, those without a known code last; empty if none existed then. Raises ValueError for another word,
    and where `since` is after `until`.
    """
    if group not in GROUPS:
        raise ValueError(f"{_shown(group)} is no group of ministries: those are {', '.join(GROUPS)}")
    _require_days(since, until)
    members = (ministry for ministry in all_ministries() if ministry.group == group)
    return _by_code(member for member in members if member.existed_between(since, until))


def _require_days(since: date | None, until: date | None) -> None:
    if _begin(since) > _end(until):
        raise ValueError(f"the range from {since} to {until} ends before it begins")


def _by_code(members: Iterable[Ministry]) -> tuple[Ministry, ...]:
    return tuple(sorted(members, key=lambda member: (member.code or "~", _begin(member.since), member.name)))


def _ministry(row: dict[str, str]) -> Ministry:
    return Ministry(
        name=row["name"],
        short_name=row["short_name"],
        code=row["code"] or None,
        english_name=row["english_name"] or None,
        group=row["group"],
        since=_day(row["since"]),
        until=_day(row["until"]),
        successors=_listed(row["successors"]),
        aliases=_listed(row["aliases"]),
    )


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _begin(day: date | None) -> date:
    return day or date.min


def _end(day: date | None) -> date:
    return day or date.max


def _key(text: str) -> str:
    return squash(text).casefold()


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…")


def _ranked_names(ministry: Ministry) -> Iterator[tuple[int, str]]:
    """Its names, those that mean it before all others first."""
    yield 0, ministry.name
    yield 0, ministry.code or ministry.name
    yield 1, ministry.short_name
    yield 1, ministry.english_name or ministry.name
    yield from ((2, alias) for alias in ministry.aliases)


@cache
def _bearers() -> dict[str, dict[Ministry, int]]:
    """For every name, who bears it and how firmly (0: its name or code; 1: short or English name; 2: alias)."""
    index: dict[str, dict[Ministry, int]] = {}
    for ministry in all_ministries():
        for rank, name in _ranked_names(ministry):
            index.setdefault(_key(name), {}).setdefault(ministry, rank)
    return index


def _find_bearers(text: str) -> list[Ministry]:
    key = _key(text)
    bearers = _bearers().get(key)
    if bearers is None:
        names = {name: None for ministry in all_ministries() for _, name in _ranked_names(ministry)}
        near = difflib.get_close_matches(squash(text)[:_LONGEST_NAME], names, n=3, cutoff=0.5)
        raise UnknownMinistry(text, tuple(near))
    return list(bearers)


def _only(bearers: list[Ministry], text: str) -> Ministry:
    """The one that bears the name most firmly: 외교부 as a name goes before 외교부 as an alias of 외교통상부."""
    ranks = _bearers()[_key(text)]
    firmest = min(ranks[bearer] for bearer in bearers)
    first, *others = (bearer for bearer in bearers if ranks[bearer] == firmest)
    if others:
        raise AmbiguousMinistry(text, tuple(bearer.name for bearer in (first, *others)))
    return first


def _nearest(bearers: list[Ministry], since: date | None, until: date | None) -> list[Ministry]:
    def distance(bearer: Ministry) -> timedelta:
        return max(_begin(since) - _end(bearer.until), _begin(bearer.since) - _end(until))

    least = min(distance(bearer) for bearer in bearers)
    return [bearer for bearer in bearers if distance(bearer) == least]


@cache
def _successors(ministry: Ministry) -> tuple[Ministry, ...]:
    """The rows of its successors: of each name, the first that began after it ended."""
    return tuple(
        min(
            (other for other in all_ministries() if other.name == name and _end(other.until) > _end(ministry.until)),
            key=lambda other: _begin(other.since),
        )
        for name in ministry.successors
    )


@cache
def _merged_into(ministry: Ministry) -> tuple[Ministry, ...]:
    """Those that have this one as a successor."""
    return tuple(other for other in all_ministries() if ministry in _successors(other))


def _former_name(ministry: Ministry) -> Ministry | None:
    """The ministry of which this one is a plain rename: one before, one after, no other code."""
    before = _merged_into(ministry)
    if len(before) != 1 or len(before[0].successors) != 1:
        return None
    former = before[0]
    return former if former.code in (None, ministry.code) or ministry.code is None else None


def _renamed(bearer: Ministry, on: date) -> Ministry | None:
    """The same ministry under its name on that day, where nothing was split on the way."""
    current: Ministry | None = bearer
    forward = _end(bearer.until) < on
    while current is not None and not current.existed_on(on):
        if forward:
            following = _successors(current)
            current = following[0] if len(following) == 1 else None
        else:
            current = _former_name(current)
    return current


def _predecessors(ministry: Ministry) -> Iterator[Ministry]:
    former = _former_name(ministry)
    while former is not None:
        yield former
        former = _former_name(former)


def _later_names(ministry: Ministry) -> Iterator[Ministry]:
    for later in _successors(ministry):
        if _former_name(later) == ministry:
            yield later
            yield from _later_names(later)


@cache
def _descendants(ministry: Ministry) -> frozenset[Ministry]:
    following = _successors(ministry)
    return frozenset(following).union(*(_descendants(heir) for heir in following))


def _heirs(ministry: Ministry) -> Iterator[Ministry]:
    """All that took over all of it, transitively, but not out of a merger through a split.

    과학기술부 and 교육인적자원부 merged and were split again: 교육부 is no heir of 과학기술부.
    """
    for heir in _successors(ministry):
        yield heir
        out_of_a_merger = len(_merged_into(heir)) > 1
        if not (out_of_a_merger and len(heir.successors) > 1):
            yield from _heirs(heir)


def _relatives(bearer: Ministry, latest: Ministry) -> set[Ministry]:
    """What `bearer` stands for in a filter; where the name came back later, only what lies between the two."""
    if latest in _descendants(bearer):
        heirs = {heir for heir in _descendants(bearer) if latest in _descendants(heir)}
    else:
        heirs = set(_heirs(bearer))
    return {bearer, *_predecessors(bearer), *heirs}
