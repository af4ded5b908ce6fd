"""`harvest archive`: what is in the archive, and its export."""

import gzip
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

from harvester.cli.archive import command
from harvester.files import Files
from harvester.store import Archive, archive_path

from ..store.test_archive import answer, page, sql


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a run with a listing page, twenty releases on two days, and a document kept outside."""
    archive = Archive(archive_path(tmp_path / "briefings.db"))
    archive.add(answer(b"<li>" * 100, kind="listing", method="POST", form="pageIndex=1", news_id=None))
    for number in range(20):
        archive.add(answer(page(number), number, day="2024-01-17" if number < 15 else "2024-01-18"))
    sha256 = Files(tmp_path / "files").keep(b"a document")
    archive.add(answer(None, kind="file", sha256=sha256, size=10, part_of=2, fetched_at="2024-01-19T00:00:00.000Z"))
    archive.close()
    return tmp_path


def run(data: Path, *arguments: str, **more: Any) -> Result:
    told = {"HARVEST_DB": None, "HARVEST_DATA": None, "HARVEST_JSON": None}
    return CliRunner(env=told).invoke(command, ["--data", str(data), *arguments], standalone_mode=False, **more)


def types(content: bytes) -> list[str]:
    return [record.rec_type for record in ArchiveIterator(io.BytesIO(content))]


def test_what_is_in_it(data: Path) -> None:
    result = run(data)
    assert result.return_value == 0
    head, _, columns, *rows = result.stdout.splitlines()
    assert "archive-briefings.db: " in head
    assert head.endswith("received 2024-01-17T01:02:03.456Z … 2024-01-19T00:00:00.000Z")
    assert columns.split() == ["exchanges", "received", "kept", "ratio", "outside"]
    assert [row.split()[:2] for row in rows] == [["file", "1"], ["listing", "1"], ["release", "20"]]
    assert rows[0].endswith("0.0 kB")
    assert result.stderr.startswith("harvest: complete (exit 0): 22 exchanges in ")


def test_the_same_for_a_machine(data: Path) -> None:
    told = json.loads(run(data, "--json").stdout)
    path = data / "archive-briefings.db"
    assert (told["archive"], told["file_bytes"]) == (str(path), path.stat().st_size)
    assert (told["first_at"], told["last_at"]) == ("2024-01-17T01:02:03.456Z", "2024-01-19T00:00:00.000Z")
    kinds = {each.pop("kind"): each for each in told["kinds"]}
    assert kinds["release"]["exchanges"] == 20
    assert kinds["release"]["bytes"] == sum(len(page(number)) for number in range(20))
    assert kinds["release"]["ratio"] == kinds["release"]["bytes"] / kinds["release"]["kept"] > 3
    assert (kinds["file"]["bytes"], kinds["file"]["outside"], kinds["file"]["ratio"]) == (0, 10, None)


def test_an_archive_with_nothing_in_it(tmp_path: Path) -> None:
    Archive(tmp_path / "archive-other.db").close()
    result = run(tmp_path, "--db", str(tmp_path / "other.db"))
    assert (result.return_value, "nothing yet" in result.stdout) == (0, True)


def test_no_archive(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.return_value == 1
    assert result.stderr.startswith("harvest: failure (exit 1): there is no archive at ")
    assert list(tmp_path.iterdir()) == []


def test_export(data: Path) -> None:
    target = data / "pages.warc.gz"
    result = run(data, "--export", str(target))
    assert result.return_value == 0
    assert result.stderr == f"harvest: complete (exit 0): 22 exchanges written to {target}\n"
    assert types(target.read_bytes()) == ["warcinfo", *["response", "request"] * 22]
    assert b"a document" in gzip.decompress(target.read_bytes())


def test_export_of_days(data: Path) -> None:
    target = data / "pages.warc.gz"
    run(data, "--export", str(target), "--since", "2024-01-18", "--until", "2024.1.18")
    assert types(target.read_bytes()).count("response") == 5


def test_export_to_standard_output(data: Path) -> None:
    result = run(data, "--export", "-")
    assert types(result.stdout_bytes).count("response") == 22
    assert result.stderr.endswith("22 exchanges written to standard output\n")


def test_a_file_that_is_there_is_left_alone(data: Path) -> None:
    target = data / "pages.warc.gz"
    target.write_bytes(b"mine")
    result = run(data, "--export", str(target))
    assert "is there already: --force writes over it" in str(result.exception)
    assert target.read_bytes() == b"mine"
    assert run(data, "--export", str(target), "--force").return_value == 0
    assert types(target.read_bytes()).count("response") == 22


def test_what_cannot_be_exported_leaves_no_file(data: Path) -> None:
    sql(data / "archive-briefings.db", "UPDATE bodies SET data = x'00' WHERE id = 5")
    target = data / "pages.warc.gz"
    result = run(data, "--export", str(target))
    assert result.return_value == 1
    assert "exchange 5 of the archive" in result.stderr
    assert [each.name for each in data.iterdir() if "warc" in each.name] == []
    target.write_bytes(b"the last one")
    run(data, "--export", str(target), "--force")
    assert target.read_bytes() == b"the last one"
    assert [each.name for each in data.iterdir() if "warc" in each.name] == [target.name]


def test_a_folder_that_is_not_there(data: Path) -> None:
    result = run(data, "--export", str(data / "nowhere" / "pages.warc.gz"))
    assert result.return_value == 1
    assert "No such file or directory" in result.stderr


def test_a_document_that_is_lost_is_told(data: Path) -> None:
    [kept] = (data / "files").glob("??/*")
    kept.write_bytes(b"changed")
    target = data / "pages.warc.gz"
    result = run(data, "--export", str(target))
    assert result.return_value == 3
    assert f"such as {kept}" in result.stderr
    assert types(target.read_bytes()).count("response") == 22


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--since", "2024-01-18"], "is for --export"),
        (["--until", "2024-01-18"], "is for --export"),
        (["--export", "x.warc.gz", "--since", "2024-01-18", "--until", "2024-01-17"], "is after"),
    ],
)
def test_wrong_usage(data: Path, arguments: list[str], complaint: str) -> None:
    assert complaint in str(run(data, *arguments).exception)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_a_terminal_is_spared(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, terminal = os.openpty()
    with open(terminal, "w") as stdout:  # noqa: PTH123  (a number, not a path)
        monkeypatch.setattr("sys.stdout", stdout)
        with pytest.raises(Exception, match="a terminal cannot show it"):
            command.main(["--data", str(data), "--export", "-"], standalone_mode=False)
