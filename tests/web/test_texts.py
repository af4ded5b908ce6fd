"""Addresses that are safe to follow, and a text in its parts."""

import pytest

from harvester.exports.addresses import safe_address
from harvester.exports.blocks import Block, blocks
from harvester.web.texts import korean_time


@pytest.mark.parametrize("url", ["https://www.korea.kr/a?newsId=1", "http://127.0.0.1:8000/x", "HTTPS://www.korea.kr/"])
def test_addresses_of_pages_are_followed(url: str) -> None:
    assert safe_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//elsewhere.example/",
        "/here",
        "http:",
        "https://[",
    ],
)
def test_others_are_texts(url: str | None) -> None:
    assert safe_address(url) is None


def test_neighbouring_lines_with_tabs_are_one_table() -> None:
    assert blocks("가\n\n나\t다\n라\t마\t바\n 사 ") == [
        Block(text="가"),
        Block(rows=(("나", "다", ""), ("라", "마", "바"))),
        Block(text="사"),
    ]
    assert blocks(None) == blocks(" \n") == []


def test_times_are_korean() -> None:
    assert korean_time("2024-01-17T15:04:05Z") == "2024. 1. 18. 00:04"
    assert korean_time("soon") == "soon"
