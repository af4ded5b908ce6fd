"""Ways to spoil a page: each takes bytes and gives others. What they touch, judging.py finds out."""

import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, bytes, Random], bytes]
"""The page, another page of the same kind, the dice."""

_TAG = re.compile(rb"<[^<>]*>")
_ATTRIBUTE = re.compile(rb"""([\w-]+)=("[^"<>]*"|'[^'<>]*')""")
_TEXT = re.compile(rb">([^<>]*[^\s<>][^<>]*)<")
_NUMBER = re.compile(rb"[0-9]+")
_ENTITY = re.compile(rb"&#?\w+;")
_SIMPLE = re.compile(rb"<(\w+)(?:\s[^<>]*)?>[^<>]*</\1>")
_BLOCK = re.compile(rb"<(li|tr|p|span|td|div|strong|a|h1|h3|dd|ul)\b[^<>]*>.{0,1500}?</\1>", re.DOTALL)
_JSON = re.compile(rb'"([\w@]+)": ')
_WORDS = (
    "희토류",
    "점검",
    "2024.01.17",
    "<홍길동>",
    "a < b",
    "&",
    "&amp;lt;b&amp;gt;",
    "·",
    "",
    "𝒳",
    "환경부",
    "0",
    "“”",
)
_STRAY = (b"<!--", b"-->", b"<", b">", b'"', b"'", b"</", b"<script>", b"</script>", b"<style>", b"<div>", b"</div>")
_STRAY += (b"<p>", b"</a>", b"</span>", b"<span>", b"<strong>", b"</li>", b"<li>", b"<br>", b"<textarea>", b"<![CDATA[")
_STRAY += (b"<title>", b"<template>", b"<plaintext>", b"<svg>", b"<table>", b"<td>", b"<noscript>", b"\x00", b"\xff")


def _one(pattern: re.Pattern[bytes], page: bytes, dice: Random) -> re.Match[bytes] | None:
    """A match near a place by chance: to look through the whole page for each would cost more than to read it."""
    place = dice.randrange(max(len(page), 1))
    return pattern.search(page, place) or pattern.search(page)


def _put(page: bytes, start: int, end: int, new: bytes) -> bytes:
    return page[:start] + new + page[end:]


def flip_bits(page: bytes, other: bytes, dice: Random) -> bytes:
    spoiled = bytearray(page)
    for _ in range(dice.choice((1, 1, 1, 3))):
        spoiled[dice.randrange(len(page))] ^= 1 << dice.randrange(8)
    return bytes(spoiled)


def other_byte(page: bytes, other: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(page))
    return _put(page, place, place + 1, bytes([dice.randrange(32, 127)]))


def lose_end(page: bytes, other: bytes, dice: Random) -> bytes:
    return page[: dice.randrange(len(page))]


def lose_piece(page: bytes, other: bytes, dice: Random) -> bytes:
    start = dice.randrange(len(page))
    return _put(page, start, start + dice.choice((1, 2, 5, 20, 100, 400, 2000)), b"")


def delete_tag(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TAG, page, dice)
    return _put(page, *found.span(), b"") if found else page


def double_tag(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TAG, page, dice)
    return _put(page, found.end(), found.end(), found[0]) if found else page


def rename_tag(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TAG, page, dice)
    name = dice.choice((b"b", b"p", b"div", b"x", b"textarea", b"script", b"table"))
    return _put(page, *found.span(), re.sub(rb"(?<=</)\w+|(?<=<)\w+", name, found[0], count=1)) if found else page


def move_tag(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TAG, page, dice)
    if not found:
        return page
    without = _put(page, *found.span(), b"")
    place = max(found.start() + dice.randrange(-200, 200), 0)
    return _put(without, place, place, found[0])


def swap_attributes(page: bytes, other: bytes, dice: Random) -> bytes:
    first = _one(_ATTRIBUTE, page, dice)
    second = _ATTRIBUTE.search(page, first.end()) if first else None
    if not first or not second:
        return page
    between = page[first.end(2) : second.start(2)]
    return _put(page, first.start(2), second.end(2), second[2] + between + first[2])


def drop_attribute(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_ATTRIBUTE, page, dice)
    return _put(page, *found.span(), b"") if found else page


def change_number(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_NUMBER, page, dice)
    if not found:
        return page
    number = int(found[0][-15:])
    new = dice.choice(
        (number + 1, number - 1, number * 10, number + 20, 0, 2, 99999999, dice.randrange(10 ** len(found[0])))
    )
    return _put(page, *found.span(), str(max(new, 0)).encode())


def swap_texts(page: bytes, other: bytes, dice: Random) -> bytes:
    first = _one(_TEXT, page, dice)
    second = _TEXT.search(page, first.end() - 1) if first else None
    if not first or not second:
        return page
    between = page[first.end(1) : second.start(1)]
    return _put(page, first.start(1), second.end(1), second[1] + between + first[1])


def change_text(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TEXT, page, dice)
    if not found:
        return page
    text = found[1].decode("utf-8", "replace")
    place = dice.randrange(len(text) + 1)
    word = dice.choice(_WORDS)
    new = dice.choice((text[:place] + word + text[place:], word, text[:place], text[place:], text + text))
    return _put(page, *found.span(1), new.encode())


def splice(page: bytes, other: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(page))
    return page[:place] + other[place if dice.random() < 0.5 else dice.randrange(len(other)) :]


def splice_at_a_row(page: bytes, other: bytes, dice: Random) -> bytes:
    """Both pages whole before and after: as a cache or a balancer mixes them."""
    first, second = _one(_TAG, page, dice), _one(_TAG, other, dice)
    return page[: first.start()] + other[second.start() :] if first and second else page


def insert_of_other(page: bytes, other: bytes, dice: Random) -> bytes:
    found, place = _one(_BLOCK, other, dice), _one(_TAG, page, dice)
    return _put(page, place.end(), place.end(), found[0]) if found and place else page


def replace_by_other(page: bytes, other: bytes, dice: Random) -> bytes:
    """An element by one of the other page that has the same name."""
    found = _one(_BLOCK, page, dice)
    same = [each[0] for each in _BLOCK.finditer(other) if found and each[1] == found[1]]
    return _put(page, *found.span(), dice.choice(same)) if found and same else page


def repeat_block(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_BLOCK, page, dice)
    return _put(page, found.end(), found.end(), found[0] * dice.choice((1, 1, 2, 30))) if found else page


def delete_block(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_BLOCK, page, dice)
    return _put(page, *found.span(), b"") if found else page


def delete_element(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_SIMPLE, page, dice)
    return _put(page, *found.span(), b"") if found else page


def swap_blocks(page: bytes, other: bytes, dice: Random) -> bytes:
    first = _one(_BLOCK, page, dice)
    second = _BLOCK.search(page, first.end()) if first else None
    if not first or not second:
        return page
    return _put(page, first.start(), second.end(), second[0] + page[first.end() : second.start()] + first[0])


def damage_entity(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_ENTITY, page, dice)
    if not found:
        return page
    old = found[0]
    new = dice.choice(
        (old[:-1], old[1:], b"&" + old, old[:-2] + b";", old * 2, b"&#0;", b"&#x110000;", b"&#xD800;", b"&#27;")
    )
    return _put(page, *found.span(), new)


def other_encoding(page: bytes, other: bytes, dice: Random) -> bytes:
    text = page.decode()
    encoding = dice.choice(("cp949", "utf-16", "utf-8-sig", "mojibake", "half"))
    if encoding == "mojibake":
        return page.decode("latin-1").encode()
    if encoding == "half":
        place = dice.randrange(len(text))
        return text[:place].encode() + text[place:].encode("cp949", "replace")
    return text.encode(encoding, "replace")


def insert_stray(page: bytes, other: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(page))
    return _put(page, place, place, dice.choice(_STRAY))


def lose_quote(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(re.compile(rb"[\"']"), page, dice)
    return _put(page, *found.span(), b"") if found else page


def rename_class(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(re.compile(rb'(?<=(?:class|.name)=")[\w -]+'), page, dice)
    return _put(page, *found.span(), b"v6_" + found[0]) if found else page


def rename_key(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_JSON, page, dice)
    return _put(page, *found.span(1), b"x" + found[1][1:]) if found else page


def comment_out(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_BLOCK, page, dice)
    return _put(page, *found.span(), b"<!--" + found[0] + b"-->") if found else page


def other_case(page: bytes, other: bytes, dice: Random) -> bytes:
    found = _one(_TAG, page, dice)
    return _put(page, *found.span(), found[0].upper()) if found else page


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    other_byte,
    lose_end,
    lose_piece,
    delete_tag,
    double_tag,
    rename_tag,
    move_tag,
    swap_attributes,
    drop_attribute,
    change_number,
    swap_texts,
    change_text,
    splice,
    splice_at_a_row,
    insert_of_other,
    replace_by_other,
    repeat_block,
    delete_block,
    delete_element,
    swap_blocks,
    damage_entity,
    other_encoding,
    insert_stray,
    lose_quote,
    rename_class,
    rename_key,
    comment_out,
    other_case,
)


def mutate(page: bytes, other: bytes, places: tuple[bytes, bytes], dice: Random) -> tuple[str, bytes]:
    """The page spoiled in one way, and its name; mostly between two `places`, where what is read stands.

    Damage to the rest of a page is of little interest, though there is some of that, too.
    """
    mutation = dice.choice(MUTATIONS)
    if dice.random() < 0.12 or mutation in (lose_end, other_encoding):
        return mutation.__name__, mutation(page, other, dice)
    (start, end), (other_start, other_end) = _between(page, *places), _between(other, *places)
    spoiled = mutation(page[start:end], other[other_start:other_end], dice)
    return mutation.__name__, page[:start] + spoiled + page[end:]


def _between(page: bytes, first: bytes, last: bytes) -> tuple[int, int]:
    start = max(page.find(first), 0)
    end = page.find(last, start)
    return start, end if end > start else len(page)
