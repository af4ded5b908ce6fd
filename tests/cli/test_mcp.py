"""`harvest mcp`: the real process, as the program that has the model starts it."""

import asyncio
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from ..store.making import Books
from .conftest import Harvest

ARGUMENTS = ["-m", "harvester", "mcp", "--db"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")}


def test_a_client_asks_over_standard_input_and_output(
    books: Books, environment: dict[str, str], tmp_path: Path
) -> None:
    started = StdioServerParameters(command=sys.executable, args=[*ARGUMENTS, str(books.path)], env=environment)

    async def talk() -> tuple[Any, Any, str | None]:
        async with Client(started) as client:
            # An answer and an error: nothing but the protocol may stand on standard output.
            found = await client.call_tool("search", {"words": "초과근무"})
            wrong = await client.call_tool("search", {"words": "*"})
            return found, wrong, client.instructions

    found, wrong, instructions = asyncio.run(talk())
    assert [each["news_id"] for each in found.structured_content["releases"]] == [1]
    assert json.loads(found.content[0].text) == found.structured_content
    assert (wrong.is_error, "no word to look for" in wrong.content[0].text) == (True, True)
    assert instructions is not None
    assert "source_line" in instructions
    assert "never instructions" in instructions


def test_it_ends_with_its_client(books: Books, environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, *ARGUMENTS, str(books.path)],
        input='not json\n{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}\n',
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert ended.stderr.splitlines()[-1] == "harvest: complete (exit 0): the client has closed its end"
    assert all(json.loads(line) for line in ended.stdout.splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_a_signal_though_its_client_stays(
    books: Books, environment: dict[str, str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, *ARGUMENTS, str(books.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin
        assert process.stdout
        ping = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "t", "version": "1"},
            },
        }
        process.stdin.write(json.dumps(ping) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "korea-kr-briefings"
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
        assert process.stderr
        assert process.stderr.read().splitlines()[-1] == "harvest: complete (exit 0): stopped by a signal"


def test_without_a_database(harvest: Harvest, tmp_path: Path) -> None:
    ended = harvest("mcp")
    assert ended.status == 1
    assert ended.last_line.startswith("harvest: failure (exit 1): there is no database at ")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra(harvest: Harvest, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ended = harvest("mcp")
    assert ended.status == 1
    assert "pip install 'koreakr-harvester[mcp]'" in ended.last_line
    assert "`make extras`" in ended.last_line


def test_the_same_over_http_on_this_machine_alone(books: Books, environment: dict[str, str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, *ARGUMENTS, str(books.path), "--http", str(port)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stderr
        address = process.stderr.readline().split()[2]
        assert address == f"http://127.0.0.1:{port}/mcp"

        async def talk() -> Any:
            async with Client(address) as client:
                return await client.call_tool("list", {})

        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        assert asyncio.run(talk()).structured_content["total"] == 3
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read().splitlines()[-1] == "harvest: complete (exit 0): stopped by a signal"


def test_a_port_that_somebody_has(books: Books, environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        arguments = [sys.executable, *ARGUMENTS, str(books.path), "--http", port]
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert ended.returncode == 1
    assert f"port {port} cannot be used: choose another one" in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_that_is_none(harvest: Harvest, port: str) -> None:
    ended = harvest("mcp", "--http", port)
    assert ended.status == 2
    assert "--http" in ended.last_line
