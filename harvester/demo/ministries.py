"""The ministries the miniature site knows: code, name and the days on which a name was in force.

A code outlives its ministry's name (A00015), and a split gives new codes (A00007), as on the real site.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache

GROUPS = ("부처", "청", "위원회 및 감사원")


@dataclass(frozen=True)
class Ministry:
    """One name of one ministry, and from when until when (both days included) it was called so."""

    code: str
    name: str
    group: str
    since: date = date.min
    until: date = date.max

    def exists_on(self, day: date) -> bool:
        return self.since <= day <= self.until


_REFORM = date(2025, 10, 1)
_BEFORE_REFORM = date(2025, 9, 30)
_SPLIT = date(2026, 1, 2)
_BEFORE_SPLIT = date(2026, 1, 1)
_PROSECUTION = date(2026, 10, 2)

_OFFICES = (
    Ministry("A00004", "국무조정실", "부처"),
    Ministry("A00001", "고용노동부", "부처"),
    Ministry("A00033", "과학기술정보통신부", "부처"),
    Ministry("A00002", "교육부", "부처"),
    Ministry("A00038", "국가데이터처", "부처", since=_REFORM),
    Ministry("A00038", "통계청", "부처", until=_BEFORE_REFORM),
    Ministry("A00037", "국가보훈부", "부처", since=date(2023, 6, 5)),
    Ministry("A00037", "국가보훈처", "부처", until=date(2023, 6, 4)),
    Ministry("A00005", "국방부", "부처"),
    Ministry("A00006", "국토교통부", "부처"),
    Ministry("A00007", "기획재정부", "부처", until=_BEFORE_SPLIT),
    Ministry("A00040", "기획예산처", "부처", since=_SPLIT),
    Ministry("A00019", "기후에너지환경부", "부처", since=_REFORM),
    Ministry("A00019", "환경부", "부처", until=_BEFORE_REFORM),
    Ministry("A00008", "농림축산식품부", "부처"),
    Ministry("A00009", "문화체육관광부", "부처"),
    Ministry("A00010", "법무부", "부처"),
    Ministry("A00011", "법제처", "부처"),
    Ministry("A00012", "보건복지부", "부처"),
    Ministry("A00015", "산업통상부", "부처", since=_REFORM),
    Ministry("A00015", "산업통상자원부", "부처", until=_BEFORE_REFORM),
    Ministry("A00013", "성평등가족부", "부처", since=_REFORM),
    Ministry("A00013", "여성가족부", "부처", until=_BEFORE_REFORM),
    Ministry("A00027", "식품의약품안전처", "부처"),
    Ministry("A00014", "외교부", "부처"),
    Ministry("A00030", "인사혁신처", "부처"),
    Ministry("A00041", "재정경제부", "부처", since=_SPLIT),
    Ministry("A00032", "중소벤처기업부", "부처"),
    Ministry("A00039", "지식재산처", "부처", since=_REFORM),
    Ministry("A00039", "특허청", "부처", until=_BEFORE_REFORM),
    Ministry("A00017", "통일부", "부처"),
    Ministry("A00023", "해양수산부", "부처"),
    Ministry("A00031", "행정안전부", "부처"),
    Ministry("B00002", "경찰청", "청"),
    Ministry("B00027", "공소청", "청", since=_PROSECUTION),
    Ministry("B00003", "관세청", "청"),
    Ministry("B00025", "국가유산청", "청", since=date(2024, 5, 17)),
    Ministry("B00025", "문화재청", "청", until=date(2024, 5, 16)),
    Ministry("B00004", "국세청", "청"),
    Ministry("B00005", "기상청", "청"),
    Ministry("B00006", "농촌진흥청", "청"),
    Ministry("B00008", "방위사업청", "청"),
    Ministry("B00009", "병무청", "청"),
    Ministry("B00010", "산림청", "청"),
    Ministry("B00021", "새만금개발청", "청"),
    Ministry("B00022", "소방청", "청"),
    Ministry("B00026", "우주항공청", "청", since=date(2024, 5, 27)),
    Ministry("B00024", "재외동포청", "청", since=date(2023, 6, 5)),
    Ministry("B00013", "조달청", "청"),
    Ministry("B00028", "중대범죄수사청", "청", since=_PROSECUTION),
    Ministry("B00023", "질병관리청", "청"),
    Ministry("B00017", "해양경찰청", "청"),
    Ministry("B00018", "행정중심복합도시건설청", "청"),
    Ministry("C00022", "감사원", "위원회 및 감사원"),
    Ministry("C00019", "개인정보보호위원회", "위원회 및 감사원"),
    Ministry("E00001", "경제사회노동위원회", "위원회 및 감사원"),
    Ministry("C00001", "공정거래위원회", "위원회 및 감사원"),
    Ministry("E00028", "국가교육위원회", "위원회 및 감사원"),
    Ministry("E00027", "국가기후위기대응위원회", "위원회 및 감사원", since=_SPLIT),
    Ministry("C00002", "국민권익위원회", "위원회 및 감사원"),
    Ministry("E00023", "국민통합위원회", "위원회 및 감사원"),
    Ministry("C00003", "금융위원회", "위원회 및 감사원"),
    Ministry("E00029", "기본사회위원회", "위원회 및 감사원", since=_SPLIT),
    Ministry("C00005", "방송미디어통신위원회", "위원회 및 감사원", since=_REFORM),
    Ministry("C00005", "방송통신위원회", "위원회 및 감사원", until=_BEFORE_REFORM),
    Ministry("C00012", "원자력안전위원회", "위원회 및 감사원"),
    Ministry("E00030", "인구전략위원회", "위원회 및 감사원", since=date(2026, 7, 15)),
)

_CODES = {office.name: office.code for office in _OFFICES}


@cache
def ministries_on(day: date) -> tuple[Ministry, ...]:
    """The table of the filter's checkboxes as it stood on that day."""
    return tuple(office for office in _OFFICES if office.exists_on(day))


def code_of(name: str) -> str:
    """A ministry's code by any of its names; an unknown name gets a made-up code that is always the same."""
    known = _CODES.get(name)
    if known is not None:
        return known
    digest = hashlib.blake2b(name.encode(), digest_size=4).digest()
    return f"X9{int.from_bytes(digest, 'big') % 10_000:04d}"
