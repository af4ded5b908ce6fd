"""20,000 spoiled pages of lists and releases: each is read rightly or refused with a reason, and nothing crashes.

Read rightly is what says the truth, or what the spoiled page itself shows (see judging.py). Each page goes the whole
way to what would be stored: it is read, held against what was asked, walked with the other pages of its day, and a
release is held against its row. `make mutations` reads all 20,000; a run of the tests a part, always the same.
"""

import os
from collections import Counter
from functools import lru_cache
from random import Random

import pytest

from .judging import Board, Day, days, judge_list, judge_view
from .mutating import MUTATIONS, mutate, rename_key

MANY = int(os.environ.get("MUTATIONS") or 1500)
A_PIECE = 250

LIST = ((b'<div class="result">', b"<aside"), (b"E: Search result", b"<aside"))
VIEW = ((b"<head>", b"</head>"), (b'"view_title"', b"<aside"), (b'"view_title"', b"<aside"))
POSTS = (b'id="fboardlist"', b"<footer")
POST = (b'<div class="board">', b'<div class="recommand">')


@lru_cache(maxsize=1)
def pages() -> tuple[list[Day], Board]:
    return list(days()), Board()


def judged(number: int) -> tuple[str, str, str | None, bool]:
    """Spoiled page `number`: what it is, how it was spoiled, what is false of what was read, whether it was read."""
    (found, board), dice = pages(), Random(number)
    day = found[number % len(found)]
    kind = dice.choice(("list", "list", "view", "view", "posts", "post"))
    if kind == "list":
        place = dice.randrange(len(day.lists))
        other = dice.choice([*day.lists[:place], *day.lists[place + 1 :], *day.others])
        how, body = mutate(day.lists[place], other, dice.choice(LIST), dice)
        return f"{day.board.slug} {kind}", how, *judge_list(day, body, place + 1)
    if kind == "view":
        news_id, other_id = dice.choice(list(day.truth)), dice.choice(list(day.views))
        how, body = mutate(day.views[news_id], day.views[other_id], dice.choice(VIEW), dice)
        return f"{day.board.slug} {kind}", how, *judge_view(day, body, news_id)
    if kind == "posts":
        place = dice.randrange(len(board.lists))
        other = dice.choice([*board.lists[:place], *board.lists[place + 1 :]])
        how, body = mutate(board.lists[place], other, POSTS, dice)
        return f"esg-board {kind}", how, *board.judge_list(body, place + 1)
    post_id, other_post = dice.choice(list(board.truth)), dice.choice(list(board.truth))
    how, body = mutate(board.views[post_id], board.views[other_post], POST, dice)
    return f"esg-board {kind}", how, *board.judge_view(body, post_id)


@pytest.mark.parametrize("first", range(0, MANY, A_PIECE))
def test_a_spoiled_page_is_read_rightly_or_refused(first: int) -> None:
    wrong, outcomes = [], Counter[bool]()
    for number in range(first, min(first + A_PIECE, MANY)):
        what, how, false, was_read = judged(number)
        outcomes[was_read] += 1
        if false:
            wrong.append(f"{number}: {what}, {how}: {false}")
    assert not wrong, f"{len(wrong)} pages are read falsely:\n" + "\n".join(wrong)
    # Who refuses all is never wrong, and who reads all was not given anything spoiled.
    assert min(outcomes.values()) > A_PIECE / 10, outcomes


def test_what_is_whole_is_read() -> None:
    found, board = pages()
    for day in found:
        for place, body in enumerate(day.lists, start=1):
            assert judge_list(day, body, place) == (None, True)
        for news_id in day.truth:
            assert judge_view(day, day.views[news_id], news_id) == (None, True)
    for place, body in enumerate(board.lists, start=1):
        assert board.judge_list(body, place) == (None, True)
    for post_id in board.truth:
        assert board.judge_view(board.views[post_id], post_id) == (None, True)


def test_the_judge_sees_what_is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that takes a neighbour's words, or leaves out a row, is found out."""
    found, _ = pages()
    day = next(each for each in found if len(each.truth) > 20)
    first, second = list(day.truth)[:2]
    false, was_read = judge_view(day, day.views[second], first)
    assert not was_read, "another release's page is refused"
    assert false is None
    monkeypatch.setitem(day.truth, first, day.truth[first] | {"lead": "another"})
    false, _ = judge_view(day, day.views[first], first)
    assert false is not None
    assert false.startswith("lead")


def test_every_way_to_spoil_a_page_does() -> None:
    day = pages()[0][0]
    for mutation in MUTATIONS:
        page, other = (list(day.views.values()) if mutation is rename_key else day.lists)[:2]
        assert any(mutation(page, other, Random(seed)) != page for seed in range(20)), mutation.__name__
