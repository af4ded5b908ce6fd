"""The miniature ESG board: what its editor posts, what its pages look like, and that it is served beside korea.kr."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from harvester.demo import Clock, Corpus, Fault, MiniSite, Release, code_of, ministries_on
from harvester.demo.clock import KST
from harvester.demo.esg_board import NAME, ODDITIES, EsgBoard, EsgPost
from harvester.demo.words import PREFIXES
from harvester.korean import read_source_line
from harvester.pages import NotARelease, UnreadablePage
from harvester.pages.esg_board import read_board, read_post, read_posted_day
from tests.demo.conftest import Client

SINCE, UNTIL = date(2023, 12, 4), date(2024, 1, 19)
NOW = datetime(2024, 2, 1, 12, tzinfo=KST)


def made(seed: int = 0) -> tuple[Corpus, EsgBoard]:
    corpus = Corpus.generated(SINCE, UNTIL, per_day=20, seed=5)
    return corpus, EsgBoard.reposting(corpus, since=SINCE, until=UNTIL, a_day=5, seed=seed)


CORPUS, BOARD = made()
POSTS = [post for post in BOARD.posts if not post.notice]


def original(post: EsgPost) -> Release:
    assert post.original
    return CORPUS[post.original]


def fresh(number: int = 45) -> EsgBoard:
    return EsgBoard(post(100 + place, hours=place) for place in range(number))


def post(post_id: int, *, hours: int = 0, **more: object) -> EsgPost:
    posted = datetime(2024, 1, 10, 9, tzinfo=KST) + timedelta(hours=hours)
    values: dict[str, object] = {"title": f"제목 {post_id}", "posted": posted, "text": "본문"}
    return EsgPost(post_id, **(values | more))  # type: ignore[arg-type]


def page(board: EsgBoard, path: str, number: int | None = None, now: datetime = NOW) -> bytes:
    body = board.answer(path, {} if number is None else {"page": str(number)}, now)
    assert body is not None
    return body


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --- what is posted ---


def test_the_same_arguments_give_the_same_board() -> None:
    assert made()[1].posts == BOARD.posts
    assert made()[0].releases == CORPUS.releases
    assert made(seed=1)[1].posts != BOARD.posts


def test_the_editor_posts_on_weekdays_one_to_six_days_later() -> None:
    assert 3 < len(POSTS) / 35 < 7
    assert all(post.posted.weekday() < 5 for post in POSTS)
    lags = {(post.day - original(post).listed_on).days for post in POSTS if post.original}
    assert lags == {1, 2, 3, 4, 5, 6}
    assert any(post.original and original(post).listed_on.year < post.day.year for post in POSTS)
    numbers = [post.post_id for post in BOARD.posts]
    assert numbers == sorted(set(numbers))
    assert [post.posted for post in POSTS] == sorted(post.posted for post in POSTS)


def test_only_press_releases_are_posted() -> None:
    boards = ("press-release", "policy-news", "speech")
    corpus = Corpus.generated(SINCE, SINCE + timedelta(11), per_day=5, seed=5, boards=boards)
    board = EsgBoard.reposting(corpus, since=SINCE, until=SINCE + timedelta(11), a_day=5)
    assert {corpus[post.original].board for post in board.posts if post.original} == {"press-release"}
    assert {release.board for release in corpus} == set(boards)


def test_every_oddity_is_there_and_most_posts_have_none() -> None:
    counted = Counter(post.oddity for post in POSTS)
    assert set(counted) == {*ODDITIES, None}
    assert counted[None] > len(POSTS) / 2


def told(post: EsgPost) -> tuple[str | None, tuple[date, str] | None]:
    """The newsId of its link, and the day and ministry of its source line."""
    linked = re.search(r"newsId=(\d+)", post.link or "")
    line = read_source_line(post.source_line) if post.source_line else None
    return linked[1] if linked else None, (line.day, line.ministry) if line else None


def test_a_post_tells_of_its_release_what_its_oddity_leaves() -> None:
    for each in POSTS:
        link, line = told(each)
        if each.original is None:
            assert each.oddity == "not-here"
            assert link not in CORPUS
            day = [release.document_text for release in CORPUS.between(each.day - timedelta(7), each.day)]
            assert not any(each.text.split("\n")[-1] in text for text in day)
            continue
        release = original(each)
        right = (release.listed_on, release.ministry)
        match each.oddity:
            case None | "link-form":
                assert (link, line) == (release.news_id, right)
                assert each.title.rstrip("…") in squeezed(release.title)
            case "wrong-link":
                assert link in CORPUS
                assert link != release.news_id
                assert line == right
            case "no-source-line":
                assert (link, line) == (release.news_id, None)
            case "day-typo":
                assert (link, line) == (release.news_id, (release.listed_on - timedelta(1), release.ministry))
            case "no-link" | "joint":
                assert (link, line) == (None, right)
            case "alike" | "edited-word":
                assert link in (None, release.news_id)
                assert line == right


def test_an_edited_title_differs_in_one_word_and_from_all_others_in_more() -> None:
    for each in POSTS:
        if each.oddity == "edited-word":
            words, release = each.title.split(), original(each)
            for other in CORPUS.between(release.listed_on, release.listed_on):
                titled = [word for word in squeezed(other.title).split() if word not in PREFIXES]
                same = sum(a == b for a, b in zip(words, titled, strict=False))
                if other is release:
                    assert same == len(words) - 1
                elif other.ministry == release.ministry:
                    assert same < len(words) - 1


def test_twins_are_in_the_corpus() -> None:
    for each in POSTS:
        if each.oddity not in ("joint", "alike"):
            continue
        release = original(each)
        others = [other for other in CORPUS.between(release.listed_on, release.listed_on) if other is not release]
        if each.oddity == "joint":
            assert any(other.title == release.title and other.ministry != release.ministry for other in others)
        else:
            words = each.title.rstrip("…").split()[:3]
            same = [other for other in others if other.ministry == release.ministry]
            assert any(other.title.split()[:3] == words for other in same)
    files = [file.file_id for release in CORPUS for file in release.attachments]
    assert len(files) == len(set(files))


def test_titles_lose_their_prefix_and_some_their_end() -> None:
    assert not any(post.title.startswith(PREFIXES) for post in POSTS)
    assert any(original(post).title.startswith(PREFIXES) for post in POSTS if post.original)
    cut = [post for post in POSTS if post.original and not squeezed(original(post).title).endswith(post.title)]
    assert {post.title.endswith("…") for post in cut if post.oddity is None} == {True, False}


def test_a_department_has_the_name_of_today_for_some() -> None:
    renamed = [post for post in POSTS if post.original and post.department != original(post).ministry]
    assert renamed
    today = {office.name for office in ministries_on(date(2025, 12, 1))}
    for each in renamed:
        assert each.department in today
        assert code_of(original(each).ministry) == code_of(each.department)


def test_source_lines_are_written_in_many_ways_and_all_can_be_read() -> None:
    lines = [post.source_line for post in POSTS if post.source_line]
    assert len({re.sub(r"\d+", "9", re.sub("[가-힣]+", "가", line)) for line in lines}) >= 5
    assert all(read_source_line(line).day.year in (2023, 2024) for line in lines)


# --- its pages ---


def test_the_list_numbers_what_is_there_newest_first() -> None:
    board = fresh()
    pages = [read_board(page(board, "/board/esgnews", number)) for number in (1, 2, 3)]
    rows = [row for each in pages for row in each.rows]
    assert [row.number for row in rows] == list(range(45, 0, -1))
    assert [row.post_id for row in rows] == list(range(144, 99, -1))
    assert [(each.number, each.pages, len(each.rows)) for each in pages] == [(1, 3, 20), (2, 3, 20), (3, 3, 5)]
    assert read_board(page(board, "/board/esgnews")) == pages[0]


def test_deleting_a_post_shifts_the_numbers_of_all_newer_ones() -> None:
    board = fresh()
    board.delete(120)
    rows = read_board(page(board, "/board/esgnews", 2)).rows
    assert [(row.post_id, row.number) for row in rows if row.post_id in (119, 121)] == [(121, 21), (119, 20)]
    with pytest.raises(ValueError, match="numbers are not used again"):
        board.add(post(120))
    assert board.next_id() == 145


def test_a_page_past_the_end_is_empty() -> None:
    past = read_board(page(fresh(), "/board/esgnews", 4))
    assert (past.rows, past.pages) == ((), 3)
    assert read_board(page(EsgBoard(), "/board/esgnews")).rows == ()


def test_a_notice_stands_on_every_page_and_has_no_number() -> None:
    board = fresh()
    board.add(post(7, notice=True))
    for number in (1, 2, 3):
        read = read_board(page(board, "/board/esgnews", number))
        assert [row.post_id for row in read.notices] == [7]
        assert 7 not in [row.post_id for row in read.rows]
    assert read_board(page(board, "/board/esgnews", 1)).rows[0].number == 45


def test_a_row_looks_as_in_the_software() -> None:
    title = '"희토류" A&B <점검> ' + "긴 제목 " * 12
    board = EsgBoard([post(9, title=title, hits=12_345, comments=3, category="환경")])
    text = page(board, "/board/esgnews", now=datetime(2024, 1, 10, 20, tzinfo=KST)).decode()
    cell = re.search(r"<td>\s*<a href.*?(?=<td>)", text, re.S)
    assert cell
    assert "</td>" not in cell[0]
    assert all(f">{badge}</span>" in cell[0] for badge in ("Hot", "New", "+3", "환경"))
    assert "…</a>" in cell[0]
    [row] = read_board(text.encode()).rows
    assert (row.title, row.hits, row.day) == (title.strip(), 12_345, date(2024, 1, 10))


def test_every_post_is_read_back_as_it_was_made() -> None:
    listed = {}
    for number in range(1, 20):
        listed |= {row.post_id: row for row in read_board(page(BOARD, "/board/esgnews", number)).rows}
    assert set(listed) == {post.post_id for post in POSTS}
    for each in POSTS:
        read, row = read_post(page(BOARD, f"/post/{each.post_id}", 2)), listed[each.post_id]
        read.require_identity(each.post_id, row.title)
        assert (row.title, row.day, row.hits) == (each.title, each.day, each.hits)
        assert read.title == (f"[{each.category}] " if each.category else "") + each.title
        assert [line for line in read.text.split("\n") if line] == list(each.lines)
        assert (read.department, read.writer, read.source_line) == (each.department, each.writer, each.source_line)
        assert (read.comments, read.hits, read.likes, read.dislikes) == (each.comments, each.hits, each.likes, 0)
        assert read.links == ((each.link,) if each.link else ())
        assert read.attachments == each.attachments
        source_day = read_source_line(read.source_line).day if read.source_line else None
        posted = read_posted_day(read.day_raw, listed=row.day, source_day=source_day, today=NOW.date())
        assert (posted.day, posted.doubt) == (each.day, None)


def test_a_post_has_the_list_of_its_page_beneath_it() -> None:
    text = page(fresh(), "/post/130", 2).decode()
    beneath = text[text.index("fboardlist") :]
    assert [int(found) for found in re.findall(r"/post/(\d+)\?page=2", beneath)] == list(range(124, 104, -1))


def test_on_its_own_day_a_post_prints_the_time() -> None:
    board = fresh(1)
    assert read_post(page(board, "/post/100", now=datetime(2024, 1, 10, 23, tzinfo=KST))).day_raw == "09:00"
    assert read_post(page(board, "/post/100", now=datetime(2024, 1, 11, 0, tzinfo=KST))).day_raw == "01-10"


def test_what_is_gone_says_so_and_what_never_was_is_nothing() -> None:
    board = fresh(6)
    board.delete(100)
    board.edit(101, visible=False)
    board.edit(102, binned=True)
    for post_id in (100, 101, 102):
        with pytest.raises(NotARelease):
            read_post(page(board, f"/post/{post_id}"))
    assert board.answer("/post/99", {}, NOW) is None
    assert board.answer("/post/105", {}, datetime(2024, 1, 10, 10, tzinfo=KST)) is None
    assert [row.post_id for row in read_board(page(board, "/board/esgnews")).rows] == [105, 104, 103]
    shown = board.truth(date(2024, 1, 10), date(2024, 1, 10))
    assert [each.post_id for each in shown] == [105, 104, 103]
    assert board.truth(date(2024, 1, 11), date(2024, 1, 12)) == []


def test_an_edited_post_keeps_its_number_and_its_place() -> None:
    board = fresh(3)
    board.edit(101, title="고친 제목", hits=7)
    row = read_board(page(board, "/board/esgnews")).rows[1]
    assert (row.post_id, row.number, row.title, row.hits) == (101, 2, "고친 제목", 7)


def test_the_first_page_leads_to_the_board_by_its_name() -> None:
    board = EsgBoard(key="policy", origin="https://k-esg.example")
    text = page(board, "/").decode()
    assert f'<a href="https://k-esg.example/board/policy">{NAME}</a>' in text
    assert board.answer("/board/policy", {}, NOW) is not None
    assert board.read("/board/esgnews", {}, NOW) is None
    assert board.answer("/board/esgnews", {}, NOW) is None


def test_what_is_asked_is_named_for_the_faults() -> None:
    board = fresh()
    listing, single = board.read("/board/esgnews", {"page": "3"}, NOW), board.read("/post/130", {"page": "1"}, NOW)
    assert listing
    assert (listing.kind, listing.page, listing.is_last_page, listing.board) == (
        "board",
        3,
        True,
        "esg-board",
    )
    assert (listing.since, listing.until) == (date(2024, 1, 10), date(2024, 1, 10))
    assert single
    assert (single.kind, single.news_id, single.since) == ("post", "130", date(2024, 1, 11))
    assert board.read("/briefing/pressReleaseList.do", {}, NOW) is None
    junk = board.read("/board/esgnews", {"page": "-1"}, NOW)
    assert junk
    assert junk.page == 1


def test_it_can_be_changed_while_it_is_read() -> None:
    board = fresh()

    def change(start: int) -> None:
        for place in range(start, start + 50):
            board.add(post(place))
            board.edit(place, hits=place)
            board.delete(place)

    with ThreadPoolExecutor(3) as pool:
        changing = [pool.submit(change, start) for start in (1000, 2000)]
        for _ in range(20):
            assert len(read_board(page(board, "/board/esgnews")).rows) == 20
        assert [each.result() for each in changing] == [None, None]
    assert len(board) == 45


# --- beside korea.kr ---


@pytest.fixture
def site() -> Iterator[MiniSite]:
    with MiniSite(Corpus(CORPUS.releases), clock=Clock(NOW), beside=fresh()) as running:
        yield running


def test_it_is_served_on_the_same_address_as_korea_kr(site: MiniSite) -> None:
    client = Client(site)
    assert len(read_board(client.get("/board/esgnews", page="2").body).rows) == 20
    assert read_post(client.get("/post/130", page="2").body).post_id == 130
    assert NAME in client.get("/").text
    assert client.get("/post/5").status == 404
    assert client.get("/board/other").status == 404
    assert client.page(1).total > 0
    assert [seen.kind for seen in site.requests][:3] == ["board", "post", "other"]


@pytest.mark.parametrize("kind", ["maintenance", "garbage", "redesign", "truncated-clean"])
@pytest.mark.parametrize("path", ["/board/esgnews", "/post/130"])
def test_a_spoiled_page_is_never_read_as_another(site: MiniSite, kind: str, path: str) -> None:
    site.faults = [Fault(kind, where="post" if "post" in path else "board")]  # type: ignore[arg-type]
    client = Client(site)
    read = read_post if "post" in path else read_board
    with pytest.raises(UnreadablePage) as refused:
        read(client.get(path).body)
    assert not isinstance(refused.value, NotARelease)
    read(client.get(path).body)
