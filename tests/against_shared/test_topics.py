"""The ESG rules against what the editor of the board chose, and against all releases of eleven days."""

import json
from pathlib import Path

import pytest

from harvester.topics import judge, load

SHARED = Path(__file__).parents[2].parent / "shared"
CHOICE = SHARED / "kesg" / "board_choice.tsv"
ITEMS = SHARED / "kesg" / "k_esg_items.tsv"
RELEASES = SHARED / "koreakr" / "releases.2026-07-02_2026-07-12.jsonl"
ESG = load("esg")

needs = {
    path: pytest.mark.skipif(not path.is_file(), reason="not beside this copy") for path in (CHOICE, ITEMS, RELEASES)
}


def belongs(title: str, text: str | None, ministry: str) -> bool:
    return bool(judge(ESG, title, text, ministry))


@needs[CHOICE]
def test_what_the_editor_chose_is_found_and_a_quarter_of_everything_at_most_is_tagged() -> None:
    lines = CHOICE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    tagged = {row[1]: belongs(row[1], None, row[2]) for row in rows}
    chosen = [row[1] for row in rows if row[0] == "1"]
    assert len(chosen) > 10
    assert sum(tagged[title] for title in chosen) >= 0.9 * len(chosen)
    assert sum(tagged.values()) <= 0.25 * len(rows)


@needs[RELEASES]
@pytest.mark.parametrize("with_text", [False, True])
def test_a_quarter_of_all_releases_at_most_is_tagged(with_text: bool) -> None:
    releases = [json.loads(line) for line in RELEASES.read_text(encoding="utf-8").splitlines()]
    found = sum(belongs(each["title"], each["lead"] if with_text else None, each["ministry"]) for each in releases)
    assert len(releases) > 800
    # Rules that find next to nothing would pass as well.
    assert 0.1 * len(releases) <= found <= 0.25 * len(releases)


@needs[ITEMS]
def test_every_item_of_the_guideline_that_releases_can_be_about_has_a_rule() -> None:
    lines = ITEMS.read_text(encoding="utf-8").splitlines()[1:]
    items = {line.split("\t")[0] for line in lines}
    named = {item for area in ESG.areas for rule in area.rules for item in rule.items}
    assert named <= items
    # What a company aims at and how it says so is its own affair.
    assert items - named <= {"S-1-1"}
