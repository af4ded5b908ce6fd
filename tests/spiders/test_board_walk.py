"""The walk of a board that is only paged: what it says of a day without a problem is true, whatever happens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harvester.pages.esg_board import BoardPage, PostRow
from harvester.spiders.board_walk import MAX_WALKS, BoardWalk, DayFound

DAY = date(2024, 1, 17)
SIZE = 3


def row(post_id: int, number: int | None, day: date | None = DAY, day_raw: str | None = None) -> PostRow:
    printed = day_raw if day_raw is not None else str(day)
    return PostRow(post_id, number, f"제목 {post_id}", "관리자", printed, 7)


def page(*rows: PostRow, unreadable: Iterable[str] = (), notices: Iterable[PostRow] = ()) -> BoardPage:
    return BoardPage(rows, tuple(notices), None, None, tuple(unreadable))


@dataclass
class Board:
    """A board as the site keeps it, newest post first: 번호 is how many posts there are from the oldest to this one."""

    posts: list[tuple[int, date]]
    size: int = SIZE
    undated: frozenset[int] = frozenset()
    at_first: frozenset[int] = frozenset()
    """What was there when the last walk began."""
    ever: dict[int, date] = field(default_factory=dict)
    """And what was there at some time of it."""

    def remember(self) -> None:
        """A walk begins."""
        self.ever = dict(self.posts)
        self.at_first = frozenset(self.ever)

    def insert(self, days_later: int) -> None:
        newest = self.posts[0][1] if self.posts else DAY
        post = max(self.ever, default=0) + 1, newest + timedelta(days=days_later)
        self.posts.insert(0, post)
        self.ever |= [post]

    def page(self, number: int) -> BoardPage:
        first = (number - 1) * self.size
        shown = self.posts[first : first + self.size]
        return page(
            *(
                row(post_id, len(self.posts) - first - at, day, "어제" if post_id in self.undated else None)
                for at, (post_id, day) in enumerate(shown)
            )
        )

    def on(self, day: date) -> set[int]:
        return {post_id for post_id, its_day in self.posts if its_day == day}


def board_of(*days_back: int, size: int = SIZE) -> Board:
    """Posts of days so far back from DAY, in any order."""
    days = sorted(DAY - timedelta(days=back) for back in days_back)
    return Board([(post_id, day) for post_id, day in enumerate(days, start=1)][::-1], size)


def walked(
    board: Board,
    since: date,
    *,
    between: Callable[[int], None] = lambda _: None,
    lost: Callable[[int], str | None] = lambda _: None,
) -> tuple[BoardWalk, list[int]]:
    """Walk it as the spider does, again where the walk asks for it; and the pages that were asked for."""
    walk, asked = BoardWalk(since), []
    while True:
        board.remember()
        following: int | None = walk.begin()
        while following is not None:
            asked.append(following)
            reason = lost(following)
            following = walk.lose(reason) if reason else walk.take(board.page(following), 10 + following)
            between(len(asked))
        if not walk.must_walk_again:
            return walk, asked


def ids(found: DayFound) -> list[int]:
    return [each.post_id for each in found.rows]


# A board at rest


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(0, 9), st.integers(1, 7))
def test_of_a_board_at_rest_each_asked_day_is_known(days_back: list[int], asked_back: int, size: int) -> None:
    board, since = board_of(*days_back, size=size), DAY - timedelta(days=asked_back)
    walk, asked = walked(board, since)
    for back in range(asked_back + 1):
        day = DAY - timedelta(days=back)
        found = walk.found_on(day)
        assert (found.problem, found.reached) == (None, True)
        assert set(ids(found)) == board.on(day)
    needed = -(-sum(day >= since for _, day in board.posts) // size)
    assert asked == list(range(1, len(asked) + 1))
    assert needed <= len(asked) <= needed + 1, "the first page on which all is older is the last that is asked for"


def test_posts_of_a_day_are_told_newest_first_with_the_page_that_lists_them() -> None:
    walk, asked = walked(board_of(0, 0, 0, 0, 1, 2, 2, 2), DAY)
    assert asked == [1, 2, 3]
    assert ids(walk.found_on(DAY)) == [8, 7, 6, 5]
    assert [walk.listed_in[post_id] for post_id in (8, 6, 5)] == [11, 11, 12]


def test_a_page_whose_last_row_is_older_is_not_the_last_one() -> None:
    """Within a page days may stand in any order; only a page on which all is older ends the walk."""
    walk = BoardWalk(DAY)
    walk.begin()
    older = DAY - timedelta(days=1)
    assert walk.take(page(row(9, 9), row(8, 8, older)), None) == 2
    assert walk.take(page(row(7, 7, older), row(6, 6)), None) == 3
    assert walk.take(page(row(5, 5, older), row(4, 4, older)), None) is None
    assert ids(walk.found_on(DAY)) == [9, 6]
    assert walk.found_on(DAY).problem is None


def test_the_walk_ends_with_the_oldest_post() -> None:
    walk, asked = walked(board_of(0, 0, 1), DAY - timedelta(days=100))
    assert asked == [1]
    for back in range(100):
        found = walk.found_on(DAY - timedelta(days=back))
        assert (found.problem, found.reached) == (None, True)


def test_a_page_of_exactly_the_last_posts_is_the_last() -> None:
    assert walked(board_of(0, 0, 0, 0, 0, 0), DAY - timedelta(days=9))[1] == [1, 2]


def test_notices_are_posts_of_their_day_once_and_have_no_number() -> None:
    """They stand on top of every page, and need not follow the order of days."""
    walk = BoardWalk(DAY)
    walk.begin()
    notice = row(99, None)
    assert walk.take(page(row(3, 3), row(2, 2), notices=[notice]), None) == 2
    assert walk.take(page(row(1, 1), notices=[notice]), None) is None
    assert ids(walk.found_on(DAY)) == [99, 3, 2, 1]
    assert walk.found_on(DAY).problem is None
    assert walk.found_on(DAY - timedelta(days=1)).rows == ()


def test_a_board_that_says_it_has_no_posts_is_not_believed() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    assert walk.take(page(), None) is None
    found = walk.found_on(DAY)
    assert (found.rows, found.reached) == ((), False)
    assert "no posts at all" in str(found.problem)


# A board that moves


@st.composite
def boards(draw: st.DrawFn) -> Board:
    board = board_of(*draw(st.lists(st.integers(0, 5), min_size=1, max_size=14)), size=draw(st.integers(1, 4)))
    board.undated = draw(st.sampled_from([frozenset[int](), frozenset[int](), frozenset({3}), frozenset({1, 2})]))
    return board


@given(boards(), st.integers(0, 6), st.data())
def test_what_is_said_without_a_problem_is_true(board: Board, asked_back: int, data: st.DataObject) -> None:
    def change(_: int) -> None:
        for what in data.draw(st.lists(st.sampled_from(["insert", "delete", "delete"]), max_size=2)):
            if what == "insert":
                board.insert(data.draw(st.integers(0, 2)))
            elif board.posts:
                del board.posts[data.draw(st.integers(0, len(board.posts) - 1))]

    def lost(_: int) -> str | None:
        return data.draw(st.sampled_from([None, None, None, "HTTP status 503"]))

    since = DAY - timedelta(days=asked_back)
    walk, _ = walked(board, since, between=change, lost=lost)
    # See test_a_page_past_the_end_does_not_hide_what_is_missing_before_it.
    stayed = {post_id: day for post_id, day in board.posts if post_id in board.at_first}
    for day in {since + timedelta(days=days) for days in range(asked_back + 3)}:
        found = walk.found_on(day)
        if found.problem is not None:
            continue
        assert found.reached
        assert set(ids(found)) >= {post_id for post_id, its_day in stayed.items() if its_day == day}
        assert set(ids(found)) <= {post_id for post_id, its_day in board.ever.items() if its_day == day}
        assert len(set(ids(found))) == len(found.rows)


def test_what_happens_on_pages_that_were_read_moves_no_day() -> None:
    """A post more, and one less below it, push nothing over a border."""
    board = board_of(0, 0, 0, 1, 1, 1, 2, 2, 2)

    def one_comes_and_one_goes(answers: int) -> None:
        if answers == 1:
            board.insert(0)
            del board.posts[1]

    walk, asked = walked(board, DAY - timedelta(days=1), between=one_comes_and_one_goes)
    assert asked == [1, 2, 3]
    assert ids(walk.found_on(DAY - timedelta(days=1))) == [6, 5, 4]
    assert walk.found_on(DAY - timedelta(days=1)).problem is None


def test_a_list_that_moved_is_walked_again_and_then_adds_up() -> None:
    board = board_of(0, 0, 0, 1, 1, 1, 2, 2, 2)

    def the_newest_goes(answers: int) -> None:
        if answers == 1:
            del board.posts[0]

    walk, asked = walked(board, DAY - timedelta(days=1), between=the_newest_goes)
    assert asked == [1, 2, 3, 1, 2, 3]
    assert walk.walks == 2
    for back in (0, 1):
        assert walk.found_on(DAY - timedelta(days=back)).problem is None
    assert ids(walk.found_on(DAY)) == [8, 7]


def test_a_list_that_never_comes_to_rest_is_given_up_with_the_reason() -> None:
    board = board_of(*range(12))

    def the_oldest_goes_and_one_comes(_: int) -> None:
        board.insert(0)
        board.insert(0)
        del board.posts[-1]

    walk, _ = walked(board, DAY - timedelta(days=9), between=the_oldest_goes_and_one_comes)
    assert walk.walks == MAX_WALKS
    assert not walk.must_walk_again
    for back in range(10):
        assert walk.found_on(DAY - timedelta(days=back)).problem is not None


def test_one_post_under_two_numbers_shows_that_the_list_moved() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(9, 9), row(8, 8)), None)
    assert walk.take(page(row(8, 7), row(7, 6, DAY - timedelta(days=1))), None) == 3
    walk.take(page(row(5, 5, DAY - timedelta(days=2))), None)
    assert walk.must_walk_again
    assert walk.found_on(DAY).problem == "the list kept moving while it was walked"


def test_another_post_under_a_number_shows_that_the_list_moved() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(19, 9), row(18, 8)), None)
    walk.take(page(row(17, 8), row(1, 7, DAY - timedelta(days=1))), None)
    assert walk.must_walk_again
    assert walk.found_on(DAY).problem is not None


def test_two_posts_under_one_number_on_one_page_are_not_taken_for_one() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(19, 2), row(18, 2), row(1, 1, DAY - timedelta(days=1))), None)
    assert ids(walk.found_on(DAY)) == [19, 18] or walk.found_on(DAY).problem is not None


# Numbers that no page lists


def days_in_doubt(walk: BoardWalk) -> list[int]:
    """How many days before DAY."""
    return [back for back in range(6) if walk.found_on(DAY - timedelta(days=back)).problem]


def test_a_gap_leaves_the_days_around_it_in_doubt_and_no_others() -> None:
    board = board_of(0, 1, 1, 2, 3, 4, 5)

    class Hiding(Board):
        def page(self, number: int) -> BoardPage:
            shown = super().page(number)
            return page(*(each for each in shown.rows if each.post_id not in (4, 5)))

    walk, _ = walked(Hiding(board.posts, 7), DAY - timedelta(days=5))
    assert walk.walks == MAX_WALKS
    assert days_in_doubt(walk) == [1, 2, 3]
    assert walk.found_on(DAY - timedelta(days=2)).problem == "번호 4 … 5 is listed on no page"


def test_a_single_missing_number_is_named() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(3, 3), row(1, 1, DAY - timedelta(days=1))), None)
    assert walk.found_on(DAY).problem == "번호 2 is listed on no page"
    assert walk.found_on(DAY - timedelta(days=1)).problem == "번호 2 is listed on no page"
    assert walk.found_on(DAY - timedelta(days=2)).problem is None


# Pages lost


def losing(*pages: int) -> Callable[[int], str | None]:
    return lambda number: f"HTTP status 50{number}" if number in pages else None


def test_a_lost_first_page_ends_the_walk() -> None:
    walk, asked = walked(board_of(0, 1, 2), DAY, lost=losing(1))
    assert asked == [1]
    found = walk.found_on(DAY)
    assert (found.rows, found.reached) == ((), False)
    assert "page 1: HTTP status 501" in str(found.problem)


def test_a_page_lost_in_the_middle_leaves_only_its_days_in_doubt() -> None:
    board = board_of(-1, 0, 0, 1, 2, 3, 4, 5, 5, 6)
    walk, asked = walked(board, DAY - timedelta(days=5), lost=losing(2))
    assert asked == [1, 2, 3, 4]
    assert walk.walks == 1, "another walk would not bring it"
    assert days_in_doubt(walk) == [0, 1, 2, 3, 4]


def test_two_pages_lost_in_a_row_end_the_walk_and_the_older_days_are_not_reached() -> None:
    board = board_of(0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5)
    walk, asked = walked(board, DAY - timedelta(days=5), lost=losing(2, 3))
    assert asked == [1, 2, 3]
    assert days_in_doubt(walk) == [2, 3, 4, 5]
    unreached = walk.found_on(DAY - timedelta(days=3))
    assert (unreached.rows, unreached.reached) == ((), False)
    assert "page 2: HTTP status 502; page 3: HTTP status 503" in str(unreached.problem)
    last = walk.found_on(DAY - timedelta(days=2))
    assert (ids(last), last.reached) == ([10], True), "what was seen of the last day is worth having"
    assert last.problem


def test_two_pages_lost_apart_do_not_end_the_walk() -> None:
    board = board_of(*(at // 3 for at in range(18)))
    walk, asked = walked(board, DAY - timedelta(days=9), lost=losing(2, 4))
    assert asked == [1, 2, 3, 4, 5, 6]
    assert days_in_doubt(walk) == [0, 1, 2, 3, 4]


def test_a_page_past_the_end_does_not_hide_what_is_missing_before_it() -> None:
    """The last page is lost, the next one is empty: the posts of the lost one are listed nowhere."""
    board = board_of(0, 0, 0, 1, 1, 1)
    walk, asked = walked(board, DAY - timedelta(days=9), lost=losing(2))
    assert asked == [1, 2, 3]
    assert walk.found_on(DAY - timedelta(days=1)).problem is not None


def test_posts_that_moved_over_the_last_border_are_missed() -> None:
    """While the first page was read, posts went: what stood on the second stands on the first now."""
    board = board_of(0, 0, 0, 1)

    def one_goes(_: int) -> None:
        if len(board.posts) == 4:
            del board.posts[0]

    walk, asked = walked(board, DAY - timedelta(days=9), between=one_goes)
    assert asked[:2] == [1, 2]
    assert walk.walks > 1 or walk.found_on(DAY - timedelta(days=1)).problem is not None


# Rows that do not say enough


def test_a_row_without_its_day_leaves_every_day_in_doubt() -> None:
    board = board_of(0, 0, 1, 2)
    board.undated = frozenset({2})
    walk, _ = walked(board, DAY - timedelta(days=1))
    for back in (0, 1):
        found = walk.found_on(DAY - timedelta(days=back))
        assert found.problem == "post 2 is listed without its day: '어제'"
        assert 2 not in ids(found)


def test_a_page_without_any_day_is_not_older_than_what_is_asked() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    assert walk.take(page(row(9, 9, None, "어제"), row(8, 8, None, "그제")), None) == 2


def test_a_row_that_cannot_be_read_leaves_every_day_in_doubt() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(2, 2), row(1, 1, DAY - timedelta(days=1)), unreadable=["a row of 4 cells"]), None)
    assert walk.found_on(DAY).problem == "a row of 4 cells"
    assert walk.found_on(DAY - timedelta(days=9)).problem == "a row of 4 cells"


def test_a_new_walk_forgets_what_the_last_one_saw() -> None:
    walk = BoardWalk(DAY)
    walk.begin()
    walk.take(page(row(9, 9, None, "어제"), row(3, 3), unreadable=["a row of 4 cells"]), None)
    walk.begin()
    assert walk.take(page(row(3, 2), row(1, 1)), None) is None
    assert walk.found_on(DAY) == DayFound((row(3, 2), row(1, 1)), None)
