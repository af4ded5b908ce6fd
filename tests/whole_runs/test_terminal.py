"""At a terminal: one line that moves, told apart from a log by the real thing, a pseudo-terminal."""

import os
import pty
import re
import subprocess

from harvester.cli.progress import progress

from .conftest import SINCE, UNTIL, Harvester


def test_a_terminal_sees_progress_and_the_last_line(harvest: Harvester) -> None:
    harvest.environment = {"HARVEST_RATE": "40"}
    command, environment = harvest.command("backfill", "--since", SINCE.isoformat(), "--until", UNTIL.isoformat())
    ours, theirs = pty.openpty()
    running = subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 4096)
        except OSError:
            break
    assert running.wait(timeout=60) == 0
    text = seen.decode()
    steps = re.findall(r"(\d+)/3 days  (\d+) releases read", text)
    assert steps
    assert steps == sorted(steps, key=lambda step: (int(step[0]), int(step[1])))
    assert "INFO" not in text
    assert "harvest: complete (exit 0)" in text.splitlines()[-1]


def test_the_line_says_what_a_person_wants_to_know() -> None:
    assert progress(0, 11, 0, 0.3) == "0/11 days  0 releases read"
    assert progress(2, 11, 247, 5.0) == "2/11 days  247 releases read  49.4 a second  0m 22s left"
    assert progress(10, 1827, 960, 4000.0) == "10/1827 days  960 releases read  0.2 a second  201h 53m left"
