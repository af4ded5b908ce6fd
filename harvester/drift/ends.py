"""When something that was noticed is over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from harvester.drift import Kind
from harvester.drift.days import too_small
from harvester.drift.measures import Measures
from harvester.drift.shares import is_back

FORGET: Mapping[Kind, timedelta] = {
    Kind.FIELD: timedelta(days=90),
    Kind.SIZE: timedelta(days=90),
    Kind.MINISTRY: timedelta(days=30),
    Kind.DAY: timedelta(days=10),
}
"""After so long it has been told, and is how things are: by then the releases of before are no measure any more."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run saw of a board, as far as an end can be told from it."""

    today: date
    board: str
    measured: Sequence[Measures]
    """The board's counts, the newest last; none where the run read no release."""
    ledger: Mapping[date, int]
    knows: Callable[[str], bool]
    """Whether this program knows a ministry of that name."""
    read: Mapping[str, int] = field(default_factory=dict)
    """Pages that were read, by kind."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Pages that were refused for what they look like, by kind."""


def is_over(kind: Kind, about: str, expected: float | None, since: date, seen: Seen) -> bool:
    """Whether what was noticed on the day `since` is as it should be again, or is how things are by now."""
    if kind in FORGET and seen.today - since > FORGET[kind]:
        return True
    match kind:
        case Kind.LAYOUT:
            return bool(seen.read.get(about)) and not seen.refused.get(about)
        case Kind.MINISTRY:
            return seen.knows(about)
        case Kind.DAY:
            day = date.fromisoformat(about)
            return day in seen.ledger and too_small(seen.board, day, seen.ledger) is None
        case _:
            return bool(seen.measured) and expected is not None and is_back(kind, about, expected, seen.measured)
