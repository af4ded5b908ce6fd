"""The rules of the design, "Folders": who may know whom."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import pipelines
from harvester.cli.main import VERBS

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "harvester").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")])
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def under(*folders: str) -> list[Path]:
    found = [path for path in SOURCES if any(name(path).startswith(f"{folder}/") for folder in folders)]
    assert found or all(not (ROOT / folder).exists() for folder in folders)
    return found


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file it does."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importing(paths: list[Path], *modules: str) -> list[str]:
    return [
        f"{name(path)} imports {imported}"
        for path in paths
        for imported in imports(path)
        if any(imported == module or imported.startswith(f"{module}.") for module in modules)
    ]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node.lineno


PURE = ("harvester/pages", "harvester/korean", "harvester/documents")


def test_pages_korean_and_documents_are_pure() -> None:
    forbidden = ("scrapy", "twisted", "sqlite3", "sqlite_utils", "socket", "urllib.request", "http", "aiohttp", "time")
    ours = ("harvester.store", "harvester.clock", "harvester.spiders", "harvester.extensions", "harvester.cli")
    assert importing(under(*PURE), *forbidden, *ours, "harvester.demo", "pipelines") == []


def test_korean_knows_nothing_of_the_rest() -> None:
    others = [each for each in importing(under("harvester/korean"), "harvester") if "harvester.korean" not in each]
    assert others == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = re.compile(r"(^|\.)(now|today|utcnow|localtime|gmtime|fromtimestamp)$|^time\.time$")
    # The lines of the demo and of the middleware that reads Retry-After are about other clocks.
    allowed = {"harvester/clock.py", "harvester/demo/clock.py", "harvester/demo/site.py", "harvester/middlewares.py"}
    found = [f"{name(path)}:{line} {call}" for path in SOURCES for call, line in calls(path) if asking.search(call)]
    assert [each for each in found if each.split(":")[0] not in allowed] == []


SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|SELECT (count|min|max|DISTINCT)|INSERT (OR [A-Z]+ )?INTO|UPDATE \w+ SET|DELETE FROM"
    r"|(CREATE|DROP|ALTER) (TABLE|INDEX|VIEW|TRIGGER|VIRTUAL)|PRAGMA \w+|BEGIN IMMEDIATE|ATTACH DATABASE)\b",
    re.DOTALL,
)


def commands_to_try(path: Path) -> set[int]:
    """Texts that show their reader a command with SQL in it, as the end of `harvest demo` does."""
    return {
        id(part)
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.JoinedStr) and "\n  sqlite3 {" in ast.unparse(node).replace("\\n", "\n")
        for part in node.values
    }


def test_only_the_store_holds_sql() -> None:
    shown = commands_to_try(ROOT / "harvester" / "cli" / "demo.py")
    found = [
        f"{name(path)}:{node.lineno} {node.value.strip()[:60]}"
        for path in SOURCES
        if not name(path).startswith("harvester/store/")
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
        if id(node) not in shown
    ]
    assert found == []


def test_the_store_does_hold_sql() -> None:
    """Lest the rule above look for nothing."""
    texts = [
        node.value
        for path in under("harvester/store")
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert sum(bool(SQL.search(text)) for text in texts) > 20


def test_only_the_command_line_prints() -> None:
    elsewhere = [path for path in SOURCES if not name(path).startswith("harvester/cli/")]
    printing = [
        f"{name(path)}:{line} {call}"
        for path in elsewhere
        for call, line in calls(path)
        if call in ("print", "click.echo", "click.secho", "echo", "sys.exit", "exit")
    ]
    streams = [
        f"{name(path)}:{node.lineno}"
        for path in elsewhere
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Attribute) and dotted(node) in ("sys.stdout", "sys.stderr", "sys.__stdout__")
    ]
    assert printing + streams + importing(elsewhere, "click") == []


def test_the_harvester_never_imports_the_pipelines() -> None:
    assert importing(under("harvester"), "pipelines") == []


def test_of_the_pipelines_only_the_last_knows_the_store() -> None:
    knowing = importing(under("pipelines"), "harvester.store", "harvester.extensions", "sqlite3", "sqlite_utils")
    assert knowing == ["pipelines/store.py imports harvester.extensions.run.Run"]


def test_pipelines_do_not_import_each_other() -> None:
    assert importing(under("pipelines"), "pipelines") == []


def test_the_store_knows_no_scrapy_and_no_spider() -> None:
    known = importing(under("harvester/store"), "scrapy", "harvester.spiders", "harvester.extensions", "harvester.cli")
    assert known == []


def test_only_the_command_and_the_demo_know_the_demo() -> None:
    users = [
        each
        for each in importing(under("harvester"), "harvester.demo")
        if not each.startswith(("harvester/demo/", "harvester/cli/demo.py"))
    ]
    assert users == []


def test_pipelines_is_imported_from_this_project() -> None:
    assert Path(str(pipelines.__file__)).parent.parent == ROOT


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_file_of_its_own(verb: str) -> None:
    command = importlib.import_module(f"harvester.cli.{verb}").command
    assert isinstance(command, click.Command)
    assert command.name == verb


def files_of_the_repository() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git repository")
    return [ROOT / each for each in listed.stdout.split("\0") if each and (ROOT / each).is_file()]


PLACES = re.compile(
    r"(?<![\w.])/(?:home|Users)/[\w.-]+|\b[A-Z]:\\\\?Users\b|(?<![\w.])/(?:root|work|tmp/venv)/|/tmp/bash_" + "jobs"
)
PHONE = re.compile(r"(?<![\w./-])(0(?:2|1\d|[3-6]\d|70))[-.)]\s?(\d{3,4})-(\d{4})(?![\w-])")


def test_no_file_names_a_developers_machine_or_a_persons_phone() -> None:
    found = []
    for path in files_of_the_repository():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path == Path(__file__):
            continue
        found += [f"{name(path)}: {match[0]}" for match in PLACES.finditer(text)]
        # Masked numbers end, as on the pages that mask them, in zeros.
        found += [f"{name(path)}: {match[0]}" for match in PHONE.finditer(text) if match[3] not in ("0000", "1234")]
    assert found == []


def test_these_rules_would_find_what_they_look_for() -> None:
    assert PLACES.search("/home/" + "somebody/x")
    assert PHONE.search("044-205-" + "3999")
    assert not PLACES.search("https://www.korea.kr/home/x")
