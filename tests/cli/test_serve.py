"""`harvest serve` as its user starts and ends it; what it shows: tests/web."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import httpx
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


@pytest.mark.parametrize("path", ["../x", "?x", "#x", "http://x/y", "a b", "/기록/", "a//b", ".", "/a/../b", "%2e"])
def test_a_base_that_is_no_path_is_refused(harvest: Harvest, books: Books, path: str) -> None:
    ended = harvest("serve", "--port", "0", "--base-url", path)
    assert ended.status == Exit.USAGE
    assert "/archive/" in ended.last_line


@pytest.mark.parametrize("name", ["https://a.org", "a.org:80", "a b", ""])
def test_a_host_that_is_no_name_is_refused(harvest: Harvest, books: Books, name: str) -> None:
    assert harvest("serve", "--port", "0", "--allow-host", name).status == Exit.USAGE


@pytest.mark.parametrize(
    ("options", "answers"),
    [
        ((), {"localhost": 200, "127.0.0.1": 200, "attacker.example": 403, "a.org": 403}),
        (
            ("--allow-host", "A.org", "--allow-host", "b.org"),
            {"localhost": 200, "a.org": 200, "b.org": 200, "c.org": 403},
        ),
        (("--host", "0.0.0.0"), {"localhost": 200, "archive.local": 200}),
        (("--host", "0.0.0.0", "--allow-host", "a.org"), {"a.org": 200, "archive.local": 403}),
    ],
)
def test_who_may_ask_by_which_name(
    harvest: Harvest, books: Books, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], answers: dict[str, int]
) -> None:
    found: dict[str, int] = {}

    async def ask(app: Any) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            for name in answers:
                found[name] = (await client.get(f"http://{name}/search")).status_code

    monkeypatch.setattr("uvicorn.Server.run", lambda server, **_: asyncio.run(ask(server.config.app)))
    assert harvest("serve", "--port", "0", *options).status == Exit.COMPLETE
    assert found == answers


def test_a_second_signal_breaks_nothing(books: Books) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", "serve", "--db", str(books.path), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stderr is not None
        address = serving.stderr.readline().split(" at ")[1].split()[0]
        urllib.request.urlopen(address).close()
        for _ in range(3):
            serving.send_signal(signal.SIGINT)
            time.sleep(0.01)
        rest = serving.stderr.read().strip()
    assert serving.returncode == Exit.COMPLETE
    assert "Traceback" not in rest
    assert rest.splitlines()[-1].startswith("harvest: complete (exit 0): ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_command_is_loaded_is_said_like_any_other(number: signal.Signals) -> None:
    loading = f"""
import signal, sys, harvester.cli
class Loader:
    def find_spec(self, name, *_):
        if name == "harvester.cli.main":
            signal.raise_signal({int(number)})
sys.meta_path.insert(0, Loader())
harvester.cli.main()
"""
    ended = subprocess.run([sys.executable, "-c", loading], check=False, capture_output=True, text=True)
    assert ended.returncode == Exit.PARTIAL
    assert ended.stderr == "harvest: interrupted (exit 3): stopped by a signal before anything was done\n"
