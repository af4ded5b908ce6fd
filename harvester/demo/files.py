"""The bytes of a release's files: documents that hold its text, pictures, archives, and all that can be wrong."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random

from harvester.demo.corpus import Attachment, Release
from harvester.demo.hwp import make_hwp
from harvester.demo.hwpx import make_hwpx
from harvester.demo.layout import Table, blocks
from harvester.demo.pdf import make_pdf

# The archive's first possible day: bytes must not tell when they were made.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_HUGE = 33 * 1024 * 1024
_BOMB_BLOCKS = 1100  # of a megabyte each
_BITS_FLIPPED_EVERY = 200  # bytes, on average

_ERROR_PAGE = """<!DOCTYPE html>
<html lang="ko"><head><meta charset="UTF-8"><title>오류</title></head>
<body><div class="error_wrap"><h1>요청하신 파일을 처리하는 중 오류가 발생하였습니다.</h1>
<p>잠시 후 다시 시도해 주시기 바랍니다.</p></div></body></html>
"""


def made_up_file(release: Release, attachment: Attachment) -> bytes:
    """What the site serves for an attachment without content of its own; always the same for the same text."""
    kind = attachment.suffix
    if kind in _MAKERS:
        return _document(kind, release.document_text, _variant(attachment))
    return _OTHERS.get(kind, _as_text)(attachment.file_id)


def _variant(attachment: Attachment) -> str:
    """Word processors save hwp files in more than one way; some are for distribution only, which reads differently."""
    if attachment.suffix != "hwp" or not attachment.file_id.isdecimal():
        return ""
    return {0: "distribution", 1: "uncompressed"}.get(int(attachment.file_id) % 25, "")


# --- documents --------------------------------------------------------------------------------------------------------


def _hwpx(paragraphs: list[str], tables: list[Table], variant: str) -> bytes:
    return make_hwpx(paragraphs, tables, encrypted=variant == "encrypted")


def _hwp(paragraphs: list[str], tables: list[Table], variant: str) -> bytes:
    return make_hwp(
        paragraphs,
        tables,
        compressed=variant != "uncompressed",
        encrypted=variant == "encrypted",
        distribution=variant == "distribution",
    )


def _pdf(paragraphs: list[str], tables: list[Table], variant: str) -> bytes:
    rows = [" ".join(cell for cell in row if cell) for table in tables for row in table]
    # The space after each: pdfium leaves out a line of one character, as the last of a paragraph may be.
    lines = [f"{line} " for line in (*paragraphs, *rows)]
    return make_pdf(lines, encrypted=variant == "encrypted", scanned=variant == "scanned")


_MAKERS: Mapping[str, Callable[[list[str], list[Table], str], bytes]] = {"hwpx": _hwpx, "hwp": _hwp, "pdf": _pdf}


@lru_cache(maxsize=256)
def _document(kind: str, text: str, variant: str = "") -> bytes:
    parts = list(blocks(text))
    paragraphs = [part for part in parts if isinstance(part, str)]
    tables = [part for part in parts if not isinstance(part, str)]
    return _MAKERS[kind](paragraphs, tables, variant)


# --- what is no document ----------------------------------------------------------------------------------------------


def _zip(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _as_text(file_id: str) -> bytes:
    return f"{file_id}\n".encode()


def _archive(file_id: str) -> bytes:
    return _zip({f"사진 {file_id}.png": _png(file_id)})


def _png(file_id: str) -> bytes:
    """A picture of one grey point, with the file's id as a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    comment = b"Comment\0" + file_id.encode()
    parts = ((b"IHDR", head), (b"tEXt", comment), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def _jpg(file_id: str) -> bytes:
    """A picture of eight by eight grey points: one block, whose every coefficient is zero."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    one_code = bytes([1, *[0] * 15, 0])  # a Huffman table of a single code, 0, that means nought or the end
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xFE, file_id.encode()),
            segment(0xDB, b"\0" + b"\x01" * 64),
            segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0)),
            segment(0xC4, b"\x00" + one_code),
            segment(0xC4, b"\x10" + one_code),
            segment(0xDA, b"\x01\x01\0\0\x3f\0"),
            b"\x3f\xff\xd9",
        )
    )


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _xlsx(file_id: str) -> bytes:
    """A workbook of one sheet with one cell."""
    relation = f'<Relationship Id="rId1" Type="{_OPEN}/officeDocument/2006/relationships/'
    relations = f'{_XML}<Relationships xmlns="{_OPEN}/package/2006/relationships">{relation}'
    main = f'xmlns="{_OPEN}/spreadsheetml/2006/main"'
    members = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_OPEN}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{relations}officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook {main} xmlns:r="{_OPEN}/officeDocument/2006/relationships">'
        '<sheets><sheet name="붙임" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{relations}worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{_XML}<worksheet {main}><sheetData><row r="1"><c r="A1" t="inlineStr"><is>'
        f"<t>{file_id}</t></is></c></row></sheetData></worksheet>",
    }
    return _zip({name: content.encode() for name, content in members.items()})


_OTHERS: Mapping[str, Callable[[str], bytes]] = {
    "jpg": _jpg,
    "jpeg": _jpg,
    "png": _png,
    "zip": _archive,
    "xlsx": _xlsx,
}


# --- what can be wrong with a file ------------------------------------------------------------------------------------


def spoiled_file(kind: str | None, release: Release, attachment: Attachment, whole: bytes, seed: int) -> bytes:
    """What comes instead of the whole file under a fault of this kind; the file itself where the fault is another."""
    if kind in ("encrypted", "scanned"):
        return _document(attachment.suffix, release.document_text, kind)
    if kind == "wrong-suffix":
        return _document("hwpx" if attachment.suffix == "pdf" else "pdf", release.document_text)
    if kind == "zip-bomb":
        return _zip_bomb()
    if kind == "huge":
        return _huge(whole)
    if kind == "error-page":
        return _ERROR_PAGE.encode()
    return spoiled_bytes(kind, whole, seed)


def spoiled_bytes(kind: str | None, whole: bytes, seed: int) -> bytes:
    """The same for anything that is bytes."""
    if kind == "empty":
        return b""
    if kind == "truncated-clean":
        return whole[: len(whole) // 2]
    return _with_flipped_bits(whole, seed) if kind == "damaged" else whole


def _with_flipped_bits(whole: bytes, seed: int) -> bytes:
    """Damage everywhere but in the first bytes, by which a file is known for what it is."""
    dice, damaged = Random(f"{seed}:{len(whole)}"), bytearray(whole)
    first = min(16, len(whole) // 2)
    for _ in range(max(len(whole) // _BITS_FLIPPED_EVERY, 8) if whole else 0):
        damaged[dice.randrange(first, len(whole))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _huge(whole: bytes) -> bytes:
    """The file with more behind it than anybody should take; an archive stays one, by a part that nobody needs."""
    if not zipfile.is_zipfile(io.BytesIO(whole)):
        return whole + bytes(_HUGE)
    buffer = io.BytesIO(whole)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo("BinData/image99.bmp", _NO_DATE), bytes(_HUGE))
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _zip_bomb() -> bytes:
    """An hwpx of a megabyte whose only section inflates to more than a gigabyte of good XML."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_document("hwpx", "압축"))) as source,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for member in source.infolist():
            if member.filename.endswith("section0.xml"):
                _write_bomb(archive, buffer, member.filename, source.read(member))
            else:
                archive.writestr(member, source.read(member))
    return buffer.getvalue()


def _write_bomb(archive: zipfile.ZipFile, buffer: io.BytesIO, name: str, section: bytes) -> None:
    # The first paragraph again and again: deflated once with nothing remembered, its bytes can be laid end to end.
    start, end = section.index(b"<hp:p "), section.rindex(b"</hp:p>") + len(b"</hp:p>")
    block = section[start:end] * max(2**20 // (end - start), 1)
    deflated, size, checksum = [], 0, 0
    for piece, times in ((section[:start], 1), (block, _BOMB_BLOCKS), (section[end:], 1)):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        deflated.append((packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)) * times)
        size += len(piece) * times
        for _ in range(times):
            checksum = zlib.crc32(piece, checksum)
    deflated.append(zlib.compressobj(9, zlib.DEFLATED, -15).flush())
    # Stored as it is, and only then called deflated: zipfile cannot be given what is deflated already.
    member = zipfile.ZipInfo(name, _NO_DATE)
    archive.writestr(member, b"".join(deflated), zipfile.ZIP_STORED)
    member.compress_type, member.file_size, member.CRC = zipfile.ZIP_DEFLATED, size, checksum
    buffer.seek(member.header_offset)
    buffer.write(member.FileHeader())
    buffer.seek(0, io.SEEK_END)
