"""A topic's file: what is wrong with it is said, with the place."""

from pathlib import Path

import pytest

from harvester.topics import WrongTopic, built_in, load, load_file
from harvester.topics.topic import read

from .making import edited, pets


def test_a_second_topic_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(edited(), encoding="utf-8")
    topic = load_file(path)
    assert (topic.name, topic.version, topic.title) == ("pets", 3, "반려동물")
    assert topic.area_names == {"C": "고양이", "D": "개"}
    assert topic.areas[0].rules[0].items == ("C-1",)


@pytest.mark.parametrize(
    ("changed", "into", "said"),
    [
        ("version = 3", "", "version is missing"),
        ("version = 3", "version = 0", "version = 0 is too small"),
        ("version = 3", "version = true", "version = True is wrong: it must be a whole number"),
        ('topic = "pets"', 'topic = "my pets"', "letters, digits and hyphens only"),
        ("never =", "nver =", "'nver' is no key here"),
        ('words = ["사료*", "간식*"]\n', 'word = ["사료*"]\n', "[[rules]] 먹이: words is missing"),
        ("points = 2\n\n[[areas]]", "pionts = 2\n\n[[areas]]", "[[rules]] 먹이: 'pionts' is no key here"),
        ('"간식*"]', '"간*"]', "'간*' is a single character"),
        ('"간식*"]', '"간*식"]', "'간*식' is no word"),
        ('"간식*"]', "7]", "words holds 7"),
        ('"간식*"]', '"사료*"]', "words holds '사료*' twice"),
        ('["사료*", "간식*"]', "[]", "words is empty"),
        ('key = "D"', 'key = "C"', "two areas have the key 'C'"),
        ("[points]", "[point]", "points is missing"),
        ("needed = 4", "needed = 0", "needed = 0 is too small"),
        ("needed = 4", "needed = ", "is no TOML"),
        ("version = 3", "version = 99999999999999999999", "is too large: at most 2147483647"),
        ("version = 3", f"version = 1{'0' * 5_000}", "is no TOML"),
        ("beginning = 30", "beginning = 99999999999999999999", "is too large: at most 2147483647"),
        ("version = 3", f"version = {'[' * 100_000}", "is no TOML in UTF-8: too deeply nested"),
    ],
)
def test_what_is_wrong_is_named(changed: str, into: str, said: str) -> None:
    with pytest.raises(WrongTopic) as refused:
        pets(changed, into)
    assert said in str(refused.value)
    assert str(refused.value).startswith("pets.toml")


def test_a_byte_order_mark_is_no_word(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(edited(), encoding="utf-8-sig")
    assert load_file(path).name == "pets"


def test_ministries_are_written_in_full() -> None:
    assert pets().unknown_ministries == []
    assert pets('["농림축산식품부"]', '["없는부처", "농식품부", "해양수산부"]').unknown_ministries == [
        "농식품부",
        "없는부처",
    ]


def test_a_file_without_areas_is_no_topic() -> None:
    with pytest.raises(WrongTopic, match="areas is missing"):
        read(b'topic = "a"\nversion = 1\ntitle = "b"\n[points]\nneeded = 1\ntext = 1\nbeginning = 1\n', "a.toml")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(WrongTopic, match="cannot be read"):
        load_file(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(WrongTopic, match="no TOML in UTF-8"):
        load_file(tmp_path / "bytes.toml")


def test_a_topic_of_ones_own_does_not_take_a_name_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(edited('"pets"', '"esg"'), encoding="utf-8")
    with pytest.raises(WrongTopic, match="choose another"):
        load_file(path)


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(WrongTopic, match=r"there is no topic 'egs'; there are: esg"):
        load("egs")


def test_other_rules_have_another_digest() -> None:
    assert pets().digest == pets().digest
    assert pets().digest != pets('"간식*"', '"과자*"').digest


@pytest.mark.parametrize("name", built_in())
def test_the_topics_of_the_program_are_in_order(name: str) -> None:
    topic = load(name)
    assert topic.name == name
    assert topic.unknown_ministries == []
    for area in topic.areas:
        for rule in area.rules:
            assert rule.items, rule.name
            assert all(item.startswith(f"{area.key}-") for item in rule.items) or area.key == "P", rule.name


def test_the_areas_of_esg_are_those_of_the_guideline() -> None:
    assert load("esg").area_names == {"P": "정보공시", "E": "환경", "S": "사회", "G": "지배구조"}
