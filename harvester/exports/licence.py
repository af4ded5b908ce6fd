"""The Korea Open Government Licence (공공누리), in words: every export says under what terms a text may be used."""

LICENCES_PAGE = "https://www.kogl.or.kr/info/license.do"

TERMS = {
    "KOGL-0": "공공누리 제0유형: 자유이용",
    "KOGL-1": "공공누리 제1유형: 출처표시",
    "KOGL-2": "공공누리 제2유형: 출처표시, 상업적 이용금지",
    "KOGL-3": "공공누리 제3유형: 출처표시, 변경금지",
    "KOGL-4": "공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지",
}

STATEMENT = (
    "출처: 대한민국 정책브리핑(www.korea.kr). 글마다 출처(source_line)와 주소(url), 공공누리 유형(license)이 적혀"
    f" 있으며, 이용할 때에는 출처를 표시하고 유형별 조건을 지켜야 합니다. {LICENCES_PAGE}"
)
"""For an export as a whole: 출처표시, as the licence asks."""


def terms(code: str | None) -> str:
    """`KOGL-1` → `공공누리 제1유형: 출처표시`."""
    if code is None:
        return "공공누리 표시 없음: 이용 조건은 원문에서 확인"
    return TERMS.get(code, code)


def attribution(source_line: str, url: str, code: str | None) -> str:
    """One release's source and terms, as one line."""
    return f"출처표시: {source_line} {url} · {terms(code)}"
