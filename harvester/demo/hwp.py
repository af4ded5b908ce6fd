"""Small genuine HWP 5 files, for the miniature site and for tests.

`make_hwp` is for a text with tables. What else a document may hold is put together from the pieces below it: controls
hung into paragraphs, paragraphs listed in a section, sections in a file.

Numbers of chapters and tables are of "HWP 5.0 revision 1.3"; for compound files, of "MS-CFB".
"""

import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1, shake_128

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harvester.documents.hwp_storage import distribution_key, scrambled

Record = tuple[int, int, bytes]
"""Tag, level, body."""
Records = list[Record]

ANCHOR = "\ufffc"
"""Where in the text of a paragraph a control hangs."""

_PARA_HEADER, _PARA_TEXT, _PARA_CHAR_SHAPE, _PARA_LINE_SEG = 0x42, 0x43, 0x44, 0x45
_CTRL_HEADER, _LIST_HEADER, _PAGE_DEF, _FOOTNOTE_SHAPE, _PAGE_BORDER_FILL = 0x47, 0x48, 0x49, 0x4A, 0x4B
_SHAPE_COMPONENT, _TABLE, _RECTANGLE, _EQUATION = 0x4C, 0x4D, 0x4F, 0x58
_LAST = 1 << 31

# The control characters that anchor a control, table 6.
_CODES = {"secd": 2, "cold": 2, "tcmt": 15, "head": 16, "foot": 16, "fn  ": 17, "en  ": 17, "atno": 18}
_OBJECT_CODE, _FIELD_CODE, _TEXT_ABOVE_CODE = 11, 3, 23
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f]")
_TAB = struct.pack("<8H", 9, 4000, 0, 0, 0, 0, 0, 9)

_COMPRESSED, _PASSWORD, _DISTRIBUTION = 1, 2, 4
_VERSION = 0x05010001


def make_hwp(
    paragraphs: Sequence[str],
    tables: Sequence[Sequence[Sequence[str]]] = (),
    *,
    compressed: bool = True,
    encrypted: bool = False,
    distribution: bool = False,
) -> bytes:
    """An HWP file with these paragraphs and, below them, these tables: rows of cells, each cell's text with a line
    feed between its paragraphs. The same input gives the same bytes.

    `encrypted` needs a password to be opened; `distribution` is one that is only to be read and printed, so that its
    text lies encrypted under a key of its own.
    """
    first, *others = paragraphs or [""]
    body = [paragraph(f"{ANCHOR}{ANCHOR}{first}", [_section_definition(), control("cold", bytes(12))])]
    body += [paragraph(text) for text in others]
    body += [paragraph(ANCHOR, [table([[plain(cell) for cell in row] for row in rows])]) for rows in tables if rows]
    return make_file([pack(listed(body))], compressed=compressed, encrypted=encrypted, distribution=distribution)


# --- paragraphs -------------------------------------------------------------------------------------------------------


def paragraph(text: str, controls: Sequence[Records] = ()) -> Records:
    """A paragraph, 4.3.1 to 4.3.4, in which each ANCHOR stands for the next of the controls."""
    units = b""
    for piece, hung in zip(text.split(ANCHOR, len(controls)), [*controls, None], strict=True):
        units += _code_units(piece)
        units += _anchor(hung) if hung else b""
    units += struct.pack("<H", 13)
    count = len(units) // 2
    header = struct.pack("<IIHBBHHHIH", count, 0, 0, 0, 0, 1, 0, 1, 0, 0)
    return [
        (_PARA_HEADER, 0, header),
        *([(_PARA_TEXT, 1, units)] if count > 1 else []),
        (_PARA_CHAR_SHAPE, 1, bytes(8)),
        (_PARA_LINE_SEG, 1, struct.pack("<9I", 0, 0, 1000, 1000, 850, 600, 0, 42520, 0x60000)),
        *(record for hung in controls for record in _deeper(hung)),
    ]


def plain(text: str) -> list[Records]:
    """Paragraphs of a text with a line feed between them."""
    return [paragraph(line) for line in text.split("\n")]


def listed(paragraphs: Sequence[Records]) -> Records:
    """Paragraphs one after the other, of which the last says that it is: bit 31 of its length."""
    *others, last = paragraphs
    [(tag, level, header), *rest] = last
    [count] = struct.unpack_from("<I", header)
    marked = struct.pack("<I", count | _LAST) + header[4:]
    return [*(record for each in others for record in each), (tag, level, marked), *rest]


def _code_units(text: str) -> bytes:
    made = _UNWRITABLE.sub("", text).replace("\xa0", "\x1e").encode("utf-16-le", "ignore")
    return b"".join(_TAB if unit == b"\t\0" else unit for unit in (made[at : at + 2] for at in range(0, len(made), 2)))


def _anchor(hung: Records) -> bytes:
    name = hung[0][2][:4]
    kind = name[::-1].decode()
    code = _FIELD_CODE if kind[0] == "%" else _TEXT_ABOVE_CODE if kind in ("tdut", "tcps") else _OBJECT_CODE
    code = _CODES.get(kind, code)
    return struct.pack("<H4s8xH", code, name, code)


def _deeper(records: Records, by: int = 1) -> Records:
    return [(tag, level + by, body) for tag, level, body in records]


# --- controls ---------------------------------------------------------------------------------------------------------


def control(kind: str, body: bytes = b"", parts: Records | None = None) -> Records:
    """A control, 4.3.6: `head`, `foot`, `fn  `, `en  `, `tcmt`, …; its parts at level 0."""
    return [(_CTRL_HEADER, 0, kind.encode()[::-1] + body), *_deeper(parts or [])]


def holding(paragraphs: Sequence[Records], more: bytes = bytes(8)) -> Records:
    """A list of paragraphs, 4.3.7, which lie beside its header."""
    return [(_LIST_HEADER, 0, struct.pack("<HIH", len(paragraphs), 0, 0) + more), *listed(paragraphs)]


def table(
    rows: Sequence[Sequence[Sequence[Records]]], caption: Sequence[Records] = (), *, as_character: bool = False
) -> Records:
    """A table, 4.3.9.1, of cells of paragraphs, under a caption."""
    columns = max(map(len, rows))
    sizes = struct.pack(f"<{len(rows)}H", *map(len, rows))
    head = struct.pack("<IHHH4H", 0, len(rows), columns, 0, 141, 141, 141, 141) + sizes + struct.pack("<HH", 1, 0)
    parts = holding(caption, struct.pack("<IIHI8x", 2, 8504, 850, 42520)) if caption else []
    parts.append((_TABLE, 0, head))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            parts += holding(cell, struct.pack("<4HII4HH13x", column, row, 1, 1, 9000, 1000, 141, 141, 141, 141, 1))
    return control("tbl ", _object(as_character), parts)


def text_box(paragraphs: Sequence[Records], *, as_character: bool = False) -> Records:
    """A rectangle with text in it, 4.3.9.2."""
    shape = b"cer$" * 2 + bytes(188)
    inside = [*holding(paragraphs, bytes(12)), (_RECTANGLE, 0, bytes(33))]
    return control("gso ", _object(as_character), [(_SHAPE_COMPONENT, 0, shape), *_deeper(inside)])


def equation(script: str) -> Records:
    """An equation by its script, 4.3.9.3."""
    units = script.encode("utf-16-le")
    body = struct.pack("<IH", 0, len(units) // 2) + units + struct.pack("<IIHH", 1000, 0, 0, 0)
    return control("eqed", _object(True), [(_EQUATION, 0, body)])


def number(value: int, suffix: str = "") -> Records:
    """The number of a note or caption, 4.3.10.5, in digits."""
    return control("atno", struct.pack("<IHHHH", 1, value, 0, 0, ord(suffix or "\0")))


def _object(as_character: bool) -> bytes:
    """What all objects have, table 69."""
    return struct.pack("<IiiIIi4HIiH", 0x082A2310 | as_character, 0, 0, 42520, 1000, 0, 0, 0, 0, 0, 1, 0, 0)


def _section_definition() -> Records:
    paper = struct.pack("<9II", 59528, 84188, 8504, 8504, 5668, 4252, 4252, 4252, 0, 0)
    notes = struct.pack("<I4HIHHHBBI", 0, 0, 0, 41, 1, 0, 850, 567, 283, 1, 1, 0)
    border = struct.pack("<I5H", 1, 1417, 1417, 1417, 1417, 1)
    parts = [(_PAGE_DEF, 0, paper), *[(_FOOTNOTE_SHAPE, 0, notes)] * 2, *[(_PAGE_BORDER_FILL, 0, border)] * 3]
    return control("secd", struct.pack("<IHHHI10H", 0, 1134, 0, 0, 8000, *[0] * 10), parts)


# --- files ------------------------------------------------------------------------------------------------------------


def pack(records: Records) -> bytes:
    """Records one after the other, 4.1."""
    packed = bytearray()
    for tag, level, body in records:
        size = min(len(body), 0xFFF)
        packed += struct.pack("<I", tag | level << 10 | size << 20)
        if size == 0xFFF:
            packed += struct.pack("<I", len(body))
        packed += body
    return bytes(packed)


def make_file(
    sections: Sequence[bytes],
    *,
    compressed: bool = True,
    encrypted: bool = False,
    distribution: bool = False,
    ready: bool = False,
) -> bytes:
    """An HWP file around packed sections. `ready` sections go into the file as they are, whatever they are."""
    flags = _COMPRESSED * compressed | _PASSWORD * encrypted | _DISTRIBUTION * distribution
    information = _document_information(len(sections))
    streams = {
        "FileHeader": b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", _VERSION, flags).ljust(224, b"\0"),
        "DocInfo": _deflated(information) if compressed else information,
    }
    for index, section in enumerate(sections):
        name = f"Section{index}"
        if encrypted:
            streams[f"BodyText/{name}"] = shake_128(section).digest(len(section))
        elif ready:
            streams[f"{'ViewText' if distribution else 'BodyText'}/{name}"] = section
        elif distribution:
            stand_in = pack(listed([paragraph("이 문서는 상위 버전의 배포용 문서입니다.")]))
            streams[f"BodyText/{name}"] = _deflated(stand_in) if compressed else stand_in
            streams[f"ViewText/{name}"] = _for_distribution(section, compressed)
        else:
            streams[f"BodyText/{name}"] = _deflated(section) if compressed else section
    return make_compound_file(streams)


def _deflated(data: bytes) -> bytes:
    """Deflated, with the CRC-32 and the length that Hangul writes behind it."""
    return _raw_deflate(data) + struct.pack("<II", zlib.crc32(data), len(data))


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _for_distribution(section: bytes, compressed: bool) -> bytes:
    """Encrypted, behind the record that holds the key among noise: it begins at a place that the seed tells."""
    seed = zlib.crc32(section)
    digest = sha1(section).hexdigest().encode("utf-16-le")
    start = 4 + (seed & 0xF)
    noise = shake_128(section).digest(256)
    data = scrambled(struct.pack("<I", seed) + noise[4:start] + digest + noise[start + len(digest) :])
    text = _in_blocks(section)
    if compressed:
        sums = struct.pack("<I12xI12x", zlib.crc32(section), len(section))
        text = _in_blocks(_raw_deflate(section)) + sums
    encryptor = Cipher(algorithms.AES(distribution_key(data)), modes.ECB()).encryptor()
    return pack([(0x1C, 0, data)]) + encryptor.update(text) + encryptor.finalize()


def _in_blocks(data: bytes, size: int = 16) -> bytes:
    return data + bytes(-len(data) % size)


def _document_information(sections: int) -> bytes:
    """4.2, as little as a word processor needs: how many sections, one font, one shape of each kind, one style."""
    fonts = _string("바탕")
    letters = struct.pack("<7H7B7b7B7biIbb4IHI", *[0] * 7, *[100] * 7, *[0] * 7, *[100] * 7, *[0] * 7, 1000, *[0] * 9)
    lines = struct.pack("<I6i3H4hIII", 0x180, 0, 0, 0, 0, 0, 160, 0, 0, 1, 0, 0, 0, 0, 0, 0, 160)
    style = _string("바탕글") + _string("Normal") + struct.pack("<BBHHH", 0, 0, 1042, 0, 0)
    counts = struct.pack("<18i", 0, *[1] * 7, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0)
    return pack(
        [
            (0x10, 0, struct.pack("<7H3I", sections, *[1] * 6, 0, 0, 0)),
            (0x11, 0, counts),
            *[(0x13, 1, b"\0" + fonts)] * 7,
            (0x14, 1, bytes(40)),
            (0x15, 1, letters),
            (0x16, 1, bytes(8)),
            (0x19, 1, lines),
            (0x1A, 1, style),
        ]
    )


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


# --- compound files ---------------------------------------------------------------------------------------------------

_SECTOR, _SMALL_SECTOR, _SMALL = 512, 64, 4096
_FREE, _END, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NO_ENTRY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MOST_FAT_SECTORS = 109


@dataclass(slots=True)
class _Entry:
    """A line of the directory, 2.6."""

    name: str
    kind: int
    content: bytes = b""
    left: int = _NO_ENTRY
    right: int = _NO_ENTRY
    child: int = _NO_ENTRY
    is_red: bool = False
    start: int = _END
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        links = (not self.is_red, self.left, self.right, self.child)
        return struct.pack(
            "<64sHBB3I36xIQ", name, len(name) + 2 if name else 0, self.kind, *links, self.start, self.size
        )


@dataclass(slots=True)
class _Sectors:
    """Sectors as they are written, with the chains that they form."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    chain: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Where the chain of sectors with this content begins."""
        if not content:
            return _END
        start = len(self.chain)
        self.data += _in_blocks(content, self.size)
        self.chain += [*range(start + 1, len(self.data) // self.size), _END]
        return start


def make_compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of version 3 with streams by their paths, such as `BodyText/Section0`.

    Raises ValueError for more than the 6.8 MB that the header's own table reaches.
    """
    entries = _directory(streams)
    sectors, small = _Sectors(_SECTOR), _Sectors(_SMALL_SECTOR)
    for entry in entries:
        entry.size = len(entry.content)
        entry.start = (small if entry.size < _SMALL else sectors).add(entry.content)
    root = entries[0]
    root.size, root.start = len(small.data), sectors.add(bytes(small.data))
    directory = sectors.add(_in_blocks(b"".join(entry.packed() for entry in entries), _SECTOR))
    small_chain = b"".join(struct.pack("<I", each) for each in small.chain)
    small_start = sectors.add(small_chain + b"\xff" * (-len(small_chain) % _SECTOR))
    return _file(sectors, directory, small_start, -(-len(small_chain) // _SECTOR))


def _file(sectors: _Sectors, directory: int, small_start: int, small_count: int) -> bytes:
    used = len(sectors.chain)
    # 128 places in each sector of the table, which has places for its own sectors too.
    count = -(-used // 127)
    if count > _MOST_FAT_SECTORS:
        raise ValueError("more than a compound file without a DIFAT holds")
    places = [*sectors.chain, *[_FAT_SECTOR] * count]
    places += [_FREE] * (count * 128 - len(places))
    table = [*range(used, used + count), *[_FREE] * (_MOST_FAT_SECTORS - count)]
    header = struct.pack(
        "<8s16x5H6x9I109I",
        *(bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6),
        *(0, count, directory, 0, _SMALL, small_start, small_count, _END, 0),
        *table,
    )
    return header + bytes(sectors.data) + struct.pack(f"<{len(places)}I", *places)


def _directory(streams: Mapping[str, bytes]) -> list[_Entry]:
    folders: dict[str, dict[str, bytes]] = {}
    for path, content in streams.items():
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, {})[name] = content
    entries = [_Entry("Root Entry", _ROOT)]
    storages = {name: _Entry(name, _STORAGE) for name in folders if name}
    at_top = [*storages.values(), *(_Entry(name, _STREAM, each) for name, each in folders.get("", {}).items())]
    entries[0].child = _add_tree(entries, at_top)
    for folder, entry in storages.items():
        inside = [_Entry(name, _STREAM, content) for name, content in folders[folder].items()]
        entry.child = _add_tree(entries, inside)
    return [*entries, *(_Entry("", 0, left=_NO_ENTRY) for _ in range(-len(entries) % 4))]


def _add_tree(entries: list[_Entry], siblings: list[_Entry]) -> int:
    """Adds siblings as a red-black tree, 2.6.4, and gives its top: halved all the way down, the lowest row red."""
    start = len(entries)
    entries += sorted(siblings, key=lambda entry: (len(entry.name), entry.name.upper()))
    lowest = len(siblings).bit_length()

    def top(low: int, high: int, row: int) -> int:
        if low >= high:
            return _NO_ENTRY
        middle = (low + high) // 2
        entry = entries[middle]
        entry.left, entry.right = top(low, middle, row + 1), top(middle + 1, high, row + 1)
        entry.is_red = row == lowest > 1
        return middle

    return top(start, len(entries), 1)
