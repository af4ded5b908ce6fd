"""What is read from pdf files."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.demo.pdf import make_pdf
from harvester.documents import UnreadableDocument
from harvester.documents.pdf import read_pdf
from harvester.documents.reading import read

FULL = 84
"""Half characters in a line of make_pdf."""
# No words of one letter: lines of one letter below each other are vertical writing to pdfium.
WORDS = st.text(st.sampled_from("가나다라마바사힣abcXYZ019.()<>&·"), min_size=2, max_size=9)
# And a paragraph that fills its last line must end like one, lest it be taken for a broken word.
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=30).map(" ".join).map("{}.".format), min_size=1, max_size=4)


def korean(seed: int, words: int) -> str:
    random = Random(seed)
    return " ".join(
        "".join(random.choices("가나다라마바사아자차카타파하", k=random.randint(2, 5))) for _ in range(words)
    )


def wrapped_between_syllables(text: str) -> list[str]:
    """As word processors do it for Korean unless told otherwise; the space before a new line ends the line."""
    lines, width = [""], 0
    for character in text:
        needed = 1 if character < "\u0100" else 2
        if width + needed > FULL and character != " ":
            lines.append("")
            width = 0
        lines[-1] += character
        width += needed
    return lines


@given(PARAGRAPHS)
def test_no_word_is_split_lost_or_glued(paragraphs: list[str]) -> None:
    document = read(make_pdf(paragraphs), "a.pdf")
    assert document.text.split() == " ".join(paragraphs).split()
    assert (document.kind, document.pages) == ("pdf", 1)


@given(st.lists(st.integers(10, 60), min_size=1, max_size=5), st.integers(0, 1000))
def test_wrapped_paragraphs_are_put_together(lengths: list[int], seed: int) -> None:
    paragraphs = [f"{korean(seed + index, length)}." for index, length in enumerate(lengths)]
    assert read(make_pdf(paragraphs), "a.pdf").text.split("\n") == paragraphs


def test_words_broken_between_lines_are_whole_again() -> None:
    text = korean(7, 150) + "."
    assert read(make_pdf(wrapped_between_syllables(text)), "a.pdf").text == text


def test_without_evidence_lines_stay_as_printed() -> None:
    """Where no line ends with a space, nobody can tell a broken word from a whole one."""
    lines = [line.rstrip() for line in wrapped_between_syllables(korean(7, 150))]
    assert read(make_pdf(lines), "a.pdf").text.split("\n") == lines


def test_points_of_a_list_are_not_run_together() -> None:
    points = [f"○ {line[:40].ljust(40, '가')} " for line in wrapped_between_syllables(korean(3, 60))]
    assert read(make_pdf(points), "a.pdf").text.split("\n") == [point.strip() for point in points]


def test_hyphens_at_the_end_of_lines() -> None:
    assert read(make_pdf(["The infor-", "mation of 2024-", "2025 is here"]), "a.pdf").text.split("\n") == [
        "The information of 2024-",
        "2025 is here",
    ]


def test_several_pages() -> None:
    lines = [f"{number} 번째 줄" for number in range(100)]
    document = read(make_pdf(lines), "a.pdf")
    assert (document.text.split("\n"), document.pages) == (lines, 3)


def test_same_input_same_bytes() -> None:
    assert make_pdf(["가"], encrypted=True) == make_pdf(["가"], encrypted=True)


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read_pdf(content)
    return refused.value.reason


def test_what_is_refused() -> None:
    assert reason(make_pdf(["가"], encrypted=True)) == "encrypted"
    assert reason(make_pdf(["가"], scanned=True)) == "scanned images"
    assert reason(make_pdf([])) == "scanned images"
    assert reason(make_pdf(["가"])[:300]).startswith("damaged: ")
    several_pages = make_pdf([f"{number} 번째 줄" for number in range(100)])
    assert reason(several_pages.replace(b"12 0 obj", b"99 0 obj")) == "damaged: page 2 cannot be read"
    assert reason(b"%PDF-1.7 and nothing more").startswith("damaged: ")


def test_a_file_without_its_end_is_refused_and_what_stands_behind_it_is_not_minded() -> None:
    content = make_pdf(["보도자료", "다음 쪽"])
    assert reason(content[: content.rindex(b"startxref")]).startswith("damaged: cut off")
    assert read_pdf(content + b"<!-- log -->" * 500) == read_pdf(content)
    assert read_pdf(content[: content.rindex(b"%%EOF")]) == read_pdf(content)
