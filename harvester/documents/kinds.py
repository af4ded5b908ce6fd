"""What bytes are, told by the bytes."""

import re

READABLE = ("hwpx", "hwp", "pdf", "viewer")
"""The kinds that there is a reader for; `viewer` is a page of HTML."""

_BEGINNINGS = (
    (b"HWP Document File", "hwp 3.0"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"RIFF", "webp, wav or avi"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"EGGA", "egg"),
    (b"ALZ\x01", "alz"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "exe"),
    (b"ID3", "mp3"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams, as the directory of an OLE file spells them.
_STREAMS = (
    ("FileHeader", "hwp"),
    ("EncryptedPackage", "encrypted Office file"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("PowerPoint Document", "ppt"),
)
# Names of parts, as a zip file spells them.
_PARTS = (
    (b"application/hwp+zip", "hwpx"),
    (b"Contents/section0.xml", "hwpx"),
    (b"Contents/content.hpf", "hwpx"),
    (b"word/document.xml", "docx"),
    (b"xl/workbook", "xlsx"),
    (b"ppt/presentation.xml", "pptx"),
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument", "OpenDocument"),
)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|style|link|div|span|p|table|br|center)\b", re.IGNORECASE
)
_ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def kind_of(content: bytes) -> str:
    """One of READABLE, or a word for people: jpg, xlsx, hwp 3.0 …

    A kind is what a file claims to be, not a promise that it is whole.
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith(_OLE):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") in content), "OLE file")
    if _ZIP.match(content):
        return next((kind for name, kind in _PARTS if name in content), "zip")
    # Readers of pdf take what has its mark somewhere in the first kilobyte.
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content[4:8] == b"ftyp":
        return "mp4"
    return _kind_of_text(content)


def _kind_of_text(content: bytes) -> str:
    start = content[:4096].removeprefix(_BYTE_ORDER_MARK).lstrip()
    if start.startswith(b"<"):
        if re.search(rb"<HWPML\b", start):
            return "hwpml"
        return "viewer" if _HTML.search(start) else "xml"
    if b"\x00" not in start and not re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", start):
        return "text"
    return f"bytes that begin {content[:8].hex(' ')}"
