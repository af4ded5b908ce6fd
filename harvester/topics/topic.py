"""A topic as its file declares it. The file is checked as a whole before anything is judged by it."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from harvester.korean.ministries import all_ministries
from harvester.topics.words import Finder, WrongWord, read_word

_MOST = 2**31 - 1
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}")


class WrongTopic(ValueError):
    """A topic's file cannot be used; the message names the place in it."""


@dataclass(frozen=True, slots=True)
class Points:
    needed: int
    """For a release to belong to an area."""
    text: int
    """For each word that only the text has."""
    beginning: int
    """How many characters of the text are looked at."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    items: tuple[str, ...]
    """What it stands for in the guideline behind the topic."""
    words: frozenset[str]
    partners: frozenset[str]
    """One of them must be there as well, where there are any."""
    points: int
    """For words of it in the title."""


@dataclass(frozen=True, slots=True)
class Area:
    key: str
    name: str
    ministries: frozenset[str]
    points: int
    """For being issued by one of these ministries."""
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Topic:
    name: str
    version: int
    title: str
    points: Points
    areas: tuple[Area, ...]
    never: frozenset[str]
    """In a title: the release belongs to no area."""
    lookalikes: frozenset[str]
    """Words that hold a word of a rule and mean something else."""
    digest: str
    """Of the file: rules that were changed without a new version are other rules all the same."""

    @cached_property
    def finder(self) -> Finder:
        of_rules = (word for area in self.areas for rule in area.rules for word in (*rule.words, *rule.partners))
        return Finder(map(read_word, {*of_rules, *self.never, *self.lookalikes}))

    @property
    def area_names(self) -> dict[str, str]:
        return {area.key: area.name for area in self.areas}

    @property
    def unknown_ministries(self) -> list[str]:
        """What no ministry is called in full, as releases call them, now or formerly."""
        known = {ministry.name for ministry in all_ministries()}
        return sorted({name for area in self.areas for name in area.ministries} - known)


def built_in() -> tuple[str, ...]:
    """The names of the topics that come with the program."""
    return tuple(sorted(file.name[:-5] for file in files("harvester.topics").iterdir() if file.name.endswith(".toml")))


@cache
def load(name: str) -> Topic:
    """A topic that comes with the program."""
    if name not in built_in():
        raise WrongTopic(f"there is no topic {name!r}; there are: {', '.join(built_in())}, or a file NAME.toml")
    return read(files("harvester.topics").joinpath(f"{name}.toml").read_bytes(), f"{name}.toml")


def load_file(path: Path) -> Topic:
    """A topic of somebody's own."""
    try:
        topic = read(path.read_bytes(), str(path))
    except OSError as error:
        raise WrongTopic(f"{path} cannot be read: {error.strerror or error}") from None
    if topic.name in built_in():
        raise WrongTopic(f"{path}: topic = {topic.name!r} is the name of a topic of the program; choose another")
    return topic


def read(content: bytes, where: str) -> Topic:
    try:
        # Some editors begin a file with a byte order mark.
        values = tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise WrongTopic(f"{where} is no TOML in UTF-8: {error}") from None
    except RecursionError:
        raise WrongTopic(f"{where} is no TOML in UTF-8: too deeply nested") from None
    table = _Table(values, where)
    points = _points(table.table("points"))
    areas = tuple(_area(each, points) for each in table.tables("areas"))
    topic = Topic(
        name=table.key("topic"),
        version=table.number("version", at_least=1),
        title=table.text("title"),
        points=points,
        areas=areas,
        never=table.words("never"),
        lookalikes=table.words("lookalikes"),
        digest=hashlib.sha256(content).hexdigest()[:16],
    )
    table.done()
    keys = [area.key for area in areas]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise WrongTopic(f"{where}: two areas have the key {twice[0]!r}")
    return topic


def _points(table: "_Table") -> Points:
    points = Points(
        needed=table.number("needed", at_least=1),
        text=table.number("text", at_least=0),
        beginning=table.number("beginning", at_least=0),
    )
    table.done()
    return points


def _area(table: "_Table", points: Points) -> Area:
    area = Area(
        key=table.key("key"),
        name=table.text("name"),
        ministries=frozenset(table.texts("ministries", ())),
        points=table.number("points", default=0),
        rules=tuple(_rule(each, points) for each in table.tables("rules")),
    )
    table.done()
    return area


def _rule(table: "_Table", points: Points) -> Rule:
    rule = Rule(
        name=table.text("name"),
        items=tuple(table.texts("items", ())),
        words=table.words("words", needed=True),
        partners=table.words("with"),
        points=table.number("points", default=points.needed),
    )
    table.done()
    return rule


class _Table:
    """A table of the file, from which each key is taken once; what is left over nobody knows."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._left = dict(values)
        self._where = where

    def _take(self, key: str, kind: type, what: str, default: Any = None) -> Any:
        value = self._left.pop(key, default)
        if value is None:
            raise WrongTopic(f"{self._where}: {key} is missing: {what}")
        # To Python true is a number.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise WrongTopic(f"{self._where}: {key} = {value!r} is wrong: it must be {what}")
        return value

    def text(self, key: str) -> str:
        value = str(self._take(key, str, "a text")).strip()
        if not value:
            raise WrongTopic(f"{self._where}: {key} is empty")
        return value

    def key(self, key: str) -> str:
        value = self.text(key)
        if not _KEY.fullmatch(value):
            raise WrongTopic(f"{self._where}: {key} = {value!r} is wrong: letters, digits and hyphens only")
        return value

    def number(self, key: str, *, at_least: int = 0, default: int | None = None) -> int:
        value = int(self._take(key, int, "a whole number", default))
        if value < at_least:
            raise WrongTopic(f"{self._where}: {key} = {value} is too small: at least {at_least}")
        if value > _MOST:
            raise WrongTopic(f"{self._where}: {key} = {value} is too large: at most {_MOST}")
        return value

    def texts(self, key: str, default: Iterable[str] | None = None) -> list[str]:
        values = self._take(key, list, "a list of texts", None if default is None else list(default))
        if wrong := [value for value in values if not isinstance(value, str) or not value.strip()]:
            raise WrongTopic(f"{self._where}: {key} holds {wrong[0]!r}: it must be a list of texts")
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise WrongTopic(f"{self._where}: {key} holds {twice[0]!r} twice")
        return list(values)

    def words(self, key: str, *, needed: bool = False) -> frozenset[str]:
        written = self.texts(key, None if needed else ())
        if needed and not written:
            raise WrongTopic(f"{self._where}: {key} is empty")
        for word in written:
            try:
                read_word(word)
            except WrongWord as error:
                raise WrongTopic(f"{self._where}: {key}: {error}") from None
        return frozenset(written)

    def table(self, key: str) -> "_Table":
        return _Table(self._take(key, dict, f"a table [{key}]"), f"{self._where}: [{key}]")

    def tables(self, key: str) -> list["_Table"]:
        values = self._take(key, list, f"tables [[{key}]]")
        if not values or not all(isinstance(value, dict) for value in values):
            raise WrongTopic(f"{self._where}: {key} must be tables [[{key}]], at least one")
        return [
            _Table(value, f"{self._where}: [[{key}]] {value.get('key') or value.get('name') or number}")
            for number, value in enumerate(values, start=1)
        ]

    def done(self) -> None:
        """Nothing may be left: a key written wrongly would be a rule that nobody follows."""
        if self._left:
            raise WrongTopic(f"{self._where}: {next(iter(self._left))!r} is no key here")
