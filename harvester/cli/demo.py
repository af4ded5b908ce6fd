"""`harvest demo`."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from harvester.boards import BOARDS, ESG_BOARD, PRESS_RELEASE
from harvester.clock import KST
from harvester.demo import Clock, Corpus, Fault, MiniSite
from harvester.demo.boards import BOARDS as SERVED
from harvester.demo.esg_board import EsgBoard
from harvester.store import open_to_read, reports
from harvester.verdict import Exit

SINCE, UNTIL = date(2024, 1, 8), date(2024, 1, 17)
RELEASES_A_DAY = 25
RATE = "100"
DATABASE = "demo.db"


@click.command("demo", short_help="the real crawl against a miniature korea.kr")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="The folder for demo.db, which is made anew.",
)
@click.option("--jsonl", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Serve a file's releases.")
@click.option("--serve", is_flag=True, help="Only keep the miniature site up, to try things by hand.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The site's port.  [default: any free one]")
def command(data: Path, jsonl: Path | None, serve: bool, port: int) -> int:
    """Run the real crawl against a miniature korea.kr on this machine, without the network.

    \b
    harvest demo
    harvest demo --serve --port 8080
    """
    corpus = Corpus.from_jsonl(jsonl) if jsonl else made_up()
    days = sorted({release.listed_on for release in corpus.releases})
    if not days:
        raise click.BadParameter(f"{jsonl} holds no release", param_hint="'--jsonl'")
    since, until = days[0], days[-1]
    noon_after = datetime.combine(until + timedelta(days=1), datetime.min.time(), tzinfo=KST) + timedelta(hours=12)
    board = EsgBoard.reposting(corpus, since=since, until=until - timedelta(days=3), a_day=3)
    with MiniSite(corpus, clock=Clock(noon_after), port=port, beside=board) as site:
        if serve:
            return keep_up(site, since, until, data)
        return show(site, corpus, since, until, data)


def made_up() -> Corpus:
    return Corpus.generated(since=SINCE, until=UNTIL, per_day=RELEASES_A_DAY, boards=tuple(SERVED))


def keep_up(site: MiniSite, since: date, until: date, data: Path) -> int:
    # Into the demo's own file: made-up releases do not belong into a real database.
    command = f"harvest backfill --board all --since {since} --until {until} --db {data / DATABASE}"
    try:
        click.echo(f"A miniature korea.kr with releases of {since} … {until} at {site.url}   (Ctrl-C ends it)\n")
        click.echo(f"  HARVEST_SITE={site.url} HARVEST_RATE=0 {command}\n")
        click.echo(f"In place of all, one of: {', '.join((*SERVED, ESG_BOARD.slug))}")
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return Exit.COMPLETE


def show(site: MiniSite, corpus: Corpus, since: date, until: date, data: Path) -> int:
    """Two real crawls, the second after the site changed; then a look into what they made."""
    # A file of its own, so that nobody's real database in the same folder can be meant.
    database = data / DATABASE
    for leftover in (*data.glob(f"{DATABASE}*"), *data.glob("archive-demo.db*"), *data.glob("readings-demo.db*")):
        leftover.unlink()
    releases = len(site.truth(since, until))
    title(f"1. A miniature korea.kr is up at {site.url}: {releases} press releases of {since} … {until}")
    click.echo(
        "It misbehaves as the real one does: one request in ten fails at first, and lists move while being read."
    )
    site.faults = [Fault("503", share=0.1), Fault("truncated", share=0.05), Fault("shifting", share=0.02, where="list")]
    status = harvest(site, data, "backfill", "--since", since.isoformat(), "--until", until.isoformat())
    if status:
        return status
    title("2. On the site, two releases appear, one is edited and one deleted. The next run finds just that")
    site.faults = []
    change(corpus, until)
    site.clear_log()
    three_days = "--since", (until - timedelta(days=2)).isoformat(), "--until", until.isoformat()
    status = harvest(site, data, "crawl", *three_days)
    if status:
        return status
    pages = {seen.news_id for seen in site.requests if seen.kind == "release"}
    click.echo(f"It asked for {len(pages)} release pages, not for all.")
    title("3. Complete? The database itself knows")
    status = harvest(site, data, "status")
    title("4. What is in it")
    look(database)
    title("5. The other boards: briefings by speaker, the cabinet's agenda; and a board that re-posts releases")
    others = [word for slug in BOARDS if slug != PRESS_RELEASE.slug for word in ("--board", slug)]
    last_days = "--since", (until - timedelta(days=2)).isoformat(), "--until", until.isoformat()
    status = status or harvest(site, data, "crawl", *others, *last_days)
    status = status or harvest(site, data, "crawl", "--board", ESG_BOARD.slug, *last_days)
    look_at_boards(database)
    title("6. Every page and document is kept as it came: all of it can be derived again, without the site")
    return status or harvest(site, data, "archive") or harvest(site, data, "replay", "--board", "all")


def change(corpus: Corpus, day: date) -> None:
    """What happens on a site between two crawls."""
    edited, deleted, *rest = [
        release for release in corpus.releases if release.listed_on == day and release.board == PRESS_RELEASE.slug
    ]
    corpus.edit(edited.news_id, title=f"{edited.title} (수정)")
    corpus.delete(deleted.news_id)
    for model in rest[:2]:
        corpus.add(replace(model, news_id=corpus.next_id(), title=f"[새 소식] {model.title}"))


def harvest(site: MiniSite, data: Path, *arguments: str) -> int:
    """The real command, in a process of its own, as cron would run it."""
    click.echo(f"\n$ harvest {' '.join(arguments)}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HARVEST_")}
    environment |= {"HARVEST_SITE": site.url, "HARVEST_RATE": RATE, "HARVEST_DB": str(data / DATABASE)}
    return subprocess.run([sys.executable, "-m", "harvester", *arguments], env=environment, check=False).returncode


def look_at_boards(database: Path) -> None:
    click.echo(
        f"""
  sqlite3 {database} 'SELECT kind, speaker, text FROM statements LIMIT 5'
  sqlite3 {database} 'SELECT title, in_charge FROM agenda_items'
  sqlite3 {database} 'SELECT posted_on, title, news_id, matched_by FROM esg_posts'"""
    )


def look(database: Path) -> None:
    newest = reports.newest(open_to_read(database), 3)
    for release in newest:
        click.echo(f"  {release['title']}\n    {release['source_line']} {release['url']}")
    click.echo(
        f"""
It is one SQLite file, open to any tool:

  sqlite3 {database} 'SELECT ministry, count(*) FROM briefings GROUP BY 1 ORDER BY 2 DESC LIMIT 5'
  sqlite3 {database} 'SELECT day, declared, listed, stored, state FROM days'
  sqlite3 {database} 'SELECT field, old, new FROM revisions'
  harvest show {newest[0]["news_id"]} --db {database}
  harvest search 희토류 --db {database}
  harvest serve --db {database}          in a browser: search, calendar, charts, feeds

The same for the live site, politely:  make harvest   (its columns: docs/data-dictionary.md)"""
    )


def title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)
