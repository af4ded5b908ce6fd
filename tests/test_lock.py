"""One run at a time on a database, whatever becomes of the one before."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harvester.lock import DEAD, AnotherRun, Holder, lock, under_way_elsewhere, write

HOLD = """
import sys, time
from pathlib import Path
from harvester.lock import lock
held = lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def another_process(database: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(database)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_refused_at_once_and_another_database_is_free(tmp_path: Path) -> None:
    with another_process(tmp_path / "b.db"):
        with pytest.raises(AnotherRun, match=r"b\.db\.lock"):
            lock(tmp_path / "b.db")
        lock(tmp_path / "c.db").release()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_frees_it(tmp_path: Path, how: signal.Signals) -> None:
    with another_process(tmp_path / "b.db") as process:
        process.send_signal(how)
        process.wait(timeout=10)
        lock(tmp_path / "b.db").release()


def test_a_released_lock_is_free_for_others(tmp_path: Path) -> None:
    lock(tmp_path / "b.db").release()
    with another_process(tmp_path / "b.db"):
        pass
    lock(tmp_path / "b.db").release()


def test_command_and_run_of_one_process_may_both_take_it(tmp_path: Path) -> None:
    outer, inner = lock(tmp_path / "b.db"), lock(tmp_path / "b.db")
    inner.release()
    assert outer.is_locked
    outer.release()
    assert not outer.is_locked


def test_the_folder_is_made(tmp_path: Path) -> None:
    held = lock(tmp_path / "new" / "folder" / "b.db")
    assert (tmp_path / "new" / "folder").is_dir()
    held.release()


@pytest.mark.parametrize(("age", "lives"), [(-3600, False), (-5, True), (5, True), (DEAD + 5, False)])
def test_a_record_of_another_machine_counts_while_its_time_can_be_true(tmp_path: Path, age: float, lives: bool) -> None:
    """One from a time to come, before the clock was set back, must not hold up runs until then."""
    database, record = tmp_path / "b.db", tmp_path / "b.db.run"
    write(record, Holder("elsewhere", "another-boot", 7, "2024-01-17T00:00:00Z"))
    then = time.time() - age
    os.utime(record, (then, then))
    assert under_way_elsewhere(database) is lives
    if lives:
        with pytest.raises(AnotherRun, match=r"elsewhere, .* came \d+ seconds ago"):
            lock(database)
    else:
        lock(database).release()
