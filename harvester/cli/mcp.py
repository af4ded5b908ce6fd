"""`harvest mcp`."""

import importlib.util
import logging
import os
import signal
from pathlib import Path
from types import FrameType

import click

from harvester.cli.logs import FORMAT
from harvester.cli.main import say
from harvester.cli.options import database_path, db_option
from harvester.store import DatabaseProblem, open_to_read
from harvester.verdict import Exit

HOST = "127.0.0.1"


@click.command("mcp", short_help="let language models search and read the database")
@click.option(
    "--http",
    "port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Answer over HTTP at this port of this machine, instead of standard input and output.",
)
@db_option
def command(port: int | None, db: Path | None, data: Path) -> int:
    """Let language models search and read the database, over the Model Context Protocol; it writes nothing.

    \b
    harvest mcp --db data/briefings.db
    harvest mcp --http 8765

    Started by the program that has the model, whose configuration names this command: see docs/mcp.md.
    """
    path = database_path(db, data)
    if importlib.util.find_spec("mcp") is None:
        why = "the package mcp is not installed: pip install 'koreakr-harvester[mcp]', or `make extras` in a checkout"
        return say(Exit.FAILURE, "failure", why)
    from harvester.mcp_server.server import server  # noqa: PLC0415  (an extra, which takes a second to load)

    try:
        open_to_read(path).close()
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    # On stderr: standard output belongs to the protocol.
    logging.basicConfig(format=FORMAT)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    if port is None:
        server(path).run()
        return say(Exit.COMPLETE, "complete", "the client has closed its end")
    click.echo(f"answering at http://{HOST}:{port}/mcp until Ctrl-C", err=True)
    try:
        server(path).run("streamable-http", host=HOST, port=port)
    except SystemExit:
        return say(Exit.FAILURE, "failure", f"port {port} cannot be used: choose another one with --http")
    return say(Exit.COMPLETE, "complete", "stopped")


def _end(_signal: int, _frame: FrameType | None) -> None:
    """A thread waits for standard input and cannot be woken; a server that only reads has nothing to finish."""
    os._exit(say(Exit.COMPLETE, "complete", "stopped by a signal"))
