"""What stands in brackets before a title: `[보도참고]`, `(국영문 동시배포)`, `[7.30.수.조간]`."""

import re

_CLOSER = {"(": ")", "[": "]", "<": ">", "（": "）", "［": "］", "【": "】", "〈": "〉", "＜": "＞"}
_CLOSERS = frozenset(_CLOSER.values())
_LONGEST = 40
# `(주)`, `(재)`, `(사)`, `(한)`: a single syllable in round brackets is the legal form of the name that follows.
_PART_OF_A_NAME = re.compile(r"[(（]\s*(?:[가-힣]|가칭)\s*[)）]")


def read_prefix(title: str) -> str | None:
    """The bracket prefix at the start of a title, as printed, several in a row taken together; None if there is none.

    No prefix is: a bracket that is the whole title or never closes, one of more than 40 characters, and `(주)` or
    `(가칭)`, which belong to the name after them. About 15 % of the site's titles have a prefix.
    """
    title = title.strip()
    end = 0
    while (after := _bracket_end(title, _skip_spaces(title, end))) is not None and title[after:].strip():
        end = after
    return title[:end] or None


def _skip_spaces(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _bracket_end(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` has closed, if it is one that can be a prefix."""
    awaited: list[str] = []
    for position in range(start, min(len(text), start + _LONGEST)):
        character = text[position]
        if character in _CLOSER:
            awaited.append(_CLOSER[character])
        elif character in _CLOSERS and (not awaited or awaited.pop() != character):
            return None
        if not awaited:
            bracket = text[start : position + 1]
            empty = not bracket[1:-1].strip()
            return None if empty or _PART_OF_A_NAME.fullmatch(bracket) else position + 1
    return None
