"""Lives through a scenario, hour by hour: the site goes on, the run of the hour is made, and what it left is judged."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from harvester.demo import MiniSite, Release
from tests.whole_runs.conftest import Harvester, expected
from tests.whole_runs.month.nursery import Done, Nursery
from tests.whole_runs.month.scenario import Happening, Scenario, Spell
from tests.whole_runs.month.surroundings import Disk, Recorder

RUNS_UNTIL_STORED = 2
SITE_IS_GONE = ("refused", "unavailable", "redesign", "maintenance")
KILLING_HOURS = range(8, 20)
COUNTS = """SELECT (SELECT count(*) FROM briefings) AS stored,
(SELECT count(*) FROM revisions) + (SELECT count(withdrawn_at) FROM briefings) AS changed"""


@dataclass(frozen=True)
class HourlyRun:
    """One run, as whoever reads its log, its row and its messages sees it."""

    number: int
    at: datetime
    spell: Spell | None
    killed: bool
    status: int
    last_line: str
    requests: int
    new: int
    changed: int
    passing: bool
    """Whether the site misbehaved for a moment."""

    @property
    def able(self) -> bool:
        """Whether the run could bring what the site shows."""
        return not self.killed and (self.spell is None or self.spell.kind == "one page broken")


@dataclass
class Change:
    """Something done to a release, until the database says the same."""

    happening: Happening
    runs: int = 0
    hours: float = 0.0
    """From when it was done to the end of the run that found it, those left out in which it could not be found."""
    found: bool = False


@dataclass
class Outcome:
    """What came of it all."""

    runs: list[HourlyRun] = field(default_factory=list)
    stored_after: dict[str, int] = field(default_factory=dict)
    """By newsId: the runs that could have brought it, that one included that did."""
    changes: list[Change] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What must not be, as it was seen."""


class Simulation:
    def __init__(
        self, scenario: Scenario, site: MiniSite, disk: Disk, nursery: Nursery, recorder: Recorder, *options: str
    ) -> None:
        self.scenario, self.site, self.disk, self.nursery, self.recorder = scenario, site, disk, nursery, recorder
        self.harvest = Harvester(site, disk.folder / "data")
        self.options = options
        self.outcome = Outcome()
        self._missing: Counter[str] = Counter()
        self._to_come = list(scenario.happenings)
        self._dice = Random(f"kills:{scenario.seed}")
        self._killed_on: date | None = None
        self._last_row = 0
        self._site_is_up = True

    def live(self) -> Outcome:
        """The whole of it."""
        self._fill_the_days_before()
        for number, now in enumerate(self.scenario.hours(), start=1):
            self._hour(number, now)
        return self.outcome

    def command(self, at: datetime, *arguments: str) -> Done:
        """Any verb, at a time."""
        return self.nursery.end(self._start(at, *arguments))

    # An hour

    def _fill_the_days_before(self) -> None:
        begin = next(self.scenario.hours()) - timedelta(hours=1)
        self.site.clock.set(begin)
        before = self.scenario.first - timedelta(days=1)
        ended = self.command(begin, "backfill", "--since", str(self.scenario.base), "--until", str(before))
        assert ended.status == 0, ended.stderr

    def _hour(self, number: int, now: datetime) -> None:
        spell = self.scenario.spell(now)
        self.recorder.run = number
        self.site.clock.set(now)
        self._let_happen(now)
        self._arrange(now, spell)
        if spell and spell.kind == "asleep":
            return
        before = self._counts()
        self.site.clear_log()
        told = now + spell.off_by if spell else now
        pid = self._start(told, "crawl", *self.options)
        if self._is_to_be_killed(now, spell):
            self._kill(pid)
        done = self.nursery.end(pid)
        seen = self.site.requests
        after = self._counts()
        run = HourlyRun(
            number=number,
            at=now,
            spell=spell,
            killed=done.status == -signal.SIGKILL,
            status=done.status,
            last_line=done.last_line,
            requests=len(seen),
            new=after["stored"] - before["stored"],
            changed=after["changed"] - before["changed"],
            passing=spell is None and any(each.fault for each in seen),
        )
        self.outcome.runs.append(run)
        self._judge(run, done)

    def _let_happen(self, now: datetime) -> None:
        corpus = self.scenario.corpus
        while self._to_come and self._to_come[0].at <= now:
            happening = self._to_come.pop(0)
            if happening.kind == "deleted":
                corpus.delete(happening.news_id)
            else:
                corpus.edit(happening.news_id, **happening.changes)
            self.outcome.changes.append(Change(happening))

    def _arrange(self, now: datetime, spell: Spell | None) -> None:
        """Make the site and the disk what they are in this hour."""
        if spell and spell.kind == "refused":
            self.site.stop()
            self._site_is_up = False
        elif not self._site_is_up:
            self.site.start()
            self._site_is_up = True
        self.site.faults = self.scenario.faults(now, spell, self._broken(spell))
        if spell and spell.kind == "disk full":
            self.disk.fill()
        else:
            self.disk.free()

    def _broken(self, spell: Spell | None) -> str | None:
        """The release whose page is broken: the first that appears while it is."""
        if spell is None or spell.kind != "one page broken":
            return None
        appears = [(each.visible_from, each.news_id) for each in self.scenario.corpus if each.visible_from]
        return min(each for each in appears if spell.holds(each[0]))[1]

    def _start(self, at: datetime, *arguments: str) -> int:
        _, environment = self.harvest.command()
        return self.nursery.start(at, list(arguments), environment, self.disk.largest_file)

    def _is_to_be_killed(self, now: datetime, spell: Spell | None) -> bool:
        """Once a day, at an hour when there is something to be killed at."""
        due = spell is None and self._killed_on != now.date() and now.hour in KILLING_HOURS
        return due and self._dice.random() < 0.3

    def _kill(self, pid: int) -> None:
        """At any moment: after some requests, or some time after the first, which a run may not live to."""
        requests, seconds = self._dice.randint(1, 30), self._dice.uniform(0.0, 0.4)
        by_requests = self._dice.random() < 0.6
        first: float | None = None
        while not self.nursery.is_over():
            seen = len(self.site.requests)
            first = first or (time.monotonic() if seen else None)
            if seen >= requests if by_requests else first is not None and time.monotonic() - first >= seconds:
                os.kill(pid, signal.SIGKILL)
                self._killed_on = self.site.clock.today()
                return
            time.sleep(0.001)

    # What it left

    def _counts(self) -> dict[str, Any]:
        if self.disk.is_full:
            return {"stored": 0, "changed": 0}
        return self.harvest.rows(COUNTS)[0]

    def _judge(self, run: HourlyRun, done: Done) -> None:
        if self.disk.is_full:
            self._complain_if(run, done.status not in (1, 3), f"a full disk, and it said {done.last_line}")
            return
        self._judge_books(run, done)
        self._judge_releases(run)
        self._judge_changes(run)

    def _judge_books(self, run: HourlyRun, done: Done) -> None:
        """Exit status, last line and row of the run say the same."""
        [row] = self.harvest.rows("SELECT id, verdict, exit_status FROM runs ORDER BY id DESC LIMIT 1")
        before, self._last_row = self._last_row, row["id"]
        if run.killed:
            [check] = self.harvest.rows("PRAGMA quick_check")
            self._complain_if(run, check != {"quick_check": "ok"}, f"killed, and the database is damaged: {check}")
            return
        said = f"harvest: {row['verdict']} (exit {row['exit_status']}): "
        self._complain_if(run, row["id"] <= before, f"it left no row: {done.last_line}")
        self._complain_if(run, row["exit_status"] != done.status, f"exit {done.status}, and its row says {row}")
        self._complain_if(run, not done.last_line.startswith(said), f"its row says {row}, and it: {done.last_line}")
        well = run.spell is None
        self._complain_if(run, well and done.status != 0, f"nothing was wrong, and it said {done.last_line}")
        ill = run.spell is not None and run.spell.kind in SITE_IS_GONE
        self._complain_if(run, ill and done.status not in (1, 3), f"the site was away, and it said {done.last_line}")

    def _judge_releases(self, run: HourlyRun) -> None:
        """Every release is there within two runs that could bring it."""
        stored, broken = self.harvest.ids("withdrawn_at IS NULL"), self._broken(run.spell)
        for release in self.shown():
            key = release.news_id
            if key in self.outcome.stored_after:
                continue
            if run.able and key != broken:
                self._missing[key] += 1
            if key in stored:
                self.outcome.stored_after[key] = self._missing[key]
            elif self._missing[key] == RUNS_UNTIL_STORED:
                since = release.visible_from
                self._complain_if(run, True, f"newsId {key} of {release.listed_on}, there since {since}, is not stored")

    def _judge_changes(self, run: HourlyRun) -> None:
        rows = {str(row["news_id"]): row for row in self.harvest.rows("SELECT * FROM briefings")}
        for change in self.outcome.changes:
            if change.found:
                continue
            change.runs += run.able
            change.hours += run.able
            row, release = rows.get(change.happening.news_id), self.scenario.corpus.get(change.happening.news_id)
            gone = release is None and (row is None or row["withdrawn_at"] is not None)
            change.found = gone or (release is not None and row is not None and not differences(row, release))

    def shown(self) -> list[Release]:
        """What the site has by now."""
        return self.site.truth(self.scenario.base, self.scenario.last)

    def _complain_if(self, run: HourlyRun, wrong: bool, what: str) -> None:
        if wrong:
            self.outcome.complaints.append(f"run {run.number} at {run.at:%m-%d %H:%M}: {what}")


def idle(runs: Sequence[HourlyRun]) -> list[HourlyRun]:
    """The runs that had nothing to bring, in whose way nothing was, and which had nothing to make up for."""
    return [
        run
        for before, run in pairwise(runs)
        if run.able and run.spell is None and not (run.passing or run.new or run.changed)
        if before.able and before.status == 0 and before.number == run.number - 1
    ]


def episodes(runs: Sequence[HourlyRun]) -> list[tuple[HourlyRun, HourlyRun | None]]:
    """Each trouble as the first run that met it and the first that was complete again, if one was.

    A run that was killed met nothing: it could tell nobody.
    """
    found: list[tuple[HourlyRun, HourlyRun | None]] = []
    begun: HourlyRun | None = None
    for run in runs:
        if run.killed:
            continue
        if run.status and begun is None:
            begun = run
        elif not run.status and begun is not None:
            found.append((begun, run))
            begun = None
    return [*found, (begun, None)] if begun else found


def differences(row: dict[str, Any], release: Release) -> list[str]:
    """What the stored row has otherwise than the site."""
    wanted = expected(release)
    lacking = [part for part in release.paragraphs if squeezed(part) not in squeezed(row["body"])]
    return [
        *(f"{name}: {row[name]!r} for {value!r}" for name, value in wanted.items() if row[name] != value),
        *([] if squeezed(row["lead"]) == squeezed(release.lead) else [f"lead: {row['lead']!r} for {release.lead!r}"]),
        *(f"its text lacks {part!r}" for part in lacking[:1]),
        *(["it is withdrawn"] if row["withdrawn_at"] else []),
    ]


def differences_at_the_end(simulation: Simulation) -> list[str]:
    """Where the database is not what the site shows."""
    truth = {release.news_id: release for release in simulation.shown()}
    rows = {str(row["news_id"]): row for row in simulation.harvest.rows("SELECT * FROM briefings")}
    found = [f"newsId {key} is not stored" for key in truth.keys() - rows.keys()]
    for key, row in rows.items():
        if key in truth:
            found += [f"newsId {key} of {truth[key].listed_on}: {each}" for each in differences(row, truth[key])]
        elif row["withdrawn_at"] is None:
            found.append(f"newsId {key} is gone from the site, and not withdrawn")
    return found


def squeezed(text: str | None) -> str:
    return "".join((text or "").split())
