"""What the ledger and the runs mean: gaps, stale days, runs that fail."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from harvester.examination import Finding, Mark
from harvester.examination.database import LARGE_LOG, clock, days, examine, log, runs
from harvester.store import health
from harvester.store import runs as rows
from harvester.store.database import open_to_write
from harvester.store.health import LastRun
from harvester.store.ledger import DayRecord

FIRST = date(2024, 1, 1)
NOW = "2024-03-01T05:00:00Z"
LATELY = "2024-02-29T03:00:00Z"
STALE_BEFORE = "2024-02-28T03:00:00Z"


def day(n: int, state: str = "complete", *, filter_: str = "", looked_at: str = LATELY,
        reason: str | None = None) -> DayRecord:  # fmt: skip
    on = (FIRST + timedelta(days=n)).isoformat()
    return DayRecord("press-release", on, filter_, 1, 1, 1, state, reason, looked_at, None, 1)


def judged(*ledger: DayRecord, kept_up: tuple[str, ...] = ()) -> list[Finding]:
    """`kept_up` are the filters by which crawls follow the board."""
    followed = [("press-release", filter_) for filter_ in kept_up]
    return list(days(ledger, followed, now=NOW, stale_before=STALE_BEFORE))


def run(n: int, verdict: str | None = "complete", *, board: str = "press-release", verb: str = "crawl") -> LastRun:
    ended = None if verdict is None else f"2024-02-{n:02}T03:01:00Z"
    return LastRun(n, verb, board, f"2024-02-{n:02}T03:00:00Z", ended, verdict, "because")


def test_complete_and_fresh() -> None:
    [found] = judged(day(0), day(1, "empty"), day(2))
    assert (found.mark, found.says) == (Mark.OK, "2024-01-01 … 2024-01-03: complete")


def test_gaps_in_a_row_with_the_same_reason_are_one() -> None:
    [found] = judged(
        day(0), day(1, "failed", reason="away"), day(2, "failed", reason="away"), day(9), day(10, "partial")
    )
    assert found.mark is Mark.LOOK
    assert (
        "9 not complete: 2024-01-02 … 2024-01-03 failed: away; 2024-01-04 … 2024-01-09 never asked for;" in found.says
    )
    assert "--since 2024-01-02 --until 2024-01-11" in found.todo


def test_what_is_complete_without_a_filter_is_no_gap_of_one() -> None:
    whole, filtered = judged(
        day(0), day(1), day(2), day(0, filter_="ministry=A00001"), day(2, "failed", filter_="ministry=A00001")
    )
    assert whole.mark is filtered.mark is Mark.OK
    assert filtered.name == "days press-release (ministry=A00001)"


def test_only_what_crawls_follow_is_to_be_fresh() -> None:
    before = "2024-02-20T03:00:00Z"
    whole, fresh = judged(day(0, looked_at=before), day(50, "empty", looked_at=before), kept_up=("",))
    assert (whole.mark, whole.name, fresh.mark, fresh.name) == (
        Mark.LOOK, "days press-release", Mark.LOOK, "fresh press-release",
    )  # fmt: skip
    assert "what was published since 2024-02-20T03:00:00Z is not in it: no crawl has looked since" in fresh.says
    [filled_once] = judged(day(0, looked_at=before))
    assert filled_once.mark is Mark.OK
    _, fresh = judged(day(59), kept_up=("",))
    assert (fresh.mark, fresh.says) == (Mark.OK, f"known until {LATELY}")


def test_an_old_day_that_was_looked_at_lately_makes_nothing_fresh() -> None:
    _, fresh = judged(day(0), day(1), kept_up=("",))
    assert fresh.mark is Mark.LOOK
    assert "published since 2024-01-02T15:00:00Z is not in it" in fresh.says


def test_a_day_that_went_on_after_the_last_look_is_not_complete() -> None:
    [found] = judged(day(50, looked_at="2024-02-20T03:00:00Z"))
    assert (found.mark, "last walked before it ended" in found.says) == (Mark.LOOK, True)


def test_days_and_looks_that_are_still_to_come_are_not_believed() -> None:
    ahead = "2024-04-10T03:00:00Z"
    whole, fresh = judged(day(59), day(60, looked_at=ahead), day(99, looked_at=ahead), kept_up=("",))
    assert (whole.mark, whole.says) == (Mark.OK, "2024-02-29 … 2024-03-01: complete")
    assert (fresh.mark, fresh.says) == (Mark.OK, f"known until {LATELY}")
    _, fresh = judged(day(60, looked_at=ahead), kept_up=("",))
    assert (fresh.mark, fresh.says.partition(":")[0]) == (Mark.LOOK, "nothing is known")
    [found] = judged(day(99, looked_at=ahead), kept_up=("",))
    assert (found.mark, "still to come" in found.says) == (Mark.NOTE, True)


def test_days_that_were_looked_at_too_early() -> None:
    [found] = judged(day(0, looked_at="2024-01-02T03:00:00Z"), day(1))
    assert found.mark is Mark.NOTE
    assert "1 of them" in found.says
    [recent] = judged(day(55), day(56))
    assert recent.mark is Mark.OK, "late releases can still come there, and the next crawls look"


def test_runs() -> None:
    assert runs([], under_way=False).mark is Mark.NOTE
    assert runs([run(3), run(2, "failure")], under_way=False).mark is Mark.OK
    assert runs([run(3, None)], under_way=True).mark is Mark.OK
    killed = runs([run(3, None), run(2)], under_way=False)
    assert (killed.mark, "was killed" in killed.says) == (Mark.LOOK, True)


def test_a_board_that_fails_does_not_hide_behind_the_others() -> None:
    found = runs(
        [run(5), run(4, "failure", board="speech"), run(3), run(2, "failure", board="speech"), run(1, board="speech")],
        under_way=False,
    )
    assert found.mark is Mark.LOOK
    assert "the last 2 runs of speech failed, the first at 2024-02-02T03:00:00Z: because" in found.says


def test_a_run_whose_end_lies_beside_the_database_was_not_killed(tmp_path: Path) -> None:
    db = open_to_write(tmp_path / "briefings.db")
    began = "2024-02-29T03:00:00Z"
    rows.start(db, verb="crawl", arguments="{}", days_asked=1, now=began, version="1")
    left = {"id": 1, "started_at": began, "verdict": "failure", "reason": "the disk is full", "exit_status": 1}
    found = runs(health.last_runs(db, 5, [left]), under_way=False)
    assert "failed, the first at 2024-02-29T03:00:00Z: the disk is full" in found.says
    partly = runs(health.last_runs(db, 5, [left | {"verdict": "partial"}]), under_way=False)
    assert (partly.mark, partly.says) == (Mark.OK, "the last, a crawl, begun 2024-02-29T03:00:00Z: partial")
    db.close()


def test_a_replay_says_nothing_of_the_site() -> None:
    assert runs([run(5, "failure", verb="replay"), run(4)], under_way=False).mark is Mark.OK


def test_the_clock_and_the_last_run() -> None:
    ahead = "2024-02-29T04:00:00Z"
    assert list(clock(None, None, LATELY)) == []
    assert list(clock("2024-02-29T03:04:00Z", "2024-02-29T03:04:00Z", LATELY)) == []
    [found] = clock(ahead, ahead, LATELY)
    assert (found.mark, "or is behind now" in found.says) == (Mark.WRONG, True)
    [found] = clock(ahead, LATELY, LATELY)
    assert (found.mark, "or is behind now" in found.says) == (Mark.NOTE, False), "it was set right since"


def test_a_log_that_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "briefings.db"
    open_to_write(path).close()
    waiting = tmp_path / "briefings.db-wal"
    for size, mark in ((4_000_000, Mark.OK), (LARGE_LOG + 1, Mark.LOOK)):
        with waiting.open("wb") as file:
            file.truncate(size)
        [found] = log(path)
        assert found.mark is mark


def test_a_run_that_begins_during_the_look_makes_it_look_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "briefings.db"
    open_to_write(path).close()
    looks = []

    def damage(*_: object, **__: object) -> list[str]:
        looks.append(health.lies_still(path))
        if len(looks) == 1:
            (tmp_path / "briefings.db-wal").write_bytes(b"somebody writes")
            return ["half of this, half of that"]
        return []

    monkeypatch.setattr(health, "damage", damage)
    found = {each.name: each for each in examine(path, thorough=False)}
    assert looks == [True, False]
    assert found["pages"].mark is Mark.OK
