"""Files that are broken, or made to break their reader."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from random import Random

import pytest

from harvester.demo.hwpx import make_hwpx, make_package
from harvester.demo.pdf import make_pdf
from harvester.documents import Readers, UnreadableDocument, limits

TEXT = ["산업통상부는 2024년 1월 17일 수출 상담회를 열었다고 밝혔다.", "둘째 문단", "셋째 문단은 조금 더 길다. " * 12]
TABLE = [["구분", "값"], ["하나", "둘"]]
PAGE = (
    f"<html><head><meta charset='utf-8'></head><body><p>{TEXT[0]}</p><table><tr><td>가</table></body></html>".encode()
)
KNOWN_REASONS = (
    "encrypted",
    "damaged: ",
    "empty: ",
    "scanned images",
    "too large: ",
    "unknown kind: ",
    "took too long",
    "took too much memory",
    "crashed its reader",
)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(1) as made:
        yield made


def outcome(readers: Readers, content: bytes, name: str = "a.html") -> str:
    """The reason, or the kind of what could be read all the same."""
    try:
        document = readers.read(content, name)
    except UnreadableDocument as refused:
        reason = refused.reason
    else:
        assert len(document.text.encode()) <= 4 * limits.LONGEST_TEXT
        return document.kind
    assert reason.startswith(KNOWN_REASONS)
    assert len(reason) < 500
    return reason


def cut(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content))]


def flipped(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 3, 30))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def doubled(random: Random, content: bytes) -> bytes:
    start, end = sorted(random.randrange(len(content)) for _ in range(2))
    return content[:end] + content[start:end] * random.choice((1, 50)) + content[end:]


def without_a_part(random: Random, content: bytes) -> bytes:
    start, end = sorted(random.randrange(len(content)) for _ in range(2))
    return content[:start] + content[end:]


def with_large_numbers(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    at = random.randrange(len(changed) - 4)
    changed[at : at + 4] = random.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)))
    return bytes(changed)


WAYS = (cut, flipped, doubled, without_a_part, with_large_numbers)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    "content",
    [make_hwpx(TEXT, [TABLE]), make_pdf(TEXT), make_pdf(TEXT, encrypted=True), PAGE],
    ids=["hwpx", "pdf", "encrypted pdf", "viewer"],
)
def test_broken_files_have_a_reason_or_text(
    readers: Readers, content: bytes, way: Callable[[Random, bytes], bytes]
) -> None:
    random = Random(f"{way.__name__} {len(content)}")
    for _ in range(60):
        found = outcome(readers, way(random, content))
        assert not found.startswith("crashed") or found == "crashed its reader: SIGTRAP"


@pytest.mark.parametrize("way", [flipped, doubled, without_a_part], ids=lambda way: way.__name__)
def test_broken_sections_have_a_reason_or_text(readers: Readers, way: Callable[[Random, bytes], bytes]) -> None:
    """Broken before they are packed, so that no check sum tells."""
    with zipfile.ZipFile(io.BytesIO(make_hwpx(TEXT, [TABLE]))) as archive:
        section = archive.read("Contents/section0.xml")
    random = Random(way.__name__)
    for _ in range(60):
        found = outcome(readers, make_package(way(random, section)))
        assert found == "hwpx" or found.startswith(("damaged", "empty"))


def section(body: str, prolog: str = "") -> bytes:
    names = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
    return f"<?xml version='1.0' encoding='UTF-8'?>{prolog}<sec {names}>{body}</sec>".encode()


def paragraph(text: str) -> str:
    return f"<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>"


def test_a_section_that_unpacks_to_ten_gigabytes(readers: Readers) -> None:
    packer = zlib.compressobj(9, wbits=-15)
    zeros = bytes(1 << 20)
    packed = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush(zlib.Z_FULL_FLUSH)
    # Flushed, such a hundred megabytes may be followed by any number of others in the same stream.
    data = packed * 100 + zlib.compressobj(9, wbits=-15).flush()
    content = with_entry("Contents/section0.xml", data, size=10_000 * (1 << 20) % (1 << 32))
    assert outcome(readers, content).startswith("too large: ")
    small_in_its_own_words = with_entry("Contents/section0.xml", data, size=100)
    assert outcome(readers, small_in_its_own_words).startswith(("too large: ", "damaged: "))


def with_entry(name: str, data: bytes, size: int, method: int = 8, times: int = 1) -> bytes:
    """A zip archive whose directory names one deflated entry, or the same one several times."""
    raw = name.encode()
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 33, 0, len(data), size, len(raw), 0) + raw + data
    entry = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, method, 0, 33, 0, len(data), size, len(each), 0, 0, 0, 0, 0, 0
        )
        + each
        for each in ([raw] if times == 1 else [f"Contents/section{index}.xml".encode() for index in range(times)])
    )
    count = min(times, 0xFFFF)
    return local + entry + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entry), len(local), 0)


def test_entries_that_lie_over_each_other(readers: Readers) -> None:
    data = zlib.compress(section(paragraph("가" * 1_000_000)), 9, wbits=-15)
    found = outcome(readers, with_entry("Contents/section0.xml", data, size=3_000_200, times=2000))
    assert found.startswith(("too large: ", "damaged: "))


def test_a_million_entries(readers: Readers) -> None:
    content = with_entry("Contents/section0.xml", b"", size=0, times=1_000_000)
    assert outcome(readers, content).startswith("too large: 1,000,000 parts")


def test_a_compression_that_asks_for_gigabytes(readers: Readers) -> None:
    content = with_entry("Contents/section0.xml", b"\x09\x14\x05\x00\x5d\xff\xff\xff\xff" + bytes(50), 1 << 20, 14)
    assert outcome(readers, content).startswith("damaged: ")


LAUGHS = "<!DOCTYPE sec [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{index} '{f'&a{index - 1};' * 10}'>" for index in range(1, 12))
)
BLOWUP = f"<!DOCTYPE sec [<!ENTITY a '{'x' * 100_000}'>]>"


@pytest.mark.parametrize(
    "content",
    [
        section(paragraph("&a11;"), LAUGHS),
        section(paragraph("&a;" * 50_000), BLOWUP),
        section(f"<hp:p a='{'&a;' * 50_000}'/>", BLOWUP),
        section(paragraph("&a;"), "<!DOCTYPE sec [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"),
        section(paragraph("가"), "<!DOCTYPE sec SYSTEM 'http://127.0.0.1:9/sec.dtd'>"),
        section(paragraph("&a11;"), LAUGHS).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    ],
    ids=["laughs", "blowup", "in attributes", "file", "network", "utf-16"],
)
def test_tricks_with_entities(readers: Readers, content: bytes) -> None:
    assert outcome(readers, make_package(content)).startswith("damaged: ")


@pytest.mark.parametrize("element", ["hp:p", "hp:run", "hp:ctrl", "hp:tbl", "hp:switch", "hp:unknown"])
@pytest.mark.parametrize("depth", [100, 240, 2_000, 200_000])
def test_deep_nesting(readers: Readers, element: str, depth: int) -> None:
    body = f"<{element}>" * depth + paragraph("가") + f"</{element}>" * depth
    found = outcome(readers, make_package(section(body)))
    assert found in ("hwpx", "empty: no text in its sections", "empty: no text") or found.startswith("damaged: ")
    rows = depth // 6
    tables = (
        "<hp:p><hp:run><hp:tbl><hp:tr><hp:tc>" * rows
        + paragraph("가")
        + "</hp:tc></hp:tr></hp:tbl></hp:run></hp:p>" * rows
    )
    assert outcome(readers, make_package(section(tables))).startswith(("hwpx", "damaged: "))


@pytest.mark.parametrize("element", ["div", "span", "table><tr><td", "b"])
def test_deep_pages(readers: Readers, element: str) -> None:
    content = f"<html><body>{f'<{element}>' * 100_000}가</body></html>".encode()
    assert outcome(readers, content).startswith(("viewer", "damaged: ", "empty: "))


def test_a_hundred_thousand_attributes_and_cells(readers: Readers) -> None:
    many = " ".join(f"a{index}='x'" for index in range(100_000))
    assert outcome(readers, make_package(section(f"<hp:p {many}/>" + paragraph("가")))).startswith(("hwpx", "damaged"))
    cells = f"<hp:tc>{paragraph('가')}</hp:tc>" * 100_000
    body = f"<hp:p><hp:run><hp:tbl><hp:tr>{cells}</hp:tr></hp:tbl></hp:run></hp:p>"
    assert outcome(readers, make_package(section(body))) == "hwpx"


def test_a_spine_that_names_its_section_a_million_times(readers: Readers) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Contents/section0.xml", section(paragraph("가")))
        items = '<item id="s" href="Contents/section0.xml"/>' + '<itemref idref="s"/>' * 300_000
        archive.writestr("Contents/content.hpf", f"<package>{items}</package>")
    assert readers.read(kept.getvalue(), "a.hwpx").text == "가"


def test_a_pdf_of_loops(readers: Readers) -> None:
    head = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n"
    itself = head + b"2 0 obj\n<</Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000>>\nendobj\ntrailer\n<</Root 1 0 R>>"
    assert outcome(readers, itself).startswith(KNOWN_REASONS)


def test_after_all_this_it_still_reads(readers: Readers) -> None:
    assert readers.read(make_hwpx(["가"]), "a").text == "가"
