"""Content under its own sha256: what comes back is what was kept, whatever happened in between."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.files import Files, new_part

CONTENT = "보도자료".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
LONG_AGO = 1_705_449_600


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def everything(files: Files) -> set[str]:
    return {path.relative_to(files.folder).as_posix() for path in files.folder.rglob("*") if path.is_file()}


@given(st.lists(st.binary()))
def test_what_is_kept_is_read_again(contents: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        files = Files(Path(folder))
        names = [files.keep(content) for content in contents]
        assert [files.read(name) for name in names] == contents
        assert everything(files) == {f"{name[:2]}/{name}" for name in names}


def test_nothing_is_made_by_looking(files: Files) -> None:
    assert files.read(SHA256) is None
    files.sweep()
    assert not files.folder.exists()


def test_what_is_there_is_not_written_again(files: Files) -> None:
    path = files.path(files.keep(CONTENT))
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert files.keep(CONTENT) == SHA256
    assert path.stat().st_mtime == LONG_AGO


@pytest.mark.parametrize("damaged", [b"", CONTENT[:-1], CONTENT + b".", CONTENT[::-1]])
def test_what_is_damaged_is_absent_and_mended(files: Files, damaged: bytes) -> None:
    path = files.path(files.keep(CONTENT))
    path.write_bytes(damaged)
    assert files.read(SHA256) is None
    files.keep(CONTENT)
    assert files.read(SHA256) == CONTENT


def test_a_partial_file_is_moved_in_also_over_one_that_is_damaged(files: Files) -> None:
    for _ in range(2):
        part = new_part(files.temporary)
        part.write_bytes(CONTENT)
        files.adopt(part, SHA256)
        assert files.read(SHA256) == CONTENT
        assert everything(files) == {f"{SHA256[:2]}/{SHA256}"}
        files.path(SHA256).write_bytes(b"")


def test_under_a_wrong_name_nothing_is_read(files: Files) -> None:
    part = new_part(files.temporary)
    part.write_bytes(b"something else")
    files.adopt(part, SHA256)
    assert files.read(SHA256) is None


TRICKS = [
    "",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    SHA256[:-1],
    SHA256 + "0",
    SHA256 + "\n",
    SHA256.upper(),
    f"../{SHA256[3:]}",
    f"{SHA256[:32]}/{SHA256[33:]}",
    SHA256[:-1] + "\0",
    SHA256[:-1] + "０",
    "보도자료.hwp",
]


@pytest.mark.parametrize("name", TRICKS)
def test_no_other_name_is_a_path(files: Files, name: str) -> None:
    part = new_part(files.temporary)
    part.write_bytes(CONTENT)
    for use in (files.path, files.read, lambda name: files.adopt(part, name)):
        with pytest.raises(ValueError, match="is not a sha256"):
            use(name)
    assert everything(files) == {f".part/{part.name}"}


@given(st.text() | st.from_regex(r"\A[0-9a-fA-F./]{62,66}\Z"))
def test_every_path_is_inside(name: str) -> None:
    files = Files(Path("files"))
    try:
        path = files.path(name)
    except ValueError:
        return
    assert path == Path("files") / name[:2] / name
    assert len(path.parts) == 3


def test_partial_files_have_names_of_their_own(files: Files) -> None:
    assert len({new_part(files.temporary) for _ in range(100)}) == 100


def test_only_what_was_left_long_ago_is_swept(files: Files) -> None:
    files.keep(CONTENT)
    left, fresh, other = new_part(files.temporary), new_part(files.temporary), files.temporary / "note"
    for path in (left, fresh, other):
        path.write_bytes(CONTENT)
    for path in (left, other, files.path(SHA256)):
        os.utime(path, (LONG_AGO, LONG_AGO))
    files.sweep()
    assert everything(files) == {f".part/{fresh.name}", ".part/note", f"{SHA256[:2]}/{SHA256}"}


def test_a_write_that_fails_leaves_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harvester.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.keep(CONTENT)
    assert everything(files) == set()


KEEPS = """
import os, sys
from pathlib import Path
from harvester.files import Files

files, content = Files(Path(sys.argv[1])), bytes(range(256)) * 4096
for number in range(3):
    files.keep(b"%d" % number + content)
print("begins", flush=True)
"""
# Killed after everything was written and nothing has its name; and wherever it happens to be.
BEFORE_THE_NAME = """
os.fsync = lambda descriptor: (print("written", flush=True), sys.stdin.read())
files.keep(content)
"""
ANYWHERE = """
while True:
    number += 1
    files.keep(b"%d" % number + content)
    print("kept", flush=True)
"""


@pytest.mark.parametrize(("then", "lines"), [(BEFORE_THE_NAME, 2), (ANYWHERE, 2), (ANYWHERE, 5), (ANYWHERE, 9)])
def test_a_killed_process_leaves_no_wrong_content_under_a_name(files: Files, then: str, lines: int) -> None:
    command = [sys.executable, "-c", KEEPS + then, str(files.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        process.kill()
    assert process.returncode == -signal.SIGKILL
    names = {path.name for path in files.folder.glob("[0-9a-f]*/*")}
    assert len(names) >= 3 + (lines - 1 if then == ANYWHERE else 0)
    for name in names:
        assert files.read(name) is not None
    left = list(files.temporary.iterdir())
    assert len(left) == 1 if then == BEFORE_THE_NAME else len(left) <= 1
    for path in left:
        os.utime(path, (LONG_AGO, LONG_AGO))
    files.sweep()
    assert list(files.temporary.iterdir()) == []
