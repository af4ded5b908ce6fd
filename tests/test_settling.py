"""Which days a crawl without a range looks at: simulated hour by hour, without a site."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from harvester.clock import KST
from harvester.settling import REQUESTS_AN_HOUR, Choice, choose
from harvester.store import DayRecord
from harvester.store.ledger import settle

NOW = datetime(2024, 3, 20, 3, tzinfo=UTC)
TODAY = date(2024, 3, 20)
WINDOW = [TODAY - timedelta(days=back) for back in range(11)]
ROWS = 20


def record(day: date, checked: datetime = NOW, **changes: object) -> DayRecord:
    at = checked.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = DayRecord("press-release", day.isoformat(), "", 45, 45, 45, "complete", None, at, None, 1)
    return replace(made, **changes)  # type: ignore[arg-type]


def chosen(ledger: Mapping[date, DayRecord], since: date = WINDOW[-1], now: datetime = NOW) -> Choice:
    return choose(ledger, since, now.astimezone(KST).date(), now, ROWS)


def test_of_an_empty_ledger_all_days_of_the_window_are_walked() -> None:
    assert chosen({}) == Choice(walks=tuple(WINDOW), looks=(), left=())


def test_days_just_walked_are_looked_at() -> None:
    assert chosen({day: record(day) for day in WINDOW}) == Choice(walks=(), looks=tuple(WINDOW), left=())


@pytest.mark.parametrize("state", ["partial", "failed"])
def test_a_day_of_the_last_ten_that_is_not_complete_is_walked_every_time(state: str) -> None:
    ledger = {day: record(day) for day in WINDOW}
    ledger[WINDOW[4]] = record(WINDOW[4], state=state)
    assert chosen(ledger).walks == (WINDOW[4],)


def test_what_was_missed_since_the_first_of_these_crawls_is_walked() -> None:
    ledger = {day: record(day) for day in WINDOW[3:]}
    since = TODAY - timedelta(days=12)
    missed = [*WINDOW[:3], TODAY - timedelta(days=11), since]
    assert chosen(ledger, since).walks == tuple(missed)


def test_an_older_day_is_asked_for_until_it_is_settled() -> None:
    old = TODAY - timedelta(days=12)
    before = NOW - timedelta(days=2)
    ledger = {day: record(day) for day in WINDOW} | {TODAY - timedelta(days=n): record(old) for n in (11,)}
    assert old not in chosen(ledger | {old: record(old)}, old).days, "it was walked just now"
    assert chosen(ledger | {old: record(old, before)}, old).walks == (old,)
    settled = record(old, before, settled_at="2024-03-18T03:00:00Z")
    assert old not in chosen(ledger | {old: settled}, old).days


def test_a_settled_day_of_the_last_ten_is_looked_at_all_the_same() -> None:
    ledger = {day: record(day, settled_at="2024-03-18T03:00:00Z") for day in WINDOW}
    assert chosen(ledger).looks == tuple(WINDOW)


def test_an_old_day_that_cannot_be_completed_is_left_for_a_while_and_not_forgotten() -> None:
    old = TODAY - timedelta(days=16)
    ledger = {TODAY - timedelta(days=n): record(TODAY, settled_at="x") for n in range(16)}
    for hours, walked in ((1, False), (47, False), (51, True)):
        got = chosen(ledger | {old: record(old, NOW - timedelta(hours=hours), state="partial")}, old)
        assert (old in got.walks, old in got.left) == (walked, not walked), hours


def test_after_the_clock_was_set_back_days_are_walked() -> None:
    ledger = {day: record(day) for day in WINDOW}
    ledger[WINDOW[1]] = record(WINDOW[1], NOW + timedelta(days=300))
    assert WINDOW[1] in chosen(ledger).walks


@dataclass
class Site:
    """The ledger of a site where nothing new is published after the hour it is due: every run is an idle one."""

    counts: list[int]
    """Releases a day, in turn."""
    every: timedelta = timedelta(hours=1)
    now: datetime = NOW
    ledger: dict[date, DayRecord] = field(default_factory=dict)
    requests: list[int] = field(default_factory=list)
    walked: dict[date, list[datetime]] = field(default_factory=dict)
    seen: dict[date, datetime] = field(default_factory=dict)
    longest_unseen: timedelta = timedelta()

    def run(self) -> None:
        got = choose(self.ledger, TODAY - timedelta(days=10), self.now.astimezone(KST).date(), self.now, ROWS)
        cost = 1 + len(got.looks)
        for day in got.walks:
            new = day not in self.ledger
            count = self.counts[day.toordinal() % len(self.counts)]
            cost += 4 if new else ceil(count / ROWS) or 4
            checked = record(day, self.now, declared=count)
            self.ledger[day] = settle(self.ledger.get(day), checked, found_something=new)
            self.walked.setdefault(day, []).append(self.now)
        for day in got.looks:
            self.ledger[day] = replace(self.ledger[day], glanced_at=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
        today = self.now.astimezone(KST).date()
        for day in got.days:
            if today - day < timedelta(days=11):
                self.longest_unseen = max(self.longest_unseen, self.now - self.seen.get(day, self.now))
            self.seen[day] = self.now
        self.requests.append(cost)
        self.now += self.every


@settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.integers(0, 250), min_size=1, max_size=14), st.integers(0, 23))
def test_an_hourly_run_asks_at_most_twenty_times_and_leaves_no_day_out_for_more_than_one_run(
    counts: list[int], hour: int
) -> None:
    site = Site(counts, now=NOW + timedelta(hours=hour))
    for _ in range(24 * 6):
        site.run()
    assert max(site.requests[1:]) <= REQUESTS_AN_HOUR
    assert site.longest_unseen <= 2 * site.every


@pytest.mark.parametrize("counts", [[96, 96, 96, 96, 96, 11, 11], [146] * 5 + [20, 20], [230] * 5 + [20, 20], [0, 3]])
@pytest.mark.parametrize("hours", [1, 6, 24])
def test_every_day_is_walked_ever_less_often_and_settled_in_the_end(counts: list[int], hours: int) -> None:
    site = Site(counts, timedelta(hours=hours))
    for _ in range(24 * 30 // hours):
        site.run()
    first = TODAY + timedelta(days=1)
    walks = site.walked[first]
    assert 3 <= len(walks) <= 40, len(walks)
    assert site.ledger[first].settled_at, site.ledger[first]
    if hours == 1:
        early = [at for at in walks if at < NOW + timedelta(days=3)]
        assert len(early) > len(walks) / 3, "most of it while the day is young"
    oldest = datetime.combine(first + timedelta(days=14), datetime.min.time(), KST)
    assert datetime.fromisoformat(str(site.ledger[first].settled_at)) < oldest
