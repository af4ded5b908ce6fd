"""Rows as the store hands them to an export."""

from typing import Any

from harvester.exports.columns import DEFAULT

ROW = {
    "news_id": 156000001,
    "board": "press-release",
    "title": "초과근무 제도 개선",
    "title_prefix": None,
    "lead": "요약",
    "body": "첫 줄\n둘째 줄",
    "body_source": "page",
    "body_status": "read",
    "ministry": "환경부",
    "ministry_code": "A00019",
    "presenter": None,
    "published_on": "2024-01-17",
    "published_at": "2024-01-17T09:30:05+09:00",
    "source_line": "(2024.01.17 환경부)",
    "license": "KOGL-1",
    "url": "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156000001",
    "first_seen_at": "2024-01-18T03:00:00Z",
    "changed_at": None,
    "withdrawn_at": None,
    "revision": 1,
}

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2",
    "@SUM(A1)",
    "\t탭으로 시작",
    "a \"b\" 'c', d;e",
    "줄\n바꿈\r\n또 줄\r끝",
    "---\nnews_id: 1\n---",
    "# 제목 *강조* _밑줄_ `코드` <b>굵게</b> [링크](https://example.org) &amp; 1~3월, 5~7월 \\",
    "🙂 emoji 👨‍👩‍👧 𝒳 \U0010ffff",
    "\x00\x01\x08\x0b\x1f\x7f\x85\u2028\u2029\ufeff\ufffe\uffff",
    "]]> <!-- --> <![CDATA[ &lt; &#0; %s {} {{x}}",
    "<r><t>rich</r>",
    "_x0041_ _x000D_",
    "null",
    "~",
    "yes",
    "2024-01-17",
    "1e3",
    " 앞뒤 빈칸 ",
    "a\tb\tc\n\tx|y\t<i>z</i>",
    "긴 글 " * 25_000,
    "𝒳" * 20_000,
    "",
]
"""What a title, a lead or a text may hold at its worst."""


def row(**changes: Any) -> dict[str, Any]:
    """A release, complete; `changes` over it."""
    return {**ROW, **changes}


def hostile_rows() -> list[dict[str, Any]]:
    return [
        row(
            news_id=number,
            url=f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={number}",
            source_line=f"({text})",
            **dict.fromkeys(("title", "lead", "body", "ministry", "presenter"), text),
        )
        for number, text in enumerate(HOSTILE, start=1)
    ]


assert set(ROW) == set(DEFAULT)
