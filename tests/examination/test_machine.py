"""What is said of a machine, given what is the case on it."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from harvester import lock
from harvester.examination import Finding, Mark, machine, size_of
from harvester.examination.machine import Place
from harvester.room import RESERVE
from harvester.scheduling import cron
from harvester.store.health import Library

HERE = Place(
    folder=Path("/srv/data"),
    there=Path("/srv/data"),
    writable=True,
    read_only=False,
    free=10**12,
    free_files=10**6,
    over_network=None,
    in_memory=False,
)


def changed(**values: object) -> Place:
    return Place(**({name: getattr(HERE, name) for name in HERE.__slots__} | values))  # type: ignore[arg-type]


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {each.name: each for each in found}


def test_python() -> None:
    assert machine.python((3, 13, 1), ">=3.11").mark is Mark.OK
    old = machine.python((3, 10, 9), ">=3.11")
    assert (old.mark, old.stops) == (Mark.WRONG, True)
    assert "3.10.9" in old.says


@pytest.mark.parametrize(
    ("version", "mark"),
    [
        ((3, 37, 2), Mark.WRONG),
        ((3, 40, 1), Mark.NOTE),
        ((3, 44, 5), Mark.NOTE),
        ((3, 44, 6), Mark.OK),
        ((3, 45, 9), Mark.NOTE),
        ((3, 50, 6), Mark.NOTE),
        ((3, 50, 7), Mark.OK),
        ((3, 51, 2), Mark.NOTE),
        ((3, 51, 3), Mark.OK),
        ((3, 53, 0), Mark.OK),
    ],
)
def test_sqlite_versions(version: tuple[int, ...], mark: Mark) -> None:
    assert machine.sqlite(Library(version, fts5=True, json=True)).mark is mark


def test_an_sqlite_without_what_search_needs_stops_all() -> None:
    found = machine.sqlite(Library((3, 53, 0), fts5=False, json=True))
    assert found.stops
    assert "FTS5" in found.says


def test_packages() -> None:
    required = ["click<9,>=8.2", "backports-zstd>=1.2; python_version < '3.1'", "pyarrow>=26; extra == 'export'"]
    have = {"click": "8.4.0"}

    def installed(name: str) -> str:
        if name not in have:
            raise PackageNotFoundError(name)
        return have[name]

    [found] = machine.packages(required, installed)
    assert (found.mark, found.says[:2]) == (Mark.OK, "1 "), "what is for another Python, or optional, is not missed"
    have["pyarrow"] = "20.0"
    [found] = machine.packages(required, installed)
    assert "pyarrow 20.0 where >=26 is needed" in found.says
    del have["click"]
    [found] = machine.packages(required, installed)
    assert found.mark is Mark.LOOK
    assert "click is not installed" in found.says


def test_a_clock_whose_year_cannot_be() -> None:
    assert machine.clock("2027-03-01T00:00:00Z", "2025.2").mark is Mark.OK
    for now in ("1970-01-01T00:01:00Z", "2061-01-01T00:00:00Z"):
        found = machine.clock(now, "2025.2")
        assert (found.mark, found.stops) == (Mark.WRONG, True)
        assert found.todo


def test_a_time_zone_that_is_not_there_or_not_right() -> None:
    assert machine.time_zone().mark is Mark.OK
    assert machine.time_zone("Asia/Nowhere").stops
    assert machine.time_zone("Asia/Tokyo").mark is Mark.OK
    assert machine.time_zone("Asia/Shanghai").stops


@pytest.mark.parametrize(("names", "output", "mark"), [
    ("utf-8", "utf-8", Mark.OK),
    ("utf-8", "cp949", Mark.OK),
    ("ascii", "utf-8", Mark.LOOK),
    ("utf-8", "latin-1", Mark.LOOK),
    ("utf-8", "", Mark.LOOK),
])  # fmt: skip
def test_encodings(names: str, output: str, mark: Mark) -> None:
    assert machine.encoding(names, output).mark is mark


def test_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    assert list(machine.memory(meminfo)) == []
    meminfo.write_text("MemTotal: 500000 kB\nMemAvailable:     2000000 kB\n")
    assert [each.mark for each in machine.memory(meminfo)] == [Mark.OK]
    meminfo.write_text("MemAvailable:     90000 kB\n")
    assert [each.mark for each in machine.memory(meminfo)] == [Mark.LOOK]


def test_room() -> None:
    assert {each.mark for each in machine.room(HERE)} == {Mark.OK}
    for place in (changed(read_only=True), changed(writable=False)):
        folder = by_name(list(machine.room(place)))["folder"]
        assert (folder.mark, folder.stops) == (Mark.WRONG, True)
    shared = by_name(list(machine.room(changed(over_network="nfs4"))))["file system"]
    assert (shared.mark, shared.stops) == (Mark.WRONG, True), "runs refuse to write there"
    assert "nfs4" in shared.says
    assert by_name(list(machine.room(changed(in_memory=True))))["file system"].mark is Mark.NOTE


@pytest.mark.parametrize(
    ("place", "mark", "stops"),
    [
        (changed(free=RESERVE - 1), Mark.WRONG, True),
        (changed(free=RESERVE + 1), Mark.LOOK, False),
        (changed(free_files=3), Mark.WRONG, True),
        (changed(free_files=300), Mark.LOOK, False),
        (changed(free_files=None), Mark.OK, False),
        (changed(free=None), Mark.NOTE, False),
    ],
)
def test_disks(place: Place, mark: Mark, stops: bool) -> None:
    found = machine.disk(place)
    assert (found.mark, found.stops) == (mark, stops)


def test_folders_are_looked_at_a_disk_at_a_time(tmp_path: Path) -> None:
    assert machine.folders(tmp_path / "new" / "briefings.db", tmp_path / "data") == [tmp_path / "new"]


def test_sizes_for_readers() -> None:
    assert [size_of(size) for size in (7, 12_345, 123_456_789, 5e12)] == ["7 bytes", "12.3 kB", "123 MB", "5.0 TB"]


OURS = "# harvest schedule: begin /srv/briefings.db\n"


@pytest.mark.parametrize(
    ("table", "daemon", "mark"),
    [
        ("", True, Mark.NOTE),
        (OURS.replace("briefings", "other"), True, Mark.NOTE),
        (OURS, True, Mark.OK),
        (OURS, None, Mark.OK),
        (OURS, False, Mark.LOOK),
    ],
)
def test_what_starts_runs(table: str, daemon: bool | None, mark: Mark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")
    monkeypatch.setattr(cron, "is_here", lambda: True)
    monkeypatch.setattr(cron, "read_table", table.encode)
    monkeypatch.setattr(cron, "is_running", lambda: daemon)
    assert machine.schedule(Path("/srv/briefings.db")).mark is mark


def test_a_run_that_could_not_write_its_end(tmp_path: Path) -> None:
    database = tmp_path / "briefings.db"
    assert [each.mark for each in machine.run(database)] == [Mark.OK]
    held = lock.lock(database)
    held.leave({"id": 1, "verdict": "partial"})
    held.release()
    says = by_name(list(machine.run(database)))
    assert says["lock"].says == "no run is under way"
    assert says["last run"].mark is Mark.NOTE
