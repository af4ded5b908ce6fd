"""What happens in the month: on the site, on the way to it, and to the machine. Data, always the same for a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal

from harvester.demo import KST, Corpus, Fault, Release
from harvester.demo.corpus import Changes

# What passes with the second try, one of them in a run.
PASSING = (
    *("503", "500", "429", "reset", "reset-midway", "truncated", "truncated-clean", "truncated-encoding", "garbage"),
    *("damaged-encoding", "maintenance", "redesign", "login", "offsite", "emptied", "rows-missing", "wrong-page"),
    *("ignores-dates", "last-page-repeats", "duplicate-row", "emptied-tail", "view-redesign", "wrong-release"),
    "shifting",
)
# Lasting faults of the whole site, by the kind of spell.
LASTING = {"unavailable": "503", "redesign": "redesign", "maintenance": "maintenance"}

Kind = Literal[
    "refused",  # nobody listens
    "unavailable",  # everything is answered with 503
    "redesign",  # every page looks different
    "maintenance",  # every page says so
    "one page broken",  # of one release, and it stays broken
    "disk full",
    "asleep",  # no runs
    "clock wrong",
]


@dataclass(frozen=True)
class Spell:
    """A time in which something is wrong. Spells that follow one another without a gap are one trouble."""

    kind: Kind
    since: datetime
    until: datetime
    off_by: timedelta = timedelta()
    """Of a clock that is wrong."""

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


@dataclass(frozen=True)
class Happening:
    """Something done to a release on the site, without a word: changes, or its withdrawal."""

    at: datetime
    news_id: str
    kind: Literal["edited", "moved", "deleted"]
    changes: Changes


@dataclass(frozen=True)
class Scenario:
    first: date
    """The first day of hourly runs; the days before it, from `base` on, are filled by one backfill."""
    last: date
    base: date
    corpus: Corpus
    happenings: tuple[Happening, ...]
    spells: tuple[Spell, ...]
    seed: int

    def hours(self) -> Iterator[datetime]:
        """When cron starts the runs: once an hour, not to the second."""
        dice = Random(f"hours:{self.seed}")
        begin, end = midnight(self.first), midnight(self.last + timedelta(days=1))
        for number in range((end - begin) // timedelta(hours=1)):
            yield begin + timedelta(hours=number, minutes=17, seconds=dice.randint(0, 300))

    def spell(self, now: datetime) -> Spell | None:
        return next((spell for spell in self.spells if spell.holds(now)), None)

    def faults(self, now: datetime, spell: Spell | None, broken: str | None) -> list[Fault]:
        """How the site misbehaves in this hour; in every third something passing."""
        if spell and spell.kind in LASTING:
            return [Fault(LASTING[spell.kind], tries=None)]  # type: ignore[arg-type]
        dice = Random(f"faults:{self.seed}:{now.isoformat()}")
        faults = [Fault("500", tries=None, where="view", news_ids=frozenset({broken}))] if broken else []
        if dice.random() < 1 / 3:
            faults.append(Fault(dice.choice(PASSING), share=0.1, tries=(1,), seed=dice.randrange(1000)))  # type: ignore[arg-type]
        return faults


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), KST)


def on(day: date, hour: float) -> datetime:
    return midnight(day) + timedelta(hours=hour)


def make(
    first: date,
    days: int,
    spells: tuple[Spell, ...],
    *,
    base_days: int,
    per_day: int,
    quiet_at_the_end: int,
    changed: float,
    late: float,
    seed: int,
) -> Scenario:
    """A scenario: releases through the day, some late; now and then one is edited, deleted, moved, registered again.

    `changed` is the share of what happens to one, `late` that of those put up days after the day they are listed on,
    besides the two in a hundred that always are. Nothing happens in the last days, since an edit takes longest to be
    found, nor to a release of more than a week ago, which a crawl may have done with.
    """
    base, last = first - timedelta(days=base_days), first + timedelta(days=days - 1)
    corpus = Corpus.generated(base, last, per_day=per_day, seed=seed, live=True)
    dice = Random(f"happenings:{seed}")
    happenings: list[Happening] = []
    until = midnight(last + timedelta(days=1 - quiet_at_the_end))
    for release in corpus.releases:
        if release.listed_on < first:
            continue
        appears = release.visible_from or release.published
        if dice.random() < late and appears.date() == release.listed_on:
            appears += timedelta(days=dice.randint(1, min(days - 1, 9)))
            corpus.edit(release.news_id, visible_from=appears)
        if dice.random() < 0.01:
            corpus.add(_again(release, _free_id(corpus, release), appears + _later(dice, 30)))
        if dice.random() < changed:
            happening = _happening(release, appears + _later(dice, 24 * 6), len(happenings), dice)
            if happening.at < min(until, midnight(release.listed_on + timedelta(days=8))):
                happenings.append(happening)
    return Scenario(first, last, base, corpus, tuple(sorted(happenings, key=lambda each: each.at)), spells, seed)


def _again(release: Release, news_id: str, appears: datetime) -> Release:
    """The same, registered once more, with files of its own."""
    files = tuple(replace(file, file_id=f"9{file.file_id}") for file in release.attachments)
    return replace(release, news_id=news_id, visible_from=appears, attachments=files)


def _later(dice: Random, hours: float) -> timedelta:
    """More often soon than late."""
    return timedelta(hours=0.2 + hours * dice.random() ** 2)


def _free_id(corpus: Corpus, release: Release) -> str:
    return next(str(n) for n in range(int(release.news_id) + 1, int(release.news_id) + 5000) if str(n) not in corpus)


def _happening(release: Release, at: datetime, number: int, dice: Random) -> Happening:
    """The next of all that can happen, edits most often."""
    if number % 5 == 0:
        return Happening(at, release.news_id, "deleted", {})
    if number % 5 == 1:
        return Happening(at, release.news_id, "moved", {"listed_on": release.listed_on - timedelta(days=1)})
    return Happening(at, release.news_id, "edited", _edit(release, dice))


def _edit(release: Release, dice: Random) -> Changes:
    """A title, a lead, or a text; a text never alone, which no listing shows."""
    title: Changes = {"title": f"(수정) {release.title}"}
    what = dice.choice(("title", "lead", "text"))
    if what == "title" or not release.viewer:
        return title
    lead: Changes = {"lead": f"바로잡습니다. {release.lead}"}
    if what == "lead":
        return lead
    added = "\n□ 뒤에 바로잡은 문단이 하나 있다."
    if release.body is not None:
        return {**lead, "body": release.body + added}
    return {**lead, "document": release.document_text + added}
