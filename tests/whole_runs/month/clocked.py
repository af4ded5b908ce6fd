"""Lets the harvester believe that it is another time; it has no switch for that itself."""

from datetime import UTC, datetime, tzinfo

from harvester import clock


def tell(moment: datetime) -> None:
    """From here on `harvester.clock`, the only place that asks, says this time and goes on from it."""
    ahead = moment - datetime.now(UTC)

    class Told(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    vars(clock)["datetime"] = Told
