"""`harvest crawl`."""

from datetime import date
from typing import Any

import click

from harvester.cli.options import Day, db_option, filter_options, json_option, site_options, telling_options


@click.command("crawl", short_help="the last days, new and changed only")
@click.option("--days", type=int, envvar="HARVEST_DAYS", show_envvar=True, help="The last N days, each in full.")
@click.option("--since", type=Day(), envvar="HARVEST_SINCE", show_envvar=True, help="The first day, a Korean one.")
@click.option("--until", type=Day(), envvar="HARVEST_UNTIL", show_envvar=True, help="The last day.  [default: today]")
@filter_options
@site_options
@db_option
@telling_options
@json_option
@click.pass_context
def command(ctx: click.Context, /, days: int | None, since: date | None, until: date | None, **rest: Any) -> int:
    """Bring the database up to date: what cron runs.

    Looks at the listing of each of the last eleven days, in which late releases appear, walks those that differ from
    the ledger or are due for a walk in full, and fetches the releases that are new or whose row changed, and no others.
    Days that a crawl like this missed or could not complete are made good. With days given, each is walked in full.

    \b
    harvest crawl
    harvest crawl --days 10 --ministry 환경부
    harvest crawl --since 2024-01-15 --until 2024-01-17
    """
    if typed(ctx, "days"):
        since, until = (day if typed(ctx, name) else None for name, day in (("since", since), ("until", until)))
    elif typed(ctx, "since") or typed(ctx, "until"):
        days = None
    from harvester.cli.crawling import Asked, run_verb  # noqa: PLC0415  (Scrapy takes a second to load)

    return run_verb("crawl", Asked(**rest), since=since, until=until, days=days)


def typed(ctx: click.Context, name: str) -> bool:
    """Whether an option stands on the command line, where it goes over what the environment says."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
