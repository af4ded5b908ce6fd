"""Wrong usage: status 2, before anything is asked or written, and a last line that helps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest

from harvester.boards import BOARDS, CABINET, ESG_BOARD, PRESS_RELEASE, SPEECH, Board
from harvester.cli.crawling import Asked, plans_of
from harvester.cli.main import VERBS
from harvester.cli.options import board_option
from harvester.plan import Plan

from .conftest import Harvest

WRONG = [
    (["crawll"], "Did you mean 'crawl'?"),
    (["frobnicate"], "There are: crawl, backfill"),
    (["crawl", "--sinse", "2024-01-01"], "--since"),
    (["crawl", "--since", "2024-02-30"], "2024-02-29"),
    (["crawl", "--since", "어제"], "2024-01-17"),
    (["crawl", "--since", "2024-01-31", "--until", "2024-01-01"], "did you mean since 2024-01-01 until 2024-01-31?"),
    (["crawl", "--days", "3", "--since", "2024-01-01"], "either days, or since and until"),
    (["crawl", "--days", "0"], "1 or more"),
    (["crawl", "--days", "drei"], "drei"),
    (["crawl", "--ministry", "산업통산자원부"], "산업통상자원부"),
    (["crawl", "--board", "press-relase"], "did you mean press-release?"),
    (["crawl", "--board", "all", "--board", "cabinett"], "did you mean cabinet?"),
    (["crawl", "--board", "국무회의"], "did you mean 국무회의 브리핑?"),
    (["crawl", "--board", "xyz"], "there are: all, press-release, fact-check"),
    (["crawl", "--board", "ALL"], "is no board"),
    (["crawl", "--board", ""], "is no board"),
    (["crawl", "--board", "cabinet", "--ministry", "환경부"], "the list of cabinet names no ministries"),
    (["crawl", "--board", "speech", "--board", "cabinet", "--ministry", "청"], "cabinet names no ministries"),
    (["crawl", "--board", "esg-board", "--ministry", "환경부"], "the list of esg-board names no ministries"),
    (["crawl", "--board", "esg-board", "--query", "희토류"], "esg-board is not searched by words"),
    (["crawl", "--ministry", "원"], "--ministry"),
    (["crawl", "--esg-board", "k-esg.org"], "write it like https://"),
    (["crawl", "--esg-board", "ftp://k-esg.org"], "--esg-board"),
    (["crawl", "--board", "esg-board", "--esg-board", "https://k-esg.org", "--rate", "0"], "only this machine"),
    (["crawl", "--board", "esg-board", "--site", "https://www.korea.kr", "--rate", "0"], "k-esg.org"),
    (["crawl", "--site", "korea.kr"], "write it like https://www.korea.kr"),
    (["crawl", "--rate", "0", "--site", "https://www.korea.kr"], "only this machine"),
    (["crawl", "--rate", "-1"], "requests a second"),
    (["crawl", "--concurrency", "0"], "requests at once"),
    (["backfill"], "--since"),
    (["backfill", "--since", "2024-01-01"], "--until"),
    (["status", "--since", "2024-01-31", "--until", "2024-01-01"], "2024-01-31 is after 2024-01-01"),
    (["status", "--limit", "0"], "--limit"),
    (["show"], "NEWS_ID"),
    (["show", "abc"], "'abc' is no newsId"),
    (["show", "-5"], "-5"),
    (["doctor", "--only", "disk"], "'machine', 'database', 'site'"),
    (
        [
            "doctor",
            "--board",
            "esg-board",
            "--site",
            "http://127.0.0.1:9",
            "--esg-board",
            "https://k-esg.org",
            "--rate",
            "0",
        ],
        "only this machine",
    ),
    (["doctor", "--board", "spech"], "did you mean speech?"),
    (["doctor", "--site", "https://www.korea.kr", "--rate", "0"], "only this machine"),
    (["doctor", "--site", "https://www.korea.kr", "--concurrency", "99"], "at most"),
    (["doctor", "--ministry", "환경부"], "--ministry"),
    (["doctor", "speech"], "speech"),
]


@pytest.mark.parametrize(("arguments", "hint"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage(harvest: Harvest, tmp_path: Path, arguments: list[str], hint: str) -> None:
    ended = harvest(*arguments)
    assert ended.status == 2
    assert ended.last_line.startswith("harvest: wrong usage (exit 2): ")
    assert hint in ended.last_line
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "argument"),
    [
        ("HARVEST_SINCE", "2024-02-30", "--since"),
        ("HARVEST_MINISTRY", "없는부", "--ministry"),
        ("HARVEST_RATE", "fast", "--rate"),
        ("HARVEST_DAYS", "0", "--days"),
        ("HARVEST_BOARD", "nowhere", "--board"),
        ("HARVEST_BOARD", "speech nowhere", "--board"),
        ("HARVEST_ESG_BOARD", "k-esg.org", "--esg-board"),
        ("HARVEST_SITE", "korea.kr", "--site"),
    ],
)
def test_the_environment_is_checked_as_well(
    harvest: Harvest, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, argument: str
) -> None:
    monkeypatch.setenv(variable, value)
    ended = harvest("crawl")
    assert ended.status == 2
    assert argument in ended.last_line


@pytest.mark.parametrize("arguments", [["crawl", "--days", "1000000"], ["show", "http://[x"]])
def test_absurd_values_are_wrong_usage_too(harvest: Harvest, arguments: list[str]) -> None:
    assert harvest(*arguments).status == 2


def test_help_names_every_verb_and_is_no_mistake(harvest: Harvest) -> None:
    for arguments in (["--help"], ["-h"]):
        ended = harvest(*arguments)
        assert ended.status == 0
        assert all(verb in ended.stdout for verb in VERBS)
        assert "Exit status: 0" in ended.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_shows_an_example(harvest: Harvest, verb: str) -> None:
    ended = harvest(verb, "--help")
    assert ended.status == 0
    assert f"harvest {verb}" in ended.stdout


def test_version(harvest: Harvest) -> None:
    ended = harvest("--version")
    assert (ended.status, ended.stdout.split()[0]) == (0, "harvest,")


def test_no_verb_is_wrong_usage(harvest: Harvest) -> None:
    ended = harvest()
    assert ended.status == 2
    assert ended.last_line.startswith("harvest: wrong usage (exit 2)")


# Which boards are meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ([], [PRESS_RELEASE]),
        (["speech"], [SPEECH]),
        (["연설문"], [SPEECH]),
        (["all"], list(BOARDS.values())),
        (["all", "speech"], list(BOARDS.values())),
        (["speech", "all"], [SPEECH, *(board for board in BOARDS.values() if board is not SPEECH)]),
        (["speech", "cabinet", "연설문"], [SPEECH, CABINET]),
        (["esg-board"], [ESG_BOARD]),
        (["all", "ESG 정책뉴스"], [*BOARDS.values(), ESG_BOARD]),
    ],
)
def test_boards_by_slug_by_name_and_all(typed: list[str], meant: list[Board]) -> None:
    @click.command()
    @board_option
    def command(boards: tuple[Board, ...]) -> list[Board]:
        return list(boards)

    arguments = [word for name in typed for word in ("--board", name)]
    assert command.main(arguments, standalone_mode=False) == meant


ASKED = Asked(
    db=None,
    data=Path("data"),
    boards=(PRESS_RELEASE,),
    ministries=(),
    query="",
    site="http://127.0.0.1:9",
    esg_board=None,
    rate=0,
    concurrency=1,
    attachments="text",
    archive=True,
    accept_withdrawals=False,
    notify=(),
    ping=None,
    heartbeat=False,
    verbose=False,
    as_json=False,
)


def planned(boards: Sequence[Board], ministries: tuple[str, ...] = (), query: str = "") -> list[Plan]:
    asked = replace(ASKED, boards=tuple(boards), ministries=ministries, query=query)
    return list(plans_of("crawl", asked, date(2024, 1, 15), date(2024, 1, 17), again=False))


def test_each_board_has_a_plan_in_the_order_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for boards in ([SPEECH, PRESS_RELEASE], [*BOARDS.values(), ESG_BOARD]):
        assert [plan.board for plan in planned(boards)] == boards
    assert capsys.readouterr().err == ""


def test_of_all_boards_those_without_ministries_are_left_out_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    plans = planned(list(BOARDS.values()), ("환경부", "청"))
    assert [plan.board for plan in plans] == [board for board in BOARDS.values() if board is not CABINET]
    assert all("A00019" in plan.codes for plan in plans)
    assert "cabinet is left out: the list of cabinet names no ministries" in capsys.readouterr().err


def test_a_board_that_was_named_is_not_left_out_in_silence() -> None:
    for boards in ([CABINET], [SPEECH, CABINET], [SPEECH, ESG_BOARD]):
        with pytest.raises(click.BadParameter, match="names no ministries"):
            planned(boards, ("환경부",))
    with pytest.raises(click.BadParameter, match="not searched by words"):
        planned([PRESS_RELEASE, ESG_BOARD], query=" 희토류 ")
