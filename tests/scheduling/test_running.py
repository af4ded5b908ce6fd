"""The process that runs one crawl: its log bounded, a run that hangs stopped."""

import signal
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from harvester.scheduling.job import files_of
from harvester.scheduling.running import LARGEST_LOG, Runner
from harvester.verdict import Exit

SAYS = "import sys; print('harvest: complete (exit 0): all of it', file=sys.stderr)"


def test_a_log_that_grew_is_put_aside_and_one_before_it_goes(tmp_path: Path) -> None:
    files = files_of(tmp_path / "new" / "briefings.db")
    runner = Runner(files)
    assert runner.run([sys.executable, "-c", SAYS], {}).sentence == "all of it"
    files.log.write_bytes(b"old line\n" * (LARGEST_LOG // 9 + 1))
    files.older_log.write_bytes(b"older line\n")
    assert runner.run([sys.executable, "-c", SAYS], {}).status is Exit.COMPLETE
    assert files.log.read_text(encoding="utf-8") == "harvest: complete (exit 0): all of it\n"
    assert files.older_log.read_bytes().startswith(b"old line\n")
    assert sorted(each.name for each in files.log.parent.iterdir()) == ["crawl-briefings.log", "crawl-briefings.log.1"]


@pytest.mark.parametrize("name", ["x.sqlite", "x", "x.sqlite.db", "x.DB"])
def test_each_database_has_files_of_its_own(name: str) -> None:
    folder = Path("/data")
    one, other = files_of(folder / "x.db"), files_of(folder / name)
    assert not set(astuple(one)) & set(astuple(other))
    assert not set(astuple(other)) & set(astuple(files_of(folder / f"{name}.sqlite")))
    assert one.log == folder / "crawl-x.log"


def test_a_run_that_hangs_is_asked_to_stop_and_says_so(tmp_path: Path) -> None:
    hanging = (
        "import signal, sys, time\n"
        "def stop(*_): print('harvest: interrupted (exit 3): stopped: by a signal', file=sys.stderr); sys.exit(3)\n"
        "signal.signal(signal.SIGTERM, stop)\ntime.sleep(60)\n"
    )
    runner = Runner(files_of(tmp_path / "briefings.db"), longest=0.5)
    result = runner.run([sys.executable, "-c", hanging], {})
    # Its books say interrupted, as of a run that somebody stopped; nobody has.
    assert (result.status, result.word, result.mute) == (Exit.FAILURE, "failure", True)
    assert "was stopped after" in result.sentence
    assert "stopped: by a signal" in result.sentence


def test_a_run_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n"
    runner = Runner(files_of(tmp_path / "briefings.db"), longest=0.5, to_finish=0.2)
    result = runner.run([sys.executable, "-c", deaf], {})
    assert result.status is Exit.FAILURE
    assert f"killed by signal {int(signal.SIGKILL)}" in result.sentence


def test_a_run_has_its_variables_and_nothing_to_read(tmp_path: Path) -> None:
    files = files_of(tmp_path / "briefings.db")
    asks = "import os, sys; print(os.environ['HARVEST_NOTIFY'], repr(sys.stdin.read()))"
    Runner(files).run([sys.executable, "-c", asks], {"HARVEST_NOTIFY": "json://x"})
    assert files.log.read_text(encoding="utf-8") == "json://x ''\n"
