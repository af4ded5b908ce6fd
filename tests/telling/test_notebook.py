"""The notebook works where the database does not."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.telling import notebook
from harvester.telling.notebook import Message, Notebook, Notes, NotKept, Recipient
from harvester.troubles import Open, Trouble

TROUBLE = Trouble("crawl/press-release//site", "누리집에 닿지 않음", "what", "tried", "to do", grave=True)
OPEN = Open(TROUBLE, since="2024-01-17T00:07:00Z", seen="2024-01-17T01:07:00Z", told_to=("0123456789ab",))
MESSAGE = Message("subject", "body", "failure", "2024-01-17T00:07:00Z", ("0123456789ab",))
NOTES = Notes(
    open={TROUBLE.key: OPEN},
    began={TROUBLE.key: ("2024-01-17T00:07:00Z",)},
    kept=(MESSAGE,),
    recipients={"0123456789ab": Recipient("2024-01-17", "2024-01-17T00:07:00Z")},
)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(notebook.tempfile, "tempdir", str(elsewhere))
    (tmp_path / "data").mkdir()
    return Notebook(tmp_path / "data" / "briefings.db")


def same(notes: Notes, other: Notes) -> bool:
    return (notes.open, notes.began, notes.kept, notes.recipients) == (
        other.open,
        other.began,
        other.kept,
        other.recipients,
    )


def test_what_is_written_is_read(book: Notebook) -> None:
    assert book.write(NOTES) == book.path
    assert same(book.read(), NOTES)
    assert book.read().salt == NOTES.salt
    assert [path.name for path in book.path.parent.iterdir()] == ["briefings.db.told.json"]
    assert book.path.stat().st_mode & 0o077 == 0, "others need not read whom we tell"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 99}', b"\xff\xfe", b"null"])
def test_notes_that_cannot_be_read_are_begun_anew(book: Notebook, content: bytes) -> None:
    book.path.write_bytes(content)
    assert same(book.read(), Notes())
    book.write(NOTES)
    assert same(book.read(), NOTES)


def test_where_no_file_can_be_made_it_is_written_in_place(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    book.write(Notes())
    size, inode = book.path.stat().st_size, book.path.stat().st_ino
    monkeypatch.setattr(notebook, "_whole", full)
    book.write(NOTES)
    assert same(book.read(), NOTES)
    assert (book.path.stat().st_size, book.path.stat().st_ino) == (size, inode), "no byte more than there was room for"


def test_where_nothing_can_be_written_it_lies_in_the_temporary_folder(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.write(Notes())
    with monkeypatch.context() as patched:
        whole = notebook._whole
        patched.setattr(notebook, "_whole", lambda path, content: (full if path == book.path else whole)(path, content))
        patched.setattr(notebook, "_in_place", full)
        assert book.write(after(book)) == book.elsewhere
        assert same(book.read(), NOTES)
    assert book.write(book.read()) == book.path
    assert same(book.read(), NOTES)
    assert not book.elsewhere.exists()


def after(book: Notebook) -> Notes:
    """The notes above, later than what is there."""
    return Notes(NOTES.open, NOTES.began, NOTES.kept, NOTES.recipients, NOTES.salt, book.read().serial)


def test_where_nothing_can_be_written_at_all_it_is_said(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "_whole", full)
    with pytest.raises(NotKept, match=r"briefings\.db\.told\.json"):
        book.write(NOTES)


def full(path: Path, content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, so small that it is full at once."""
    place = tmp_path / "small"
    place.mkdir()
    if (
        os.name != "posix"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a file system can be mounted by root only")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(ballast: Path) -> None:
    """Write until there is no room for a byte."""
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(file, b"x" * 4096):
            pass
    except OSError:
        pass
    finally:
        os.close(file)


def test_on_a_disk_that_is_really_full(full_disk: Path) -> None:
    book = Notebook(full_disk / "briefings.db")
    book.write(Notes())
    fill(full_disk / "ballast")
    assert book.write(NOTES) == book.path
    assert same(book.read(), NOTES)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_that_somebody_laid_in_the_temporary_folder_is_not_followed(book: Notebook, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text("{}")
    book.elsewhere.symlink_to(trap)
    assert same(book.read(), Notes())
    notebook._whole(book.elsewhere, b"{}")
    assert trap.read_text() == "{}"
    assert not book.elsewhere.is_symlink()


def test_no_address_can_be_read_from_the_notes() -> None:
    notes = Notes()
    name = notes.name_of("mailto://user:password@example.org")
    assert name == notes.name_of("mailto://user:password@example.org")
    assert name != notes.name_of("mailto://user:passw0rd@example.org")
    assert name != Notes().name_of("mailto://user:password@example.org"), "two files do not say that they mean one"
