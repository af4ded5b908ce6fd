"""Korean made up by rule: titles, leads and documents that read like press releases and report nothing real."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

PREFIXES = ("[보도자료]", "[보도참고]", "(참고)", "(보도자료)", "[설명]", "[동정]", "(설명)", "(보도설명)", "[공동]")

TOPICS = (
    "주택공급", "전세사기 피해", "희토류 공급망", "재생에너지", "수소경제", "탄소중립", "온실가스 배출권",
    "반도체 인력", "청년 일자리", "중소기업 수출", "스마트농업", "가축방역", "산불 예방", "국가유산", "디지털 교육",
    "필수의료", "감염병", "개인정보", "가계부채", "하도급 거래", "물가안정", "전기차 충전기", "자율주행", "고속철도",
    "항만 물류", "해양쓰레기", "기상 관측", "소방 안전", "병역 이행", "조달 시장", "관세 행정", "특허 심사",
    "공공데이터", "인공지능", "우주개발", "원자력 안전", "식품 표시", "의약품 허가", "아동 돌봄", "노인 일자리",
    "지역관광", "한국어 보급",
)  # fmt: skip
THINGS = (
    "지원 사업", "종합대책", "실태조사", "업무협약", "시범사업", "제도 개선", "민관 협의체", "현장점검", "공모전",
    "설명회", "국제 학술대회", "표준 지침서", "통합 누리집", "합동 훈련", "기본계획", "시행령 개정안", "우수사례",
    "전문가 간담회",
)  # fmt: skip
_ENDINGS = (
    "추진", "본격 시행", "착수", "개최", "확대", "공개", "강화한다", "마련", "논의", "점검", "시작합니다",
    "결과 발표", "한눈에 본다", "현장에서 답을 찾다", "더 가까워진다", "새로워진다", "지원 나선다",
)  # fmt: skip
PLACES = (
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종", "경기 북부", "강원", "충북", "충남", "전북",
    "전남", "경북", "경남", "제주",
)  # fmt: skip
_LAWS = ("공유자원", "산업안전", "물류시설", "농지이용", "환경보전", "정보보호", "지역균형", "교통약자")
_SENTENCES = (
    "{mt} {d}일 {p}에서 {t} {x} 회의를 열고 추진 상황을 점검했다고 밝혔다.",
    "이번 {xt} {t} 분야의 현장 의견을 반영하여 마련되었으며, 올해 {n}개 지역에서 먼저 시행된다.",
    "{t} 관련 예산은 {n}억 원으로 지난해보다 {k}% 늘었다.",
    "참석자들은 {t}·{u} 연계 방안과 연구개발(R&D) 성과 확산에 대해 의견을 나누었다.",
    "신청을 희망하는 기관은 {d}일부터 누리집을 통해 접수할 수 있다.",
    "「{l} 기본법」 개정에 따라 {t} 지원 대상이 {n}만 명으로 확대된다.",
    "{p} 지역 {n}개 사업장을 대상으로 한 조사에서 {k}%가 '도움이 되었다'고 답했다.",
    '관계자는 "{t} 정책이 국민의 일상에서 느껴지도록 {x}에 최선을 다하겠다"고 말했다.',
    "자세한 일정과 신청 방법은 추후 공고할 예정이다.",
    "또한 {u} 분야와 함께 {t} {x}의 성과를 매 분기 공개하기로 했다.",
    "ㅇ 주요 내용은 ① {t} {x}, ② {u} 기반 조성, ③ 안전 기준 강화 등이다.",
    "한편 {mt} {p}에서 {u} {x}도 함께 진행한다.",
)


def pick(dice: Random, words: Sequence[str]) -> str:
    """One of the words."""
    # Three times as fast as Random.choice; an archive of years needs millions of these.
    return words[int(dice.random() * len(words))]


def with_topic_particle(word: str) -> str:
    """The word with 은 or 는, as its last syllable asks: the block of syllables has 28 endings, the first without."""
    return word + ("은" if (ord(word[-1]) - ord("가")) % 28 else "는")


def fill(pattern: str, dice: Random, ministry: str) -> str:
    """The pattern with words in its places; `{mt}` is the ministry with its particle."""
    thing = pick(dice, THINGS)
    return pattern.format(
        mt=with_topic_particle(ministry),
        d=1 + int(dice.random() * 28),
        p=pick(dice, PLACES),
        t=pick(dice, TOPICS),
        u=pick(dice, TOPICS),
        x=thing,
        xt=with_topic_particle(thing),
        l=pick(dice, _LAWS),
        n=2 + int(dice.random() * 480),
        k=2 + int(dice.random() * 95),
    )


def make_title(dice: Random, ministry: str) -> str:
    """A title, now and then with what makes real ones hard: quotes, middle dots, <, &, double spaces, a wrong ？."""
    topic, other = dice.choice(TOPICS), dice.choice(TOPICS)
    thing, end = dice.choice(THINGS), dice.choice(_ENDINGS)
    plain = (
        f"{topic} {thing} {end}",
        f"{ministry}, {dice.choice(PLACES)}서 {topic} {thing} {end}",
        f"{topic}·{other} {thing} {end}",
        f"제{dice.randint(2, 60)}차 {topic} {thing} {end}",
        f"{dice.choice(PLACES)} {topic} {thing}, {dice.randint(2, 90)}개 기관 참여",
    )
    hard = (
        f'"{topic}, 이제 달라집니다" {thing} {end}',
        f"{topic} R&D {thing} {end}",
        f"<{topic} 주간> {thing} {end}",
        f"{topic}  {thing}  {end}",
        f"{topic}？{other} {thing} {end}",
        f"｢{dice.choice(_LAWS)} 기본법｣ {thing} {end}",
        f"'{topic}'에서 '{other}'까지… {thing} {end}",
        f"{topic} 1 < 2, {other} {thing} {end}",
    )
    return dice.choice(plain) if dice.random() < 0.72 else dice.choice(hard)


def make_text(dice: Random, ministry: str, length: int) -> str:
    """Sentences up to about this many characters, without line breaks, as the site's leads are."""
    parts: list[str] = []
    so_far = 0
    while so_far < length:
        sentence = fill(pick(dice, _SENTENCES), dice, ministry)
        parts.append(sentence)
        so_far += len(sentence) + 1
    return " ".join(parts)[:length].rstrip()


def make_document(dice: Random, title: str, ministry: str) -> str:
    """The text of the attached document: paragraphs on lines of their own, and a contact that belongs to nobody."""
    paragraphs = [f"□ {make_text(dice, ministry, dice.randint(80, 400))}" for _ in range(dice.randint(3, 24))]
    contact = "* 담당자 : 대변인실 홍길동(044-000-0000)"
    return "\n".join((title, *paragraphs, contact))


_SAYS_NOTHING = " 관련 보도자료 내용입니다. 자세한 내용은 첨부파일을 참고하시기 바랍니다."


def boilerplate(title: str) -> str:
    """The lead that says nothing, which about one release in eleven has."""
    return title + _SAYS_NOTHING


def is_boilerplate(lead: str) -> bool:
    return lead.endswith(_SAYS_NOTHING)
