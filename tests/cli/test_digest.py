"""`harvest digest`: what an editor gets, and what is said where it may not be all."""

from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ..store.making import DAY, Books, briefing
from ..store.test_esg_posts import POSTED, close, linked, put
from ..test_lock import another_process
from ..topics.making import edited
from .conftest import Harvest

DAYS = ("--since", "2024-01-16", "--until", "2024-01-17")
JANUARY_17 = datetime(2024, 1, 17, 3)
"""Noon in Korea, on the day itself."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Two complete days: a joint release, one withdrawn, one with a prefix and a table, two that are of no topic."""
    made = Books(tmp_path / "briefings.db", monkeypatch)
    text = "온실가스를 줄이는 기업이 이익을 보도록 할당 방식을 바꾸고, 새 기준은 내년 봄에 시행한다.\n" * 3
    made.put(
        briefing(11, title="(참고) 온실가스 감축 <계획>", title_prefix="(참고)", body="첫 줄 & 끝\n구분\t값\n가\t1"),
        briefing(12, title="배출권 거래제, 산업계와 함께 새로 고친다", body=text),
        briefing(
            13, title="배출권 거래제, 산업계와 함께 새로 고친다", body=text,
            ministry="산업통상자원부", ministry_code="A00015",
            source_line="(2024.01.17 산업통상자원부)",
        ),
        briefing(14, title="임금체불 사업장 감독", published_on=date(2024, 1, 16), listed_on=date(2024, 1, 16),
                 source_line="(2024.01.16 환경부)"),
        briefing(15, title="재생에너지 소식"),
        briefing(16, title="축구 대회"),
        briefing(17, title="야구 대회"),
    )  # fmt: skip
    made.close_day(11, 12, 13, 16, 17)
    made.close_day(14, day=date(2024, 1, 16))
    made.finish()
    return made


def titles(ended: Any) -> list[str]:
    return [release["title"] for release in ended.json["releases"]]


def test_the_releases_of_some_days_ready_to_post(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS)
    assert (ended.status, ended.stderr.count("\n")) == (0, 1)
    assert ended.last_line.startswith("harvest: complete (exit 0): 3 releases of esg, version 1, for 2024-01-16 …")
    first = ended.stdout.index("## 온실가스 감축 <계획>")
    post = [line for line in ended.stdout[first:].splitlines() if line]
    assert post[1:8] == [
        "> E 환경: 온실가스",
        "첫 줄 & 끝",
        "| 구분 | 값 |",
        "| --- | --- |",
        "| 가 | 1 |",
        "(2024.01.17 환경부)",
        "<https://www.korea.kr/briefing/pressReleaseView.do?newsId=11>",
    ]
    assert ended.stdout.count("배출권 거래제, 산업계와 함께 새로 고친다") == 1
    assert "재생에너지" not in ended.stdout, "it is withdrawn"
    assert "대회" not in ended.stdout


def test_what_is_withdrawn_can_be_had(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS, "--withdrawn")
    assert "재생에너지 소식" in ended.stdout
    assert "정책브리핑에서 삭제됨" in ended.stdout


def test_html(harvest: Harvest, desk: Books, tmp_path: Path) -> None:
    ended = harvest("digest", *DAYS, "--format", "html", "--output", str(tmp_path / "esg.html"))
    assert (ended.status, ended.stdout) == (0, "")
    page = (tmp_path / "esg.html").read_text(encoding="utf-8")
    assert "<h2>온실가스 감축 &lt;계획&gt;</h2>" in page
    assert "<script" not in page
    assert "(2024.01.17 환경부)</p>\n<p><a href=" in page


def test_a_file_is_not_written_over_unasked(harvest: Harvest, desk: Books, tmp_path: Path) -> None:
    path = tmp_path / "esg.md"
    path.write_text("mine", encoding="utf-8")
    ended = harvest("digest", *DAYS, "--output", str(path))
    assert (ended.status, "is there already" in ended.last_line) == (2, True)
    assert path.read_text(encoding="utf-8") == "mine"
    assert harvest("digest", *DAYS, "--output", str(path), "--force").status == 0
    assert path.read_text(encoding="utf-8").startswith("# ESG 정책뉴스 2024-01-16 – 2024-01-17\n")


def test_where_a_digest_may_go(harvest: Harvest, desk: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert harvest("digest", *DAYS, "--output", "-").stdout == harvest("digest", *DAYS).stdout
    assert not (tmp_path / "-").exists()
    for output, said in (
        (tmp_path / "none/esg.md", "there is no folder"),
        (tmp_path, "is a folder: name a file"),
        (desk.path, "is an SQLite database, which is never written over"),
        (Path("/dev/null"), "/dev/null is no file"),
    ):
        ended = harvest("digest", *DAYS, "--output", str(output), "--force")
        assert (ended.status, said in ended.last_line) == (2, True), ended.last_line
    monkeypatch.setattr("harvester.exports.output.os.fsync", _refused)
    ended = harvest("digest", *DAYS, "--output", "esg.md")
    assert (ended.status, "esg.md cannot be written: Permission denied" in ended.last_line) == (1, True)


def test_for_a_machine(harvest: Harvest, desk: Books) -> None:
    told = harvest("digest", *DAYS, "--format", "json").json
    assert (told["topic"], told["version"], told["complete"], told["not_complete"]) == ("esg", 1, True, [])
    [joint] = [release for release in told["releases"] if release["joint_releases"]]
    assert {joint["news_id"], *joint["joint_releases"]} == {12, 13}
    assert joint["areas"] == [{"area": "E", "name": "환경", "words": ["배출권", "온실가스"]}]


def test_the_tags_are_in_the_table(harvest: Harvest, desk: Books) -> None:
    harvest("digest", *DAYS)
    rows = desk.rows("SELECT news_id, topic, area, words, version FROM tags WHERE news_id IN (11, 14)")
    assert [tuple(row.values()) for row in rows] == [
        (11, "esg", "E", "온실가스", 1),
        (14, "esg", "S", "임금체불, 사업장, 감독", 1),
    ]


def test_areas(harvest: Harvest, desk: Books) -> None:
    assert titles(harvest("digest", *DAYS, "--format", "json", "--area", "S")) == ["임금체불 사업장 감독"]
    assert len(titles(harvest("digest", *DAYS, "--format", "json", "--area", "S", "--area", "E"))) == 3
    ended = harvest("digest", *DAYS, "--area", "X")
    assert ended.status == 2
    assert "'X' is no area of esg; there are: P (정보공시), E (환경), S (사회), G (지배구조)" in ended.last_line


def test_the_usual_filters(harvest: Harvest, desk: Books) -> None:
    assert titles(harvest("digest", *DAYS, "--format", "json", "--query", "감독")) == ["임금체불 사업장 감독"]
    only = harvest("digest", *DAYS, "--format", "json", "--ministry", "산업부").json["releases"]
    assert [release["source_line"] for release in only] == ["(2024.01.17 산업통상자원부)"]


@pytest.mark.parametrize("why", ["another run holds", "Permission denied"])
def test_where_tags_cannot_be_stored_the_digest_is_the_same(
    harvest: Harvest, desk: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(edited('"고양이*"', '"배출권*", "축구*"'), encoding="utf-8")
    arguments = ("digest", *DAYS, "--format", "json", "--topic", str(path))
    with another_process(desk.path) if why.startswith("another") else nullcontext(), monkeypatch.context() as patch:
        if why.startswith("Permission"):
            patch.setattr("harvester.cli.digest.lock", _refused)
        without = harvest(*arguments)
    assert without.status == 0
    assert "note: the tags are not stored, this digest is right all the same: " in without.stderr
    assert why in without.stderr
    assert desk.rows("SELECT * FROM tags WHERE topic = 'pets'") == []
    stored = harvest(*arguments)
    assert (stored.json, stored.stderr.count("\n")) == (without.json, 1)
    assert len(desk.rows("SELECT * FROM tags WHERE topic = 'pets'")) == 3


def _refused(path: Any) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_days_that_are_not_complete_are_named(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", "--since", "2024-01-16", "--until", "2024-01-19")
    assert ended.status == 3
    assert "3 releases" in ended.last_line
    assert ended.last_line.endswith("not complete: press-release: 2024-01-18 … 2024-01-19 never walked")
    assert harvest("digest", "--since", "2024-01-19", "--until", "2024-01-19").status == 3


def test_a_day_walked_with_a_filter_is_whole_for_these_ministries_alone(harvest: Harvest, desk: Books) -> None:
    desk.open()
    desk.close_day(day=date(2024, 1, 14), filter_="ministry=A00015,A00019", can_withdraw=False)
    desk.close_day(day=date(2024, 1, 14), filter_="ministry=A00015&query=탄소", can_withdraw=False)
    desk.finish()
    day = ("--since", "2024-01-14", "--until", "2024-01-14")
    assert harvest("digest", *day, "--ministry", "환경부").status == 0
    assert harvest("digest", *day, "--ministry", "환경부", "--ministry", "산업부").status == 0
    assert harvest("digest", *day, "--ministry", "국방부").status == 3
    assert harvest("digest", *day).status == 3


def test_a_day_last_walked_before_its_end_is_not_complete(harvest: Harvest, desk: Books) -> None:
    desk.now = JANUARY_17
    desk.open()
    desk.close_day(11, 12, 13, 16, 17)
    desk.finish()
    ended = harvest("digest", *DAYS)
    assert ended.status == 3
    assert ended.last_line.endswith("2024-01-17 partial: last walked before it ended, 2024-01-17T03:00:00Z")


def test_today_is_as_of_its_last_walk(harvest: Harvest, desk: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.now = JANUARY_17
    desk.open()
    desk.close_day(11, 12, 13, 16, 17)
    desk.finish()
    for module in ("cli.digest", "cli.options", "spiders.arguments"):
        monkeypatch.setattr(f"harvester.{module}.korean_today", lambda: DAY)
    ended = harvest("digest")
    assert ended.status == 0, "yesterday and today are what is meant"
    assert "3 releases of esg, version 1, for 2024-01-16 … 2024-01-17" in ended.last_line
    assert "note: today as of 2024-01-17 12:00 Korean time" in ended.stderr


def test_boards_that_were_not_asked_for_are_not_missed_but_where_named(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS, "--board", "speech")
    assert (ended.status, "speech: 2024-01-16 … 2024-01-17 never walked" in ended.last_line) == (3, True)


def test_nothing_of_the_topic(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS, "--query", "축구")
    assert (ended.status, "no releases of esg" in ended.last_line) == (0, True)
    assert "해당하는 보도자료가 없습니다." in ended.stdout


def test_what_was_posted_is_marked_or_left_out(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS, "--unposted")
    assert (ended.status, "harvest crawl --board esg-board" in ended.last_line) == (1, True)
    desk.open()
    put(
        desk,
        linked(13, title="배출권 거래제, 산업계와 함께 새로 고친다", source_ministry="산업통상자원부", source_day=DAY),
    )
    close(desk, 10)
    desk.finish()
    marked = harvest("digest", *DAYS)
    assert f"> 이미 게시됨: {POSTED} https://k-esg.org/post/10" in marked.stdout
    left = harvest("digest", *DAYS, "--unposted", "--format", "json")
    assert titles(left) == ["온실가스 감축 <계획>", "임금체불 사업장 감독"]
    assert "note: what is posted, as of 2024-01-18 12:00 Korean time" in left.stderr


def test_a_release_without_its_text_has_its_lead_and_that_is_told(harvest: Harvest, desk: Books) -> None:
    ended = harvest("digest", *DAYS)
    assert "> 본문 없음: 목록의 요약\n\n요약\n\n(2024.01.16 환경부)" in ended.stdout
    desk.open()
    desk.put(briefing(14, title="임금체불 사업장 감독", body_status="not fetched: reset",
                      published_on=date(2024, 1, 16), listed_on=date(2024, 1, 16)))  # fmt: skip
    desk.finish()
    assert "note: 1 of them without the text, which is not fetched yet" in harvest("digest", *DAYS).stderr


def test_a_topic_of_ones_own(harvest: Harvest, desk: Books, tmp_path: Path) -> None:
    path = tmp_path / "sport.toml"
    path.write_text(edited('"고양이*"', '"축구*"'), encoding="utf-8")
    ended = harvest("digest", *DAYS, "--topic", str(path), "--area", "C")
    assert (ended.status, "## 축구 대회" in ended.stdout) == (0, True)
    assert "1 release of pets, version 3" in ended.last_line
    path.write_text(edited("version = 3", "version = 'x'"), encoding="utf-8")
    ended = harvest("digest", "--topic", str(path))
    assert (ended.status, "version = 'x' is wrong: it must be a whole number" in ended.last_line) == (2, True)


def test_a_ministry_that_there_is_not_is_said(harvest: Harvest, desk: Books, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(edited('["농림축산식품부"]', '["없는부처", "농식품부"]'), encoding="utf-8")
    told = harvest("digest", *DAYS, "--topic", str(path)).stderr
    assert "note: no ministry is called 농식품부, 없는부처 in full, so their points are never given" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--topic", "egs"], "there is no topic 'egs'; there are: esg"),
        (["--topic", "none.toml"], "none.toml cannot be read"),
        (["--days", "0"], "0 is not a number of days"),
        (["--days", "2", "--since", "2024-01-16"], "either days, or since and until"),
        (["--since", "2024-01-18", "--until", "2024-01-17"], "is after"),
        (["--format", "pdf"], "'pdf' is not one of"),
    ],
)
def test_wrong_usage(harvest: Harvest, desk: Books, arguments: list[str], said: str) -> None:
    ended = harvest("digest", *arguments)
    assert (ended.status, said in ended.last_line) == (2, True), ended.last_line


def test_what_is_typed_goes_over_the_environment(
    harvest: Harvest, desk: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_DAYS", "3")
    assert harvest("digest", *DAYS).status == 0
    monkeypatch.setenv("HARVEST_SINCE", "2024-01-16")
    assert "either days, or since and until" in harvest("digest").last_line
    monkeypatch.delenv("HARVEST_DAYS")
    assert harvest("digest", "--days", "1").status == 3
    monkeypatch.setenv("HARVEST_AREA", "S")
    monkeypatch.setenv("HARVEST_DIGEST_FORMAT", "json")
    assert titles(harvest("digest", *DAYS)) == ["임금체불 사업장 감독"]
    assert titles(harvest("digest", *DAYS, "--format", "json")) == ["임금체불 사업장 감독"]


def test_an_end_alone_is_one_day(harvest: Harvest, desk: Books) -> None:
    assert titles(harvest("digest", "--until", "2024-01-16", "--format", "json")) == ["임금체불 사업장 감독"]


def test_without_a_database(harvest: Harvest) -> None:
    ended = harvest("digest")
    assert (ended.status, "there is no database at" in ended.last_line) == (1, True)
