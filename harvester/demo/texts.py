"""What the boards beside press releases say, made up by rule: explanations, transcripts, agendas, speeches, articles.

Every line is a paragraph. Markup, and whether angle brackets are escaped, is the rendering's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from harvester.demo.boards import Board, Texts
from harvester.demo.ministries import ministries_on
from harvester.demo.mixture import NAMES, OFFICES, PHONES, Mixture, dressed, mix
from harvester.demo.rows import prints_lead
from harvester.demo.words import (
    PLACES,
    THINGS,
    TOPICS,
    boilerplate,
    fill,
    make_document,
    make_text,
    make_title,
    pick,
    with_topic_particle,
)

# Papers and stations that never were.
_MEDIA = ("길동일보", "춘향신문", "몽룡경제", "방자통신")
_LATIN_MEDIA = ("GDN", "CHTV")
_RANKS = ("대변인", "부대변인", "차관", "기획조정실장", "산업정책관", "예산국장", "안전정책실장", "통상협력국장")
_EXPERTS = ("과장", "사무관", "정책총괄과장", "팀장")
_NOBODY = "정부"  # where no ministry is named
_STATE = ("대통령", "국무총리")

_SPOKEN = (
    "{p} 지역 {n}개 기관을 대상으로 {t} {x} 추진 현황을 살펴보았습니다.",
    "먼저 {t} 분야에 대해 말씀드리겠습니다.",
    "정부는 {t}·{u} 분야에 모두 {n}억 원을 투입할 계획입니다.",
    "배포해 드린 자료의 <표 1>을 보시면 {t} 관련 수치가 지난해보다 {k}% 늘어난 것을 확인하실 수 있습니다.",
    "{l} 기본법 개정안이 통과되면 {n}만 명이 혜택을 받게 됩니다.",
    "앞으로도 현장의 목소리를 듣고 {x}에 반영하겠습니다.",
    "R&D 예산 집행률은 {k}% < 목표치이며, 하반기에 보완하겠습니다.",
)
_QUESTIONS = (
    "{t} {x} 시점이 당초 계획보다 늦어졌는데 이유가 무엇인지 설명 부탁드립니다.",
    "{p}에서 {u} 관련 우려가 나오는데 어떻게 보고 계신지 궁금합니다.",
    "예산 {n}억 원은 어떤 기준으로 산정된 것인지요?",
    "두 가지 질문 드리겠습니다. {t} 대상이 {n}곳이 맞는지, 그리고 {xt} 언제 시작되는지요?",
)
_ANSWERS = (
    "말씀하신 {t} 부분은 관계부처와 협의하고 있습니다.",
    "현재 {p} 지역을 중심으로 {n}건을 확인했고, *** 부분은 추가로 확인해서 말씀드리겠습니다.",
    "{xt} 다음 달 {d}일부터 시작할 예정입니다.",
    "구체적인 수치는 담당 과장이 답변드리겠습니다.",
)
_ADDRESSES = (
    "우리는 지금 {t}·{u}의 새로운 전환점에 서 있습니다.",
    "정부는 {x}에 {n}억 원을 투자하여 {p}의 미래를 함께 열어 가겠습니다.",
    "현장에서 땀 흘리고 계신 {n}만 명의 종사자 여러분께 감사와 존경의 말씀을 드립니다.",
    "'{t}' 정책은 선택이 아니라 우리 모두의 약속입니다.",
    "지난 한 해 {t} 성과는 {k}% 높아졌습니다.",
)
_OCCASIONS = ("기념식 축사", "개회식 기념사", "보고회 모두발언", "간담회 인사말", "국제회의 기조연설")
_DECREES = (
    "{l}에 관한 법률 시행령 일부개정령안",
    "{l} 기본법 일부개정법률안",
    "{l} 진흥법 시행규칙 전부개정령안",
    "{l}법 시행령 제정안",
)
_AIMS = (
    "{t} 단속 권한을 정비합니다.",
    "{t} 지원 대상을 {n}개 기관으로 확대합니다.",
    "{u} 분야 과태료 기준을 마련합니다.",
    "{t} {x}의 절차를 간소화합니다.",
)
_FILES: Mapping[Texts, tuple[tuple[str, ...], ...]] = {
    "transcript": ((), ("hwpx",), ("pdf",), ("hwpx", "pdf")),
    "agenda": ((), (), ("pdf",)),
    "speech": ((), (), ("hwpx",)),
    "article": ((),),
}


@dataclass(frozen=True)
class Draft:
    """What one release says, before it has a number and files."""

    title: str
    ministry: str
    mixture: Mixture
    lead: str = ""
    presenter: str | None = None
    body: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class _Content:
    title: str
    text: str
    presenter: str | None = None


def make_draft(board: Board, day: date, dice: Random) -> Draft:
    """A release of this board."""
    ministry = _issuer(board, day, dice)
    named = ministry or "국무조정실"
    if not board.is_inline:
        return _with_document(board, _explanation_title(dice, named), ministry, dice)
    made = _MAKERS[board.texts](dice, named, day)
    return Draft(
        title=made.title,
        ministry=ministry,
        mixture=Mixture(dice.choice(_FILES[board.texts])),
        lead=_lead(made.text) if prints_lead(board) else "",
        presenter=made.presenter if board.shows_presenter else None,
        body=made.text,
        document=made.text,
    )


def _issuer(board: Board, day: date, dice: Random) -> str:
    """Who publishes it; for a few on a board without ministries, nobody."""
    if not board.shows_ministry:
        return "국무조정실" if dice.random() < 0.7 else ""
    if board.texts == "speech" and dice.random() < 0.6:
        return pick(dice, _STATE)
    return dice.choice(ministries_on(day)).name


def _with_document(board: Board, title: str, ministry: str, dice: Random) -> Draft:
    lead = boilerplate(title) if dice.random() < 0.09 else make_text(dice, ministry, dice.randint(100, 1200))
    return Draft(
        title=title,
        ministry=ministry,
        # A release whose text is all in its lead needs a list that prints leads.
        mixture=mix(dice, has_body=not prints_lead(board)),
        lead=lead if prints_lead(board) else "",
        document=dressed(dice, make_document(dice, title, ministry)),
    )


def _lead(text: str) -> str:
    """The beginning of a text as the lists print it: whole paragraphs, without line breaks."""
    return " ".join(text.split("\n")[:3])


def _paragraph(dice: Random, patterns: tuple[str, ...], ministry: str, most: int = 3) -> str:
    return " ".join(fill(pick(dice, patterns), dice, ministry) for _ in range(dice.randint(1, most)))


def _paragraphs(dice: Random, patterns: tuple[str, ...], ministry: str, least: int, most: int) -> list[str]:
    return [_paragraph(dice, patterns, ministry) for _ in range(dice.randint(least, most))]


# --- explanations -----------------------------------------------------------------------------------------------------


def _explanation_title(dice: Random, ministry: str) -> str:
    topic, thing, paper = pick(dice, TOPICS), pick(dice, THINGS), pick(dice, _MEDIA)
    return dice.choice(
        (
            f'(설명) {paper}, "{topic} {thing}, 성과 없어" 기사 관련',
            f"[설명] {topic} {thing} 관련 보도는 사실이 아닙니다.",
            f"{with_topic_particle(ministry)} {topic} {with_topic_particle(thing)} 중단하지 않았습니다.",
            f"{paper}·{pick(dice, _MEDIA)}의 <{topic}> 보도에 대해 설명드립니다.",
        )
    )


# --- transcripts ------------------------------------------------------------------------------------------------------


def _transcript(dice: Random, ministry: str, day: date) -> _Content:
    """Who speaks stands in angle brackets on a line of its own or before the words; then come questions and answers."""
    name, other = dice.sample(NAMES, 2)
    rank = pick(dice, _RANKS)
    lines = [
        f"<{name} {rank}>",
        f"안녕하십니까? {ministry} {rank} {name}입니다.",
        *_paragraphs(dice, _SPOKEN, ministry, 3, 9),
    ]
    if dice.random() < 0.3:
        lines.append(f"<{other} {pick(dice, _EXPERTS)}> 이어서 제가 설명드리겠습니다.")
        lines += _paragraphs(dice, _SPOKEN, ministry, 1, 4)
    if dice.random() < 0.85:
        lines += _conversation(dice, ministry)
    lines.append("이상으로 브리핑을 마치겠습니다. 감사합니다.")
    title = f"{pick(dice, TOPICS)} {pick(dice, THINGS)} {dice.choice(('브리핑', '관련 정례브리핑', '결과 발표'))}"
    return _Content(title, "\n".join(lines), f"{name} {rank}")


def _conversation(dice: Random, ministry: str) -> list[str]:
    lines = ["[질문·답변]"]
    if dice.random() < 0.5:
        lines.append("※마이크 미사용으로 확인되지 않는 내용은 별표(***)로 표기하였으니 양해 바랍니다.")
    for _ in range(dice.randint(2, 7)):
        lines.append(_question(dice, ministry))
        who = f"({pick(dice, NAMES)} {pick(dice, _EXPERTS)}) " if dice.random() < 0.3 else ""
        lines.append(f"<답변> {who}{_paragraph(dice, _ANSWERS, ministry)}")
        if dice.random() < 0.4:
            lines.append(_paragraph(dice, _ANSWERS, ministry))
    return lines


def _question(dice: Random, ministry: str) -> str:
    asked = _paragraph(dice, _QUESTIONS, ministry, 2)
    asker = f"{pick(dice, NAMES)} 기자"
    form = dice.random()
    if form < 0.1:
        return f"<{pick(dice, _LATIN_MEDIA)} {asker}> {asked}"
    return f"<질문> {asked} ({pick(dice, _MEDIA)} {asker})" if form < 0.4 else f"<질문> {asked}"


# --- agendas ----------------------------------------------------------------------------------------------------------


def _agenda(dice: Random, ministry: str, day: date) -> _Content:
    """Mostly all items of an agenda are written in one way."""
    ways = (_item_with_its_mark_last, _item_with_its_mark_first)
    way = dice.choice(ways)
    mixed = dice.random() < 0.1
    lines = [f"{day.month}월 {day.day}일 국무회의에서 심의·의결한 주요 안건입니다."]
    for number in range(1, dice.randint(3, 6)):
        lines += (dice.choice(ways) if mixed else way)(dice, day, number)
    return _Content(f"제{day.isocalendar().week}회 국무회의 브리핑", "\n".join(lines))


def _item_with_its_mark_last(dice: Random, day: date, number: int) -> list[str]:
    said = f"<{fill(pick(dice, _DECREES), dice, _NOBODY)}>, {fill(pick(dice, _AIMS), dice, _NOBODY)}"
    mark = f"【소관 : {dice.choice(ministries_on(day)).name} {pick(dice, OFFICES)} {pick(dice, PHONES)}】"
    return [f"{said} {mark}"] if dice.random() < 0.6 else [said, mark]


def _item_with_its_mark_first(dice: Random, day: date, number: int) -> list[str]:
    decree = fill(dice.choice(("「{l} 기본법」 일부개정법률안", "「{l}법 시행령」 일부개정령안")), dice, _NOBODY)
    in_charge = "·".join(office.name for office in dice.sample(ministries_on(day), dice.choice((1, 1, 1, 2))))
    return [f"{number}. {decree} 【소관 : {in_charge}】", *_paragraphs(dice, _AIMS, _NOBODY, 1, 2)]


# --- speeches and articles --------------------------------------------------------------------------------------------


def _speech(dice: Random, ministry: str, day: date) -> _Content:
    title = f"{pick(dice, PLACES)} {pick(dice, TOPICS)} {pick(dice, _OCCASIONS)}"
    lines = ["존경하는 국민 여러분,", *_paragraphs(dice, _ADDRESSES, ministry, 4, 12), "감사합니다."]
    return _Content(title, "\n".join(lines))


def _article(dice: Random, ministry: str, day: date) -> _Content:
    paragraphs = [make_text(dice, ministry, dice.randint(80, 300)) for _ in range(dice.randint(3, 9))]
    asked = f"문의: {ministry} {pick(dice, OFFICES)}({pick(dice, PHONES)})"
    return _Content(make_title(dice, ministry), "\n".join((*paragraphs, asked)))


_MAKERS: Mapping[Texts, Callable[[Random, str, date], _Content]] = {
    "transcript": _transcript,
    "agenda": _agenda,
    "speech": _speech,
    "article": _article,
}
