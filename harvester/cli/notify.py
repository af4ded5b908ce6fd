"""`harvest notify`."""

from pathlib import Path

import click

from harvester.cli.main import say
from harvester.cli.options import database_path, db_option, notify_options
from harvester.telling import teller
from harvester.telling.courier import Taken
from harvester.telling.teller import Address
from harvester.verdict import Exit


@click.command("notify", short_help="try the addresses that crawls tell of trouble")
@notify_options
@db_option
def command(notify: tuple[str, ...], ping: str | None, db: Path | None, data: Path) -> int:
    """Send a message to each address of --notify, and ask that of --ping, to see whether it works.

    Nothing is crawled, and nothing is noted of it. Addresses are told apart by their number and kind: the rest of them
    may be secret.

    \b
    HARVEST_NOTIFY=mailto://user:password@example.org harvest notify
    harvest notify --notify json://127.0.0.1:8000/hook

    Exit status: 0 where all of them work, 3 where some do not, 1 where none does.
    """
    if not notify and not ping:
        raise click.UsageError("whom to try? --notify or --ping says it, or HARVEST_NOTIFY or HARVEST_PING")
    taken, not_pinged = teller.try_out(Address(notify, ping), database_path(db, data))
    failed = 0
    for number, (address, each) in enumerate(zip(notify, taken, strict=True), start=1):
        failed += not each.number
        click.echo(f"address {number} ({teller.scheme(address)}): {outcome(each)}")
    if ping:
        failed += not_pinged is not None
        click.echo(f"the address of --ping: {not_pinged or 'answered'}")
    tried = len(notify) + bool(ping)
    if not failed:
        return say(Exit.COMPLETE, "complete", f"{tried} of {tried} addresses took it")
    if failed == tried:
        return say(Exit.FAILURE, "failure", f"no address took it: {tried} tried")
    return say(Exit.PARTIAL, "partial", f"{tried - failed} of {tried} addresses took it")


def outcome(taken: Taken) -> str:
    return "taken" if taken.number else f"not taken: {taken.why_not}"
