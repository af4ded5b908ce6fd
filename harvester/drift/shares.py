"""Is a field emptier, or a page lighter or heavier, than before? The last releases against those before them.

Hourly runs read a few releases each, so not a run is judged but the last 12, and the last 60, of a board. What is asked
is how likely so few of them would have the field if nothing had changed (Fisher's exact test): a finding needs less
than one in a thousand million, and a share that fell by half. 9,000 runs a year with 45 measures and two looks make
800,000 questions a year and board, so chance alone gives about one false alarm in a thousand years.
"""

from collections.abc import Callable, Iterator, Sequence
from math import exp, lgamma, log, sqrt

from harvester.drift import Kind, Notice, key_of
from harvester.drift.measures import NAMES, Measures

Counts = Sequence[Measures]

LAST = (12, 60)
"""Releases; the first sees what went empty within hours, the second what became rare."""
ENOUGH_BEFORE = 200
"""Releases; of fewer nobody knows what is usual."""
MOST_BEFORE = 2000
"""Releases; what is usual is what was so lately."""
CHANCE = 1e-9
FELL_TO = 0.5
"""The part of its share that a field must have lost: what is sure is not always worth telling."""
BACK_AT = 0.75
"""The part of its share at which a field counts as back."""
OFFICES = 4
"""Ministries among the last releases, as far as the board has so many: one office may have habits of its own."""
RUNS_TO_KNOW_LUMPS = 10
SIZE_FACTOR = 1.5
SIZE_SURE = 7.0
"""Standard errors: one in a million million by chance."""
SIZES_LAST = 20


def judge(board: str, measured: Counts) -> Iterator[Notice]:
    """What is emptier or of another size than before; `measured` are the board's counts, the newest last."""
    names = measured[-1].filled if measured else {}
    for name in names:
        notice = next((found for last in LAST if (found := _emptier(board, name, measured, last))), None)
        if notice:
            yield notice
    for name in measured[-1].sizes if measured else {}:
        if notice := _of_other_size(board, name, measured):
            yield notice


def is_back(kind: Kind, measure: str, expected: float, measured: Counts) -> bool:
    """Whether what was missed is as it was `expected` to be."""
    if kind is Kind.FIELD:
        there, of = _shares(_parted(measured, lambda each: _share(each, measure)[1], LAST[0])[0], measure)
        return of >= LAST[0] and there / of >= BACK_AT * expected
    number, total, _ = _sizes(_parted(measured, lambda each: _size(each, measure)[0], SIZES_LAST)[0], measure)
    return number >= SIZES_LAST and abs(total / number - expected) < log(SIZE_FACTOR)


def _emptier(board: str, name: str, measured: Counts, enough: int) -> Notice | None:
    last, before = _parted(measured, lambda each: _share(each, name)[1], enough)
    there, of = _shares(last, name)
    was_there, was_of = _shares(before, name)
    if of < enough or was_of < ENOUGH_BEFORE or not was_there or not _of_many(last, before):
        return None
    share = was_there / was_of
    if there / of > FELL_TO * share:
        return None
    lumps = lumpiness([_share(each, name) for each in before])
    if chance_of_so_few(*(round(number / lumps) for number in (there, of, was_there, was_of))) >= CHANCE:
        return None
    what = NAMES.get(name, name)
    has = f"none of the last {of} has" if not there else f"only {there} of the last {of} have"
    return Notice(
        key_of(board, Kind.FIELD, name),
        Kind.FIELD,
        f"{has} {what}; of the {was_of:,} before, {share:.0%} had",
        "look at one of these releases on the site and at the saved page: where the site shows it, the reader of this"
        " field needs work; where the site shows it no longer, nothing is to be done",
        measure=name,
        expected=share,
    )


def _of_other_size(board: str, name: str, measured: Counts) -> Notice | None:
    last, before = _parted(measured, lambda each: _size(each, name)[0], SIZES_LAST)
    number, total, _ = _sizes(last, name)
    were, was_total, was_squares = _sizes(before, name)
    if number < SIZES_LAST or were < ENOUGH_BEFORE or not _of_many(last, before):
        return None
    mean, was_mean = total / number, was_total / were
    spread = sqrt(max(was_squares / were - was_mean**2, 1e-4))
    apart = abs(mean - was_mean)
    if apart < log(SIZE_FACTOR) or apart < SIZE_SURE * spread / sqrt(number):
        return None
    unit = "characters" if name == "body" else "bytes"
    return Notice(
        key_of(board, Kind.SIZE, name),
        Kind.SIZE,
        f"the last {number} {NAMES.get(name, name)} have {exp(mean):,.0f} {unit} (geometric mean);"
        f" the {were:,} before had {exp(was_mean):,.0f}",
        "look at the saved page beside an older one: is something missing, or added?",
        measure=name,
        expected=was_mean,
    )


def _parted(measured: Counts, number_of: Callable[[Measures], int], enough: int) -> tuple[Counts, Counts]:
    """The fewest of the newest that are enough together, and of those before as many as tell what is usual."""
    counted, first, at = 0, 0, len(measured)
    while at > 0 and counted < enough + MOST_BEFORE:
        at -= 1
        if counted < enough:
            first = at
        counted += number_of(measured[at])
    return measured[first:], measured[at:first]


def _of_many(last: Counts, before: Counts) -> bool:
    """Whether so many ministries are among the last that what is missing is no habit of one."""
    theirs, usual = ({name for each in some for name in each.ministries} for some in (last, before))
    return len(theirs) >= min(OFFICES, len(usual))


def _share(each: Measures, name: str) -> tuple[int, int]:
    return each.filled.get(name, (0, 0))


def _size(each: Measures, name: str) -> tuple[int, float, float]:
    return each.sizes.get(name, (0, 0.0, 0.0))


def _shares(some: Counts, name: str) -> tuple[int, int]:
    there = [_share(each, name) for each in some]
    return sum(each[0] for each in there), sum(each[1] for each in there)


def _sizes(some: Counts, name: str) -> tuple[int, float, float]:
    sizes = [_size(each, name) for each in some]
    return sum(each[0] for each in sizes), sum(each[1] for each in sizes), sum(each[2] for each in sizes)


def chance_of_so_few(there: int, of: int, was_there: int, was_of: int) -> float:
    """How likely at most `there` of the last `of` would have it, if all `of` + `was_of` were alike (hypergeometric)."""
    all_there, all_of = there + was_there, of + was_of
    least = max(0, of - (all_of - all_there))
    whole = _ways(all_of, of)
    terms = (_ways(all_there, n) + _ways(all_of - all_there, of - n) - whole for n in range(least, there + 1))
    return min(1.0, sum(map(exp, terms)))


def lumpiness(runs: Sequence[tuple[int, int]]) -> float:
    """How many releases count as one: 1 where each is by itself, more where runs have nearly all or nearly none.

    One ministry publishes several in a row, and they are alike. It is how much more the runs' shares differ than they
    would by chance (Pearson's statistic by its degrees of freedom).
    """
    some = [(there, of) for there, of in runs if of]
    share = sum(there for there, _ in some) / max(1, sum(of for _, of in some))
    if len(some) < RUNS_TO_KNOW_LUMPS or not 0 < share < 1:
        return 1.0
    apart = sum((there - of * share) ** 2 / (of * share * (1 - share)) for there, of in some)
    return max(1.0, apart / (len(some) - 1))


def _ways(of: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
