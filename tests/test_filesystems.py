"""On which kind of file system a file is, by the tables of several systems."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from harvester import filesystems
from harvester.filesystems import kind_at, mounts, network_kind, read_table

LINUX = r"""/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/export /mnt/share nfs4 rw,vers=4.2 0 0
//server/desk /mnt/with\040blank cifs rw 0 0
/dev/vdb1 /mnt/share/local xfs rw 0 0
tmpfs /mnt/hidden tmpfs rw 0 0
user@host: /mnt/hidden fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/b.db", "ext4"),
        ("/mnt/share/b.db", "nfs4"),
        ("/mnt/shared/b.db", "ext4"),
        ("/mnt/share", "nfs4"),
        ("/mnt/share/local/deep/b.db", "xfs"),
        ("/mnt/with blank/b.db", "cifs"),
        ("/mnt/hidden/b.db", "fuse.sshfs"),
    ],
)
def test_the_innermost_mount_counts_and_of_two_the_later(place: str, kind: str) -> None:
    assert kind_at(place, read_table(LINUX)) == kind


def test_links_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "data").symlink_to(share)
    table = tmp_path / "mounts"
    table.write_text(f"/dev/vda1 / ext4 rw 0 0\nserver:/x {share} nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(filesystems, "MOUNTS", table)
    assert network_kind(tmp_path / "data" / "b.db") == "nfs"
    assert network_kind(tmp_path / "b.db") is None


def test_without_a_table_the_command_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = f"/dev/disk3s1 on / (apfs, local, journaled)\n//me@nas/desk on {tmp_path} (smbfs, nodev, mounted by me)\n"
    monkeypatch.setattr(filesystems, "MOUNTS", tmp_path / "none")

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, said, "")

    monkeypatch.setattr(subprocess, "run", run)
    assert [mount.kind for mount in mounts()] == ["apfs", "smbfs"]
    assert network_kind(tmp_path / "b.db") == "smbfs"


def test_where_nobody_knows_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystems, "MOUNTS", tmp_path / "none")

    def run(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", run)
    assert network_kind(tmp_path / "b.db") is None
