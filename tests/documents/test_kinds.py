"""What a document is, told by its bytes."""

import io
import zipfile

import pytest

from harvester.demo.hwpx import make_hwpx
from harvester.demo.pdf import make_pdf
from harvester.documents import UnreadableDocument, read_document
from harvester.documents.document import row_lines, tidy

HTML = "<!DOCTYPE html><html><head><title>1</title></head><body><p>가</p></body></html>".encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def packed(*names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return kept.getvalue()


def stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le")


def reason(content: bytes, name: str = "보도자료.hwp") -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(content, name)
    return refused.value.reason


@pytest.mark.parametrize("name", ["보도자료.hwp", "a.pdf", "a.HWPX", "1.html", "a.jpg", "hwpx", ""])
def test_the_name_does_not_matter(name: str) -> None:
    assert read_document(make_hwpx(["가"]), name).kind == "hwpx"
    assert read_document(make_pdf(["가나"]), name).kind == "pdf"


@pytest.mark.parametrize("name", ["1.html", "2.htm", "", "docViewer.do"])
def test_a_page_of_the_viewer(name: str) -> None:
    assert read_document(HTML, name).kind == "viewer"


@pytest.mark.parametrize("name", ["보도자료.hwp", "a.HWPX", "a.pdf"])
def test_a_page_in_place_of_a_file_is_not_its_text(name: str) -> None:
    """What a server says instead of the file it does not have."""
    assert reason(HTML, name).startswith("unknown kind: html")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpg"),
        (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"GIF89a", "gif"),
        (b"HWP Document File V3.00 \x1a\x01\x02", "hwp 3.0"),
        (packed("xl/workbook.xml"), "xlsx"),
        (packed("word/document.xml"), "docx"),
        (packed("사진1.jpg", "사진2.jpg"), "zip"),
        (packed(), "zip"),
        (stream("Workbook"), "xls"),
        (stream("WordDocument"), "doc"),
        (OLE, "OLE file"),
        (b"Rar!\x1a\x07", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x00\x00\x00\x18ftypmp42", "mp4"),
        (b'<?xml version="1.0"?><HWPML Version="2.8"/>', "hwpml"),
        (b'<?xml version="1.0"?><rss/>', "xml"),
        ("그냥 글입니다.".encode(), "text"),
        (b"\x01\x02\x03\x04", "bytes that begin 01 02 03 04"),
    ],
)
def test_what_there_is_no_reader_for_is_named(content: bytes, kind: str) -> None:
    assert reason(content) == f"unknown kind: {kind}"


def test_an_office_file_behind_a_password() -> None:
    assert reason(stream("EncryptedPackage")) == "encrypted"


@pytest.mark.parametrize("content", [b"", b" \r\n\t"])
def test_nothing(content: bytes) -> None:
    assert reason(content).startswith("empty: ")


def test_text_is_tidy() -> None:
    assert tidy("\n\n 가\xa0 나 \r\n\n\n\n\t다\u200b라\x00\x07\v마\xad바 \u2028\udc80끝\ufeff\n") == (
        "가 나\n\n\t다라\n마바\n\ufffd끝"
    )


def test_rows() -> None:
    assert row_lines([["가", "나"]]) == ["가", "나"]
    assert row_lines([["가", "나\t다"], [], [" 라 "]]) == ["가 나 다\t\t라"]
