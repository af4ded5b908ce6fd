"""Chance alone tells nothing for years; a field that goes empty is told within hours."""

from collections.abc import Iterator
from math import log
from random import Random

import pytest

from harvester.drift import Kind, Notice
from harvester.drift.measures import Measures
from harvester.drift.shares import chance_of_so_few, is_back, judge, lumpiness

MINISTRIES = ("A00001", "A00002", "A00003", "A00004", "A00005")


def run(releases: int, there: int, *, ministries: tuple[str, ...] = MINISTRIES, size: float = 1000) -> Measures:
    """What an hourly run counted."""
    return Measures(
        releases,
        {"license": (there, releases)},
        {"body": (releases, releases * log(size), releases * log(size) ** 2)} if releases else {},
        ministries,
    )


USUAL = [run(5, 5 if n % 4 else 4) for n in range(80)]


def said(measured: list[Measures]) -> list[str]:
    return [notice.key.rpartition("/")[2] for notice in judge("press-release", measured)]


def test_what_goes_empty_is_told_after_twelve_releases() -> None:
    assert said([*USUAL, run(5, 0)]) == []
    assert said([*USUAL, run(5, 0), run(4, 0)]) == []
    [notice] = judge("press-release", [*USUAL, run(5, 0), run(4, 0), run(3, 0)])
    assert notice.key == "drift/press-release/field/license"
    assert notice.says == "none of the last 12 has a licence; of the 400 before, 95% had"
    assert notice.expected == pytest.approx(0.95)


def test_what_becomes_rare_is_told_after_sixty() -> None:
    rare = [run(10, 4) for _ in range(6)]
    assert said([*USUAL, *rare[:1]]) == []
    assert said([*USUAL, *rare]) == ["license"]


def test_what_fell_a_little_is_no_news_however_sure() -> None:
    assert said([*(run(100, 99) for _ in range(20)), *(run(100, 70) for _ in range(5))]) == []


def test_one_ministrys_habit_is_no_news() -> None:
    assert said([*USUAL, run(14, 0, ministries=("A00005", "A00001"))]) == []
    assert said([*USUAL, run(14, 0)]) == ["license"]


def test_a_board_of_one_ministry_can_drift_too() -> None:
    cabinet = [run(3, 3, ministries=("국무회의",)) for _ in range(100)]
    assert said([*cabinet, *(run(3, 0, ministries=("국무회의",)) for _ in range(4))]) == ["license"]


def test_what_was_never_there_is_not_missed() -> None:
    assert said([run(5, 0) for _ in range(100)]) == []


def test_of_few_releases_nobody_knows_what_is_usual() -> None:
    assert said([*USUAL[:30], run(40, 0)]) == []


def test_texts_of_another_size_are_told() -> None:
    dice = Random(1)
    usual = [run(5, 5, size=1000 * 2 ** dice.uniform(-1, 1)) for _ in range(80)]
    assert said([*usual, *(run(5, 5, size=1300) for _ in range(4))]) == []
    [notice] = judge("press-release", [*usual, *(run(5, 5, size=180) for _ in range(4))])
    assert notice.kind is Kind.SIZE
    assert "180 characters" in notice.says


def test_it_is_over_when_it_is_as_before() -> None:
    empty = [*USUAL, run(12, 0)]
    assert not is_back(Kind.FIELD, "license", 0.95, empty)
    assert not is_back(Kind.FIELD, "license", 0.95, [*empty, run(5, 5)])
    assert is_back(Kind.FIELD, "license", 0.95, [*empty, run(12, 11)])
    assert not is_back(Kind.SIZE, "body", log(1000), [*USUAL, run(20, 20, size=100)])
    assert is_back(Kind.SIZE, "body", log(1000), [*USUAL, run(20, 20, size=900)])


@pytest.mark.parametrize(
    ("there", "of", "was_there", "was_of", "chance"),
    [
        (0, 1, 1, 1, 1 / 2),
        (1, 2, 1, 1, 2 / 3),  # of three with two that have it: 2/3 to draw one that has not, 1/3 to draw both
        (0, 2, 2, 2, 1 / 6),
        (5, 5, 5, 5, 1.0),
    ],
)
def test_the_chance_is_the_hypergeometric_one(there: int, of: int, was_there: int, was_of: int, chance: float) -> None:
    assert chance_of_so_few(there, of, was_there, was_of) == pytest.approx(chance)


def hours(dice: Random, number: int) -> Iterator[Measures]:
    """Hourly runs of a site that does not change: most fields nearly always there, some seldom, one in lumps."""
    shares = {"lead": 0.97, "license": 0.95, "time": 0.93, "contacts": 0.8, "viewer": 0.6, "hwp": 0.3, "agenda": 0.02}
    for _ in range(number):
        releases = dice.choice((1, 1, 2, 3, 5, 8, 10))
        filled = {name: (sum(dice.random() < p for _ in range(releases)), releases) for name, p in shares.items()}
        # A ministry that has no times publishes several at once.
        filled["lumps"] = (0 if dice.random() < 0.1 else releases, releases)
        sizes = [log(1500) + dice.gauss(0, 1) for _ in range(releases)]
        ministries = tuple(dice.sample([f"A{n:05}" for n in range(50)], min(releases, 8)))
        yield Measures(releases, filled, {"body": (releases, sum(sizes), sum(size**2 for size in sizes))}, ministries)


def test_months_of_chance_tell_nothing() -> None:
    measured = list(hours(Random(1), 3000))
    told: list[Notice] = []
    for end in range(100, 3000, 5):
        told += judge("press-release", measured[max(0, end - 300) : end])
    assert told == []


def test_and_still_a_change_is_seen_through_it() -> None:
    measured = list(hours(Random(2), 300))
    later = list(hours(Random(3), 20))
    for each in later:
        each.filled |= dict.fromkeys(("license", "lumps"), (0, each.releases))
    assert {"license", "lumps"} <= set(said([*measured, *later]))


def test_releases_in_lumps_count_as_one() -> None:
    assert lumpiness([(3, 4), (4, 4), (4, 5), (2, 3)] * 5) == 1
    assert lumpiness([(8, 8), (8, 8), (8, 8), (0, 8)] * 5) == pytest.approx(8, rel=0.1)
    assert lumpiness([(8, 8), (0, 8)]) == 1, "of two runs nobody knows"
