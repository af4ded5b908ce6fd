"""What a reader of HWP files gives and refuses, on files made here: see harvester/demo/hwp.py."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from random import Random

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.demo.hwp import (
    ANCHOR,
    Records,
    control,
    equation,
    holding,
    listed,
    make_compound_file,
    make_file,
    make_hwp,
    number,
    pack,
    paragraph,
    plain,
    table,
    text_box,
)
from harvester.documents import limits
from harvester.documents.document import Document, UnreadableDocument
from harvester.documents.hwp import read_hwp

PARAGRAPHS = [
    "보도자료",
    "2024. 1. 17.(수) 조간부터 보도",
    "  ㅇ 산업통상자원부는 ｢가나다법｣ 시행령을 개정한다.",
    "- 담당: 홍길동(044-000-0000)",
]
FRAME = [["제목 줄\n부제 줄\n본문 줄"]]
FIGURES = [["구분", "’23년", "’24년"], ["수출", "", "100"], ["수입\n(잠정)", "80", "90"]]


def lines_of(*paragraphs: Records) -> list[str]:
    """What is read of a document of these paragraphs."""
    return read_hwp(make_file([pack(listed(paragraphs))])).text.split("\n")


def reason_of(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        read_hwp(content)
    return caught.value.reason


STAND_IN = "이 문서는 상위 버전의 배포용 문서입니다."
"""What distribution documents have in the place of their text; it comes last, and only where it can be read."""


def own_text(content: bytes) -> str:
    return read_hwp(content).text.removesuffix(f"\n{STAND_IN}")


def outcome(content: bytes) -> str:
    """The text in its quotes, or the first word of why there is none."""
    try:
        return repr(own_text(content))
    except UnreadableDocument as refusal:
        return re.split(r"[: ]", refusal.reason)[0]


REFUSALS = {"encrypted", "damaged", "empty", "too", "unknown"}


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


# --- texts ------------------------------------------------------------------------------------------------------------

WAYS = [
    {"compressed": compressed, "distribution": distribution}
    for compressed in (True, False)
    for distribution in (False, True)
]


@pytest.mark.parametrize("way", WAYS)
def test_paragraphs_and_tables_are_lines_however_they_are_packed(way: dict[str, bool]) -> None:
    document = read_hwp(make_hwp(PARAGRAPHS, [FRAME, FIGURES], **way))
    assert document.text.endswith(STAND_IN) == way["distribution"]
    assert replace(document, text=document.text.removesuffix(f"\n{STAND_IN}")) == Document(
        "\n".join(
            [
                *PARAGRAPHS,
                "제목 줄",
                "부제 줄",
                "본문 줄",
                "구분\t’23년\t’24년",
                "수출\t\t100",
                "수입 (잠정)\t80\t90",
            ]
        ),
        kind="hwp",
        pages=None,
    )


# What a writer may type; line feeds and tabs are tested by themselves.
WRITTEN = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\xa0"), max_size=60)


@settings(max_examples=150)
@given(st.lists(WRITTEN, min_size=1, max_size=12), st.sampled_from(WAYS))
def test_every_paragraph_is_a_line(paragraphs: list[str], way: dict[str, bool]) -> None:
    made = make_hwp(paragraphs, (), **way)
    if any(map(str.strip, paragraphs)):
        assert own_text(made).split("\n") == [each if each.strip() else "" for each in paragraphs]
    else:
        assert reason_of(made).startswith("empty")


CELL = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)


@settings(max_examples=100)
@given(st.lists(st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=5), min_size=1, max_size=3))
def test_every_row_is_a_line_with_its_cells_a_tab_apart(tables: list[list[list[str]]]) -> None:
    expected = ["글", *("\t".join(row) for rows in tables for row in rows)]
    assert read_hwp(make_hwp(["글"], tables)).text.split("\n") == expected


@settings(max_examples=60)
@given(st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=6))
def test_no_word_is_lost_or_glued_however_deep_tables_nest(words: list[list[str]]) -> None:
    inner: list[Records] = plain("속")
    for row in words:
        inner = [paragraph(f"위 {ANCHOR} 아래", [table([[inner, *(plain(word) for word in row)]])])]
    found = "\n".join(lines_of(*inner)).split()
    assert sorted(found) == sorted(["속", *["위", "아래"] * len(words), *(word for row in words for word in row)])


def test_a_frame_of_one_cell_keeps_tables_within_as_rows() -> None:
    inner = paragraph(ANCHOR, [table([[plain("가"), plain("나")], [plain("다"), plain("라")]])])
    frame = table([[[paragraph("앞 글"), inner, paragraph("뒷글")]]])
    assert lines_of(paragraph(ANCHOR, [frame])) == ["앞 글", "가\t나", "다\t라", "뒷글"]


def test_a_table_in_a_cell_of_a_row_is_one_cell_s_text() -> None:
    inner = paragraph(ANCHOR, [table([[plain("가"), plain("나")], [plain("다"), plain("라")]])])
    assert lines_of(paragraph(ANCHOR, [table([[[inner], plain("옆")]])])) == ["가 나 다 라\t옆"]


def test_rows_with_merged_cells_have_fewer() -> None:
    rows = [[plain("합친 제목")], [plain("가"), plain("나"), plain("다")], [plain("라"), plain("마")]]
    assert lines_of(paragraph(ANCHOR, [table(rows)])) == ["합친 제목", "가\t나\t다", "라\t마"]


def test_tabs_line_breaks_and_special_spaces() -> None:
    assert lines_of(paragraph("가\t나\n다\xa0라")) == ["가\t나", "다 라"]


def test_characters_beyond_the_first_plane_and_halves_of_them() -> None:
    [header, (tag, level, units), *rest] = paragraph("한𠀀글")
    assert lines_of([header, (tag, level, units), *rest]) == ["한𠀀글"]
    halved = units.replace("𠀀".encode("utf-16-le"), "\ud800가".encode("utf-16-le", "surrogatepass"))
    assert lines_of([header, (tag, level, halved), *rest]) == ["한\ufffd가글"]


def test_what_a_control_character_holds_is_no_text() -> None:
    """Its pointer may look like any character, even one of two code units."""
    [header, (tag, level, units), *rest] = paragraph(f"앞{ANCHOR}뒤", [control("bokm")])
    strange = units.replace(bytes(8), "𠀀𠀀".encode("utf-16-le"))
    assert strange != units
    assert lines_of([header, (tag, level, strange), *rest]) == ["앞뒤"]


# --- what hangs in paragraphs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["head", "foot", "fn  ", "en  "])
def test_headers_footers_and_notes_come_after_their_paragraph(kind: str) -> None:
    hung = control(kind, bytes(8), holding(plain("첫째\n둘째")))
    assert lines_of(paragraph(f"단{ANCHOR}어 사이", [hung]), paragraph("다음")) == ["단어 사이", "첫째", "둘째", "다음"]


def test_notes_and_captions_begin_with_their_numbers() -> None:
    note = control("fn  ", bytes(8), holding([paragraph(f"{ANCHOR} 각주", [number(3, ")")])]))
    assert lines_of(paragraph(f"글{ANCHOR}", [note])) == ["글", "3) 각주"]


def test_a_caption_stands_above_its_table() -> None:
    caption = [paragraph(f"표 {ANCHOR}. 수출", [number(1)])]
    assert lines_of(paragraph(ANCHOR, [table([[plain("가"), plain("나")]], caption)])) == ["표 1. 수출", "가\t나"]


def test_a_caption_may_stand_below() -> None:
    made = table([[plain("가"), plain("나")]], plain("출처"))
    [at] = [index for index, record in enumerate(made) if record[2][8:12] == struct.pack("<I", 2) and record[0] == 0x48]
    tag, level, body = made[at]
    made[at] = (tag, level, body[:8] + struct.pack("<I", 3) + body[12:])
    assert lines_of(paragraph(ANCHOR, [made])) == ["가\t나", "출처"]


def test_a_text_box_stands_where_it_is_anchored() -> None:
    box = text_box(plain("상자 속\n둘째 줄"))
    assert lines_of(paragraph(f"앞 {ANCHOR} 뒤", [box])) == ["앞 ", "상자 속", "둘째 줄", " 뒤"]


def test_a_floating_box_does_not_split_the_word_it_is_anchored_in() -> None:
    assert lines_of(paragraph(f"산업{ANCHOR}통상 자원", [text_box(plain("상자"))])) == ["산업통상 자원", "상자"]


def test_a_box_that_stands_as_a_character_does_not_glue_words() -> None:
    box = text_box(plain("상자"), as_character=True)
    assert lines_of(paragraph(f"앞{ANCHOR}뒤", [box])) == ["앞", "상자", "뒤"]


def test_boxes_grouped_into_one_shape() -> None:
    [header, shape, *inside] = text_box(plain("첫째 상자"))
    other = text_box(plain("둘째 상자"))[1:]
    grouped = [header, (0x4C, 1, b"noc$" * 2), *((t, n + 1, b) for t, n, b in [shape, *inside, *other])]
    assert lines_of(paragraph(ANCHOR, [grouped])) == ["첫째 상자", "둘째 상자"]


def test_an_equation_is_its_script() -> None:
    found = lines_of(paragraph(f"식은{ANCHOR}이다", [equation("{속도} over {시간}")]))
    assert found == ["식은 {속도} over {시간} 이다"]


def counted(text: str) -> bytes:
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def test_text_with_text_above_it_and_characters_laid_over_each_other() -> None:
    above = control("tdut", counted("본말") + counted("덧말") + bytes(20))
    overlaid = control("tcps", counted("②") + bytes(8))
    assert lines_of(paragraph(f"{ANCHOR} 그리고 {ANCHOR}", [above, overlaid])) == ["본말 덧말 그리고 ②"]


def test_text_art_is_text() -> None:
    art = control("gso ", bytes(42), [(0x4C, 0, b"tat$" * 2), (0x5A, 1, bytes(32) + counted("보도자료") + bytes(30))])
    assert lines_of(paragraph(ANCHOR, [art])) == ["보도자료"]


def test_what_is_written_on_form_fields() -> None:
    properties = "CommonSet:set:50:Name:wstring:4:Edit1 EditSet:set:20:Text:wstring:5:접수 번호 MultiLine:bool:0 "
    field = control("form", bytes(42), [(0x5B, 0, b"tde+tde+" + bytes(4) + counted(properties))])
    assert lines_of(paragraph(f"란{ANCHOR}끝", [field])) == ["란 접수 번호 끝"]


def test_a_field_s_text_stands_in_its_paragraph() -> None:
    assert lines_of(paragraph(f"이름: {ANCHOR}홍길동", [control("%clk", bytes(20))])) == ["이름: 홍길동"]


def test_hidden_comments_are_left_out() -> None:
    comment = control("tcmt", b"", holding(plain("숨은 설명")))
    assert lines_of(paragraph(f"보이는{ANCHOR} 글", [comment])) == ["보이는 글"]


def test_sections_come_in_the_order_of_their_numbers() -> None:
    sections = [pack(listed([paragraph(f"{index}장")])) for index in range(12)]
    assert read_hwp(make_file(sections)).text.split("\n") == [f"{index}장" for index in range(12)]


# --- refusals ---------------------------------------------------------------------------------------------------------


def with_flag(bit: int) -> bytes:
    made = make_hwp(PARAGRAPHS)
    at = made.index(b"HWP Document File") + 36
    flags = int.from_bytes(made[at : at + 4], "little") | 1 << bit
    return made[:at] + flags.to_bytes(4, "little") + made[at + 4 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_hwp(PARAGRAPHS, encrypted=True), "encrypted: a password"),
        (with_flag(1), "encrypted: a password"),
        (with_flag(4), "encrypted: locked"),
        (with_flag(8), "encrypted: locked"),
        (with_flag(10), "encrypted: locked"),
        (b"", "empty"),
        (make_hwp([]), "empty"),
        (make_hwp(["", " ", "\t"], [[[""], ["", ""]]]), "empty"),
        (b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(2000), "unknown kind: HWP 3"),
        (b"PK\x03\x04" + bytes(2000), "unknown kind"),
        (b"%PDF-1.7\n" + bytes(2000), "unknown kind"),
        ("글".encode() * 700, "unknown kind"),
        (make_compound_file({"WordDocument": bytes(5000)}), "unknown kind"),
        (make_compound_file({"FileHeader": bytes(256)}), "unknown kind"),
        (make_compound_file({"FileHeader": b"HWP Document File".ljust(35, b"\0") + b"\4" + bytes(9)}), "unknown kind"),
        (make_compound_file({"FileHeader": b"HWP Document File"}), "damaged: FileHeader"),
        (make_hwp(PARAGRAPHS)[:400], "damaged"),
        (with_flag(2), "damaged: section 1 is missing"),
    ],
)
def test_refusals_begin_with_a_word_for_their_kind(content: bytes, reason: str) -> None:
    assert reason_of(content).startswith(reason)


def test_a_file_larger_than_a_document_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 3000)
    assert reason_of(make_hwp(PARAGRAPHS)).startswith("too large")


# --- damage: never half a text for the whole --------------------------------------------------------------------------


def damaged_section(change: Callable[[Records], Records]) -> str:
    """Why a section is refused whose records are changed so, though it is packed faultlessly."""
    made = table([[plain("가"), plain("나")]], plain("표 제목"))
    records = listed([paragraph("처음"), paragraph(ANCHOR, [made]), paragraph("끝")])
    assert read_hwp(make_file([pack(records)])).text == "처음\n표 제목\n가\t나\n끝"
    return reason_of(make_file([pack(change(records))]))


def places(records: Records, tag: int) -> list[int]:
    return [index for index, record in enumerate(records) if record[0] == tag]


def without(tag: int, which: int, through: int | None = None) -> Callable[[Records], Records]:
    """Records without one, or without those from one to before another of a tag."""

    def change(records: Records) -> Records:
        start = places(records, tag)[which]
        end = start + 1 if through is None else next(at for at in places(records, through) if at > start)
        return records[:start] + records[end:]

    return change


def shortened(tag: int, end: int) -> Callable[[Records], Records]:
    return lambda records: [(t, level, body[:end] if t == tag else body) for t, level, body in records]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(without(0x43, 0), id="a paragraph without its text"),
        pytest.param(without(0x47, 0), id="an anchor without its control"),
        pytest.param(without(0x48, 1, 0x48), id="a table without a cell"),
        pytest.param(without(0x42, 3, 0x48), id="a cell without its paragraph"),
        pytest.param(without(0x48, 0), id="a caption without its list"),
        pytest.param(without(0x42, 0), id="a text without its paragraph"),
        pytest.param(shortened(0x43, -2), id="texts too short"),
        pytest.param(shortened(0x48, 9), id="cells too short"),
        pytest.param(shortened(0x4D, 18), id="tables too short"),
        pytest.param(shortened(0x42, 3), id="paragraphs without a length"),
        pytest.param(lambda records: [(t, n and n + 1, b) for t, n, b in records], id="levels left out"),
    ],
)
def test_inconsistent_records_are_damage(change: Callable[[Records], Records]) -> None:
    assert damaged_section(change).startswith("damaged: section 1 ")


def test_a_document_with_a_bad_section_has_no_text_at_all() -> None:
    good = pack(listed([paragraph("첫째 장")]))
    bad = pack(listed(plain("둘째 장\n끝")))[:-20]
    assert reason_of(make_file([good, bad])) == "damaged: section 2 ends early"


def test_a_lost_section_is_missed() -> None:
    whole = make_file([pack(listed([paragraph(text)])) for text in ("첫째", "둘째")])
    name = "Section1".encode("utf-16-le")
    assert whole.count(name) == 1
    assert reason_of(whole.replace(name, "Elsewhe1".encode("utf-16-le"))) == "damaged: section 2 is missing"


def test_padding_at_the_end_is_no_damage_but_other_bytes_are() -> None:
    section = pack(listed(plain("가\n나")))
    for padding in (1, 2, 3, 4, 100):
        assert read_hwp(make_file([section + bytes(padding)])).text == "가\n나"
    assert reason_of(make_file([section + bytes(8) + b"\x01"])).startswith("damaged: section 1")
    assert reason_of(make_file([section + b"\x42\x00"])) == "damaged: section 1 ends early"


def test_a_deflate_stream_without_its_end_is_whole_when_the_last_paragraph_is_there() -> None:
    section = pack(listed(plain("가\n나")))
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    endless = packer.compress(section) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert read_hwp(make_file([endless], ready=True)).text == "가\n나"

    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    cut = packer.compress(pack(paragraph("가"))) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert reason_of(make_file([cut], ready=True)) == "damaged: section 1 ends early"


def test_streams_without_check_sums_and_sections_that_lie_plainly_are_fine() -> None:
    section = pack(listed(plain("가\n나")))
    assert read_hwp(make_file([raw_deflate(section)], ready=True)).text == "가\n나"
    assert read_hwp(make_file([section], ready=True)).text == "가\n나"


def test_check_sums_that_do_not_fit() -> None:
    section = pack(listed([paragraph("제2024-17호")]))
    changed = pack(listed([paragraph("제2023-17호")]))
    for sums in ((zlib.crc32(section), len(section)), (zlib.crc32(changed), len(changed) + 1)):
        packed = raw_deflate(changed) + struct.pack("<II", *sums)
        assert reason_of(make_file([packed], ready=True)) == "damaged: section 1 does not fit its check sums"
    # Many files have no more than the length.
    packed = raw_deflate(changed) + struct.pack("<II", 0, len(changed))
    assert read_hwp(make_file([packed], ready=True)).text == "제2023-17호"


def mutated(content: bytes, dice: Random) -> bytes:
    made = bytearray(content)
    at = dice.randrange(len(made))
    match dice.randrange(6):
        case 0:
            for _ in range(dice.choice([1, 1, 2, 30])):
                made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
        case 1:
            del made[at:]
        case 2:
            del made[at : at + dice.randrange(1, 700)]
        case 3:
            made[at : at + 16] = dice.randbytes(16)
        case 4:
            # Numbers of sectors, sizes, counts.
            at -= at % 4
            made[at : at + 4] = struct.pack("<I", dice.choice([0, 1, 2, 0xFFFFFFFF, 0xFFFFFFFE, dice.getrandbits(32)]))
        case _:
            at = 24 + dice.randrange(13) * 4
            made[at : at + 4] = struct.pack("<I", dice.choice([0, 1, 5, 0xFFFFFFFF, 0xFFFFFFFE, dice.getrandbits(32)]))
    return bytes(made)


@pytest.mark.parametrize("distribution", [False, True])
def test_damaged_files_give_the_whole_text_or_none(distribution: bool) -> None:
    paragraphs = [f"{index}. 가나다 {index * 7919 % 1000}" for index in range(400)]
    content = make_hwp(paragraphs, [FIGURES], distribution=distribution)
    whole = outcome(content)
    dice = Random(17)
    outcomes = {outcome(mutated(content, dice)) for _ in range(600)}
    assert {whole, "damaged"} <= outcomes <= {whole, *REFUSALS}


def test_damaged_records_without_check_sums_raise_nothing_else() -> None:
    note = control("fn  ", bytes(8), holding([paragraph(f"{ANCHOR} 각주", [number(1, ")")])]))
    pieces = [note, text_box(plain("상자\n속")), equation("a over b"), table([[plain("가"), plain("나")]], plain("표"))]
    section = pack(listed([paragraph(f"앞 {ANCHOR}{ANCHOR} 사이 {ANCHOR} 뒤 {ANCHOR}", pieces), *plain("둘째\n끝")]))
    dice = Random(17)
    outcomes = {outcome(make_file([mutated(section, dice)], compressed=False)) for _ in range(600)}
    assert {each for each in outcomes if each[0] not in "'\""} <= {"damaged", "empty", "too"}


@settings(max_examples=150)
@given(st.binary(max_size=3000))
def test_any_bytes_are_a_document_or_refused(content: bytes) -> None:
    for each in (content, bytes.fromhex("d0cf11e0a1b11ae1") + content, make_file([content or b"\0"], ready=True)):
        assert reason_of(each)


# --- bounds -----------------------------------------------------------------------------------------------------------


def deflated_many(block: bytes, times: int) -> bytes:
    """A block many times over, deflated once with nothing remembered."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)) * times + raw_deflate(b"")


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(deflated_many(bytes(2**20), 1000), id="a gigabyte of zeros"),
        pytest.param(deflated_many(pack(paragraph("글" * 500)) * 500, 1000), id="half a gigabyte of text"),
        pytest.param(deflated_many(pack(paragraph("글")) * 3000, 150), id="records by the million"),
        pytest.param(deflated_many(pack(paragraph("글" * 900)), 30_000), id="text by the million"),
        pytest.param(raw_deflate(pack(paragraph("\n" * 2_000_000))), id="line breaks by the million"),
    ],
)
def test_bombs_are_too_large(section: bytes) -> None:
    assert reason_of(make_file([section], ready=True)).startswith("too large")


def test_sections_that_are_too_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    section = pack(listed([paragraph("글" * 100)]))
    monkeypatch.setattr(limits, "LARGEST_WHOLE", 5 * len(section))
    assert read_hwp(make_file([section] * 5)).text
    assert reason_of(make_file([section] * 6)).startswith("too large")


def in_tables(depth: int, inner: Records, beside: bool) -> Records:
    for _ in range(depth):
        inner = paragraph(ANCHOR, [table([[[inner], plain("옆")] if beside else [[inner]]])])
    return inner


@pytest.mark.parametrize("beside", [False, True])
def test_tables_nest_deep_but_not_without_end(beside: bool) -> None:
    row = f"속{' 옆' * 149}\t옆"
    assert lines_of(in_tables(150, paragraph("속"), beside)) == [row if beside else "속"]
    assert reason_of(make_file([pack(in_tables(250, paragraph("속"), beside))])).startswith("too large")
    assert reason_of(make_file([pack(in_tables(500, paragraph("속"), beside))])).startswith("too large")


def test_text_that_nesting_would_copy_again_and_again_is_too_large() -> None:
    assert reason_of(make_file([pack(in_tables(190, paragraph("글" * 400_000), True))])).startswith("too large")
    assert reason_of(make_file([pack(in_tables(190, paragraph("글\n" * 20_000), False))])).startswith("too large")


PLACES = {
    "sector_shift": (30, 2),
    "small_shift": (32, 2),
    "fat": (44, 4),
    "directory": (48, 4),
    "small_fat": (64, 4),
    "table": (68, 4),
    "tables": (72, 4),
}


def claiming(claims: dict[str, int]) -> bytes:
    """A file whose header of the compound file claims something."""
    made = bytearray(make_hwp(PARAGRAPHS))
    for name, value in claims.items():
        at, size = PLACES[name]
        made[at : at + size] = value.to_bytes(size, "little")
    return bytes(made)


@pytest.mark.parametrize(
    "claims",
    [
        {"fat": 0xFFFFFFFF, "tables": 0x2040810, "table": 0},
        {"fat": 0x7FFFFFFF},
        {"tables": 0xFFFFFFFF},
        {"small_fat": 0xFFFFFFFF},
        {"sector_shift": 31},
        {"sector_shift": 0},
        {"small_shift": 0},
        {"directory": 0xFFFFFFFE},
        {"directory": 0x00FFFFFF},
    ],
)
def test_claims_of_the_compound_file_are_not_believed(claims: dict[str, int]) -> None:
    assert reason_of(claiming(claims)).startswith(("damaged", "unknown kind"))


def test_a_stream_that_claims_to_be_larger_than_the_file() -> None:
    made = bytearray(make_hwp(PARAGRAPHS))
    entry = made.index("Section0".encode("utf-16-le"))
    made[entry + 120 : entry + 124] = struct.pack("<I", 0x7FFFFFFF)
    assert reason_of(bytes(made)) == "damaged: BodyText/Section0 ends early"


def test_chains_of_sectors_that_run_in_circles() -> None:
    made = bytearray(make_hwp([f"{index} 가나다" for index in range(900)], compressed=False))
    table_at = 512 * (1 + int.from_bytes(made[76:80], "little"))
    whole = outcome(bytes(made))
    for sector in range(len(made) // 512 - 1):
        looped = bytearray(made)
        looped[table_at + 4 * sector : table_at + 4 * sector + 4] = struct.pack("<I", sector)
        assert outcome(bytes(looped)) in (whole, "damaged", "unknown")


def test_a_directory_of_thousands_of_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = {f"BinData/BIN{index:04X}.bmp": b"." for index in range(300)}
    assert reason_of(make_compound_file(streams)).startswith("unknown kind")
    monkeypatch.setattr(limits, "MOST_PARTS", 200)
    assert reason_of(make_compound_file(streams)).startswith("too large")


# --- the files made here ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [*WAYS, {"encrypted": True}])
def test_the_made_files_are_faultless_compound_files(way: dict[str, bool]) -> None:
    made = make_hwp(PARAGRAPHS * 200, [FIGURES], **way)
    assert made == make_hwp(PARAGRAPHS * 200, [FIGURES], **way)
    with olefile.OleFileIO(io.BytesIO(made), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert file.parsing_issues == []
        assert {"FileHeader", "DocInfo", "BodyText/Section0"} <= {"/".join(path) for path in file.listdir()}
        assert file.openstream("FileHeader").read().startswith(b"HWP Document File")


@settings(max_examples=40)
@given(st.dictionaries(st.text("abc012", min_size=1, max_size=9), st.binary(max_size=9000), min_size=1, max_size=30))
def test_compound_files_give_back_their_streams(streams: dict[str, bytes]) -> None:
    with olefile.OleFileIO(io.BytesIO(make_compound_file(streams)), raise_defects=olefile.DEFECT_INCORRECT) as file:
        assert {"/".join(path): file.openstream(path).read() for path in file.listdir()} == streams


def test_a_compound_file_too_large_for_its_own_table() -> None:
    with pytest.raises(ValueError, match="more than"):
        make_compound_file({"FileHeader": bytes(8 * 2**20)})
