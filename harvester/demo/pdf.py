"""Small genuine pdf files, for the miniature site and for tests."""

from collections.abc import Iterator, Sequence
from hashlib import md5
from struct import pack
from textwrap import dedent

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

_LINE = 84
"""Widths of half a character that fit into a line."""
_LINES_A_PAGE = 42
_SIZE = 10
"""Points of a character's width and height."""
_LEFT, _TOP, _LEADING = 72, 770, 16

# ISO 32000-1, 7.6.3.3: what a password is filled up with.
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_PERMISSIONS = -44


def make_pdf(paragraphs: Sequence[str], *, encrypted: bool = False, scanned: bool = False) -> bytes:
    """A pdf with these paragraphs, wrapped at spaces where they are longer than a line, on as many pages as it takes.

    `encrypted` needs a password to be opened; `scanned` is a picture of a page. The same input gives the same bytes.
    """
    lines = [line for paragraph in paragraphs for part in paragraph.split("\n") for line in _wrapped(part)]
    codes = {character: code for code, character in enumerate(sorted(set("".join(lines))), start=1)}
    pages = [lines[start : start + _LINES_A_PAGE] for start in range(0, len(lines), _LINES_A_PAGE)] or [[]]
    contents = [_PICTURE] if scanned else [_page(page, codes) for page in pages]
    return _file(_objects(contents, codes, scanned), _Lock(b"secret", b"koreakr-harveste") if encrypted else None)


def _wrapped(paragraph: str) -> Iterator[str]:
    """The lines of a paragraph: as in files of word processors, the space where it is wrapped ends the line."""
    line, width = "", 0
    for word in paragraph.replace(" ", " \x00").split("\x00"):
        needed = sum(map(_width, word.rstrip(" ")))
        if line and needed and width + needed > _LINE:
            yield line
            line, width = "", 0
        line, width = line + word, width + needed + len(word) - len(word.rstrip(" "))
    yield line


def _width(character: str) -> int:
    return 1 if character < "\u0100" else 2


def _page(lines: Sequence[str], codes: dict[str, int]) -> bytes:
    shown = (f"<{''.join(f'{codes[character]:04X}' for character in line)}> Tj T*" for line in lines)
    return "\n".join(("BT", f"/F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td", *shown, "ET")).encode()


_PICTURE = b"q 451 0 0 698 72 72 cm /Im1 Do Q"
_DOTS = bytes(range(0, 256, 4))


def _objects(contents: Sequence[bytes], codes: dict[str, int], scanned: bool) -> list[tuple[str, bytes | None]]:
    """The numbered objects from 1 on: each a dictionary, and a stream where it has one.

    The letters of the font are boxes; a table of widths and one from codes to characters are what reading needs.
    """
    first_page = 10
    kids = " ".join(f"{first_page + 2 * index} 0 R" for index in range(len(contents)))
    narrow = " ".join(f"{code} [500]" for character, code in codes.items() if _width(character) == 1)
    uses = "/XObject <</Im1 9 0 R>>" if scanned else "/Font <</F1 3 0 R>>"
    objects: list[tuple[str, bytes | None]] = [
        ("/Type /Catalog /Pages 2 0 R", None),
        (f"/Type /Pages /Kids [{kids}] /Count {len(contents)} /MediaBox [0 0 595 842]", None),
        (
            "/Type /Font /Subtype /Type0 /BaseFont /Boxes /Encoding /Identity-H"
            " /DescendantFonts [4 0 R] /ToUnicode 6 0 R",
            None,
        ),
        (
            "/Type /Font /Subtype /CIDFontType2 /BaseFont /Boxes /FontDescriptor 5 0 R /CIDToGIDMap 8 0 R /DW 1000"
            f" /W [{narrow}] /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>",
            None,
        ),
        (
            "/Type /FontDescriptor /FontName /Boxes /Flags 4 /FontBBox [0 0 900 800] /ItalicAngle 0"
            " /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 7 0 R",
            None,
        ),
        ("", _to_unicode(codes)),
        (f"/Length1 {len(_FONT)}", _FONT),
        ("", b"\x00\x01" * (len(codes) + 1)),
        ("/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8", _DOTS),
    ]
    for index, content in enumerate(contents):
        page = f"/Type /Page /Parent 2 0 R /Resources <<{uses}>> /Contents {first_page + 2 * index + 1} 0 R"
        objects += [(page, None), ("", content)]
    return objects


def _font() -> bytes:
    """A TrueType font with nothing but a box.

    A font that is not embedded would do for most text; but where a machine has none in its place, pdfium takes letters
    for invisible, and leaves out a line of one letter, or one that is like the line above.
    """
    box = pack(">5h2H4B8h", 1, 0, 0, 900, 800, 3, 0, 1, 1, 1, 1, 0, 0, 900, 0, 0, 800, 0, -800)
    tables = {
        b"glyf": box,
        b"head": pack(">4I2H16x4h2H3h", 65536, 0, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 900, 800, 0, 8, 2, 0, 0),
        b"hhea": pack(">I3hH3h3h8x2H", 65536, 800, -200, 0, 1000, 0, 0, 900, 1, 0, 0, 0, 1),
        b"hmtx": pack(">4h", 1000, 0, 0, 0)[:6],
        b"loca": pack(">3H", 0, 0, len(box) // 2),
        b"maxp": pack(">I14H", 65536, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    directory, data = pack(">I4H", 65536, len(tables), 64, 2, 32), b""
    for tag, table in tables.items():
        directory += tag + pack(">3I", 0, 12 + 16 * len(tables) + len(data), len(table))
        data += table + bytes(-len(table) % 4)
    return directory + data


_FONT = _font()


def _to_unicode(codes: dict[str, int]) -> bytes:
    """The table from codes to UTF-16, in blocks of at most a hundred as the format wants them."""
    pairs = [f"<{code:04X}> <{character.encode('utf-16-be').hex()}>" for character, code in codes.items()]
    blocks = (pairs[start : start + 100] for start in range(0, len(pairs), 100))
    shown = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        dedent(
            """\
        /CIDInit /ProcSet findresource begin 12 dict begin begincmap
        /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
        /CMapName /Adobe-Identity-UCS def /CMapType 2 def
        1 begincodespacerange <0000> <FFFF> endcodespacerange
        {shown}
        endcmap CMapName currentdict /CMap defineresource pop end end"""
        )
        .replace("{shown}", shown)
        .encode()
    )


class _Lock:
    """The standard security handler in its first version: RC4, 40 bits (ISO 32000-1, 7.6.3)."""

    def __init__(self, password: bytes, identity: bytes) -> None:
        padded = (password + _PADDING)[:32]
        self.identity = identity
        self.owner = _rc4(md5(padded).digest()[:5], padded)
        known = padded + self.owner + _PERMISSIONS.to_bytes(4, "little", signed=True) + identity
        self._key = md5(known).digest()[:5]
        self.user = _rc4(self._key, _PADDING)

    def close(self, number: int, stream: bytes) -> bytes:
        key = self._key + number.to_bytes(3, "little") + bytes(2)
        return _rc4(md5(key).digest()[:10], stream)

    def trailer(self) -> str:
        identity = self.identity.hex()
        return (
            f" /ID [<{identity}> <{identity}>] /Encrypt <</Filter /Standard /V 1 /R 2 /P {_PERMISSIONS}"
            f" /O <{self.owner.hex()}> /U <{self.user.hex()}>>>"
        )


def _rc4(key: bytes, data: bytes) -> bytes:
    return Cipher(ARC4(key), mode=None).encryptor().update(data)


def _file(objects: Sequence[tuple[str, bytes | None]], lock: _Lock | None) -> bytes:
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, (entries, stream) in enumerate(objects, start=1):
        places.append(len(made))
        if stream is None:
            made += f"{number} 0 obj\n<<{entries}>>\nendobj\n".encode()
        else:
            kept = lock.close(number, stream) if lock else stream
            made += f"{number} 0 obj\n<<{entries} /Length {len(kept)}>>\nstream\n".encode()
            made += kept + b"\nendstream\nendobj\n"
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = lock.trailer() if lock else ""
    made += f"trailer\n<</Size {len(objects) + 1} /Root 1 0 R{ending}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(made)
