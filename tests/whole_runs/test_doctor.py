"""`harvest doctor`: does the site still look as expected?"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from harvester.boards import BOARDS
from harvester.clock import korean_today
from harvester.demo import KST, Clock, Corpus, Fault, MiniSite

from .conftest import Harvester


@pytest.fixture
def corpus() -> Corpus:
    # The doctor looks at the last year, whichever that is.
    day = korean_today() - timedelta(days=9)
    return Corpus.generated(since=day, until=day + timedelta(days=8), per_day=5, seed=1, boards=list(BOARDS))


@pytest.fixture
def site(corpus: Corpus) -> Iterator[MiniSite]:
    noon = datetime.combine(korean_today(), datetime.min.time(), tzinfo=KST) + timedelta(hours=12)
    with MiniSite(corpus, clock=Clock(noon)) as running:
        yield running


def test_a_site_as_expected_costs_a_request_a_page_kind(harvest: Harvester) -> None:
    ended = harvest("doctor")
    assert ended.status == 0, ended.stdout + ended.stderr
    boards = len(BOARDS)
    assert ended.last_line == f"harvest: complete (exit 0): {2 * boards} pages of {harvest.site.url} look as expected"
    asked = Counter(seen.kind for seen in harvest.site.requests)
    assert asked == {"robots": 1, "listing": boards, "release": boards}
    assert not harvest.data.exists(), "the doctor writes nothing where nothing is wrong"
    told = harvest("doctor", "--board", "cabinet", "--json").json
    assert [(each["board"], each["page"], each["as_expected"]) for each in told["findings"]] == [
        ("cabinet", "list", True),
        ("cabinet", "page", True),
    ]


def test_a_redesigned_board_is_named_and_its_page_kept(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("redesign", tries=None, boards=frozenset({"speech"}))]
    ended = harvest("doctor")
    assert ended.status == 3
    assert "speech list" in ended.last_line
    assert "speech list: NOT AS EXPECTED: not a listing" in ended.stdout
    assert "press-release page: as expected" in ended.stdout
    kept = harvest.data / "doctor" / "speech-list.html"
    assert str(kept) in ended.stdout
    assert b"grid_v6" in kept.read_bytes()


def test_a_site_that_is_away_is_a_failure(harvest: Harvester) -> None:
    harvest.site.faults = [Fault("503", tries=None)]
    ended = harvest("doctor")
    assert ended.status == 1
    assert "robots.txt could not be read" in ended.last_line


def test_wrong_usage(harvest: Harvester) -> None:
    assert harvest("doctor", "--board", "esg-board").status == 2
    assert harvest("doctor", "--site", "https://www.korea.kr", "--rate", "0").status == 2
    assert harvest.site.requests == []
