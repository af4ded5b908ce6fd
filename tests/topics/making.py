"""A made-up topic: the quarrel of cats and dogs."""

from harvester.topics import Topic
from harvester.topics.topic import read

PETS = """
topic = "pets"
version = 3
title = "반려동물"
never = ["경연대회*"]
lookalikes = ["강아지풀*"]

[points]
needed = 4
text = 2
beginning = 30

[[areas]]
key = "C"
name = "고양이"
ministries = ["농림축산식품부"]
points = 2

[[areas.rules]]
name = "고양이"
items = ["C-1"]
words = ["고양이*", "길 고양이*", "캣맘"]

[[areas.rules]]
name = "먹이"
words = ["사료*", "간식*"]
points = 2

[[areas]]
key = "D"
name = "개"

[[areas.rules]]
name = "개"
words = ["*강아지*", "CCTV*", "개물림*"]

[[areas.rules]]
name = "산책"
words = ["산책*"]
with = ["목줄*", "반려견*"]
"""


def pets(changed: str = "", into: str = "") -> Topic:
    """The topic; with one piece of its file replaced."""
    return read(edited(changed, into).encode(), "pets.toml")


def edited(changed: str = "", into: str = "") -> str:
    assert changed in PETS
    return PETS.replace(changed, into, 1) if changed else PETS
