from collections.abc import Iterator
from pathlib import Path

import pytest

from .making import Books


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    made = Books(tmp_path / "briefings.db", monkeypatch)
    yield made
    made.store.close()
