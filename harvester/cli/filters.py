"""The filters as they were typed: what a look or a feed is known by, whatever a later version makes of them."""

import json
from typing import Any

import click

FILTERS = ("boards", "ministries", "query", "since", "until", "withdrawn")
"""The parameters of `selection_options`."""


def typed_filters() -> str:
    """The filters of the command that is running, as JSON: the same for the same filters in whatever order.

    Not the selection: which codes and names a ministry has had, a later version may know better.
    """
    given: dict[str, Any] = click.get_current_context().params
    return json.dumps({name: _plain(given[name]) for name in FILTERS if given[name]}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return sorted(set(value)) if isinstance(value, tuple) else value if isinstance(value, bool) else str(value)
