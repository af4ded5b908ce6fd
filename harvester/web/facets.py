"""A facet that Datasette lacks: by month."""

from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import escape_sqlite, path_with_added_args, path_with_removed_args

from harvester.store.web import by_month


class MonthFacet(Facet):
    """`_facet_month=published_on`: how many rows each month has, the newest first."""

    type = "month"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        found, timed_out = [], []
        size = self.get_facet_size()
        chosen = dict(self.get_querystring_pairs())
        for each in self.get_configs():
            column = each["config"].get("column") or each["config"]["simple"]
            try:
                answered = await self.ds.execute(
                    self.database,
                    by_month(self.sql, escape_sqlite(column), size + 1),
                    self.params,
                    custom_time_limit=self.ds.setting("facet_time_limit_ms"),
                )
            except QueryInterrupted:
                timed_out.append(column)
                continue
            months = [self._month(row, f"{column}__startswith", chosen) for row in answered.rows[:size]]
            found.append(
                {
                    "name": column,
                    "type": self.type,
                    "results": months,
                    "hideable": each["source"] != "metadata",
                    "toggle_url": self.ds.urls.path(path_with_removed_args(self.request, {"_facet_month": column})),
                    "truncated": len(answered.rows) > size,
                }
            )
        return found, timed_out

    def _month(self, row: Any, argument: str, chosen: dict[str, str]) -> dict[str, Any]:
        month = row["value"]
        selected = chosen.get(argument) == month
        change = path_with_removed_args if selected else path_with_added_args
        return {
            "value": month,
            "label": month,
            "count": row["count"],
            "toggle_url": self.ds.absolute_url(
                self.request, self.ds.urls.path(change(self.request, {argument: month}))
            ),
            "selected": selected,
        }
