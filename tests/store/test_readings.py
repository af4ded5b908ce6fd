"""What was read of documents is remembered, for the same readers only; and nothing depends on it."""

from pathlib import Path
from typing import Any

import pytest

from harvester.store import Readings, readings_path

TEXT = {"text": "글", "kind": "hwpx", "pages": None}


def remembered(path: Path) -> dict[str, Any] | None:
    reader = Readings(path, writable=False)
    try:
        return reader.get("a" * 64, "hwpx")
    finally:
        reader.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = readings_path(tmp_path / "briefings.db")
    writer = Readings(path, writable=True)
    writer.note("a" * 64, "hwpx", TEXT)
    writer.close()
    return path


def test_a_reading_is_found_again_by_digest_and_suffix(path: Path) -> None:
    assert remembered(path) == TEXT
    reader = Readings(path, writable=False)
    assert (reader.get("b" * 64, "hwpx"), reader.get("a" * 64, "hwp")) == (None, None)
    reader.close()


def test_other_readers_read_for_themselves(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.store.readings.readers_version", lambda: "other")
    assert remembered(path) is None
    writer = Readings(path, writable=True)
    writer.note("a" * 64, "hwpx", {"reason": "encrypted"})
    writer.close()
    assert remembered(path) == {"reason": "encrypted"}


def test_nothing_depends_on_it(path: Path, tmp_path: Path) -> None:
    assert remembered(tmp_path / "nowhere.db") is None
    path.write_bytes(b"no database" * 100)
    assert remembered(path) is None
    writer = Readings(path, writable=True)
    writer.note("a" * 64, "hwpx", TEXT)
    writer.close()
