"""Drift: what a run read, compared with the runs before, so that a change of the site is told before it does harm.

Pure: no network, no clock, no database. What is counted is in `measures.py`, what it means in `shares.py`,
`layouts.py`, `days.py` and `names.py`; each gives a :class:`Notice` for what a person should hear of. When that is over
says `ends.py`, and the rules docs/drift.md.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was noticed."""

    LAYOUT = "layout"
    """A page that is not as the readers know it, after all tries."""
    FIELD = "field"
    """Something that releases nearly always had, and the last ones have not."""
    SIZE = "size"
    """Pages or texts that weigh something else than before."""
    MINISTRY = "ministry"
    """A name of a ministry that this program does not know."""
    DAY = "day"
    """A day with far fewer releases than days of its kind."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should hear of: `key` is the same as long as it lasts."""

    key: str
    kind: Kind
    says: str
    todo: str
    measure: str = ""
    """What it is about: a field, a size, a kind of page, a day, a name."""
    expected: float | None = None
    """Of a field or a size: how it was before, to know when it is so again."""


def key_of(board: str, kind: Kind, about: str) -> str:
    return f"drift/{board}/{kind}/{about}"


def printable(text: str) -> str:
    """The site's own words as they may stand on a terminal: nothing in them moves its cursor or turns its text."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
