"""Every format read back by the programs it is for: nothing lost, nothing changed, and it says so where it is."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import duckdb
import markdown as rendering
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from harvester.clock import KST
from harvester.exports import formats, markdown, markdown_text, parquet, xlsx
from harvester.exports.columns import DEFAULT, KINDS, RECORDS, Kind, WrongColumns, read_columns
from harvester.exports.formats import FORMATS, MissingPackage, writer
from harvester.exports.licence import STATEMENT
from harvester.exports.output import FileThere, whole_file
from harvester.store.database import open_to_write

from .making import HOSTILE, hostile_rows, row

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FILES = [
    {"position": 1, "file_id": "1", "name": "계획.hwpx", "kind": "hwpx", "url": "https://x/1", "bytes": 7,
     "sha256": "ab", "text_status": "read"},
]  # fmt: skip
PEOPLE = [{"department": "정책과", "role": "담당자", "name": "홍길동", "phone": "044-000-0000"}]


def written(format_: str, rows: Sequence[dict[str, Any]], columns: Sequence[str] = DEFAULT) -> bytes:
    stream = BytesIO()
    writer(format_)(rows, columns, stream, "제목")
    return stream.getvalue()


def in_a_file(folder: Path, format_: str, rows: Sequence[dict[str, Any]], columns: Sequence[str] = DEFAULT) -> Path:
    path = folder / f"made.{format_}"
    with whole_file(path, force=True) as stream:
        writer(format_)(rows, columns, stream, "제목")
    return path


# --- columns ---


def test_every_column_of_the_table_can_be_exported(tmp_path: Path) -> None:
    db = open_to_write(tmp_path / "new.db")
    assert set(db["briefings"].columns_dict) | set(RECORDS) == set(KINDS)
    for table, fields in RECORDS.items():
        assert set(fields) <= set(db[table].columns_dict)
    db.close()


def test_the_source_is_in_every_export() -> None:
    assert {"source_line", "url", "license"} <= set(DEFAULT)
    assert read_columns("title") == ("title", "source_line", "url", "license")
    assert read_columns(" url , title,title") == ("url", "title", "source_line", "license")


@pytest.mark.parametrize(
    ("typed", "said"), [("titel", "did you mean title?"), ("xyz", "there are: news_id"), (" ,", "no")]
)
def test_a_wrong_column_is_named(typed: str, said: str) -> None:
    with pytest.raises(WrongColumns, match=said.replace("?", r"\?")):
        read_columns(typed)


# --- csv, jsonl ---


def read_csv(made: bytes) -> list[list[str]]:
    assert made.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(made.decode("utf-8-sig"), newline="")))


def test_csv_is_read_back_as_it_was() -> None:
    made = written("csv", hostile_rows(), ("news_id", "title", "body", "url"))
    head, *lines = read_csv(made)
    assert head == ["news_id", "title", "body", "url"]
    assert [line[1:3] for line in lines] == [[text, text] for text in HOSTILE]
    assert made.endswith(b"\r\n")


@given(TEXT, TEXT)
def test_any_text_in_csv_is_read_back(first: str, second: str) -> None:
    [_, line] = read_csv(written("csv", [row(title=first, body=second)], ("title", "body")))
    assert line == [first, second]


def test_csv_says_how_many_cells_a_spreadsheet_takes_for_formulas() -> None:
    stream = BytesIO()
    [told] = writer("csv")([row(title="=1+1", body="- 첫째"), row()], DEFAULT, stream, "")
    assert told.startswith("2 cells")
    assert writer("csv")([row()], DEFAULT, stream, "") == []


@given(TEXT)
def test_jsonl_is_an_object_a_line(text: str) -> None:
    made = written("jsonl", [row(title=text, attachments=FILES), row(attachments=[])], (*DEFAULT, "attachments"))
    lines = made.split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == [row(title=text, attachments=FILES), row(attachments=[])]
    assert lines[-1] == b""


# --- xlsx ---


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return [list(line) for line in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]


def unescaped(value: str | None) -> str:
    return openpyxl.utils.escape.unescape(value or "")


def test_a_workbook_has_types_and_a_frozen_head(tmp_path: Path) -> None:
    path = in_a_file(
        tmp_path, "xlsx", [row(contacts=PEOPLE), row(published_at=None, contacts=[])], (*DEFAULT, "contacts")
    )
    head, first, second = cells(path, "briefings")
    values = dict(zip(head, first, strict=True))
    assert values["news_id"] == 156000001
    assert values["published_on"] == datetime(2024, 1, 17)
    assert values["published_at"] == datetime(2024, 1, 17, 9, 30, 5)
    assert values["first_seen_at"] == datetime(2024, 1, 18, 3)
    assert json.loads(values["contacts"]) == PEOPLE
    assert dict(zip(head, second, strict=True))["published_at"] is None
    sheet = openpyxl.load_workbook(path)["briefings"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:U3")
    assert STATEMENT in [line[0] for line in cells(path, "about")]


def test_a_workbook_holds_hostile_texts_as_texts(tmp_path: Path) -> None:
    columns = ("news_id", "title", "url")
    path = in_a_file(tmp_path, "xlsx", hostile_rows(), columns)
    sheet = openpyxl.load_workbook(path)["briefings"]
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line} <= {"n", "s", "inlineStr"}
    shown = [unescaped(line[1]) for line in cells(path, "briefings")[1:]]
    long = cells(path, "long texts")[1:]
    for made, cell, meant in zip(hostile_rows(), shown, HOSTILE, strict=True):
        if len(meant.encode("utf-16-le")) // 2 > xlsx.LONGEST_CELL:
            assert cell.endswith("(the rest is on the sheet 'long texts')")
            assert "".join(line[3] for line in long if line[0] == made["url"]) == meant
        else:
            assert cell.replace("\r\n", "\n").replace("\r", "\n") == meant.replace("\r\n", "\n").replace("\r", "\n")


def test_long_texts_are_told_of_and_go_on_elsewhere(tmp_path: Path) -> None:
    text = "𝒳" * 16_383 + "가" + "나" * 40_000
    with whole_file(tmp_path / "made.xlsx") as stream:
        [told] = xlsx.write([row(body=text)], DEFAULT, stream, "")
    assert told.startswith("1 texts are longer than the 32,767")
    _, *long = cells(tmp_path / "made.xlsx", "long texts")
    assert "".join(line[3] for line in long) == text
    assert [line[:3] for line in long] == [[row()["url"], "body", part] for part in (1, 2, 3)]


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_A_SHEET", 2)
    with whole_file(tmp_path / "made.xlsx") as stream:
        [told] = xlsx.write([row(news_id=number) for number in range(5)], ("news_id", "url"), stream, "")
    assert "3 sheets" in told
    sheets = [
        [line[0] for line in cells(tmp_path / "made.xlsx", name)]
        for name in ("briefings", "briefings 2", "briefings 3")
    ]
    assert sheets == [["news_id", 0, 1], ["news_id", 2, 3], ["news_id", 4]]


# --- parquet ---


def test_parquet_has_types_for_duckdb_and_pandas(tmp_path: Path) -> None:
    rows = [
        row(attachments=FILES, contacts=PEOPLE),
        row(news_id=2, published_at=None, license=None, attachments=[], contacts=[]),
    ]
    path = in_a_file(tmp_path, "parquet", rows, (*DEFAULT, "attachments", "contacts"))
    table = duckdb.read_parquet(str(path))
    types = dict(zip(table.columns, map(str, table.types), strict=True))
    assert {types[name] for name, kind in KINDS.items() if name in types and kind is Kind.TEXT} == {"VARCHAR"}
    assert (types["news_id"], types["published_on"]) == ("BIGINT", "DATE")
    assert types["published_at"] == types["first_seen_at"] == "TIMESTAMP WITH TIME ZONE"
    asked = "news_id, published_on, epoch(published_at), attachments[1].name, contacts[1].phone"
    [found, _] = duckdb.sql(f"SELECT {asked} FROM '{path}' ORDER BY news_id DESC").fetchall()
    at = datetime(2024, 1, 17, 9, 30, 5, tzinfo=KST).timestamp()
    assert found == (156000001, date(2024, 1, 17), at, "계획.hwpx", "044-000-0000")
    frame = pd.read_parquet(path)
    assert str(frame["news_id"].dtype) == "int64"
    assert frame["first_seen_at"][0] == pd.Timestamp(datetime(2024, 1, 18, 3, tzinfo=UTC))
    assert frame["published_at"].isna().tolist() == [False, True]
    assert pq.read_schema(path).metadata[b"rights"].decode() == STATEMENT


def test_parquet_keeps_every_text_and_closes_groups_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_CHARACTERS", 100)
    path = in_a_file(tmp_path, "parquet", hostile_rows(), ("news_id", "title"))
    assert pq.read_table(path)["title"].to_pylist() == HOSTILE
    assert pq.ParquetFile(path).num_row_groups > 3


# --- markdown ---


def front_matter(document: str) -> dict[str, Any]:
    head, separator, _ = document.removeprefix("---\n").partition("\n---\n")
    assert separator
    loaded: dict[str, Any] = yaml.safe_load(head)
    return loaded


@given(TEXT)
@settings(deadline=None)
def test_front_matter_is_read_back_exactly(text: str) -> None:
    columns = (*DEFAULT, "attachments")
    made = markdown.document(row(title=text, presenter=text, attachments=[{"name": text}]), columns)
    assert front_matter(made) == {
        name: value
        for name, value in row(title=text, presenter=text, attachments=[{"name": text}]).items()
        if name != "body"
    }


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    if any(character in text for character in "\0\x02\x03\x08"):
        pytest.skip("no character of a text")
    made = markdown.document(row(title=text, body=text, lead=None), DEFAULT)
    assert front_matter(made)["title"] == text
    shown = html.fromstring(rendering.markdown(made.split("\n---\n", 1)[1], extensions=["tables"]))
    words = " ".join(shown.text_content().replace("\\~", "~").split())
    assert " ".join(text.split()) in words or "\t" in text
    assert not shown.xpath("//em | //strong | //b | //i | //code | //pre | //ol | //ul | //hr | //h2 | //blockquote")


def test_a_document_ends_with_source_and_terms() -> None:
    made = markdown.document(row(), DEFAULT)
    assert made.startswith("---\nnews_id: 156000001\n")
    assert made.endswith(
        "(2024.01.17 환경부)  \n<https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001>  \n"
        "공공누리 제1유형: 출처표시\n"
    )


def test_rows_with_cells_become_a_table() -> None:
    made = markdown.document(row(body="앞\n구분\t값\n가|나\t1\t더\n뒤"), ("news_id",))
    assert "앞\n\n| 구분 | 값 |  |\n| --- | --- | --- |\n| 가\\|나 | 1 | 더 |\n\n뒤" in made


def test_a_folder_is_filled_and_nothing_of_others_is_touched(tmp_path: Path) -> None:
    rows = [row(news_id=156000001), row(news_id=156000002), row(news_id=157000003)]
    filled = markdown.fill(tmp_path, rows, DEFAULT, force=False)
    assert filled.written == 3
    first, second, _ = paths = sorted(tmp_path.rglob("*.md"))
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "156000/156000001.md", "156000/156000002.md", "157000/157000003.md",
    ]  # fmt: skip
    first.write_text("my own words", encoding="utf-8")
    changed = [row(news_id=156000001), row(news_id=156000002, title="다른 제목"), row(news_id=157000003)]
    filled = markdown.fill(tmp_path, changed, DEFAULT, force=False)
    assert (filled.written, filled.same, filled.left) == (0, 1, [first, second])
    filled = markdown.fill(tmp_path, changed, DEFAULT, force=True)
    assert (filled.written, filled.same, filled.left) == (1, 1, [first])
    assert first.read_text(encoding="utf-8") == "my own words"
    assert "다른 제목" in second.read_text(encoding="utf-8")
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("1. 첫째", r"1\. 첫째"),
        ("2) 둘째", r"2\) 둘째"),
        ("1.5% 늘었다", "1.5% 늘었다"),
        ("- 항목", r"\- 항목"),
        ("#1", r"\#1"),
        ("* 담당자: 1~3월, file_name_1", r"\* 담당자: 1\~3월, file_name_1"),
        ("[참고] R&D <표 1> a < b", "[참고] R&D <표 1> a < b"),
    ],
)
def test_only_what_markdown_would_take_for_marks_is_escaped(line: str, made: str) -> None:
    assert markdown_text.line(line) == made


@given(TEXT)
def test_a_link_is_one_link(text: str) -> None:
    made = markdown_text.link(text, "https://x/1")
    assert "\n" not in made
    assert made.endswith("](https://x/1)")


# --- files and packages ---


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"

    def broken() -> Any:
        yield row()
        raise RuntimeError

    for format_ in FORMATS.keys() - {"atom"}:
        with pytest.raises(RuntimeError), whole_file(path) as stream:
            writer(format_)(broken(), DEFAULT, stream, "")
        assert list(tmp_path.iterdir()) == []
    path.write_text("mine")
    with pytest.raises(FileThere), whole_file(path):
        pass
    assert path.read_text() == "mine"


def test_a_link_is_followed_and_a_device_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "made.csv")
    with whole_file(tmp_path / "link") as stream:
        stream.write(b"new")
    assert (tmp_path / "made.csv").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
    with pytest.raises(FileThere, match="no file"), whole_file(Path("/dev/null"), force=True):
        pass


@pytest.mark.parametrize("format_", ["xlsx", "parquet"])
def test_a_missing_package_is_named_with_what_installs_it(format_: str) -> None:
    blocked = f"import sys; sys.modules[{FORMATS[format_].package!r}] = None; from harvester.exports.formats import *\n"
    code = f"{blocked}\ntry: writer({format_!r})\nexcept MissingPackage as error: print(error)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert FORMATS[format_].package in said
    assert "pip install 'koreakr-harvester[export]'" in said
    assert "make extras" in said


def test_another_missing_module_is_no_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats.FORMATS, "nothing", formats.Format(text=True, records=False, package="pyarrow"))
    with pytest.raises(ModuleNotFoundError) as raised:
        writer("nothing")
    assert not isinstance(raised.value, MissingPackage)
