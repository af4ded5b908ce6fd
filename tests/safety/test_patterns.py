"""No pattern is read over and over: a text four times as long takes about four times the work, whatever it says.

Every pattern of the readers is tried with repetitions of the pieces it is made of, which is where backtracking hides.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from time import process_time

import pytest

import harvester.documents
import harvester.korean
import harvester.pages
import harvester.texts
import harvester.topics

PIECES = tuple('가a1 \n(),.<>&"-※ㅇ[]:/')
PIECES += ("&amp;", "1.", "1,", "가 ", "가·", "(가", "02-", "2024.", "2024.1.", "<a ", "</", "a=", "&#1", "… ", "...")
PIECES += ("- ", " \n", "가(")
SHORT, LONG = 100, 400
QUADRATIC = 16
"""Times the work that four times the text takes where each letter is looked at from each."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    packages = (harvester.pages, harvester.korean, harvester.documents, harvester.topics)
    names = [
        found.name for each in packages for found in pkgutil.walk_packages(each.__path__, prefix=f"{each.__name__}.")
    ]
    for name in (*names, "harvester.texts"):
        for called, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{name}.{called}", value


PATTERNS = dict(patterns())


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = process_time()
    for _ in pattern.finditer(text):
        pass
    return process_time() - began


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_backtracks_without_end(name: str) -> None:
    pattern = PATTERNS[name]
    for piece in PIECES:
        spent = seconds(pattern, f"{piece * LONG}!")
        if spent > 0.05:
            before = max(seconds(pattern, f"{piece * SHORT}!"), 0.0005)
            assert spent / before < 2 * QUADRATIC, f"{piece!r}: {before:.3f} s, then {spent:.3f} s"
