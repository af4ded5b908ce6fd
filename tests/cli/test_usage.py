"""Wrong usage: status 2, before anything is asked or written, and a last line that helps."""

from pathlib import Path

import pytest

from harvester.cli.main import VERBS

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
    (["doctor", "--board", "esg-board"], "esg-board is not looked at by this verb"),
    (["doctor", "--board", "all", "--board", "esg-board"], "esg-board is not looked at by this verb"),
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
