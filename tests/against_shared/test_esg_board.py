"""The saved text of a page of the ESG board, where it is at hand, put back into the markup of the board's software.

Nothing of it is copied here but single facts a person can check; the markup around the pieces is that of the templates.
"""

import re
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from harvester.korean import read_source_line
from harvester.pages.esg_board import BoardPage, PostPage, read_board, read_post, read_posted_day

SAVED = Path(__file__).parents[2].parent / "shared" / "kesg" / "esg_policy_news_post.txt"
LIST = "ESG 정책뉴스"
ROW = re.compile(r"(\d+) (.+?)( New)? (총괄관리자) (\d{4}-\d{2}-\d{2}) ([\d,]+)")

pytestmark = pytest.mark.skipif(not SAVED.is_file(), reason="the saved page is not here")


@dataclass(frozen=True)
class Saved:
    title: str
    under: str
    info: list[str]
    text: list[str]
    columns: list[str]
    rows: list[str]


@pytest.fixture(scope="module")
def saved() -> Saved:
    lines = SAVED.read_text(encoding="utf-8").splitlines()
    places = [place for place, line in enumerate(lines) if line.strip().startswith("•")]
    beneath = lines.index(LIST)
    head = [line.strip() for line in lines[: places[0]] if line.strip()]
    rows = [line.strip() for line in lines[beneath + 1 :] if line.strip()]
    return Saved(
        title=head[0],
        under=head[1],
        info=[lines[place].strip("• ") for place in places],
        text=[line.strip() for line in lines[places[-1] + 1 : beneath]],
        columns=rows[0].split(),
        rows=rows[1:],
    )


def whole(content: str) -> bytes:
    return f'<!DOCTYPE html><html lang="ko"><head></head><body>{content}</body></html>'.encode()


def listed(saved: Saved) -> str:
    """The list, with made-up numbers of posts, which the text does not have."""
    rows = ""
    for post_id, line in enumerate(saved.rows, start=9000):
        found = ROW.fullmatch(line)
        assert found, line
        number, title, new, writer, day, hits = found.groups()
        badge = '<span class="label label-warning">New</span>' if new else ""
        rows += (
            f'<tr><td>{number}</td><td><a href="/post/{post_id}" title="{escape(title)}">{escape(title)}</a>{badge}'
            f"<td>{writer}</td><td>{day}</td><td>{hits}</td></tr>"
        )
    heads = "".join(f"<th>{head}</th>" for head in saved.columns)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="board"><h3>{LIST}</h3><form id="fboardlist">{table}</form></div>'


@pytest.fixture(scope="module")
def board(saved: Saved) -> BoardPage:
    return read_board(whole(listed(saved)))


@pytest.fixture(scope="module")
def post(saved: Saved) -> PostPage:
    info = "".join(f"<li>{escape(item)}</li>" for item in saved.info)
    text = "".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in saved.text)
    return read_post(
        whole(
            f'<div class="board"><h3>{escape(saved.title)}</h3><p>{escape(saved.under)}</p><ul class="info">{info}</ul>'
            f'<div id="post-content">{text}</div></div>{listed(saved)}'
        )
    )


def test_the_post_holds_every_field(post: PostPage) -> None:
    assert post.title == "통상교섭본부장, 취임 첫 현장행보로 산업공급망 현장방문"
    assert (post.department, post.writer) == ("산업통상자원부", "한국생산성본부")
    assert (post.comments, post.hits, post.likes, post.dislikes) == (0, 346, 0, 0)
    assert (post.day_raw, post.source_line) == ("01-19", "(2024.01.17 산업통상자원부)")
    assert post.attachments == ()


def test_its_link_is_whole(post: PostPage) -> None:
    [link] = post.links
    query = parse_qs(urlsplit(link).query, keep_blank_values=True)
    assert query["newsId"] == ["156611054"]
    assert (query["repCodeType"], query["endDate"], query["period"]) == (["정부부처"], ["2024-01-19"], ["year"])


def test_its_text_is_a_line_a_paragraph_and_nothing_of_the_list(post: PostPage, saved: Saved) -> None:
    lines = [line for line in post.text.split("\n") if line]
    assert [" ".join(line.split()) for line in saved.text if line] == lines
    assert lines[-2:] == [post.source_line, post.links[0]]
    assert not any(row in post.text for row in saved.rows)


def test_the_year_of_its_day_follows_from_its_source_line(post: PostPage) -> None:
    assert post.source_line
    source_day = read_source_line(post.source_line).day
    posted = read_posted_day(post.day_raw, listed=None, source_day=source_day, today=date(2025, 7, 25))
    assert (posted.day, posted.doubt) == (date(2024, 1, 19), None)


def test_the_list_beneath_it_is_read_whole(board: BoardPage) -> None:
    assert (len(board.rows), board.notices, board.unreadable) == (20, (), ())
    assert [row.number for row in board.rows] == list(range(3269, 3249, -1))
    first, last = board.rows[0], board.rows[-1]
    assert (first.day, first.hits, first.writer) == (date(2025, 7, 25), 8, "총괄관리자")
    assert (last.title, last.day, last.hits) == ("RE100 산단 조성에 범부처 역량 총결집", date(2025, 7, 21), 16)
    assert not any(row.title.endswith("New") for row in board.rows)
