"""What releases consist of: viewer, files of which kinds, a table at the end, a lead that is all there is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

_T = TypeVar("_T")

_TEXT_FILES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (34, ("hwpx", "pdf")),
    (20, ("hwpx", "hwp", "pdf")),
    (14, ("hwpx",)),
    (7, ("pdf",)),
    (6, ("hwp",)),
    (5, ("hwp", "pdf")),
    (4, ("hwpx", "hwp")),
    (4, ("hwpx", "hwpx")),
    (6, ()),
)
_OTHER_FILES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (68, ()),
    (15, ("jpg",)),
    (7, ("png",)),
    (6, ("zip",)),
    (4, ("xlsx",)),
)
_BESIDE_A_WHOLE_LEAD = ((), (), ("zip",), ("jpg", "jpg"))
_PICTURES = (("jpg",), ("png",), ("jpg", "png"))
_LEAD_ONLY, _NOTHING_READABLE = 0.012, 0.008
_LONGEST_LEAD = 3000

# From folk tales: nobody's names, and numbers that nobody has.
NAMES = ("홍길동", "성춘향", "이몽룡", "변학도")
PHONES = ("044-000-0000", "02-000-0000", "042-000-0000")
OFFICES = ("대변인실", "정책총괄과", "기획조정과", "안전관리과", "국제협력과")
_REGIONS = ("수도권", "강원권", "충청권", "호남권", "영남권", "제주권")


@dataclass(frozen=True)
class Mixture:
    """What a release has besides its texts."""

    suffixes: tuple[str, ...]
    viewer: bool = True
    whole_lead: bool = False


def mix(dice: Random, *, has_body: bool) -> Mixture:
    """Mostly a viewer and documents; for a few nothing but the lead, or nothing that can be read at all."""
    share = dice.random()
    if not has_body and share < _LEAD_ONLY:
        return Mixture(dice.choice(_BESIDE_A_WHOLE_LEAD), viewer=False, whole_lead=True)
    if not has_body and share < _LEAD_ONLY + _NOTHING_READABLE:
        return Mixture(dice.choice(_PICTURES), viewer=False)
    texts, others = _weighted(dice, _TEXT_FILES), _weighted(dice, _OTHER_FILES)
    return Mixture(others + texts if dice.random() < 0.2 else texts + others)


def _weighted(dice: Random, choices: Sequence[tuple[int, _T]]) -> _T:
    left = dice.random() * sum(weight for weight, _ in choices)
    for weight, choice in choices:
        left -= weight
        if left < 0:
            return choice
    return choices[-1][1]


def dressed(dice: Random, document: str) -> str:
    """The document with, for most, the table of those in charge in place of its last line."""
    *paragraphs, contact = document.split("\n")
    if dice.random() < 0.2:
        paragraphs += ["[참고] 권역별 현황", *_figures(dice)]
    if dice.random() < 0.25:
        return "\n".join((*paragraphs, contact))
    return "\n".join((*paragraphs, "※ 사진과 세부 자료는 누리집에서 볼 수 있습니다.", *_in_charge(dice)))


def _in_charge(dice: Random) -> tuple[str, str]:
    head, clerk = dice.sample(NAMES, 2)
    phone = dice.choice(PHONES)
    return (
        f"담당 부서\t{dice.choice(OFFICES)}\t책임자\t과장\t{head} ({phone})",
        # The cells of department and office reach over both rows.
        f"\t\t담당자\t사무관\t{clerk} ({phone})",
    )


def _figures(dice: Random) -> list[str]:
    rows = [f"{region}\t{dice.randint(2, 90)}개\t{dice.randint(3, 900)}억 원" for region in _REGIONS]
    return ["구분\t기관\t예산", *rows[: dice.randint(2, len(rows))]]


def inline(dice: Random, document: str) -> str:
    """The document as ministries paste it into the page: at times with empty lines between, at times without tables."""
    lines = document.split("\n")
    if dice.random() < 0.4:
        lines = [line for line in lines if "\t" not in line]
    if dice.random() < 0.5:
        return "\n".join(lines)
    return "\n".join(line if "\t" in line else f"{line}\n" for line in lines).rstrip("\n")


def whole_lead(document: str) -> str:
    """A lead that says all there is to say: the document's sentences, to the end of the last one that fits."""
    paragraphs = [line.removeprefix("□ ") for line in document.split("\n") if line.startswith("□")]
    text = " ".join(paragraphs)[:_LONGEST_LEAD]
    return text[: text.rfind(".") + 1] or text
