"""The facts that were gathered beside the project, where they are at hand; nothing of them is copied here."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from harvester.korean import UnreadableDate, find_ministry, read_date, read_prefix

SHARED = Path(__file__).parents[2].parent / "shared"

pytestmark = pytest.mark.skipif(not (SHARED / "korean").is_dir(), reason="the folder of shared facts is not here")


def test_every_date_form_is_read_as_expected() -> None:
    lines = (SHARED / "korean" / "dates.tsv").read_text(encoding="utf-8").splitlines()
    wrong = []
    for line in lines:
        if line.startswith("#") or not line:
            continue
        text, expected = line.split("\t")
        try:
            read = read_date(text, reference=datetime(2024, 1, 19, 12))
            got = read.at.replace(tzinfo=None) if read.at else read.day
            right = expected != "-" and got == (datetime if read.at else date).fromisoformat(expected)
        except UnreadableDate:
            right = expected == "-"
        if not right:
            wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("day", ["2026-01-07", "2026-10-06"])
def test_the_codes_of_the_site_are_known(day: str) -> None:
    table = json.loads((SHARED / "koreakr" / "tables" / f"repcode_table_{day}.json").read_text(encoding="utf-8"))
    groups = [group for group in table.values() if isinstance(group, dict)]
    assert sum(map(len, groups)) > 50
    for code, name in (pair for group in groups for pair in group.items()):
        first_code = code.split(",")[0]
        found = find_ministry(name, on=date.fromisoformat(day))
        assert (found.name, found.code) == (name, first_code)
        assert find_ministry(first_code, on=date.fromisoformat(day)).name == name


def test_the_ministries_of_real_releases_are_known() -> None:
    [path] = (SHARED / "koreakr").glob("releases.*.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        release = json.loads(line)
        found = find_ministry(release["ministry"], on=date.fromisoformat(release["published"][:10]))
        assert found.name == release["ministry"]
        assert found.code


def test_the_names_of_six_years_are_known() -> None:
    lines = (SHARED / "korean" / "ministry_name_spans.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for name, first, last, _ in (line.split("\t") for line in lines):
        for day in (first, last):
            assert find_ministry(name, on=date.fromisoformat(day))


def test_the_prefixes_of_real_titles_are_read() -> None:
    lines = (SHARED / "korean" / "title_prefixes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    missed = {prefix for prefix, _ in (line.split("\t") for line in lines) if read_prefix(f"{prefix} 제목") != prefix}
    assert missed == {"(주)", "(재)", "(사)", "(한)", "(가칭)"}
