"""What a run is asked for: board, days and filters, checked before the first request."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from harvester.boards import Board
from harvester.originals import Reference
from harvester.texts import Attachments

ORIGINALS = "originals of the ESG board"
"""Stands for a filter where a plan picks releases; no row of the ledger has it."""


def filter_key(all_codes: tuple[str, ...], words: str) -> str:
    """A filter as the ledger writes it, `ministry=A00015,A00019&query=희토류`; empty for none."""
    parts = {"ministry": ",".join(all_codes), "query": words}
    return "&".join(f"{name}={value}" for name, value in parts.items() if value)


@dataclass(frozen=True, slots=True)
class Pick:
    """Releases of one day that something refers to; `codes` those of their ministries, none where one is not known."""

    references: tuple[Reference, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a release is listed: its day, and its ministry as printed."""

    day: date
    ministry: str


def picks(
    references: Iterable[Reference],
    codes_of: Callable[[str, date], tuple[str, ...]],
    places: Mapping[int, Place] | None = None,
) -> dict[date, Pick]:
    """Where to look for what is referred to: on its day or, where `places` are known, where its link leads.

    With `places`, what has no link, or one that leads nowhere, is looked for on the days before and after. `codes_of`
    gives the codes of a ministry as printed on a day, none where it is not known.
    """
    sought: defaultdict[date, list[tuple[Reference, str]]] = defaultdict(list)
    for each in references:
        for place in _places_of(each, places):
            sought[place.day].append((each, place.ministry))
    found = {}
    for day, of_day in sought.items():
        codes = [codes_of(ministry, day) for _, ministry in of_day]
        some = tuple(sorted(set().union(*codes))) if all(codes) else ()
        found[day] = Pick(tuple(reference for reference, _ in of_day), some)
    return found


def _places_of(reference: Reference, places: Mapping[int, Place] | None) -> list[Place]:
    day, ministry = reference.day, reference.ministry or ""
    if places is None:
        return [Place(day, ministry)] if day else []
    if place := places.get(reference.news_id or 0):
        return [place]
    return [Place(day + timedelta(days=apart), ministry) for apart in (-1, 1)] if day else []


@dataclass(frozen=True, slots=True)
class Plan:
    board: Board
    since: date
    until: date
    """Both inclusive, Korean days."""
    codes: tuple[str, ...] = ()
    """The codes (`repCode`) that the ministries asked for have in these days, sorted; none for all."""
    all_codes: tuple[str, ...] = ()
    """Those they ever had: the same for every range, so that the ledger knows the question again."""
    words: str = ""
    verb: str = "crawl"
    again: bool = False
    """Walk settled days too."""
    attachments: Attachments = Attachments.TEXT
    settling: bool = False
    """No range was given: of the last days, those are walked that differ from the ledger or are due (settling.py)."""
    accept_withdrawals: bool = False
    """Believe a listing that lost most of a day's releases."""
    boards: tuple[str, ...] = ()
    """The slugs of all boards of the command, in order, where they are several."""
    picks: Mapping[date, Pick] | None = None
    """Only these days, and of them only the releases meant: such a walk says nothing of a day, and enters no ledger."""

    def __post_init__(self) -> None:
        if self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}: give the earlier day first")

    def __len__(self) -> int:
        return len(self.picks) if self.picks else (self.until - self.since).days + 1

    def days(self) -> Iterator[date]:
        """Newest first."""
        if self.picks:
            yield from sorted(self.picks, reverse=True)
            return
        for back in range(len(self)):
            yield self.until - timedelta(days=back)

    def codes_of(self, day: date) -> tuple[str, ...]:
        """The codes that the listing of this day is asked for; none for all."""
        return self.picks[day].codes if self.picks else self.codes

    @property
    def filter(self) -> str:
        """The filter as the ledger writes it; empty for none."""
        if self.picks:
            return ORIGINALS
        return filter_key(self.all_codes, self.words)

    @property
    def arguments(self) -> str:
        """The same for the same question, so that an interrupted run is recognised."""
        return self._arguments_for(self.board.slug)

    @property
    def arguments_of_command(self) -> tuple[str, ...]:
        """Those of every run of the command, in order: it was interrupted unless the last of them ended."""
        return tuple(map(self._arguments_for, self.boards or (self.board.slug,)))

    def _arguments_for(self, slug: str) -> str:
        asked: dict[str, Any] = {
            "board": slug,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "filter": self.filter,
            "again": self.again,
            "attachments": self.attachments,
        }
        if self.settling:
            asked["settling"] = True
        return json.dumps(asked | ({"boards": self.boards} if self.boards else {}), ensure_ascii=False)
