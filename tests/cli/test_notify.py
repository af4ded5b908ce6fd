"""What is no address is wrong usage, before anything is asked, and is not repeated to those who read along."""

from pathlib import Path

import pytest

from harvester.cli.main import run

SECRET = "sesame-open-0815"


@pytest.fixture
def nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARVEST_NOTIFY", "HARVEST_PING", "HARVEST_HEARTBEAT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--notify", "json://127.0.0.1:9/x", "--notify", f"slak://{SECRET}/{SECRET}"], "address 2 (slak://…)"),
        (["--notify", SECRET], "--notify"),
        (["--ping", f"ftp://127.0.0.1/{SECRET}"], "--ping"),
        (["--ping", f"127.0.0.1/{SECRET}"], "--ping"),
        (["--ping", f"http://127.0.0.1:99999/{SECRET}"], "--ping"),
        (["--heartbeat"], "--heartbeat"),
    ],
)
@pytest.mark.parametrize("verb", [["crawl"], ["backfill", "--since", "2024-01-15", "--until", "2024-01-17"]])
@pytest.mark.usefixtures("nobody_to_tell")
def test_what_is_no_address_is_wrong_usage(
    options: list[str], named: str, verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    status = run([*verb, "--data", str(data), "--site", "http://127.0.0.1:9", "--rate", "0", *options])
    said = capsys.readouterr()
    assert status == 2
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("harvest: wrong usage (exit 2)")
    assert named in last
    assert SECRET not in said.out + said.err
    assert not data.exists()
