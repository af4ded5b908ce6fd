"""Excel workbooks: texts stay texts, numbers and days are such, and nothing is cut in silence."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from harvester.clock import KST
from harvester.exports.columns import KINDS, Kind, Row
from harvester.exports.licence import STATEMENT, TERMS

LONGEST_CELL = 32_767
"""What Excel takes, counted in UTF-16 units."""
ROWS_A_SHEET = 1_048_575
"""What Excel takes, without the header."""
NAME, LONG_TEXTS, ABOUT = "briefings", "long texts", "about"
_WIDTHS = {"title": 60, "lead": 60, "body": 80, "url": 40, "source_line": 30}
_WIDTH = 16
_LONGEST_PROPERTY = 255
_MARK = f"… (the rest is on the sheet {LONG_TEXTS!r})"


def write(rows: Iterable[Row], columns: Sequence[str], stream: BinaryIO, title: str) -> list[str]:
    """Write a workbook; what should be told of it."""
    # What is written so far waits beside the target: the system's own place for it may be small, or memory.
    with TemporaryDirectory(dir=Path(stream.name).parent, prefix=".xlsx.") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        book = xlsxwriter.Workbook(stream, options)
        book.set_properties({"title": title[:_LONGEST_PROPERTY], "comments": STATEMENT})
        told = _Workbook(book, columns, title).fill(rows)
        book.close()
    return told


class _Workbook:
    """A workbook being written: sheets of releases, then of the texts no cell holds, then what it is about."""

    def __init__(self, book: xlsxwriter.Workbook, columns: Sequence[str], title: str) -> None:
        self.book = book
        self.columns = columns
        self.title = title
        self.bold = book.add_format({"bold": True})
        self.plain = book.add_format()
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.long_texts: Worksheet | None = None
        self.long_rows = 0
        self.cut = 0

    def fill(self, rows: Iterable[Row]) -> list[str]:
        sheets = 1
        sheet, number = self._sheet(NAME), 0
        for row in rows:
            if number == ROWS_A_SHEET:
                sheet.autofilter(0, 0, number, len(self.columns) - 1)
                sheets += 1
                sheet, number = self._sheet(f"{NAME} {sheets}"), 0
            number += 1
            for column, name in enumerate(self.columns):
                self._write(sheet, number, column, name, row)
        sheet.autofilter(0, 0, number, len(self.columns) - 1)
        self._about()
        told = [f"Excel takes {ROWS_A_SHEET:,} rows a sheet: {sheets} sheets"] if sheets > 1 else []
        if self.cut:
            told.append(
                f"{self.cut} texts are longer than the {LONGEST_CELL:,} characters of a cell: they go on in the sheet"
                f" {LONG_TEXTS!r}"
            )
        return told

    def _sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, each in enumerate(self.columns):
            sheet.set_column(column, column, _WIDTHS.get(each, _WIDTH))
            sheet.write_string(0, column, each, self.bold)
        return sheet

    def _write(self, sheet: Worksheet, number: int, column: int, name: str, row: Row) -> None:
        value, kind = row[name], KINDS[name]
        if value is None:
            return
        if kind is Kind.INTEGER:
            sheet.write_number(number, column, value)
        elif kind is Kind.DAY:
            sheet.write_datetime(number, column, date.fromisoformat(value), self.day)
        elif kind is Kind.KOREAN_TIME:
            # A cell knows no time zone.
            there = datetime.fromisoformat(value).astimezone(KST).replace(tzinfo=None)
            sheet.write_datetime(number, column, there, self.time)
        elif kind is Kind.UTC_TIME:
            sheet.write_datetime(number, column, datetime.fromisoformat(value).replace(tzinfo=None), self.time)
        else:
            text = json.dumps(value, ensure_ascii=False) if kind is Kind.RECORDS else value
            if _units(text) > LONGEST_CELL:
                self._keep_long(name, text, row)
                text = next(_pieces(text, LONGEST_CELL - len(_MARK))) + _MARK
            self._text(sheet, number, column, text)

    def _text(self, sheet: Worksheet, number: int, column: int, text: str) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # Which the library would take for markup of its own, and write as it is.
            sheet.write_rich_string(number, column, text[:3], self.plain, text[3:])
        else:
            sheet.write_string(number, column, text)

    def _keep_long(self, name: str, text: str, row: Row) -> None:
        if self.long_texts is None:
            self.long_texts = self.book.add_worksheet(LONG_TEXTS)
            self.long_texts.freeze_panes(1, 0)
            for column, head in enumerate(("url", "column", "part", "text")):
                self.long_texts.write_string(0, column, head, self.bold)
        for part, piece in enumerate(_pieces(text, LONGEST_CELL), start=1):
            self.long_rows += 1
            self.long_texts.write_string(self.long_rows, 0, row["url"])
            self.long_texts.write_string(self.long_rows, 1, name)
            self.long_texts.write_number(self.long_rows, 2, part)
            self._text(self.long_texts, self.long_rows, 3, piece)
        self.cut += 1

    def _about(self) -> None:
        sheet = self.book.add_worksheet(ABOUT)
        sheet.set_column(0, 0, 120)
        lines = [
            self.title,
            STATEMENT,
            *TERMS.values(),
            "published_at: 한국 시간. first_seen_at, changed_at 등 그 밖의 시각: UTC.",
        ]
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _pieces(text: str, units: int) -> Iterator[str]:
    """The text in pieces of at most so many UTF-16 units, no character of two split."""
    encoded, start = text.encode("utf-16-le"), 0
    while start < len(encoded):
        end = min(start + 2 * units, len(encoded))
        if end < len(encoded) and 0xD8 <= encoded[end - 1] < 0xDC:
            end -= 2
        yield encoded[start:end].decode("utf-16-le")
        start = end
