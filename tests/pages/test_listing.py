"""Listing pages, in both renderings: read rightly, or refused with the reason; never something in between."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvester.demo import ministries_on
from harvester.demo.faults import cut_point, redesigned
from harvester.demo.rendering import readable, searched_lead, stored
from harvester.pages import UnreadablePage
from harvester.pages.listing import ROWS_A_PAGE, ListingPage, Row, is_cut, read_listing, same_lead
from harvester.pages.markup import clean

from .making import DAY, NOTHING, NOW, asked, hand_listing, hand_row, listing, releases


def as_shown(row: Row) -> tuple[str, str, date, str]:
    return row.news_id, clean(row.title), row.day, clean(row.ministry)


def expected(found: list) -> list[tuple[str, str, date, str]]:
    return [(each.news_id, " ".join(each.title.split()), each.listed_on, each.ministry) for each in found]


# --- what a whole page says ---


@pytest.mark.parametrize("codes", ["", "A00015,A00019"])
def test_each_row_is_read_as_printed_in_both_renderings(codes: str) -> None:
    found = releases(45)
    for page, rows in ((1, found[:20]), (2, found[20:40]), (3, found[40:])):
        read = read_listing(listing(found, page, codes=codes, side=found))
        assert [as_shown(row) for row in read.rows] == expected(rows)
        assert (read.declared, read.number, read.pages, read.unreadable) == (45, page, 3, ())
        assert read.rows_expected(page) == len(rows)
        assert read.form == asked(page, codes)
        assert read.contradiction(asked(page, codes)) is None


def test_the_full_rendering_has_the_whole_lead_and_the_other_its_start() -> None:
    long, short = replace(releases(1)[0], lead="가나다·라 " * 60), replace(releases(2)[1], lead="짧은 ｢요약｣·끝")
    full = {row.news_id: row.lead for row in read_listing(listing([long, short])).rows}
    cut = {row.news_id: row.lead for row in read_listing(listing([long, short], codes="A00019")).rows}
    assert full == {long.news_id: long.lead.strip(), short.news_id: short.lead}
    assert cut[short.news_id] == short.lead
    assert is_cut(cut[long.news_id])
    assert not is_cut(full[long.news_id])


def test_a_row_has_the_same_signature_in_both_renderings() -> None:
    found = [replace(release, title=f"A·B & <C>  ｢D｣ {n}") for n, release in enumerate(releases(20))]
    full, other = read_listing(listing(found)), read_listing(listing(found, codes="A00019"))
    assert [row.signature for row in full.rows] == [row.signature for row in other.rows]
    assert len({row.signature for row in full.rows}) == 20


@pytest.mark.parametrize("change", [{"title": "다른 제목"}, {"ministry": "국방부"}, {"day": date(2024, 1, 16)}])
def test_what_changes_a_row_changes_its_signature(change: dict) -> None:
    row = Row("156000001", "제목", "요약", DAY, "환경부")
    assert replace(row, **change).signature != row.signature
    assert replace(row, lead="다른 요약").signature == row.signature


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_entities_encoded_several_times_are_one_title(times: int) -> None:
    title = "｢가·나｣ & <다>"
    printed = stored(title)
    for _ in range(times - 1):
        printed = printed.replace("&", "&amp;")
    [row] = read_listing(hand_listing(hand_row(title=printed))).rows
    assert clean(row.title) == title
    assert row.signature == read_listing(hand_listing(hand_row(title=stored(title)))).rows[0].signature


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("가나다&mi...", "가나다..."),
        ("가나다&middo...", "가나다..."),
        ("가나다&#x...", "가나다..."),
        ("가나다&...", "가나다&..."),
        ("가나다&amp;quo...", "가나다..."),
    ],
)
def test_a_lead_cut_through_an_entity_loses_the_half_and_keeps_the_dots(printed: str, shown: str) -> None:
    [row] = read_listing(hand_listing(hand_row(lead=printed))).rows
    assert clean(row.lead) in (shown, "가나다...")


@pytest.mark.parametrize("half", ["&#x31...", "&#x314...", "&#12..."])
def test_a_lead_cut_through_a_number_gains_no_character(half: str) -> None:
    [row] = read_listing(hand_listing(hand_row(lead=f"가나다{half}"))).rows
    assert clean(row.lead) == "가나다..."


@pytest.mark.parametrize("words", ["환경", "·", "보도"])
def test_hits_of_a_search_are_highlighted_without_adding_a_space(words: str) -> None:
    found = [
        replace(release, title=f"신환경보도·A {n}", lead="친환경·보도 요약") for n, release in enumerate(releases(3))
    ]
    page = listing(found, words=words)
    assert b'class="highlight"' in page
    read = read_listing(page)
    assert [as_shown(row) for row in read.rows] == expected(found)
    assert {clean(row.lead) for row in read.rows} == {"친환경·보도 요약"}
    assert read.contradiction(asked(words=words)) is None


def test_sidebars_are_no_part_of_the_listing() -> None:
    found = releases(8)
    assert len(read_listing(listing(found[:2], side=found)).rows) == 2
    empty = read_listing(listing([], side=found))
    assert (empty.rows, empty.declared, empty.pages, empty.number) == ((), 0, 0, None)
    assert empty.contradiction(asked()) is None


def test_the_number_of_the_last_page_is_linked_only_from_eleven_on() -> None:
    found = releases(20) * 11
    eleven = read_listing(listing(found[:201], 11))
    assert (eleven.declared, eleven.pages, eleven.last, eleven.number, len(eleven.rows)) == (201, 11, 11, 11, 1)
    assert read_listing(listing(found[:200])).last is None


def test_the_table_of_ministries_is_the_one_of_today() -> None:
    table = {office.code: office.name for office in ministries_on(NOW.date())}
    assert read_listing(listing(releases(1))).ministries == table


@pytest.mark.parametrize(("printed", "number"), [("1,234", 1234), (" 7 ", 7), ("<em>0</em>12", 12)])
def test_totals_as_they_may_be_printed(printed: str, number: int) -> None:
    assert read_listing(hand_listing(hand_row(), printed)).declared == number


@pytest.mark.parametrize("declared", [0, 1, 19, 20, 21, 40, 41, 200, 30652])
def test_the_rows_of_all_pages_are_what_is_declared(declared: int) -> None:
    page = ListingPage(declared, 1, None, (), (), {}, {})
    assert sum(page.rows_expected(number) for number in range(1, page.pages + 1)) == declared
    assert page.rows_expected(page.pages + 1) == 0
    assert all(1 <= page.rows_expected(number) <= ROWS_A_PAGE for number in range(1, page.pages + 1))


def test_one_broken_row_does_not_take_the_others_with_it() -> None:
    rows = hand_row(156000001) + hand_row(156000002, day="2024.02.30") + hand_row(156000003)
    read = read_listing(hand_listing(rows, 3))
    assert [row.news_id for row in read.rows] == ["156000001", "156000003"]
    [reason] = read.unreadable
    assert "156000002" in reason
    assert "2024.02.30" in reason


# --- what is refused ---


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<html><body><p>\xec\x8b\x9c\xec\x8a\xa4\xed\x85\x9c</p></body></html>", "not a listing"),
        (hand_listing(hand_row(), "[?]"), "not a number"),
        (hand_listing(hand_row(), "-1"), "not a number"),
        (hand_listing(hand_row(), ""), "not a number"),
        (hand_listing("", 0), "without the site's word"),
        (hand_listing(hand_row(), 0), "declares 0"),
        (hand_listing(hand_row(news_id="")), "newsId"),
        (hand_listing(hand_row(news_id="156٣")), "newsId"),
        (hand_listing(hand_row(title="")), "title"),
        (hand_listing(hand_row(ministry=" ")), "ministry"),
        (hand_listing(hand_row(day="어제")), "어제"),
        (hand_listing(hand_row()).replace("제목".encode(), b"\xff\xfe"), "UTF-8"),
        (hand_listing(hand_row()).replace("제목".encode(), "제목".encode("cp949")), "UTF-8"),
        (hand_listing(hand_row()).replace("제목".encode(), b"a\x00b"), "NUL"),
        (
            hand_listing(hand_row(), paging='<div class="paging"><a class="on">1</a><a class="on">2</a></div>'),
            "several",
        ),
    ],
)
def test_what_is_no_listing_is_refused_with_the_reason(page: bytes, why: str) -> None:
    with pytest.raises(UnreadablePage, match=why):
        read_listing(page)


@pytest.mark.parametrize("number", [0, 1, 7])
def test_a_redesign_is_refused(number: int) -> None:
    with pytest.raises(UnreadablePage):
        read_listing(redesigned(listing(releases(number))))


def test_a_release_page_is_no_listing() -> None:
    from .making import view  # noqa: PLC0415

    with pytest.raises(UnreadablePage, match="not a listing"):
        read_listing(view(releases(1)[0]))


@pytest.mark.parametrize("codes", ["", "A00019"])
def test_a_page_cut_off_anywhere_is_refused_or_says_that_rows_are_missing(codes: str) -> None:
    found = releases(7)
    page = listing(found, codes=codes, side=found)
    whole = read_listing(page)
    truth = set(whole.rows)
    for at in [*range(0, len(page), 97), cut_point(page)]:
        try:
            read = read_listing(page[:at])
        except UnreadablePage:
            continue
        assert set(read.rows) <= truth, f"a wrong value, cut at byte {at}"
        assert len(read.rows) < read.rows_expected(1), f"nothing missing, cut at byte {at}"


def test_a_page_is_whole_whatever_blank_template_lines_stand_before_its_end() -> None:
    page = listing(releases(7))
    padded = page.replace(b"<!DOCTYPE html>", b"<!DOCTYPE html>" + b"\t\t\t\r\n" * 100)
    assert read_listing(padded).rows == read_listing(page).rows


def test_blank_lines_behind_the_end_do_not_make_a_page_cut_off() -> None:
    page = listing(releases(7))
    assert read_listing(page + b"\t\t\t\r\n" * 1000).rows == read_listing(page).rows


def test_blank_lines_before_the_start_do_not_hide_that_a_page_is_cut_off() -> None:
    page = b"\t\t\t\r\n" * 1000 + listing(releases(7))
    end = page.rindex(b"</li>")
    with pytest.raises(UnreadablePage, match="cut off"):
        read_listing(page[:end])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    page = bytearray(_SMALL)
    for _ in range(data.draw(st.integers(1, 12))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadablePage):
        read = read_listing(bytes(page))
        assert read.declared >= 0
        read.contradiction(asked())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_noise_is_never_a_listing(noise: bytes) -> None:
    with pytest.raises(UnreadablePage):
        read_listing(noise)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/=\"' abdilnsuv가&;#x", max_size=80))
def test_markup_noise_inside_a_row_never_raises_anything_else(noise: str) -> None:
    with suppress(UnreadablePage):
        read_listing(hand_listing(hand_row() + hand_row(156000002, title=noise, lead=noise), 2))


_SMALL = listing(releases(3), side=releases(2))


@pytest.mark.parametrize("address", ["//[x/view.do?newsId=156000001", "http://]/?newsId=156000001", "//℀/?newsId=1"])
def test_a_broken_link_makes_its_row_unreadable_and_no_more(address: str) -> None:
    broken = hand_row(156000002).replace("/briefing/pressReleaseView.do?newsId=156000002", address)
    read = read_listing(hand_listing(hand_row() + broken, 2))
    assert [row.news_id for row in read.rows] == ["156000001"]
    assert len(read.unreadable) == 1


@pytest.mark.parametrize("old", [b"<a href", b"<input type", b"<label for"])
def test_one_damaged_byte_in_an_attributes_name_never_raises_anything_else(old: bytes) -> None:
    tag, _, attribute = old.partition(b" ")
    page = listing(releases(2)).replace(old, tag + b" \x01" + attribute[1:] + b'="" ' + attribute)
    with suppress(UnreadablePage):
        assert len(read_listing(page).rows) == 2


def test_one_release_has_one_news_id() -> None:
    read = read_listing(hand_listing(hand_row("156000001") + hand_row("0156000001"), 2))
    assert {row.news_id for row in read.rows} == {"156000001"}


# --- the answer to another question ---


FORM = "".join(f'<input type="hidden" name="{name}" value="{value}"/>' for name, value in asked().items())


def lie(**form: str) -> ListingPage:
    fields = {**asked(), **form}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}"/>' for name, value in fields.items())
    return read_listing(hand_listing(hand_row(), 1, form=inputs))


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"startDate": "2023-01-17"}, "startDate"),
        ({"endDate": "2024-01-18"}, "endDate"),
        ({"srchWord": "다른 말"}, "srchWord"),
        ({"repCode": "A00019"}, "repCode"),
    ],
)
def test_a_page_that_answers_another_question_is_told_from_the_one_asked_for(form: dict[str, str], why: str) -> None:
    assert why in str(lie(**form).contradiction(asked()))
    assert lie().contradiction(asked()) is None


def test_the_filter_is_dropped_by_the_site() -> None:
    assert "repCode" in str(lie(repCode="").contradiction(asked(codes="A00019")))
    assert "srchWord" in str(lie(srchWord="").contradiction(asked(words="희토류")))


def test_codes_may_come_back_in_another_order() -> None:
    assert lie(repCode="A00019,A00015").contradiction(asked(codes="A00015,A00019")) is None


def test_another_page_than_the_one_asked_for() -> None:
    found = releases(45)
    assert "page 2" in str(read_listing(listing(found, 1)).contradiction(asked(2)))
    assert "page 3" in str(read_listing(listing(found, 2)).contradiction(asked(3)))
    assert "page 1" in str(read_listing(listing(found, 3)).contradiction(asked(1)))


def test_a_page_past_the_end_is_no_lie_whatever_it_shows() -> None:
    found = releases(25)
    assert read_listing(listing(found, 3)).contradiction(asked(3)) is None
    assert read_listing(listing(found, 2)).contradiction(asked(3)) is None


def test_a_row_of_another_day() -> None:
    found = releases(3)
    found[1] = replace(found[1], listed_on=date(2024, 1, 16))
    told = str(read_listing(listing(found)).contradiction(asked()))
    assert found[1].news_id in told
    assert "2024-01-16" in told


def test_without_the_form_the_rows_still_tell() -> None:
    read = read_listing(hand_listing(hand_row(day="2024.01.16")))
    assert read.form == {}
    assert read.contradiction(asked()) is not None
    assert read_listing(hand_listing(hand_row())).contradiction(asked()) is None


def test_a_listing_without_paging_is_page_one() -> None:
    read = read_listing(hand_listing(hand_row(), 21))
    assert read.contradiction(asked(1)) is None
    assert "got page 1" in str(read.contradiction(asked(2)))


def test_an_empty_answer_with_a_declared_number_misses_its_rows() -> None:
    read = read_listing(hand_listing(NOTHING, 30))
    assert (len(read.rows), read.rows_expected(1)) == (0, 20)


# --- leads in two lengths ---


LEADS = st.text(alphabet="가나다라 abc·｢｣ㅇ&<>\"'.\t\n", max_size=260)


@given(LEADS)
def test_a_lead_is_itself_in_any_white_space(lead: str) -> None:
    assert same_lead(lead, lead)
    assert same_lead(lead, " ".join(lead.split()))
    assert same_lead(lead, lead.replace(" ", "\n\t "))


@given(LEADS, LEADS)
@example("가나다라마바", "가나다...")
def test_sameness_has_no_direction(one: str, other: str) -> None:
    assert same_lead(one, other) == same_lead(other, one)


@given(LEADS, st.integers(10, 300))
def test_a_cut_lead_is_the_lead_it_was_cut_from(lead: str, at: int) -> None:
    long = lead + "끝맺는 말입니다"
    for mark in ("...", "…", "···"):
        assert same_lead(long[: min(at, len(long) - 5)] + mark, long)


@pytest.mark.parametrize(
    ("one", "other"), [("가나다", "가나라"), ("가나...", "다나가"), ("", "가"), (None, "가"), ("가나", "가나다")]
)
def test_other_texts_are_other_leads(one: str | None, other: str) -> None:
    assert not same_lead(one, other)


def test_nothing_and_an_empty_lead_are_the_same() -> None:
    assert same_lead(None, "")
    assert same_lead(None, " ")


def both_renderings(lead: str) -> tuple[str, str]:
    """The lead whole, cleaned as the store has it; and as the other rendering's row has it."""
    release = replace(releases(1)[0], lead=lead)
    [full], [cut] = read_listing(listing([release])).rows, read_listing(listing([release], codes="A00019")).rows
    return clean(full.lead), cut.lead


def test_ordinary_leads_are_the_same_in_both_renderings() -> None:
    for length in [*range(1, 181), *range(184, 400, 7)]:
        full, cut = both_renderings("가" * length)
        assert same_lead(full, cut), f"{length} characters"


@pytest.mark.parametrize("length", [181, 182, 183])
def test_leads_just_too_long_are_the_same_in_both_renderings(length: int) -> None:
    full, cut = both_renderings("가" * length)
    assert same_lead(full, cut)


@pytest.mark.parametrize("before", [176, 177, 178])
def test_leads_cut_through_an_entity_are_the_same_in_both_renderings(before: int) -> None:
    full, cut = both_renderings("가" * before + "·" + "나" * 200)
    assert same_lead(full, cut)


@settings(max_examples=150, deadline=None)
@given(st.integers(120, 200), st.text(alphabet="가나 ·ㅇ｢&", max_size=20))
@example(180, "")
def test_any_lead_is_the_same_in_both_renderings_once_cleaned(before: int, after: str) -> None:
    lead = "가" * before + after + "끝"
    [full] = read_listing(hand_listing(hand_row(lead=readable(lead)))).rows
    [cut] = read_listing(hand_listing(hand_row(lead=searched_lead(lead)))).rows
    assert same_lead(clean(full.lead), clean(cut.lead))
