"""`harvest serve`."""

import ipaddress
import re
import signal
import socket
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harvester.cli.main import say
from harvester.cli.options import database_path, db_option
from harvester.store import DatabaseProblem, open_to_read
from harvester.verdict import Exit

if TYPE_CHECKING:
    from uvicorn import Server


def _below(_ctx: click.Context, _param: click.Parameter, path: str) -> str:
    inner = path.strip("/")
    if inner and not all(re.fullmatch(r"(?!\.+$)[A-Za-z0-9._~-]+", part) for part in inner.split("/")):
        raise click.BadParameter(f"{path!r} is not the path of an address: write it as /archive/")
    return f"/{inner}/" if inner else "/"


def _hosts(_ctx: click.Context, _param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            raise click.BadParameter(f"{name!r} is not the name of a host: write it as archive.example.org")
    return tuple(name.lower().rstrip(".") for name in names)


@click.command("serve", short_help="browse and query the database in a web page")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="HARVEST_HOST",
    show_envvar=True,
    help="The address to listen at: this machine alone, unless you name another.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    envvar="HARVEST_PORT",
    show_envvar=True,
    help="The port; 0 for any that is free.",
)
@click.option(
    "--base-url",
    default="/",
    show_default=True,
    callback=_below,
    envvar="HARVEST_BASE_URL",
    show_envvar=True,
    metavar="PATH",
    help="Where a reverse proxy puts the pages.",
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    callback=_hosts,
    envvar="HARVEST_ALLOW_HOST",
    show_envvar=True,
    metavar="NAME",
    help="A name by which a reverse proxy on this machine may ask, beside localhost. Can be given again.",
)
@click.option(
    "--with-contacts", is_flag=True, envvar="HARVEST_WITH_CONTACTS", help="The officials that releases name, too."
)
@click.option("--open", "open_browser", is_flag=True, envvar="HARVEST_OPEN", help="Open it in your browser.")
@db_option
def command(  # noqa: PLR0917  (click passes them by name)
    host: str,
    port: int,
    base_url: str,
    names: tuple[str, ...],
    with_contacts: bool,
    open_browser: bool,
    db: Path | None,
    data: Path,
) -> int:
    """Browse and query the database in a web page, until Ctrl-C: search, releases, calendar, charts, feeds, SQL.

    \b
    harvest serve --open
    harvest serve --port 8080 --db data/briefings.db

    Nobody can write through it. A crawl may go on meanwhile.
    """
    path = database_path(db, data)
    try:
        open_to_read(path).close()
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    try:
        listening = listen(host, port)
    except OSError as error:
        return say(Exit.FAILURE, "failure", f"{host}:{port}: {why_not(error)}")
    # What is served to this machine alone, no page of another site may ask for by a name of its own.
    only = ("localhost", *names) if names or is_loopback(host) else None
    server = server_for(path, with_contacts=with_contacts, base_url=base_url, names=only)
    with listening, ended_by_signals(server):
        address = f"http://{shown(host)}:{listening.getsockname()[1]}{base_url}"
        if not is_loopback(host):
            click.echo(
                f"harvest: {host} can be reached from other machines: whoever reaches it reads all of {path}"
                " and may ask it any SQL, without a password",
                err=True,
            )
        click.echo(f"harvest: {path} at {address} until Ctrl-C", err=True)
        if open_browser:
            webbrowser.open(address)
        server.run(sockets=[listening])
        # Before signals are other than the end of the server again.
        return say(Exit.COMPLETE, "complete", f"{path} was served at {address}; ended as asked")


def server_for(path: Path, *, with_contacts: bool, base_url: str, names: tuple[str, ...] | None) -> "Server":
    """`names` are those that may be asked by, beside numbers; None for any."""
    from uvicorn import Config, Server  # noqa: PLC0415  (with Datasette, it takes the time that --help need not)

    from harvester.web import application  # noqa: PLC0415
    from harvester.web.security import called  # noqa: PLC0415

    app = application(path, with_contacts=with_contacts, base_url=base_url).app()
    if names is not None:
        app = called(app, names)
    return Server(Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=5, server_header=False))


@contextmanager
def ended_by_signals(server: "Server") -> Iterator[None]:
    """Ctrl-C and SIGTERM end the server, and not us: what is being answered then is answered, for some seconds.

    uvicorn does so itself while it runs, but one may come earlier; and a second one would have it drop everything.
    """

    def end(*_: object) -> None:
        server.should_exit = True

    server.handle_exit = end  # type: ignore[method-assign, assignment]
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """Raises OSError."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family)


def why_not(error: OSError) -> str:
    """Why nothing can be heard there, and what to do."""
    if isinstance(error, socket.gaierror):
        return "no address of this machine: try --host 127.0.0.1"
    reason = error.strerror or str(error)
    return f"{reason}: name another --port, or 0 for any that is free; --host must be an address of this machine"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(host: str) -> str:
    """The host as it stands in an address that a browser can open."""
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host
