"""What a month was like, in figures, and what was told of it that should not have been, or was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from tests.whole_runs.month.simulation import Simulation, episodes, idle

NOTICED = "harvest: noticed"
"""How the title of a message begins that tells of what drifted, or does no more."""


def wrongly_told(simulation: Simulation) -> list[str]:
    """Each trouble is told once in the first run that met it, and its end once in the first that was complete.

    What runs notice of pages while days fail stands in the same message, after the trouble. A message of nothing else
    tells of no trouble.
    """
    messages = [message for message in simulation.recorder.messages if not message.title.startswith(NOTICED)]
    told = Counter(message.run for message in messages)
    kinds = {message.run: message.kind for message in messages}
    wanted: dict[int, tuple[str, ...]] = {}
    for begun, over in episodes(simulation.outcome.runs):
        wanted[begun.number] = ("failure", "warning")
        if over is not None:
            wanted[over.number] = ("success",)
    return [
        *(f"run {run}: told {told[run]} times, not once" for run in wanted if told[run] != 1),
        *(f"run {run}: told {told[run]} times, not at all" for run in told if run not in wanted),
        *(f"run {run}: told as {kinds[run]}" for run in wanted if run in kinds and kinds[run] not in wanted[run]),
    ]


def table(simulation: Simulation) -> str:
    """The month in figures, for a reader."""
    outcome = simulation.outcome
    runs, quiet = outcome.runs, idle(outcome.runs)
    spells = Counter(run.spell.kind if run.spell else "nothing wrong" for run in runs)
    lines = [
        ("runs", f"{len(runs)}: {_counted(spells)}"),
        ("killed", f"{sum(run.killed for run in runs)}"),
        ("exit statuses", _counted(Counter(run.status for run in runs))),
        ("met a fault that passes", f"{sum(run.passing for run in runs)} runs"),
        ("requests of a run", _spread([run.requests for run in runs if run.able])),
        ("of a run where nothing was new", f"{_spread([run.requests for run in quiet])}, {len(quiet)} runs"),
        ("releases, and the runs until they were stored", _counted(Counter(outcome.stored_after.values()))),
    ]
    for kind in ("edited", "moved", "deleted"):
        hours = [change.hours for change in outcome.changes if change.happening.kind == kind and change.found]
        missed = sum(change.happening.kind == kind and not change.found for change in outcome.changes)
        lines.append((f"{kind}: hours until it was found", f"{_spread(hours)}, {len(hours)} found, {missed} not"))
    lines.append(("messages", str(len(simulation.recorder.messages))))
    told = [f"- run {m.run} ({m.kind}): {m.title}" for m in simulation.recorder.messages]
    return "\n".join(["", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in lines), "", *told])


def _counted(counter: Counter[int] | Counter[str]) -> str:
    return ", ".join(f"{value}: {times}" for value, times in sorted(counter.items(), key=lambda each: str(each[0])))


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    if not found:
        return "none"
    return f"median {median(found):g}, 95 % up to {found[int(len(found) * 0.95)]:g}, most {found[-1]:g}"
