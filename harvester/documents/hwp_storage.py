"""The streams of an HWP 5 file: found in the compound file, decrypted, inflated. Bounded whatever the bytes are."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import olefile
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harvester.documents import limits
from harvester.documents.document import UnreadableDocument

_HEADER = 512
_SECTOR_SHIFTS = (9, 12)
_DISTRIBUTE_DOC_DATA = 0x1C
_DISTRIBUTION_DATA = 256


class Storage:
    """The streams of a compound file, by their paths in any case.

    What the header and the directory claim is measured against the file before anything is made of it: the library
    would follow a loop of sectors for as long as a stream claims to be.
    """

    def __init__(self, content: bytes) -> None:
        self._size = len(content)
        _check_header(content)
        try:
            self._file = _CompoundFile(io.BytesIO(content))
        except (OSError, struct.error, IndexError, RecursionError) as error:
            raise UnreadableDocument(f"damaged: the compound file is broken ({error})") from error
        if self._file.root.size > self._size:
            raise UnreadableDocument("damaged: the compound file is broken (streams larger than the file)")
        self._paths = {"/".join(path).lower(): path for path in self._file.listdir()}

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._paths

    def names(self, folder: str) -> list[str]:
        """What the streams in a folder are called, as the file spells them."""
        return [path[1] for path in self._paths.values() if len(path) == 2 and path[0].lower() == folder.lower()]

    def read(self, path: str) -> bytes:
        """A stream, whole."""
        if path not in self:
            raise UnreadableDocument(f"damaged: {path} is missing")
        at = self._paths[path.lower()]
        size = self._file.get_size(at)
        if size > self._size:
            raise UnreadableDocument(f"damaged: {path} ends early")
        if size > limits.LARGEST_PART:
            raise UnreadableDocument(f"too large: {path} has more than {limits.LARGEST_PART:,} bytes")
        data: bytes = self._file.openstream(at).read()
        if len(data) != size:
            raise UnreadableDocument(f"damaged: {path} ends early")
        return data


class _CompoundFile(olefile.OleFileIO):  # type: ignore[misc]
    """olefile looks each stream up among all others, which takes hours where a directory has a million of them."""

    def _load_direntry(self, sid: int) -> Any:
        if sid >= limits.MOST_PARTS:
            raise UnreadableDocument(f"too large: more than {limits.MOST_PARTS:,} streams")
        return super()._load_direntry(sid)


def _check_header(content: bytes) -> None:
    """Refuses tables of sectors larger than the file could need. Fields as in MS-CFB, 2.2."""
    if len(content) < _HEADER:
        raise UnreadableDocument("damaged: the compound file ends early")
    sector_shift, small_sector_shift = struct.unpack_from("<HH", content, 30)
    fat_sectors, _, _, _, _, small_fat_sectors, _, table_sectors = struct.unpack_from("<8I", content, 44)
    if sector_shift not in _SECTOR_SHIFTS or small_sector_shift != 6:
        raise UnreadableDocument("damaged: the compound file is broken (sectors of a strange size)")
    sectors = len(content) >> sector_shift
    most_fat_sectors = 2 * (sectors >> (sector_shift - 2)) + 128
    if fat_sectors > most_fat_sectors or table_sectors > most_fat_sectors or small_fat_sectors > sectors:
        raise UnreadableDocument("damaged: the compound file is broken (tables larger than the file)")


# --- distribution documents -------------------------------------------------------------------------------------------


def decrypt(stream: bytes, part: str) -> bytes:
    """A stream of ViewText without its encryption, AES-128 in ECB mode.

    Its first record holds the key, itself scrambled ("HWP 5.0 distribution documents", revision 1.2).
    """
    header = int.from_bytes(stream[:4], "little")
    start = 4 + _DISTRIBUTION_DATA
    if len(stream) < start or header & 0x3FF != _DISTRIBUTE_DOC_DATA or header >> 20 != _DISTRIBUTION_DATA:
        raise UnreadableDocument(f"damaged: {part} has no distribution data")
    key = distribution_key(stream[4:start])
    end = len(stream) - (len(stream) - start) % 16
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    return decryptor.update(stream[start:end]) + decryptor.finalize()


def distribution_key(data: bytes) -> bytes:
    """The key in the 256 bytes of a distribution record: the beginning of a SHA-1 in hexadecimal digits of UTF-16."""
    start = 4 + (data[0] & 0xF)
    return scrambled(data)[start : start + 16]


def scrambled(data: bytes) -> bytes:
    """Distribution data scrambled, or plain again: runs of up to 16 bytes are each XORed with one random byte.

    The randomness is that of Microsoft's `rand` after `srand(the first four bytes)`; these stay as they are.
    """
    mask = bytearray()
    numbers = _rand(int.from_bytes(data[:4], "little"))
    while len(mask) < len(data):
        value = next(numbers) & 0xFF
        mask += bytes([value]) * ((next(numbers) & 0xF) + 1)
    return data[:4] + bytes(byte ^ key for byte, key in zip(data[4:], mask[4:], strict=False))


def _rand(seed: int) -> Iterator[int]:
    while True:
        seed = (seed * 214013 + 2531011) & 0xFFFFFFFF
        yield seed >> 16 & 0x7FFF


# --- deflate ----------------------------------------------------------------------------------------------------------


def inflate(packed: bytes, part: str) -> tuple[bytes, bool]:
    """What a deflate stream holds, and whether the stream had its end.

    Raises UnreadableDocument where it is broken, inflates to more than a part may, or does not fit its check sums.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, limits.LARGEST_PART + 1)
    except zlib.error as error:
        raise UnreadableDocument(f"damaged: {part} cannot be inflated") from error
    if len(data) > limits.LARGEST_PART:
        raise UnreadableDocument(f"too large: {part} unpacks to more than {limits.LARGEST_PART:,} bytes")
    if stream.eof and not _fits_its_sums(data, stream.unused_data):
        raise UnreadableDocument(f"damaged: {part} does not fit its check sums")
    return data, stream.eof


def _fits_its_sums(data: bytes, rest: bytes) -> bool:
    """Whether the CRC-32 and the length that Hangul writes behind a stream agree with it; a CRC of 0 is none.

    Behind encrypted streams each of the two fills a block of 16 bytes. What other programs write there may be
    anything, so the place counts only where the length does agree, or where there is nothing else.
    """
    places = [rest[:8], rest[-32:-28] + rest[-16:-12]]
    for crc, length in (struct.unpack("<II", place) for place in places if len(place) == 8):
        if length == len(data):
            return crc in (0, zlib.crc32(data))
    return len(rest) != 8
