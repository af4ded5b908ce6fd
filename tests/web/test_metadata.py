"""Texts beside the data: every table and column in Korean, every query and chart can be asked."""

import re

import pytest

from harvester.web.application import texts

from ..store.making import Books
from .conftest import Site

TABLES = texts()["databases"]["briefings"]["tables"]
QUERIES = texts()["databases"]["briefings"]["queries"]
CHARTS = texts()["plugins"]["datasette-dashboards"]["releases"]["charts"]
SHADOWS = re.compile(r"briefings_fts_\w+|sqlite_\w+")
HANGUL = re.compile("[가-힣]")


def test_every_table_and_column_is_described_and_no_other(made: Books) -> None:
    tables = {
        row["name"]: [each["name"] for each in made.rows(f"SELECT name FROM pragma_table_info('{row['name']}')")]
        for row in made.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not SHADOWS.fullmatch(row["name"])
    }
    assert {name: list(told["columns"]) for name, told in TABLES.items()} == tables
    told = [
        text for each in TABLES.values() for text in (each["title"], each["description"], *each["columns"].values())
    ]
    assert [text for text in told if not HANGUL.search(text)] == []


def test_the_table_page_shows_them(site: Site) -> None:
    page = site.page("/briefings/days")
    assert "날마다의 장부" in page.css("h1").get("")
    assert TABLES["days"]["columns"]["declared"] in page.css(".column-descriptions").get("")


@pytest.fixture(scope="session")
def filled() -> dict[str, dict[str, str]]:
    """For each query, what somebody may type into its form."""
    return {
        "by_ministry_and_year": {"board": "cabinet"},
        "by_day": {"since": "2024-01-17", "until": "2024-01-17"},
        "search": {"words": '"희토류"'},
        "source_lines": {"since": "2024-01-17", "until": ""},
        "late": {"days": "1"},
        "esg": {"area": "e"},
    }


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_runs_empty_and_filled_in(site: Site, name: str, filled: dict[str, dict[str, str]]) -> None:
    assert HANGUL.search(QUERIES[name]["title"])
    assert HANGUL.search(QUERIES[name]["description"])
    for parameters in ({}, filled.get(name, {})):
        answer = site.get(f"/briefings/{name}.json", params={"_shape": "objects", **parameters})
        assert answer.status_code == 200, answer.text
    assert (name in filled) == bool(QUERIES[name].get("params"))


def test_the_queries_find_what_they_promise(site: Site) -> None:
    def rows(name: str, **parameters: str) -> list[dict[str, object]]:
        answered: list[dict[str, object]] = site.get(
            f"/briefings/{name}.json", params={"_shape": "array", **parameters}
        ).json()
        return answered

    assert {row["news_id"] for row in rows("quietly_changed")} == {2}
    assert {row["news_id"] for row in rows("withdrawn")} == {4}
    assert [(row["날"], row["상태"]) for row in rows("incomplete_days")] == [("2024-01-15", "partial")]
    assert {row["출처"] for row in rows("source_lines", since="2024-01-17")} == {"(2024.01.17 환경부)"}
    assert rows("by_day", since="2024-01-17") == [{"날": "2024-01-17", "글": 5}]
    assert rows("by_ministry_and_year", board="ministry-briefing") == [{"부처": "국토교통부", "해": "2024", "글": 1}]
    assert rows("search", words='"주택"')[0]["news_id"] == 1


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_its_data(site: Site, name: str) -> None:
    answer = site.get("/briefings.json", params={"sql": CHARTS[name]["query"], "_shape": "objects"})
    rows = answer.json()["rows"]
    used = {each["field"] for each in CHARTS[name]["display"]["encoding"].values()}
    assert rows
    assert used <= set(rows[0])
