"""`harvest digest`."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from harvester.cli.crawl import typed
from harvester.cli.main import say
from harvester.cli.options import bad, database_path, db_option, selection_options
from harvester.cli.streams import STDOUT, check_file, file_at
from harvester.clock import KST, korean_today
from harvester.exports.posts import Post, as_html, as_markdown, title_to_post
from harvester.korean.queries import WrongQuery
from harvester.lock import AnotherRun, lock
from harvester.spiders.arguments import WrongArgument, read_range
from harvester.store import UNUSABLE, DatabaseProblem, digests, open_to_read, tagging
from harvester.store.completeness import Judged
from harvester.store.digests import Entry
from harvester.store.selection import Selection
from harvester.topics import Topic, WrongTopic, built_in, load, load_file
from harvester.verdict import DAYS_IN_A_SENTENCE, Exit
from harvester.wall.report import gap_lines

DAYS = 2
"""Today and yesterday: what an editor who looks in the morning has not seen."""
ENDINGS = {"markdown": "md", "html": "html", "json": "json"}
NOTHING = "해당하는 보도자료가 없습니다."


class TopicName(click.ParamType[Topic]):
    """A topic that comes with the program, or the file of one's own."""

    name = "topic"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Topic:
        if isinstance(value, Topic):
            return value
        try:
            return load_file(Path(value)) if value.endswith(".toml") else load(value)
        except WrongTopic as error:
            self.fail(str(error), param, ctx)


# A digest leaves out what the site has withdrawn, unless asked for it.
@click.command(
    "digest",
    short_help="the releases of some days that match a topic, ready to post",
    context_settings={"default_map": {"withdrawn": False}},
)
@click.option(
    "--topic",
    type=TopicName(),
    default="esg",
    show_default=True,
    envvar="HARVEST_TOPIC",
    show_envvar=True,
    metavar="NAME",
    help=f"A topic of the program ({', '.join(built_in())}), or NAME.toml, a file of your own.",
)
@click.option(
    "--area",
    "areas",
    multiple=True,
    envvar="HARVEST_AREA",
    show_envvar=True,
    metavar="KEY",
    help="Only this area of the topic, such as E; can be given again.",
)
@click.option("--days", type=int, envvar="HARVEST_DAYS", show_envvar=True, help=f"The last N days.  [default: {DAYS}]")
@click.option(
    "--unposted", is_flag=True, envvar="HARVEST_UNPOSTED", help="Leave out what the ESG board has re-posted already."
)
@selection_options
# Without variables that other verbs would read as well: those with the name of the verb are there of themselves.
@click.option(
    "--format",
    type=click.Choice(list(ENDINGS)),
    default="markdown",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--output",
    type=click.Path(allow_dash=True, path_type=Path),
    help="Write to this file.  [default: standard output]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@db_option
@click.pass_context
def command(  # noqa: PLR0917  (click passes them by name)
    ctx: click.Context,
    topic: Topic,
    areas: tuple[str, ...],
    days: int | None,
    unposted: bool,
    selection: Selection,
    format: str,
    output: Path | None,
    force: bool,
    db: Path | None,
    data: Path,
) -> int:
    """The releases of some days that match a topic, each ready to post: title, text, source line, link.

    \b
    harvest digest
    harvest digest --days 7 --unposted --format html --output esg.html
    harvest digest --area E --since 2024-01-15 --until 2024-01-17 --ministry 환경부

    Exit status: 0 where the days are complete, 3 where some are not, and releases may be missing.
    """
    if output == STDOUT:
        output = None
    if output is not None:
        check_file(output, f"digest.{ENDINGS[format]}")
    selection = replace(_with_days(ctx, selection, days), areas=_known(topic, areas))
    path = database_path(db, data)
    try:
        database = open_to_read(path)
        covered = digests.coverage(database, selection, *_ends(selection), korean_today())
        if unposted and digests.board_read_at(database) is None:
            why = f"no post of the ESG board is in {path}: `harvest crawl --board esg-board` reads it"
            return say(Exit.FAILURE, "failure", why)
        if not tagging.is_current(database, topic, selection.since, selection.until):
            _keep_tags(path, topic, selection)
        found = [each for each in digests.entries(database, topic, selection) if not (unposted and each.posts)]
        read_at = digests.board_read_at(database)
    except WrongQuery as error:
        raise click.BadParameter(str(error), param_hint="'--query'") from None
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    text = written(topic, selection, found, covered, format)
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            with file_at(output, force=force) as stream:
                stream.write(text.encode())
        except OSError as error:
            return say(Exit.FAILURE, "failure", f"{output} cannot be written: {error.strerror or error}")
    if unknown := topic.unknown_ministries:
        why = f"no ministry is called {', '.join(unknown)} in full, so their points are never given"
        click.echo(f"harvest: note: {why}", err=True)
    for note in notes(found, covered, read_at if unposted else None):
        click.echo(f"harvest: note: {note}", err=True)
    return judge(topic, selection, found, covered, path)


def _with_days(ctx: click.Context, selection: Selection, days: int | None) -> Selection:
    """The selection with both its ends; what is typed goes over what the environment says."""
    since, until = selection.since, selection.until
    if typed(ctx, "days"):
        since, until = (day if typed(ctx, name) else None for name, day in (("since", since), ("until", until)))
    elif typed(ctx, "since") or typed(ctx, "until"):
        days = None
    if days is None and since is None and until is None:
        days = DAYS
    try:
        # An end alone is one day: nobody means everything before it.
        first, last = read_range(since if since or days else until, until, days)
    except WrongArgument as error:
        raise bad(error) from None
    return replace(selection, since=first, until=last)


def _ends(selection: Selection) -> tuple[date, date]:
    assert selection.since is not None
    assert selection.until is not None
    return selection.since, selection.until


def _known(topic: Topic, areas: Sequence[str]) -> tuple[str, ...]:
    if wrong := [area for area in areas if area not in topic.area_names]:
        there_are = ", ".join(f"{key} ({name})" for key, name in topic.area_names.items())
        raise bad(WrongArgument("area", f"{wrong[0]!r} is no area of {topic.name}; there are: {there_are}"))
    return tuple(dict.fromkeys(areas))


def _keep_tags(path: Path, topic: Topic, selection: Selection) -> None:
    """Store the tags of these days; where that cannot be done, the digest judges for itself, and says so."""
    try:
        held = lock(path)
        try:
            tagging.tag(path, topic, selection.since, selection.until)
        finally:
            held.release()
    except (AnotherRun, OSError, *UNUSABLE) as error:
        click.echo(f"harvest: note: the tags are not stored, this digest is right all the same: {error}", err=True)


def written(topic: Topic, selection: Selection, found: Sequence[Entry], covered: Sequence[Judged], form: str) -> str:
    if form == "json":
        return json.dumps(as_data(topic, selection, found, covered), ensure_ascii=False, indent=2) + "\n"
    since, until = _ends(selection)
    heading = f"{topic.title} {since}{'' if since == until else f' – {until}'}"
    posts = [as_post(topic, each) for each in found]
    return as_html(heading, posts, NOTHING) if form == "html" else as_markdown(heading, posts, NOTHING)


def as_post(topic: Topic, entry: Entry) -> Post:
    release = entry.release
    areas = topic.area_names
    notes = [" / ".join(f"{tag.area} {areas[tag.area]}: {', '.join(tag.words)}" for tag in entry.tags)]
    notes += [f"이미 게시됨: {post['posted_on']} {post['url']}" for post in entry.posts]
    notes += ["정책브리핑에서 삭제됨"] if release["withdrawn_at"] else []
    notes += ["본문 없음: 목록의 요약"] if release["body"] is None else []
    return Post(
        title=title_to_post(release["title"], release["title_prefix"]),
        text=text_of(release),
        source_line=release["source_line"],
        url=release["url"],
        notes=tuple(notes),
    )


def text_of(release: dict[str, Any]) -> str:
    return str(release["body"] or release["lead"] or "")


def as_data(topic: Topic, selection: Selection, found: Sequence[Entry], covered: Sequence[Judged]) -> dict[str, Any]:
    since, until = _ends(selection)
    lines = _gaps(covered)
    return {
        "topic": topic.name,
        "version": topic.version,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "complete": not lines,
        "not_complete": lines,
        "releases": [
            {
                "news_id": entry.release["news_id"],
                "board": entry.release["board"],
                "title": title_to_post(entry.release["title"], entry.release["title_prefix"]),
                "text": text_of(entry.release),
                "source_line": entry.release["source_line"],
                "url": entry.release["url"],
                "ministry": entry.release["ministry"],
                "published_on": entry.release["published_on"],
                "withdrawn_at": entry.release["withdrawn_at"],
                "areas": [
                    {"area": tag.area, "name": topic.area_names[tag.area], "words": tag.words} for tag in entry.tags
                ],
                "joint_releases": entry.siblings,
                "esg_posts": entry.posts,
            }
            for entry in found
        ],
    }


def _gaps(covered: Sequence[Judged]) -> list[str]:
    return [f"{each.board}: {line}" for each in covered for line in gap_lines(each)]


def notes(found: Sequence[Entry], covered: Sequence[Judged], read_at: str | None) -> list[str]:
    """What a reader has to know of a digest that is complete, too."""
    told = []
    today = korean_today()
    walked = [each.days[today].checked_at for each in covered if today in each.days and each.days[today].confirmed]
    if walked:
        told.append(f"today as of {_in_korea(min(walked))}: what came later is not in it")
    if read_at:
        told.append(f"what is posted, as of {_in_korea(read_at)}")
    if without := sum(each.release["body_status"].startswith("not fetched") for each in found):
        told.append(f"{without} of them without the text, which is not fetched yet: judged by title and lead")
    return told


def _in_korea(utc: str) -> str:
    return f"{datetime.fromisoformat(utc).astimezone(KST):%Y-%m-%d %H:%M} Korean time"


def judge(topic: Topic, selection: Selection, found: Sequence[Entry], covered: Sequence[Judged], path: Path) -> int:
    """The last line, and the status that goes with it."""
    since, until = _ends(selection)
    days = str(since) if since == until else f"{since} … {until}"
    many = f"{len(found) or 'no'} release{'' if len(found) == 1 else 's'}"
    sentence = f"{many} of {topic.name}, version {topic.version}, for {days} in {path}"
    if gaps := _gaps(covered):
        more = len(gaps) - DAYS_IN_A_SENTENCE
        named = "; ".join(gaps[:DAYS_IN_A_SENTENCE]) + (f"; and {more} more" if more > 0 else "")
        return say(Exit.PARTIAL, "partial", f"{sentence}; releases may be missing, not complete: {named}")
    return say(Exit.COMPLETE, "complete", sentence)
