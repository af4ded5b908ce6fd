"""`harvest demo`: what a newcomer sees first, and the miniature that is kept up to try things by hand."""

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from harvester.boards import ESG_BOARD
from harvester.demo.boards import BOARDS

COMMAND = [sys.executable, "-m", "harvester", "demo"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")}


def test_the_demo_runs_to_its_end(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "--data", str(tmp_path)], env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert re.findall(r"^(\d)\. ", ended.stdout, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
    assert "It asked for 3 release pages, not for all." in ended.stdout
    verdicts = [line for line in ended.stderr.splitlines() if line.startswith("harvest: ")]
    assert len(verdicts) == ended.stdout.count("\n$ harvest ")
    assert {line.split(":")[1] for line in verdicts} == {" complete (exit 0)"}
    with closing(sqlite3.connect(tmp_path / "demo.db")) as database:
        assert {slug for (slug,) in database.execute("SELECT board FROM days")} == {*BOARDS, ESG_BOARD.slug}
        assert {state for (state,) in database.execute("SELECT state FROM days")} == {"complete", "empty"}
        # What it tells to try finds something.
        tried = re.findall(r"  sqlite3 \S+ '(.+)'", ended.stdout)
        assert len(tried) == 6
        assert all(database.execute(query).fetchone() for query in tried)


def test_the_miniature_is_kept_up_until_it_is_stopped(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "--serve", "--port", "0", "--data", str(tmp_path)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs tests in the background may have them ignore SIGINT, and with them all that they start.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    try:
        assert running.stdout is not None
        told = "".join(iter(running.stdout.readline, "\n"))
        command, _, others = (running.stdout.readline() for _ in range(3))
        days = re.search(r"releases of (\S+) … (\S+) at http://127\.0\.0\.1:(\d+) ", told)
        assert days, told
        assert f"HARVEST_SITE=http://127.0.0.1:{days[3]} HARVEST_RATE=0 harvest backfill --board all" in command
        assert f"--since {days[1]} --until {days[2]} --db {tmp_path / 'demo.db'}" in command
        assert all(slug in others for slug in (*BOARDS, ESG_BOARD.slug))
        for board in BOARDS.values():
            page = ask(int(days[3]), "POST", board.list_path, {"startDate": days[1], "endDate": days[2]})
            assert re.search(r'<div class="result"> 총 <strong>[1-9]\d*</strong>건</div>', page)
        assert "/post/" in ask(int(days[3]), "GET", "/board/esgnews")
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=60)
        assert running.returncode == 0, stderr
        assert "Traceback" not in stderr
    finally:
        running.kill()
        running.communicate()


def ask(port: int, method: str, path: str, form: dict[str, str] | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, urlencode(form or {}), {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        assert response.status == 200
        return response.read().decode()
    finally:
        connection.close()
