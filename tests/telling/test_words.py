"""The words: what stands in a message, and what a complaint must not hold."""

from datetime import date

import pytest

from harvester.store.telling import Gap, Since
from harvester.telling import words
from harvester.telling.courier import without_secrets
from harvester.telling.words import Covered, End, Looked, Question
from harvester.troubles import News, Open, Trouble
from harvester.verdict import Exit, Verdict

HERE = Question(("press-release",), "", "www.korea.kr", "/srv/harvester/data/briefings.db", "quiet-corner")
FILTERED = Question(("press-release",), "ministry=A00015,A00019&query=희토류 공급망", "www.korea.kr", "/d/b.db", "here")
LINE = "harvest: partial (exit 3): 2 of 3 days complete; not complete: 2024-01-16 partial"
END = End(HERE, LINE, "2024-01-19T03:07:00Z")


def gap(day: str, reason: str | None = "the listing could not be read: HTTP status 503") -> Gap:
    return Gap("press-release", day, reason)


def opened(trouble: Trouble, runs: int = 1) -> Open:
    return Open(trouble, since="2024-01-17T00:07:00Z", seen="2024-01-19T03:07:00Z", runs=runs)


def test_a_trouble_names_its_days_and_how_to_ask_for_them() -> None:
    days = [gap(day) for day in ("2024-01-10", "2024-01-11", "2024-01-12", "2024-01-15")]
    trouble = words.trouble(HERE, "site", days, LINE, grave=False)
    assert trouble.title == "www.korea.kr did not give everything"
    assert "4 days not complete: 2024-01-10 … 2024-01-12, 2024-01-15." in trouble.what
    assert "HTTP status 503" in trouble.what
    assert (
        "`harvest backfill --board press-release --since 2024-01-10 --until 2024-01-15"
        " --db /srv/harvester/data/briefings.db`" in trouble.todo
    )


def test_the_command_asks_with_the_same_filter() -> None:
    trouble = words.trouble(FILTERED, "data", [gap("2024-01-10", "it moved")], LINE, grave=False)
    assert "--ministry A00015 --ministry A00019 --query '희토류 공급망' --since 2024-01-10" in trouble.todo


def test_many_days_are_counted() -> None:
    days = [gap(date.fromordinal(date(2023, 1, 1).toordinal() + 2 * n).isoformat()) for n in range(30)]
    trouble = words.trouble(HERE, "site", days, LINE, grave=True)
    assert "30 days not complete" in trouble.what
    assert "and 22 days before" in trouble.what
    assert len(trouble.what) < 700


def test_a_message_says_what_since_when_and_the_last_line() -> None:
    trouble = words.trouble(HERE, "site", [gap("2024-01-16")], LINE, grave=True)
    message = words.of_news([News("begun", opened(trouble))], END, ("x",))
    assert message.subject == "harvest: trouble: www.korea.kr cannot be reached"
    assert message.kind == "failure"
    lines = message.body.splitlines()
    assert [line.split(":")[0] for line in lines if ": " in line][:5] == ["Trouble", "What", "Since", "Tried", "To do"]
    assert "Since: 2024-01-17 09:07 Korean time" in lines
    assert LINE in lines
    assert "Database: /srv/harvester/data/briefings.db on quiet-corner" in lines


def test_an_end_says_how_long_it_lasted() -> None:
    trouble = words.trouble(HERE, "site", [gap("2024-01-16")], LINE, grave=True)
    message = words.of_news([News("over", opened(trouble, runs=50))], END, ("x",))
    assert message.subject == "harvest: over after 2 days 3 hours: www.korea.kr cannot be reached"
    assert message.kind == "success"
    assert (
        "It lasted from 2024-01-17 09:07 Korean time to 2024-01-19 12:07 Korean time; 50 runs met it." in message.body
    )


def test_what_began_by_a_clock_that_was_ahead_lasted_nobody_knows_how_long() -> None:
    for key, subject in (
        ("drift/field/x", "harvest: noticed, over: a title"),
        ("crawl/x//site", "harvest: over: a title"),
    ):
        ahead = Open(Trouble(key, "a title", "", "", ""), since="2031-01-17T00:07:00Z", seen=END.at, runs=4)
        message = words.of_news([News("over", ahead)], END, ("x",))
        assert message.subject == subject
        assert "a clock that was ahead" in message.body
        assert "4 runs met it" in message.body
        assert "less than a minute" not in message.body
        assert "lasted" not in message.body


def test_what_is_worst_comes_first() -> None:
    notice = opened(Trouble("drift/field/x", "press-release: no licence", "", "", ""))
    some, all_ = (
        opened(Trouble(f"crawl/x//{cause}", f"a title of {cause}", "", "", "", grave))
        for cause, grave in (("data", False), ("pages", True))
    )
    beat = words.heartbeat(WELL, [notice, some, all_], END, ("x",), complete=False)
    assert beat.subject == "harvest: alive, in trouble: a title of pages (and 2 more)"
    listed = [line for line in beat.body.splitlines() if line.startswith("- ")]
    assert [line.split(",")[0] for line in listed] == [
        "- a title of pages",
        "- a title of data",
        "- press-release: no licence",
    ]
    news = [News("over", some), News("begun", notice), News("begun", all_)]
    message = words.of_news(news, END, ("x",))
    assert message.subject == "harvest: trouble: a title of pages (and 2 more)"
    assert message.body.index("Trouble: ") < message.body.index("Noticed: ") < message.body.index("Over after")


def test_several_news_are_one_message() -> None:
    one = words.trouble(HERE, "site", [gap("2024-01-16")], LINE, grave=False)
    other = words.trouble(HERE, "hole", [gap("2024-01-14", None)], LINE, grave=False)
    message = words.of_news([News("begun", opened(one)), News("begun", opened(other))], END, ("x",))
    assert message.subject.endswith("(and 1 more)")
    assert message.body.count("What: ") == 2
    assert message.body.count(LINE) == 1


WELL = Looked(
    [Covered("press-release", date(2024, 1, 15), date(2024, 1, 17), 3, 0, 78)],
    Since({"complete": 23, "partial": 1}, 1, 12, 2, 300),
    Verdict("complete", Exit.COMPLETE, "3 of 3 days complete"),
    "2024-01-18T03:07:00Z",
)
GAP = Verdict("partial", Exit.PARTIAL, "2 of 3 days complete; not complete: 2024-01-16 failed")
STALE = Verdict("partial", Exit.PARTIAL, "3 of 3 days complete; not fresh: the last look was 3 days ago")


def test_a_heartbeat_says_what_was_done() -> None:
    message = words.heartbeat(WELL, [], END, ("x",), complete=True)
    assert (message.subject, message.kind) == ("harvest: all well, 12 releases new", "info")
    assert "3 of 3 days complete, 2024-01-15 … 2024-01-17; 78 releases." in message.body
    assert "12 releases new, 2 changed; runs: 23 complete, 1 partial, 1 killed; 300 requests." in message.body


@pytest.mark.parametrize(
    ("looked", "troubles", "complete"),
    [
        (WELL, [], False),
        (WELL, [opened(Trouble("crawl/press-release//site", "a title", "", "", ""))], True),
        (Looked([Covered("speech", date(2024, 1, 15), date(2024, 1, 17), 3, 1, 7)], WELL.done, GAP, None), [], True),
        (Looked(WELL.covered, WELL.done, STALE, None), [], True),
        (Looked(None, None, None, None), [], True),
    ],
)
def test_a_heartbeat_says_that_all_is_well_only_where_it_is(
    looked: Looked, troubles: list[Open], complete: bool
) -> None:
    message = words.heartbeat(looked, troubles, END, ("x",), complete=complete)
    assert message.subject.startswith("harvest: alive")
    assert message.kind == "warning"
    assert "all well" not in message.body


def test_a_ministry_not_met_before_is_no_reason_not_to_be_well() -> None:
    notice = Trouble("drift/ministry/x", "press-release: a ministry not met before", "", "", "")
    message = words.heartbeat(WELL, [opened(notice)], END, ("x",), complete=True)
    assert message.subject == "harvest: all well, 12 releases new"
    assert "Noticed: press-release: a ministry not met before" in message.body


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("2024-01-17T00:00:00Z", "2024-01-17T00:00:30Z", "less than a minute"),
        ("2024-01-17T00:00:00Z", "2024-01-17T00:01:00Z", "1 minute"),
        ("2024-01-17T00:00:00Z", "2024-01-17T03:00:00Z", "3 hours"),
        ("2024-01-17T00:00:00Z", "2024-01-18T01:59:00Z", "1 day 1 hour"),
        ("2024-01-17T00:00:00Z", "2023-01-17T00:00:00Z", "less than a minute"),
    ],
)
def test_how_long_it_lasted(since: str, until: str, wanted: str) -> None:
    assert words.lasting(since, until) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "json://user:topsecret@example.org/topsecret?key=topsecret",
        "slack://topsecret/topsecret/topsecret/#topsecret",
        "mailto://topsecret:top%73ecret@example.org",
        "https://example.org/topsecret",
    ],
)
def test_a_complaint_holds_nothing_of_an_address(address: str) -> None:
    told = without_secrets(f"could not reach {address}: topsecret was not taken", address)
    assert "topsecret" not in told
    assert "was not taken" in told
