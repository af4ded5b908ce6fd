"""Feeds: valid whatever the releases say, with ids that stay and times that move."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from harvester.exports import atom

from .making import HOSTILE, hostile_rows, row
from .rfc4287 import ATOM, faults

HEAD = {
    "title": "정책브리핑 · 환경부",
    "id": "https://example.org/feed.atom",
    "self_url": "https://example.org/feed.atom?ministry=환경부&board=speech",
    "alternate_url": "https://www.korea.kr",
    "updated": "2024-01-18T03:00:00Z",
}


def made(rows: Iterable[dict[str, Any]], **head: Any) -> bytes:
    return b"".join(atom.feed(rows, **{**HEAD, **head}))


def entries(document: bytes) -> list[etree._Element]:
    return list(etree.fromstring(document).iter(f"{ATOM}entry"))


@pytest.mark.parametrize(
    "rows", [[], [row()], [row(published_at=None, lead=None, body=None, license=None, withdrawn_at="x")]], ids=len
)
def test_a_feed_is_valid(rows: list[dict[str, Any]]) -> None:
    assert faults(made(rows)) == []
    assert faults(made(rows, self_url=None)) == []


def test_a_feed_of_hostile_releases_is_valid_and_says_what_they_say() -> None:
    document = made(hostile_rows(), title="".join(HOSTILE[:12]))
    assert faults(document) == []
    titles = [each.findtext(f"{ATOM}title") for each in entries(document)]
    for written, meant in zip(titles, HOSTILE, strict=True):
        kept = meant.replace("\r\n", "\n").replace("\r", "\n")
        assert written == (
            "".join("\ufffd" if character in "\0\1\b\v\x1f\ufffe\uffff" else character for character in kept)
            or f"newsId {len(HOSTILE)}"
        )


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_breaks_a_feed(text: str) -> None:
    assert (
        faults(made([row(title=text, body=text, ministry=text, lead=text, url=f"https://x/{text}")], title=text)) == []
    )


def test_the_validator_finds_faults() -> None:
    valid = made([row()])
    broken = {
        b"<published>2024-01-17T09:30:05+09:00": b"<published>2024-01-17",
        b"<name>": b"<nom>",
        b"<author>": b"<source>",
        b'term="press-release"': b"",
        b"<entry><id>urn:uuid:": b"<entry><id>",
        b"</feed>": b"<id>urn:x</id></feed>",
        b"<entry>": b'<entry><link rel="alternate" type="text/html" hreflang="ko" href="https://x"/>',
        b'type="html"': b'type="docx"',
        b"<content": b"<kontent",
    }
    for old, new in broken.items():
        spoiled = valid.replace(old, new)
        for tag in (b"name", b"author", b"content"):
            if old == b"<" + tag + b">" or old == b"<" + tag:
                spoiled = spoiled.replace(b"</" + tag + b">", b"</" + new.strip(b"<>") + b">")
        assert spoiled != valid
        assert faults(spoiled), old
    assert any("2 times" in fault for fault in faults(made([row(), row()])))


def test_an_id_stays_and_updated_moves() -> None:
    [first] = entries(made([row()]))
    changed = row(
        title="다른 제목", url="https://elsewhere.kr/1", ministry="국무조정실", changed_at="2024-01-19T03:00:00Z"
    )
    [second] = entries(made([changed], self_url="https://another.kr/feed", id="urn:another"))
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")
    # Published in feeds; another id would make every release unread again in every reader.
    assert first.findtext(f"{ATOM}id") == "urn:uuid:f4be7993-c455-52e6-abb8-4e2a62d95ead"
    assert first.findtext(f"{ATOM}updated") == "2024-01-17T09:30:05+09:00"
    assert second.findtext(f"{ATOM}updated") == "2024-01-19T03:00:00Z"
    assert len({atom.entry_id(news_id) for news_id in range(1000)}) == 1000


def test_an_entry_carries_text_source_and_licence() -> None:
    [entry] = entries(made([row(body="1 < 2 & 3\n\n둘째", withdrawn_at="2024-02-01T00:00:00Z")]))
    shown = html.fromstring(entry.findtext(f"{ATOM}content") or "")
    assert [each.text_content() for each in shown.iter("p")][:2] == ["1 < 2 & 3", "둘째"]
    assert "(2024.01.17 환경부)" in shown.text_content()
    assert [each.get("href") for each in shown.iter("a")] == [row()["url"]]
    rights = entry.findtext(f"{ATOM}rights") or ""
    assert "출처표시: (2024.01.17 환경부)" in rights
    assert "제1유형" in rights
    assert [each.get("term") for each in entry.iter(f"{ATOM}category")] == ["press-release", "환경부", "withdrawn"]


def test_a_text_cannot_smuggle_markup_into_a_reader() -> None:
    [entry] = entries(made([row(body='<script>alert(1)</script><img src=x onerror="alert(1)">')]))
    shown = html.fromstring(entry.findtext(f"{ATOM}content") or "")
    assert [each.tag for each in shown.iter() if each.tag not in ("div", "p", "br", "a")] == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", " ", "data:text/html,x", "https://[", "//x/y"])
def test_an_address_that_is_not_safe_is_no_link(url: str) -> None:
    document = made([row(url=url)])
    assert faults(document) == []
    [entry] = entries(document)
    assert [link.get("rel") for link in entry.iter(f"{ATOM}link")] == ["license"]
    shown = html.fromstring(entry.findtext(f"{ATOM}content") or "")
    assert list(shown.iter("a")) == []
    assert url.strip() in shown.text_content()


def test_addresses_are_written_as_their_standard_says() -> None:
    document = made([row(url="https://www.korea.kr/보도 자료?a=%EA%B0%80&b='\"<")], alternate_url="https://x/찾기?q=가")
    assert faults(document) == []
    links = [link.get("href") for link in etree.fromstring(document).iter(f"{ATOM}link")]
    assert [link for link in links if not link.isascii() or set(link) & set(' "<>')] == []
    assert "https://www.korea.kr/%EB%B3%B4%EB%8F%84%20%EC%9E%90%EB%A3%8C?a=%EA%B0%80&b='%22%3C" in links


@pytest.mark.parametrize("title", ["", "  ", "\u3000"])
def test_a_release_without_title_is_called_by_its_number(title: str) -> None:
    [entry] = entries(made([row(title=title)]))
    assert entry.findtext(f"{ATOM}title") == "newsId 156000001"


@pytest.mark.parametrize("wrong", ["soon", "", "2024-01-17", "2024-13-17T00:00:00Z", "2024-01-17T00:00:00", "٢٠٢٤"])
def test_what_is_no_time_is_not_told(wrong: str) -> None:
    hostile = row(changed_at=wrong)
    assert faults(made([hostile, row(news_id=2, published_at=wrong), row(news_id=3, published_on=wrong)])) == []
    assert atom.last_updated([hostile]) == row()["published_at"]
    assert faults(made([row(published_at=wrong, published_on=wrong, changed_at=wrong)])) == []


def test_the_last_update_is_the_latest_moment_not_the_latest_text() -> None:
    rows = [row(), row(changed_at="2024-01-17T00:30:06Z"), row(published_at=None)]
    assert atom.last_updated(rows) == "2024-01-17T00:30:06Z"
    assert atom.last_updated([]) is None
