"""The command in this process: nothing here starts a crawl."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harvester.cli.main import run

from ..store.making import DAY, Books, briefing, files


@dataclass
class Ended:
    status: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        return self.stderr.strip().splitlines()[-1]

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


Harvest = Callable[..., Ended]


@pytest.fixture
def harvest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Harvest:
    for name in [name for name in os.environ if name.startswith("HARVEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HARVEST_DATA", str(tmp_path))
    monkeypatch.setenv("HARVEST_SITE", "http://127.0.0.1:9")

    def ended(*arguments: str) -> Ended:
        capsys.readouterr()
        status = run(arguments)
        out, err = capsys.readouterr()
        return Ended(status, out, err)

    return ended


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """A database of three days, one of them not complete."""
    made = Books(tmp_path / "briefings.db", monkeypatch)
    made.put(
        briefing(1, attachments=files("계획.hwpx"), title="초과근무 개선", body="첫 줄\n둘째 줄"),
        briefing(2, title="[참고] 다른 소식"),
        briefing(3),
    )
    made.put(briefing(2, title="[참고] 고친 소식"))
    made.close_day(1, 2)
    made.close_day(day=DAY.replace(day=16))
    made.close_day(1, 2, day=DAY.replace(day=15), state="partial", reason="page 2 of the listing: reset")
    made.close_day(1, filter_="ministry=A00007,A00040,A00041", can_withdraw=False)
    made.finish(requests=9, reason="fine")
    return made
