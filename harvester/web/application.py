"""Datasette as it serves our database: its settings, texts, pages and headers."""

from functools import cache
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import parse_metadata

from harvester.web import plugin
from harvester.web.database import NAME, ReadOnly

HERE = Path(__file__).parent

SETTINGS = {
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1000,
    # Thirty columns tried one after the other would make every page of the table wait.
    "suggest_facets": False,
    "truncate_cells_html": 200,
    "default_facet_size": 12,
    "max_returned_rows": 2000,
    "allow_download": False,
    # The database changes: no answer may be kept unasked.
    "default_cache_ttl": 0,
}


@cache
def texts() -> dict[str, Any]:
    """Titles, descriptions, queries and charts."""
    read: dict[str, Any] = parse_metadata((HERE / "metadata.yaml").read_text(encoding="utf-8"))
    return read


def metadata(*, with_contacts: bool) -> dict[str, Any]:
    """The texts as Datasette wants them: the table of named officials is nobody's to see unless asked for."""
    told = texts()
    database = told["databases"][NAME]
    contacts = {**database["tables"]["contacts"], "allow": with_contacts}
    return {**told, "databases": {NAME: {**database, "tables": {**database["tables"], "contacts": contacts}}}}


def application(path: Path, *, with_contacts: bool = False, base_url: str = "/") -> Datasette:
    """What serves this database; `app()` of it is the ASGI application."""
    if not pm.is_registered(plugin):
        pm.register(plugin)
    datasette = Datasette(
        metadata=metadata(with_contacts=with_contacts),
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
        settings={**SETTINGS, "base_url": base_url},
    )
    # Files given to Datasette are opened its way; without one it serves an empty database in memory.
    datasette.remove_database("_memory")
    datasette.add_database(ReadOnly(datasette, path, with_contacts=with_contacts), name=NAME)
    return datasette
