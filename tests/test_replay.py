"""Which releases a replay derives, and from which of their pages."""

from harvester.replay import Deriver, Task, tasks
from harvester.settings import ITEM_PIPELINES
from harvester.store import Origin


def test_a_release_is_read_from_its_page_or_a_later_one_never_from_an_older() -> None:
    stored = {1: Origin(20, None)}
    assert list(tasks(stored, {1: [30, 20, 10]})) == [Task(1, (30, 20), None)]


def test_what_was_read_from_a_page_that_is_not_kept_is_left_alone() -> None:
    stored = {1: Origin(None, None), 2: Origin(99, None)}
    assert list(tasks(stored, {1: [10], 2: [20]})) == []


def test_what_only_the_archive_has_is_derived_from_its_newest_page() -> None:
    assert list(tasks({}, {1: [30, 10]})) == [Task(1, (30, 10), None)]


def test_a_text_that_only_the_database_has_goes_along() -> None:
    assert list(tasks({1: Origin(10, ("글", "hwpx"))}, {1: [10]})) == [Task(1, (10,), ("글", "hwpx"))]


def test_releases_come_in_the_order_of_the_archive() -> None:
    assert [task.news_id for task in tasks({}, {5: [30], 7: [10], 6: [20]})] == [7, 6, 5]


def test_the_steps_are_those_of_a_crawl_but_its_range_and_its_store() -> None:
    made = {f"{type(step).__module__}.{type(step).__name__}" for step in Deriver.steps.func(None)}  # type: ignore[arg-type]
    assert set(ITEM_PIPELINES) - made == {"pipelines.check_range.CheckRange", "pipelines.store.StoreBriefing"}
