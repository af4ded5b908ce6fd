"""When runs are due. Pure: the hour comes from the caller.

cron knows the zone of its machine only, and what it makes of `CRON_TZ` differs: cronie heeds it, Debian's takes it for
a variable of the command. So its line starts something every hour, and what it starts asks whether a run is due. That
is right in every zone, on both days on which summer time changes, and after a machine has slept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from harvester.clock import KST

HOUR = timedelta(hours=1)
EARLY = timedelta(minutes=10)
"""A run counts as due so much before its time, for what waited a little longer the time before."""

EVERY = {
    "15m": timedelta(minutes=15),
    "20m": timedelta(minutes=20),
    "30m": timedelta(minutes=30),
    **{f"{hours}h": timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8, 12, 24)},
}
HOURLY = "1h"


@dataclass(frozen=True, slots=True)
class Timing:
    minute: int
    """Of the hour, for what is not asked at a time of its own."""
    every: str = HOURLY
    at: tuple[time, ...] = ()
    """Korean times of the day; they go over `every`."""

    @property
    def options(self) -> tuple[str, ...]:
        """What tells `--run` to look first whether it is due."""
        if self.at:
            return tuple(f"--at={each:%H:%M}" for each in self.at)
        return (f"--every={self.every}",) if EVERY[self.every] > HOUR else ()

    @property
    def words(self) -> str:
        if self.at:
            return f"daily at {' and '.join(f'{each:%H:%M}' for each in self.at)}, Korean time"
        return "every hour" if self.every == HOURLY else f"every {self.every}"


def minute_of(machine: str, database: str) -> int:
    """The same for this machine and database for ever, another one elsewhere. Not the first ones, which all choose."""
    return 3 + int.from_bytes(hashlib.sha256(f"{machine}\n{database}".encode("utf-8", "surrogateescape")).digest()) % 55


def minutes(timing: Timing, now: datetime) -> list[int]:
    """The minutes of this machine's hour at which something must be started. `now` is of the zone of this machine."""
    if timing.at:
        here, korea = now.utcoffset(), now.astimezone(KST).utcoffset()
        assert here is not None
        assert korea is not None
        ahead = int((here - korea).total_seconds() // 60)
        return sorted({(each.minute + ahead) % 60 for each in timing.at})
    step = int(min(EVERY[timing.every], HOUR).total_seconds() // 60)
    return _spread(timing.minute, step)


def _spread(minute: int, step: int) -> list[int]:
    """Every so many minutes of an hour, one of them this minute."""
    return sorted((minute + step * number) % 60 for number in range(60 // step))


def is_due(timing: Timing, now: datetime, last: datetime | None) -> bool:
    """Whether to run at this moment. `last` is when the last run began that counts, None where none did."""
    if last is not None and last > now:  # the clock was set back: nothing is known
        last = None
    if timing.at:
        asked = max(times_before(timing, now))
        return now - asked < HOUR if last is None else last < asked
    every = EVERY[timing.every]
    return every <= HOUR or last is None or now - last >= every - EARLY


def times_before(timing: Timing, now: datetime) -> Iterator[datetime]:
    """For each time of the day the last moment that it was so in Korea."""
    today = now.astimezone(KST)
    for each in timing.at:
        moment = datetime.combine(today.date(), each, KST)
        yield moment if moment <= today else datetime.combine(today.date() - timedelta(days=1), each, KST)


def next_start(timing: Timing, now: datetime, last: datetime | None = None) -> datetime:
    """When a run is started next, before its jitter. `now` is of the zone of this machine."""
    at_minutes = minutes(timing, now)
    moment = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for _ in range(25 * 60):
        if moment.minute in at_minutes and is_due(timing, moment, last):
            return moment
        moment += timedelta(minutes=1)
    raise AssertionError("a day has every minute")


def calendar(timing: Timing) -> list[str]:
    """The same for systemd, which knows zones, and starts after a sleep what was missed."""
    if timing.at:
        return [f"*-*-* {each:%H:%M}:00 Asia/Seoul" for each in timing.at]
    every = EVERY[timing.every]
    if every <= HOUR:
        step = int(every.total_seconds() // 60)
        listed = ",".join(f"{minute:02}" for minute in _spread(timing.minute, step))
        # In a zone with summer time systemd leaves out the hour that comes twice.
        return [f"*-*-* *:{listed}:00 Asia/Seoul"]
    step = int(every.total_seconds() // 3600)
    hours = ",".join(f"{hour:02}" for hour in range(0, 24, step))
    return [f"*-*-* {hours}:{timing.minute:02}:00 Asia/Seoul"]
