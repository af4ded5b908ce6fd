"""Each step by itself, and all of them in the order of the settings."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import DropItem

import pipelines
from harvester.clock import KST
from harvester.items import Attachment, Briefing, EsgPost
from harvester.korean import AgendaItem, Statement
from harvester.settings import ESG_ITEM_PIPELINES, ITEM_PIPELINES
from pipelines.check_range import CheckRange
from pipelines.check_sanity import LONGEST_TITLE, CheckSanity, nonsense
from pipelines.clean_text import CleanText, clean_paragraphs
from pipelines.name_ministry import NameMinistry
from pipelines.read_dates import ReadDates
from pipelines.read_licence import ReadLicence
from pipelines.read_parts import ReadParts
from pipelines.read_post import ReadPost
from pipelines.split_title_prefix import SplitTitlePrefix
from pipelines.store import StoreBriefing

from .making import DAY, FakeRun, crawler, read_release, through_all


def kinds(item: Briefing | EsgPost) -> list[str]:
    return [unknown.kind for unknown in item.unknowns]


def test_the_way_of_one_release() -> None:
    run = FakeRun()
    item = through_all(read_release(body_raw="첫 &middot; 줄\n\n\n둘째", body_source="page"), run)
    assert run.stored == [item]
    assert (item.title, item.title_prefix, item.lead) == ("[보도참고] ｢가·나｣ 추진", "[보도참고]", "요약입니다")
    assert (item.ministry, item.ministry_code, item.source_line) == (
        "산업통상자원부",
        "A00015",
        "(2024.01.17 산업통상자원부)",
    )
    assert (item.published_on, item.published_at) == (DAY, datetime(2024, 1, 17, 9, 30, 5, tzinfo=KST))
    assert (item.license, item.body, item.body_source) == ("KOGL-1", "첫 · 줄\n\n둘째", "page")
    assert [(each.name, each.kind) for each in item.attachments] == [("가 나.HWPX", "hwpx")]
    assert len(item.fingerprint) == 64
    assert item.unknowns == []


def test_the_order_is_a_story_and_every_step_is_in_it() -> None:
    assert in_order(ITEM_PIPELINES) == [
        "clean_text",
        "split_title_prefix",
        "read_dates",
        "name_ministry",
        "read_licence",
        "find_contacts",
        "read_parts",
        "check_range",
        "check_sanity",
        "fingerprint",
        "store",
    ]
    assert in_order(ESG_ITEM_PIPELINES) == ["read_post", "store"]
    files = {path.stem for path in Path(str(pipelines.__file__)).parent.glob("*.py")} - {"__init__"}
    assert files == {*in_order(ITEM_PIPELINES), *in_order(ESG_ITEM_PIPELINES)}


def in_order(steps: dict[str, int]) -> list[str]:
    """The files of the steps, in the order in which an item passes them; no two have one place."""
    assert len(set(steps.values())) == len(steps)
    return [path.split(".")[1] for path in sorted(steps, key=lambda path: steps[path])]


# --- clean_text ---


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  두   칸\n줄 ", "두 칸 줄"),
        ("&amp;amp;middot;", "·"),
        ("R&amp;D &lt;가&gt;", "R&D <가>"),
        ("① ½ ㎡ ｢가｣", "① ½ ㎡ ｢가｣"),
        ("가\u200b나\ufeff", "가나"),
        ("가", "가"),
    ],
)
def test_titles_are_what_their_author_meant(raw: str, text: str) -> None:
    assert CleanText().process_item(read_release(title_raw=raw)).title == text


def test_a_ministry_is_cleaned_beside_its_printing() -> None:
    printed = " 산업\u200b통상자원부\n&nbsp;"
    item = CleanText().process_item(read_release(ministry_raw=printed))
    assert (item.ministry, item.ministry_raw) == ("산업통상자원부", printed)
    assert through_all(read_release(ministry_raw=printed)).ministry_raw == printed


def test_what_is_empty_is_none() -> None:
    item = CleanText().process_item(read_release(lead_raw=" &nbsp; ", body_raw=" \n ", body_source="page"))
    assert (item.lead, item.body, item.body_source) == (None, None, "none")
    assert CleanText().process_item(read_release()).body_source == "none"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("가\n\n\n\n나", "가\n\n나"),
        ("  가  나 \n 다", "가 나\n다"),
        ("가\t나\n다\t\t", "가\t나\n다"),
        ("&lt;홍길동 대변인&gt;", "&lt;홍길동 대변인&gt;"),
        ("<홍길동 대변인>\n다음", "<홍길동 대변인>\n다음"),
        ("\n\n가\n", "가"),
    ],
)
def test_paragraphs_stay(raw: str, text: str) -> None:
    assert clean_paragraphs(raw) == text


@pytest.mark.parametrize(("source", "text"), [("page", "<홍길동 대변인>"), ("hwpx", "&lt;홍길동 대변인&gt;")])
def test_only_pages_of_the_site_encode_their_texts(source: str, text: str) -> None:
    item = CleanText().process_item(read_release(body_raw="&lt;홍길동 대변인&gt;", body_source=source))
    assert item.body == text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="가나 \n\t&amp;lt#;12<>", max_size=60))
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean_paragraphs(raw)
    assert clean_paragraphs(once) == once
    assert "\n\n\n" not in once


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("보도자료.hwpx", "hwpx"),
        ("보도자료.최종.PDF", "pdf"),
        ("보도자료", ""),
        (".hwp", ""),
        ("2024.1.17. 보도자료", ""),
        ("a.", ""),
    ],
)
def test_the_kind_of_a_file_is_its_suffix(name: str, kind: str) -> None:
    item = read_release(attachments=[Attachment(1, "1", f" {name} ", "u")])
    [attachment] = CleanText().process_item(item).attachments
    assert (attachment.kind, attachment.name) == (kind, name)


def test_the_prefix_stays_in_the_title() -> None:
    item = read_release()
    item.title = "[7.30.수.조간] 제목"
    item = SplitTitlePrefix().process_item(item)
    assert (item.title_prefix, item.title) == ("[7.30.수.조간]", "[7.30.수.조간] 제목")
    item.title = "제목 [붙임]"
    assert SplitTitlePrefix().process_item(item).title_prefix is None


# --- read_dates ---


def test_midnight_means_that_only_the_day_is_known() -> None:
    item = ReadDates().process_item(read_release(published_raw="2024-01-17T00:00:00+09:00"))
    assert (item.published_on, item.published_at, item.unknowns) == (DAY, None, [])
    item = ReadDates().process_item(read_release(published_raw="2024-01-17T00:00:01+09:00"))
    assert item.published_at == datetime(2024, 1, 17, 0, 0, 1, tzinfo=KST)


def test_another_zone_is_told_in_korean_time() -> None:
    item = ReadDates().process_item(read_release(published_raw="2024-01-16T15:00:01Z"))
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2024-01-17T00:00:01+09:00"
    assert item.unknowns == []


def test_a_time_of_another_day_is_kept_and_counted() -> None:
    item = ReadDates().process_item(read_release(published_raw="2024-01-19T10:00:00+09:00"))
    assert item.published_on == DAY
    assert item.published_at == datetime(2024, 1, 19, 10, tzinfo=KST)
    assert kinds(item) == ["published_at"]
    assert "2024-01-17" in item.unknowns[0].value


def test_a_printed_day_that_differs_from_the_listed_one_is_counted() -> None:
    item = ReadDates().process_item(read_release(day_raw="2024.01.16"))
    assert (item.published_on, kinds(item)) == (DAY, ["published_on"])


@pytest.mark.parametrize("raw", ["", "어제", "2024-02-30T10:00:00+09:00"])
def test_unreadable_times_are_counted_and_never_guessed(raw: str) -> None:
    item = ReadDates().process_item(read_release(published_raw=raw, day_raw=raw))
    assert (item.published_on, item.published_at) == (DAY, None)
    assert kinds(item) == ["published_at", "published_on"]


# --- name_ministry ---


def named(ministry: str, day: date = DAY, code: str | None = None) -> Briefing:
    item = CleanText().process_item(read_release(ministry_raw=ministry, ministry_code=code))
    item.published_on = day
    return NameMinistry().process_item(item)


def test_a_ministry_is_named_as_on_the_day() -> None:
    item = named("산업통상자원부")
    assert (item.ministry, item.ministry_code, item.source_line) == (
        "산업통상자원부",
        "A00015",
        "(2024.01.17 산업통상자원부)",
    )
    # The site prints the name of today over old releases.
    assert named("기후에너지환경부").ministry == "환경부"


def test_an_unknown_ministry_is_kept_as_printed_with_the_sites_code() -> None:
    item = named("한국우주탐사부", code="Z00099")
    assert (item.ministry, item.ministry_code, kinds(item)) == ("한국우주탐사부", "Z00099", ["ministry"])
    assert "한국우주탐사부" in item.unknowns[0].value
    assert item.source_line == "(2024.01.17 한국우주탐사부)"


@pytest.mark.parametrize("name", ["국가미래전략위원회(가칭)", "4.16세월호참사특별조사위원회", "디지털+기획단", "A:B"])
def test_an_unknown_ministry_with_any_name_is_kept(name: str) -> None:
    item = named(f" {name} ")
    assert (item.ministry, kinds(item)) == (name, ["ministry"])
    assert item.source_line == f"(2024.01.17 {name})"


def test_name_ministry_says_that_it_comes_after_read_dates() -> None:
    with pytest.raises(ValueError, match="ReadDates"):
        NameMinistry().process_item(read_release())


# --- read_licence ---


def licence(raw: str | None) -> Briefing:
    return ReadLicence().process_item(read_release(licence_raw=raw))


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize(
    "form", ["공공누리 공공저작물 자유이용허락 {}유형 출처표시", "공공누리 제{} 유형", "{}유형", "출처표시({}유형)"]
)
def test_licences(kind: int, form: str) -> None:
    item = licence(form.format(kind))
    assert (item.license, item.unknowns) == (f"KOGL-{kind}", [])


def test_a_page_without_the_mark_has_no_licence() -> None:
    assert (licence(None).license, licence(None).unknowns) == (None, [])


@pytest.mark.parametrize("raw", ["공공누리", "5유형", "자유이용", "", "제 유형"])
def test_odd_licences_are_counted(raw: str) -> None:
    item = licence(raw)
    assert (item.license, kinds(item)) == (None, ["license"])


@pytest.mark.parametrize("raw", ["공공누리 제10유형", "공공누리 14유형"])
def test_a_longer_number_is_no_licence_we_know(raw: str) -> None:
    item = licence(raw)
    assert (item.license, kinds(item)) == (None, ["license"])


# --- read_parts ---

TRANSCRIPT = "<홍길동 대변인>\n안녕하십니까?\n[질문·답변]\n<질문> 왜 그렇습니까?\n<답변> 그래서 그렇습니다."
AGENDA = "<정보보호법 일부개정법률안>\n법을 고칩니다.\n【소관 : 재정경제부 물가정책과 044-000-0000】"


def with_parts(board: str, body: str | None) -> Briefing:
    item = read_release(board=board)
    item.body = body
    return ReadParts().process_item(item)


def test_a_briefing_keeps_who_says_what() -> None:
    item = with_parts("ministry-briefing", TRANSCRIPT)
    assert item.statements == [
        Statement("statement", "홍길동 대변인", "안녕하십니까?"),
        Statement("question", None, "왜 그렇습니까?"),
        Statement("answer", None, "그래서 그렇습니다."),
    ]
    assert (item.agenda, item.body) == ([], TRANSCRIPT), "the text itself stays as it is"


def test_an_agenda_keeps_who_is_in_charge() -> None:
    item = with_parts("cabinet", AGENDA)
    assert item.agenda == [
        AgendaItem("정보보호법 일부개정법률안", ("재정경제부",), "재정경제부 물가정책과", "법을 고칩니다.")
    ]
    assert (item.statements, item.body) == ([], AGENDA)


@pytest.mark.parametrize("board", ["press-release", "fact-check", "speech", "policy-news"])
@pytest.mark.parametrize("body", [TRANSCRIPT, AGENDA])
def test_the_texts_of_other_boards_are_paragraphs(board: str, body: str) -> None:
    item = with_parts(board, body)
    assert (item.statements, item.agenda) == ([], [])


@pytest.mark.parametrize("board", ["ministry-briefing", "cabinet"])
@pytest.mark.parametrize("body", [None, ""])
def test_without_a_text_there_are_no_parts(board: str, body: str | None) -> None:
    item = with_parts(board, body)
    assert (item.statements, item.agenda) == ([], [])


def test_brackets_of_a_page_reach_the_transcript_as_text() -> None:
    printed = TRANSCRIPT.replace("<", "&lt;").replace(">", "&gt;")
    item = through_all(read_release(board="ministry-briefing", body_raw=printed, body_source="page"))
    assert [each.speaker for each in item.statements] == ["홍길동 대변인", None, None]
    assert item.body is not None
    assert item.body.startswith("<홍길동 대변인>")


def test_a_release_of_nobody_is_its_boards() -> None:
    """Neither list nor page of the cabinet names anybody."""
    item = through_all(read_release(board="cabinet", ministry_raw="", issuer="국무회의"))
    assert (item.ministry, item.ministry_raw, item.ministry_code) == ("국무회의", "", None)
    assert (item.source_line, item.unknowns) == ("(2024.01.17 국무회의)", [])


# --- read_post ---

LINK = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=156611054&pageIndex=6&repCode=A00007,A00002"
WITHOUT_A_NUMBER = "https://www.korea.kr/briefing/pressReleaseView.do?newsId="


def read_post(**changes: Any) -> EsgPost:
    """A post as the spider hands it to the step."""
    values: dict[str, Any] = {
        "post_id": "10",
        "number": 7,
        "url": "https://k-esg.org/post/10",
        "listed_on": date(2024, 1, 19),
        "row_signature": "s",
        "title_raw": "제목",
        "writer_raw": "관리자",
        "day_raw": "01-19",
        "department_raw": "자원순환과",
        "text_raw": "첫 줄\n(2024.01.17 산업통상자원부)",
        "source_line": "(2024.01.17 산업통상자원부)",
        "links_raw": (LINK,),
        "likes": 1,
        "hits": 30,
        "fetched_at": "2024-01-20T03:00:00Z",
    }
    return ReadPost().process_item(EsgPost(**{**values, **changes}))


def test_a_post_says_what_it_re_posts() -> None:
    item = read_post()
    assert (item.title, item.writer, item.department, item.text) == (
        "제목",
        "관리자",
        "자원순환과",
        "첫 줄\n(2024.01.17 산업통상자원부)",
    )
    assert (item.source_ministry, item.source_day, item.source_line) == (
        "산업통상자원부",
        DAY,
        "(2024.01.17 산업통상자원부)",
    )
    assert (item.link, item.link_news_id, item.posted_on, item.unknowns) == (LINK, 156611054, date(2024, 1, 19), [])


def test_texts_of_a_post_are_put_in_order() -> None:
    item = read_post(
        title_raw=" ｢가&middot;나｣  추진 ",
        writer_raw=" 관리자 ",
        department_raw=" ",
        text_raw="  첫   줄 \n\n 둘째\u200b ",
    )
    assert (item.title, item.writer, item.department) == ("｢가·나｣ 추진", "관리자", None)
    assert item.text == "첫 줄\n\n둘째"
    assert item.title_raw == " ｢가&middot;나｣  추진 "


def test_a_department_that_is_not_printed_is_none() -> None:
    assert read_post(department_raw=None).department is None


def test_the_day_of_a_post_has_the_year_of_its_source_line() -> None:
    item = read_post(
        day_raw="01-03",
        listed_on=date(2024, 1, 3),
        source_line="(2023.12.29 환경부)",
        fetched_at="2024-03-01T00:00:00Z",
    )
    assert (item.posted_on, item.source_day, item.unknowns) == (date(2024, 1, 3), date(2023, 12, 29), [])


def test_a_post_of_today_prints_only_its_time() -> None:
    """Today is the day in Korea on which the page came: at 16:00 in Greenwich it is tomorrow there."""
    item = read_post(day_raw="00:59", fetched_at="2024-01-18T16:00:00Z")
    assert (item.posted_on, item.unknowns) == (date(2024, 1, 19), [])
    item = read_post(day_raw="23:59", fetched_at="2024-01-18T14:59:00Z")
    assert (item.posted_on, kinds(item)) == (date(2024, 1, 19), ["posted_on"])


@pytest.mark.parametrize("day_raw", ["01-20", "2023-01-19", "어제", "02-30"])
def test_the_list_prints_the_year_so_its_day_is_believed_with_a_doubt(day_raw: str) -> None:
    item = read_post(day_raw=day_raw)
    assert (item.posted_on, kinds(item)) == (date(2024, 1, 19), ["posted_on"])
    assert item.unknowns[0].value.startswith("post 10: ")
    assert item.day_raw == day_raw


@pytest.mark.parametrize("source_line", ["(2024.01.22 환경부)", "(2023.01.17 환경부)"])
def test_a_source_line_that_does_not_fit_the_day_is_a_doubt_and_no_correction(source_line: str) -> None:
    item = read_post(source_line=source_line)
    assert (item.posted_on, kinds(item)) == (date(2024, 1, 19), ["posted_on"])
    assert item.source_line == source_line


def test_a_source_line_that_cannot_be_read_stays_as_printed() -> None:
    item = read_post(source_line="(2024.02.30 환경부)")
    assert (item.source_line, item.source_ministry, item.source_day) == ("(2024.02.30 환경부)", None, None)
    assert kinds(item) == ["source_line"]
    assert "2024.02.30" in item.unknowns[0].value
    assert item.posted_on == date(2024, 1, 19)


def test_a_post_without_a_source_line_is_nothing_odd() -> None:
    item = read_post(source_line=None)
    assert (item.source_ministry, item.source_day, item.posted_on, item.unknowns) == (None, None, date(2024, 1, 19), [])


@pytest.mark.parametrize(
    ("links", "link", "news_id"),
    [
        ((), None, None),
        (("https://www.korea.kr/",), "https://www.korea.kr/", None),
        (("https://www.korea.kr/", LINK), LINK, 156611054),
        ((LINK, LINK.replace("156611054", "156611055")), LINK, 156611054),
        ((WITHOUT_A_NUMBER,), WITHOUT_A_NUMBER, None),
    ],
)
def test_the_link_that_leads_to_a_release_goes_before_the_others(
    links: tuple[str, ...], link: str | None, news_id: int | None
) -> None:
    item = read_post(links_raw=links)
    assert (item.link, item.link_news_id) == (link, news_id)


def test_a_department_is_no_evidence_of_the_ministry() -> None:
    """Departments are renamed when their ministry is; the source line is not."""
    item = read_post(department_raw="기후에너지환경부", source_line="(2024.01.17 환경부)")
    assert (item.department, item.source_ministry) == ("기후에너지환경부", "환경부")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_post_prints_it_has_the_day_of_the_list(day_raw: str, source_line: str, link: str) -> None:
    item = read_post(day_raw=day_raw, source_line=source_line, links_raw=(link,))
    assert item.posted_on == date(2024, 1, 19)
    assert (item.day_raw, item.source_line, item.links_raw) == (day_raw, source_line, (link,))
    assert (item.source_day is None) == (item.source_ministry is None)


# --- check_range, check_sanity ---


@pytest.mark.parametrize(("offset", "kept"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_nothing_outside_the_asked_days_passes(offset: int, kept: bool) -> None:
    step = CheckRange.from_crawler(crawler(since=DAY, until=DAY + timedelta(days=2)))
    item = read_release()
    item.published_on = DAY + timedelta(days=offset)
    if kept:
        assert step.process_item(item) is item
    else:
        with pytest.raises(DropItem, match=rf"{item.published_on} is outside 2024-01-17 … 2024-01-19"):
            step.process_item(item)


def test_a_release_without_a_day_is_outside() -> None:
    with pytest.raises(DropItem, match="None"):
        CheckRange.from_crawler(crawler()).process_item(read_release())


def sane(**changes: Any) -> Briefing:
    item = through_all(read_release())
    for name, value in changes.items():
        setattr(item, name, value)
    return item


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": ""}, "no title"),
        ({"title": "가" * (LONGEST_TITLE + 1)}, "1001 characters"),
        ({"ministry": ""}, "no ministry"),
        ({"title": "제\ufffd목"}, "title holds characters that were lost"),
        ({"lead": "요\ufffd약"}, "lead holds"),
        ({"body": "글\ufffd", "body_source": "page"}, "body holds"),
        ({"ministry": "환\ufffd부"}, "ministry holds"),
    ],
)
def test_nonsense_is_refused_with_the_reason(change: dict[str, Any], why: str) -> None:
    with pytest.raises(DropItem, match=why):
        CheckSanity().process_item(sane(**change))


@pytest.mark.parametrize(
    "change", [{}, {"lead": None}, {"body": None}, {"title": "가" * LONGEST_TITLE}, {"title": "?"}]
)
def test_what_can_be_a_release_passes(change: dict[str, Any]) -> None:
    item = sane(**change)
    assert nonsense(item) is None
    assert CheckSanity().process_item(item) is item


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title_raw": " "}, "no title"),
        ({"title_raw": "제&#xD800;목"}, "lost on the way"),
        ({"ministry_raw": " "}, "names no ministry"),
    ],
)
def test_the_pipelines_together_refuse_with_the_reason(change: dict[str, Any], why: str) -> None:
    run = FakeRun()
    with pytest.raises(DropItem, match=why):
        through_all(read_release(**change), run)
    assert run.stored == []


# --- store ---


def test_the_last_step_needs_the_run() -> None:
    with pytest.raises(RuntimeError, match="EXTENSIONS"):
        StoreBriefing.from_crawler(crawler(None)).process_item(read_release())
