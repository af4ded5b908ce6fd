"""`harvest serve` as its user starts and ends it; what it shows: tests/web."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from harvester.verdict import Exit

from ..store.making import Books, briefing
from .conftest import Harvest


@pytest.mark.parametrize(
    ("number", "host", "warned"), [(signal.SIGTERM, "127.0.0.1", False), (signal.SIGINT, "0.0.0.0", True)]
)
def test_it_serves_while_a_crawl_writes_and_ends_cleanly_with_its_signal(
    books: Books, number: signal.Signals, host: str, warned: bool
) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "harvester", "serve", "--db", str(books.path), "--port", "0", "--host", host],
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")},
    )
    assert serving.stderr is not None
    try:
        told = [serving.stderr.readline() for _ in range(1 + warned)]
        address = told[-1].split(" at ")[1].split()[0]
        with urllib.request.urlopen(address) as answer:
            assert "초과근무 개선" in answer.read().decode()
        books.open()
        books.put(briefing(9, title="쓰는 동안"))
        with urllib.request.urlopen(f"{address}release/9") as answer:
            assert "쓰는 동안" in answer.read().decode()
        books.finish()
    finally:
        serving.send_signal(number)
        rest = serving.communicate(timeout=60)[1]
    assert serving.returncode == Exit.COMPLETE
    assert rest.strip().splitlines()[-1].startswith("harvest: complete (exit 0): ")
    assert "Traceback" not in rest
    assert ("can be reached from other machines" in told[0]) == warned


def test_a_signal_before_the_first_answer_ends_it_too(
    harvest: Harvest, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert harvest("serve", "--port", "0", "--open").status == Exit.COMPLETE
    assert signal.getsignal(signal.SIGTERM) is before


def test_it_opens_a_browser_where_it_is_asked_to(
    harvest: Harvest, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    assert harvest("serve", "--port", "0").status == Exit.COMPLETE
    assert opened == []
    ended = harvest("serve", "--port", "0", "--open", "--base-url", "archive")
    [address] = opened
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("/archive/")
    assert f"at {address} until Ctrl-C" in ended.stderr


def test_no_database_is_said_at_once(harvest: Harvest, tmp_path: Path) -> None:
    ended = harvest("serve", "--db", str(tmp_path / "none.db"))
    assert ended.status == Exit.FAILURE
    assert "there is no database at" in ended.last_line
    assert not (tmp_path / "none.db").exists()


def test_a_database_of_an_older_version_is_not_served(harvest: Harvest, books: Books) -> None:
    books.open()
    with books.store._db.conn as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE id = (SELECT max(id) FROM _sqlite_migrations)")
    books.finish()
    ended = harvest("serve")
    assert ended.status == Exit.FAILURE
    assert "older version" in ended.last_line


def test_a_port_in_use_is_named_with_what_to_do(harvest: Harvest, books: Books) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = harvest("serve", "--port", str(port))
    assert ended.status == Exit.FAILURE
    assert f"127.0.0.1:{port}" in ended.last_line
    assert "--port" in ended.last_line


@pytest.mark.parametrize(("option", "value"), [("--port", "70000"), ("--host", "no.such.host.invalid")])
def test_what_cannot_be_listened_at_is_said(harvest: Harvest, books: Books, option: str, value: str) -> None:
    ended = harvest("serve", option, value)
    assert ended.status == (Exit.USAGE if option == "--port" else Exit.FAILURE)
    assert value in ended.last_line
