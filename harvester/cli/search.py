"""`harvest search`."""

import difflib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harvester.cli.main import say
from harvester.cli.options import MOST, database_path, db_option, json_option, selection_options
from harvester.korean.queries import WrongQuery
from harvester.korean.snippets import Part, join
from harvester.store import DatabaseProblem, open_to_read, search
from harvester.store import selection as selecting
from harvester.store.selection import Order, Selection
from harvester.verdict import Exit

COLUMNS = ("title", "lead", "body", "ministry", "board", "published_on", "source_line", "url", "withdrawn_at")
OPTIONS = ("--board", "--ministry", "--query", "--since", "--until", "--order", "--limit", "--offset", "--json", "--db")
MARK = "**"
"""Around a hit where nothing can be shown bold."""


@click.command("search", short_help="find releases by their words", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, required=True)
@selection_options
@click.option(
    "--order",
    type=click.Choice([Order.RELEVANCE.value, Order.DAY.value]),
    default=Order.RELEVANCE.value,
    show_default=True,
    envvar="HARVEST_ORDER",
    help="What comes first: the best hits, or the newest.",
)
@click.option("--limit", type=click.IntRange(0, MOST), default=20, show_default=True, help="How many; 0 for all.")
@click.option("--offset", type=click.IntRange(0, MOST), default=0, help="How many to pass over first.")
@db_option
@json_option
def command(  # noqa: PLR0917  (click passes them by name)
    words: tuple[str, ...],
    selection: Selection,
    order: str,
    limit: int,
    offset: int,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Find releases by words of their title or text; words inside words and before particles too.

    \b
    harvest search 희토류
    harvest search 주택 공급 --ministry 국토교통부 --since 2024-01-01 --order day
    harvest search '"공급망 점검"' -수출
    harvest search 반도체 OR 배터리 --json --limit 100

    All words must be found; "…" is a phrase, - before a word leaves releases with it out, OR between two takes either.
    """
    for word in words:
        if word.startswith("--"):
            option = word.partition("=")[0]
            near = difflib.get_close_matches(option, OPTIONS, n=1)
            hint = "Options go before --" if option in near else f"Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such option among the words: {word}. {hint}".strip())
    path = database_path(db, data)
    typed = " ".join((*words, selection.words)).strip()
    selection = replace(selection, words=typed)
    try:
        database = open_to_read(path)
        total = selecting.count(database, selection)
        rows = selecting.rows(database, selection, COLUMNS, Order(order), limit=limit or -1, offset=offset)
        looked_for = search.read(database, typed)
        found = [as_hit(row, looked_for) for row in rows]
    except WrongQuery as error:
        raise click.BadParameter(str(error), param_hint="'WORDS'") from None
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    if as_json:
        click.echo(json.dumps([as_data(hit) for hit in found], ensure_ascii=False, indent=2))
    elif found:
        click.echo("\n\n".join(as_text(hit) for hit in found))
    also = "".join(f" (also {noun})" for noun in dict.fromkeys(looked_for.nouns.values()))
    return say(Exit.COMPLETE, "complete", sentence(f"{typed}{also}", total, len(found), offset, path))


def sentence(typed: str, total: int, shown: int, offset: int, path: Path) -> str:
    if not total:
        return f"no release with {typed} is in {path}; which days it has, `harvest status` says"
    which = "" if shown == total else f", {offset + 1} to {offset + shown} shown" if shown else ", none of them shown"
    return f"{total} release{'' if total == 1 else 's'} with {typed} in {path}{which}"


def as_hit(row: dict[str, Any], looked_for: search.Search) -> dict[str, Any]:
    """A found release, its text cut down to the place where the words stand."""
    text = row.pop("body") or row["lead"] or ""
    del row["lead"]
    return row | {"snippet": looked_for.snippet(text)}


def as_data(hit: dict[str, Any]) -> dict[str, Any]:
    return hit | {"snippet": join(hit["snippet"], MARK, MARK)}


def as_text(hit: dict[str, Any]) -> str:
    """A hit as a person reads it; the source line and the address are ready to be copied."""
    withdrawn = "  (withdrawn by the site)" if hit["withdrawn_at"] else ""
    lines = [f"{hit['title']}{withdrawn}", f"{hit['source_line']}  {hit['url']}"]
    snippet = shown(hit["snippet"])
    return "\n".join(f"  {line}" if n else line for n, line in enumerate([*lines, *([snippet] if snippet else [])]))


def shown(parts: list[Part]) -> str:
    """The snippet with its hits bold on a terminal, marked elsewhere."""
    if sys.stdout.isatty():
        return "".join(click.style(part.text, bold=True) if part.hit else part.text for part in parts)
    return join(parts, MARK, MARK)
