"""`harvest schedule`."""

import os
import platform
import random
import re
import socket
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from datetime import time as Time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from harvester.boards import BOARDS, ESG_BOARD, PRESS_RELEASE, Board, board_address
from harvester.cli import crawl
from harvester.cli.main import say
from harvester.cli.options import bad, database_path, ministry_codes
from harvester.clock import KST, local_now
from harvester.manners import pace
from harvester.plan import filter_key
from harvester.scheduling import cron, systemd
from harvester.scheduling.job import (
    JITTER,
    Job,
    ScheduleProblem,
    check_writable,
    files_of,
    read_settings,
    this_program,
    write_settings,
)
from harvester.scheduling.running import Runner, Stopped
from harvester.scheduling.state import Result, after, counted_at, read_state, write_state
from harvester.scheduling.timing import EVERY, HOURLY, Timing, is_due, minute_of, next_start
from harvester.spiders.arguments import WrongArgument, check_filter
from harvester.verdict import Exit

NOT_TAKEN = {"since", "until", "as_json"}
"""Options of `crawl` that make no sense in a run that comes again and again."""
SECRET = {"--notify", "--ping"}
"""Their addresses hold passwords: whoever has one can write there."""
TAKEN_ALONG = ("HARVEST_CONTACT", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""Variables without an option that a run needs, and cron does not have."""
PREFIX = "_".join(["HARVEST", "CRAWL"])
"""Of the variables that click makes for `crawl`."""
LOOK_AT_THE_CLOCK = 60.0
"""Seconds of sleep at once, so that a machine that slept itself, or whose clock was set, is noticed."""


class TimeOfDay(click.ParamType[Time]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Time:
        if isinstance(value, Time):
            return value
        with suppress(ValueError):
            if re.fullmatch(r"\d{1,2}:\d{2}", value, re.ASCII):
                return Time.fromisoformat(value.zfill(5))
        return self.fail(f"{value[:60]!r} is no time of the day: write it like 07:00", param, ctx)


class Schedule(click.Command):
    """Takes the options of `crawl` besides its own, whatever they are: what is scheduled is a crawl."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params += [param for param in crawl.command.params if param.name not in NOT_TAKEN]


@click.command("schedule", cls=Schedule, short_help="has cron or systemd start the crawl every hour")
@click.option("--as", "kind", type=click.Choice(["cron", "systemd"]), help="[default: what this machine has]")
@click.option("--every", type=click.Choice(list(EVERY)), default=HOURLY, show_default=True, help="How often.")
@click.option(
    "--at", multiple=True, type=TimeOfDay(), metavar="HH:MM", help="Daily at a Korean time instead; can be given again."
)
@click.option(
    "--jitter",
    type=click.IntRange(0, 3600),
    default=JITTER,
    show_default=True,
    help="Wait a random time of at most so many seconds before each run.",
)
@click.option("--install", is_flag=True, help="Put it into your crontab, or start your timer of systemd.")
@click.option("--remove", is_flag=True, help="Take it away again, wherever it is.")
@click.option(
    "--run", "run_now", is_flag=True, help="Be what cron starts: a run with a log file, silent if all is well."
)
@click.option("--stay", is_flag=True, help="Start the runs from this process, for a container: nothing else is needed.")
@click.pass_context
def command(  # noqa: PLR0917  (click passes them by name)
    ctx: click.Context,
    /,
    kind: str | None,
    every: str,
    at: tuple[Time, ...],
    jitter: int,
    install: bool,
    remove: bool,
    run_now: bool,
    stay: bool,
    **crawl_options: Any,
) -> int:
    """Print what makes this machine crawl every hour, with the options given, which are those of `crawl`.

    \b
    harvest schedule
    harvest schedule --install --board all --ministry 환경부
    harvest schedule --as systemd --at 07:00 --at 18:30
    harvest schedule --remove

    Nothing is changed without --install or --remove. Your other lines in the crontab stay as they are, and each
    database has lines of its own. Addresses that others must not see (--notify, --ping) go into a file beside it.
    """
    wanted = {"--install": install, "--remove": remove, "--run": run_now, "--stay": stay}
    given = [name for name, on in wanted.items() if on]
    if len(given) > 1:
        raise click.UsageError(f"either {given[0]} or {given[1]}")
    if at and ctx.get_parameter_source("every") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("either --every or --at")
    database = whole(database_path(crawl_options["db"], crawl_options["data"]))
    if remove:
        return removed(database, kind)
    if not run_now:  # else the run itself refuses, which is told once and not every hour
        check(crawl_options)
    job = job_of(ctx, database, Timing(minute_of(machine(), str(database)), every, at), jitter)
    if not run_now:
        check_addresses(crawl_options, database, anew=install)
    if run_now:
        return run_once(job)
    if stay:
        return run_on_and_on(job)
    try:
        check_writable(job)
        if platform.system() == "Windows":
            return say(Exit.FAILURE, "failure", f"Windows has neither cron nor systemd: {for_windows(job)}")
        if platform.system() == "Darwin" and kind != "systemd":
            note("on macOS cron starts nothing while the machine sleeps, and needs Full Disk Access for some folders")
        kind = kind or ("systemd" if systemd.is_here() and not cron.is_here() else "cron")
        return installed(job, kind) if install else printed(job, kind)
    except (ScheduleProblem, OSError) as error:
        return say(Exit.FAILURE, "failure", str(error))


# What is asked for


def check(options: Mapping[str, Any]) -> None:
    """Refuse now what each run would refuse. Raises click.BadParameter."""
    codes, words, boards = ministry_codes(options["ministries"]), options["query"].strip(), options["boards"]
    for board in boards:
        if (error := refused(board, codes, words)) and not set(BOARDS.values()) <= set(boards):
            raise bad(error)
    days = options.get("days")
    if days is not None and days < 1:
        raise click.BadParameter(f"{days} is not a number of days: 1 or more", param_hint="'--days'")
    for option, concurrency in (("--rate", 1), ("--concurrency", options["concurrency"])):
        try:
            pace(options["site"], options["rate"], concurrency)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"'{option}'") from None


def refused(board: Board, codes: tuple[str, ...], words: str) -> WrongArgument | None:
    """Why a board cannot be filtered so; where all are asked for, such a one is left out."""
    try:
        check_filter(board, codes, words)
    except WrongArgument as error:
        return error
    return None


def check_addresses(options: Mapping[str, Any], database: Path, *, anew: bool) -> None:
    """The same for whom to tell, whom the file of secrets may name, if it is not written `anew`."""
    notify: tuple[str, ...] = options["notify"]
    if not notify and not anew:
        with suppress(OSError, ValueError):
            notify = tuple(read_settings(files_of(database).settings).get("HARVEST_NOTIFY", "").split())
    if notify or options["heartbeat"]:
        from harvester.cli.telling import check as check_telling  # noqa: PLC0415  (Scrapy takes a second to load)
        from harvester.telling.teller import Address  # noqa: PLC0415

        check_telling(Address(notify, options["ping"], options["heartbeat"]), database)


def job_of(ctx: click.Context, database: Path, timing: Timing, jitter: int) -> Job:
    """What is to be started, with every path whole: cron starts it in another folder, without these variables."""
    environment: dict[str, str] = {}
    secrets: dict[str, str] = {}
    data = whole(ctx.params["data"])
    options = [f"--data={data}"]
    if database != data / "briefings.db":
        options.append(f"--db={database}")
    for param in crawl.command.params:
        name = param.name or ""
        if name in NOT_TAKEN | {"data", "db"} or not isinstance(param, click.Option):
            continue
        if ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT:
            continue
        if SECRET & set(param.opts):
            values = values_of(param, ctx.params[name])
            if any(re.search(r"\s", value) for value in values):
                raise click.BadParameter("an address has a space: write %20 for it", ctx, param)
            if values:
                secrets[variable_of(param)] = " ".join(values)
        else:
            options += spelled(param, ctx.params[name])
    for name in TAKEN_ALONG:
        if value := os.environ.get(name):
            (secrets if name.lower().endswith("proxy") and "@" in value else environment)[name] = value
    return Job(database, this_program(), tuple(options), timing, environment, secrets, jitter)


def spelled(param: click.Option, value: Any) -> list[str]:
    """An option as it is typed. With its value in one word: that may begin with a hyphen."""
    name = max(param.opts, key=len)
    if param.is_flag:
        return [name] if value else [*param.secondary_opts[:1]]
    return [f"{name}={each}" for each in values_of(param, value)]


def values_of(param: click.Option, value: Any) -> list[str]:
    if value is None:
        return []
    many = list(value) if param.multiple else [value]
    if param.name == "boards" and set(many) >= set(
        BOARDS.values()
    ):  # so that a board that is new one day is among them
        many = ["all", *(board for board in many if board not in BOARDS.values())]
    return [each.slug if isinstance(each, Board) else str(each) for each in many]


def whole(path: Path) -> Path:
    """Right in any folder, with links left alone: who points one at the newest folder wants the next one, too."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def variable_of(param: click.Option) -> str:
    named = param.envvar
    if isinstance(named, str):
        return named
    return named[0] if named else f"{PREFIX}_{(param.name or '').upper()}"


def machine() -> str:
    """What tells this machine from others."""
    with suppress(OSError):
        return Path("/etc/machine-id").read_text(encoding="utf-8").strip()
    return f"{socket.gethostname()}/{uuid.getnode()}"


# Printing, putting there, taking away


def printed(job: Job, kind: str) -> int:
    if kind == "cron":
        click.echo(cron.block(job, local_now()), nl=False)
        what = "these lines, in your crontab (`crontab -e`), start a run"
    else:
        for name, text in systemd.units(job).items():
            click.echo(f"# {systemd.folder() / name}\n{text}")
        what = "these two files, and `systemctl --user enable --now`, start a run"
    if job.secrets:
        names = ", ".join(job.secrets)
        note(f"{names}: not printed; a line NAME=value for each belongs into {job.files.settings}, for you alone")
    if not (cron.is_here() if kind == "cron" else systemd.is_here()):
        note(f"this machine has no {kind}: the lines are for one that has")
    return say(Exit.COMPLETE, "complete", f"{what} {job.timing.words}; nothing is changed yet: --install does that")


def installed(job: Job, kind: str) -> int:
    write_settings(job.files.settings, job.secrets)
    if kind == "cron":
        changed = cron.install(job, local_now())
        where = "your crontab"
        if systemd.remove(job.name):
            note(f"{job.name}.timer of systemd did this so far, and is removed")
        if cron.is_running() is False:
            note("no cron daemon is running on this machine: nothing is started before one is")
    else:
        changed = systemd.install(job)
        where = f"{job.name}.timer"
        if cron.is_here() and cron.remove(job.database):
            note("your crontab did this so far, and its lines are removed")
        if systemd.lingers() is False:
            note("your timers stop when you log out: `loginctl enable-linger` lets them go on")
    if job.secrets:
        note(f"{', '.join(job.secrets)}: in {job.files.settings}, which you alone can read")
    state = read_state(job.files.state)
    following = in_words(next_start(job.timing, local_now(), counted_at(state)))
    how = "is scheduled" if changed else "was scheduled so already, nothing is changed"
    return say(
        Exit.COMPLETE,
        "complete",
        f"{job.database} {how}, {job.timing.words}, by {where}; the next run is at {following}",
    )


def removed(database: Path, kind: str | None) -> int:
    """What other programs keep for us goes; the log stays, as the database does."""
    job_name = Job(database, (), (), Timing(0)).name
    files = files_of(database)
    try:
        from_cron = kind != "systemd" and (kind == "cron" or cron.is_here()) and cron.remove(database)
        from_systemd = kind != "cron" and systemd.remove(job_name)
        for path in (files.settings, files.state):
            path.unlink(missing_ok=True)
    except (ScheduleProblem, OSError) as error:
        return say(Exit.FAILURE, "failure", str(error))
    places = [place for place, found in (("your crontab", from_cron), ("systemd", from_systemd)) if found]
    if not places:
        return say(Exit.COMPLETE, "complete", f"nothing to remove: {database} is not scheduled")
    return say(Exit.COMPLETE, "complete", f"{database} is not scheduled any more: removed from {' and '.join(places)}")


def in_words(moment: datetime) -> str:
    here, korea = f"{moment:%Y-%m-%d %H:%M}", f"{moment.astimezone(KST):%Y-%m-%d %H:%M}"
    return f"{korea} Korean time" + ("" if here == korea else f", {here} here")


def for_windows(job: Job) -> str:
    from subprocess import list2cmdline  # noqa: PLC0415  (nowhere else needed)

    typed = list2cmdline(job.command(f"--jitter={job.jitter}", *job.timing.options))
    return f"have its Task Scheduler start each hour: {typed}; or let `harvest schedule --stay` run"


def note(text: str) -> None:
    click.echo(f"harvest: note: {text}", err=True)


# Being what is started


def run_once(job: Job) -> int:
    """One run, if one is due. Says something where somebody has to know, or sits there."""
    if not due(job):
        if sys.stderr.isatty():
            return say(Exit.COMPLETE, "complete", f"no run is due now: they are {job.timing.words}")
        return Exit.COMPLETE
    runner = Runner(job.files)
    with runner.hands_signals_on():
        try:
            if not sys.stderr.isatty():
                time.sleep(random.uniform(0, job.jitter))
                if not due(job):  # any more: another one, of a reboot, say, waited for less
                    return Exit.COMPLETE
            return start(job, runner)
        except Stopped:
            return say(Exit.PARTIAL, "interrupted", "stopped by a signal before anything was done")


def due(job: Job) -> bool:
    return is_due(job.timing, local_now(), counted_at(read_state(job.files.state)))


def run_on_and_on(job: Job) -> int:
    """Run now and whenever it is time, until a signal."""
    runner = Runner(job.files)
    status = int(Exit.COMPLETE)
    with runner.hands_signals_on():
        try:
            for moment in moments(job):
                if moment > local_now():
                    note(f"the next run is at {in_words(moment)}")
                sleep_until(moment + timedelta(seconds=random.uniform(0, job.jitter)))
                status = start(job, runner)
                if runner.stopped:
                    return status
        except Stopped:
            pass
    return say(Exit.COMPLETE, "complete", f"stopped by a signal between two runs; the last one ended with {status}")


def moments(job: Job) -> Iterator[datetime]:
    """When to run: at once, then by the hour."""
    yield local_now() - timedelta(seconds=job.jitter)
    while True:
        yield next_start(job.timing, local_now(), counted_at(read_state(job.files.state)))


def sleep_until(moment: datetime) -> None:
    while (rest := (moment - local_now()).total_seconds()) > 0:
        time.sleep(min(rest, LOOK_AT_THE_CLOCK))


def start(job: Job, runner: Runner) -> int:
    """A run; its exit status, said where it is news."""
    files, began = job.files, local_now()
    try:
        result = runner.run([*job.program, "crawl", *job.options], environment_of(job))
    except (OSError, ValueError) as error:
        result = Result(Exit.FAILURE, "failure", f"the run could not be started: {error}", mute=True)
    state, news = after(read_state(files.state), result, began.astimezone(UTC), local_now().astimezone(UTC))
    try:
        write_state(files.state, state)
    except OSError as error:
        news = news or result.sentence
        note(f"{files.state} cannot be written, so this may be told again: {error.strerror}")
    if result.mute and not runner.stopped:
        for each in told(job, result):
            write_down(files.log, each)
    if sys.stderr.isatty() or runner.stopped:
        news = news or result.sentence
    return say(result.status, result.word, f"{news}; the log is {files.log}") if news else int(result.status)


def environment_of(job: Job, errors: str = "strict") -> dict[str, str]:
    return {**job.environment, **read_settings(job.files.settings, errors), **job.secrets}


# Telling, for a run that did not


def told(job: Job, result: Result) -> list[str]:
    """Tell those whom the run would have told of its end; what could not be told."""
    try:
        environment = environment_of(job, "replace")
    except OSError:
        environment = {**job.environment, **job.secrets}
    try:
        with variables(environment):
            return tell(job, result)
    except Stopped:
        return ["telling was stopped by a signal: what was not taken is kept for the next run"]
    except Exception as error:
        # As of a run itself: its end is said in any case.
        return [f"nobody could be told, by a mistake of the program: {error!r}"]


def tell(job: Job, result: Result) -> list[str]:
    # As the run reads them, as far as they can be read: it may be one of them that it refused.
    context = crawl.command.make_context("crawl", list(job.options), resilient_parsing=True, auto_envvar_prefix=PREFIX)
    options = context.params
    if not (options["notify"] or options["ping"]):
        return []
    from harvester.telling import teller  # noqa: PLC0415  (next to no run needs it)
    from harvester.telling.words import Question  # noqa: PLC0415

    try:
        codes = ministry_codes(options["ministries"] or ())
    except click.BadParameter:
        codes = ()
    boards, words, site = options["boards"] or (PRESS_RELEASE,), (options["query"] or "").strip(), options["site"] or ""
    sites = {board_address(options["esg_board"], site) if board == ESG_BOARD else site for board in boards}
    question = Question(
        boards=tuple(board.slug for board in boards if not refused(board, codes, words)),
        filter=filter_key(codes, words),
        site=" and ".join(sorted(urlsplit(each).netloc for each in sites)),
        database=str(job.database),
        machine=teller.machine(),
    )
    line = f"harvest: {result.word} (exit {int(result.status)}): {result.sentence}"
    # A failure even where it is wrong usage: nobody sits before it.
    ended = teller.Ended(Exit.FAILURE, result.word, line, broke="program")
    address = teller.Address(tuple(options["notify"] or ()), options["ping"], bool(options["heartbeat"]))
    return teller.tell(ended, question, address, job.database)


@contextmanager
def variables(more: Mapping[str, str]) -> Iterator[None]:
    """Have these in the environment, too, for a while."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def write_down(log: Path, text: str) -> None:
    with suppress(OSError), log.open("a", encoding="utf-8") as file:
        file.write(f"harvest: note: {' '.join(text.split())}\n")
