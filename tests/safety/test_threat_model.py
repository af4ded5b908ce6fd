"""The threat model claims nothing without a test, and no test that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_test_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", MODEL))
    assert len(named) > 15
    assert named - TESTS == set()


def test_every_row_of_its_tables_names_one() -> None:
    rows = [line for line in MODEL.splitlines() if line.startswith("| ") and "---" not in line]
    heads = [row for row in rows if row.endswith(("| shown by |",))]
    assert heads
    for row in rows:
        assert row in heads or "`test_" in row, row
