"""The documentation says what is: tables, commands, targets, links, variables, statuses, log lines, SQL, rules."""

import ast
import re
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from harvester.boards import BOARDS
from harvester.cli.main import VERBS, harvest
from harvester.spiders.arguments import plan_from_arguments
from harvester.store.database import open_to_write
from harvester.verdict import Exit

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "README.ko.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
OPERATING, DICTIONARY = TEXTS["docs/operating.md"], TEXTS["docs/data-dictionary.md"]
CODE = [*sorted((ROOT / "harvester").rglob("*.py")), *sorted((ROOT / "pipelines").rglob("*.py"))]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
ASSIGNMENT = re.compile(r"\w+=.*")

Command = list[str]


def fences(text: str, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(text) if language in languages]


def spans(text: str) -> list[str]:
    return [" ".join(span.split()) for span in SPAN.findall(FENCE.sub("", text))]


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table's rows, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def section(text: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading!r}"
    return found[1]


# Commands


def commands(line: str) -> Iterator[Command]:
    """The simple commands of a line of shell, without prompt, assignments and redirections."""
    line = re.sub(r"^(\$ |ExecStart=)", "", line.strip())
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: Command = []
    skip = False
    for token in [*lexer, ";"]:
        if skip:
            skip = False
        elif token and set(token) <= set("<>"):
            skip = True
            if words and words[-1].isdigit():
                words.pop()
        elif token and set(token) <= set(";&|()"):
            while words and ASSIGNMENT.fullmatch(words[0]):
                words.pop(0)
            if words:
                yield words
            words = []
        else:
            words.append(token)


def block_commands() -> list[tuple[str, Command]]:
    found = []
    for name, text in TEXTS.items():
        lines = [line for body in fences(text, "sh", "cron", "ini") for line in body.splitlines()]
        lines += [line for body in fences(text, "text") for line in body.splitlines() if line.startswith("$ ")]
        found += [(name, command) for line in lines for command in commands(line)]
    return found


def all_commands() -> list[tuple[str, Command]]:
    known = ("harvest ", "make ", "scrapy crawl ", "sqlite3 ")
    in_text = [
        (name, command)
        for name, text in TEXTS.items()
        for span in spans(text)
        if span.startswith(known)
        for command in commands(span)
    ]
    return block_commands() + in_text


def of_program(program: str, found: list[tuple[str, Command]]) -> list[tuple[str, Command]]:
    return [(name, words) for name, words in found if words[0].rsplit("/", 1)[-1] == program]


def verb_of(verb: str) -> click.Command:
    command = harvest.get_command(click.Context(harvest), verb)
    assert command, f"no such verb: {verb}"
    return command


def options_of(command: click.Command) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"-h", "--help"}


def test_there_is_something_to_check() -> None:
    """Should the pages be written in another style, these tests must not pass for want of commands."""
    assert {words[1] for _, words in of_program("harvest", block_commands()) if words[1] in VERBS} == set(VERBS)
    assert len(of_program("make", block_commands())) >= 2
    assert len(of_program("sqlite3", block_commands())) >= 2
    assert len(fences(TEXTS["README.md"], "sql")) >= 4


@pytest.mark.parametrize(("page", "words"), of_program("harvest", all_commands()), ids=str)
def test_verbs_and_options_exist(page: str, words: Command) -> None:
    if words[1].startswith("-"):
        assert set(words[1:]) <= options_of(harvest) | {"--version"}
        return
    if words[1] == "VERB":
        return
    options = {word.partition("=")[0] for word in words[2:] if re.match(r"--?[a-z]", word)}
    assert options <= options_of(verb_of(words[1]))


@pytest.mark.parametrize(("page", "words"), of_program("harvest", block_commands()), ids=str)
def test_the_commands_of_the_blocks_are_right_usage(page: str, words: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in documented_variables():
        monkeypatch.delenv(name, raising=False)
    if words[1] in VERBS and not any("$" in word for word in words):
        verb_of(words[1]).make_context(words[1], words[2:])


def test_options_named_by_themselves_exist() -> None:
    known = set().union(*(options_of(verb_of(verb)) for verb in VERBS))
    named = {span.split()[0] for text in TEXTS.values() for span in spans(text) if span.startswith("--")}
    assert named <= known


def test_every_option_of_the_crawls_is_documented() -> None:
    said = "\n".join(TEXTS.values())
    for verb in ("crawl", "backfill"):
        long = {name for name in options_of(verb_of(verb)) if name.startswith("--")}
        assert {name for name in long if name not in said} == set()


def test_scrapy_commands_are_right_usage() -> None:
    found = of_program("scrapy", all_commands())
    assert found
    for _, words in found:
        assert words[1] == "crawl"
        arguments = [word.partition("=") for flag, word in pairwise(words) if flag == "-a"]
        plan_from_arguments(BOARDS[words[2]], {name: value for name, _, value in arguments})


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    targets = set(re.findall(r"^([\w./-]+):(?!=)", makefile, re.MULTILINE))
    named = {words[1] for _, words in of_program("make", all_commands())}
    assert {"demo", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", ["README.md", "docs/operating.md", "docs/data-dictionary.md"])
def test_every_board_is_told_of(page: str) -> None:
    assert {f"`{slug}`" for slug in BOARDS if f"`{slug}`" not in TEXTS[page]} == set()


# Links


@pytest.mark.parametrize("page", TEXTS)
def test_links_resolve(page: str) -> None:
    text = FENCE.sub("", TEXTS[page])
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), f"{page} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, target


@pytest.mark.parametrize("page", TEXTS)
def test_files_named_in_the_text_exist(page: str) -> None:
    """`harvester/…` and the like; short names such as `store/…` are of the package."""
    for span in spans(TEXTS[page]):
        if re.fullmatch(r"(harvester|pipelines|tests|docs)/[\w./-]*", span):
            assert (ROOT / span).exists(), f"{page} names {span}"
        elif re.fullmatch(r"(spiders|pages|korean|store|extensions|cli|demo)/[\w./-]*\.\w+", span):
            assert (ROOT / "harvester" / span).exists(), f"{page} names {span}"


def test_every_page_is_in_the_index() -> None:
    index = TEXTS["docs/README.md"]
    assert [page for page in TEXTS if page.startswith("docs/") and page[5:] not in index + "README.md"] == []


# Variables and statuses


def documented_variables() -> dict[str, str]:
    return {row[0]: row[1] for row in rows(section(OPERATING, "Variables"))}


def test_variables_are_those_of_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    assert set(documented_variables()) == set(re.findall(r"HARVEST_[A-Z_]+", code))
    assert set(re.findall(r"HARVEST_[A-Z_]+", "\n".join(TEXTS.values()))) == set(documented_variables())


def test_variables_belong_to_the_options_they_are_documented_with() -> None:
    pairs = {
        (param.envvar, max(param.opts, key=len))
        for verb in VERBS
        for param in verb_of(verb).params
        if param.envvar is not None
    }
    assert pairs == {(name, option) for name, option in documented_variables().items() if option}


def test_exit_statuses_are_those_of_the_code() -> None:
    told = {int(status): name for status, name, _ in rows(section(TEXTS["README.md"], "Exit statuses"))}
    assert told == {int(each): each.name.lower() for each in Exit}


# Log lines and last lines


def constants(node: ast.expr) -> list[str]:
    """The texts that stand in an expression, in order; of a format, the pieces between its fields."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.split(r"%[sdr]", node.value)
    return [text for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for text in constants(child)]


def calls(name: str) -> Iterator[ast.Call]:
    for path in CODE:
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                    if called.value.id == name:
                        yield node
                elif isinstance(called, ast.Name) and called.id == name:
                    yield node


def test_log_lines_are_explained() -> None:
    found = [text for call in calls("logger") for argument in call.args for text in constants(argument)]
    assert len(found) > 5
    for text in found:
        piece = " ".join(text.split()).strip(":;, ")
        assert piece in " ".join(OPERATING.split()), f"docs/operating.md does not explain the log line {text!r}"


def test_last_lines_are_explained() -> None:
    told = section(OPERATING, "Exit statuses")
    for call in calls("say"):
        status, word = call.args[0], constants(call.args[1])
        if isinstance(status, ast.Attribute) and word:
            assert f"`harvest: {word[0]} (exit {int(Exit[status.attr])})" in told
        for text in constants(call.args[2]) if len(call.args) > 2 and status and word == ["failure"] else []:
            piece = " ".join(text.split()).strip(":;, ")
            assert piece in " ".join(told.split()), f"docs/operating.md does not explain {text!r}"
    for call in calls("DatabaseProblem"):
        pieces = max(constants(call.args[0]), key=len)
        assert pieces.split(":")[0].split("(")[0].strip() in told, f"docs/operating.md does not explain {pieces!r}"
    for verdict, number in (("complete", 0), ("partial", 3), ("failure", 1), ("interrupted", 3)):
        assert f"`harvest: {verdict} (exit {number})" in told


# The database


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("docs") / "briefings.db"
    open_to_write(path).close()
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


def test_the_dictionary_is_the_schema(database: sqlite3.Connection) -> None:
    schema = {}
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall():
        if table.startswith("briefings_fts_"):  # SQLite's own, behind the search index
            continue
        for _, column, kind, required, _, key in database.execute(f"PRAGMA table_info({table})"):
            is_rowid = key == 1 and kind == "INTEGER"
            schema[table, column] = (kind, "no" if required or is_rowid else "yes")
    told = {}
    for heading in re.findall(r"^## (\w+)$", DICTIONARY, re.MULTILINE):
        for column, kind, null, meaning, _ in rows(section(DICTIONARY, heading)):
            assert meaning, f"{heading}.{column} has no meaning"
            told[heading, column] = (kind, null)
    assert told == schema


def test_the_columns_are_told_in_the_order_of_the_schema(database: sqlite3.Connection) -> None:
    for table in re.findall(r"^## (\w+)$", DICTIONARY, re.MULTILINE):
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        assert [row[0] for row in rows(section(DICTIONARY, table))] == columns


def queries() -> list[str]:
    blocks = [body for text in TEXTS.values() for body in fences(text, "sql")]
    at_the_shell = [
        words[-1]
        for _, words in of_program("sqlite3", all_commands())
        if re.match(r"(SELECT|PRAGMA|WITH)\b", words[-1])
    ]
    return blocks + at_the_shell


@pytest.mark.parametrize("query", queries())
def test_the_queries_run(database: sqlite3.Connection, query: str) -> None:
    for statement in filter(str.strip, re.split(r";\s*(?:\n|$)", query)):
        database.execute(statement).fetchall()


# The rules that docs/architecture.md says are kept here


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_who_may_import_what(path: Path) -> None:
    place = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    names = imported(path)
    if within(place, "harvester.pages", "harvester.korean"):
        allowed = ("harvester.pages", "harvester.korean", "parsel", "dateutil", *sys.stdlib_module_names)
        assert {name for name in names if not within(name, *allowed)} == set()
    if not within(place, "harvester.store"):
        assert not {name for name in names if within(name, "sqlite3", "sqlite_utils")}
    if not within(place, "harvester.cli"):
        assert not {name for name in names if within(name, "click")}
        if place != "harvester.__main__":
            assert not {name for name in names if within(name, "harvester.cli")}
    if within(place, "harvester"):
        assert not {name for name in names if within(name, "pipelines")}
    elif place != "pipelines.store":
        assert not {name for name in names if within(name, "harvester.store", "harvester.extensions")}
