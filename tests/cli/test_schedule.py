"""`harvest schedule`: what it prints, puts into crontab or systemd, and takes away again."""

import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from harvester.cli import crawl, schedule
from harvester.scheduling import cron
from harvester.scheduling.job import files_of
from harvester.scheduling.running import Runner
from harvester.scheduling.state import Result, State, write_state
from harvester.verdict import Exit

from ..scheduling.making import command_of, machine, program
from .conftest import Harvest

OTHERS = b"MAILTO=me\n# mine\n5 4 * * * backup --all\n"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own, with cron; the folder of its crontab."""
    folder = tmp_path / "machine"
    for name, value in machine(folder).items():
        monkeypatch.setenv(name, value)
    for name in schedule.TAKEN_ALONG:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cron, "is_running", lambda: True)
    return folder


def table(spool: Path) -> bytes | None:
    path = spool / "table"
    return path.read_bytes() if path.exists() else None


def units(spool: Path) -> list[str]:
    return sorted(path.suffix for path in (spool / "config").rglob("*") if path.is_file())


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_it_prints_and_changes_nothing(harvest: Harvest, spool: Path, tmp_path: Path) -> None:
    ended = harvest("schedule", "--ministry", "환경부", "--board", "all", "--attachments", "none", "--no-archive")
    assert ended.status == 0
    assert "nothing is changed yet" in ended.last_line
    hourly, at_boot = [line for line in ended.stdout.splitlines() if not line.startswith("#")]
    assert hourly.split(None, 5)[1:5] == ["*"] * 4
    assert f"--data={tmp_path}" in hourly
    assert "--board=all '--ministry=환경부' --site=http://127.0.0.1:9 --attachments=none --no-archive" in hourly
    assert at_boot.startswith("@reboot ")
    assert (table(spool), units(spool), files(tmp_path)) == (None, [], set())


def test_installing_twice_is_installing_once(harvest: Harvest, spool: Path) -> None:
    (spool / "table").write_bytes(OTHERS)
    first = harvest("schedule", "--install")
    assert first.status == 0, first.stderr
    assert "the next run is at" in first.last_line
    there = table(spool)
    assert there is not None
    assert there.startswith(OTHERS)
    again = harvest("schedule", "--install")
    assert "nothing is changed" in again.last_line
    assert table(spool) == there
    changed = harvest("schedule", "--install", "--every", "30m")
    assert "every 30m" in changed.last_line
    assert table(spool) != there


def test_removing_leaves_no_trace(harvest: Harvest, spool: Path, tmp_path: Path) -> None:
    (spool / "table").write_bytes(OTHERS)
    harvest("schedule", "--install")
    other = ("--db", str(tmp_path / "other.db"))
    harvest("schedule", "--install", *other)
    assert harvest("schedule", "--remove").status == 0
    assert b"other.db" in (table(spool) or b"")
    assert harvest("schedule", "--remove", *other).status == 0
    assert table(spool) == OTHERS
    ended = harvest("schedule", "--remove")
    assert (ended.status, "nothing to remove" in ended.last_line) == (0, True)
    assert table(spool) == OTHERS


def test_a_crontab_that_only_we_needed_goes_with_us(harvest: Harvest, spool: Path) -> None:
    harvest("schedule", "--install")
    harvest("schedule", "--remove")
    assert table(spool) is None


@pytest.mark.parametrize(
    ("trouble", "says"),
    [("unreadable", "permission denied"), ("full", "No space left"), ("forgetful", "now shows another one")],
)
def test_a_crontab_in_trouble_is_left_as_it_is(harvest: Harvest, spool: Path, trouble: str, says: str) -> None:
    (spool / "table").write_bytes(OTHERS)
    (spool / trouble).touch()
    ended = harvest("schedule", "--install")
    assert ended.status == 1
    assert ended.last_line.startswith("harvest: failure (exit 1)")
    assert says in ended.last_line
    assert table(spool) == OTHERS


def test_a_half_block_is_told_and_left(harvest: Harvest, spool: Path, tmp_path: Path) -> None:
    begin, _ = cron.marks(tmp_path / "briefings.db")
    broken = os.fsencode(begin) + b"\n" + OTHERS
    (spool / "table").write_bytes(broken)
    for what in ("--install", "--remove"):
        ended = harvest("schedule", what)
        assert (ended.status, "half a block" in ended.last_line) == (1, True)
    assert table(spool) == broken


def test_systemd_has_units_until_they_are_removed(harvest: Harvest, spool: Path) -> None:
    ended = harvest("schedule", "--install", "--as", "systemd", "--at", "07:00")
    assert ended.status == 0, ended.stderr
    assert "loginctl enable-linger" in ended.stderr
    assert "daily at 07:00, Korean time" in ended.last_line
    assert units(spool) == [".service", ".timer"]
    asked = (spool / "systemctl").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in asked] == ["daemon-reload", "enable", "restart"]
    assert harvest("schedule", "--remove").status == 0
    assert not (spool / "config" / "systemd").exists()
    asked = (spool / "systemctl").read_text(encoding="utf-8").splitlines()
    assert [line.split()[:2] for line in asked[3:]] == [["disable", "--now"], ["daemon-reload"]]


def test_a_systemd_that_refuses_leaves_no_units(harvest: Harvest, spool: Path) -> None:
    (spool / "no-bus").touch()
    ended = harvest("schedule", "--install", "--as", "systemd")
    assert ended.status == 1
    assert "Failed to connect to bus" in ended.last_line
    assert units(spool) == []


def test_a_database_is_started_by_one_of_them_only(harvest: Harvest, spool: Path) -> None:
    harvest("schedule", "--install")
    assert "its lines are removed" in harvest("schedule", "--install", "--as", "systemd").stderr
    assert (table(spool), units(spool)) == (None, [".service", ".timer"])
    assert "is removed" in harvest("schedule", "--install", "--as", "cron").stderr
    assert table(spool)
    assert units(spool) == []


def test_a_machine_without_either_is_told_so(harvest: Harvest, spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(spool / "nothing"))
    ended = harvest("schedule")
    assert (ended.status, "this machine has no cron" in ended.stderr) == (0, True)
    for kind in ("cron", "systemd"):
        ended = harvest("schedule", "--install", "--as", kind)
        assert (ended.status, "on this machine" in ended.last_line) == (1, True)


def test_no_daemon_is_noticed(harvest: Harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cron, "is_running", lambda: False)
    ended = harvest("schedule", "--install")
    assert (ended.status, "no cron daemon is running" in ended.stderr) == (0, True)


def test_windows_is_told_what_to_do(harvest: Harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    ended = harvest("schedule", "--install")
    assert (ended.status, "Task Scheduler" in ended.last_line) == (1, True)


def test_the_contact_goes_along(harvest: Harvest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVEST_CONTACT", "mailto:it's@example.org")
    line = harvest("schedule").stdout.splitlines()[2]
    assert command_of(line).startswith("HARVEST_CONTACT='mailto:it'\"'\"'s@example.org' ")


def test_secrets_stand_in_no_line_and_no_unit(
    harvest: Harvest, spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://me:pass-word@proxy.example.org:8080")
    monkeypatch.setenv("HARVEST_PING", "https://ping.example.org/pass-word")
    typed = (
        "--notify",
        "json://a.example.org/pass-word",
        "--notify",
        "jsons://me:pass-word@example.org",
        "--heartbeat",
    )
    kept = tmp_path / "schedule-briefings.env"
    for kind in ("cron", "systemd"):
        printed = harvest("schedule", "--as", kind, *typed)
        assert "--heartbeat" in printed.stdout
        assert "pass-word" not in printed.stdout + printed.stderr
        assert str(kept) in printed.stderr
        assert not kept.exists()
        harvest("schedule", "--install", "--as", kind, *typed)
        everything = b"".join(path.read_bytes() for path in spool.rglob("*") if path.is_file())
        assert b"pass-word" not in everything
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.read_text(encoding="utf-8").splitlines()[1:] == [
            "HARVEST_NOTIFY=json://a.example.org/pass-word jsons://me:pass-word@example.org",
            "HARVEST_PING=https://ping.example.org/pass-word",
            "https_proxy=http://me:pass-word@proxy.example.org:8080",
        ]
        harvest("schedule", "--remove")
        assert not kept.exists()


def test_an_address_in_the_file_of_secrets_is_one_too(harvest: Harvest, tmp_path: Path) -> None:
    """Where it is not written anew."""
    (tmp_path / "schedule-briefings.env").write_text("HARVEST_NOTIFY=json://127.0.0.1:9\n", encoding="utf-8")
    assert harvest("schedule", "--heartbeat").status == 0
    assert harvest("schedule", "--install", "--heartbeat").status == 2


def test_databases_of_one_folder_share_nothing(harvest: Harvest, tmp_path: Path) -> None:
    for name in ("x.db", "x.sqlite", "x"):
        harvest("schedule", "--install", "--db", str(tmp_path / name), "--notify", f"json://127.0.0.1:9/{name}")
    kept = {path.read_text(encoding="utf-8").splitlines()[1] for path in tmp_path.glob("schedule-*.env")}
    assert kept == {f"HARVEST_NOTIFY=json://127.0.0.1:9/{name}" for name in ("x.db", "x.sqlite", "x")}
    harvest("schedule", "--remove", "--db", str(tmp_path / "x.sqlite"))
    assert len(list(tmp_path.glob("schedule-*.env"))) == 2


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Runs that were started, of which each is complete at once."""
    runs: list[list[str]] = []

    def run(_self: object, command: list[str], _environment: object) -> Result:
        runs.append(command)
        return Result(Exit.COMPLETE, "complete", "all of it")

    monkeypatch.setattr(Runner, "run", run)
    return runs


def test_who_waited_beside_another_looks_again_whether_a_run_is_due(
    harvest: Harvest, tmp_path: Path, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """@reboot and the hour can be less than the jitter apart."""

    def the_other_one(_seconds: float) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        write_state(files_of(tmp_path / "briefings.db").state, State(counted_at=now, ended_at=now))

    monkeypatch.setattr(time, "sleep", the_other_one)
    ended = harvest("schedule", "--run", "--every", "6h", "--data", str(tmp_path))
    assert (ended.status, ended.stderr, started) == (0, "", [])


def test_every_option_of_crawl_is_taken() -> None:
    ours = {param.name for param in schedule.command.params}
    assert {param.name for param in crawl.command.params} - schedule.NOT_TAKEN <= ours


@pytest.mark.parametrize(
    "typed",
    [
        ["--days=7", "--board=speech", "--board=cabinet", "--query=-x '%' \\ 환경", "--rate=2.5", "--verbose"],
        [
            "--board=all",
            "--ministry=산업부",
            "--ministry=A00015",
            "--no-archive",
            "--concurrency=2",
            "--attachments=all",
        ],
        ["--archive", "--accept-withdrawals", "--esg-board=https://k-esg.org"],
    ],
)
def test_what_is_started_asks_for_what_was_asked(
    harvest: Harvest, spool: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str]
) -> None:
    """The line, parsed again by `crawl`, means the same."""
    monkeypatch.delenv("HARVEST_SITE")
    monkeypatch.setattr(schedule, "this_program", lambda: (str(spool / "bin" / "harvest"),))
    program(spool / "bin" / "harvest", '#!/bin/sh\nfor each in "$@"; do printf "%s\\0" "$each"; done\n')
    printed = harvest("schedule", *typed).stdout
    words = os.popen(command_of(printed.splitlines()[2])).read().split("\0")[:-1]
    assert words[:2] == ["schedule", "--run"]

    def meant(arguments: list[str]) -> dict[str, object]:
        context = click.Context(crawl.command)
        crawl.command.parse_args(context, arguments)
        return {name: value for name, value in context.params.items() if name != "data"}

    assert meant(words[3:]) == meant(typed)


WRONG = [
    (["--install", "--remove"], "either --install or --remove"),
    (["--run", "--stay"], "either --run or --stay"),
    (["--every", "2h", "--at", "07:00"], "either --every or --at"),
    (["--every", "5m"], "'5m' is not one of"),
    (["--at", "25:00"], "write it like 07:00"),
    (["--at", "7"], "write it like 07:00"),
    (["--days", "0"], "1 or more"),
    (["--ministry", "환경뷰"], "환경부"),
    (["--board", "cabinet", "--ministry", "환경부"], "names no ministries"),
    (["--rate", "0", "--site", "https://www.korea.kr"], "only this machine"),
    (["--since", "2024-01-01"], "--since"),
    (["--notify", "json://a b"], "a space"),
    (
        ["--notify", "json://127.0.0.1:9", "--notify", "mailto://typo"],
        "address 2 (mailto://…) is none that apprise knows",
    ),
    (["--heartbeat"], "whom to tell?"),
    (["--stay", "--heartbeat"], "whom to tell?"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_what_each_run_would_refuse_is_refused_at_once(
    harvest: Harvest, spool: Path, arguments: list[str], says: str
) -> None:
    ended = harvest("schedule", *arguments, *(["--install"] if "--install" not in arguments else []))
    if arguments[0] in ("--run", "--stay"):
        ended = harvest("schedule", *arguments)
    assert ended.status == 2, ended.stderr
    assert says in ended.stderr
    assert table(spool) is None
