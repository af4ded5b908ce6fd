"""Standard output, whatever it is: what cannot be written there is said, and nothing else is lost by it."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..store.making import Books, briefing
from .conftest import Harvest

full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
HERE = ("sh", "-c", '"$@"', "sh", sys.executable, "-m", "harvester")
CLOSED = ("sh", "-c", '"$@" >&-', "sh", sys.executable, "-m", "harvester")
ALL_CLOSED = ("sh", "-c", '"$@" >&- 2>&-', "sh", sys.executable, "-m", "harvester")
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


def ended(
    arguments: Sequence[str], stdout: Any = subprocess.PIPE, *, program: Sequence[str] = HERE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*program, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode().splitlines()[-1]


@pytest.fixture
def begun(harvest: Harvest, books: Books) -> Books:
    """A release that a look has not told yet."""
    harvest("watch")
    books.open()
    books.put(briefing(80, title="새 소식 😀 é"))
    books.finish()
    return books


VERBS = (
    ("watch",),
    ("search", "소식"),
    ("show", "80"),
    ("status",),
    ("export", "--format", "csv"),
    ("export", "--format", "jsonl"),
    ("digest", "--since", "2024-01-16", "--until", "2024-01-17"),
    ("--help",),
    ("show", "--help"),
)


@full
@pytest.mark.parametrize("environment", [{}, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_what_a_full_disk_does_not_take_is_a_failure(
    begun: Books, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    with Path("/dev/full").open("wb") as stream:
        done = ended(arguments, stream, **environment)
    assert done.returncode == 1
    assert last_line(done).startswith("harvest: failure (exit 1): ")
    assert "standard output cannot be written: No space left on device" in last_line(done)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.parametrize("environment", [{}, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", VERBS[:-2], ids=" ".join)
def test_what_is_written_in_part_is_a_failure(
    harvest: Harvest, begun: Books, tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    limit, rest = 10_000_000, 20

    def nearly_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    path = tmp_path / "full"
    with path.open("wb") as stream:
        stream.truncate(limit - rest)
        stream.seek(limit - rest)
        done = subprocess.run(
            [*HERE, *arguments],
            stdout=stream,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            preexec_fn=nearly_full,
            check=False,
        )
    assert path.stat().st_size == limit
    assert done.returncode == 1
    assert "standard output cannot be written: File too large" in last_line(done)
    assert [each["news_id"] for each in harvest("watch", "--format", "json").json] == [80]


@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_where_standard_output_is_closed_that_is_said(
    harvest: Harvest, begun: Books, arguments: tuple[str, ...]
) -> None:
    done = ended(arguments, program=CLOSED)
    assert done.returncode == 1
    assert "standard output cannot be written" in last_line(done)
    assert b"Traceback" not in done.stderr
    assert ended(arguments, program=ALL_CLOSED).returncode == 1
    assert [each["news_id"] for each in harvest("watch", "--format", "json").json] == [80]


@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_without_a_standard_error_all_goes_well(begun: Books, arguments: tuple[str, ...]) -> None:
    done = ended(arguments, program=("sh", "-c", '"$@" 2>&-', "sh", sys.executable, "-m", "harvester"))
    assert (done.returncode in (0, 3), bool(done.stdout)) == (True, True)


@pytest.mark.parametrize("arguments", VERBS[:4], ids=" ".join)
def test_a_letter_that_the_terminal_does_not_have_is_escaped(begun: Books, arguments: tuple[str, ...]) -> None:
    done = ended(arguments, PYTHONIOENCODING="euc-kr")
    assert done.returncode in (0, 3), done.stderr
    if arguments[0] != "status":
        assert r"새 소식 \ud83d\ude00 \u00e9" in done.stdout.decode("euc-kr")


def test_what_is_escaped_is_json_still(begun: Books) -> None:
    done = ended(("watch", "--format", "json"), PYTHONIOENCODING="euc-kr")
    assert [each["title"] for each in json.loads(done.stdout.decode("euc-kr"))] == ["새 소식 😀 é"]
    assert last_line(done).startswith("harvest: complete (exit 0): 1 new since ")


def test_an_error_handler_of_ones_own_stays(begun: Books) -> None:
    done = ended(("show", "80"), PYTHONIOENCODING="euc-kr:replace")
    assert "새 소식 ? ?" in done.stdout.decode("euc-kr")


@pytest.mark.parametrize("environment", [{}, UNBUFFERED], ids=["buffered", "unbuffered"])
def test_a_reader_that_is_gone_is_no_failure(begun: Books, environment: dict[str, str]) -> None:
    for arguments in (*VERBS[1:-2], ("digest", "--since", "2024-01-17", "--until", "2024-01-17", "--output", "-")):
        reading, writing = os.pipe()
        os.close(reading)
        done = ended(arguments, writing, **environment)
        os.close(writing)
        assert (done.returncode, last_line(done).startswith("harvest: partial (exit 3): who read standard output")) == (
            3,
            True,
        ), (arguments, done.stderr)


def test_what_is_printed_is_there_at_once(begun: Books) -> None:
    """As before, also without PYTHONUNBUFFERED: who waits for a line has it before the next one is made."""
    program = (
        "import sys; from harvester.cli.streams import prepare_output; prepare_output();"
        "print('first'); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **UNBUFFERED},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"first\n"
