"""The forms of contact lines in real releases, where they are at hand; their names and numbers are masked there."""

import itertools
import re
from pathlib import Path

import pytest

from harvester.korean import read_contacts

LINES = Path(__file__).parents[2].parent / "shared" / "korean" / "contact_lines.masked.tsv"

pytestmark = pytest.mark.skipif(not LINES.is_file(), reason="the folder of shared facts is not here")


def unmasked() -> list[str]:
    """The lines with made-up names and endings in place of the masks. A mask may also hide a half word, or a rank."""
    lines = []
    for row in LINES.read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            continue
        names, endings = (
            itertools.cycle(["홍길동", "성춘향", "이몽룡"]),
            itertools.cycle(["0000", "0001", "0002", "0003"]),
        )
        line = re.sub("○○○", lambda _, names=names: next(names), row.split("\t")[1])
        lines.append(re.sub("####", lambda _, endings=endings: next(endings), line))
    return lines


def numbers(line: str) -> list[str]:
    """The numbers of a line, by another way than the reader's: whatever has three parts, and the endings after it."""
    found = []
    for area, middle, endings in re.findall(r"(0[0-9]{1,2})[-)]([0-9]{3,4})-([0-9]{4}(?:, ?[0-9]{4})*)", line):
        found += [f"{area}-{middle}-{ending}" for ending in re.split(", ?", endings)]
    return found + re.findall(r"(?<![0-9-])1[568][0-9]{2}-[0-9]{4}", line)


def test_the_numbers_of_real_lines_are_read() -> None:
    lines = unmasked()
    assert len(lines) > 50
    missed = [line for line in lines if not set(numbers(line)) <= {each.phone for each in read_contacts(line)}]
    assert len(missed) <= 0.05 * len(lines), missed


def test_the_names_of_real_lines_are_read() -> None:
    """Those that the mask stands for as a whole: after a space and before a number."""
    name = r"(?<= )(홍길동|성춘향|이몽룡) ?(?=\([0-9☎]|\(?☏)"
    lines = [line for line in unmasked() if re.search(name, line) and "이몽룡 (" not in line and "이몽룡(" not in line]
    assert len(lines) > 15
    missed = [line for line in lines if not set(re.findall(name, line)) <= {each.name for each in read_contacts(line)}]
    assert len(missed) <= 0.1 * len(lines), missed


def test_a_number_is_read_once_for_one_person() -> None:
    for line in unmasked():
        phones = [each.phone for each in read_contacts(line) if each.phone]
        assert len(phones) == len(set(phones)), line
