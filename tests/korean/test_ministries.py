import re
import unicodedata
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.korean import (
    GROUPS,
    AmbiguousMinistry,
    Ministry,
    UnknownMinistry,
    all_ministries,
    find_ministry,
    is_ministry_name,
    ministries,
    ministries_named,
    ministries_of_group,
)

IN_2024 = date(2024, 1, 17)
IN_2026 = date(2026, 1, 17)


@pytest.mark.parametrize(
    ("text", "on", "name"),
    [
        ("산업부", IN_2024, "산업통상자원부"),
        ("산업부", IN_2026, "산업통상부"),
        ("산업부", None, "산업통상부"),
        ("산업통상자원부", IN_2026, "산업통상부"),
        ("산업통상부", IN_2024, "산업통상자원부"),
        ("산업통상자원부", date(2025, 9, 30), "산업통상자원부"),
        ("산업통상자원부", date(2025, 10, 1), "산업통상부"),
        ("산업통상자원부", None, "산업통상자원부"),
        ("A00015", IN_2024, "산업통상자원부"),
        ("a00015", IN_2026, "산업통상부"),
        ("산자부", date(2005, 1, 1), "산업자원부"),
        ("산자부", IN_2024, "산업통상자원부"),
        ("과기부", date(2005, 1, 1), "과학기술부"),
        ("과기부", IN_2024, "과학기술정보통신부"),
        ("환경부", IN_2024, "환경부"),
        ("환경부", IN_2026, "기후에너지환경부"),
        ("농식품부", date(2010, 1, 1), "농림수산식품부"),
        ("농식품부", IN_2024, "농림축산식품부"),
        ("국토부", date(2010, 1, 1), "국토해양부"),
        ("국토부", IN_2024, "국토교통부"),
        ("외교부", date(2010, 1, 1), "외교통상부"),
        ("기획재정부", IN_2026, "기획재정부"),  # split up: no guess
        ("재정경제부", date(2005, 1, 1), "재정경제부"),
        ("국가보훈처", date(2023, 6, 5), "국가보훈부"),
        ("문화재청", date(2024, 5, 16), "문화재청"),
        ("국가유산청", date(2024, 5, 16), "문화재청"),
        ("moef", IN_2024, "기획재정부"),
        ("Ministry of environment", IN_2024, "환경부"),
        ("Ministry of Gender Equality and Family", IN_2024, "여성가족부"),
        ("A00020", None, "감사원"),
        (" 산업부\u00a0", IN_2024, "산업통상자원부"),
        (unicodedata.normalize("NFD", "산업부"), IN_2024, "산업통상자원부"),
    ],
)
def test_find(text: str, on: date | None, name: str) -> None:
    assert find_ministry(text, on=on).name == name


def test_the_same_name_twice_is_two_ministries() -> None:
    assert find_ministry("재정경제부", on=date(2005, 1, 1)).code is None
    assert find_ministry("재정경제부", on=IN_2026).code == "A00041"
    assert find_ministry("재정경제부").code == "A00041"


def test_the_unknown_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(UnknownMinistry, match="산업통상자원부") as refusal:
        find_ministry("산업통상자원")
    assert "산업통상자원부" in refusal.value.suggestions
    for text in ("", "산업", "환경부장관", "A99999", "x" * 5000):
        assert not is_ministry_name(text)
        with pytest.raises(UnknownMinistry) as refusal:
            find_ministry(text)
        assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    ("text", "since", "until", "codes"),
    [
        ("기획재정부", date(2025, 1, 1), date(2026, 12, 31), {"A00007", "A00040", "A00041"}),
        ("기획재정부", date(2024, 1, 1), date(2024, 12, 31), {"A00007"}),
        ("A00007", date(2026, 2, 1), None, {"A00040", "A00041"}),
        ("A00007", date(2026, 1, 2), date(2026, 12, 31), {"A00040", "A00041"}),
        ("A00007", date(2026, 1, 1), date(2026, 12, 31), {"A00007", "A00040", "A00041"}),
        ("A00007", date(2024, 1, 1), date(2024, 12, 31), {"A00007"}),
        ("MOEF", date(2026, 2, 1), None, {"A00040", "A00041"}),
        ("재정경제부", date(2025, 1, 1), date(2026, 12, 31), {"A00041"}),
        ("산업부", date(2020, 1, 1), date(2026, 12, 31), {"A00015"}),
        ("산업통상부", date(2020, 1, 1), date(2024, 12, 31), {"A00015"}),
        ("환경부", date(2026, 1, 1), date(2026, 12, 31), {"A00019"}),
        ("과기부", date(2020, 1, 1), date(2026, 1, 1), {"A00033"}),
        ("과기부", None, None, {"A00033", None}),
        ("과학기술부", date(2007, 1, 1), date(2026, 1, 1), {None}),
        ("행안부", date(2010, 1, 1), date(2026, 1, 1), {"A00031", None}),
        ("통계청", date(2020, 1, 1), date(2024, 1, 1), {"A00038", None}),
        ("국가데이터처", date(2020, 1, 1), date(2024, 1, 1), {"A00038", None}),
        ("문화재청", date(2025, 1, 1), None, {"B00025"}),
        ("검찰청", date(2026, 1, 1), date(2026, 12, 31), {"B00001", "B00027", "B00028"}),
    ],
)
def test_what_a_filter_means(text: str, since: date | None, until: date | None, codes: set[str | None]) -> None:
    assert {ministry.code for ministry in ministries_named(text, since, until)} == codes


@pytest.mark.parametrize(
    ("names", "successor", "code"),
    [
        (("통계청", "KOSTAT", "Statistics Korea", "A00038"), "국가데이터처", "A00038"),
        (("특허청", "KIPO", "korean intellectual property office", "A00039"), "지식재산처", "A00039"),
        (("문화재청", "CHA", "Cultural Heritage Administration", "B00025"), "국가유산청", "B00025"),
        (("환경부", "ME", "Ministry of Environment", "A00019"), "기후에너지환경부", "A00019"),
        (("여성가족부", "여가부", "여성부", "A00013"), "성평등가족부", "A00013"),
        (("방송통신위원회", "방통위", "KCC", "C00005"), "방송미디어통신위원회", "C00005"),
        (("국가보훈처", "보훈처", "A00037"), "국가보훈부", "A00037"),
        (("감사원", "A00020", "C00022"), "감사원", "C00022"),
        (("문화관광부", "D00020", "A00009"), "문화체육관광부", "A00009"),
        (("경제사회발전노사정위원회", "노사정위", "ESDC"), "경제사회노동위원회", "E00001"),
    ],
)
def test_a_name_or_code_of_any_time_reaches_the_successor(names: tuple[str, ...], successor: str, code: str) -> None:
    for name in names:
        found = ministries_named(name, date(2026, 2, 1), date(2026, 12, 31))
        assert [(ministry.name, ministry.code) for ministry in found] == [(successor, code)]
        assert successor in {ministry.name for ministry in ministries_named(name)}


@pytest.mark.parametrize("ministry", all_ministries(), ids=lambda m: f"{m.name}-{m.since}")
def test_a_former_name_or_code_finds_all_that_took_over(ministry: Ministry) -> None:
    for heir in ministry.successors:
        assert ministry.until
        day_after = ministry.until + timedelta(days=1)
        for name in (ministry.name, ministry.code or ministry.name):
            assert heir in {found.name for found in ministries_named(name, day_after, day_after)}


@pytest.mark.parametrize("ministry", all_ministries(), ids=lambda m: f"{m.name}-{m.since}")
def test_an_english_name_leads_back_to_its_ministry(ministry: Ministry) -> None:
    if ministry.english_name is None:
        pytest.skip("not known")
    assert re.fullmatch(r"[A-Z][A-Za-z ,'-]+", ministry.english_name)
    for day in (ministry.since, ministry.until):
        on = day or ministry.until or IN_2026
        assert find_ministry(ministry.english_name, on=on) == ministry
        assert ministry in ministries_named(ministry.english_name, on, on)


def test_a_group_is_all_that_were_of_it_then() -> None:
    def names(group: str, since: date | None, until: date | None) -> set[str]:
        return {ministry.name for ministry in ministries_of_group(group, since, until)}

    assert names("처", IN_2024, IN_2024) == {"법제처", "인사혁신처", "식품의약품안전처"}
    assert names("처", IN_2026, IN_2026) == names("처", IN_2024, IN_2024) | {
        "기획예산처",
        "국가데이터처",
        "지식재산처",
    }
    assert {"통계청", "특허청", "문화재청", "질병관리청"} <= names("청", IN_2024, IN_2024)
    assert names("청", IN_2024, IN_2026) - names("청", IN_2024, IN_2024) == {"국가유산청", "우주항공청"}
    assert {"환경부", "기후에너지환경부"} <= names("부", IN_2024, IN_2026)
    assert len(names("부", IN_2024, IN_2024)) == 19
    assert {"금융위원회", "방송통신위원회"} <= names("위원회", IN_2024, IN_2024)
    assert "방송미디어통신위원회" not in names("위원회", IN_2024, IN_2024)


def test_groups_do_not_overlap_and_hold_all_but_a_few() -> None:
    groups = [set(ministries_of_group(group)) for group in GROUPS]
    assert sum(map(len, groups)) == len(set().union(*groups))
    rest = {ministry.name for ministry in set(all_ministries()).difference(*groups)}
    assert rest == {"국무조정실", "국무총리실", "감사원", "청와대", "대통령실", "질병관리본부"}


def test_the_members_of_a_group_stand_by_code_those_without_last() -> None:
    codes = [ministry.code for ministry in ministries_of_group("청", IN_2024, IN_2024)]
    assert codes == sorted(codes, key=lambda code: code or "~")
    assert codes[0] == "B00001"
    assert codes[-1] is None


def test_another_word_is_no_group() -> None:
    for word in ("원", "부처", "", "환경부", "x" * 5000):
        with pytest.raises(ValueError, match="부, 처, 청, 위원회") as refusal:
            ministries_of_group(word)
        assert len(str(refusal.value)) < 300
    with pytest.raises(ValueError, match="ends before it begins"):
        ministries_of_group("부", IN_2026, IN_2024)


def test_a_filter_for_science_is_not_one_for_education() -> None:
    names = {ministry.name for ministry in ministries_named("과기부")}
    assert names == {"과학기술정보통신부", "미래창조과학부", "교육과학기술부", "과학기술부"}


def test_a_filter_over_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        ministries_named("산업부", IN_2026, IN_2024)


@pytest.mark.parametrize("ministry", all_ministries(), ids=lambda m: f"{m.name}-{m.since}")
def test_the_table_holds_together(ministry: Ministry) -> None:
    assert ministry.since is None or ministry.until is None or ministry.since <= ministry.until
    assert ministry.code is None or (len(ministry.code) == 6 and ministry.code[0] in "ABCDE")
    for name in ministry.successors:
        assert ministry.until is not None
        heirs = [other for other in all_ministries() if other.name == name]
        assert any(other.since is None or other.since == ministry.until + timedelta(days=1) for other in heirs)
    for other in all_ministries():
        same = other is not ministry and other.name == ministry.name
        assert not (same and other.existed_between(ministry.since, ministry.until))
        one_code = other is not ministry and ministry.code is not None and other.code == ministry.code
        assert not (one_code and other.existed_between(ministry.since, ministry.until))


@given(st.sampled_from(all_ministries()), st.dates(date(1995, 1, 1), date(2027, 12, 31)))
def test_names_are_found_again_on_every_day_of_theirs(ministry: Ministry, day: date) -> None:
    for name in (ministry.name, ministry.short_name, ministry.code or ministry.name, *ministry.aliases):
        try:
            found = find_ministry(name, on=day)
        except AmbiguousMinistry:
            continue
        if ministry.existed_on(day):
            assert found == ministry or name in ministry.aliases
            assert ministry in ministries_named(name, day, day) or name in ministry.aliases


def test_two_that_bear_a_name_at_once_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [find_ministry("환경부"), find_ministry("국방부")]
    monkeypatch.setattr(ministries, "_bearers", lambda: {"같은부": dict.fromkeys(both, 1)})
    with pytest.raises(AmbiguousMinistry, match="환경부, 국방부") as refusal:
        find_ministry("같은부", on=IN_2024)
    assert refusal.value.suggestions == ("환경부", "국방부")


@given(st.text())
def test_any_text_is_found_or_refused(text: str) -> None:
    with suppress(UnknownMinistry):
        assert find_ministry(text, on=IN_2024) in all_ministries()
