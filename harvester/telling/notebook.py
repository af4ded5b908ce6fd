"""What was told to whom: a small file beside the database, which works where the database does not.

It is written whole under its name. Where that cannot be done, since the disk is full, it is written over in place: it
is padded, so that this takes no space. Where nothing beside the database can be written, it lies in the system's folder
for temporary files, and counts for as long as it is the newer one.
"""

import contextlib
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from harvester.troubles import Open, Trouble

VERSION = 1
BLOCK = 16 * 1024
SPARE = 8 * 1024
"""Bytes of padding at least, so that what a bad day adds fits in, too."""
LARGEST = 4 * 1024 * 1024
PATIENCE = 90
"""Seconds to wait for another run that is just telling something: longer than it can take."""
DIGEST_ROUNDS = 100_000


class NotKept(Exception):
    """What was told could not be noted anywhere."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was not taken by all whom it is for."""

    subject: str
    body: str
    kind: str
    """`failure`, `warning`, `success` or `info`."""
    at: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    heartbeat_on: str | None = None
    """The Korean day of the last heartbeat."""
    heartbeat_at: str | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    open: dict[str, Open] = field(default_factory=dict)
    began: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: tuple[Message, ...] = ()
    """Oldest first."""
    recipients: dict[str, Recipient] = field(default_factory=dict)
    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    serial: int = 0

    def name_of(self, address: str) -> str:
        """An address as it stands in the file: nobody learns a password or a token from it."""
        digest = hashlib.pbkdf2_hmac("sha256", address.encode(), bytes.fromhex(self.salt), DIGEST_ROUNDS)
        return digest.hex()[:12]


class Notebook:
    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.told.json")
        owner = f"{os.getuid()}-" if hasattr(os, "getuid") else ""
        place = hashlib.sha256(str(database.absolute()).encode()).hexdigest()[:16]
        self.elsewhere = Path(tempfile.gettempdir()) / f"harvest-{owner}{place}.told.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile. Raises NotKept where somebody else does for too long."""
        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"))
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            raise NotKept("another run is telling something, for too long") from None
        except OSError:
            yield  # nothing can be written there, by anybody else either
            return
        try:
            yield
        finally:
            lock.release()

    def read(self) -> Notes:
        """The newest notes; new ones where there are none that can be read."""
        found = [notes for path in (self.path, self.elsewhere) if (notes := _read(path)) is not None]
        return max(found, key=lambda notes: notes.serial, default=Notes())

    def write(self, notes: Notes) -> Path:
        """Write them down; where to. Raises NotKept."""
        content = _padded(_as_json(notes))
        for path, ways in ((self.path, (_whole, _in_place)), (self.elsewhere, (_whole,))):
            for way in ways:
                with contextlib.suppress(OSError):
                    way(path, content)
                    if path == self.path:
                        with contextlib.suppress(OSError):
                            self.elsewhere.unlink(missing_ok=True)
                    return path
        raise NotKept(f"{self.path} cannot be written, nor {self.elsewhere}")


def _as_json(notes: Notes) -> bytes:
    content = {"version": VERSION, **asdict(notes), "serial": notes.serial + 1}
    return json.dumps(content, ensure_ascii=False, indent=1).encode(errors="replace")


def _padded(content: bytes) -> bytes:
    wanted = -(-(len(content) + SPARE) // BLOCK) * BLOCK
    return content + b" " * (wanted - len(content) - 1) + b"\n"


def _whole(path: Path, content: bytes) -> None:
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _in_place(path: Path, content: bytes) -> None:
    """Write over what is there, and no byte further: beyond its end there may be no space."""
    with path.open("rb+") as stream:
        size = os.fstat(stream.fileno()).st_size
        text = content.rstrip()
        if len(text) >= size:
            raise OSError("there is no room in it")
        stream.write(text + b" " * (size - len(text) - 1) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _read(path: Path) -> Notes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(stream.fileno())
            # In a folder that all may write to, anybody can put a file under our name.
            if not stat.S_ISREG(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
                return None
            content = json.loads(stream.read(LARGEST))
        return _notes(content) if content["version"] == VERSION else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _notes(content: dict[str, Any]) -> Notes:
    return Notes(
        open={
            key: Open(**{**each, "trouble": Trouble(**each["trouble"]), "told_to": tuple(each["told_to"])})
            for key, each in content["open"].items()
        },
        began={key: tuple(times) for key, times in content["began"].items()},
        kept=tuple(Message(**{**each, "to": tuple(each["to"])}) for each in content["kept"]),
        recipients={name: Recipient(**each) for name, each in content["recipients"].items()},
        salt=content["salt"],
        serial=int(content["serial"]),
    )
