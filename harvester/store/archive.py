"""The archive: every answer of the site as received, in an SQLite file of its own that others can read too.

A body is packed by zstd with an earlier body of its kind as dictionary, as a film's pictures are with a key frame:
pages of one template differ in a few per cent only. Each is a record of its own, so that any can be read by itself.
"""

import hashlib
import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvester.store.archive_schema import ArchiveProblem, open_to_read, open_to_write, problems_of
from harvester.store.database import transaction
from harvester.store.faults import trouble_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "Archive",
    "ArchiveProblem",
    "ArchiveReader",
    "Contents",
    "Exchange",
    "archive_path",
]

LEVEL = 3
"""Higher levels save 10 % and take two to three times as long (benchmarks/archive.py)."""
WORTH_PACKING = 0.9
"""What packing leaves of a body, at most; else it is kept as it is: documents are packed already."""
BASE_SIZES = range(4 * 1024, 1024 * 1024)
"""Bodies of these sizes can be dictionaries: an error page is not worth it, and each is held in memory."""
BASE_SHRINKS_TO = 0.5
"""What packing leaves of a dictionary by itself, at most: there is no template in what barely shrinks."""
BASES = 3
"""Dictionaries of a kind to try, the last useful first: a site can have several templates at a time."""
RENEWED_AFTER = 1000
"""Bodies from one dictionary to the next, for what pages of one day share; costs some 30 bytes a page."""
REPLACED_AFTER = 8
"""Bodies before a dictionary that does not fit is replaced: bodies without a common template must not all be one."""
WAITING = 8 * 1024 * 1024
"""Bytes that may wait for a flush."""
AN_EXCHANGE = 1024
"""Bytes that an exchange takes without its body, about."""
BASES_AT_HAND = 8
"""Dictionaries a reader keeps unpacked."""
AT_ONCE = 100
"""Rows read at a time: no reader holds the file in one state for long, which would keep its WAL file growing."""

EXCHANGE = (
    "SELECT asked.id, asked.kind, method, url, form, fetched_at, status, headers, asked.size, board, day, news_id,"
    " part_of, run_id, body_id, sha256, codec, dictionary, data "
    " FROM exchanges AS asked LEFT JOIN bodies ON bodies.id = asked.body_id"
)
INSERT_BODY = (
    "INSERT INTO bodies (id, sha256, kind, size, codec, dictionary, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
    # One that was kept outside until now.
    " ON CONFLICT (id) DO UPDATE SET"
    " size = excluded.size, codec = excluded.codec, dictionary = excluded.dictionary, data = excluded.data"
)
INSERT_EXCHANGE = (
    "INSERT INTO exchanges (id, kind, method, url, form, fetched_at, status, headers, body_id, size, board, day,"
    f" news_id, part_of, run_id) VALUES ({', '.join('?' * 15)})"
)


def hexdigest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def archive_path(db: Path) -> Path:
    """Where the archive that belongs to a database is."""
    return db.with_name(f"archive-{db.stem}.db")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back."""

    kind: str
    """`listing`, `release`, `viewer`, `file` or `other`"""
    method: str
    url: str
    """as asked"""
    form: str | None
    """the urlencoded body of a POST"""
    fetched_at: str
    """UTC, ISO 8601 with milliseconds and Z"""
    status: int
    headers: Sequence[tuple[str, str]]
    """of the response, as received"""
    body: bytes | None
    """None: kept outside, or not kept"""
    sha256: str | None = None
    """in hexadecimal digits; worked out where there is a body"""
    size: int | None = None
    board: str | None = None
    day: str | None = None
    news_id: int | None = None
    part_of: int | None = None
    """the exchange this belongs to: a release's page to its listing's, a viewer's page or a file to its release's"""
    run_id: int | None = None
    id: int | None = None
    """set when read"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the archive has of one kind."""

    kind: str
    exchanges: int
    bytes: int
    """of the bodies as received; one received again is counted again"""
    outside: int
    """the same of bodies that are kept outside of the archive"""
    bodies: int
    """different ones in the archive"""
    kept: int
    """bytes these take"""
    first_at: str
    last_at: str

    @property
    def ratio(self) -> float | None:
        """Bytes received to bytes kept."""
        return self.bytes / self.kept if self.kept else None


@dataclass(frozen=True, slots=True)
class Packed:
    codec: str
    data: bytes
    dictionary: int | None = None
    is_base: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """A body that others are packed with."""

    body_id: int
    content: zstd.ZstdDict
    good: float
    """A body that shrinks to this part of itself fits: twice as well as the base did by itself."""

    @classmethod
    def of(cls, body_id: int, body: bytes, packed_size: int) -> "Base":
        return cls(body_id, zstd.ZstdDict(body, is_raw=True), packed_size / len(body) / 2)

    def pack(self, body: bytes) -> Packed:
        # As a prefix it takes half the time; for whoever unpacks it is an ordinary dictionary of raw content.
        return Packed("zstd", zstd.compress(body, LEVEL, zstd_dict=self.content.as_prefix), self.body_id)


class Packer:
    """Packs the bodies of one kind, and chooses which of them are dictionaries for those to come."""

    def __init__(self, bases: list[Base]) -> None:
        self._bases = bases
        """the last useful first"""
        self._newest = max((base.body_id for base in bases), default=0)

    def pack(self, body_id: int, body: bytes) -> Packed:
        best, fits = self._with_a_base(body)
        age = body_id - self._newest
        if best is not None and fits and age < RENEWED_AFTER:
            return best
        plain = Packed("zstd", zstd.compress(body, LEVEL))
        if len(body) in BASE_SIZES and len(plain.data) <= BASE_SHRINKS_TO * len(body):
            misfit = best is None or len(best.data) > len(plain.data) / 2
            if not self._bases or age >= RENEWED_AFTER or (misfit and age >= REPLACED_AFTER):
                self._bases = [Base.of(body_id, body, len(plain.data)), *self._bases][:BASES]
                self._newest = body_id
                return replace(plain, is_base=True)
        smallest = min((each for each in (best, plain) if each is not None), key=lambda each: len(each.data))
        return smallest if len(smallest.data) <= WORTH_PACKING * len(body) else Packed("none", body)

    def _with_a_base(self, body: bytes) -> tuple[Packed | None, bool]:
        """The body packed with the first base that fits, else with the best there is; and whether it fits."""
        tried: list[tuple[Packed, Base]] = []
        for base in self._bases:
            packed = base.pack(body)
            tried.append((packed, base))
            if fits := len(packed.data) <= base.good * len(body):
                break
        else:
            fits = False
        if not tried:
            return None, False
        best, base = tried[-1] if fits else min(tried, key=lambda each: len(each[0].data))
        self._bases.remove(base)
        self._bases.insert(0, base)
        return best, fits


class Records:
    """The records of an open archive, unpacked, with the dictionaries used last at hand."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db = db
        self._path = path
        self._bases: OrderedDict[int, zstd.ZstdDict] = OrderedDict()

    def exchanges(self, condition: str, values: Sequence[Any], *, bodies: bool = True) -> list[Exchange]:
        select = EXCHANGE if bodies else EXCHANGE.replace(" data ", " NULL AS data ")
        return [self._exchange(row) for row in self._db.query(f"{select} {condition}", values)]

    def body(self, body_id: int) -> bytes:
        found = self._db.conn.execute(
            "SELECT sha256, codec, dictionary, data FROM bodies WHERE id = ? AND data IS NOT NULL", [body_id]
        ).fetchone()
        if found is None:
            raise ArchiveProblem(f"the archive {self._path} is damaged: it has lost body {body_id}")
        return self._unpack(f"body {body_id}", *found)

    def check_newest(self) -> None:
        """ArchiveProblem where the end of the file is damaged: there the last records are."""
        self.exchanges("ORDER BY asked.id DESC LIMIT 1", [])

    def _exchange(self, row: dict[str, Any]) -> Exchange:
        record = f"exchange {row['id']}"
        body_id, codec, dictionary, data = (row.pop(name) for name in ("body_id", "codec", "dictionary", "data"))
        if body_id is not None and codec is None:
            raise ArchiveProblem(f"{record} of the archive {self._path} is damaged: its body {body_id} is lost")
        try:
            row["headers"] = [(name, value) for name, value in json.loads(row["headers"])]
        except ValueError as error:
            raise ArchiveProblem(f"{record} of the archive {self._path} is damaged: {error}") from error
        return Exchange(
            **row, body=None if data is None else self._unpack(record, row["sha256"], codec, dictionary, data)
        )

    def _unpack(self, record: str, digest: str, codec: str, dictionary: int | None, data: bytes) -> bytes:
        """The body, proven by its hash. ArchiveProblem naming the record where it is not what it was."""
        try:
            base = None if dictionary is None else self._base(dictionary)
            body = zstd.decompress(data, zstd_dict=base) if codec == "zstd" else data
        except zstd.ZstdError as error:
            raise ArchiveProblem(f"{record} of the archive {self._path} is damaged: {error}") from error
        if hexdigest(body) != digest:
            raise ArchiveProblem(f"{record} of the archive {self._path} is damaged: its SHA-256 is not {digest}")
        return body

    def _base(self, body_id: int) -> zstd.ZstdDict:
        if body_id not in self._bases:
            self._bases[body_id] = zstd.ZstdDict(self.body(body_id), is_raw=True)
            if len(self._bases) > BASES_AT_HAND:
                self._bases.popitem(last=False)
        self._bases.move_to_end(body_id)
        return self._bases[body_id]


class Archive:
    """The archive's one writer. Raises :class:`ArchiveProblem` when the file cannot be used.

    What was added and not flushed is lost with a killed process. After a flush that failed it is still here, and
    the next flush tries again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_to_write(path)
        self._records = Records(self._db, path)
        self._exchanges: list[tuple[Any, ...]] = []
        self._bodies: dict[str, tuple[Any, ...]] = {}
        self._dictionaries: list[tuple[int, str]] = []
        self._packers: dict[str, Packer] = {}
        self._waiting = 0
        with _closed_on_failure(self._db), problems_of(path):
            self._records.check_newest()
            self._next_exchange = self._next_id("exchanges")
            self._next_body = self._next_id("bodies")

    @property
    def path(self) -> Path:
        return self._path

    @property
    def trouble(self) -> str | None:
        """Why nothing more can be written; None where nothing is wrong."""
        return trouble_of(self._db.conn)

    def add(self, exchange: Exchange) -> int:
        """Take an exchange to be written with the next flush; its id."""
        # What cannot be written must not spoil the transaction of all that wait with it.
        f"{exchange.kind}{exchange.method}{exchange.url}{exchange.form}".encode()
        if self._waiting > WAITING:
            self.flush()
        body_id, size = self._take_body(exchange)
        exchange_id = self._next_exchange
        row = (
            exchange_id,
            exchange.kind,
            exchange.method,
            exchange.url,
            exchange.form,
            exchange.fetched_at,
            exchange.status,
            json.dumps([list(header) for header in exchange.headers], separators=(",", ":")),
            body_id,
            size,
            exchange.board,
            exchange.day,
            exchange.news_id,
            exchange.part_of,
            exchange.run_id,
        )
        self._exchanges.append(row)
        self._next_exchange += 1
        self._waiting += AN_EXCHANGE
        return exchange_id

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        if not self._exchanges:
            return
        with problems_of(self._path):
            try:
                with transaction(self._db):
                    self._write()
            except BaseException:
                # Where the commit itself fails, as on a full disk, the transaction is still open.
                self._db.conn.rollback()
                raise
        self._exchanges.clear()
        self._bodies.clear()
        self._dictionaries.clear()
        self._waiting = 0

    def close(self) -> None:
        """Write what waits, and leave one file, without its WAL file if nobody reads."""
        try:
            self.flush()
            with problems_of(self._path):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._db.close()

    def _write(self) -> None:
        self._db.conn.executemany(INSERT_BODY, self._bodies.values())
        self._db.conn.executemany("INSERT INTO dictionaries (body_id, kind) VALUES (?, ?)", self._dictionaries)
        self._db.conn.executemany(INSERT_EXCHANGE, self._exchanges)

    def _take_body(self, exchange: Exchange) -> tuple[int | None, int | None]:
        """The id of the exchange's body, which waits to be written where it is new; and its size."""
        body = exchange.body
        digest = exchange.sha256 if body is None else hexdigest(body)
        size = exchange.size if body is None else len(body)
        if digest is None:
            return None, size
        body_id, codec = self._known(digest)
        if body_id is not None and (body is None or codec != "file"):
            return body_id, size
        if body_id is None:
            body_id = self._next_body
            self._next_body += 1
        if body is None:
            self._bodies[digest] = (body_id, digest, exchange.kind, size, "file", None, None)
            return body_id, size
        packed = self._packer(exchange.kind).pack(body_id, body)
        if packed.is_base:
            self._dictionaries.append((body_id, exchange.kind))
        self._bodies[digest] = (body_id, digest, exchange.kind, size, packed.codec, packed.dictionary, packed.data)
        self._waiting += len(packed.data)
        return body_id, size

    def _known(self, digest: str) -> tuple[int | None, str | None]:
        """The id of a body that is here or waits to be, and how it is kept."""
        if waiting := self._bodies.get(digest):
            return waiting[0], waiting[4]
        with problems_of(self._path):
            found = self._db.conn.execute("SELECT id, codec FROM bodies WHERE sha256 = ?", [digest]).fetchone()
        return found or (None, None)

    def _packer(self, kind: str) -> Packer:
        if kind not in self._packers:
            with problems_of(self._path):
                newest = self._db.conn.execute(
                    "SELECT body_id, length(data) FROM dictionaries JOIN bodies ON bodies.id = body_id"
                    " WHERE dictionaries.kind = ? ORDER BY body_id DESC LIMIT ?",
                    [kind, BASES],
                ).fetchall()
                bases = [Base.of(body_id, self._records.body(body_id), packed) for body_id, packed in newest]
            self._packers[kind] = Packer(bases)
        return self._packers[kind]

    def _next_id(self, table: str) -> int:
        return int(self._db.conn.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])


class ArchiveReader:
    """Reads the archive, also while it is written. Raises :class:`ArchiveProblem`, naming what is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_to_read(path)
        self._records = Records(self._db, path)
        with _closed_on_failure(self._db), problems_of(path):
            self._records.check_newest()

    def get(self, id: int) -> Exchange:
        with problems_of(self._path):
            found = self._records.exchanges("WHERE asked.id = ?", [id])
        if not found:
            raise ArchiveProblem(f"the archive {self._path} has no exchange {id}")
        return found[0]

    def pages(
        self, kind: str = "release", board: str | None = None, since: date | None = None, until: date | None = None
    ) -> dict[int, list[int]]:
        """The exchanges answered with status 200 by newsId, the last one first; without their bodies."""
        conditions = {
            "kind = ?": kind,
            "board = ?": board,
            "day >= ?": since and since.isoformat(),
            "day <= ?": until and until.isoformat(),
        }
        asked = {condition: value for condition, value in conditions.items() if value is not None}
        found = defaultdict(list)
        with problems_of(self._path):
            rows = self._db.conn.execute(
                "SELECT news_id, id FROM exchanges INDEXED BY exchanges_answered"
                f" WHERE status = 200 AND news_id IS NOT NULL AND {' AND '.join(asked)} ORDER BY id DESC",
                list(asked.values()),
            )
            for news_id, exchange_id in rows:
                found[news_id].append(exchange_id)
        return dict(found)

    def parts(self, id: int, *, bodies: bool = True) -> list[Exchange]:
        """What belongs to this exchange, in order of arrival."""
        with problems_of(self._path):
            return self._records.exchanges("WHERE part_of = ? ORDER BY asked.id", [id], bodies=bodies)

    def content(self, sha256: str) -> bytes | None:
        """A body by its digest; None where it is not in this file."""
        with problems_of(self._path):
            found = self._db.conn.execute(
                "SELECT id FROM bodies WHERE sha256 = ? AND data IS NOT NULL", [sha256]
            ).fetchone()
            return None if found is None else self._records.body(found[0])

    def exchanges(self, since: date | None = None, until: date | None = None) -> Iterator[Exchange]:
        """All in order of arrival; with a range those of its days, a part without a day being of its whole's."""
        everything = since is None and until is None
        first, last = (since or date.min).isoformat(), (until or date.max).isoformat()
        done = 0
        while True:
            with problems_of(self._path):
                ids = self._db.conn.execute(
                    "SELECT part.id FROM exchanges AS part LEFT JOIN exchanges AS whole ON whole.id = part.part_of"
                    " WHERE part.id > ? AND (? OR coalesce(part.day, whole.day) BETWEEN ? AND ?)"
                    " ORDER BY part.id LIMIT ?",
                    [done, everything, first, last, AT_ONCE],
                ).fetchall()
            if not ids:
                return
            for (exchange_id,) in ids:
                yield self.get(exchange_id)
            done = exchange_id

    def summary(self) -> list[Contents]:
        """What there is of each kind."""
        with problems_of(self._path):
            return [Contents(*row) for row in self._db.conn.execute("SELECT * FROM contents")]

    def close(self) -> None:
        self._db.close()


@contextmanager
def _closed_on_failure(db: Database) -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.close()
        raise
