"""`harvest backfill`."""

from datetime import date
from typing import Any

import click

from harvester.cli.options import Day, db_option, filter_options, json_option, site_options, telling_options


@click.command("backfill", short_help="every day of a range made complete")
@click.option("--since", type=Day(), required=True, envvar="HARVEST_SINCE", show_envvar=True, help="The first day.")
@click.option("--until", type=Day(), required=True, envvar="HARVEST_UNTIL", show_envvar=True, help="The last day.")
@click.option("--again", is_flag=True, envvar="HARVEST_AGAIN", help="Walk settled days too.")
@filter_options
@site_options
@db_option
@telling_options
@json_option
def command(since: date, until: date, again: bool, **rest: Any) -> int:
    """Make every day of a range complete, newest first.

    Skips the days that are settled. Interrupted, the same command goes on where it stopped.

    \b
    harvest backfill --since 2020-01-01 --until 2024-12-31 --ministry 산업부 --ministry 환경부
    """
    from harvester.cli.crawling import Asked, run_verb  # noqa: PLC0415  (Scrapy takes a second to load)

    return run_verb("backfill", Asked(**rest), since=since, until=until, again=again)
