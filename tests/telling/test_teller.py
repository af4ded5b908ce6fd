"""Who is told of what, who has it still to come, and who is asked after a run."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from harvester.telling import teller
from harvester.telling.courier import Delivery, Taken
from harvester.telling.teller import Address, Ended
from harvester.telling.words import Question
from harvester.verdict import Exit

QUESTION = Question(("press-release",), "", "www.korea.kr", "/d/briefings.db", "here")
BROKEN = Ended(Exit.FAILURE, "failure", "harvest: failure (exit 1): a mistake", broke="program")
ONE, OTHER = "json://127.0.0.1:1/one", "json://127.0.0.1:1/other"


class Post:
    """Stands for the courier: takes everything, but for the addresses that are down."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.pinged: list[str | None] = []
        self.down: set[str] = set()

    def __call__(self, deliveries: Sequence[Delivery], ping: str | None = None) -> tuple[list[Taken], str | None]:
        self.pinged.append(ping)
        for each in deliveries:
            if each.address not in self.down:
                self.taken += [(each.address, subject) for subject, _, _ in each.messages]
        return [Taken(0 if each.address in self.down else len(each.messages)) for each in deliveries], None


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    standing_in = Post()
    monkeypatch.setattr(teller.courier, "deliver", standing_in)
    return standing_in


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "briefings.db"


BEGUN = "harvest: trouble: the run broke off"


def test_a_new_address_is_told_what_is_open(post: Post, database: Path) -> None:
    for notify in ((ONE,), (ONE,), (ONE, OTHER), (OTHER,), (OTHER, ONE)):
        assert teller.tell(BROKEN, QUESTION, Address(notify), database) == []
    assert post.taken == [(ONE, BEGUN), (OTHER, BEGUN)]


def test_only_who_did_not_take_it_gets_it_again(post: Post, database: Path) -> None:
    post.down = {ONE}
    [note] = teller.tell(BROKEN, QUESTION, Address((ONE, OTHER)), database)
    assert note.startswith("1 message was not taken by address 1 of --notify (json)")
    assert post.taken == [(OTHER, BEGUN)]
    post.down = set()
    assert teller.tell(BROKEN, QUESTION, Address((OTHER,)), database) == []
    assert teller.tell(BROKEN, QUESTION, Address((ONE, OTHER)), database) == []
    assert post.taken == [(OTHER, BEGUN), (ONE, BEGUN)]


def test_of_another_question_it_is_another_trouble(post: Post, database: Path) -> None:
    speeches = Question(("speech",), "", "www.korea.kr", "/d/briefings.db", "here")
    for question in (QUESTION, speeches, QUESTION, speeches):
        teller.tell(BROKEN, question, Address((ONE,)), database)
    assert len(post.taken) == 2


@pytest.mark.parametrize(
    "ended",
    [
        Ended(Exit.LOCKED, "locked", "harvest: locked (exit 75): another run holds it"),
        Ended(Exit.USAGE, "wrong usage", "harvest: wrong usage (exit 2): no such option"),
        Ended(Exit.PARTIAL, "interrupted", "harvest: interrupted (exit 3): stopped by a signal"),
    ],
)
def test_of_some_ends_nobody_is_told(post: Post, database: Path, ended: Ended) -> None:
    assert teller.tell(ended, QUESTION, Address((ONE,), "http://127.0.0.1:1/{status}", True), database) == []
    assert (post.taken, post.pinged) == ([], [])
    assert list(database.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "address", "asked"),
    [
        (Exit.COMPLETE, "http://127.0.0.1:1/x", ["http://127.0.0.1:1/x"]),
        (Exit.PARTIAL, "http://127.0.0.1:1/x", []),
        (Exit.FAILURE, "http://127.0.0.1:1/x", []),
        (Exit.COMPLETE, "http://127.0.0.1:1/{status}", ["http://127.0.0.1:1/0"]),
        (Exit.PARTIAL, "http://127.0.0.1:1/{status}", ["http://127.0.0.1:1/3"]),
        (Exit.FAILURE, "http://127.0.0.1:1/{status}", ["http://127.0.0.1:1/1"]),
    ],
)
def test_the_switch_is_asked(post: Post, database: Path, status: Exit, address: str, asked: list[str]) -> None:
    assert teller.tell(Ended(status, "a word", "a line"), QUESTION, Address((), address), database) == []
    assert post.pinged == asked
    assert not list(database.parent.iterdir()), "there is nothing to note where nobody is told"
