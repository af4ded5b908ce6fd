"""The group of verbs, and the last line on stderr."""

import difflib
import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import click

from harvester.cli.signals import hear_no_more
from harvester.cli.streams import OutputFailed, give_up_output, prepare_output
from harvester.korean.text import plain
from harvester.room import DISK
from harvester.store import UNUSABLE
from harvester.store.faults import in_words
from harvester.verdict import Exit

VERBS = {
    "crawl": "the last days, new and changed releases only: what cron runs",
    "backfill": "every day of a range, newest first; goes on where it was interrupted",
    "status": "is the database complete and fresh?",
    "search": "find releases by words of their title or text",
    "show": "print one release with its source line",
    "serve": "browse and query the database in a web page, with search, charts and feeds",
    "export": "csv, xlsx, jsonl, parquet, markdown or an Atom feed of what filters choose",
    "watch": "what is new for these filters since the last look",
    "digest": "the releases of some days that match a topic, ready to post",
    "sources": "check the sources a text cites: which release is meant, and is it so?",
    "mcp": "let language models search and read the database",
    "reindex": "build the search index anew",
    "archive": "what is kept of the pages as they came; --export as WARC",
    "replay": "derive every release again from the archive",
    "schedule": "has cron or systemd start the crawl every hour",
    "notify": "try the addresses that crawls tell of trouble",
    "doctor": "this machine, the database, the site: is anything the matter, and what to do",
    "demo": "run the real crawl against a miniature korea.kr on this machine",
}


class Verbs(click.Group):
    """Loads a verb's file when it is used, so that `show` does not wait for Scrapy; suggests the nearest verb."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"harvester.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            near = difflib.get_close_matches(args[0], VERBS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(VERBS)}."
            raise click.UsageError(f"No such verb: {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # Here and not where the others are caught: click would end the process before, without a last line.
            give_up_output()
            return say(Exit.PARTIAL, "partial", "who read standard output had enough")
        return status

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "HARVEST"},
)
@click.version_option(version("koreakr-harvester"), prog_name="harvest", allow_from_autoenv=False)
def harvest() -> None:
    """Every briefing the Korean government publishes on korea.kr, in one SQLite file.

    \b
    harvest demo                                       see it work, without the network
    harvest crawl                                      what cron runs
    harvest backfill --since 2024-01-01 --until 2024-12-31 --ministry 산업부
    harvest status                                     complete? fresh? what is missing?

    Exit status: 0 all asked days complete, 1 failure, 2 wrong usage, 3 some days not complete, 75 another run holds
    the lock. The last line on stderr says which and why.
    """


def leave(arguments: Sequence[str] | None = None) -> None:
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    prepare_output()
    try:
        status: Any = harvest.main(args=arguments, prog_name="harvest", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return say(Exit.USAGE, "wrong usage", error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return say(Exit.PARTIAL, "interrupted", "stopped by a signal before anything was done")
    except OutputFailed as error:
        give_up_output()
        return say(Exit.FAILURE, "failure", str(error))
    except Exception as error:
        return say(Exit.FAILURE, "failure", _why_failed(error))
    return int(status or 0)


def _why_failed(error: Exception) -> str:
    """What an error means that no verb has words for."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, UNUSABLE):
        return f"the database: {in_words(error, None)}"
    if isinstance(error, OSError) and error.errno in DISK:
        return f"the disk does not take it: {error}"
    # Whoever reads the last line alone must not take a traceback's last line for one.
    traceback.print_exc()
    return f"a mistake of the program: {error!r}; please report it with the lines above"


def say(status: Exit, word: str, why: str) -> int:
    """The last line on stderr: which status, and why."""
    line = f"harvest: {word} (exit {int(status)}): {plain(why)}"
    while _hearers:
        _hearers.pop()(status, word, line)
    hear_no_more()
    click.echo(line, err=True)
    return int(status)


_hearers: list[Callable[[Exit, str, str], object]] = []


def before_the_last_line(hear: Callable[[Exit, str, str], object]) -> None:
    """Have the last line heard before it is printed, whichever it is and whoever says it: status, word and line."""
    _hearers.append(hear)
