"""`harvest export`: what arrives where, and what is said of it."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from lxml import etree

from harvester.exports import jsonl
from harvester.exports.formats import FORMATS
from harvester.items import Contact

from ..exports.rfc4287 import ATOM, faults
from ..store.making import DAY, Books, briefing, files
from .conftest import Harvest

PERSON = "홍길동"


@pytest.fixture
def stored(books: Books) -> Path:
    """Three releases of the day, one with contacts and a file, and one of the day after."""
    books.open()
    books.put(
        briefing(
            4,
            title='=1+1, "따옴표"',
            published_on=DAY.replace(day=18),
            listed_on=DAY.replace(day=18),
            source_line="(2024.01.18 환경부)",
            body="첫 줄\n둘째 줄",
            license="KOGL-1",
            attachments=files("계획.hwpx", "나.pdf"),
            contacts=[Contact("정책과", "담당자", PERSON, "044-000-0000")],
        )
    )
    books.finish()
    return books.path


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_goes_to_standard_output_newest_first(harvest: Harvest, stored: Path) -> None:
    ended = harvest("export", "--format", "csv")
    assert ended.status == 0
    assert ended.stdout.startswith("\ufeffnews_id,board,title,")
    rows = lines(ended.stdout)
    assert [row["news_id"] for row in rows] == ["4", "3", "2", "1"]
    assert (rows[0]["title"], rows[0]["body"]) == ('=1+1, "따옴표"', "첫 줄\n둘째 줄")
    assert (rows[0]["source_line"], rows[0]["license"]) == ("(2024.01.18 환경부)", "KOGL-1")
    assert ended.last_line.startswith(
        f"harvest: complete (exit 0): 4 releases of {stored} written to standard output; 1 cells begin with ="
    )


def test_filters_and_limit_choose(harvest: Harvest, stored: Path) -> None:
    def chosen(*options: str) -> list[str]:
        return [
            json.loads(line)["news_id"] for line in harvest("export", "--format", "jsonl", *options).stdout.splitlines()
        ]

    assert chosen("--since", "2024-01-18") == [4]
    assert chosen("--query", "초과근무") == [1]
    assert chosen("--limit", "2") == [4, 3]
    assert chosen("--limit", "0") == [4, 3, 2, 1]
    assert chosen("--board", "speech") == []


@pytest.mark.parametrize("format_", FORMATS)
def test_contacts_only_where_they_are_asked_for(harvest: Harvest, stored: Path, tmp_path: Path, format_: str) -> None:
    out = tmp_path / "out"

    def everything(*options: str) -> str:
        ended = harvest("export", "--format", format_, "-o", str(out), "--force", *options)
        assert ended.status == 0, ended.stderr
        if format_ == "parquet":
            return str(pq.read_table(out).to_pylist())
        if format_ == "xlsx":
            return str([list(sheet.values) for sheet in openpyxl.load_workbook(BytesIO(out.read_bytes()))])
        paths = sorted(out.rglob("*.md")) if out.is_dir() else [out]
        return "".join(path.read_text(encoding="utf-8") for path in paths)

    plain = everything()
    assert "둘째 줄" in plain
    assert PERSON not in plain
    if format_ == "atom":
        assert harvest("export", "--format", "atom", "--with-contacts").status == 2
    else:
        assert PERSON in everything("--with-contacts")


def test_lists_are_lists_where_the_format_has_them(harvest: Harvest, stored: Path) -> None:
    first = json.loads(harvest("export", "--format", "jsonl", "--with-contacts").stdout.splitlines()[0])
    assert [each["name"] for each in first["attachments"]] == ["계획.hwpx", "나.pdf"]
    assert first["contacts"] == [{"department": "정책과", "role": "담당자", "name": PERSON, "phone": "044-000-0000"}]
    [row, *_] = lines(harvest("export", "--format", "csv", "--columns", "news_id,attachments").stdout)
    assert [each["position"] for each in json.loads(row["attachments"])] == [1, 2]


def test_chosen_columns_keep_the_source(harvest: Harvest, stored: Path) -> None:
    ended = harvest("export", "--format", "csv", "--columns", "title,news_id")
    assert ended.stdout.splitlines()[0] == "\ufefftitle,news_id,source_line,url,license"
    assert "with source_line, url, license, for the licence asks for the source" in ended.last_line
    ended = harvest("export", "--format", "csv", "--columns", "license,url,source_line")
    assert "licence asks" not in ended.last_line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Missing option '--format'"),
        (("--format", "cvs"), "'cvs' is not one of 'csv'"),
        (("--format", "csv", "--columns", "titel"), "'titel' is no column; did you mean title?"),
        (("--format", "csv", "--columns", "contacts"), "--with-contacts"),
        (("--format", "atom", "--columns", "title"), "a feed has its own form"),
        (("--format", "csv", "--self-url", "https://x.kr/f"), "only a feed has an address"),
        (("--format", "atom", "--self-url", "feed.atom"), "is no address such as https://"),
        (("--format", "xlsx"), "name a file, -o FILE.xlsx"),
        (("--format", "parquet", "-o", "-"), "name a file, -o FILE.parquet"),
        (("--format", "csv", "-o", "{here}"), "is a folder: name a file"),
        (("--format", "csv", "-o", "{here}/none/x.csv"), "there is no folder"),
        (("--format", "csv", "-o", "{here}/briefings.db"), "is there already: --force writes over it"),
        (("--format", "csv", "-o", "{here}/briefings.db", "--force"), "is an SQLite database"),
        (("--format", "csv", "-o", "{here}/" + "x" * 300), "cannot be a file: File name too long"),
        (("--format", "csv", "-o", "/dev/null/x"), "there is no folder /dev/null"),
        (("--format", "csv", "-o", "/dev/null", "--force"), "/dev/null is no file"),
        (("--format", "markdown", "-o", "{here}/briefings.db"), "is a file: markdown is written into a folder"),
        (("--format", "csv", "--limit", "-1"), "-1 is not in the range"),
        (("--format", "csv", "--query", '"'), ""),
    ],
)
def test_wrong_usage_is_named(harvest: Harvest, stored: Path, options: tuple[str, ...], said: str) -> None:
    before = stored.read_bytes()
    ended = harvest("export", *(option.replace("{here}", str(stored.parent)) for option in options))
    assert (ended.status, ended.stdout) == (2, "")
    assert said in ended.last_line
    assert stored.read_bytes() == before


def test_nothing_chosen_makes_an_empty_file_and_says_so(harvest: Harvest, stored: Path, tmp_path: Path) -> None:
    for format_ in ("csv", "xlsx", "jsonl", "parquet", "atom"):
        out = tmp_path / f"none.{format_}"
        ended = harvest("export", "--format", format_, "-o", str(out), "--board", "speech")
        assert ended.status == 0
        assert f"no release in {stored} is chosen; {out} has no rows" in ended.last_line
        assert out.exists()
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
    assert faults((tmp_path / "none.atom").read_bytes()) == []
    assert (tmp_path / "none.csv").read_text(encoding="utf-8-sig").startswith("news_id,")


def test_a_feed_has_the_newest_hundred_and_changes_only_with_them(harvest: Harvest, stored: Path, books: Books) -> None:
    books.open()
    books.put(*(briefing(number, title=f"{number}번째") for number in range(100, 230)))
    books.finish()
    first = harvest("export", "--format", "atom", "--board", "press-release")
    document = first.stdout.encode()
    assert faults(document) == []
    feed = etree.fromstring(document)
    assert len(feed.findall(f"{ATOM}entry")) == 100
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == '=1+1, "따옴표"'
    assert "100 releases" in first.last_line
    assert harvest("export", "--format", "atom", "--board", "press-release").stdout == first.stdout
    other = etree.fromstring(
        harvest("export", "--format", "atom", "--limit", "1", "--ministry", "환경부").stdout.encode()
    )
    assert other.findtext(f"{ATOM}id") != feed.findtext(f"{ATOM}id")
    own = harvest("export", "--format", "atom", "--self-url", "https://example.org/f.atom").stdout.encode()
    assert etree.fromstring(own).findtext(f"{ATOM}id") == "https://example.org/f.atom"


def test_markdown_fills_a_folder_and_leaves_what_is_not_its_own(harvest: Harvest, stored: Path, tmp_path: Path) -> None:
    ended = harvest("export", "--format", "markdown", "-o", str(tmp_path / "notes"))
    assert ended.status == 0
    assert sorted(path.name for path in (tmp_path / "notes").rglob("*.*")) == ["1.md", "2.md", "3.md", "4.md"]
    ended = harvest("export", "--format", "markdown", "-o", str(tmp_path / "notes"))
    assert ended.last_line.endswith("notes, 4 there already")
    (tmp_path / "notes/0/2.md").write_text("my own")
    ended = harvest("export", "--format", "markdown", "-o", str(tmp_path / "notes"), "--force")
    assert ended.status == 3
    assert ended.last_line.endswith("those that an export wrote: " + str(tmp_path / "notes/0/2.md"))
    together = harvest("export", "--format", "markdown").stdout
    assert together.count("\nnews_id: ") == 4
    assert together.startswith("---\nnews_id: 4\n")


def test_a_failed_export_leaves_what_was_there(
    harvest: Harvest, stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.csv").write_text("old")

    def broken(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harvester.exports.csv.cell", broken)
    ended = harvest("export", "--format", "csv", "-o", str(tmp_path / "old.csv"), "--force")
    assert (ended.status, (tmp_path / "old.csv").read_text()) == (1, "old")
    assert ended.last_line.endswith("No space left on device")
    assert [path.name for path in tmp_path.iterdir() if "old" in path.name] == ["old.csv"]


def test_an_export_that_is_stopped_says_what_was_written(
    harvest: Harvest, stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = iter(range(100))

    def stopped(*_: Any) -> Any:
        if next(taken) % 3 == 2:
            raise KeyboardInterrupt
        return "x"

    monkeypatch.setattr("harvester.exports.csv.cell", stopped)
    monkeypatch.setattr("harvester.exports.markdown.document", stopped)
    ended = harvest("export", "--format", "csv", "-o", str(tmp_path / "x.csv"))
    assert (ended.status, (tmp_path / "x.csv").exists()) == (3, False)
    assert ended.last_line == "harvest: interrupted (exit 3): stopped by a signal: nothing was written"
    ended = harvest("export", "--format", "markdown", "-o", str(tmp_path / "notes"))
    assert ended.last_line == "harvest: interrupted (exit 3): stopped by a signal: at release 3"
    assert len(list((tmp_path / "notes").rglob("*.md"))) == 2


def test_no_database_is_said(harvest: Harvest, tmp_path: Path) -> None:
    ended = harvest("export", "--format", "csv", "-o", str(tmp_path / "x.csv"))
    assert ended.status == 1
    assert "there is no database at" in ended.last_line
    assert not (tmp_path / "x.csv").exists()


def test_an_export_is_of_one_moment(harvest: Harvest, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl that writes meanwhile changes the next export, not this one."""
    monkeypatch.setattr("harvester.store.selection.AT_ONCE", 1)
    write = jsonl.write

    def meanwhile(rows: Any, *others: Any) -> list[str]:
        def interrupted() -> Any:
            for row in rows:
                yield row
                other = sqlite3.connect(stored)
                other.execute("UPDATE briefings SET title = '나중'")
                other.commit()
                other.close()

        return write(interrupted(), *others)

    monkeypatch.setattr(jsonl, "write", meanwhile)
    made = harvest("export", "--format", "jsonl", "--columns", "title").stdout
    assert "나중" not in made
    assert len(made.splitlines()) == 4
    monkeypatch.undo()
    assert harvest("export", "--format", "jsonl", "--db", str(stored)).stdout.count("나중") == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_output_is_said(stored: Path) -> None:
    program = [sys.executable, "-m", "harvester", "export", "--format", "csv", "--db", str(stored)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, env={**os.environ}, check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines()[-1].startswith("harvest: failure (exit 1): standard output cannot be")


def test_a_reader_that_has_enough_is_told_of_in_one_line(books: Books) -> None:
    books.open()
    books.put(*(briefing(number, body="긴 글 " * 5_000) for number in range(100, 130)))
    books.finish()
    program = [sys.executable, "-m", "harvester", "export", "--format", "jsonl", "--db", str(books.path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}) as ended:
        assert ended.stdout is not None
        ended.stdout.readline()
        ended.stdout.close()
        assert ended.stderr is not None
        said = ended.stderr.read().decode()
    assert ended.returncode == 3
    assert said.startswith("harvest: partial (exit 3): who read standard output had enough after ")
    assert len(said.splitlines()) == 1
