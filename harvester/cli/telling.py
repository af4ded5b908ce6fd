"""Telling somebody of the end of a run, whichever end it is, before its last line is printed."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click

from harvester.cli.main import before_the_last_line
from harvester.cli.streams import OutputFailed
from harvester.extensions.run import Run
from harvester.plan import Plan
from harvester.room import DISK
from harvester.store import UNUSABLE
from harvester.store.telling import Gap
from harvester.telling import teller
from harvester.telling.courier import Broken
from harvester.telling.teller import Address, Ended
from harvester.telling.words import Question
from harvester.verdict import Exit, together


class Telling:
    """Hears the last line of a command that crawls, and tells those who want to know. Raises click.BadParameter."""

    def __init__(self, address: Address, plans: Sequence[Plan], sites: Collection[str], database: Path) -> None:
        self.runs: list[tuple[Plan, Run | None]] | None = None
        """What came of the plans; None where the command did not come so far."""
        self._address = address
        self._database = database
        # Not begun means not locked, for a folder or a file that cannot be written.
        self._broke: Literal["storage", "program"] | None = "storage"
        check(address, database)
        if not plans or not (address.notify or address.ping):
            return
        self._question = Question(
            boards=tuple(plan.board.slug for plan in plans),
            filter=plans[0].filter,
            site=" and ".join(sorted(urlsplit(site).netloc for site in sites)),
            database=str(database.absolute()),
            machine=teller.machine(),
        )
        before_the_last_line(self._hear)

    @contextmanager
    def of_what_breaks(self) -> Iterator[None]:
        """The work itself: what it raises goes on, and is known then to be of the database, or of the program."""
        self._broke = None
        try:
            yield
        except (OutputFailed, BrokenPipeError):
            raise  # nobody reads the report: what the runs came to is as it was
        except UNUSABLE:
            self._broke = "storage"
            raise
        except Exception as error:
            self._broke = "storage" if isinstance(error, OSError) and error.errno in DISK else "program"
            raise

    def _hear(self, status: Exit, word: str, line: str) -> None:
        try:
            notes = teller.tell(self._ended(status, word, line), self._question, self._address, self._database)
        except KeyboardInterrupt:
            notes = ["telling was stopped by a signal: what was not taken is kept for the next run"]
        except Exception as error:
            # Whatever it is: the run is over, and what it has to say of itself comes next.
            notes = [f"nobody could be told, by a mistake of the program: {error!r}"]
        for note in notes:
            click.echo(f"harvest: note: {' '.join(note.split())}", err=True)

    def _ended(self, status: Exit, word: str, line: str) -> Ended:
        if self._broke:
            return Ended(status, word, line, broke=self._broke)
        if self.runs is None or any(run is not None and run.verdict is None for _, run in self.runs):
            return Ended(status, word, line, broke="program")
        came_to = together([(plan.board.slug, run.verdict if run else None) for plan, run in self.runs])
        runs = [run for _, run in self.runs if run is not None]
        not_complete = tuple(
            Gap(record.board, record.day, record.reason)
            for run in runs
            for record in run.records.values()
            if not record.confirmed
        )
        says = tuple(run.verdict.sentence for run in runs if run.verdict and run.verdict.exit_status)
        return Ended(status, word, line, came_to=came_to, not_complete=not_complete, says=says)


def check(address: Address, database: Path) -> None:
    """Raises click.BadParameter for what is no address; which it is, it says by its number: all else may be secret."""
    if address.heartbeat and not address.notify:
        raise click.BadParameter("whom to tell? --notify says it", param_hint="'--heartbeat'")
    try:
        wrong = teller.wrong_addresses(address, database)
    except Broken as error:
        click.echo(f"harvest: note: {error}", err=True)
        return
    if wrong:
        number = wrong[0]
        given = f"address {number} ({teller.scheme(address.notify[number - 1])}://…)"
        raise click.BadParameter(
            f"{given} is none that apprise knows: mailto://user:password@example.org, for example",
            param_hint="'--notify'",
        )
