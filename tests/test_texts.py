"""Where a release's text is looked for, without a site: the search is told what came of each of its questions."""

from collections.abc import Callable
from typing import Any

import pytest

from harvester.documents import Document
from harvester.items import NOT_FETCHED
from harvester.pages.release import AttachmentLink, ReleasePage
from harvester.texts import (
    MOST_VIEWER_PAGES,
    Attachments,
    Got,
    Reading,
    Texts,
    Wanted,
    answer,
    find_text,
    got_from,
    is_annex,
    kind_of,
    or_stored,
    viewer_folder,
    whole_lead,
)

BASE = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=1"
VIEWER = "/docViewer/iframe_skin/doc.html?fn=abc&rs=/docViewer/result/2024.01/17/abc"
GONE = Got(status="not there: HTTP status 404")
BROKEN = Got(status="unreadable: damaged: cut")
LOST = Got(status="not fetched: HTTP status 503")


def page(*names: str, viewer: str | None = None, body: str | None = None) -> ReleasePage:
    links = tuple(AttachmentLink(name, name, f"/common/download.do?fileId={name}") for name in names)
    return ReleasePage("1", "제목", "2024.01.17", "", "환경부", "", "", None, body, viewer, links)


def text(words: str, kind: str = "hwpx") -> Got:
    return Got(Document(words, kind), sha256=words)


def search(
    of: ReleasePage, answers: dict[str, Got], lead: str = "요약...", attachments: Attachments = Attachments.TEXT
) -> tuple[Texts, list[str]]:
    """What was found, and what was asked for on the way."""
    asked: list[str] = []

    def get(wanted: Wanted) -> Got:
        asked.append(wanted.name)
        return answers.get(wanted.name, GONE)

    return answer(find_text(of, base=BASE, lead=lead, attachments=attachments), get), asked


@pytest.mark.parametrize(
    ("of", "source", "asked"),
    [
        (page("가.hwp", "가.pdf", "가.hwpx", viewer=VIEWER), "hwpx", ["가.hwpx"]),
        (page("가.hwp", "가.pdf", viewer=VIEWER), "viewer", ["1.html", "2.html"]),
        (page("가.hwp", "가.pdf"), "pdf", ["가.pdf"]),
        (page("가.HWP", "가.jpg"), "hwp", ["가.HWP"]),
        (page("가.hwpx", body="본문입니다."), "page", []),
        (page("가.hwpx", body="자세한 내용은 첨부파일을 참고하시기 바랍니다."), "hwpx", ["가.hwpx"]),
        (page("붙임1.hwpx", "보도자료.hwpx"), "hwpx", ["보도자료.hwpx"]),
        (page("붙임1.hwpx"), "hwpx", ["붙임1.hwpx"]),
    ],
)
def test_the_best_source_is_asked_and_no_other(of: ReleasePage, source: str, asked: list[str]) -> None:
    kinds = {"가.hwpx": "hwpx", "가.pdf": "pdf", "가.HWP": "hwp", "가.hwp": "hwp"}
    answers = {name: text("글", kind) for name, kind in kinds.items()}
    answers |= {"1.html": text("글", "viewer"), "보도자료.hwpx": text("글"), "붙임1.hwpx": text("글")}
    found, questions = search(of, answers)
    assert (found.source, found.status, questions) == (source, "read", asked)


def test_every_source_is_tried_before_giving_up_and_each_reason_is_told() -> None:
    of = page("가.hwpx", "가.pdf", "가.hwp", viewer=VIEWER)
    found, asked = search(of, {"가.hwpx": BROKEN, "가.pdf": BROKEN, "가.hwp": BROKEN})
    assert asked == ["가.hwpx", "1.html", "가.pdf", "가.hwp"]
    assert (found.body, found.source) == (None, "none")
    assert found.status.startswith("none: 가.hwpx: unreadable: damaged: cut; viewer: not there")
    assert found.files["가.pdf"] is BROKEN


def test_what_may_come_another_time_is_not_called_missing() -> None:
    found, _ = search(page("가.hwpx", "가.pdf"), {"가.hwpx": LOST, "가.pdf": BROKEN})
    assert found.status == "not fetched: 가.hwpx: not fetched: HTTP status 503"
    found, _ = search(page("가.hwpx", "가.pdf"), {"가.hwpx": LOST, "가.pdf": text("글", "pdf")})
    assert found.status == "read"


@pytest.mark.parametrize(
    ("lead", "whole"),
    [
        ("정부는 오늘 대책을 발표하였다.", True),
        ("정부는 오늘 대책을...", False),
        ("정부는 오늘 대책을…", False),
        ("희토류 대책 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다.", False),
        ("위원회는 간담회를 열었다. * 자세한 내용은 첨부파일을 참고해 주십시오.", False),
        ("", False),
    ],
)
def test_a_lead_is_the_text_only_where_it_is_all_of_it(lead: str, whole: bool) -> None:
    assert whole_lead(lead) is whole
    found, _ = search(page(), {}, lead=lead)
    assert (found.source, found.body) == (("lead", lead) if whole else ("none", None))


def test_any_document_comes_before_a_lead() -> None:
    found, _ = search(
        page("(첨부1) 업무계획.hwpx"), {"(첨부1) 업무계획.hwpx": text("계획")}, lead="장관은 16일 밝혔다."
    )
    assert (found.source, found.body) == ("hwpx", "계획")
    found, _ = search(page("가.hwpx", "나.hwpx"), {"가.hwpx": BROKEN, "나.hwpx": text("글")}, lead="장관은 밝혔다.")
    assert found.body == "글"


def test_a_lead_stands_in_for_files_that_did_not_come_and_says_so() -> None:
    found, _ = search(page("가.hwpx"), {"가.hwpx": LOST}, lead="정부는 오늘 대책을 발표하였다.")
    assert found.source == "lead"
    assert found.status.startswith("not fetched: ")


def test_viewer_pages_are_joined_in_order_and_pictures_are_skipped() -> None:
    blank = Got(status="unreadable: empty: no text", sha256="b")
    answers = {"1.html": text("하나", "viewer"), "2.html": blank, "3.html": text("셋", "viewer")}
    found, asked = search(page(viewer=VIEWER), answers)
    assert found.body == "하나\n셋"
    assert asked == ["1.html", "2.html", "3.html", "4.html"]


@pytest.mark.parametrize("trouble", [LOST, BROKEN])
def test_a_viewer_with_a_page_missing_in_the_middle_is_no_text(trouble: Got) -> None:
    answers = {"1.html": text("하나", "viewer"), "2.html": trouble, "가.pdf": text("전부", "pdf")}
    found, _ = search(page("가.pdf", viewer=VIEWER), answers)
    assert found.body == "전부"


def test_a_viewer_without_an_end_ends() -> None:
    same, _ = search(page(viewer=VIEWER), {f"{n}.html": text("같은 쪽", "viewer") for n in range(1, 9999)})
    assert same.body == "같은 쪽"
    answers = {f"{n}.html": text(f"{n}쪽", "viewer") for n in range(1, 9999)}
    endless, asked = search(page(viewer=VIEWER), answers)
    assert len(asked) == MOST_VIEWER_PAGES
    assert "too large" in endless.status


@pytest.mark.parametrize(
    "src",
    [
        "https://evil.example/doc.html?fn=a&rs=//evil.example/x",
        "/doc.html?fn=../a&rs=/x",
        "/doc.html?fn=a&rs=/x/../../etc",
        "/doc.html?fn=a&rs=http://evil.example",
        "/doc.html?fn=a%2Fb&rs=/x",
        "/doc.html?rs=/x",
        "/doc.html",
        "",
    ],
)
def test_a_viewer_never_leads_off_the_site(src: str) -> None:
    assert viewer_folder(src, BASE) is None


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x?fileId=1",
        "//evil.example/x?fileId=1",
        "file:///etc/passwd?fileId=1",
        "ftp://www.korea.kr/x",
    ],
)
def test_a_file_never_leads_off_the_site(path: str) -> None:
    link = AttachmentLink("1", "가.hwpx", path)
    of = ReleasePage("1", "제목", "2024.01.17", "", "환경부", "", "", None, None, None, (link,))
    for attachments in (Attachments.TEXT, Attachments.ALL):
        found, asked = search(of, {"가.hwpx": text("글")}, attachments=attachments)
        assert asked == []
        assert found.files["1"].status.startswith("unreadable: an address off the site")


def test_the_folder_of_a_viewer() -> None:
    assert viewer_folder(VIEWER, BASE) == "https://www.korea.kr/docViewer/result/2024.01/17/abc/abc.files"
    spelled = VIEWER.replace("/docViewer/result", "%2FdocViewer%2Fresult")
    assert viewer_folder(spelled, BASE) == viewer_folder(VIEWER, BASE)


def test_none_asks_for_nothing_and_all_for_everything_once() -> None:
    of = page("가.hwpx", "가.jpg", "나.hwpx", viewer=VIEWER)
    found, asked = search(of, {}, attachments=Attachments.NONE)
    assert (asked, found.status, found.files) == ([], NOT_FETCHED, {})
    found, asked = search(of, {"가.hwpx": text("글")}, attachments=Attachments.ALL)
    assert asked == ["가.hwpx", "가.jpg", "나.hwpx"]
    assert found.body == "글"


def test_a_stored_text_stays_while_its_own_cannot_be_had() -> None:
    lost = Texts(None, "none", "not fetched: …")
    assert or_stored(lost, ("글", "hwpx")).body == "글"
    assert or_stored(lost, ("요약", "lead")).body is None
    assert or_stored(lost, None).body is None
    assert or_stored(Texts("새 글", "pdf", "read"), ("글", "hwpx")).body == "새 글"


def reading(words: str = "", reason: str = "") -> Reading:
    return Reading(Document(words, "viewer") if words else None, reason)


@pytest.mark.parametrize(
    ("kind", "status", "read", "begins"),
    [
        ("file", 200, reading("글"), "read"),
        ("file", 200, reading(reason="encrypted"), "unreadable: encrypted"),
        ("file", 200, reading(reason="unknown kind: html, as sent in place of a hwpx"), "not fetched: "),
        ("file", 404, None, "not there: "),
        ("file", 410, None, "not there: "),
        ("file", 503, None, "not fetched: "),
        ("file", 302, None, "not fetched: "),
        ("viewer", 200, reading("서비스 점검 중입니다."), "not fetched: "),
        ("viewer", 200, reading("시스템 점검을 예고한다. " * 40), "read"),
        ("viewer", 200, reading("희토류 비축기지는 점검 중이다."), "read"),
    ],
)
def test_what_an_answer_means(kind: Any, status: int, read: Reading | None, begins: str) -> None:
    wanted = Wanted(kind, "u", "가.hwpx", expected="희토류 공급망을 넓힌다")
    assert got_from(wanted, status, 3, "d", read).status.startswith(begins)


@pytest.mark.parametrize("title", ["의약품 허가 지원 사업 점검", "한파 대비 현장점검 시스템 서비스 개시", "점검"])
def test_a_page_of_trouble_is_no_text_whatever_word_of_it_the_title_has(title: str) -> None:
    """Seen: it stood as the last page of a release's text, in place of the real one."""
    said = reading("시스템 점검 중입니다\n보다 나은 서비스를 위하여 시스템 점검 중입니다.")
    wanted = Wanted("viewer", "u", "2.html", expected=title)
    assert got_from(wanted, 200, 3, "d", said).status.startswith("not fetched: ")


@pytest.mark.parametrize(
    ("status", "passing", "doubtful"),
    [
        ("not fetched: HTTP status 503", True, False),
        ("not fetched: unknown kind: html, as sent in place of a hwpx", True, False),
        ("not fetched: a page that says '점검 중' in place of the viewer's", True, False),
        ("unreadable: damaged: cut off: it ends inside a tag or an entity", True, True),
        ("unreadable: damaged: File is not a zip file", False, True),
        ("unreadable: empty: no bytes", False, True),
        ("unreadable: unknown kind: text", False, True),
        ("not there: HTTP status 404", False, True),
        ("unreadable: encrypted", False, False),
        ("unreadable: took more than 60 seconds", False, False),
        ("read", False, False),
    ],
)
def test_which_answers_are_heard_again(status: str, passing: bool, doubtful: bool) -> None:
    got = Got(status=status)
    assert (got.passing, got.doubtful) == (passing, doubtful)


def test_a_viewer_page_that_is_cut_off_is_no_text() -> None:
    cut = Got(status="unreadable: damaged: cut off: it ends inside a tag or an entity")
    found, asked = search(page("가.pdf", viewer=VIEWER), {"1.html": cut, "가.pdf": text("전부", "pdf")})
    assert (found.body, asked) == ("전부", ["1.html", "가.pdf"])


@pytest.mark.parametrize("reason", ["", "encrypted"])
def test_a_reading_survives_being_kept(reason: str) -> None:
    made = reading("" if reason else "글", reason)
    assert Reading.from_json(made.as_json()) == made


def test_what_depends_on_the_machine_is_not_kept() -> None:
    assert not reading(reason="took too long").lasts
    assert not reading(reason="crashed its reader: x").lasts
    assert reading(reason="encrypted").lasts


CASES: list[tuple[Callable[[str], object], str, object]] = [
    (kind_of, "보도자료.HWPX", "hwpx"),
    (kind_of, "보도자료", ""),
    (kind_of, ".hwpx", ""),
    (kind_of, "보도자료.hwp ", "hwp"),
    (is_annex, "붙임 1.hwpx", True),
    (is_annex, "(붙임) 보도자료.hwpx", False),
    (is_annex, "보도참고자료.hwpx", False),
]


@pytest.mark.parametrize(("function", "name", "value"), CASES)
def test_names(function: Callable[[str], object], name: str, value: object) -> None:
    assert function(name) == value
