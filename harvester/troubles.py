"""What is wrong for longer than a moment, and what of it is told: that it began, and that it is over, once each."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

FORGOTTEN_AFTER = timedelta(days=14)
"""A trouble that no run has looked at for so long is nobody's any more: its line is gone from the crontab."""
DAY = timedelta(days=1)
BEGINNINGS_A_DAY = 2
"""A trouble that begins more often within a day comes and goes, and is over when it was gone for long."""
GONE_FOR = timedelta(hours=12)
RUNS_BEFORE_A_CHANGE = 2
"""An outage that begins in the middle of a run is the same trouble in the next run, which gets nothing at all."""


@dataclass(frozen=True, slots=True)
class Trouble:
    key: str
    """The same for as long as the trouble lasts: `crawl/press-release//site`, `drift/press-release/ministry`."""
    title: str
    what: str
    tried: str
    todo: str
    grave: bool = False
    """Whether nothing of what was asked could be had."""


@dataclass(frozen=True, slots=True)
class Open:
    """A trouble that lasts, and what was told of it."""

    trouble: Trouble
    since: str
    """UTC, as all times here."""
    seen: str
    """When a run last looked."""
    runs: int = 1
    """Runs that met it."""
    runs_as_grave_as_now: int = 1
    told_grave: bool = False
    shrank_at: str | None = None
    """When it was last told that it shrank: that it grew again is told a day later at the earliest."""
    gone_since: str | None = None
    """Of one that comes and goes: since when it is gone."""
    comes_and_goes: bool = False
    told_to: tuple[str, ...] = ()


Kind = Literal["begun", "changed", "worse", "better", "over", "forgotten"]


@dataclass(frozen=True, slots=True)
class News:
    """What is worth a message."""

    kind: Kind
    now: Open
    before: tuple[Open, ...] = ()
    """Of a change: what it was until then."""


@dataclass(frozen=True, slots=True)
class Compared:
    open: dict[str, Open] = field(default_factory=dict)
    began: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By key, when troubles began within the last day."""
    news: tuple[News, ...] = ()


def compare(
    before: Mapping[str, Open],
    began: Mapping[str, Collection[str]],
    now: Collection[Trouble],
    *,
    judged: Collection[str],
    at: str,
) -> Compared:
    """What a run that ended `at` found, against what was open before it.

    `judged` are the beginnings of the keys that the run can speak of: what it found none of is over. Of all others it
    says nothing.
    """
    found = {trouble.key: trouble for trouble in now}
    recent = {key: kept for key, times in began.items() if (kept := tuple(t for t in times if _ago(at, t) < DAY))}
    result: dict[str, Open] = {}
    news: list[News] = []
    for key, was in before.items():
        if key in found:
            result[key], told = _goes_on(was, found[key], at)
            news += told
        elif any(key == prefix or key.startswith(f"{prefix}/") for prefix in judged):
            if was.comes_and_goes and _ago(at, was.gone_since or at) < GONE_FOR:
                result[key] = replace(was, seen=at, gone_since=was.gone_since or at)
            else:
                news.append(News("over", was))
        elif _ago(at, was.seen) >= FORGOTTEN_AFTER:
            news.append(News("forgotten", was))
        else:
            result[key] = was
    for key, trouble in found.items():
        if key not in before:
            recent[key] = (*recent.get(key, ()), at)
            often = len(recent[key]) > BEGINNINGS_A_DAY
            result[key] = Open(trouble, since=at, seen=at, told_grave=trouble.grave, comes_and_goes=often)
            news.append(News("begun", result[key]))
    return Compared(result, recent, tuple(_folded(news)))


def _goes_on(was: Open, trouble: Trouble, at: str) -> tuple[Open, list[News]]:
    same = was.trouble.grave == trouble.grave
    now = replace(
        was,
        trouble=trouble,
        seen=at,
        runs=was.runs + 1,
        runs_as_grave_as_now=was.runs_as_grave_as_now + 1 if same else 1,
        gone_since=None,
    )
    turned_lately = was.shrank_at is not None and _ago(at, was.shrank_at) < DAY
    if trouble.grave and not was.told_grave and not turned_lately:
        # In the run after its beginning this is how an outage goes on; later it is another matter.
        now = replace(now, told_grave=True)
        return now, [News("worse", now)] if was.runs >= RUNS_BEFORE_A_CHANGE else []
    if not trouble.grave and was.told_grave and now.runs_as_grave_as_now >= RUNS_BEFORE_A_CHANGE:
        # One run that gets a part of it may be the first after an outage; then the next has the rest.
        now = replace(now, told_grave=False, shrank_at=at)
        return now, [News("better", now)]
    return now, []


def _folded(news: list[News]) -> list[News]:
    """One trouble of a question that is over with another that begins is one trouble that changed."""
    over = [each for each in news if each.kind == "over"]
    folded: list[News] = []
    taken: set[str] = set()
    for each in news:
        if each.kind == "begun" and (
            before := [was for was in over if was.now.trouble.key not in taken and _related(was.now, each.now)]
        ):
            taken |= {was.now.trouble.key for was in before}
            folded.append(News("changed", each.now, tuple(was.now for was in before)))
        else:
            folded.append(each)
    return [each for each in folded if not (each.kind == "over" and each.now.trouble.key in taken)]


def _related(one: Open, other: Open) -> bool:
    question, _, _ = one.trouble.key.rpartition("/")
    return question.startswith("crawl/") and question == other.trouble.key.rpartition("/")[0]


def _ago(at: str, then: str) -> timedelta:
    """How long before; nothing where the clock was set back meanwhile."""
    return max(datetime.fromisoformat(at) - datetime.fromisoformat(then), timedelta())


# Why a day is not complete

Cause = Literal["program", "storage", "site", "pages", "data", "hole"]

_CAUSES: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    ("program", re.compile(r"a mistake of the program")),
    (
        "storage",
        re.compile(
            r"could not be (stored|written)|not stored|damaged database|the disk|it is damaged \(|may not be written to"
            r"|locked by another program"
        ),
    ),
    (
        "site",
        re.compile(
            r"HTTP status (403|408|429|5\d\d)|answers (429|5\d\d)|asks to (wait|stay away)|robots\.txt"
            r"|no page at all|got no answer|no such files at present|twisted\.|[Cc]onnection|refused by|took longer"
            r"|[Tt]imed? ?out|DNS|hostname|unreachable|SSL|TLS|certificate"
        ),
    ),
    (
        "pages",
        re.compile(
            r"HTTP status (3\d\d|404|410)|not a listing|\ban? (empty )?list(ing)?\b|not the board's list"
            r"|(not )?a release's page|not a post\b|\ba post\b|a start page|is not JSON|damaged markup|an empty answer"
            r"|cut off|Error -\d|not UTF-8|NUL bytes|asked (for [^;]*, got|with )|\ba row (of|with)|the row of"
            r"|says that nothing at all"
        ),
    ),
)
_CONSEQUENCES = re.compile(
    r"(the listing could not be read: )?(\d+ \S+ )?not (reached|asked for)[^;]*|the listing was not walked to its end"
    r"|its word that there is nothing was not confirmed"
    r"|(the listing could not be read: )?its word that there is nothing was not confirmed"
)


def causes(reason: str | None) -> frozenset[Cause]:
    """Why a day is not complete, from its reason; nothing for what only follows from the end of a run."""
    if not reason:
        return frozenset()
    found: frozenset[Cause] = frozenset(cause for cause, pattern in _CAUSES if pattern.search(reason))
    if found or all(_CONSEQUENCES.fullmatch(part.strip()) for part in reason.split("; ")):
        return found
    return frozenset({"data"})
