"""It runs for years without anyone: a month of it, and of a month in short what a few days can hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.demo import Clock, MiniSite
from tests.whole_runs.month.nursery import Nursery
from tests.whole_runs.month.report import table, wrongly_told
from tests.whole_runs.month.scenario import Scenario, Spell, make, on
from tests.whole_runs.month.simulation import Simulation, differences_at_the_end, idle
from tests.whole_runs.month.surroundings import Disk, Recorder

MOST_WHERE_NOTHING_IS_NEW = 20
FIRST = date(2024, 7, 1)
"""A Monday; the month has no public holiday."""


def at(day: int, hour: float) -> datetime:
    """An hour of a day of the month, the first being 1."""
    return on(FIRST + timedelta(days=day - 1), hour)


def in_short() -> Scenario:
    """All kinds of trouble within a few days."""
    spells = (
        Spell("disk full", at(1, 14), at(1, 17)),
        Spell("clock wrong", at(1, 20), at(1, 21), timedelta(hours=26)),
        Spell("refused", at(2, 2), at(2, 7)),
        Spell("unavailable", at(2, 7), at(2, 10)),
        Spell("one page broken", at(2, 14), at(2, 17)),
        Spell("redesign", at(3, 1), at(3, 6)),
        Spell("asleep", at(3, 12), at(3, 20)),
        Spell("clock wrong", at(4, 11), at(4, 12), timedelta(days=-3)),
        Spell("maintenance", at(4, 14), at(4, 16)),
    )
    return make(FIRST, 4, spells, base_days=2, per_day=30, quiet_at_the_end=1, changed=0.3, late=0.08, seed=1)


def whole() -> Scenario:
    """A month of a site half as busy as the real one."""
    spells = (
        Spell("disk full", at(4, 10), at(4, 16)),
        Spell("refused", at(8, 6), at(9, 12)),
        Spell("unavailable", at(9, 12), at(10, 6)),
        Spell("one page broken", at(11, 9), at(11, 17)),
        Spell("maintenance", at(14, 2), at(14, 5)),
        Spell("redesign", at(16, 0), at(17, 0)),
        Spell("asleep", at(18, 14), at(19, 8)),
        Spell("clock wrong", at(22, 10), at(22, 12), timedelta(hours=26)),
        Spell("clock wrong", at(23, 10), at(23, 12), timedelta(days=-3)),
        Spell("clock wrong", at(24, 10), at(24, 11), timedelta(days=40)),
        Spell("disk full", at(25, 22), at(26, 3)),
    )
    return make(FIRST, 31, spells, base_days=14, per_day=50, quiet_at_the_end=3, changed=0.08, late=0.01, seed=7)


@contextmanager
def living(scenario: Scenario, folder: Path, megabytes: int) -> Iterator[Simulation]:
    with (
        MiniSite(scenario.corpus, clock=Clock()) as site,
        Disk(folder / "disk", megabytes) as disk,
        Nursery(folder / "runs") as nursery,
        Recorder() as recorder,
    ):
        yield Simulation(scenario, site, disk, nursery, recorder, "--notify", recorder.address)


def holds(simulation: Simulation) -> None:
    """What must hold of a month, however long."""
    outcome = simulation.live()
    print(table(simulation))
    assert outcome.complaints == []
    assert differences_at_the_end(simulation) == []
    assert all(change.found for change in outcome.changes)
    assert {change.happening.kind for change in outcome.changes} == {"edited", "moved", "deleted"}
    assert any(run.killed for run in outcome.runs)
    assert any(each.visible_from.date() > each.listed_on for each in simulation.shown() if each.visible_from)
    quiet = idle(outcome.runs)
    assert quiet
    assert [run for run in quiet if run.requests > MOST_WHERE_NOTHING_IS_NEW] == []
    assert wrongly_told(simulation) == []
    now = outcome.runs[-1].at + timedelta(minutes=5)
    ended = simulation.command(now, "status", "--json")
    assert ended.status == 0, ended.stderr


def test_a_month_in_short(tmp_path: Path) -> None:
    with living(in_short(), tmp_path, megabytes=64) as simulation:
        holds(simulation)


@pytest.mark.month
def test_a_month(tmp_path: Path) -> None:
    """Some minutes: `make month`."""
    with living(whole(), tmp_path, megabytes=300) as simulation:
        holds(simulation)
