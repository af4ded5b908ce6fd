"""`harvest watch`: everything that is new is told, once."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from harvester.cli.filters import FILTERS
from harvester.cli.options import selection_options
from harvester.lock import lock
from harvester.store import Store

from ..store.making import Books, briefing
from .conftest import Harvest


def told(harvest: Harvest, *options: str) -> list[tuple[str, int]]:
    ended = harvest("watch", "--format", "json", *options)
    assert ended.status == 0, ended.stderr
    return [(each["kind"], each["news_id"]) for each in ended.json]


@pytest.fixture
def begun(harvest: Harvest, books: Books) -> Books:
    """A database that was looked at once, and the next run under way."""
    assert told(harvest) == []
    books.now += timedelta(hours=1)
    books.open()
    return books


def test_the_first_look_begins_now(harvest: Harvest, books: Books) -> None:
    ended = harvest("watch")
    assert (ended.status, ended.stdout) == (0, "")
    assert "the first look: the 3 releases chosen so far count as told" in ended.last_line


def test_nothing_new_is_silence(harvest: Harvest, begun: Books) -> None:
    ended = harvest("watch")
    assert (ended.status, ended.stdout, ended.stderr) == (0, "", "")


def test_what_is_new_is_told_once_in_the_order_of_publication(harvest: Harvest, begun: Books) -> None:
    begun.put(briefing(20, title="나중 소식"), briefing(10, title="[먼저] *소식*"))
    ended = harvest("watch", "--peek")
    assert ended.stdout == (
        "new: [먼저] *소식*\n  (2024.01.17 환경부)  https://www.korea.kr/briefing/pressReleaseView.do?newsId=10\n\n"
        "new: 나중 소식\n  (2024.01.17 환경부)  https://www.korea.kr/briefing/pressReleaseView.do?newsId=20\n"
    )
    assert "2 new since 20" in ended.last_line
    assert "the next look tells the same" in ended.last_line
    ended = harvest("watch", "--format", "markdown")
    assert ended.stdout.startswith(
        r"- **new** [\[먼저\] \*소식\*](https://www.korea.kr/briefing/pressReleaseView.do?newsId=10) (2024.01.17 "
    )
    assert told(harvest) == []


def test_what_was_changed_withdrawn_and_listed_again_is_told(harvest: Harvest, begun: Books) -> None:
    begun.put(briefing(4, title="소식"))
    assert told(harvest) == [("new", 4)]
    begun.put(briefing(4, title="고친 소식", lead="고친 요약"))
    begun.close_day(1, 4)
    [first, second] = harvest("watch", "--format", "json").json
    assert (first["kind"], first["news_id"], second["kind"], second["news_id"]) == ("withdrawn", 2, "changed", 4)
    assert second["fields"] == ["lead", "title"]
    assert told(harvest) == []
    begun.next_run()
    begun.put(briefing(2, title="[참고] 고친 소식"))
    ended = harvest("watch")
    assert ended.stdout.startswith("listed again: [참고] 고친 소식")


def test_away_and_back_between_two_looks_is_no_news(harvest: Harvest, begun: Books) -> None:
    begun.close_day(1, 3)
    begun.next_run()
    begun.put(briefing(2, title="[참고] 고친 소식"))
    assert told(harvest) == []


def test_what_was_only_read_better_is_no_news(harvest: Harvest, begun: Books) -> None:
    begun.put(briefing(4))
    begun.finish()
    assert told(harvest) == [("new", 4)]
    begun.store = Store(begun.path, cause="replay")
    begun.store.start_run(verb="replay", arguments="{}", days_asked=1, version="0")
    begun.put(briefing(4, title="더 잘 읽은 제목"))
    begun.finish()
    assert begun.one("SELECT revision FROM briefings WHERE news_id = 4")["revision"] == 2
    assert told(harvest) == []
    begun.open()
    begun.put(briefing(4, title="고친 제목"))
    assert told(harvest) == [("changed", 4)]


def test_no_time_decides(harvest: Harvest, begun: Books) -> None:
    """Written after the look with the second of before it; the clock set back; several in the second of the look."""
    begun.put(briefing(30, fetched_at="2024-01-18T02:59:59Z"))
    assert told(harvest) == [("new", 30)]
    begun.put(briefing(31, fetched_at="2024-01-18T02:59:59Z"), briefing(32, fetched_at="2024-01-18T03:00:00Z"))
    assert told(harvest) == [("new", 31), ("new", 32)]
    begun.now -= timedelta(days=300)
    begun.put(briefing(31, title="고친 제목"))
    assert told(harvest) == [("changed", 31)]
    begun.close_day(1, 2, 3, 30, 31)
    assert told(harvest) == [("withdrawn", 32)]


def test_every_look_during_a_run_tells_what_came_since(harvest: Harvest, begun: Books) -> None:
    found = []
    for number in range(40, 60):
        begun.put(briefing(number, title=f"소식 {number % 3}", fetched_at=f"2024-01-18T03:00:{99 - number:02}Z"))
        found += told(harvest)
    assert found == [("new", number) for number in range(40, 60)]


def test_a_text_that_comes_later_is_news_for_who_looks_for_its_words(harvest: Harvest, begun: Books) -> None:
    late = {"body": None, "body_source": "none", "body_status": "not fetched"}
    begun.put(briefing(50, **late))
    assert told(harvest, "--query", "희토류") == []
    assert told(harvest) == [("new", 50)]
    begun.put(briefing(50, body="희토류를 점검했다", body_source="page", body_status="read"))
    assert begun.one("SELECT revision FROM briefings WHERE news_id = 50")["revision"] == 1
    assert told(harvest, "--query", "희토류") == [("new", 50)]
    assert told(harvest) == []


def test_each_filter_and_each_name_has_its_own_mark(harvest: Harvest, begun: Books) -> None:
    assert told(harvest, "--name", "mail") == []
    assert told(harvest, "--name", "chat", "--ministry", "환경부") == []
    assert told(harvest, "--ministry", "교육부") == []
    begun.put(briefing(60), briefing(61, ministry="교육부", ministry_code=None))
    assert told(harvest, "--name", "chat", "--ministry", "환경부") == [("new", 60)]
    assert told(harvest, "--ministry", "교육부") == [("new", 61)]
    assert told(harvest) == told(harvest, "--name", "mail") == [("new", 60), ("new", 61)]


def test_every_filter_makes_a_mark_of_its_own() -> None:
    """A filter that were left out of the mark's name would share the marks of others, and lose news in silence."""

    def nothing() -> None: ...

    made = click.command(selection_options(nothing))
    assert sorted(FILTERS) == sorted(str(param.name) for param in made.params)


def test_a_name_keeps_its_filters(harvest: Harvest, begun: Books) -> None:
    told(harvest, "--name", "mail")
    ended = harvest("watch", "--name", "mail", "--ministry", "환경부")
    assert ended.status == 2
    assert "mail was begun with the filters" in ended.last_line
    assert told(harvest, "--name", "mail", "--ministry", "환경부", "--restart") == []


def test_each_database_has_its_own_marks(harvest: Harvest, begun: Books, tmp_path: Path) -> None:
    other = tmp_path / "briefings.sqlite"
    shutil.copy(begun.path, other)
    begun.put(briefing(62))
    assert told(harvest) == [("new", 62)]
    assert "the first look" in harvest("watch", "--db", str(other)).last_line


def test_a_name_may_be_long(harvest: Harvest, begun: Books) -> None:
    name = "가" * 80
    assert told(harvest, "--name", name) == []
    assert [path.stem for path in begun.path.parent.glob("watch-*/가*.json")] == [name]


@pytest.mark.parametrize("name", ["../x", "", ".x", "a/b", "a" * 241, "가" * 81, "a\0"])
def test_a_name_is_a_name(harvest: Harvest, books: Books, name: str) -> None:
    ended = harvest("watch", "--name", name)
    assert ended.status == 2
    assert "is no name" in ended.last_line


def test_a_limit_leaves_the_rest_for_the_next_look(harvest: Harvest, begun: Books) -> None:
    begun.put(*(briefing(number) for number in range(70, 75)))
    begun.close_day(1, 3, *range(70, 75))
    ended = harvest("watch", "--format", "json", "--limit", "2")
    assert [each["news_id"] for each in ended.json] == [2, 70]
    assert "1 new, 1 withdrawn since" in ended.last_line
    assert ended.last_line.endswith("; 4 more at the next look")
    assert told(harvest, "--limit", "3") == [("new", 71), ("new", 72), ("new", 73)]
    assert told(harvest) == [("new", 74)]


def test_what_leaves_the_filters_and_comes_back_is_not_new(harvest: Harvest, begun: Books) -> None:
    told(harvest, "--no-withdrawn")
    begun.close_day(1, 3)
    assert told(harvest, "--no-withdrawn") == []
    begun.next_run()
    begun.put(briefing(2, title="[참고] 고친 소식"))
    assert told(harvest, "--no-withdrawn") == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_what_could_not_be_printed_is_told_again(harvest: Harvest, begun: Books) -> None:
    begun.put(briefing(80))
    program = [sys.executable, "-m", "harvester", "watch", "--format", "json", "--db", str(begun.path)]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, env={**os.environ}, check=False)
    assert ended.returncode == 1
    assert "so the next look tells it again" in ended.stderr.decode().splitlines()[-1]
    assert told(harvest) == [("new", 80)]


def test_a_mark_that_cannot_be_kept_is_said(harvest: Harvest, begun: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    begun.put(briefing(81))
    with monkeypatch.context() as patched:
        patched.setattr("harvester.exports.output.os.fsync", full)
        ended = harvest("watch", "--format", "json")
    assert (ended.status, [each["news_id"] for each in ended.json]) == (1, [81])
    assert "could not be written, so the next look tells the same" in ended.last_line
    assert told(harvest) == [("new", 81)]


def test_two_looks_at_once_are_one(harvest: Harvest, begun: Books) -> None:
    [mark] = begun.path.parent.glob("watch-briefings.db/*.json")
    held = lock(mark)
    # In one process the lock is one object: what another process sees is that it is held.
    program = [sys.executable, "-m", "harvester", "watch", "--db", str(begun.path)]
    ended = subprocess.run(program, capture_output=True, env={**os.environ}, check=False)
    held.release()
    assert ended.returncode == 75
    assert ended.stderr.decode().startswith("harvest: locked (exit 75)")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        '{"version": 1}',
        '{"version": 2}',
        '{"version": 1, "releases": 3}',
        '{"version": 1, "filters": "%", "looked_at": "", "releases": [1, "x"], "changed": {}}',
        '{"version": 1, "filters": "%", "looked_at": "", "releases": [1e999], "changed": {}}',
        '{"version": 1, "filters": "%", "looked_at": "", "releases": [], "changed": {"2": ["x", 1]}}',
        '{"version": 1, "filters": "%", "looked_at": "", "releases": [], "changed": {"2": [10000000000000000000, 0]}}',
    ],
    ids=range(11),
)
def test_a_damaged_mark_is_never_a_new_beginning(harvest: Harvest, begun: Books, content: str) -> None:
    [mark] = begun.path.parent.glob("watch-briefings.db/*.json")
    content = content.replace("%", json.loads(mark.read_text())["filters"].replace('"', '\\"'))
    mark.write_text(content)
    ended = harvest("watch")
    assert ended.status == 1
    assert str(mark) in ended.last_line
    assert "--restart begins anew" in ended.last_line
    assert mark.read_text() == content


def test_a_mark_holds_no_more_than_numbers(harvest: Harvest, begun: Books) -> None:
    [mark] = begun.path.parent.glob("watch-briefings.db/*.json")
    assert json.loads(mark.read_text())["releases"] == [1]
    assert json.loads(mark.read_text())["changed"] == {"2": [2, False], "3": [1, True]}


def test_no_database_is_said(harvest: Harvest, tmp_path: Path) -> None:
    ended = harvest("watch")
    assert ended.status == 1
    assert "there is no database at" in ended.last_line
    assert not list(tmp_path.rglob("*.json"))
