"""Wrong usage: refused before any request, with the argument named and the nearest right one."""

import pytest

from .conftest import Harvester

WRONG = [
    ("backfill --since 2024-02-30 --until 2024-03-01", "--since", "2024-02-29"),
    ("backfill --since 2024-13-01 --until 2024-03-01", "--since", "2024-12-01"),
    ("backfill --since 2024-01-17 --until 2024-01-15", "--since", "2024-01-15"),
    ("backfill --since yesterday --until 2024-01-15", "--since", "YYYY-MM-DD"),
    ("backfill --since 2024-01-15", "--until", "Missing option"),
    ("crawl --since 2999-01-01", "--since", "future"),
    ("crawl --days -1", "--days", "1 or more"),
    ("crawl --days 0", "--days", "1 or more"),
    ("crawl --days three", "--days", "integer"),
    ("crawl --days 2 --since 2024-01-15", "--days", "either"),
    ("crawl --ministry 산업통상자원뷰", "--ministry", "산업통상자원부"),
    ("crawl --ministry 없는부", "--ministry", "A00015"),
    ("crawl --board press-releases", "--board", "press-release"),
    ("crawl --rate -1", "--rate", "0 or more"),
    ("crawl --rate nan", "--rate", "number"),
    ("crawl --rate 0 --site https://www.korea.kr", "--rate", "this machine"),
    ("crawl --rate 50 --site https://www.korea.kr", "--rate", "at most"),
    ("crawl --concurrency 0", "--concurrency", "1 or more"),
    ("crawl --site ftp://example.org", "--site", "https://www.korea.kr"),
    ("crawl --sinse 2024-01-15", "--sinse", "--since"),
    ("crwal", "crwal", "crawl"),
    ("show abc", "abc", "newsId"),
    ("status --since 2024-01-17 --until 2024-01-15", "--since", "2024-01-15"),
]


@pytest.mark.parametrize(("arguments", "names", "suggests"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_wrong_usage(harvest: Harvester, arguments: str, names: str, suggests: str) -> None:
    ended = harvest(*arguments.split())
    assert ended.status == 2, ended.stderr
    assert ended.last_line.startswith("harvest: wrong usage (exit 2)")
    assert names in ended.stderr
    assert suggests in ended.stderr
    assert harvest.site.requests == []
    assert not harvest.database.exists()


def test_an_option_from_the_environment_is_checked_the_same(harvest: Harvester) -> None:
    harvest.environment = {"HARVEST_RATE": "fast"}
    ended = harvest.crawl()
    assert ended.status == 2
    assert "HARVEST_RATE" in ended.stderr


def test_no_database_is_said_plainly(harvest: Harvester) -> None:
    for verb in (["status"], ["show", "156611054"]):
        ended = harvest(*verb)
        assert ended.status == 1
        assert "there is no database" in ended.last_line
