"""The doctor's verdict, and how it is told."""

import pytest

from harvester.cli.doctor import as_data, as_text, judge
from harvester.examination import Area, Finding, Mark
from harvester.verdict import Exit

SITE = "http://127.0.0.1:9"
OK = Finding(Area.MACHINE, "disk", Mark.OK, "7 GB free")
NOTE = Finding(Area.MACHINE, "contact", Mark.NOTE, "none", "set it")
LOOK = Finding(Area.DATABASE, "days speech", Mark.LOOK, "3 not complete", "backfill them")
WRONG = Finding(Area.SITE, "speech list", Mark.WRONG, "not a listing", "look at it")
STOPS = Finding(Area.DATABASE, "pages", Mark.WRONG, "the file is damaged", "restore it", stops=True)


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([OK, OK], Exit.COMPLETE, "2 things looked at, all as they should be"),
        ([OK, NOTE], Exit.COMPLETE, "2 things looked at, all as they should be, 1 of them with a note"),
        ([OK, LOOK], Exit.PARTIAL, "1 of 2 things are not as they should be: database days speech"),
        (
            [OK, LOOK, WRONG],
            Exit.PARTIAL,
            "2 of 3 things are not as they should be: database days speech, site speech list",
        ),
        ([LOOK] * 6, Exit.PARTIAL, "days speech and 2 more"),
        ([LOOK, STOPS, WRONG], Exit.FAILURE, "until this is put right: database pages: the file is damaged"),
    ],
)
def test_the_verdict(found: list[Finding], status: Exit, said: str) -> None:
    judged, _, sentence = judge(found, SITE, finished=True)
    assert judged is status
    assert sentence.endswith(said)


def test_a_doctor_who_did_not_see_all_says_nothing_good() -> None:
    assert judge([OK], SITE, finished=False)[:2] == (Exit.PARTIAL, "interrupted")
    assert judge([], SITE, finished=False)[0] is Exit.PARTIAL
    assert judge([OK, STOPS], SITE, finished=False)[0] is Exit.FAILURE


def test_what_is_not_as_it_should_be_stands_out_with_what_to_do() -> None:
    assert as_text([OK, NOTE, LOOK, WRONG]).splitlines() == [
        "This machine",
        "  ok     disk: 7 GB free",
        "  note   contact: none",
        "         → set it",
        "",
        "The database",
        "  LOOK   days speech: 3 not complete",
        "         → backfill them",
        "",
        "The site",
        "  WRONG  speech list: not a listing",
        "         → look at it",
    ]


def test_for_a_machine() -> None:
    assert as_data(STOPS) == {
        "area": "database",
        "name": "pages",
        "mark": "wrong",
        "says": "the file is damaged",
        "todo": "restore it",
        "stops_runs": True,
        "evidence": None,
    }
