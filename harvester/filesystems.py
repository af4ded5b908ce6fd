"""On what kind of file system a file is: a database that two machines write to does not last.

SQLite's log (WAL) wants all who use a file to share their memory, so to be one machine; see docs/decisions/0022.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "ceph"),
        *("lustre", "gpfs", "glusterfs", "beegfs", "orangefs", "pvfs2", "ocfs2", "gfs2", "davfs", "webdav", "webdavfs"),
        *("fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "fuse.davfs2", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse"),
        *("fuse.mfs", "fuse.juicefs", "fuse.cifs", "fuse.nfs", "macfuse.sshfs"),
    }
)
"""Kinds that other machines can reach, as the system names them. Those that a machine shares with its own guests
(9p, virtiofs, vboxsf) are not here: there the guest mostly is the only one to write."""
MOUNTS = Path("/proc/self/mounts")
"""Where Linux says what is mounted where."""
LINE_OF_MOUNT = re.compile(r"^.+? on (?P<place>.+) \((?P<kind>[^,)]+)")
"""A line that the command `mount` prints on macOS and the BSDs."""
OCTAL = re.compile(r"\\([0-7]{3})")


def itself(path: Path) -> Path:
    """The file that a link leads to: lock, archive and files are named after it, and must be one for all."""
    return Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114  (False of what may not be seen)


@dataclass(frozen=True, slots=True)
class Mount:
    place: str
    kind: str


def network_kind(path: Path) -> str | None:
    """The kind of the network file system this file is on, or would be; None where it is on none, or nobody knows."""
    place = os.path.realpath(path)
    if sys.platform == "win32":
        return "a network share" if place.startswith("\\\\") else None
    kind = kind_at(place, mounts())
    return kind if kind in NETWORK else None


def kind_at(place: str, mounted: Iterable[Mount]) -> str | None:
    """The kind of the innermost mount that holds a place; of two at one place the later, which hides the other."""
    found: Mount | None = None
    for mount in mounted:
        within = place == mount.place or place.startswith(f"{mount.place.rstrip('/')}/")
        if within and (found is None or len(mount.place) >= len(found.place)):
            found = mount
    return found.kind.lower() if found else None


def mounts() -> list[Mount]:
    """What is mounted; nothing where the system does not say."""
    try:
        return read_table(MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        pass
    try:
        said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return []
    found = (LINE_OF_MOUNT.match(line) for line in said.stdout.splitlines())
    return [Mount(match["place"], match["kind"]) for match in found if match]


def read_table(text: str) -> list[Mount]:
    """Linux' table: device, place and kind in every line, with blanks in names written as \\040."""
    fields = [line.split(" ") for line in text.splitlines()]
    return [Mount(OCTAL.sub(_character, each[1]), each[2]) for each in fields if len(each) > 2]


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 8))
