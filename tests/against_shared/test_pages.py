"""The captured pages, where they are at hand: read as a person reads them. Nothing of them is copied here."""

import json
from datetime import date
from pathlib import Path

import pytest

from harvester.pages import UnreadablePage
from harvester.pages.listing import ListingPage, is_cut, read_listing
from harvester.pages.markup import clean
from harvester.pages.release import ReleasePage, read_release

SITE = Path(__file__).parents[2].parent / "shared" / "koreakr"
PAGES = SITE / "pages"

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the folder of captured pages is not here")


def listing(name: str, rows: int | None = None) -> ListingPage:
    body = (PAGES / name).read_bytes()
    if rows is not None:
        # The one number that was not transcribed.
        body = body.replace(b"[COUNT-NOT-TRANSCRIBED]", str(rows).encode())
    return read_listing(body)


@pytest.fixture(scope="module")
def january() -> ListingPage:
    return listing("press_release_list.2026-01-07.browser-dom.html")


@pytest.fixture(scope="module")
def october() -> ListingPage:
    return listing("press_release_list.2026-10-06.html")


@pytest.fixture(scope="module")
def ministry() -> ListingPage:
    return listing("press_release_list.by-ministry.2026-10-06.html", rows=20)


@pytest.fixture(scope="module")
def empty() -> ListingPage:
    return listing("press_release_list.empty.2026-10-06.html")


@pytest.fixture(scope="module")
def view() -> ReleasePage:
    return read_release((PAGES / "press_release_view.156784297.html").read_bytes())


def test_the_whole_list_of_january(january: ListingPage) -> None:
    assert (january.declared, january.number, january.last, january.pages) == (25780, 1, 1289, 1289)
    assert (len(january.rows), january.unreadable, january.rows_expected(1)) == (20, (), 20)
    first, last = january.rows[0], january.rows[-1]
    assert (first.news_id, first.day, first.ministry) == ("156738805", date(2026, 1, 7), "고용노동부")
    assert clean(first.title) == "고용노동부, 울산 남구 고용위기 선제대응지역 신규 지정"
    assert (last.news_id, last.ministry) == ("156738778", "중소벤처기업부")
    assert clean(last.title) == "K-뷰티 유망기업 중국 진출 프로젝트, 「K-Beauty GLOW WEEK in Shanghai」 개최"
    # At that time this list, too, printed leads cut, with another mark.
    assert all(is_cut(row.lead) for row in january.rows if len(row.lead) > 120)


def test_the_whole_list_of_october(october: ListingPage) -> None:
    assert (october.declared, october.number, october.last, october.pages) == (30652, 1, 1533, 1533)
    assert (len(october.rows), october.unreadable) == (7, ())
    assert october.rows_expected(1) == 20, "the capture was shortened: the walk would ask again"
    first, last = october.rows[0], october.rows[-1]
    assert (first.news_id, first.day, first.ministry) == ("156784448", date(2026, 10, 6), "국무조정실")
    assert clean(first.title) == "[보도자료] 한성숙 국무총리, 주택공급 현장점검(위스테이 별내)"
    assert clean(last.title) == "서부지방산림청, 드론 띄워 산림 내 불법행위 잡는다."
    assert last.ministry == "산림청"
    assert not any(is_cut(row.lead) for row in october.rows)
    assert max(len(row.lead) for row in october.rows) > 800, "whole leads, hardly cut"


def test_the_list_of_one_ministry(ministry: ListingPage) -> None:
    assert (len(ministry.rows), ministry.unreadable, ministry.number, ministry.last) == (20, (), 1, None)
    assert {row.ministry for row in ministry.rows} == {"국방부"}
    first, last = ministry.rows[0], ministry.rows[-1]
    assert (first.news_id, first.day) == ("156784297", date(2026, 10, 6))
    assert clean(first.title) == "북한 탄도미사일 발사 관련 국방부 입장"
    assert (last.news_id, last.day) == ("156781564", date(2026, 9, 14))
    assert ministry.form["repCode"] == "A00005"
    long = [row for row in ministry.rows if len(row.lead) > 140]
    assert len(long) > 10
    assert all(is_cut(row.lead) for row in long)
    for row in ministry.rows:
        assert not any(half in clean(row.lead) for half in ("&#", "&mi", "&quo", "&l"))


def test_a_day_with_nothing(empty: ListingPage) -> None:
    assert (empty.declared, empty.rows, empty.pages, empty.number, empty.last) == (0, (), 0, None, None)
    asked = {"pageIndex": "1", "startDate": "2026-10-05", "endDate": "2026-10-05", "repCode": "A00005", "srchWord": ""}
    assert empty.contradiction(asked) is None
    assert "startDate" in str(empty.contradiction(asked | {"startDate": "2026-10-04"}))
    assert "repCode" in str(empty.contradiction(asked | {"repCode": ""}))


def test_the_newest_row_has_one_signature_on_list_and_list(october: ListingPage, ministry: ListingPage) -> None:
    both = {row.news_id for row in october.rows} & {row.news_id for row in ministry.rows}
    signatures = {row.news_id: row.signature for row in october.rows}
    assert all(row.signature == signatures[row.news_id] for row in ministry.rows if row.news_id in both)


def test_what_was_asked_is_on_the_page(january: ListingPage, october: ListingPage) -> None:
    assert (january.form["startDate"], january.form["endDate"]) == ("2025-01-07", "2026-01-07")
    assert (october.form["startDate"], october.form["endDate"]) == ("2025-10-07", "2026-10-07")
    one_day = {"pageIndex": "1", "startDate": "2026-10-06", "endDate": "2026-10-06", "repCode": "", "srchWord": ""}
    assert "startDate" in str(october.contradiction(one_day)), "dates ignored: the last year came back"


@pytest.mark.parametrize("day", ["2026-01-07", "2026-10-06"])
def test_the_code_table_of_the_page_is_the_collected_one(
    day: str, january: ListingPage, october: ListingPage, ministry: ListingPage, empty: ListingPage
) -> None:
    table = json.loads((SITE / "tables" / f"repcode_table_{day}.json").read_text(encoding="utf-8"))
    groups = ("chkRepCode",) if "chkRepCode" in table else ("부처", "청", "위원회 및 감사원")
    collected = {code: label for group in groups for code, label in table[group].items()}
    assert len(collected) == (53 if day == "2026-01-07" else 58)
    for page in (january,) if day == "2026-01-07" else (october, ministry, empty):
        assert page.ministries == collected


def test_one_release(view: ReleasePage) -> None:
    view.require_identity("156784297", "북한 탄도미사일 발사 관련 국방부 입장")
    assert clean(view.title) == "북한 탄도미사일 발사 관련 국방부 입장"
    assert (view.day, view.published, view.ministry) == ("2026.10.06", "2026-10-06T07:06:02+09:00", "국방부")
    assert view.licence == "공공누리 공공저작물 자유이용허락 1유형 출처표시"
    [file] = view.attachments
    assert (file.file_id, file.name) == ("198565537", "261004 북한 탄도미사일 발사 관련 국방부 입장_게시.hwpx")
    assert file.path == "/common/download.do?fileId=198565537&tblKey=GMN"
    assert view.body is None, "the text is in a viewer; the remark is a source line"


def test_the_viewer_of_one_release(view: ReleasePage) -> None:
    assert view.viewer is not None
    assert view.viewer.startswith("/docViewer/iframe_skin/doc.html?fn=")
    assert "&rs=/docViewer/result/2026.10/06/" in view.viewer


def test_the_row_of_a_search_reads_without_its_highlight() -> None:
    fragment = (PAGES / "pressReleaseList_srchWord_row.html").read_bytes()
    with pytest.raises(UnreadablePage, match="no total"):
        read_listing(fragment)
    [row] = read_listing(fragment + "<div class='result'>검색결과 총 <strong>1</strong>건</div>".encode()).rows
    assert (row.news_id, row.day, row.ministry) == ("156769934", date(2026, 7, 8), "국토교통부")
    assert clean(row.title) == "6월 중 전세사기피해자등 548건 추가 결정"


@pytest.mark.parametrize(
    "name", ["policyBriefingList_row.html", "stateCouncilList_row.html", "policyNews_ministryNewsList_row.html"]
)
def test_other_boards_are_not_mistaken_for_this_one(name: str) -> None:
    with pytest.raises(UnreadablePage):
        read_listing((PAGES / name).read_bytes())


def test_the_other_licence_block_is_not_read_for_now() -> None:
    """It was seen on the mobile site only; should it come here, the release has no licence rather than a wrong one."""
    assert "1유형" in (PAGES / "kogl_older_or_policyNews_block.html").read_text(encoding="utf-8")


def test_captured_pages_cut_off_are_refused() -> None:
    for path in sorted(PAGES.glob("press_release_*.html")):
        page = path.read_bytes().replace(b"[COUNT-NOT-TRANSCRIBED]", b"20")
        for at in range(len(page) // 3, len(page) - 20, max(len(page) // 40, 1)):
            with pytest.raises(UnreadablePage):
                (read_release if "view" in path.name else read_listing)(page[:at])
