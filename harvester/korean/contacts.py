"""Named officials and contact points that a release prints: `* 담당자 : 예방안전제도과 홍길동(044-205-0000)`.

A line is cut into atoms (words, ranks, labels, numbers, marks); each number ends a segment, and the atoms of a segment
say whose number it is. The forms are those of `docs/source-notes.md`, "Contacts".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Contact:
    """One number of one person or office. What is not printed, or not for certain, is None; never name and phone both.

    `department` is the path as printed: `기획재정부 정책조정국 산업경제과`. `role` is the rank where one is printed
    (`과장`, `사무관`), else the word that introduces the contact (`담당자`, `책임자`, `담당`, `문의`, `문의처`).
    `phone` is digits and hyphens, `044-205-0000`; a short number that needs no area is as printed, `132`.
    """

    department: str | None
    role: str | None
    name: str | None
    phone: str | None


def read_contacts(text: str) -> list[Contact]:
    """The contacts in a line or in a whole release (a line a paragraph, table rows with a tab between cells).

    Reads lines that a label introduces (`문의 : …`), running text that says of a number that it is for inquiries
    (`…과(☎044-205-0000)로 문의`), and the table at the end of a document: rows with tabs or spaces, or a line a
    cell. A department cell that is merged over rows holds for those below it. No number or name counts without such a
    sign. In the order of the text, each once.
    """
    found: dict[Contact, None] = {}
    table: _Table | None = None
    for row in _rows(text):
        if table is None and not _SIGNS.search(row):
            continue
        contacts, table = _read_row(row, table)
        found.update(dict.fromkeys(contacts))
    return list(found)


# Atoms

_Kind = Literal[
    "word", "name", "rank", "label", "header", "phone", "fax", "masked", "noise", "comma", "stop", "colon", "tab",
    "open", "close", "sign",
]  # fmt: skip


class _Atom(NamedTuple):
    """`implied`: a department that is not printed by itself, but in the title of its head."""

    kind: _Kind
    text: str = ""
    numbers: tuple[str, ...] = ()
    implied: bool = False


_SIGNS = re.compile(r"담\s?당|책\s?임\s?자|문\s?의|연락|☎|☏")
_WIDE = str.maketrans(
    {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(0x5E)}
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("∼〜", "~")
    | dict.fromkeys("\xa0\u2002\u2003\u2009\u3000\u200b\x0b\x0c\r", " ")
    | {"📞": "☎", "☏": "☎", "\ufe0f": "", "\ufe0e": ""}
)

_AREA = r"(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|1[016-9]|70|80|50[2-8])"
_BETWEEN = r"(?: {0,2}[-.)]{1,2} {0,2}| )"
_MORE = r"(?: ?[,/·ㆍ] ?(?:[0-9]{3,4}-)?[0-9]{4}(?= {0,3}(?:[,/·ㆍ)\]|\t☎]|$)))"
_MARKS = r"[<(\[〈《【]"
_TOKEN = re.compile(
    r"(?P<link>(?:https?://|www\.)[^\s()<>\[\],]{1,2000}"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255})"
    rf"|(?<![0-9])(?<![0-9][-.,/])(?:\+ ?82[ )-]{{0,2}}\(?0?\)?|0)(?P<area>{_AREA}){_BETWEEN}"
    r"(?P<middle>[0-9]{3,4})(?: {0,2}[-.] {0,2}| )(?P<last>[0-9]{4})(?![0-9]|[-.][0-9])"
    rf"(?P<more>{_MORE}{{0,9}})"
    r"|(?<![0-9])(?<![0-9][-.,/])(?P<hotline>1[568][0-9]{2}-[0-9]{4})(?![0-9]|[-.][0-9])"
    r"|(?:국번 ?없이|☎) {0,2}(?P<short>1[0-9]{2,3})(?![0-9]|[-.~][0-9])"
    rf"|(?P<share>{_MARKS} ?(?:총괄|공동|협조|주관|합동|참여|협업|소관) ?[>)\]〉》】])"
    r"|(?P<header>(?:담당|소관|주관) ?(?:부서|기관|부처)(?:명)?(?![가-힣])|부서명?(?![가-힣])|담당과(?![가-힣]))"
    r"|(?P<masked>[○◯〇●]{2,5}|(?<![A-Za-z])(?:O{3}|X{3})(?![A-Za-z]))"
    r"|(?P<latin>[A-Z][a-z'’-]{1,30}(?: [A-Z][A-Za-z'’-]{1,30}){1,3})"
    r"|(?P<word>(?:\((?:사|재|주|유|학|의|복|특)\) ?)?[^\W_](?:[\w·ㆍ‧・&'’-]*[^\W_])?(?:\(주\))?)"
    r"|(?P<tab>\t)|(?P<comma>[,/;|])|(?P<stop>(?<![A-Za-z])[.!?。](?=[ \t가-힣]|$))|(?P<colon>:)|(?P<sign>☎)"
    r"|(?P<open>[(\[<〈【《])|(?P<close>[)\]>〉】》])"
)
_ANOTHER = re.compile(r"(?:([0-9]{3,4})-)?([0-9]{4})")

_LABEL = re.compile(
    r"(?:[가-힣]{0,4}(?P<long>문의처|문의|담당자|책임자|연락처|작성자)(?:전화|번호|사항)?|(?P<short>담당))(?P<is>[은는])?"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FAX = _words("팩스 fax f 전송")
_NOISE = _words("""
    전화 번호 전화번호 유선 tel t 휴대폰 휴대전화 mobile 이메일 메일 e-mail email 전자우편 전자메일 누리집 홈페이지 및
    신청 등 대표 대표번호 대표전화 내선 직통 성명 직위 직급 구분 총괄 공동 자료 취재 보도 기사
""")

# Heads bear the name of what they head: 산업정책과장 is the 과장 of the 산업정책과.
_HEADS = _words("""
    본부장 센터장 지점장 지사장 지청장 과장 국장 실장 팀장 부장 단장 원장 소장 처장 청장 관장 반장 계장 서장 대장 학장
""")
_RANKS = _words("""
    부이사관 이사관 서기관 사무관 주무관 행정관 실무관 연구관 연구사 지도관 지도사 장학관 장학사 조사관 심사관 감독관
    수사관 검역관 전문관 전문경력관 보좌관 비서관 과장보좌 전문위원 연구위원 책임연구원 선임연구원 수석연구원
    전임연구원 조사역 검사역 사무총장 경무관 소방정 소방령 소방경 소방위 소방장 소방교 부장검사 매니저
""")
_SHORT_RANKS = _words("""
    담당관 차장 총경 경정 경감 경위 경사 경장 순경 대령 중령 소령 대위 중위 상사 중사 대리 사원 주임 선임 책임 수석
    전임 이사 상무 전무 사장 부사장 회장 부회장 위원장 이사장 총장 교수 박사 검사 간사 팀원 위원 연구원 행정원 변호사
    회계사 상담사 간호사 사서 교사 교장
""")
_BEFORE_RANKS = _words("부 총괄 주무 수석 선임 책임 전임 상임 전 현 주관 보조 행정 기술 시설 공업 농업 전산")
_RANK_ENDING = re.compile(f"(?P<before>[가-힣]{{0,30}}?)(?P<rank>{'|'.join(sorted(_RANKS | _HEADS))})")
_SPACED = re.compile(r"(?<![가-힣])[가-힣](?: {1,4}[가-힣]){1,7}(?![가-힣])")
_SPELLED = sorted(
    _words("담당부서 담당자 책임자 담당 문의처 문의 연락처") | _RANKS | _HEADS | _SHORT_RANKS,
    key=lambda word: (-len(word), word),
)
_FAMILY_APART = re.compile(r"(?<=\t)([가-힣]) {1,4}([가-힣]{2})(?= {0,4}(?:[\t(]|$))")

# What a department's name ends in; single syllables only in words of three and more.
_ORGANISATION = re.compile(
    r".*(?:센터|본부|지부|지점|지사|조합|은행|병원|대학|대학교|그룹|지주|파크|재단|법인|공단|공사|협회|학회|포럼|연맹|연합|거래소|발전소|신문"
    r"|상담전화|TF|시청|도청|군청|구청|\(주\))|.{2,}[과팀실국관단부처청원소회계반]"
)
_NO_ORGANISATION = re.compile(
    r".*(?:결과|효과|성과|기관|신청|요청|문의처|연락처|접수처|구입처|판매처|제출처|거래처|직원|인원|회원|공원|의원|민원|지원|주소|장소|최소|내부"
    r"|전부|일부|여부|설계|통계|관계|체계|단계|일반|전반|장관|차관|정원|대회|기회|지역사회|집단|수단|(?<!추)진단|판단|현실|사실)"
)
_SMALLEST_UNIT = re.compile(r".+(?:과|팀|담당관)")
_CUT = re.compile(
    r".+(?:은|는|을|를|에서|으로|에게|하여|하고|니다|해요|이며|또는)|및|등|관련|위한|따른|대한|통해|자세한|기타|그밖|[0-9]+"
)
_LONGEST_PATH = 8

# Family names, the frequent ones first; the others begin so many words that they need a rank or a department beside.
_FAMILIES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나엄채원천방공현함변염여추도소석"
)
_RARE_FAMILIES = frozenset(
    "지선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예봉경사부가복태목형계피두감음빈동온호범좌팽승간상시갈단견당"
)
_ALL_FAMILIES = _FAMILIES | _RARE_FAMILIES
_LONG_FAMILIES = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절")
# Words of two, three and four syllables that begin like a name and stand where names do.
_NO_NAMES = _words("""
    조사국 정보국 정책국 정책관 안전국 전산실 기획실 안내 전화 문의 신청 지원 공단 민원 정책 홍보 조사 기획 총괄 정보
    인사 고객 고용 교육 이용 전국 한국 서울 경기 강원 전북 전남 제주 인천 안전 전산 연구 예산 감사 운영 공보 공동 주무
    주관 주최 행사 참가 국민 이메일 사무국 관계자 이용자 신청자 조사원 신나는 전문가 조합원 진흥원 연구원 연구소
    안내소 공모전 전시회 한마당 홍보실 홍보물 기자단 민원실 민원인 상담실 정보원 공무원 위원회 협의회 사업단 추진단
    주최측 주최자 주관사 진행자 이벤트 서비스 시스템 신청서 전자파 정보화 조선업 임산물 고용부 국토부 농식품 중기부
    산업부 환경부 복지부 여가부 국방부 외교부 통일부 법무부 교육부 문체부 해수부 과기부 공정위 금융위 방통위 권익위
    인권위 원안위 강원도 경기도 제주도 전라도 인천시 고양시 성남시 안양시 하남시 남양주 양평군 고성군 강남구 송파구
    방송국 우체국 전화국 도서관 박물관 미술관 체육관 공연장 전시장 기념관 문화원 안전원 유치원 한의원 주유소 정류소
    구치소 변전소 이용소 성폭력 성희롱 한부모 차세대 주차장 우수상 장애인 장학금 지자체 지원금 지원단 조사단 원자력
    전기차 수소차 반도체 신산업 신재생 고등어 유공자 소상공 소비자 여행사 하반기 상반기 조직위 운영위 심사위 안내문
    공급망 방향성 고용률 구성원 전문성 개인정보 고객만족 고객센터 민원안내 이용문의 신청문의 주무부서 담당부서
""")
_LATIN_NAME = re.compile(r"[A-Z][a-z'’-]+(?: [A-Z][A-Za-z'’-]+)+")
_HANGUL = re.compile(r"[가-힣]+")


def _atoms(line: str) -> list[_Atom]:
    line = _FAMILY_APART.sub(_join_family, _SPACED.sub(_unspell, line.translate(_WIDE)))
    return [atom for match in _TOKEN.finditer(line) for atom in _atoms_of(match)]


def _unspell(match: re.Match[str]) -> str:
    """`과 장 홍 길 동`, spread over a cell to fill it, as `과장 홍길동`."""
    rest, words, unknown = match[0].replace(" ", ""), [], ""
    while rest:
        known = next((word for word in _SPELLED if rest.startswith(word)), "")
        if known:
            words += [unknown, known]
            unknown = ""
        else:
            unknown += rest[0]
        rest = rest[len(known) or 1 :]
    return " ".join(word for word in (*words, unknown) if word)


def _join_family(match: re.Match[str]) -> str:
    return match[1] + match[2] if match[1] in _ALL_FAMILIES else match[0]


def _atoms_of(match: re.Match[str]) -> Iterator[_Atom]:
    kind = match.lastgroup
    if match["area"]:
        yield _Atom("phone", numbers=tuple(_numbers(match)))
    elif kind in ("hotline", "short"):
        if match[0].startswith("☎"):
            yield _Atom("sign")
        yield _Atom("phone", numbers=(match[kind],))
    elif kind == "word":
        yield from _atoms_of_word(match["word"])
    elif kind == "latin":
        yield _Atom("word", match["latin"])
    elif kind in ("header", "masked", "tab", "comma", "stop", "colon", "sign", "open", "close"):
        yield _Atom(kind)  # type: ignore[arg-type]  # the names of these groups are kinds
    else:
        yield _Atom("noise")


def _numbers(match: re.Match[str]) -> Iterator[str]:
    area, middle = "0" + match["area"], match["middle"]
    yield f"{area}-{middle}-{match['last']}"
    for another in _ANOTHER.finditer(match["more"]):
        middle = another[1] or middle
        yield f"{area}-{middle}-{another[2]}"


def _atoms_of_word(word: str) -> Iterator[_Atom]:
    if label := _LABEL.fullmatch(word):
        yield _Atom("label", label["long"] or label["short"])
        if label["is"]:
            yield _Atom("comma")
    elif word.casefold() in _FAX:
        yield _Atom("fax")
    elif word.casefold() in _NOISE or word.isdecimal():
        yield _Atom("noise")
    elif word in _SHORT_RANKS:
        yield _Atom("rank", word)
    elif len(word) <= 40 and (ranked := _RANK_ENDING.fullmatch(word)):
        yield from _atoms_of_rank(word, ranked["before"], ranked["rank"])
    else:
        yield _Atom("word", word)


def _atoms_of_rank(word: str, before: str, rank: str) -> Iterator[_Atom]:
    if before == "담당":
        yield from (_Atom("label", before), _Atom("rank", rank))
        return
    may_be_name = len(before) == 3 and before[0] in _FAMILIES and before not in _NO_NAMES
    if rank in _HEADS and before and before not in _BEFORE_RANKS:
        # 홍길동과장 and 정보화과장 look alike: neither a name nor a department can be told.
        if not may_be_name:
            yield _Atom("word", before + rank[:-1], implied=True)
        yield _Atom("rank", rank)
    elif rank not in _HEADS and may_be_name:
        yield from (_Atom("word", before), _Atom("rank", rank))
    else:
        yield _Atom("rank", word)


# Rows

_LONGEST_CELL = 60
_DIGITS_OF_PHONE = re.compile(r"[0-9]{3,4}[-. ][0-9]{4}")
_OPENING = re.compile(
    r"\W*(?:(?:담 ?당|소관) ?부 ?서|담 ?당 ?자?|책 ?임 ?자|문 ?의 ?처?|연 ?락 ?처|전 ?화(?: ?번호)?)\W*(?=\s|:|$)"
)
_PROSE = re.compile(r"[다요]\.|[다요]$|[?!]")


def _rows(text: str) -> Iterator[str]:
    """The lines of the text; where a table came out as a line a cell, or a label a line, those joined by tabs."""
    cells: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            continue
        if cells and _continues(stripped):
            cells.append(stripped)
            continue
        if cells:
            yield "\t".join(cells)
        cells = [stripped] if _opens(stripped) else []
        if not cells:
            yield line
    if cells:
        yield "\t".join(cells)


def _opens(line: str) -> bool:
    return len(line) <= _LONGEST_CELL and bool(_OPENING.match(line)) and not _DIGITS_OF_PHONE.search(line)


def _continues(line: str) -> bool:
    """Whether a line can be a further cell: one thing alone, or a label with what it introduces."""
    if len(line) > _LONGEST_CELL or "\t" in line or _PROSE.search(line):
        return False
    kinds = [atom.kind for atom in _atoms(line) if atom.kind not in ("open", "close", "sign", "noise", "tab")]
    if kinds and kinds[0] in ("label", "header"):
        return "phone" not in kinds[:-1]
    return kinds in (["phone"], ["rank"], ["word"], ["word", "word"], ["rank", "word"], ["word", "rank"], [])


class _Table(NamedTuple):
    """What the rows of a table so far say of those below: the department, where its cell is merged."""

    department: str | None


def _read_row(row: str, above: _Table | None) -> tuple[list[Contact], _Table | None]:
    """The contacts of a row, and what it leaves to the row below; a row that is of no table ends the table."""
    atoms = _atoms(row)
    kinds = [atom.kind for atom in atoms if atom.kind not in _TRANSPARENT]
    if not kinds:
        return [], above
    tabbed = any(atom.kind == "tab" for atom in atoms)
    in_table = above is not None and (tabbed or kinds[0] == "label")
    department = above.department if above and in_table else None
    contacts: list[Contact] = []
    label: str | None = None
    for segment in _segments(atoms, led=in_table and tabbed):
        label = next((atom.text for atom in segment.atoms if atom.kind == "label"), label) if segment.led else None
        people = _people(segment, department, label)
        contacts += _paired(people, segment.numbers)
        kept = (each.department for each in reversed(people) if each.department and not each.implied)
        department = next(kept, department)
    headed = "header" in kinds or (tabbed and "label" in kinds)
    return contacts, _Table(department) if headed or (in_table and contacts) else None


# Segments

_TRANSPARENT = frozenset[_Kind]({"noise", "open", "close", "sign", "fax", "tab"})
_TELLING_WHO = frozenset[_Kind]({"word", "rank", "masked"})
_TELLING = _TELLING_WHO | {"label", "header"}
_NEAR = 8


class _Segment(NamedTuple):
    """The atoms that belong to some numbers; `led` where a label says that they name a contact."""

    atoms: list[_Atom]
    numbers: list[str]
    led: bool


def _segments(atoms: Sequence[_Atom], *, led: bool) -> Iterator[_Segment]:
    """What a line says of contacts, cut after its numbers; numbers of no contact are left out with their text."""
    always_led = led
    segment = _Segment([], [], led)
    # A number may come before what it belongs to: `02-735-0000 (종합지원센터)`.
    is_bare = in_bracket = False
    for position, atom in enumerate(atoms):
        if atom.kind == "phone":
            if any(each.kind == "fax" for each in segment.atoms[-2:]):
                continue
            if segment.led or _is_said(atoms, position):
                is_bare = not segment.numbers and not any(each.kind in _TELLING_WHO for each in segment.atoms)
                segment.numbers.extend(atom.numbers)
            else:
                segment = _Segment([], [], led)
            in_bracket = False
            continue
        if atom.kind == "stop" and segment.atoms and segment.atoms[-1].kind in ("label", "header"):
            segment.atoms.append(_Atom("colon"))
            continue
        if segment.numbers and atom.kind == "open" and is_bare:
            is_bare, in_bracket = False, True
        if atom.kind == "stop" or (segment.numbers and atom.kind in _TELLING and not in_bracket):
            yield segment
            led = always_led if atom.kind == "stop" else led
            segment = _Segment([], [], led)
            in_bracket = False
        if atom.kind in ("label", "header"):
            led = True
            segment = segment._replace(led=True)
        if atom.kind == "close":
            in_bracket = False
        segment.atoms.append(atom)
    yield segment


def _is_said(atoms: Sequence[_Atom], position: int) -> bool:
    """Whether a number in running text is said to be for inquiries: by a ☎ before it, or by 문의 soon after it."""
    if any(atom.kind == "sign" for atom in atoms[max(0, position - 2) : position]):
        return True
    for atom in atoms[position + 1 : position + _NEAR]:
        if atom.kind in ("stop", "phone"):
            return False
        if atom.kind == "label" or (
            atom.kind == "word" and atom.text.startswith(("문의하", "문의해", "문의로", "연락"))
        ):
            return True
    return False


# People

_MOST_ATOMS_WITHOUT_NUMBER = 24


class _Person(NamedTuple):
    department: str | None
    label: str | None
    rank: str | None = None
    name: str | None = None
    implied: bool = False


def _paired(people: Sequence[_Person], numbers: Sequence[str]) -> list[Contact]:
    """As many numbers as people: each has one. Else the last, who stands next to them, has them all."""
    if len(people) == len(numbers):
        pairs: list[tuple[_Person, str | None]] = list(zip(people, numbers, strict=True))
    else:
        pairs = [(person, None) for person in people[:-1]]
        pairs += [(person, number) for person in people[-1:] for number in numbers or (None,)]
    return [
        Contact(person.department, person.rank or person.label, person.name, number)
        for person, number in pairs
        if person.name or number
    ]


def _people(segment: _Segment, department: str | None, label: str | None) -> list[_Person]:
    """Who a segment names, in order; an office alone is someone without a name. Nobody where nothing is certain.

    `department` and `label` are those said before on the line, or above it in the table.
    """
    atoms = _with_names(segment)
    if not segment.numbers and not _is_certain(atoms, segment.led):
        return []
    people: list[_Person] = []
    said = _Said(led=segment.led, tabbed=any(atom.kind == "tab" for atom in atoms), label=label)
    is_open = False
    for before, atom in zip((_Atom("stop"), *atoms), atoms, strict=False):
        if atom.kind not in ("rank", "name", "masked"):
            said.hear(atom, before)
            is_open = is_open and atom.kind not in ("comma", "label", "header", "word")
            continue
        is_rank = atom.kind == "rank"
        if not is_open or (people[-1].rank if is_rank else people[-1].name) is not None:
            people.append(said.someone())
        people[-1] = people[-1]._replace(rank=atom.text) if is_rank else people[-1]._replace(name=atom.text)
        is_open = True
    trailing = _path(said.words, led=segment.led)
    if not people:
        unread = any(said.words)
        return [_Person(trailing or said.department or (None if unread else department), _role(said.label))]
    if not trailing and None in said.words and said.words[-1] is not None:
        # Someone stands between the last one known and the number: whose it is cannot be told.
        people.append(_Person(None, _role(said.label)))
    return [
        person._replace(department=person.department or trailing or department, name=person.name or None)
        for person in people
    ]


@dataclass(slots=True)
class _Said:
    """What was read on the way to the next person: words not yet settled (None is a comma), department and label."""

    led: bool
    tabbed: bool
    label: str | None
    words: list[str | None] = field(default_factory=list)
    department: str | None = None
    implied: bool = False

    def hear(self, atom: _Atom, before: _Atom) -> None:
        if atom.kind == "word":
            self.words.append(atom.text)
            self.implied = atom.implied
        elif atom.kind == "comma":
            self.words.append(None)
        elif atom.kind == "header" or (atom.kind == "colon" and before.kind == "label"):
            self.words.clear()
        elif atom.kind == "label":
            if self.tabbed:
                self.department = _path(self.words, led=True) or _cell(self.words) or self.department
                self.words.clear()
            self.label = atom.text

    def someone(self) -> _Person:
        """The person that comes now. The department stays that of the next one, unless only a title implied it."""
        department = _path(self.words, led=self.led) or self.department
        person = _Person(department, _role(self.label), implied=self.implied)
        self.department = None if self.implied else department
        self.words.clear()
        self.implied = False
        return person


def _role(label: str | None) -> str | None:
    return None if label == "연락처" else label


def _is_certain(atoms: Sequence[_Atom], led: bool) -> bool:
    """Whether people without a number may be meant: what names them says so by a colon, or is a row of a table."""
    shown = any(atom.kind in ("colon", "tab") for atom in atoms)
    return led and shown and len(atoms) <= _MOST_ATOMS_WITHOUT_NUMBER


def _path(words: Sequence[str | None], *, led: bool) -> str | None:
    """The department that words end in, with what it belongs to; None stands for a comma.

    In running text only what is a department word by word, up to the very last; after a label also what is between.
    """
    groups: list[list[str]] = [[]]
    for word in words:
        if word is None:
            groups.append([])
        else:
            groups[-1].append(word)
    group = next((group for group in reversed(groups) if (any(map(_is_office, group)) if led else group)), [])
    if led:
        while group and not _is_office(group[-1]):
            group.pop()
    path: list[str] = []
    for word in reversed(group[-_LONGEST_PATH:]):
        if _CUT.fullmatch(word) or not (led or _is_office(word)):
            break
        path.insert(0, word)
    return " ".join(path) or None


def _cell(words: Sequence[str | None]) -> str | None:
    """The cell before the label in a table, which is a department whatever it ends in: `대변인`."""
    few = [word for word in words if word and word.isalpha()]
    return " ".join(few) if 0 < len(few) == len(words) <= 3 else None


def _is_office(word: str) -> bool:
    if len(word) == 3 and word[0] in _FAMILIES and word[2] in "원소" and word not in _NO_NAMES:
        # 이지원 and 김미소 are people far more often.
        return False
    return len(word) <= 60 and bool(_ORGANISATION.fullmatch(word)) and not _NO_ORGANISATION.fullmatch(word)


# Names


class _Place(NamedTuple):
    """Where a word stands, by which a name is told from other words.

    `ends`: nothing of its own follows it. `in_cell`: it has a cell for itself. `numbered`: its segment has a number.
    """

    before: _Atom
    after: _Kind
    ends: bool
    in_cell: bool
    led: bool
    tabbed: bool
    numbered: bool

    @property
    def unnumbered_row(self) -> bool:
        return self.tabbed and not self.numbered


def _with_names(segment: _Segment) -> list[_Atom]:
    """The atoms of a segment, those words made names that must be names; brackets and noise left out."""
    atoms = [atom for atom in segment.atoms if atom.kind not in ("noise", "sign", "fax")]
    tabbed = any(atom.kind == "tab" for atom in atoms)
    telling = [index for index, atom in enumerate(atoms) if atom.kind not in _TRANSPARENT]
    made = list(atoms)
    for nth, index in enumerate(telling):
        if made[index].kind != "word":
            continue
        before = made[telling[nth - 1]] if nth else _Atom("stop")
        following: _Kind = "phone" if segment.numbers else "stop"
        after = made[telling[nth + 1]].kind if nth + 1 < len(telling) else following
        beside = made[index + 1].kind if index + 1 < len(made) else following
        in_cell = beside in ("tab", "open", following) and index > 0 and made[index - 1].kind == "tab"
        ends = after in ("phone", "stop", "comma") or beside in ("tab", "open", "close")
        coming = [made[each] for each in telling[nth + 1 : nth + 4]]
        if after == "rank" and not _is_unit(before) and _has_its_own_name(coming):
            after = "word"
        place = _Place(before, after, ends, in_cell, segment.led, tabbed, bool(segment.numbers))
        if _is_name(made[index].text, place):
            made[index] = _Atom("name", made[index].text)
    return [atom for atom in made if atom.kind not in ("open", "close")]


def _has_its_own_name(atoms: Sequence[_Atom]) -> bool:
    """Whether a rank is that of the name after it: as in 조선업 `과장 홍길동`, not 홍길동 `과장 성춘향 사무관`."""
    if len(atoms) < 2 or atoms[1].kind != "word" or (len(atoms) == 3 and atoms[2].kind == "rank"):
        return False
    word = atoms[1].text
    like_a_name = 2 <= len(word) <= 4 and word[0] in _ALL_FAMILIES
    return like_a_name and word not in _NO_NAMES and not _is_office(word)


def _is_name(word: str, place: _Place) -> bool:
    after_rank = place.before.kind == "rank" and (place.ends or place.after == "rank")
    if _LATIN_NAME.fullmatch(word):
        return after_rank
    if not 2 <= len(word) <= 5 or not _HANGUL.fullmatch(word) or word in _NO_NAMES:
        return False
    after_unit = _is_unit(place.before) and (place.after == "rank" or (place.ends and not place.unnumbered_row))
    beside = after_rank or after_unit
    alone = place.in_cell and after_rank and place.after in ("phone", "stop")
    known = word[0] in _ALL_FAMILIES
    if _is_office(word):
        # 이용국 after 과장 or 수사과 is a person, 정책과 is not.
        return len(word) == 3 and known and (after_rank or (after_unit and not _SMALLEST_UNIT.fullmatch(word)))
    if len(word) == 2:
        # Leads are cut at a length: 홍길 at the end of one may be the half of a name.
        return known and beside and (place.numbered or place.in_cell)
    if len(word) == 3:
        return (known and beside) or alone or (word[0] in _FAMILIES and _is_introduced(place))
    return alone or (word.startswith(_LONG_FAMILIES) and (beside or _is_introduced(place)))


def _is_introduced(place: _Place) -> bool:
    """Whether a name is to be expected, so that a word that looks like one is one."""
    if place.after == "rank":
        return True
    before = place.before.kind
    after_label = before in ("label", "colon") or (before in ("stop", "comma") and place.after == "phone")
    after_office = before == "word" and _is_office(place.before.text) and not place.unnumbered_row
    return place.ends and ((place.led and after_label) or after_office)


def _is_unit(atom: _Atom) -> bool:
    """Whether it is a department that has no departments below it but a 팀: what follows it is a person."""
    return atom.kind == "word" and bool(_SMALLEST_UNIT.fullmatch(atom.text)) and _is_office(atom.text)
