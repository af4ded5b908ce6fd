"""`harvest show`."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click

from harvester.cli.main import say
from harvester.cli.options import database_path, db_option, json_option
from harvester.store import DatabaseProblem, open_to_read, reports
from harvester.verdict import Exit


class NewsId(click.ParamType[int]):
    """A newsId, or the address of a release."""

    name = "news_id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            text = parse_qs(urlsplit(str(value)).query).get("newsId", [str(value)])[0].strip()
        except ValueError:
            text = ""
        if not re.fullmatch(r"[0-9]{1,15}", text):
            self.fail(f"{value!r} is no newsId: it is a number such as 156611054, or a release's address", param, ctx)
        return int(text)


@click.command("show", short_help="print one release with its source line")
@click.argument("news_id", type=NewsId())
@click.option("--with-contacts", is_flag=True, help="The officials it names, too.")
@click.option("--cite", is_flag=True, help="Only its source line and its address, to put under a text.")
@db_option
@json_option
def command(  # noqa: PLR0917  (click passes them by name)
    news_id: int, with_contacts: bool, cite: bool, db: Path | None, data: Path, as_json: bool
) -> int:
    """Print one release with its source line, files and revisions.

    \b
    harvest show 156611054
    harvest show 'https://www.korea.kr/briefing/pressReleaseView.do?newsId=156611054'
    harvest show 156611054 --cite
    """
    path = database_path(db, data)
    try:
        found = reports.release(open_to_read(path), news_id, with_contacts=with_contacts)
    except DatabaseProblem as error:
        return say(Exit.FAILURE, "failure", str(error))
    if found is None:
        return say(Exit.FAILURE, "failure", f"newsId {news_id} is not in {path}")
    if cite:
        found = {name: found[name] for name in ("source_line", "url", "title")}
    click.echo(
        json.dumps(found, ensure_ascii=False, indent=2) if as_json else citation(found) if cite else as_text(found)
    )
    return say(Exit.COMPLETE, "complete", f"release {news_id} of {path}")


def as_text(release: dict[str, Any]) -> str:
    """A release as a person reads it; the source line and the address come last, as on the boards that cite it."""
    said_by = [release["ministry"], *([release["presenter"]] if release["presenter"] else [])]
    head = [release["title"], f"{', '.join(said_by)}  {release['published_at'] or release['published_on']}"]
    if release["withdrawn_at"]:
        head.append(f"withdrawn by the site, seen {release['withdrawn_at']}")
    files = [f"text: {release['body_source']} ({release['body_status']})"]
    files += [f"{each['position']}. {each['name']}  {each['url']}" for each in release["attachments"]]
    changes = [
        f"revision {each['revision']}, {each['changed_at']}: {each['field']}\n  - {each['old']}\n  + {each['new']}"
        for each in release["revisions"]
    ]
    files += [
        f"the same release, {each['kind']}: newsId {each['news_id']}, {each['ministry']}, {each['published_on']}"
        for each in release["joint_releases"]
    ]
    files += [f"in charge: {each['in_charge']}: {each['title']}" for each in release["agenda_items"]]
    files += [
        f"re-posted on the ESG board: post {each['post_id']}, {each['posted_on']}  {each['url']}"
        for each in release["esg_posts"]
    ]
    files += [
        "  ".join(filter(None, (each["department"], each["role"], each["name"], each["phone"])))
        for each in release.get("contacts", [])
    ]
    end = citation(release)
    parts = ["\n".join(head), release["body"] or release["lead"] or "", "\n".join(files), "\n".join(changes), end]
    return "\n\n".join(part for part in parts if part)


def citation(release: dict[str, Any]) -> str:
    """The two lines with which boards end the posts that cite a release."""
    return f"{release['source_line']}\n{release['url']}"
