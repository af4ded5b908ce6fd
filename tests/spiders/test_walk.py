"""A day's walk against a site that moves while it is read: complete is only said where it is true."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.pages.listing import ROWS_A_PAGE, ListingPage, Row
from harvester.spiders.walk import EMPTY_ANSWERS, HOPELESS, MAX_WALKS, DayWalk

DAY = date(2024, 1, 17)


def row(news_id: str) -> Row:
    return Row(news_id, f"제목 {news_id}", "", DAY, "환경부")


def page(declared: int, ids: list[str], unreadable: tuple[str, ...] = ()) -> ListingPage:
    return ListingPage(declared, None, None, tuple(map(row, ids)), unreadable, {}, {})


def ids(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


@dataclass
class Site:
    """A day of a site, and what happened on it."""

    order: list[str]
    next_id: int = 10_000
    moments: list[frozenset[str]] = field(default_factory=list)
    declared: list[int] = field(default_factory=list)
    lost: bool = False
    deleted: bool = False
    faulty: bool = False
    """Whether an answer was ever not what the site held."""

    def __post_init__(self) -> None:
        self.remember()

    def remember(self) -> None:
        self.moments.append(frozenset(self.order))

    def answer(self, number: int) -> ListingPage:
        shown = self.order[ROWS_A_PAGE * (number - 1) : ROWS_A_PAGE * number]
        return self.say(page(len(self.order), shown))

    def say(self, answered: ListingPage) -> ListingPage:
        self.declared.append(answered.declared)
        return answered

    def insert(self, at: int) -> None:
        self.order.insert(min(at, len(self.order)), str(self.next_id))
        self.next_id += 1
        self.remember()

    def delete(self, at: int) -> None:
        if self.order:
            del self.order[at % len(self.order)]
            self.deleted = True
            self.remember()


EVENTS = ("nothing", "nothing", "nothing", "shuffle", "insert", "insert on top", "delete", "exchange")
ANSWERS = ("right", "right", "right", "right", "repeated", "emptied", "emptied tail", "duplicate", "short", "lost")


def drive(walk: DayWalk, site: Site, data: st.DataObject, events: tuple[str, ...], answers: tuple[str, ...]) -> int:
    """Ask as the spider does, several pages on their way in any order; the number of requests it took."""
    asked = 0
    most = (MAX_WALKS + 1) * (len(site.order) // ROWS_A_PAGE + EMPTY_ANSWERS + 20)
    waiting = [walk.begin()]
    while True:
        while waiting:
            number = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
            asked += 1
            assert asked <= most, "it never ends"
            happen(site, data.draw(st.sampled_from(events)), data)
            answered = give(site, number, data.draw(st.sampled_from(answers)))
            if answered is None:
                walk.lose_page(number, "reset")
            else:
                waiting += walk.take(number, answered)
            assert set(waiting) == walk.pages_waited_for
        assert walk.listing_done
        if not walk.must_walk_again:
            store_all(walk)
            return asked
        waiting = [walk.begin()]


def store_all(walk: DayWalk) -> None:
    """What its listing showed is read and stored."""
    walk.follow(walk.rows)
    walk.waited_for.clear()


def happen(site: Site, event: str, data: st.DataObject) -> None:
    if event == "shuffle":
        site.order = list(data.draw(st.permutations(site.order)))
    elif event == "insert on top":
        site.insert(0)
    elif event == "insert":
        site.insert(data.draw(st.integers(0, 60)))
    elif event == "delete":
        site.delete(data.draw(st.integers(0, 60)))
    elif event == "exchange":
        site.delete(data.draw(st.integers(0, 60)))
        site.insert(data.draw(st.integers(0, 60)))


def give(site: Site, number: int, how: str) -> ListingPage | None:
    site.faulty |= how != "right"
    right = page(len(site.order), site.order[ROWS_A_PAGE * (number - 1) : ROWS_A_PAGE * number])
    shown = [each.news_id for each in right.rows]
    if how == "lost":
        site.lost = True
        return None
    before = max(number - 1, 1)
    answered = {
        "repeated": page(len(site.order), site.order[ROWS_A_PAGE * (before - 1) : ROWS_A_PAGE * before]),
        "emptied": page(0, []),
        "emptied tail": page(len(site.order), shown if number == 1 else []),
        "duplicate": page(len(site.order), [*shown[:-1], *shown[:1]]),
        "short": page(len(site.order), shown[:-1]),
    }
    return site.say(answered.get(how, right))


def check(walk: DayWalk, site: Site) -> None:
    state, reason = walk.verdict()
    assert (reason is None) == (state in ("complete", "empty"))
    if state == "complete":
        assert walk.listed in site.moments or len(walk.listed) == walk.declared
        assert walk.listed <= frozenset().union(*site.moments)
        assert walk.declared == site.declared[-1]
        if not site.deleted:
            assert walk.listed in site.moments
    elif state == "empty":
        assert walk.listed == set()
        assert site.declared[-EMPTY_ANSWERS:] == [0] * EMPTY_ANSWERS
    else:
        assert state == "failed" or site.declared
        # Failed is a day of which nothing was had, whatever number it declared.
        assert (state == "partial") == bool(walk.followed) or not walk.anything_read
    assert walk.listed <= walk.rows.keys()


SIZES = st.integers(0, 70) | st.sampled_from([1, 19, 20, 21, 39, 40, 41, 60, 61])


@settings(max_examples=250, deadline=None)
@given(SIZES, st.data())
def test_whatever_the_site_does_complete_is_true(size: int, data: st.DataObject) -> None:
    walk, site = DayWalk(DAY), Site(ids(1, size))
    drive(walk, site, data, EVENTS, ANSWERS)
    check(walk, site)


@settings(max_examples=150, deadline=None)
@given(SIZES, st.data())
def test_a_site_that_only_moves_is_read_rightly_or_partially(size: int, data: st.DataObject) -> None:
    walk, site = DayWalk(DAY), Site(ids(1, size))
    drive(walk, site, data, EVENTS, ("right",))
    check(walk, site)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_a_site_at_rest_costs_one_walk(size: int, data: st.DataObject) -> None:
    walk, site = DayWalk(DAY), Site(ids(1, size))
    asked = drive(walk, site, data, ("nothing",), ("right",))
    if not size:
        assert walk.verdict()[0] == "failed", "its word alone is not enough"
        walk.vouch()
    assert walk.listed == set(site.order)
    assert walk.verdict() == ("complete" if size else "empty", None)
    assert asked == (-(-size // ROWS_A_PAGE) or EMPTY_ANSWERS)


@settings(max_examples=60, deadline=None)
@given(st.integers(21, 70), st.data())
def test_a_lost_page_is_never_complete(size: int, data: st.DataObject) -> None:
    walk, site = DayWalk(DAY), Site(ids(1, size))
    drive(walk, site, data, EVENTS, ("right", "lost"))
    check(walk, site)
    if site.lost:
        assert walk.verdict()[0] in ("partial", "failed")


def walked(*pages: ListingPage) -> DayWalk:
    walk = DayWalk(DAY)
    walk.begin()
    for number, each in enumerate(pages, start=1):
        walk.take(number, each)
    store_all(walk)
    return walk


def test_a_release_that_pushes_rows_over_the_border_is_noticed() -> None:
    before = ids(1, 25)
    after = ["99", *before]
    walk = walked(page(25, before[:20]), page(26, after[20:]))
    assert walk.must_walk_again
    walk.begin()
    for number in (1, 2):
        walk.take(number, page(26, after[20 * (number - 1) : 20 * number]))
    assert not walk.must_walk_again
    assert walk.verdict() == ("complete", None)
    assert walk.listed == set(after)


def test_a_row_on_two_pages_hides_another_and_is_noticed() -> None:
    walk = walked(page(25, ids(1, 20)), page(25, ids(20, 24)))
    assert walk.must_walk_again
    assert walk.verdict() == ("partial", "the site declares 25 releases and lists 24")


def test_an_unstable_order_is_made_up_for_by_further_walks() -> None:
    walk = walked(page(25, ids(1, 20)), page(25, ids(20, 24)))
    walk.begin()
    walk.take(1, page(25, ids(6, 25)))
    walk.take(2, page(25, ids(6, 10)))
    assert not walk.must_walk_again
    assert (walk.listed, walk.verdict()) == (set(ids(1, 25)), ("complete", None))


def test_a_site_that_never_holds_still_is_given_up_with_the_reason() -> None:
    walk = DayWalk(DAY)
    for _ in range(MAX_WALKS):
        assert walk.walks == 0 or walk.must_walk_again
        walk.begin()
        walk.take(1, page(25, ids(1, 20)))
        walk.take(2, page(26, ids(20, 25)))
    assert not walk.must_walk_again
    store_all(walk)
    state, reason = walk.verdict()
    assert (state, reason) == ("partial", "the listing kept moving: it declared 25 releases, then 26")


def test_a_day_is_empty_only_when_said_several_times() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    for _ in range(EMPTY_ANSWERS - 1):
        assert walk.take(1, page(0, [])) == [1]
        assert not walk.listing_done
    assert walk.take(1, page(0, [])) == []
    assert walk.verdict()[0] == "failed"
    walk.vouch()
    assert walk.verdict() == ("empty", None)


def test_an_emptied_first_answer_does_not_count() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    assert walk.take(1, page(0, [])) == [1]
    assert walk.take(1, page(3, ids(1, 3))) == []
    assert (walk.listed, walk.verdict()) == (set(ids(1, 3)), ("complete", None))


def test_nothing_read_is_failed_with_the_reason() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    assert walk.verdict() == ("failed", "the listing could not be read: not reached")
    walk.lose_page(1, "HTTP status 503")
    assert walk.verdict() == ("failed", "the listing could not be read: HTTP status 503")
    assert not walk.must_walk_again


def test_what_was_lost_is_named() -> None:
    walk = walked(page(3, ids(1, 3)))
    walk.followed |= {"1", "2", "3"}
    walk.lost["2"] = "HTTP status 500"
    walk.waited_for.add("3")
    state, reason = walk.verdict()
    assert state == "partial"
    assert "newsId 2 (HTTP status 500)" in str(reason)
    assert "1 releases not reached: newsId 3" in str(reason)
    assert not walk.done


def test_a_day_all_of_whose_releases_were_lost_is_failed() -> None:
    walk = walked(page(2, ids(1, 2)))
    walk.followed |= {"1", "2"}
    walk.lost |= {"1": "reset", "2": "reset"}
    assert walk.verdict()[0] == "failed"


def test_rows_that_cannot_be_read_make_a_day_partial() -> None:
    walk = walked(page(3, ids(1, 2), ("the row of newsId 3 has no title, day or ministry",)))
    for _ in range(MAX_WALKS - 1):
        walk.begin()
        walk.take(1, page(3, ids(1, 2), ("the row of newsId 3 has no title, day or ministry",)))
    state, reason = walk.verdict()
    assert state == "partial"
    assert "newsId 3 has no title" in str(reason)


def test_a_row_that_a_later_walk_could_read_is_no_problem() -> None:
    walk = walked(page(3, ids(1, 2), ("the row of newsId 3 has no title, day or ministry",)))
    assert walk.must_walk_again
    walk.begin()
    walk.take(1, page(3, ids(1, 3)))
    assert walk.verdict() == ("complete", None)


def test_a_deleted_release_is_forgotten_when_the_listing_has_forgotten_it() -> None:
    walk = walked(page(3, ids(1, 3)))
    walk.followed |= {"1", "2", "3"}
    walk.gone["2"] = "no release"
    assert walk.look_again() == 1
    assert "2" not in walk.rows
    walk.take(1, page(2, ["1", "3"]))
    assert (walk.listed, walk.verdict()) == ({"1", "3"}, ("complete", None))


def test_a_day_cut_short_after_one_empty_answer_is_not_empty() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    walk.take(1, page(0, []))
    assert not walk.listing_done
    assert walk.verdict()[0] in ("partial", "failed")


def test_a_day_cut_short_while_it_is_asked_whether_lists_work_is_not_empty() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    for _ in range(EMPTY_ANSWERS):
        walk.take(1, page(0, []))
    assert walk.empty
    walk.ask_whether_lists_work()
    assert not walk.listing_done
    assert walk.verdict()[0] in ("partial", "failed")


def test_a_day_with_nothing_on_a_site_that_lists_nothing_is_failed() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    for _ in range(EMPTY_ANSWERS):
        walk.take(1, page(0, []))
    walk.lose_page(walk.ask_whether_lists_work(), "the site says that nothing at all was published")
    assert (walk.listing_done, walk.anything_read) == (True, False)
    state, reason = walk.verdict()
    assert (state, "nothing at all" in str(reason)) == ("failed", True)


def test_a_day_with_nothing_on_a_site_that_lists_something_is_empty() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    for _ in range(EMPTY_ANSWERS):
        walk.take(1, page(0, []))
    walk.ask_whether_lists_work()
    walk.vouch()
    assert (walk.done, walk.verdict()) == (True, ("empty", None))


@settings(max_examples=150, deadline=None)
@given(SIZES, st.data())
def test_a_day_cut_short_anywhere_is_never_complete(size: int, data: st.DataObject) -> None:
    walk, site = DayWalk(DAY), Site(ids(1, size))
    waiting = [walk.begin()]
    for _ in range(data.draw(st.integers(0, 12))):
        if not waiting:
            break
        number = waiting.pop(0)
        happen(site, data.draw(st.sampled_from(EVENTS)), data)
        waiting += walk.take(number, give(site, number, "right") or page(0, []))
        if not waiting and walk.must_walk_again:
            waiting = [walk.begin()]
    if waiting:
        assert walk.verdict()[0] in ("partial", "failed")


def test_a_day_cut_short_before_the_second_look_names_what_was_gone() -> None:
    walk = walked(page(3, ids(1, 3)))
    walk.followed |= {"1", "2", "3"}
    walk.gone["2"] = "no release: the site says '삭제'"
    assert walk.verdict()[0] == "partial"


def test_a_day_none_of_whose_releases_can_be_read_is_given_up() -> None:
    walk = DayWalk(DAY)
    walk.begin()
    walk.take(1, page(20, ids(1, 20)))
    walk.follow(ids(1, 20))
    for news_id in ids(1, HOPELESS):
        assert not walk.hopeless
        walk.waited_for.discard(news_id)
        walk.lost[news_id] = "HTTP status 503"
    assert walk.hopeless
    walk.give_up()
    state, reason = walk.verdict()
    assert (walk.done, state) == (True, "failed")
    assert all(news_id in str(reason) for news_id in ids(1, 20))
    assert f"not asked for: {HOPELESS} before it" in str(reason)


@pytest.mark.parametrize("good", ["read", "unchanged"])
def test_a_day_with_one_good_release_is_not_given_up(good: str) -> None:
    walk = walked(page(20, ids(1, 20)))
    walk.lost = dict.fromkeys(ids(2, 20), "HTTP status 503")
    if good == "read":
        walk.read = 1
    else:
        walk.unchanged = {"1": "요약"}
    assert not walk.hopeless
    assert walk.verdict()[0] == "partial"
