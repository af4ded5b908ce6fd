"""The fingerprint: the same whenever a release is read, another when it means something else."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.demo.rendering import searched_lead
from harvester.items import Attachment
from harvester.pages.listing import read_listing

from ..pages.making import hand_listing, hand_row, listing, releases
from .making import read_release, through_all


def fingerprint(**changes: Any) -> str:
    days = {"since": date(2024, 1, 1), "until": date(2024, 1, 31)}
    return through_all(read_release(**changes), **days).fingerprint


FILE = Attachment(1, "198000001", "가 나.HWPX", "https://www.korea.kr/1")


@pytest.mark.parametrize(
    "change",
    [
        {"title_raw": "  [보도참고]\n｢가&amp;middot;나｣   추진 "},
        {"lead_raw": "다른 요약입니다"},
        {"lead_raw": ""},
        {"ministry_raw": " 산업통상자원부 "},
        {"published_raw": "2024-01-17T00:30:05Z"},
        {"licence_raw": "1유형"},
        {"attachments": [replace(FILE, url="http://m.korea.kr/1")]},
        {"attachments": [replace(FILE, name_raw=" 가  나.HWPX")]},
        {"row_signature": "x", "news_id": "2", "url": "https://x"},
        {"day_raw": "2024-01-17"},
    ],
)
def test_another_printing_or_another_lead_is_the_same(change: dict[str, Any]) -> None:
    assert fingerprint(**change) == fingerprint()


CHANGES: list[dict[str, Any]] = [
    {"title_raw": "[보도참고] ｢가·나｣ 추진함"},
    {"body_raw": "글"},
    {"body_raw": "글\n둘째"},
    {"ministry_raw": "환경부"},
    {"ministry_raw": "한국우주탐사부"},
    {"listed_on": date(2024, 1, 18)},
    {"published_raw": "2024-01-17T09:30:06+09:00"},
    {"published_raw": "2024-01-17T00:00:00+09:00"},
    {"licence_raw": None},
    {"licence_raw": "4유형"},
    {"attachments": []},
    {"attachments": [replace(FILE, file_id="2")]},
    {"attachments": [replace(FILE, name_raw="다.HWPX")]},
    {"attachments": [FILE, replace(FILE, position=2, file_id="2")]},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_meaning_changes_it(change: dict[str, Any]) -> None:
    assert fingerprint(**change) != fingerprint()


def test_all_changes_are_told_apart() -> None:
    assert len({fingerprint(**change) for change in CHANGES}) == len(CHANGES)


def test_texts_do_not_run_into_each_other() -> None:
    assert fingerprint(title_raw="가나", body_raw="다") != fingerprint(title_raw="가", body_raw="나다")
    files = [replace(FILE, position=n, file_id=str(n)) for n in (1, 2)]
    assert fingerprint(attachments=files) != fingerprint(attachments=files[::-1])


def test_both_renderings_of_ordinary_releases_have_one() -> None:
    found = [release for release in releases(20) if len(release.lead) > 400 and "·" not in release.lead[:180]][:5]
    assert found
    full, cut = read_listing(listing(found)).rows, read_listing(listing(found, codes="A00019")).rows
    for one, other in zip(full, cut, strict=True):
        assert one.lead != other.lead
        assert fingerprint(lead_raw=one.lead) == fingerprint(lead_raw=other.lead)


@settings(max_examples=50, deadline=None)
@given(st.integers(5, 20))
def test_both_renderings_of_a_lead_full_of_entities_have_one(times: int) -> None:
    lead = "｢가나다·라마바｣ " * times + "끝맺는 말 " * 30
    [row] = read_listing(hand_listing(hand_row(lead=searched_lead(lead)))).rows
    assert fingerprint(lead_raw=row.lead) == fingerprint(lead_raw=lead)
