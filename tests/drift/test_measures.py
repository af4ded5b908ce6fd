"""What is counted of a release, a post and a page."""

from datetime import date
from math import exp
from pathlib import Path

import pytest

from harvester.drift.evidence import MOST_FILES, keep_page
from harvester.drift.layouts import is_layout, unknown_layout, words_of
from harvester.drift.measures import LANDMARKS, MINISTRIES_KEPT, Measures, landmarks, together
from harvester.drift.names import unknown_ministry
from harvester.items import Attachment, Briefing


def release(**changes: object) -> Briefing:
    values: dict[str, object] = {
        "news_id": "156611054",
        "board": "press-release",
        "url": "",
        "listed_on": date(2024, 1, 17),
        "row_signature": "",
        "title_raw": "수출 동향",
        "lead_raw": "",
        "ministry_raw": "산업통상자원부",
        "day_raw": "2024.01.17",
        "published_raw": "",
        "licence_raw": None,
        "body_raw": None,
        "body_source": "hwpx",
        "body_status": "read",
        "fetched_at": "",
        "body": "수출이 늘었다",
    }
    return Briefing(**values | changes)  # type: ignore[arg-type]


def file(kind: str, status: str) -> Attachment:
    return Attachment(1, "1", f"a.{kind}", "", kind=kind, text_status=status)


def test_of_a_release_is_counted_what_is_there() -> None:
    measures = Measures()
    measures.take(release(lead="요약", ministry_code="A00015"))
    measures.take(release(body_source="viewer", ministry_code="A00015"))
    assert measures.releases == 2
    assert measures.filled["lead"] == (1, 2)
    assert measures.filled["license"] == (0, 2)
    assert measures.filled["text from viewer"] == (1, 2)
    assert measures.ministries == ("A00015",)
    number, total, _ = measures.sizes["body"]
    assert (number, round(exp(total / number))) == (2, len("수출이 늘었다"))


def test_of_files_only_those_that_came_are_counted() -> None:
    statuses = [
        "read",
        "unreadable: damaged",
        "not fetched",
        "not fetched: HTTP status 503",
        "not there: HTTP status 404",
    ]
    measures = Measures()
    measures.take(release(attachments=[*(file("hwpx", status) for status in statuses), file("jpg", "unreadable: no")]))
    assert measures.filled["hwpx read"] == (1, 3)
    assert "jpg read" not in measures.filled


def test_several_are_together_what_they_are_apart() -> None:
    first, second, both = Measures(), Measures(), Measures()
    for number in range(12):
        item = release(ministry_code=f"A{number:05}", lead="x" * (number % 3), body="y" * (number + 1))
        (first if number < 5 else second).take(item)
        both.take(item)
    whole = together([first, second])
    assert (whole.releases, whole.filled) == (both.releases, both.filled)
    assert whole.sizes["body"] == pytest.approx(both.sizes["body"])
    assert len(whole.ministries) == MINISTRIES_KEPT


def test_landmarks_are_what_the_readers_look_for() -> None:
    """Each of them stands in the sources of the readers, so that none is a name of former days."""
    pages = Path(__file__).parents[2] / "harvester" / "pages"
    sources = "".join(path.read_text(encoding="utf-8") for path in pages.glob("*.py")).replace(
        ".result", 'class="result"'
    )
    assert {name for names in LANDMARKS.values() for name in names if name not in sources} == set()
    assert landmarks("release", b'<div class="view_title">')["view_title on the release"]
    assert not landmarks("release", b"")["view_title on the release"]


@pytest.mark.parametrize(
    ("reason", "layout"),
    [
        ("not a listing: it has no place for rows or no total", True),
        ("a release's page without a title", True),
        ("a row without a link to pressReleaseView.do and a newsId", True),
        ("an empty answer", False),
        ("cut off: the page has no end", False),
        ("no release: the site says '삭제된 기사입니다.'", False),
        ("asked for page 2, got page 1", False),
        ("HTTP status 503", False),
    ],
)
def test_damage_and_other_pages_are_no_new_layout(reason: str, layout: bool) -> None:
    assert is_layout(reason) is layout


def test_a_strange_page_is_told_with_its_own_words() -> None:
    page = "<html><head><title>점검 중</title><script>var x = 1;</script></head><body><p>9시까지 <b>쉽니다</b>"
    assert words_of(page.encode()) == "점검 중 9시까지 쉽니다"
    notice = unknown_layout("press-release", "listing", 3, "not a listing: …", page.encode())
    assert notice.says.startswith("3 pages are not as the reader of a listing knows it: not a listing")
    assert "점검 중" in notice.says


@pytest.mark.parametrize("page", [b"", b"\xff\xfe\x00", b"<title>" * 50_000, b"<" * 300_000, b"<script>" * 40_000])
def test_whatever_a_page_holds_its_words_are_short(page: bytes) -> None:
    words = words_of(page)
    assert len(words) <= 120
    assert words.isprintable()


def test_nothing_of_the_site_reaches_a_terminal_as_it_is() -> None:
    notice = unknown_ministry("\x1b[2J부처\u202e" + "가" * 5000, "A1\x07", None)
    assert (notice.says + notice.key).isprintable()
    assert len(notice.says) < 200
    page = b"<title>\x1b]0;x\x07</title>"
    assert unknown_layout("cabinet", "listing", 1, "a row \x1b[2J", page).says.isprintable()


def test_names_of_saved_pages_are_safe_and_their_number_is_bounded(tmp_path: Path) -> None:
    nasty = unknown_ministry("../../etc/passwd\n부", "A1", None)
    saved = keep_page(tmp_path, date(2024, 1, 1), "press-release", nasty, b"<script>")
    assert saved.startswith("drift/2024-01-01-press-release-ministry-")
    assert (tmp_path / saved).read_bytes() == b"<script>"
    for number in range(MOST_FILES + 10):
        keep_page(
            tmp_path, date(2024, 2, 1), "press-release", unknown_ministry(str(number), None, None), b"", spare={saved}
        )
    files = sorted(path.name for path in (tmp_path / "drift").iterdir())
    assert len(files) == MOST_FILES
    assert saved.removeprefix("drift/") in files
