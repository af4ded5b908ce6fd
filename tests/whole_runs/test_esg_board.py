"""The ESG board beside korea.kr: every post with its fields and its year, matched to what it re-posts."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from harvester.demo import KST, Clock, Corpus, Fault, MiniSite
from harvester.demo.esg_board import EsgBoard, EsgPost

from .conftest import Ended, Harvester

# Releases of the end of a year: some are posted in the next.
SINCE, UNTIL = date(2023, 12, 18), date(2024, 1, 5)
POSTED_UNTIL = UNTIL + timedelta(days=6)
LATER = datetime(2024, 2, 1, 12, tzinfo=KST)


def make_corpus() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=12, seed=4)


def make_board(corpus: Corpus) -> EsgBoard:
    return EsgBoard.reposting(corpus, since=SINCE, until=UNTIL, a_day=6, seed=2)


@pytest.fixture
def corpus() -> Corpus:
    return make_corpus()


@pytest.fixture
def board(corpus: Corpus) -> EsgBoard:
    return make_board(corpus)


@pytest.fixture
def site(corpus: Corpus, board: EsgBoard) -> Iterator[MiniSite]:
    with MiniSite(corpus, clock=Clock(LATER), beside=board) as running:
        yield running


@pytest.fixture(scope="module")
def with_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a backfill of the press releases leaves behind: the same for every test, and so made once."""
    data = tmp_path_factory.mktemp("releases") / "data"
    corpus = make_corpus()
    make_board(corpus)
    with MiniSite(corpus, clock=Clock(LATER)) as site:
        assert Harvester(site, data).backfill(since=SINCE, until=UNTIL).status == 0
    return data


@pytest.fixture
def filled(harvest: Harvester, with_releases: Path) -> Harvester:
    shutil.copytree(with_releases, harvest.data)
    return harvest


def crawl_board(harvest: Harvester, *more: str) -> Ended:
    return harvest.crawl("--board", "esg-board", *more, since=SINCE, until=POSTED_UNTIL)


def posts_of(board: EsgBoard) -> dict[int, EsgPost]:
    return {post.post_id: post for post in board.truth(SINCE, POSTED_UNTIL)}


def assert_equals_the_board(harvest: Harvester, board: EsgBoard) -> None:
    truth = posts_of(board)
    stored = {row["post_id"]: row for row in harvest.rows("SELECT * FROM esg_posts WHERE withdrawn_at IS NULL")}
    assert stored.keys() == truth.keys()
    for post_id, post in truth.items():
        row = stored[post_id]
        assert (row["title"], row["writer"], row["department"]) == (post.title, post.writer, post.department)
        assert row["posted_on"] == post.day.isoformat()
        assert (row["source_line"], row["likes"], row["hits"]) == (post.source_line, post.likes, post.hits)
        assert row["url"] == f"https://k-esg.org/post/{post_id}"
        for line in post.lines:
            assert " ".join(line.split()) in row["text"]
    for day in harvest.rows("SELECT * FROM days WHERE board = 'esg-board'"):
        on_that_day = sum(post.day.isoformat() == day["day"] for post in truth.values())
        assert (day["declared"], day["listed"], day["stored"]) == (on_that_day,) * 3
        assert day["state"] == ("complete" if on_that_day else "empty")


def matches(harvest: Harvester, board: EsgBoard) -> tuple[int, int, list[tuple[str | None, str]]]:
    """How many posts have an original, how many of these are matched to it, and the wrong ones."""
    truth = posts_of(board)
    rows = {row["post_id"]: row for row in harvest.rows("SELECT * FROM esg_posts")}
    meant = {post_id for post_id, post in truth.items() if post.original}
    right = {post_id for post_id in meant if str(rows[post_id]["news_id"]) == truth[post_id].original}
    wrong = [
        (truth[post_id].oddity, str(row["news_id"]))
        for post_id, row in rows.items()
        if row["news_id"] is not None and str(row["news_id"]) != truth[post_id].original
    ]
    return len(meant), len(right), wrong


def test_every_post_with_its_fields_and_the_right_original(filled: Harvester, board: EsgBoard) -> None:
    ended = crawl_board(filled)
    assert ended.status == 0, ended.stderr
    assert_equals_the_board(filled, board)
    meant, right, wrong = matches(filled, board)
    assert wrong == []
    assert right >= 0.98 * meant
    assert len({post.oddity for post in posts_of(board).values()}) > 8, "the editor made too few mistakes"
    by = {row["matched_by"] for row in filled.rows("SELECT matched_by FROM esg_posts")}
    assert {"news_id", "title"} <= by
    assert all(row["match_reason"] for row in filled.rows("SELECT * FROM esg_posts WHERE news_id IS NULL"))


def test_the_board_costs_its_list_and_its_new_posts(filled: Harvester, board: EsgBoard) -> None:
    crawl_board(filled)
    kinds = [seen.kind for seen in filled.site.requests if seen.path != "/robots.txt"]
    assert kinds.count("post") == len(posts_of(board))
    assert kinds.count("board") <= len(board.posts) // 20 + 2
    filled.site.clear_log()
    ended = crawl_board(filled)
    assert ended.status == 0
    assert "0 new, 0 changed" in ended.last_line
    assert not [seen for seen in filled.site.requests if seen.kind == "post"]
    assert filled.rows("SELECT * FROM esg_revisions") == []


def test_only_the_asked_days(filled: Harvester, board: EsgBoard) -> None:
    since, until = date(2023, 12, 27), date(2023, 12, 29)
    assert filled.crawl("--board", "esg-board", since=since, until=until).status == 0
    stored = {row["post_id"] for row in filled.rows("SELECT post_id FROM esg_posts")}
    assert stored == {post_id for post_id, post in posts_of(board).items() if since <= post.day <= until}
    assert len(filled.rows("SELECT * FROM days WHERE board = 'esg-board'")) == 3


def test_what_the_database_lacks_is_fetched(harvest: Harvester, board: EsgBoard, corpus: Corpus) -> None:
    """Not a whole day: the releases that are meant, and a page or two of listing for each day."""
    ended = crawl_board(harvest)
    assert ended.status == 0, ended.stderr
    meant, right, wrong = matches(harvest, board)
    assert wrong == []
    assert right >= 0.98 * meant
    originals = {post.original for post in posts_of(board).values() if post.original}
    assert len(harvest.ids()) < 1.1 * len(originals) < len(corpus)
    assert len(harvest.pages_asked_for()) < 1.15 * len(harvest.ids()), "a link that leads elsewhere is asked for once"
    assert harvest.listings_asked_for() < 0.6 * len(originals)
    assert {row["board"] for row in harvest.rows("SELECT board FROM days")} == {"esg-board"}
    runs = harvest.rows("SELECT * FROM runs ORDER BY id")
    assert len(runs) <= 4
    assert "originals of the ESG board" in ended.last_line


def test_a_release_that_comes_later_is_matched_then(harvest: Harvester, board: EsgBoard) -> None:
    since, until = date(2023, 12, 27), date(2023, 12, 29)
    assert harvest.crawl("--board", "esg-board", since=since, until=until).status == 0
    before = {row["post_id"] for row in harvest.rows("SELECT post_id FROM esg_posts WHERE news_id IS NOT NULL")}
    assert before
    assert harvest.backfill(since=SINCE, until=UNTIL).status == 0
    truth = posts_of(board)
    for row in harvest.rows("SELECT * FROM esg_posts WHERE news_id IS NOT NULL"):
        assert str(row["news_id"]) == truth[row["post_id"]].original


def test_an_edited_post_is_a_revision_and_a_deleted_one_is_marked(filled: Harvester, board: EsgBoard) -> None:
    crawl_board(filled)
    edited, deleted = sorted(posts_of(board))[3:5]
    board.edit(edited, title="고친 제목")
    board.delete(deleted)
    assert crawl_board(filled).status == 0
    [revision] = filled.rows("SELECT post_id, field, new, cause FROM esg_revisions")
    assert revision == {"post_id": edited, "field": "title", "new": "고친 제목", "cause": "site"}
    gone = filled.rows("SELECT post_id FROM esg_posts WHERE withdrawn_at IS NOT NULL")
    assert gone == [{"post_id": deleted}]
    # The numbers of all newer posts shifted by one: no change of theirs.
    assert_equals_the_board(filled, board)


@pytest.mark.parametrize("kind", ["503", "reset", "truncated-clean", "maintenance", "garbage", "redesign", "login"])
def test_passing_trouble_leaves_nothing_out(filled: Harvester, board: EsgBoard, kind: str) -> None:
    filled.site.faults = [
        Fault(kind, tries=(1,), where="board"),  # type: ignore[arg-type]
        Fault(kind, share=0.3, tries=(1, 2), where="post"),  # type: ignore[arg-type]
    ]
    ended = crawl_board(filled)
    assert any(seen.fault for seen in filled.site.requests)
    assert ended.status == 0, ended.stderr
    assert_equals_the_board(filled, board)


@pytest.mark.parametrize(
    ("kind", "where"), [("503", "any"), ("maintenance", "board"), ("redesign", "board"), ("redesign", "post")]
)
def test_lasting_trouble_is_a_failure(filled: Harvester, kind: str, where: str) -> None:
    filled.site.faults = [Fault(kind, tries=None, where=where)]  # type: ignore[arg-type]
    ended = crawl_board(filled)
    # Its list is whole where only the posts are broken: that a day has none is then proven.
    assert ended.status == (3 if where == "post" else 1), ended.stderr
    states = {row["state"] for row in filled.rows("SELECT state FROM days WHERE board = 'esg-board'")}
    assert states <= ({"failed", "empty"} if where == "post" else {"failed"})
    assert filled.rows("SELECT * FROM esg_posts") == []


def test_a_page_of_the_list_that_is_lost_leaves_its_days_in_doubt(filled: Harvester, board: EsgBoard) -> None:
    filled.site.faults = [Fault("503", tries=None, where="board", pages=frozenset({2}))]
    ended = crawl_board(filled)
    assert ended.status == 3, ended.stderr
    rows = filled.rows("SELECT day, state, reason FROM days WHERE board = 'esg-board'")
    doubtful = [row for row in rows if row["state"] in ("partial", "failed")]
    assert doubtful
    assert all("번호" in row["reason"] for row in doubtful)
    # What is claimed is true.
    truth = posts_of(board)
    for row in rows:
        if row["state"] in ("complete", "empty"):
            on_that_day = {post_id for post_id, post in truth.items() if post.day.isoformat() == row["day"]}
            stored = filled.rows(f"SELECT post_id FROM esg_posts WHERE posted_on = '{row['day']}'")
            assert {each["post_id"] for each in stored} == on_that_day
    filled.site.faults = []
    assert crawl_board(filled).status == 0
    assert_equals_the_board(filled, board)


def test_an_emptied_board_is_not_believed(filled: Harvester, board: EsgBoard) -> None:
    for post in board.posts:
        board.delete(post.post_id)
    assert crawl_board(filled).status == 1
    states = {row["state"] for row in filled.rows("SELECT state FROM days WHERE board = 'esg-board'")}
    assert states == {"failed"}


def test_a_list_that_moves_is_walked_again(filled: Harvester, board: EsgBoard) -> None:
    """While it is paged, a post is deleted near its top: a row slips from the second page to the first."""
    walking = filled.start(
        "crawl", "--board", "esg-board", "--since", SINCE.isoformat(), "--until", POSTED_UNTIL.isoformat()
    )
    newest = sorted(posts_of(board), reverse=True)
    while walking.poll() is None and not [
        seen for seen in filled.site.requests if seen.kind == "board" and seen.page == 1
    ]:
        pass
    board.delete(newest[0])
    walking.communicate()
    assert walking.returncode in (0, 3)
    assert crawl_board(filled).status == 0
    assert_equals_the_board(filled, board)


def test_where_the_board_is(filled: Harvester, board: EsgBoard, tmp_path: Path) -> None:
    named = f"{filled.site.url}/board/esgnews"
    assert crawl_board(filled, "--esg-board", named).status == 0
    assert_equals_the_board(filled, board)
    assert not [seen for seen in filled.site.requests if seen.path == "/"]
    ended = crawl_board(filled, "--esg-board", "nowhere")
    assert ended.status == 2
    assert "--esg-board" in ended.last_line
    # The pace of a stand-in for korea.kr is not taken to a board that is none.
    ended = crawl_board(filled, "--esg-board", "https://k-esg.org")
    assert ended.status == 2
    assert "only this machine" in ended.last_line


def test_the_year_of_a_post_follows_from_its_source_line(filled: Harvester, board: EsgBoard) -> None:
    crawl_board(filled)
    posts = filled.rows("SELECT day_raw, source_day, posted_on FROM esg_posts WHERE source_day LIKE '2023-12-%'")
    over_new_year = [post for post in posts if post["posted_on"].startswith("2024-01")]
    assert over_new_year
    assert all(post["day_raw"].startswith("01") for post in over_new_year)


def test_words_and_ministries_do_not_filter_the_board(harvest: Harvester) -> None:
    for option in ("--ministry", "--query"):
        ended = harvest("crawl", "--board", "esg-board", option, "환경부")
        assert ended.status == 2
        assert "leave it out for this board" in ended.last_line


def test_status_tells_of_the_board(filled: Harvester, board: EsgBoard) -> None:
    crawl_board(filled)
    told = filled("status", "--board", "esg-board", "--json").json
    assert told["complete"] is True
    assert told["briefings"] == len(posts_of(board))


def test_a_post_without_a_source_line_has_its_day_from_the_list(filled: Harvester, board: EsgBoard) -> None:
    model = next(post for post in posts_of(board).values() if post.original)
    bare = replace(
        model, post_id=board.next_id(), title="원문을 알 수 없는 글", source_line=None, link=None, original=None
    )
    board.add(bare)
    assert crawl_board(filled).status == 0
    [row] = filled.rows(f"SELECT * FROM esg_posts WHERE post_id = {bare.post_id}")
    assert (row["posted_on"], row["source_line"], row["source_day"], row["news_id"]) == (
        bare.day.isoformat(),
        None,
        None,
        None,
    )


def test_a_replay_reads_the_posts_again(filled: Harvester, board: EsgBoard) -> None:
    crawl_board(filled)
    before = filled.rows("SELECT * FROM esg_posts ORDER BY post_id")
    ended = filled("replay", "--board", "esg-board", "--json")
    assert ended.status == 0, ended.stderr
    assert (ended.json["releases"], ended.json["changed"]) == (len(before), 0)
    assert filled.rows("SELECT * FROM esg_posts ORDER BY post_id") == before
    assert filled.rows("SELECT * FROM esg_revisions") == []


def test_a_notice_is_a_post_without_a_number(filled: Harvester, board: EsgBoard) -> None:
    [notice] = [post for post in posts_of(board).values() if post.notice]
    crawl_board(filled)
    [row] = filled.rows("SELECT post_id, number, title, news_id FROM esg_posts WHERE number IS NULL")
    assert row == {"post_id": notice.post_id, "number": None, "title": notice.title, "news_id": None}


def test_a_killed_run_leaves_no_post_without_its_original(filled: Harvester, board: EsgBoard) -> None:
    """Originals are found when a run ends; one that was killed came to no end."""
    asked = ("--board", "esg-board", "--since", SINCE.isoformat(), "--until", POSTED_UNTIL.isoformat())
    running = filled.start("crawl", *asked)
    while running.poll() is None and sum(seen.kind == "post" for seen in filled.site.requests) < 60:
        time.sleep(0.002)
    running.kill()
    running.communicate()
    assert filled.rows("SELECT * FROM esg_posts WHERE match_reason IS NULL"), "it was killed too late for this test"
    assert crawl_board(filled).status == 0
    meant, right, wrong = matches(filled, board)
    assert wrong == []
    assert right >= 0.98 * meant
    assert filled.rows("SELECT * FROM esg_posts WHERE match_reason IS NULL") == []


def test_an_emptied_list_hides_no_original(harvest: Harvester, board: EsgBoard) -> None:
    """What is looked for is not given up because a list said once that there is nothing."""
    harvest.site.faults = [Fault("emptied", tries=(1,), where="list")]
    ended = crawl_board(harvest)
    assert any(seen.fault for seen in harvest.site.requests)
    assert ended.status == 0, ended.stderr
    meant, right, wrong = matches(harvest, board)
    assert wrong == []
    assert right >= 0.98 * meant


def test_what_is_not_there_is_not_looked_for_every_hour(harvest: Harvester, board: EsgBoard) -> None:
    crawl_board(harvest)
    left = harvest.rows("SELECT * FROM esg_posts WHERE news_id IS NULL AND sought_at IS NOT NULL")
    assert left, "every post has an original"
    harvest.site.clear_log()
    assert crawl_board(harvest).status == 0
    assert {seen.kind for seen in harvest.site.requests} <= {"board", "robots", "other"}


def test_two_mistakes_in_one_post(filled: Harvester, corpus: Corpus, board: EsgBoard) -> None:
    """A link that leads nowhere, and a title cut, a day off by one, no source line, or another year."""
    plain = [post for post in posts_of(board).values() if post.oddity is None and post.original and post.source_line]
    nowhere = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=155000001"
    of = {post.post_id: corpus[post.original or ""] for post in plain}
    long = [post for post in plain if len(of[post.post_id].title) > 24 and not of[post.post_id].title.startswith("[")]
    cut, off, bare, year = long[:4]
    said = {post.post_id: (of[post.post_id].listed_on, of[post.post_id].ministry) for post in (cut, off, bare, year)}

    def line(post: EsgPost, day: date) -> str:
        return f"({day:%Y.%m.%d} {said[post.post_id][1]})"

    day_of = {post_id: day for post_id, (day, _) in said.items()}
    board.edit(cut.post_id, title=of[cut.post_id].title[:22] + "…", link=nowhere)
    board.edit(off.post_id, source_line=line(off, day_of[off.post_id] - timedelta(days=1)), link=nowhere)
    board.edit(bare.post_id, source_line=None, link=nowhere)
    another = day_of[year.post_id].replace(year=day_of[year.post_id].year - 1)
    board.edit(year.post_id, source_line=line(year, another), link=None)
    assert crawl_board(filled).status == 0
    rows = {row["post_id"]: row for row in filled.rows("SELECT * FROM esg_posts")}
    for post in (cut, off, bare, year):
        assert str(rows[post.post_id]["news_id"]) == post.original, rows[post.post_id]["match_reason"]
        assert rows[post.post_id]["match_reason"]
        assert rows[post.post_id]["posted_on"] == post.day.isoformat()
