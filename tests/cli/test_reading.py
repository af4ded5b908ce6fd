"""`status` and `show` on a database that is there, and on none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ..store.making import DAY, Books, briefing
from ..test_lock import another_process
from .conftest import Harvest


def test_without_a_database_there_is_nothing_to_tell(harvest: Harvest, tmp_path: Path) -> None:
    for arguments in (["status"], ["show", "156000001"]):
        ended = harvest(*arguments)
        assert ended.status == 1
        assert ended.last_line.startswith("harvest: failure (exit 1): there is no database at ")
        assert "harvest crawl" in ended.last_line
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(harvest: Harvest, tmp_path: Path) -> None:
    (tmp_path / "briefings.db").write_text("not a database, certainly not" * 10)
    for arguments in (["status"], ["show", "1"], ["crawl", "--days", "1"]):
        if arguments[0] != "crawl":
            ended = harvest(*arguments)
            assert (ended.status, "cannot be read" in ended.last_line) == (1, True)


def test_the_state_of_the_days(harvest: Harvest, books: Books) -> None:
    ended = harvest("status")
    assert ended.status == 3
    assert ended.last_line.startswith("harvest: partial (exit 3): 2 of 3 days complete, 3 releases in ")
    assert ended.last_line.endswith("not complete: 2024-01-15 partial: page 2 of the listing: reset")
    assert "days: 1 complete, 1 empty, 1 partial" in ended.stdout
    assert "3 releases (1 withdrawn by the site)" in ended.stdout
    assert "1 day: partial: page 2 of the listing: reset\n      2024-01-15" in ended.stdout


def test_the_same_for_a_machine(harvest: Harvest, books: Books) -> None:
    told = harvest("status", "--json").json
    assert (told["complete"], told["briefings"], told["withdrawn"]) == (False, 3, 1)
    assert told["states"] == {"complete": 1, "empty": 1, "partial": 1, "failed": 0, "missing": 0}
    assert told["gaps"] == [{"day": "2024-01-15", "state": "partial", "reason": "page 2 of the listing: reset"}]
    assert [day["day"] for day in told["days"]] == ["2024-01-15", "2024-01-16", "2024-01-17"]
    assert told["runs"][0]["requests"] == 9


def test_a_complete_range_is_status_0(harvest: Harvest, books: Books) -> None:
    ended = harvest("status", "--since", "2024-01-16", "--until", "2024.1.17")
    assert ended.status == 0
    assert ended.last_line.startswith("harvest: complete (exit 0): 2 of 2 days complete")


def test_days_never_walked_are_gaps(harvest: Harvest, books: Books) -> None:
    ended = harvest("status", "--since", "2024-01-16", "--until", "2024-01-20")
    assert ended.status == 3
    assert "2024-01-18 … 2024-01-20 never walked" in ended.last_line
    assert harvest("status", "--since", "2023-01-01", "--until", "2023-01-31").status == 1


def test_a_filter_never_walked_names_those_there_are(harvest: Harvest, books: Books) -> None:
    ended = harvest("status", "--ministry", "국방부")
    assert ended.status == 1
    assert "there are days of: press-release, press-release (ministry=A00007,A00040,A00041)" in ended.last_line


def test_a_filter_is_found_by_the_same_words(harvest: Harvest, books: Books) -> None:
    ended = harvest("status", "--ministry", "기획재정부", "--since", "2024-01-17", "--until", "2024-01-17")
    assert ended.status == 0
    assert harvest("status", "--ministry", "A00007", "--since", "2024-01-17", "--until", "2024-01-17").status == 0


def test_a_filter_is_found_without_its_range(harvest: Harvest, books: Books) -> None:
    assert harvest("status", "--ministry", "기획재정부").status == 0


def test_unknowns_are_told(harvest: Harvest, books: Books) -> None:
    from ..store.making import unknown  # noqa: PLC0415

    books.open()
    books.put(briefing(9, unknowns=[unknown("한국우주탐사부")]))
    books.finish()
    assert "ministry: 한국우주탐사부  (seen 1 times)" in harvest("status").stdout
    assert harvest("status", "--json").json["unknowns"][0]["value"] == "한국우주탐사부"


def test_a_release_as_a_person_reads_it(harvest: Harvest, books: Books) -> None:
    ended = harvest("show", "1")
    assert ended.status == 0
    lines = ended.stdout.splitlines()
    assert lines[:2] == ["초과근무 개선", "환경부  2024-01-17T09:30:05+09:00"]
    assert "첫 줄\n둘째 줄" in ended.stdout
    assert "1. 계획.hwpx  https://www.korea.kr/1" in lines
    assert lines[-2:] == ["(2024.01.17 환경부)", "https://www.korea.kr/briefing/pressReleaseView.do?newsId=1"]
    assert ended.stderr == f"harvest: complete (exit 0): release 1 of {books.path}\n"
    assert harvest("show", "1", "--cite").last_line == ended.last_line


def test_a_release_with_its_past(harvest: Harvest, books: Books) -> None:
    shown = harvest("show", "2").stdout
    assert "revision 2, 2024-01-18T03:00:00Z: title\n  - [참고] 다른 소식\n  + [참고] 고친 소식" in shown
    assert "withdrawn by the site, seen 2024-01-18T03:00:00Z" in harvest("show", "3").stdout


@pytest.mark.parametrize(
    "how",
    ["2", " 2 ", "https://www.korea.kr/briefing/pressReleaseView.do?newsId=2", "/news/x.do?a=b&newsId=2&pWise=sub"],
)
def test_a_release_by_number_or_address(harvest: Harvest, books: Books, how: str) -> None:
    assert harvest("show", how, "--json").json["news_id"] == 2


def test_a_release_that_is_not_there(harvest: Harvest, books: Books) -> None:
    ended = harvest("show", "4")
    assert (ended.status, ended.stdout) == (1, "")
    assert "newsId 4 is not in" in ended.last_line


def test_json_is_one_document_with_korean_letters(harvest: Harvest, books: Books) -> None:
    shown = harvest("show", "1", "--json").stdout
    assert "초과근무 개선" in shown
    assert json.loads(shown)["attachments"][0]["name"] == "계획.hwpx"


def test_reading_needs_no_lock(harvest: Harvest, books: Books) -> None:
    with another_process(books.path):
        assert harvest("show", "1").status == 0
        assert harvest("status").status == 3


@pytest.mark.parametrize("verb", ["crawl", "backfill"])
def test_a_second_run_is_told_so(harvest: Harvest, books: Books, verb: str) -> None:
    with another_process(books.path):
        ended = harvest(verb, "--since", DAY.isoformat(), "--until", DAY.isoformat())
    assert ended.status == 75
    assert ended.last_line.startswith("harvest: locked (exit 75): another run holds ")
    assert len(books.rows("SELECT * FROM runs")) == 1


def test_show_does_not_wait_for_scrapy() -> None:
    code = "import sys, harvester.cli.show, harvester.cli.main; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
