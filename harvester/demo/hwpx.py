"""Small genuine hwpx files, for the miniature site and for tests."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://www.hancom.co.kr/{place}"'
    for prefix, place in (
        ("ha", "hwpml/2011/app"),
        ("hp", "hwpml/2011/paragraph"),
        ("hp10", "hwpml/2016/paragraph"),
        ("hs", "hwpml/2011/section"),
        ("hc", "hwpml/2011/core"),
        ("hh", "hwpml/2011/head"),
        ("hpf", "schema/2011/hpf"),
    )
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
_VERSION = (
    '<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" tagetApplication="WORDPROCESSOR" major="5"'
    ' minor="1" micro="0" buildNumber="1" os="1" xmlVersion="1.2" application="Hancom Office Hangul"/>'
)
_CONTAINER = (
    '<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container"><ocf:rootfiles>'
    '<ocf:rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/>'
    "</ocf:rootfiles></ocf:container>"
)
_PACKAGE = (
    f'<opf:package {_NAMESPACES} xmlns:opf="http://www.idpf.org/2007/opf/" version="" unique-identifier="" id="">'
    "<opf:metadata><opf:title/><opf:language>ko</opf:language></opf:metadata><opf:manifest>"
    '<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>'
    '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
    '</opf:manifest><opf:spine><opf:itemref idref="header"/><opf:itemref idref="section0" linear="yes"/></opf:spine>'
    "</opf:package>"
)
_HEADER = f'<hh:head {_NAMESPACES} version="1.2" secCnt="1"><hh:beginNum page="1"/></hh:head>'
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_PLAIN_MANIFEST = f'<odf:manifest xmlns:odf="{_MANIFEST}"/>'
_ENCRYPTED_MANIFEST = (
    f'<odf:manifest xmlns:odf="{_MANIFEST}"><odf:file-entry full-path="Contents/section0.xml" size="1024">'
    '<odf:encryption-data checksum-type="SHA1/1K" checksum="AAAAAAAAAAAAAAAAAAAAAAAAAAA=">'
    '<odf:algorithm algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>'
    "</odf:encryption-data></odf:file-entry></odf:manifest>"
)
_SECTION_START = (
    '<hp:secPr id="" textDirection="HORIZONTAL" tabStop="8000"><hp:startNum pageStartsOn="BOTH" page="0"/></hp:secPr>'
    '<hp:ctrl><hp:colPr id="" type="NEWSPAPER" layout="LEFT" colCount="1"/></hp:ctrl>'
)
_LINES = '<hp:linesegarray><hp:lineseg textpos="0" vertpos="0" vertsize="1000" textheight="1000"/></hp:linesegarray>'
_IN_TEXT = {"\n": "<hp:lineBreak/>", "\t": '<hp:tab width="4000" leader="0" type="1"/>', "\xa0": "<hp:nbSpace/>"}
_NOT_IN_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE = (1980, 1, 1, 0, 0, 0)


def make_hwpx(
    paragraphs: Sequence[str], tables: Sequence[Sequence[Sequence[str]]] = (), *, encrypted: bool = False
) -> bytes:
    """A hwpx file with these paragraphs and, below them, these tables: rows of cells, each cell's text with a line
    feed between its paragraphs. The same input gives the same bytes.
    """
    body = [_paragraph(_SECTION_START + _runs(text) if first else _runs(text)) for first, text in _marked(paragraphs)]
    body += [_paragraph(f'<hp:run charPrIDRef="0">{_table(rows)}</hp:run>') for rows in tables]
    section = f"{_DECLARATION}<hs:sec {_NAMESPACES}>{''.join(body)}</hs:sec>".encode()
    if encrypted:
        section = bytes(byte ^ 0x5A for byte in section)
    return make_package(section, manifest=_ENCRYPTED_MANIFEST if encrypted else _PLAIN_MANIFEST)


def make_package(section: bytes, manifest: str = _PLAIN_MANIFEST) -> bytes:
    """A hwpx file around the bytes of its one section."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        # Stored and first, so that the kind stands at a fixed place of the file.
        _add(archive, "mimetype", b"application/hwp+zip", zipfile.ZIP_STORED)
        for name, text in (("version.xml", _VERSION), ("Contents/header.xml", _HEADER)):
            _add(archive, name, f"{_DECLARATION}{text}".encode())
        _add(archive, "Contents/section0.xml", section)
        for name, text in (
            ("META-INF/container.xml", _CONTAINER),
            ("Contents/content.hpf", _PACKAGE),
            ("META-INF/manifest.xml", manifest),
        ):
            _add(archive, name, f"{_DECLARATION}{text}".encode())
    return kept.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = how
    info.create_system = 0
    archive.writestr(info, data)


def _marked(paragraphs: Sequence[str]) -> Iterator[tuple[bool, str]]:
    return ((index == 0, text) for index, text in enumerate(paragraphs or [""]))


def _paragraph(content: str) -> str:
    if not content.startswith("<hp:run"):
        content = f'<hp:run charPrIDRef="0">{content}'.replace("</hp:ctrl>", "</hp:ctrl></hp:run>", 1)
    return (
        f'<hp:p id="0" paraPrIDRef="0" styleIDRef="0" pageBreak="0" columnBreak="0" merged="0">{content}{_LINES}</hp:p>'
    )


def _runs(text: str) -> str:
    """Runs as writing and correcting leaves them: their borders fall inside words, and some are empty."""
    borders = [0, *range(len(text) % 5 + 3, len(text), 17), len(text)]
    return "".join(
        f'<hp:run charPrIDRef="{index % 7}"><hp:t>{_text(text[start:end])}</hp:t></hp:run>'
        for index, (start, end) in enumerate(pairwise(borders))
    )


def _text(text: str) -> str:
    escaped = escape(_NOT_IN_XML.sub("", text))
    for character, element in _IN_TEXT.items():
        escaped = escaped.replace(character, element)
    return escaped


def _table(rows: Sequence[Sequence[str]]) -> str:
    made = "".join(
        f"<hp:tr>{''.join(_cell(text, at, row) for at, text in enumerate(cells))}</hp:tr>"
        for row, cells in enumerate(rows)
    )
    width = max(map(len, rows), default=0)
    return f'<hp:tbl id="1" rowCnt="{len(rows)}" colCnt="{width}" cellSpacing="0"><hp:sz width="48000"/>{made}</hp:tbl>'


def _cell(text: str, column: int, row: int) -> str:
    paragraphs = "".join(_paragraph(_runs(line)) for line in text.split("\n"))
    return (
        f'<hp:tc name="" header="0" hasMargin="0"><hp:subList id="" textDirection="HORIZONTAL" vertAlign="CENTER">'
        f"{paragraphs}"
        f'</hp:subList><hp:cellAddr colAddr="{column}" rowAddr="{row}"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>'
    )
