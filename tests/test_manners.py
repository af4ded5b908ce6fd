"""How fast a site may be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.manners import CONCURRENCY, FASTEST, MOST_AT_ONCE, RATE, check_site, is_loopback, pace

LIVE, HERE = "https://www.korea.kr", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "site", ["http://127.0.0.1:1", "http://127.9.9.9", "http://localhost:8080", "http://LOCALHOST", "http://[::1]:80"]
)
def test_this_machine(site: str) -> None:
    assert is_loopback(site)


@pytest.mark.parametrize(
    "site",
    [
        LIVE,
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://127.0.0.1@www.korea.kr",
        "http://www.korea.kr/127.0.0.1",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://192.168.0.1",
        "127.0.0.1",
        "",
    ],
)
def test_other_machines(site: str) -> None:
    assert not is_loopback(site)


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        (LIVE, LIVE),
        (f"{LIVE}/", LIVE),
        ("HTTP://127.0.0.1:8080/", HERE),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_addresses_of_sites(typed: str, site: str) -> None:
    assert check_site(typed) == site


@pytest.mark.parametrize(
    "typed",
    ["", "www.korea.kr", "ftp://www.korea.kr", "https://", "https://www.korea.kr/briefing", "https://www.korea.kr?a=1"],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"write it like https://www\.korea\.kr"):
        check_site(typed)


@pytest.mark.parametrize("typed", ["http://127.0.0.1:port", "http://127.0.0.1:99999", "http://[::1", "http://a b"])
def test_addresses_nobody_can_reach_are_refused_too(typed: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        check_site(typed)


def test_the_usual_pace_is_a_request_a_second() -> None:
    asked = pace(LIVE, RATE, CONCURRENCY)
    assert asked["DOWNLOAD_DELAY"] == 1
    assert asked["AUTOTHROTTLE_ENABLED"] is True
    assert asked["CONCURRENT_REQUESTS_PER_DOMAIN"] == CONCURRENCY


def test_no_limit_is_for_this_machine_only() -> None:
    asked = pace(HERE, 0, 16)
    assert asked["DOWNLOAD_DELAY"] < 0.001
    assert not asked["AUTOTHROTTLE_ENABLED"]
    assert asked["RETRY_FIRST_WAIT"] > 0
    with pytest.raises(ValueError, match="only this machine"):
        pace(LIVE, 0, 1)


@pytest.mark.parametrize(
    ("site", "rate", "concurrency"),
    [
        (LIVE, FASTEST + 0.1, 1),
        (LIVE, 1, MOST_AT_ONCE + 1),
        (LIVE, -1, 1),
        (HERE, -0.5, 1),
        (HERE, float("nan"), 1),
        (HERE, float("inf"), 1),
        (HERE, 1, 0),
        (HERE, 1, -4),
    ],
)
def test_what_is_rude_or_no_number_is_refused(site: str, rate: float, concurrency: int) -> None:
    with pytest.raises(ValueError, match=r"[0-9]"):
        pace(site, rate, concurrency)


@given(st.floats(0.01, FASTEST), st.integers(1, MOST_AT_ONCE))
def test_the_live_site_is_never_asked_faster_than_said(rate: float, concurrency: int) -> None:
    asked = pace(LIVE, rate, concurrency)
    assert asked["DOWNLOAD_DELAY"] * rate == pytest.approx(1)
    assert asked["AUTOTHROTTLE_START_DELAY"] >= asked["DOWNLOAD_DELAY"]
    assert asked["CONCURRENT_REQUESTS"] >= asked["CONCURRENT_REQUESTS_PER_DOMAIN"] == concurrency
    assert 0.2 <= asked["RETRY_FIRST_WAIT"] <= 2
