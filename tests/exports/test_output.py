"""A file appears under its name when it is whole, and never in place of what nobody gave up."""

import os
import sqlite3
from pathlib import Path

import pytest

from harvester.exports.output import FileThere, whole_file


def write(path: Path, text: bytes = b"new", *, force: bool = False, meanwhile: bytes = b"") -> None:
    with whole_file(path, force=force) as stream:
        stream.write(text)
        if meanwhile:
            path.write_bytes(meanwhile)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "briefings.db"
    made = sqlite3.connect(path)
    made.execute("CREATE TABLE briefings (news_id)")
    made.commit()
    made.close()
    return path


@pytest.mark.parametrize("through_a_link", [False, True])
def test_a_database_is_never_written_over(database: Path, through_a_link: bool) -> None:
    before = database.read_bytes()
    target = database
    if through_a_link:
        target = database.with_name("out.csv")
        target.symlink_to(database)
    with pytest.raises(FileThere, match="is an SQLite database, which is never written over"):
        write(target, force=True)
    assert database.read_bytes() == before


@pytest.mark.parametrize("links", [True, False])
def test_what_appeared_meanwhile_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
    path = tmp_path / "out.csv"
    with pytest.raises(FileThere, match="is there already: --force writes over it"):
        write(path, meanwhile=b"of another")
    assert path.read_bytes() == b"of another"
    assert names(tmp_path) == ["out.csv"]


def _no_links(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_there_whole_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
    path = tmp_path / "out.csv"
    write(path)
    assert (path.read_bytes(), path.stat().st_nlink, names(tmp_path)) == (b"new", 1, ["out.csv"])
    write(path, b"newer", force=True)
    assert (path.read_bytes(), names(tmp_path)) == (b"newer", ["out.csv"])


def test_two_at_once_are_in_nobodys_way(tmp_path: Path) -> None:
    """Also of one process number, as in two containers."""
    path = tmp_path / "out.csv"
    with whole_file(path, force=True) as first, whole_file(path, force=True) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["out.csv"]


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path) -> None:
    path = tmp_path / f"{'가' * 83}.csv"
    write(path)
    assert path.read_bytes() == b"new"


def test_what_is_no_file_is_refused_by_the_name_it_was_given(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with pytest.raises(FileThere, match=f"/dev/fd/{writing} is no file: name one, or leave it out"):
        write(Path(f"/dev/fd/{writing}"), force=True)
    os.close(reading)
    os.close(writing)


def test_a_link_to_itself_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to(path)
    with pytest.raises(FileThere, match="is there already"):
        write(path)
    write(path, force=True)
    assert path.read_bytes() == b"new"
