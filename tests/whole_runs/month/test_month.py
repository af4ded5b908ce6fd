"""It runs for years without anyone: a month of it, and of a month in short what a few days can hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from harvester.demo import Clock, MiniSite
from tests.whole_runs.month.nursery import Nursery
from tests.whole_runs.month.scenario import Scenario, Spell, make, on
from tests.whole_runs.month.simulation import Simulation, differences_at_the_end
from tests.whole_runs.month.surroundings import Disk, Recorder

FIRST = date(2024, 7, 1)
"""A Monday; the month has no public holiday."""


def day(number: int, hour: float = 0) -> date:
    return FIRST + timedelta(days=number - 1)


def at(number: int, hour: float):  # type: ignore[no-untyped-def]
    return on(day(number), hour)


def in_short() -> Scenario:
    """All kinds of trouble within a few days."""
    spells = (
        Spell("disk full", at(1, 14), at(1, 17)),
        Spell("refused", at(2, 2), at(2, 9)),
        Spell("unavailable", at(2, 9), at(2, 12)),
        Spell("one page broken", at(2, 14), at(2, 17)),
        Spell("redesign", at(3, 1), at(3, 10)),
        Spell("asleep", at(3, 12), at(3, 20)),
        Spell("clock wrong", at(4, 9), at(4, 10), timedelta(hours=26)),
        Spell("clock wrong", at(4, 11), at(4, 12), timedelta(days=-3)),
        Spell("maintenance", at(4, 14), at(4, 16)),
    )
    return make(FIRST, 5, spells, base_days=4, per_day=45, quiet_at_the_end=1, seed=1)


@contextmanager
def living(scenario: Scenario, folder: Path, megabytes: int) -> Iterator[Simulation]:
    with (
        MiniSite(scenario.corpus, clock=Clock()) as site,
        Disk(folder / "disk", megabytes) as disk,
        Nursery(folder / "runs") as nursery,
        Recorder() as recorder,
    ):
        yield Simulation(scenario, site, disk, nursery, recorder)


def test_a_month_in_short(tmp_path: Path) -> None:
    with living(in_short(), tmp_path, 64) as simulation:
        outcome = simulation.live()
        assert outcome.complaints == []
        assert differences_at_the_end(simulation) == []
