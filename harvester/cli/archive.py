"""`harvest archive`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click

from harvester.cli.main import say
from harvester.cli.options import Day, bad, database_path, db_option, json_option
from harvester.exports.output import FileThere, whole_file
from harvester.files import Files
from harvester.spiders.arguments import WrongArgument
from harvester.store.archive import ArchiveProblem, ArchiveReader, Contents, archive_path
from harvester.verdict import Exit
from harvester.warc import write_warc


@click.command("archive", short_help="what is in the archive of raw pages; export it for web archives")
@click.option(
    "--export",
    "target",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE.warc.gz",
    help="Write a WARC file; - for standard output.",
)
@click.option("--since", type=Day(), help="The first day to export.  [default: all]")
@click.option("--until", type=Day(), help="The last day to export.  [default: all]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@db_option
@json_option
def command(  # noqa: PLR0917  (click passes them by name)
    target: Path | None,
    since: date | None,
    until: date | None,
    force: bool,
    db: Path | None,
    data: Path,
    as_json: bool,
) -> int:
    """Say what is in the archive of pages and documents as received, or export it.

    \b
    harvest archive
    harvest archive --export 2024-01.warc.gz --since 2024-01-01 --until 2024-01-31

    The days are those of the releases. Exit status: 0, or 1 where there is no archive or it cannot be read.
    """
    if since and until and since > until:
        raise bad(WrongArgument("since", f"{since} is after {until}"))
    if (since or until) and target is None:
        raise bad(WrongArgument("since" if since else "until", "is for --export: without it the whole archive is told"))
    database = database_path(db, data)
    path = archive_path(database)
    try:
        reader = ArchiveReader(path)
    except ArchiveProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    try:
        if target is None:
            return tell(reader, path, as_json)
        return export(reader, database, target, since, until, force=force)
    finally:
        reader.close()


def tell(reader: ArchiveReader, path: Path, as_json: bool) -> int:
    contents = reader.summary()
    told = as_data(contents, path)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else as_text(contents, told))
    return say(Exit.COMPLETE, "complete", f"{sum(each.exchanges for each in contents)} exchanges in {path}")


def as_data(contents: list[Contents], path: Path) -> dict[str, Any]:
    return {
        "archive": str(path),
        "file_bytes": path.stat().st_size,
        "first_at": min((each.first_at for each in contents), default=None),
        "last_at": max((each.last_at for each in contents), default=None),
        "kinds": [asdict(each) | {"ratio": each.ratio} for each in contents],
    }


def as_text(contents: list[Contents], told: dict[str, Any]) -> str:
    head = ("", "exchanges", "received", "kept", "ratio", "outside")
    rows = [head, *(cells(each) for each in contents)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    span = f"received {told['first_at']} … {told['last_at']}" if contents else "nothing yet"
    return "\n".join([f"{told['archive']}: {size(told['file_bytes'])}, {span}", "", *lines])


def cells(kind: Contents) -> tuple[str, ...]:
    ratio = f"{kind.ratio:.1f}" if kind.ratio else ""
    outside = size(kind.outside) if kind.outside else ""
    return kind.kind, str(kind.exchanges), size(kind.bytes), size(kind.kept), ratio, outside


def size(number: int) -> str:
    return f"{number / 1e6:.1f} MB" if number >= 1e5 else f"{number / 1e3:.1f} kB"


def export(
    reader: ArchiveReader, database: Path, target: Path, since: date | None, until: date | None, *, force: bool
) -> int:
    files = Files(database.parent / "files")
    missing: set[str] = set()

    def body_of(sha256: str) -> bytes | None:
        body = files.read(sha256)
        if body is None:
            missing.add(sha256)
        return body

    try:
        with output(target, force=force) as stream:
            written = write_warc(reader.exchanges(since, until), stream, body_of)
    except (ArchiveProblem, OSError) as error:
        return say(Exit.FAILURE, "failure", str(error))
    sentence = f"{written} exchanges written to {'standard output' if str(target) == '-' else target}"
    if missing:
        lost = f"{len(missing)} bodies kept outside are not there, or damaged, such as {files.path(min(missing))}"
        return say(Exit.PARTIAL, "partial", f"{sentence}; {lost}")
    return say(Exit.COMPLETE, "complete", sentence)


@contextmanager
def output(target: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Where to write: a file appears under its name only when it is whole."""
    if str(target) == "-":
        if sys.stdout.isatty():
            raise bad(WrongArgument("export", "a terminal cannot show it: name a file, or redirect"))
        yield sys.stdout.buffer
        return
    try:
        with whole_file(target, force=force) as stream:
            yield stream
    except FileThere as error:
        raise bad(WrongArgument("export", str(error))) from None
