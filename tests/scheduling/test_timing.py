"""Korean hours on machines of any zone, and how often a run is due."""

import shutil
import subprocess
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from harvester.clock import KST
from harvester.scheduling.timing import EVERY, Timing, calendar, is_due, minute_of, minutes, next_start

ZONES = [
    "UTC",
    "Asia/Seoul",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
]


def starts(timing: Timing, zone: str, since: datetime, days: int) -> list[datetime]:
    """When cron would run, minute by minute, with what it starts asking whether it is due; in Korean time."""
    found: list[datetime] = []
    at = minutes(timing, since.astimezone(ZoneInfo(zone)))
    for minute in range(days * 24 * 60):
        now = (since + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        if now.minute in at and is_due(timing, now, found[-1] if found else None):
            found.append(now.astimezone(KST))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_a_korean_time_is_one_whatever_the_zone(zone: str) -> None:
    """Across the end of summer time in Europe and America, when cron skips nothing and repeats an hour."""
    timing = Timing(minute=17, at=(time(7), time(18, 30)))
    found = starts(timing, zone, datetime(2024, 10, 24, tzinfo=UTC), 12)
    assert len(found) == 24
    late = timedelta(minutes=30) if zone == "Australia/Lord_Howe" else timedelta(0)  # summer time of half an hour
    for each in found:
        asked = each.replace(hour=7, minute=0) if each.hour < 12 else each.replace(hour=18, minute=30)
        assert timedelta(0) <= each - asked <= late


def test_what_a_machine_slept_through_is_made_up_for() -> None:
    timing = Timing(minute=17, at=(time(7),))
    yesterday = datetime(2024, 1, 16, 7, 0, 20, tzinfo=KST)
    assert not is_due(timing, datetime(2024, 1, 17, 6, 0, tzinfo=KST), yesterday)
    assert is_due(timing, datetime(2024, 1, 17, 13, 0, tzinfo=KST), yesterday)
    every = Timing(minute=17, every="6h")
    assert is_due(every, datetime(2024, 1, 17, 13, 17, tzinfo=KST), yesterday)


def test_the_first_run_at_a_time_waits_for_that_time() -> None:
    timing = Timing(minute=17, at=(time(7),))
    assert is_due(timing, datetime(2024, 1, 17, 7, 0, 30, tzinfo=KST), None)
    assert not is_due(timing, datetime(2024, 1, 17, 13, 0, tzinfo=KST), None)


@pytest.mark.parametrize("every", EVERY)
def test_runs_are_as_far_apart_as_asked(every: str) -> None:
    found = starts(Timing(minute=41, every=every), "Europe/Berlin", datetime(2024, 3, 29, tzinfo=UTC), 4)
    apart = {later - earlier for earlier, later in pairwise(found)}
    assert apart == {EVERY[every]}


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    now = datetime(2024, 1, 17, 7, 30, tzinfo=KST)
    to_come = now + timedelta(days=400)
    assert is_due(Timing(3, every="12h"), now, to_come)
    assert is_due(Timing(3, at=(time(7),)), now, to_come)


def test_the_minute_stays_and_is_spread() -> None:
    assert minute_of("here", "/a.db") == minute_of("here", "/a.db")
    found = [minute_of(f"machine {number}", "/srv/data/briefings.db") for number in range(2000)]
    assert {*found} == {*range(3, 58)}
    assert max(found.count(minute) for minute in {*found}) < 80


def test_the_next_start_is_told_as_cron_will_do_it() -> None:
    now = datetime(2024, 1, 17, 3, 17, 30, tzinfo=UTC)
    assert next_start(Timing(17), now) == datetime(2024, 1, 17, 4, 17, tzinfo=UTC)
    assert next_start(Timing(17, every="30m"), now) == datetime(2024, 1, 17, 3, 47, tzinfo=UTC)
    assert next_start(Timing(17, at=(time(7),)), now) == datetime(2024, 1, 17, 22, 0, tzinfo=UTC)
    last = now - timedelta(hours=1)
    assert next_start(Timing(17, every="6h"), now, last) == datetime(2024, 1, 17, 8, 17, tzinfo=UTC)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
@pytest.mark.parametrize("timing", [Timing(7, every) for every in EVERY] + [Timing(7, at=(time(7), time(18, 30)))])
def test_systemd_reads_the_times_as_meant(timing: Timing) -> None:
    base = "2024-10-26 15:00:00 UTC"  # midnight in Korea
    found: list[datetime] = []
    for each in calendar(timing):
        told = subprocess.run(
            ["systemd-analyze", "calendar", "--iterations=200", f"--base-time={base}", each],
            capture_output=True, text=True, check=True,
            env={"TZ": "Europe/Berlin", "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        ).stdout  # fmt: skip
        utc = [line.split(": ", 1)[1] for line in told.splitlines() if "(in UTC):" in line]
        found += [datetime.strptime(line, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC) for line in utc]
    first_day = sorted(each.astimezone(KST) for each in found if each < datetime(2024, 10, 27, 15, tzinfo=UTC))
    if timing.at:
        assert [(each.hour, each.minute) for each in first_day] == [(7, 0), (18, 30)]
    else:
        assert len(first_day) == timedelta(days=1) / EVERY[timing.every]
        apart = {later - earlier for earlier, later in pairwise(first_day)}
        assert apart <= {EVERY[timing.every]}
