"""Reservations about a plan as a whole: rounds that hardly overlap, domains without people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import polars as pl

from analysis.plan.figures import Estimated
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.schema.estimates import EstimateSection
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.words import SEVERAL
from analysis.results import Note

MANY_DOMAINS: Final = 100
"""Domains of one estimate from which on it is asked whether they are meant."""

HALF: Final = 0.5
"""Share of the smaller round's PSUs below which an overlap is small."""

Unit = tuple[int, int]
"""Stratum and PSU, by their codes."""


def check_rounds(plan: Plan, table: Table, reader: Reader) -> tuple[Note, ...]:
    """Compare the PSUs of rounds with what the plan says of them.

    Returns
    -------
    tuple of Note
        Overlapping rounds with few PSUs in common or with PSUs that changed
        their stratum; independent ones with the same codes.
    """
    name, design = round_column(plan.data), plan.design
    read = [one for one in (name, *design.clusters[:1], *design.strata[:1]) if one]
    is_whole = all(table.missing(one) is None for one in read)
    if not name or not design.clusters or reader.faults or not is_whole:
        return ()
    of_round = _psus(plan, table, name)
    notes: list[Note] = []
    for one, other in pairwise(of_round):
        first, second = of_round[one], of_round[other]
        common = len(first & second)
        codes = len({psu for _, psu in first} & {psu for _, psu in second})
        sizes = (str(len(first)), str(len(second)))
        smaller = min(len(first), len(second))
        if design.rounds == "independent":
            if codes > HALF * smaller:
                detail = SEVERAL.join((one, other, str(codes), *sizes))
                notes.append(Note("rounds-share-psus", detail))
            continue
        if common == 0:
            place = (*design.place, "rounds")
            reader.fault(place, "rounds-share-none", first=one, second=other)
        elif common < HALF * smaller:
            detail = SEVERAL.join((one, other, str(common), *sizes))
            notes.append(Note("rounds-share-few", detail))
        if codes > common:
            detail = SEVERAL.join((one, other, str(codes - common)))
            notes.append(Note("psus-changed-strata", detail))
    return tuple(notes)


def _psus(plan: Plan, table: Table, rounds: str) -> dict[str, set[Unit]]:
    """Return the PSUs of each round, in the order of the rounds' names."""
    levels = table.coded(rounds).levels
    columns = {"round": rounds, "psu": plan.design.clusters[0]}
    if any(plan.design.strata[:1]):
        columns["stratum"] = plan.design.strata[0]
    frame = pl.DataFrame({name: table.coded(column).codes for name, column in columns.items()})
    found: dict[str, set[Unit]] = {level: set() for level in levels}
    for number, psu, *stratum in frame.unique().iter_rows():
        found[levels[number]].add((stratum[0] if stratum else 0, psu))
    return found


def crowded(
    sections: Sequence[EstimateSection], estimates: Sequence[Estimated]
) -> tuple[Note, ...]:
    """Return a note for every estimate in so many domains that it is hardly meant."""
    by = {section.name: section.by for section in sections}
    notes = []
    for one in estimates:
        people: dict[tuple[str, ...], int] = {}
        for figure in one.figures:
            domain = tuple(figure.domain.values())
            people[domain] = max(people.get(domain, 0), figure.n or 0)
        if len(people) > MANY_DOMAINS:
            usual = str(int(median(people.values())))
            parts = (one.name, ", ".join(by[one.name]), str(len(people)), usual)
            notes.append(Note("many-domains", SEVERAL.join(parts)))
    return tuple(notes)
