"""The audit of the lock files takes silence for no acquittal, and fails for what is known and not answered for."""

import json
import os
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[2] / ".ci" / "audit"
JUDGE = runpy.run_path(str(AUDIT))["judge"]
HOLE = {"id": "PYSEC-2020-1", "aliases": ["CVE-2020-1"], "fix_versions": ["2.0"]}
HOLED = {"name": "a", "version": "1.0", "vulns": [HOLE]}
WHOLE = {"name": "b", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found"}


def told(tmp_path: Path, says: str, status: int = 0) -> tuple[int, str]:
    """What the audit makes of a `pip-audit` that says this."""
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!{sys.executable}\nimport sys\nprint({says!r})\nsys.exit({status})\n")
    tool.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, AUDIT, tool], capture_output=True, text=True, check=True, timeout=60, env=dict(os.environ)
    )
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("says", ["", "no JSON", "{}"])
def test_what_could_not_be_asked_is_said(tmp_path: Path, says: str) -> None:
    status, said = told(tmp_path, says, status=1)
    assert status == 0
    assert said.startswith("not audited: ")
    assert "\naudited:" not in said


def test_a_package_nobody_knows_is_not_called_audited(tmp_path: Path) -> None:
    _, said = told(tmp_path, json.dumps({"dependencies": [UNKNOWN, WHOLE]}))
    assert "not audited: the service says nothing of 1 of 2 packages, c among them" in said
    assert "\naudited: 1 packages, 0 known holes" in said
    _, said = told(tmp_path, json.dumps({"dependencies": [UNKNOWN]}))
    assert "audited: 0" not in said.replace("not audited", "")


@pytest.mark.parametrize(
    ("ignored", "status"),
    [
        ([], 1),
        ([{"id": "PYSEC-2020-1", "reason": "x", "until": date.max}], 0),
        ([{"id": "CVE-2020-1", "reason": "x", "until": date.max}], 0),
        ([{"id": "CVE-2020-2", "reason": "x", "until": date.max}], 1),
        ([{"id": "CVE-2020-1", "reason": "x", "until": date(2020, 1, 1)}], 1),
    ],
)
def test_a_known_hole_fails_unless_somebody_answers_for_it(ignored: list[dict[str, Any]], status: int) -> None:
    assert JUDGE([HOLED, WHOLE], ignored) == status
